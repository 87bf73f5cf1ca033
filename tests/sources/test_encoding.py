"""Encodings and compressions that are not what they should be."""

import bz2
import codecs
import gzip
import lzma
from pathlib import Path

import pyarrow as pa
import pytest

from converters.errors import InputError
from converters.sources import open_source

TEXT = "text,label\nGrüße aus Köln,1\nça va,2\n"
ROWS = [{"text": "Grüße aus Köln", "label": 1}, {"text": "ça va", "label": 2}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "x.csv").write_bytes(TEXT.encode(encoding))
    assert open_source(tmp_path / "x.csv").splits["train"].table().to_pylist() == ROWS


def test_marked_big_endian(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"))
    assert open_source(tmp_path / "x.csv").splits["train"].table().to_pylist() == ROWS


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16-le", "utf-8"])
def test_said(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "x.csv").write_bytes(TEXT.encode(encoding))
    assert open_source(tmp_path / "x.csv", encoding=encoding).splits["train"].table().to_pylist() == ROWS


def test_json_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes('{"text": "日本語"}\n'.encode("shift_jis"))
    assert open_source(tmp_path / "x.jsonl", encoding="shift_jis").splits["train"].table().to_pylist() == [
        {"text": "日本語"}
    ]


@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.jsonl", "x.json"])
def test_not_utf8(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"text,label\nGr\xff\xfee,1\n")
    with pytest.raises(InputError, match=rf"{name}': byte 0xff at offset 13 is not UTF-8: .*--encoding cp1252"):
        open_source(tmp_path / name)


@pytest.mark.parametrize("position", [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_500_000])
def test_offset_far_behind(tmp_path: Path, position: int) -> None:
    data = bytearray(b"text,label\n" + b"a text like any other,1\n" * 200_000)
    data[position] = 0xFF
    (tmp_path / "x.csv").write_bytes(data)
    with pytest.raises(InputError, match=f"byte 0xff at offset {position} "):
        open_source(tmp_path / "x.csv")


@pytest.mark.parametrize("shift", ["", "x"])
def test_characters_across_chunks(tmp_path: Path, shift: str) -> None:
    text = "é" * 600_000
    (tmp_path / "x.csv").write_text(f"text,label\n{shift}{text},1\n", encoding="utf-8")
    assert open_source(tmp_path / "x.csv").splits["train"].table().column("text")[0].as_py() == shift + text


def test_cut_character_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"text,label\na,\xc3")
    with pytest.raises(InputError, match="byte 0xc3 at offset 13"):
        open_source(tmp_path / "x.csv")


def test_wrong_said(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(TEXT.encode("latin-1"))
    with pytest.raises(InputError, match="is not utf-8"):
        open_source(tmp_path / "x.csv", encoding="utf-8")
    for unknown in ("klingon", "hex", "rot13"):
        with pytest.raises(InputError, match="is no text encoding"):
            open_source(tmp_path / "x.csv", encoding=unknown)


def test_zeros_that_are_no_utf16(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"text,label\n" + bytes(range(4)) * 100)
    with pytest.raises(InputError, match="--encoding utf-16-le"):
        open_source(tmp_path / "x.csv")


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "none of it", "empty"])
def test_damaged(tmp_path: Path, suffix: str, damage: str) -> None:
    data = "".join(f"some text,{i * 7919 % 10007}\n" for i in range(5000)).encode()
    path = tmp_path / f"x.csv{suffix}"
    if suffix == ".zst":
        with pa.CompressedOutputStream(str(path), "zstd") as stream:
            stream.write(data)
    else:
        path.write_bytes({".gz": gzip, ".bz2": bz2, ".xz": lzma}[suffix].compress(data))  # type: ignore[attr-defined]
    packed = bytearray(path.read_bytes())
    if damage == "cut":
        packed = packed[: len(packed) // 2]
    elif damage == "flipped":
        middle = len(packed) // 2
        packed[middle : middle + 40] = bytes(byte ^ 0x5A for byte in packed[middle : middle + 40])
    else:
        packed = bytearray(b"just text, not packed" if damage == "none of it" else b"")
    path.write_bytes(packed)
    with pytest.raises(InputError) as caught:
        open_source(path)
    assert f"x.csv{suffix}" in str(caught.value)
    assert "\n" not in str(caught.value)
