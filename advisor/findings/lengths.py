"""Texts that are longer than a model reads, and texts that somebody cut off."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from advisor.findings.passages import Passages
from advisor.findings.registry import Case, Found, check
from advisor.findings.telling import matters
from advisor.models import ModelFacts
from converters.wording.code_points import pieces, spread, totals
from converters.wording.scripts import tokens_per_character

Counts = npt.NDArray[np.float64]

#: Tokens that most encoders read.
USUAL_LIMIT = 512

#: Fewer characters a token than in any script.
_FEWEST_CHARACTERS = 1.3

#: Characters that are given to a tokenizer: more would take long, and say nothing new.
_COUNTED = 1_000_000

#: A column of texts that were cut has this many of its greatest length, and so many times as many as of lengths below.
_CUT_SHARE = 0.005
_CUT_COUNT = 5
_CUT_TIMES = 5
_SHORTEST_CUT = 40
_BELOW = 20
_ENDED = r"""[.!?…。！？।؟。」』"'”’»)\]}>:;]\s*$"""


@check(
    "TXT002",
    "info",
    "Some texts are longer than the model reads",
    why="Most encoders read 256 or 512 tokens and cut the rest off without a word; what makes the document relevant "
    "may stand in the part that is never read.",
    mend="Split long documents into passages, or choose a model that reads longer texts. Without a model, tokens are "
    "estimated from characters: about 4 a token in Latin script, 3 in Cyrillic, Greek, Arabic or Hebrew, 2 in the "
    "scripts of India and South-East Asia, 1.3 in Chinese and Japanese.",
)
def _long_texts(case: Case) -> Iterator[Found]:
    model: ModelFacts | None = case.model
    limit = model.max_seq_length if model is not None and model.max_seq_length else USUAL_LIMIT
    file = model.tokenizer_file if model is not None else None
    for passages in case.passages:
        lengths = np.asarray(pc.utf8_length(passages.texts), dtype=np.float64)
        tokens, counted = _tokens(passages.texts, lengths, limit, file)
        long = tokens > limit
        if not long.any() or not matters(int(long.sum()), len(long)):
            continue
        unread = (lengths[long] * (1 - limit / tokens[long])).sum() / lengths.sum()
        reader = "the model reads" if model is not None and model.max_seq_length else "most models read"
        how = "" if counted else ", by an estimate from their characters"
        yield Found(
            f"{{rows}} rows have a text in {passages.name} of more than the {limit:,} tokens that {reader}{how}: "
            f"{_percent(unread)} of what stands there is never read",
            passages.count(long),
            None,
            passages.examples(long),
        )


def _tokens(texts: pa.StringArray, lengths: Counts, limit: int, file: str | None) -> tuple[Counts, bool]:
    """How many tokens each text has, and whether they were counted; 0 for a text that is surely short enough."""
    tokens = np.zeros(len(texts))
    # A tokenizer may make several tokens of a character, and puts in some of its own.
    likely = lengths > (limit / 4 if file else limit * _FEWEST_CHARACTERS)
    rows = np.flatnonzero(likely)
    if not len(rows):
        return tokens, file is not None
    chosen = texts.take(pa.array(rows))
    if file is not None:
        measured = _counted(chosen, lengths[rows], file)
        if measured is not None:
            tokens[rows] = measured
            return tokens, True
    table = tokens_per_character()
    found = []
    for piece in pieces(chosen):
        points, places = spread(piece)
        found.append(totals(table[points], places))
    tokens[rows] = np.concatenate(found)
    return tokens, False


def _counted(texts: pa.StringArray, lengths: Counts, file: str) -> Counts | None:
    """How many tokens a tokenizer makes of texts; None where it cannot be loaded.

    Where they are too many, some are counted, from the shortest to the longest, and the others have as many tokens a
    character as those of about their length.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(file)
    except Exception:  # the library raises nothing narrower for a file that is not there, or no tokenizer
        return None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    order = np.argsort(lengths, kind="stable")
    step = max(1, int(np.ceil(lengths.sum() / _COUNTED)))
    chosen = np.unique(np.concatenate([order[::-step], order[:1]]))
    some = pc.utf8_slice_codeunits(texts.take(pa.array(chosen)), 0, _COUNTED).to_pylist()
    known = np.array([len(each) for each in tokenizer.encode_batch(some)], dtype=np.float64)
    shown = np.minimum(lengths[chosen], _COUNTED)
    ratios = known / shown
    by_length = np.argsort(shown, kind="stable")
    found: Counts = lengths * np.interp(lengths, shown[by_length], ratios[by_length])
    found[chosen] = lengths[chosen] * ratios
    return np.asarray(np.round(found))


@check(
    "TXT014",
    "warning",
    "Texts were cut off",
    why="Many texts of exactly the same greatest length, most of them ending in the middle of a sentence: an export "
    "or a database column has cut them. What they were about may be in the part that is lost.",
    mend="Export the data anew, from where the texts are whole.",
)
def _cut_texts(case: Case) -> Iterator[Found]:
    for passages in case.passages:
        for lengths, unit in (
            (np.asarray(pc.utf8_length(passages.texts)), "characters"),
            (np.asarray(pc.binary_length(passages.texts)), "bytes"),
        ):
            found = _cut(passages, lengths, unit)
            if found is not None:
                yield found
                break


def _cut(passages: Passages, lengths: npt.NDArray[np.int32], unit: str) -> Found | None:
    longest = int(lengths.max())
    full = lengths == longest
    many = int(full.sum())
    below = int(((lengths < longest) & (lengths >= longest - _BELOW)).sum()) / _BELOW
    if longest < _SHORTEST_CUT or many < max(_CUT_COUNT, _CUT_SHARE * len(lengths), _CUT_TIMES * below):
        return None
    texts = pc.unique(passages.texts.filter(pa.array(full)))
    ended = np.asarray(pc.match_substring_regex(texts, _ENDED))
    if len(texts) < max(_CUT_COUNT, many / 2) or ended.mean() > 0.5:
        return None
    says = f"{{rows}} rows have a text in {passages.name} of exactly {longest:,} {unit}, the longest there are"
    return Found(says, passages.count(full), None, passages.examples(full, r"(?s).{30}\Z"))


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else "less than 1%"
