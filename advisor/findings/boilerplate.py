"""What many texts share: one text, or how they begin or end."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from advisor.findings.passages import Passages
from advisor.findings.registry import Case, Found, check
from converters.alike import is_list
from converters.errors import quote
from converters.wording.prompts import common_beginning, shared_prompt

#: Share of the texts that have something in common from which it is worth a word, and the fewest of them.
SHARE = 0.1
FEWEST = 10

#: A text that all others are measured by is so many times as frequent as the next; fewer texts are a set of answers.
_TIMES = 5
_DISTINCT = 20

#: Bytes at the beginning or the end of texts that are compared; texts are longer than twice as much.
_BYTES = 40


@check(
    "TXT012",
    "info",
    "Many texts share a passage",
    why="A greeting, a disclaimer or a line of navigation in many documents makes their embeddings alike for what they "
    "do not say. One text in many rows is a false negative of itself in every batch.",
    mend="Take the passage out where the data is made; leave rows with such a text out, or use the batch sampler "
    "`no_duplicates`.",
)
def _boilerplate(case: Case) -> Iterator[Found]:
    for passages in case.passages:
        yield from _one_text(case, passages)
        long = passages.texts.filter(pc.greater(pc.binary_length(passages.texts), 2 * _BYTES))
        if len(long) >= FEWEST:
            if shared_prompt(passages.texts) is None:
                yield from _edge(passages, long, begin=True)
            yield from _edge(passages, long, begin=False)


def _one_text(case: Case, passages: Passages) -> Iterator[Found]:
    for name in passages.columns:
        profile = case.profile.columns[name]
        if profile.distinct >= _DISTINCT and len(profile.values) > 1 and not is_list(case.table[name].type):
            (text, most), (_, next_most) = profile.values[:2]
            if most > FEWEST and most >= SHARE * profile.filled and most >= _TIMES * next_most:
                yield Found(f"{{rows}} rows have the same text in {quote(name)}", most, None, (quote(text),))


def _edge(passages: Passages, texts: pa.StringArray, *, begin: bool) -> Iterator[Found]:
    content = pc.cast(texts, pa.binary())
    edges = pc.binary_slice(content, 0, _BYTES) if begin else pc.binary_slice(content, -_BYTES, None)
    counts = pc.value_counts(edges)
    place = pc.index(counts.field("counts"), pc.max(counts.field("counts"))).as_py()
    most = counts.field("counts")[place].as_py()
    if most <= FEWEST or most < SHARE * len(passages.texts):
        return
    # Copies of one text are another finding.
    own = pc.unique(texts.filter(pc.equal(edges, counts.field("values")[place])))
    if len(own) <= FEWEST or len(own) < SHARE * len(passages.texts):
        return
    shown = own.slice(0, 64).to_pylist()
    shared = common_beginning(shown) if begin else common_beginning([text[::-1] for text in shown])[::-1]
    verb = "begin" if begin else "end"
    yield Found(f"{{rows}} texts in {passages.name} {verb} the same", most, None, (quote(shared),))
