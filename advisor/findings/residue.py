"""What web pages, templates, chats and tokenizers leave behind in texts."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advisor.findings.passages import Passages
from advisor.findings.registry import Case, Found, check
from advisor.findings.telling import told
from converters.alike import Mask
from converters.errors import quote
from converters.mends.texts import is_code
from converters.wording import markup, prompts, residue
from converters.wording.marks import AMPERSAND, ANGLE, BRACKET

#: Share of texts full of a kind of markup from which it is worth a word, and how many texts are looked at.
HEAVY = 0.2
_LOOKED_AT = 500


@check(
    "TXT004",
    "warning",
    "Texts hold markup",
    why="The model reads tags and entities as words: texts become alike for their markup and not for what they say, "
    "and each tag takes room that the text needs.",
    mend="Take it out: `--fix TXT004` removes tags of HTML, and writes entities as the characters that they stand "
    "for. Columns of programs stay as they are. For Markdown, wiki or LaTeX markup use a converter made for it.",
    scope="row",
)
def _markup(case: Case) -> Iterator[Found]:
    for passages in case.passages:
        mask = _matching(passages, ANGLE | AMPERSAND, markup.has_markup)
        if mask.any() and is_code(passages.texts):
            says = f"{{rows}} rows have HTML in {passages.name}, which holds mostly programs: nothing to take out there"
            yield from told(passages, mask, says, pattern=markup.TAG_OR_ENTITY)
        else:
            says = f"{{rows}} rows have a text in {passages.name} with tags or entities of HTML"
            yield from told(passages, mask, says, case.mend("TXT004"), pattern=markup.TAG_OR_ENTITY)
            yield from _heavy(passages)


def _heavy(passages: Passages) -> Iterator[Found]:
    places = np.linspace(0, len(passages.texts) - 1, min(_LOOKED_AT, len(passages.texts))).astype(np.int64)
    some = passages.texts.take(pa.array(places))
    for kind in markup.HEAVY:
        if markup.heavy(some, kind).mean() >= HEAVY:
            yield Found(f"many texts in {passages.name} are full of {kind}")


@check(
    "TXT005",
    "warning",
    "Texts hold what a template or a tokenizer put there",
    why="The tokenizer puts its own tokens in: `[SEP]` in a text ends it for the model. Turns of a chat and places "
    "that nobody filled in are the same in every text, and say nothing about any.",
    mend="Take tokens out: `--fix TXT005`. Turns of a chat have to be taken apart into the columns that they are, and "
    "places of a template filled in, where the data is made.",
    scope="row",
)
def _residue(case: Case) -> Iterator[Found]:
    for passages in case.passages:
        masks = passages.role != "damaged"
        tokens = _matching(passages, ANGLE | BRACKET, partial(residue.has_special_tokens, masks=masks))
        says = f"{{rows}} rows have tokens of a tokenizer in {passages.name}"
        yield from told(passages, tokens, says, case.mend("TXT005"), pattern=residue.SPECIAL)
        turns = residue.has_turns(passages.texts)
        yield from told(passages, turns, f"{{rows}} rows have the turns of a chat in {passages.name}")
        holes = _matching(passages, ANGLE | BRACKET, residue.has_placeholders)
        holes |= np.asarray(pc.match_substring(passages.texts, "orem ipsum"))
        if holes.any() and not is_code(passages.texts):
            says = f"{{rows}} rows have places in {passages.name} that nobody filled in"
            yield from told(passages, holes, says, pattern=residue.PLACEHOLDERS)


@check(
    "TXT013",
    "info",
    "Texts begin with a prompt",
    why="A prompt in the data is trained on, but not added by itself when the model is used: who forgets it there "
    "gets other embeddings. In batches it makes all texts more alike.",
    mend="Take it out with `--fix TXT013`, and give it to the trainer instead, by column: "
    "`SentenceTransformerTrainingArguments(prompts={...})`. Give the same to the model, as its `prompts`: it is saved "
    "with them, and they are there when it is used.",
)
def _prompts(case: Case) -> Iterator[Found]:
    for passages in case.passages:
        prompt = prompts.shared_prompt(passages.texts)
        if prompt is not None:
            begins = np.asarray(pc.starts_with(passages.texts, prompt))
            says = (
                f"the texts in {passages.name} begin with {quote(prompt)}: as a prompt it belongs into the trainer's "
                "argument `prompts`"
            )
            yield Found(says, passages.count(begins), case.mend("TXT013"), passages.examples(begins))


def _matching(passages: Passages, bits: int, matches: Callable[[pa.StringArray], Mask]) -> Mask:
    """True for each text that matches, of those with certain characters."""
    mask = passages.marked(bits)
    if mask.any():
        mask[mask] = matches(passages.texts.filter(pa.array(mask)))
    return mask
