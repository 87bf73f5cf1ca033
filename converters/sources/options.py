"""What the caller says about a text file instead of leaving it to be detected."""

from dataclasses import dataclass
from typing import TypedDict

from converters.errors import InputError, quote

#: What is read of a dataset that is not gone through.
GLANCE_BYTES = 16 << 20


@dataclass(frozen=True)
class TextOptions:
    """How to read text files.

    Attributes:
        encoding: a codec of Python; None: UTF-8, or what the byte order mark says.
        has_header: whether the first row of delimited text names the columns; None: it is detected.
        delimiter: the character between the cells of delimited text; None: it is detected.
        glance: size in bytes from which on a file is not gone through when it is opened, and of what is read of it
            then, from all over it; None: every file is gone through.
        skip_broken: whether lines that cannot be read are set aside; else they refuse the file.

    Raises:
        InputError: the delimiter is not one character.
    """

    encoding: str | None = None
    has_header: bool | None = None
    delimiter: str | None = None
    glance: int | None = None
    skip_broken: bool = False

    def __post_init__(self) -> None:
        spoken = {"\\t": "\t", "tab": "\t"}
        if self.delimiter in spoken:
            object.__setattr__(self, "delimiter", spoken[self.delimiter])
        if self.delimiter is not None and (
            len(self.delimiter.encode("utf-8", "replace")) != 1 or self.delimiter in '"\r\n\0'
        ):
            raise InputError(f"the delimiter {quote(self.delimiter)} is not one ASCII character: try , ; | or tab")


class ReadingOptions(TypedDict, total=False):
    """What every function that opens a dataset takes, as keywords, besides the dataset and its split.

    Attributes:
        encoding: a codec of Python for text files; by default UTF-8, or what the byte order mark says.
        has_header: whether the first row of delimited text names the columns; by default that is detected.
        delimiter: the character between the cells of delimited text; by default it is detected.
        revision: of a dataset on the hub.
    """

    encoding: str | None
    has_header: bool | None
    delimiter: str | None
    revision: str | None
