"""How rows are laid out in files: what a user may ask for beside the name."""

from dataclasses import dataclass

from converters.errors import InputError, nearest, quote
from converters.writing.layouts import LAYOUTS, RECORDS, check_layout

#: How files that can be compressed inside are compressed, by the suffix; the first is what nobody has to ask for.
COMPRESSIONS = {
    ".parquet": ("zstd", "snappy", "gzip", "brotli", "lz4", "none"),
    ".arrow": ("none", "zstd", "lz4"),
    ".feather": ("none", "zstd", "lz4"),
}

#: The smallest shard: below, a dataset would become a heap of files.
SMALLEST_SHARD = 1 << 10


@dataclass(frozen=True)
class Shape:
    """How rows are laid out in files.

    Attributes:
        layout: the layout of a neighbouring project, one of `LAYOUTS`; None for the rows as they are.
        files: in a folder, the suffix of the files that hold the splits, such as `.parquet` or `.jsonl.gz`; None for
            what `save_to_disk` writes.
        shard_size: about how many bytes a file of a folder has at most; None for one file a split.
        compression: how Parquet and Arrow files are compressed inside; None for the usual way.
        split_off: the share of rows that is held out as a split of its own; None for none.
        seed: of what is held out.
    """

    layout: str | None = None
    files: str | None = None
    shard_size: int | None = None
    compression: str | None = None
    split_off: float | None = None
    seed: int = 12

    def check(self, format: str | None = None) -> None:
        """Refuses what does not go together, before any work is done.

        Args:
            format: the format of the rows, where it is known.

        Raises:
            InputError: what is asked for is not known, or cannot hold the format.
        """
        if self.layout is not None:
            if self.layout not in LAYOUTS:
                raise InputError(f"unknown layout {quote(self.layout)}: {nearest(self.layout, list(LAYOUTS))}")
            if format is not None:
                check_layout(self.layout, format)
        if self.layout == "beir" and (self.files, self.shard_size, self.compression) != (None, None, None):
            raise InputError("the layout beir has files of its own: leave --files, --shard-size and --compression out")
        if self.shard_size is not None and self.shard_size < SMALLEST_SHARD:
            raise InputError(f"a shard of {self.shard_size} bytes is too small: give 1KB or more, such as 500MB")
        if self.split_off is not None and not 0 < self.split_off < 1:
            raise InputError(f"--split-off takes a share between 0 and 1, such as 0.05, not {self.split_off:g}")
        known = sorted({each for names in COMPRESSIONS.values() for each in names})
        if self.compression is not None and self.compression not in known:
            raise InputError(f"unknown compression {quote(self.compression)}: {nearest(self.compression, known)}")

    @property
    def files_of_a_folder(self) -> str | None:
        """The suffix of the files that hold the splits in a folder; None where `save_to_disk` or BEIR name them."""
        if self.files is None and self.layout in RECORDS:
            return ".jsonl"
        if self.files is None and self.shard_size is not None:
            return ".parquet"
        return self.files

    def inside(self, kind: str) -> str | None:
        """How files of a kind are compressed inside; None where they are not.

        Raises:
            InputError: it is asked for in a way that this kind does not know.
        """
        known = COMPRESSIONS.get(kind)
        if known is None:
            if self.compression is not None:
                raise InputError(f"{kind} is compressed by its name: leave --compression out, add .gz or .zst to OUT")
            return None
        chosen = self.compression or known[0]
        if chosen not in known:
            raise InputError(f"{kind} is not compressed with {quote(chosen)}: choose one of {', '.join(known)}")
        return None if chosen == "none" else chosen
