"""Batches of a neural model: bounded by tokens as well as by texts, and halved when memory runs out."""

import gc
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from converters.errors import InputError, quote

#: Tokens, padding among them, that a batch may hold: 32 texts of 512 tokens.
TOKENS = 2**14

#: Bytes of UTF-8 that make a token, at the least that is usual: one ideograph, or a short piece of a word.
_BYTES_OF_A_TOKEN = 3


class Batches:
    """How many texts a model takes at a time.

    A batch is as wide as its longest text. So a batch of long texts gets fewer of them, and after memory has run out
    once, all that are no smaller than the one that failed get half of what it had.

    Args:
        size: the most texts of a batch.
        tokens: the most tokens of a batch, roughly; a text of more makes a batch by itself.
        longest: where the model cuts a text off, in tokens; None where it does not.
    """

    def __init__(self, size: int, tokens: int = TOKENS, longest: int | None = None) -> None:
        self.size = size
        self.tokens = tokens
        self.longest = longest

    def first(self, widths: NDArray[np.int64]) -> tuple[int, int]:
        """Says how to begin with n >= 1 texts: as few calls as there are sizes of batches will do for all of them.

        Args:
            widths: tokens of each text, the longest first, (n,).

        Returns:
            How many of the texts go into one call, and the size of the batches there.
        """
        size = self.size_for(int(widths[0]))
        if size == self.size:
            return len(widths), size
        # A size holds until twice as many texts would fit: every call has a cost of its own.
        too_wide = self.tokens // min(2 * size, self.size)
        return max(1, int(np.searchsorted(-widths, -too_wide, side="left"))), size

    def size_for(self, width: int) -> int:
        """How many texts of that many tokens make a batch."""
        return int(np.clip(self.tokens // max(1, width), 1, self.size))

    def widths(self, texts: list[str]) -> NDArray[np.int64]:
        """Tokens of each text, (n,), by its bytes: to tokenize would cost as much as to embed a short text."""
        widths = np.array([len(text.encode("utf-8", "replace")) for text in texts], dtype=np.int64)
        return np.minimum(widths // _BYTES_OF_A_TOKEN + 1, self.longest or sys.maxsize)

    def shrink(self, error: Exception, size: int, width: int, model: str) -> None:
        """Makes the next batches of such texts half as large, where an error says that memory has run out.

        Args:
            error: what was raised; raised again where it is another error.
            size: how many texts the batch had.
            width: tokens of the longest of them.
            model: its name, for the message.

        Raises:
            InputError: not even one text fits.
        """
        if not out_of_memory(error):
            raise error
        if size == 1:
            raise InputError(
                f"model {quote(model)} runs out of memory with a single text of about {width:,} tokens: "
                "give it a lower max_seq_length, or take a device with more memory"
            ) from error
        self.tokens = min(self.tokens, size // 2 * max(1, width))
        # The error holds on to the frames it came through, and these to the tensors of the batch that failed.
        error.__traceback__ = None
        _free()


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that a device, or this machine, has no memory left."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(error, torch.OutOfMemoryError):
        return True
    if isinstance(error, MemoryError):
        return True
    message = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in message or "can't allocate memory" in message)


def _free() -> None:
    """Gives memory of a GPU back that torch keeps for later."""
    torch: Any = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        gc.collect()
        torch.cuda.empty_cache()
