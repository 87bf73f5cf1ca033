"""Text files as a stream of valid UTF-8, whatever their encoding."""

import codecs
import io
from pathlib import Path
from typing import BinaryIO

from converters.errors import InputError, quote
from converters.sources.compression import BROKEN, open_binary

_CHUNK = 1 << 20

# The mark of UTF-32 begins with that of UTF-16, so that it has to be looked for first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class UnknownEncodingError(InputError):
    """A text that says nothing of its encoding is not UTF-8."""


class WrongEncodingError(InputError):
    """A text is not in the encoding that it is said to have."""


def marked_encoding(head: bytes) -> str | None:
    """The encoding that the byte order mark at the beginning of a text says, if there is one."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


class _Utf8Stream(io.RawIOBase):
    """The bytes of a text as UTF-8 without a byte order mark; what is UTF-8 already passes through unchanged."""

    def __init__(self, raw: BinaryIO, where: str, encoding: str | None) -> None:
        self._raw = raw
        self._where = where
        self._consumed = 0
        self._ended = False
        head = self._read_raw()
        marked = marked_encoding(head)
        self._told = encoding is not None
        self._encoding = encoding or marked or "utf-8"
        if not self._told and marked is None and head[:4096].count(0) > len(head[:4096]) / 8:
            raise UnknownEncodingError(
                f"{where} is full of zero bytes, so it is no text, or UTF-16 without a mark: "
                "give its encoding (--encoding utf-16-le)"
            )
        self._same = codecs.lookup(self._encoding).name == "utf-8"
        self._decoder = codecs.getincrementaldecoder(self._encoding)()
        self._ready = memoryview(self._convert(head, first=True))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        while not self._ready and not self._ended:
            self._ready = memoryview(self._convert(self._read_raw()))
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()

    def _read_raw(self) -> bytes:
        try:
            data = self._raw.read(_CHUNK)
        except (OSError, *BROKEN) as error:
            raise InputError(f"{self._where} is damaged: {quote(error, 120)}") from error
        self._ended = not data
        return data

    def _convert(self, data: bytes, first: bool = False) -> bytes:
        start = self._consumed - len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            raise self._failure(start + error.start, error) from error
        except UnicodeError as error:  # such as UTF-16 without its mark
            raise WrongEncodingError(
                f"{self._where} is not {self._encoding}: {quote(error, 120)}: is another encoding meant?"
            ) from error
        self._consumed += len(data)
        if self._same:
            return data.removeprefix(codecs.BOM_UTF8) if first else data
        return text.removeprefix("\ufeff").encode() if first else text.encode("utf-8", "replace")

    def _failure(self, offset: int, error: UnicodeDecodeError) -> InputError:
        return not_in_encoding(self._where, error.object[error.start], offset, self._encoding, self._told)


def not_in_encoding(where: str, byte: int, offset: int, encoding: str, told: bool) -> InputError:
    """The error that says which byte is not in the encoding that was told, or assumed."""
    message = f"{where}: byte 0x{byte:02x} at offset {offset} is not"
    if told:
        return WrongEncodingError(f"{message} {encoding}: is another encoding meant?")
    return UnknownEncodingError(f"{message} {encoding.upper()}: give its encoding (--encoding cp1252)")


def open_utf8(path: Path, encoding: str | None = None, raw: BinaryIO | None = None) -> BinaryIO:
    """Opens a text file, compressed or not, as a stream of UTF-8 without a byte order mark.

    Args:
        path: the file.
        encoding: a codec of Python; None means UTF-8, or what the byte order mark says.
        raw: the same file, open already, for callers that want to know how far it has been read.

    Raises:
        InputError: there is no such codec; or, now or when it is read, the file is not in that encoding (the message
            has the byte offset, counted after decompression), or its compression is damaged.
    """
    if encoding is not None:
        try:
            " ".encode(encoding)
        except LookupError as error:
            raise InputError(f"{quote(encoding)} is no text encoding: try utf-8, cp1252 or latin-1") from error
    try:
        unpacked = open_binary(path, raw)
    except (OSError, *BROKEN) as error:
        raise InputError(f"{quote(path, 200)} cannot be opened: {quote(error, 120)}") from error
    return io.BufferedReader(_Utf8Stream(unpacked, quote(path, 200), encoding), _CHUNK)


def read_head(path: Path, encoding: str | None, size: int) -> tuple[str, bool]:
    """The first `size` bytes of a text (as UTF-8), without a cut character at the end, and whether that is all."""
    with open_utf8(path, encoding) as stream:
        data = stream.read(size + 1)
    return data[:size].decode("utf-8", "ignore"), len(data) <= size
