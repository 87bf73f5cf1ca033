"""How checks of texts say what they have found."""

from collections.abc import Iterator

from advisor.findings.passages import Passages
from advisor.findings.registry import Found
from converters.alike import Mask

#: Texts that are no more than this many, and no larger a share, are not worth a word.
FEW = 3
SHARE = 0.001


def matters(count: int, size: int, share: float = SHARE) -> bool:
    """Whether so many of so many texts are worth a word: more than a few, or more than a small share."""
    return count > FEW or count > share * size


def told(
    passages: Passages, mask: Mask, says: str, fix: str | None = None, *, pattern: str | None = None
) -> Iterator[Found]:
    """What to say about the texts where the mask is true; nothing, where they are too few to matter.

    Args:
        passages: the texts.
        mask: one value a text.
        says: what was found; `{rows}` stands for the number of rows.
        fix: the command or the step that mends it.
        pattern: shows the examples where this is in them.
    """
    count = int(mask.sum())
    if count and matters(count, len(mask)):
        yield Found(says, passages.count(mask), fix, passages.examples(mask, pattern))
