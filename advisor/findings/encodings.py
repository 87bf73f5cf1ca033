"""Texts that were read in a wrong encoding, and characters that nobody sees."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advisor.findings.passages import Passages
from advisor.findings.registry import Case, Found, check
from advisor.findings.telling import told
from converters.alike import Mask
from converters.wording import unseen
from converters.wording.code_points import pieces
from converters.wording.garbled import repaired
from converters.wording.marks import GARBLED, REPLACED, UNSEEN

#: What shows that a text was read wrongly, roughly: for showing examples only.
_GARBLED = r"[\x80-\x9f]|[Â-ô][\x80-¿ŒœŠšŸŽžƒˆ˜–-„†‡•…‰‹›€™]|[РСвГ][\x80-\xbfЀ-џ‚-›]"
_UNSEEN = f"[{''.join(map(chr, (*unseen.CONTROLS, *unseen.INVISIBLE)))}]"


@check(
    "TXT003",
    "warning",
    "Texts were read in the wrong encoding",
    why="'Ã©' for 'é' is another word to a tokenizer, in pieces that mean nothing: what the model learns from such "
    "texts does not hold for the same words spelled right.",
    mend="Read the file in its right encoding, with `--encoding`. Where it was written wrongly, `--fix TXT003` reads "
    "the texts concerned again; what became replacement characters (U+FFFD) is lost, and only the source has it.",
    scope="row",
)
def _wrong_encoding(case: Case) -> Iterator[Found]:
    for passages in case.passages:
        mask = _changed(passages)
        says = f"{{rows}} rows have a text in {passages.name} that was read in a wrong encoding"
        yield from told(passages, mask, says, case.mend("TXT003"), pattern=_GARBLED)
        lost = passages.marked(REPLACED) & ~mask
        says = f"{{rows}} rows have a text in {passages.name} with replacement characters, where others are lost"
        yield from told(passages, lost, says, pattern="\ufffd")


def _changed(passages: Passages) -> Mask:
    """True for each text that reading it again would change."""
    mask = passages.marked(GARBLED)
    if mask.any():
        suspects = passages.texts.filter(pa.array(mask))
        mask[mask] = np.concatenate([pc.not_equal(each, repaired(each)) for each in pieces(suspects)])
    return mask


@check(
    "TXT006",
    "info",
    "Texts hold invisible characters",
    why="A space without width or a control character parts a word into pieces for the tokenizer, or is a token of "
    "its own: two texts that look the same are not.",
    mend="Take them out: `--fix TXT006`. Joiners stay where a script or an emoji needs them, and so do tabs, line "
    "breaks, and marks of direction in texts that are written from right to left.",
    scope="row",
)
def _unseen(case: Case) -> Iterator[Found]:
    for passages in case.passages:
        mask = passages.marked(UNSEEN)
        if mask.any():
            mask[mask] = unseen.has_unseen(passages.texts.filter(pa.array(mask)))
            says = f"{{rows}} rows have a text in {passages.name} with invisible characters"
            yield from told(passages, mask, says, case.mend("TXT006"), pattern=_UNSEEN)
