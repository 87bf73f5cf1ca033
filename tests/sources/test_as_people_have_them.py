"""Files as people have them: with what spreadsheets add, names that say nothing, or the wrong thing."""

import gzip
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from converters.errors import InputError
from converters.sources import open_source
from converters.sources.source import Split

TABLE = [{"text": "a, b", "label": 1}, {"text": "c", "label": 2}]


def read(tmp_path: Path, text: "str | bytes", name: str = "x.csv", **options: Any) -> Split:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return open_source(tmp_path / name, **options).splits["train"]


def failure(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        open_source(path)
    assert str(caught.value).isprintable()
    return str(caught.value)


# -- what stands before the rows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\ntext;label\na, b;1\nc;2\n",
        '"sep=;"\r\ntext;label\r\na, b;1\r\nc;2\r\n',
        "\ufeffsep=;\ntext;label\na, b;1\nc;2\n",
        '# made by hand\n# on a Monday, in May\ntext,label\n"a, b",1\nc,2\n',
        '\n\n,,\ntext,label\n"a, b",1\nc,2\n',
        '\ufeff\ufefftext,label\n"a, b",1\nc,2\n',
        '"\ufefftext",label\n"a, b",1\nc,2\n',
        'text,label\n"a, b",1\n\n\nc,2\n\n',
    ],
)
@pytest.mark.parametrize("name", ["x.csv", "x.tsv"])
def test_what_stands_before_the_rows_is_skipped(tmp_path: Path, text: str, name: str) -> None:
    split = read(tmp_path, text, name)
    assert split.table().to_pylist() == TABLE
    assert split.rows == 2


def test_a_header_may_begin_like_a_comment(tmp_path: Path) -> None:
    assert read(tmp_path, "#id\ttext\n1\ta\n2\tb\n", "x.tsv").schema.names == ["#id", "text"]
    assert read(tmp_path, "#fun\n#sun\n#run\n", has_header=False).rows == 3


def test_lines_are_counted_from_the_top_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 5: 3 cells"):
        read(tmp_path, "# a comment\n\ntext,label\na,1\nb,2,3\n")


@pytest.mark.parametrize(
    "text",
    [
        "Export of May\nMade by search\n\nquery,label\na b c,1\nd e f,0\n",
        "Export of May,,\nquery,passage,label\na b c,x y,1\nd e f,z,0\n",
        "Export of May\nquery;passage;label\na, b;x, y;1\nd, f;z;0\n",
    ],
)
def test_the_title_of_a_report_stands_above_the_header(tmp_path: Path, text: str) -> None:
    split = read(tmp_path, text)
    assert split.schema.names[0] == "query"
    assert split.table()["label"].to_pylist() == [1, 0]


@pytest.mark.parametrize(
    ("text", "names", "count"),
    [
        ("name\nSmith, John\nDoe, Jane\nRoe, Ann\n", None, None),  # a header above texts with a comma each
        ("day;debit;credit\n1;2,5;3,5\n2;1,5;4,5\n3;7,5;8,5\n", ["day", "debit", "credit"], 3),
        ("text\nhello\nworld\nagain\n", ["text"], 3),
    ],
)
def test_a_header_is_not_taken_for_a_title(
    tmp_path: Path, text: str, names: list[str] | None, count: int | None
) -> None:
    if names is None:
        with pytest.raises(InputError, match="2 cells where the first row has 1"):
            read(tmp_path, text)
        return
    split = read(tmp_path, text)
    assert split.schema.names == names
    assert split.rows == count


# -- the header again --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("again", ["text,label\n", "\ufefftext,label\n", '"text","label"\n'])
def test_a_header_in_the_middle_is_no_row(tmp_path: Path, again: str) -> None:
    split = read(tmp_path, f'text,label\n"a, b",1\n{again}c,2\n{again}')
    assert split.table().to_pylist() == TABLE
    assert split.schema.field("label").type == pa.int64()
    assert (split.rows, split.repeated_headers) == (2, 2)


def test_rows_that_only_look_like_the_header_stay(tmp_path: Path) -> None:
    split = read(tmp_path, "text,note\na,b\ntext,notes\ntexts,note\n", has_header=True)
    assert (split.rows, split.repeated_headers) == (3, 0)
    assert read(tmp_path, "text\na\ntext\n", has_header=True).rows == 2
    assert read(tmp_path, "text,note\na,b\ntext,note\n", has_header=False).rows == 3


def test_header_again_in_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("converters.sources.open.GLANCE_BYTES", 1 << 16)
    rows = "".join("a text as any other,1\n" * 99 + "text,label\n" for _ in range(100))
    split = read(tmp_path, "text,label\n" + rows, scan=False)
    assert split.schema.field("label").type == pa.int64()
    assert split.rows == pytest.approx(9900, rel=0.01)
    assert split.repeated_headers == pytest.approx(100, rel=0.3)
    assert not split.rows_exact
    assert split.table().num_rows == 9900


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x.txt", "x", "x.dat", "x.txt.gz"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text\tlabel\na, b\t1\nc\t2\n", TABLE),
        ('{"text": "a, b", "label": 1}\n{"text": "c", "label": 2}\n', TABLE),
        ("Well, hello there.\n\n\"No,\" he said, 'no'\n[laughs] Yes\n", None),
    ],
)
def test_names_that_say_nothing(tmp_path: Path, name: str, text: str, expected: list[dict[str, Any]] | None) -> None:
    data = text.encode()
    split = read(tmp_path, gzip.compress(data) if name.endswith(".gz") else data, name)
    lines = [{"column_1": line} for line in text.splitlines() if line]
    assert split.table().to_pylist() == (expected or lines)
    assert split.has_names is (expected is not None)


def test_commas_in_lines_of_text_are_no_table(tmp_path: Path) -> None:
    assert read(tmp_path, "Hello, you\nBye, you\nOh, dear\n", "x.txt").schema.names == ["column_1"]
    assert read(tmp_path, 'question,answer\nwho?,"me, I think"\nwhy?,so\n', "x.txt").schema.names == [
        "question",
        "answer",
    ]


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl", "x.txt", "x"])
def test_content_counts_more_than_the_name(tmp_path: Path, name: str) -> None:
    pq.write_table(pa.Table.from_pylist(TABLE), tmp_path / name)
    assert open_source(tmp_path / name).splits["train"].table().to_pylist() == TABLE
    with pa.ipc.new_file(tmp_path / name, pa.Table.from_pylist(TABLE).schema) as writer:
        writer.write_table(pa.Table.from_pylist(TABLE))
    assert open_source(tmp_path / name).splits["train"].table().to_pylist() == TABLE
    if name == "x.csv":
        assert read(tmp_path, gzip.compress(b'text,label\n"a, b",1\nc,2\n')).table().to_pylist() == TABLE


@pytest.mark.parametrize("name", ["x.xlsx", "x.csv", "x"])
def test_spreadsheets(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert failure(tmp_path / name).endswith("is a spreadsheet: save the sheet as csv (UTF-8) and name that file")
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))
    assert "save the sheet as csv" in failure(tmp_path / name)


def test_archives(tmp_path: Path) -> None:
    for name in ("x.zip", "x.csv"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("x.csv", "text\na\n")
        assert "is a zip archive: unpack it" in failure(tmp_path / name)
        (tmp_path / name).write_bytes(b"PK\x03\x04cut off")
        assert "is a zip archive" in failure(tmp_path / name)


def test_one_byte(tmp_path: Path) -> None:
    assert read(tmp_path, "x").table().to_pylist() == [{"column_1": "x"}]
    for byte in (b"\n", b" ", b"\xff", b"\0"):
        (tmp_path / "x.csv").write_bytes(byte)
        assert failure(tmp_path / "x.csv")
    for byte in (b'"', b",", b"1", b"#"):
        assert read(tmp_path, byte).rows == 1


def test_a_text_file_in_a_folder_of_data_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "LICENSE.txt").write_text("Do as you like, but\nask before.\n")
    (tmp_path / "train.csv").write_text("text,label\na,1\n")
    assert open_source(tmp_path).splits["train"].rows == 1
