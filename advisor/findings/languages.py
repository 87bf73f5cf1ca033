"""Texts in more than one script, by column and across the two sides of a pair."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from advisor.findings.passages import Passages
from advisor.findings.registry import Case, Found, check
from advisor.findings.telling import FEW
from converters.wording.scripts import NAMES, scripts

#: Shares of texts in other scripts than most, between which they are worth a word.
LEAST, MOST = 0.01, 0.5


@check(
    "TXT007",
    "info",
    "Texts are written in several scripts",
    why="An encoder for one language splits the words of another script into letters, or into a token for the "
    "unknown: all such texts look alike to it. In a batch, texts of another language are too easy as negatives.",
    mend="Choose a multilingual model, or train each language for itself. With texts that are translations of one "
    "another, teach a model the new language by `MSELoss` on a teacher's embeddings, or align both sides with "
    "`MultipleNegativesRankingLoss`.",
)
def _scripts(case: Case) -> Iterator[Found]:
    sides: list[tuple[Passages, npt.NDArray[np.int64]]] = []
    for passages in case.passages:
        found = scripts(passages.texts)
        yield from _mixed(passages, found)
        if len(passages.columns) == 1 and passages.columns[0] in case.plain_texts:
            by_row = np.full(case.table.num_rows, -1, np.int64)
            by_row[passages.rows] = found
            sides.append((passages, by_row))
    if len(sides) > 1:
        yield from _parallel(*sides[0], *sides[1])


def _mixed(passages: Passages, found: npt.NDArray[np.int64]) -> Iterator[Found]:
    known = found[found >= 0]
    if not len(known):
        return
    counts = np.bincount(known, minlength=len(NAMES))
    main = int(counts.argmax())
    others = len(known) - int(counts[main])
    if others > FEW and LEAST < others / len(known) < MOST:
        mask = (found >= 0) & (found != main)
        counts[main] = 0
        shown = ", ".join(
            f"{NAMES[each]} {counts[each] / len(known):.0%}" for each in np.argsort(-counts)[:3] if counts[each]
        )
        says = f"most texts in {passages.name} are written in {NAMES[main]} script, {{rows}} rows in others: {shown}"
        yield Found(says, passages.count(mask), None, passages.examples(mask))


def _parallel(
    one: Passages, first: npt.NDArray[np.int64], other: Passages, second: npt.NDArray[np.int64]
) -> Iterator[Found]:
    known = (first >= 0) & (second >= 0)
    differ = known & (first != second)
    if known.any() and differ.sum() > max(FEW, MOST * known.sum()):
        names = [NAMES[int(np.bincount(each[differ]).argmax())] for each in (first, second)]
        says = (
            f"in {{rows}} rows {one.name} and {other.name} are written in different scripts ({names[0]}, {names[1]}): "
            "for translations, MSELoss on a teacher's embeddings teaches a model the new language, and "
            "MultipleNegativesRankingLoss aligns both"
        )
        yield Found(says, int(differ.sum()))
