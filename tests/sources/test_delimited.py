"""Delimited text: dialect, header, types, and what goes wrong."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from converters.errors import InputError
from converters.sources import open_source
from converters.sources.source import Split


def read(tmp_path: Path, text: "str | bytes", name: str = "x.csv", **options: object) -> Split:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return open_source(path, **options).splits["train"]  # type: ignore[arg-type]


def rows(split: Split) -> list[list[object]]:
    return [list(row.values()) for row in split.table().to_pylist()]


# -- dialect -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["x.csv", "x.tsv"])
def test_delimiter_is_found(tmp_path: Path, delimiter: str, name: str) -> None:
    lines = [("text", "label"), *((f"a text, number {i}", str(i % 3)) for i in range(20))]
    text = "".join(delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in line) + "\n" for line in lines)
    split = read(tmp_path, text, name)
    assert split.schema.names == ["text", "label"]
    assert split.rows == 20


def test_delimiter_can_be_said(tmp_path: Path) -> None:
    assert rows(read(tmp_path, "text:label\na,b:1\n", delimiter=":")) == [["a,b", 1]]
    assert rows(read(tmp_path, "text\tlabel\na,b\t1\n", delimiter="tab")) == [["a,b", 1]]
    with pytest.raises(InputError, match="not one ASCII character"):
        read(tmp_path, "a,b\n", delimiter="::")


def test_one_column(tmp_path: Path) -> None:
    assert rows(read(tmp_path, "text\nfirst\nsecond\n")) == [["first"], ["second"]]


def test_quoting(tmp_path: Path) -> None:
    text = 'text,label\r\n"two\r\nlines",1\r\n"a ""word"", and more",2\r\n\r\n" led by a space",3\r\n'
    split = read(tmp_path, text)
    assert rows(split) == [["two\r\nlines", 1], ['a "word", and more', 2], [" led by a space", 3]]


def test_header_with_a_line_break_after_blank_lines(tmp_path: Path) -> None:
    split = read(tmp_path, '\n\n"text\nof it",label\nx,1\n', has_header=True)
    assert split.schema.names == ["text\nof it", "label"]
    assert split.rows == 1


def test_literal_quotes_in_tabs(tmp_path: Path) -> None:
    lines = [
        "genre\tscore\tsentence1",
        'news\t1.5\t"Hello, he said',
        "news\t2.5\tno quote",
        'news\t3.5\tends with one"',
    ]
    split = read(tmp_path, "\n".join(lines) + "\n", "x.tsv")
    assert split.table().column("sentence1").to_pylist() == ['"Hello, he said', "no quote", 'ends with one"']


def test_meant_quotes_in_tabs(tmp_path: Path) -> None:
    split = read(tmp_path, 'text\tlabel\n"a\tb"\t1\n"two\nlines"\t2\n"said ""x"""\t3\nplain\t4\n', "x.tsv")
    assert rows(split) == [["a\tb", 1], ["two\nlines", 2], ['said "x"', 3], ["plain", 4]]


def test_rows_longer_than_a_block(tmp_path: Path) -> None:
    long = "word " * 1_100_000
    split = read(tmp_path, f'text,label\n"{long}",1\nshort,2\n')
    assert split.rows == 2
    assert split.table().column("text").to_pylist() == [long, "short"]


# -- header ------------------------------------------------------------------------------------------------------------

LONG = "A sentence that is long enough to be one with the number "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text,category\n" + "".join(f"{LONG}{i},card\n" for i in range(9)), True),
        ("Pergunta;Resposta\n" + "".join(f"{LONG}{i};{LONG}{i}\n" for i in range(9)), True),
        ("breite,höhe\n1.5,2\n2.5,3\n", True),
        (",text,label\n0,some text,1\n1,other text,0\n", True),
        ("Q,A\n" + "".join(f"{LONG}{i},{LONG}{i}\n" for i in range(9)), True),
        ("satz1,satz2,ähnlichkeit\n" + "".join(f"{LONG}{i},{LONG}x{i},0.{i}\n" for i in range(9)), True),
        ('vector,text\n"[1, 2]",a\n"[1, 3]",b\n', True),
        ("1,2,3\n4,5,6\n", False),
        (f"{LONG}1,{LONG}2,0.5\n{LONG}3,{LONG}4,1.5\n", False),
        ("".join(f"{LONG}{i},{LONG}x{i}\n" for i in range(9)), False),
        ("".join(f"{'spam' if i % 3 else 'ham'}\t{LONG}{i}\n" for i in range(9)), False),
        ("positive,I liked it\nnegative,I did not\npositive,It was good\n", False),
        ("你好吗,我很好,1\n再见,明天见,0\n", False),
        (f"{LONG}1,{LONG}2\n", False),
    ],
)
def test_header_is_found(tmp_path: Path, text: str, expected: bool) -> None:
    split = read(tmp_path, text)
    assert split.has_names is expected
    if not expected:
        assert split.schema.names == [f"column_{i + 1}" for i in range(len(split.schema))]


def test_header_can_be_said(tmp_path: Path) -> None:
    assert read(tmp_path, "text,label\na,1\n", has_header=False).table().to_pylist()[0] == {
        "column_1": "text",
        "column_2": "label",
    }
    assert read(tmp_path, "1,2\n3,4\n", has_header=True).table().to_pylist() == [{"1": 3, "2": 4}]


def test_names_are_made_unique(tmp_path: Path) -> None:
    split = read(tmp_path, "text, text,,label,\na,b,c,1,\nd,e,f,2,\n")
    assert split.schema.names == ["text", "text_2", "column_3", "label"]


# -- types -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "-2", " 3"], "int64", [1, -2, 3]),
        (["1", "2.5", "1e3"], "double", [1.0, 2.5, 1000.0]),
        (["1.5", "nan", "-inf"], "double", None),
        (["true", "False"], "bool", [True, False]),
        (["007", "012"], "string", ["007", "012"]),
        (["12345678901234567890", "1"], "string", None),
        (["12345678901234567", "1.5"], "string", None),
        (["1", "two"], "string", ["1", "two"]),
        (["NA", "null", "None"], "string", ["NA", "null", "None"]),
        (["nan", "nan"], "string", None),
        (["1,5", "2,5"], "string", ["1,5", "2,5"]),
        (["[0.1, 2]", "[]"], "list<item: double>", [[0.1, 2.0], []]),
        (['["a", "b"]', "[]"], "list<item: string>", [["a", "b"], []]),
        (["[laughs] hello", "[sic]"], "string", ["[laughs] hello", "[sic]"]),
        (["[]", "[oh"], "string", ["[]", "[oh"]),
        (["2020-01-01", "2020-01-02"], "string", ["2020-01-01", "2020-01-02"]),
    ],
)
def test_types(tmp_path: Path, cells: list[str], kind: str, values: list[object] | None) -> None:
    quoted = ('"' + cell.replace('"', '""') + '"' for cell in cells)
    split = read(tmp_path, "value,text\n" + "".join(f"{cell},x\n" for cell in quoted) + ",y\n")
    column = split.table().column("value")
    assert str(column.type) == kind
    expected = cells if values is None and kind == "string" else values
    if expected is not None:
        assert column.to_pylist() == [*expected, None]


def test_a_late_cell_settles_the_type(tmp_path: Path) -> None:
    text = "text,label\n" + "".join(f"{'x' * 100},{i}\n" for i in range(100_000)) + "x,none\n"
    split = read(tmp_path, text)
    assert split.schema.field("label").type == pa.string()
    assert split.table().column("label")[0].as_py() == "0"
    assert split.rows == 100_001


def test_empty_text_and_null(tmp_path: Path) -> None:
    assert rows(read(tmp_path, 'text,label\n"",1\n,2\nx,\n')) == [["", 1], [None, 2], ["x", None]]


# -- what goes wrong ---------------------------------------------------------------------------------------------------


def test_ragged(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"x\.csv', line 4: 3 cells where the first row has 2"):
        read(tmp_path, 'text,label\n"two\nlines",1\na,b,2\n')
    with pytest.raises(InputError, match="line 3: 1 cells where the first row has 2"):
        read(tmp_path, "text\tlabel\na\t1\nb\n", "x.tsv")


def test_ragged_far_behind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 200002: 3 cells"):
        read(tmp_path, "text,label\n" + "some text,1\n" * 200_000 + "a,b,c\n")


def test_quote_never_closed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 3: a quote is opened and never closed"):
        read(tmp_path, 'label,text\n1,fine\n2,"not\n3,fine\n4,fine\n')


def test_a_file_that_is_refused_leaves_nothing_behind_that_ends_the_process(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('question,answer\n"a,b\nc,d\n')
    code = """
import gc, sys
from converters.errors import InputError
from converters.sources import open_source
try:
    open_source(sys.argv[1])
except InputError:
    gc.collect()
    sys.exit(7)
"""
    for _ in range(8):  # Arrow's thread may be done in time, most often it is not
        assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 7


@pytest.mark.parametrize("text", ['"a,b\nc,d\n', 'c,d\n"a,b\n', 'c,d\n"a,b', 'c,d\n"x\ny",1\n"a,b\nc,d\ne,f\n'])
def test_a_quote_never_closed_in_a_cell_before_the_last_one(tmp_path: Path, text: str) -> None:
    line = 1 + text.count("\n", 0, text.index('"a')) + 1
    with pytest.raises(InputError, match=f"line {line}: a quote is opened and never closed"):
        read(tmp_path, f"label,text\n{text}")


def test_a_quote_within_a_cell_is_not_to_blame_for_cells_that_lack(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 3: 1 cells where the first row has 2"):
        read(tmp_path, 'label,text\n1,fine\na nail of 5" and no more\n')


def test_a_last_line_with_an_open_quote_is_set_aside_as_such(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("label,text\n" + "".join(f"{i},fine\n" for i in range(30)) + '"a,b\n')
    split = open_source(path, skip_broken=True).splits["train"]
    assert split.table().num_rows == 30
    assert [line.why.partition(": ")[2] for line in split.broken] == ["a quote is opened and never closed"]


@pytest.mark.parametrize(("text", "message"), [("", "is empty"), ("\n \n", "is empty"), ("text,label\n", "no rows")])
def test_nothing_in_it(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, text)
