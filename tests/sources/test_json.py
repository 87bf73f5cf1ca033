"""JSON: lines and documents, types from all values, and what goes wrong."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from converters.errors import InputError
from converters.sources import open_source
from converters.sources.source import Split


def read(tmp_path: Path, content: Any, name: str = "x.jsonl") -> Split:
    path = tmp_path / name
    if isinstance(content, list) and name.endswith("l"):
        content = "".join(json.dumps(row) + "\n" for row in content)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8", newline="")
    return open_source(path).splits["train"]


FILLER = [{"a": "x" * 1000}] * 5000  # more than a block


@pytest.mark.parametrize("between", [[], FILLER])
@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1, 2.5], "double", [1.0, 2.5]),
        ([1, "two"], "string", ["1", "two"]),
        ([None, "two"], "string", [None, "two"]),
        ([True, 1], "string", ["true", "1"]),
        ([[], ["a"]], "list<item: string>", [[], ["a"]]),
        ([[1], [2.5]], "list<item: double>", [[1.0], [2.5]]),
        ([["a", 1], ["b"]], "list<item: string>", [["a", "1"], ["b"]]),
        (["a", ["b"]], "list<item: string>", [["a"], ["b"]]),
        (["a", [1]], "string", ["a", "[1]"]),
        (
            [[{"x": 1}], [{"y": "b"}]],
            "list<item: struct<x: int64, y: string>>",
            [[{"x": 1, "y": None}], [{"x": None, "y": "b"}]],
        ),
        ([[{"x": 1}], [{"x": 1.5}]], "list<item: struct<x: double>>", [[{"x": 1.0}], [{"x": 1.5}]]),
        (["2020-01-01T00:00:00Z", "2020-01-02"], "string", ["2020-01-01T00:00:00Z", "2020-01-02"]),
        ([12345678901234567890, 1], "string", ["12345678901234567890", "1"]),
        ([2**60 + 1, 0.5], "string", [str(2**60 + 1), "0.5"]),
        ([None, None], "string", [None, None]),
    ],
)
def test_types_of_all_values(
    tmp_path: Path, between: list[Any], values: list[Any], kind: str, expected: list[Any]
) -> None:
    if between and values[0] == 2**60 + 1:
        pytest.skip("an integer in one block and a fraction in another are doubles")
    split = read(tmp_path, [{"v": values[0]}, *between, {"v": values[1]}])
    assert str(split.schema.field("v").type) == kind
    column = split.table().column("v")
    assert [column[0].as_py(), column[-1].as_py()] == expected
    assert split.rows == len(between) + 2


def test_new_keys_later(tmp_path: Path) -> None:
    split = read(tmp_path, [{"a": "x"}, *FILLER, {"b": [1]}, {}])
    assert split.schema.names == ["a", "b"]
    assert split.table().to_pylist()[-2:] == [{"a": None, "b": [1]}, {"a": None, "b": None}]


def test_python_specials(tmp_path: Path) -> None:
    split = read(tmp_path, '{"v": NaN}\n{"v": -Infinity}\n{"v": 1e400}\n{"v": 1}\n')
    assert [str(value) for value in split.table().column("v").to_pylist()] == ["nan", "-inf", "inf", "1.0"]


def test_blank_lines_and_returns(tmp_path: Path) -> None:
    split = read(tmp_path, '\r\n{"a": "x\\r"}\r\n\r\n   \n{"a": "y\u2028"}')
    assert split.table().to_pylist() == [{"a": "x\r"}, {"a": "y\u2028"}]


def test_a_line_longer_than_a_block(tmp_path: Path) -> None:
    rows = [{"a": "x" * 9_000_000}, {"a": "y"}]
    assert read(tmp_path, rows).table().to_pylist() == rows


def test_bare_lists(tmp_path: Path) -> None:
    split = read(tmp_path, [["one", "two", 1], ["three", "four", 0.5]])
    assert not split.has_names
    assert [list(row.values()) for row in split.table().to_pylist()] == [["one", "two", 1.0], ["three", "four", 0.5]]
    assert split.schema.names == ["column_1", "column_2", "column_3"]
    with pytest.raises(InputError, match="line 2: 3 cells where the first row is a list of 2"):
        read(tmp_path, [["a", "b"], ["a", "b", "c"]])


def test_bare_texts(tmp_path: Path) -> None:
    split = read(tmp_path, '"one"\n"two"\n')
    assert split.table().to_pylist() == [{"column_1": "one"}, {"column_1": "two"}]


@pytest.mark.parametrize(
    "content",
    [
        [{"a": 1, "b": "x"}, {"a": 2, "b": None}],
        {"version": "1", "data": [{"a": 1, "b": "x"}, {"a": 2}]},
        {"a": [1, 2], "b": ["x", None]},
        {"a": {"0": 1, "1": 2}, "b": {"0": "x", "1": None}},
        '[\n {"a": 1, "b": "x"},\n {"a": 2}\n]',
        '{"a": 1, "b": "x"}\n{"a": 2}\n',
    ],
)
def test_documents(tmp_path: Path, content: Any) -> None:
    assert read(tmp_path, content, "x.json").table().to_pylist() == [{"a": 1, "b": "x"}, {"a": 2, "b": None}]


def test_documents_called_lines(tmp_path: Path) -> None:
    for text in ('[\n {"a": 1},\n {"a": 2}\n]', '[{"a": 1}, {"a": 2}]'):
        assert read(tmp_path, text).table().to_pylist() == [{"a": 1}, {"a": 2}]


def test_one_line(tmp_path: Path) -> None:
    assert read(tmp_path, '{"a": [1, 2], "b": "x"}').table().to_pylist() == [{"a": [1, 2], "b": "x"}]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.jsonl", '{"a": 1}\n{"a": \n', "line 2 is not JSON"),
        ("x.jsonl", '{"a": 1}\n\n{"a": 1} x\n', "line 3 is not JSON"),
        ("x.jsonl", '{"a": 1},\n{"a": 2}\n', "line 1 is not JSON"),
        ("x.jsonl", '{"a": 1}\n[2]\n', "line 2: a list where an object is expected"),
        ("x.jsonl", '{"a": 1, "a": 2}\n{"a": 3}\n', "line 1 is not JSON: .*stands twice"),
        ("x.jsonl", '{"a": "\\ud83d"}\n{"a": ""}\n', "'a' holds half of a surrogate pair"),
        ("x.jsonl", "{}\n{}\n", "without any fields"),
        ("x.jsonl", "a text\nanother\n", "line 1 is not JSON"),
        ("x.json", '[{"a": 1},\n{"a": \n', r"is not JSON: .*line 3"),
        ("x.json", "[" * 100_000, "nested too deeply"),
        ("x.json", "[]", "has no rows"),
        ("x.json", "3", "one single value"),
        ("x.json", '{"a": 1, "b": {}}', "one object without a list of records"),
        ("x.json", '{"train": [{"a": 1}], "test": [{"a": 1}]}', "several lists of records"),
        ("x.json", '{"a": [1, 2], "b": [1]}', "columns of different lengths"),
        ("x.json", '[{"a": 1}, 3]', "record 2"),
        ("x.json", '[["a", "b"], ["c"]]', "record 2 has 1 values where the first one has 2"),
        ("x.json", "", "is empty"),
        ("x.jsonl", "\n\n", "is empty"),
    ],
)
def test_what_goes_wrong(tmp_path: Path, name: str, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path, content, name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_line_number_far_behind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 300001 is not JSON"):
        read(tmp_path, '{"text": "some text that is here"}\n' * 300_000 + "{oops}\n")


def test_schema_is_kept_by_every_batch(tmp_path: Path) -> None:
    split = read(tmp_path, [{"a": 1, "b": "x"}, *FILLER, {"a": 2.5}, {"b": 3}])
    assert {batch.schema for batch in split.open()} == {split.schema}
    assert isinstance(split.table(), pa.Table)


@pytest.mark.parametrize(
    "document",
    [
        {"rows": [{"text": "a"}, {"text": "b"}]},
        {"meta": {"n": 2}, "data": {"rows": [{"text": "a"}, {"text": "b"}]}},
        {"result": {"data": {"rows": [{"text": "a"}, {"text": "b"}], "more": []}}, "tags": ["x"]},
    ],
)
def test_records_deep_in_a_document(tmp_path: Path, document: dict[str, Any]) -> None:
    (tmp_path / "x.json").write_text(json.dumps(document, indent=1))
    assert open_source(tmp_path / "x.json").splits["train"].table().to_pylist() == [{"text": "a"}, {"text": "b"}]


def test_several_lists_deep_in_a_document(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps({"data": {"a": [{"x": 1}], "b": [{"x": 1}]}}))
    with pytest.raises(InputError, match=r"several lists of records \('data\.a', 'data\.b'\)"):
        open_source(tmp_path / "x.json")


def test_squad_as_it_was_published(tmp_path: Path) -> None:
    answers = [{"text": "the", "answer_start": 0}]
    paragraph = {"context": "the text", "qas": [{"id": "1", "question": "what?", "answers": answers}]}
    (tmp_path / "x.json").write_text(json.dumps({"version": "1", "data": [{"title": "t", "paragraphs": [paragraph]}]}))
    assert open_source(tmp_path / "x.json").splits["train"].table().to_pylist() == [{"title": "t", **paragraph}]


FRAME = [{"q": "what", "n": 1}, {"q": "who", "n": 2}, {"q": "why", "n": 3}]


@pytest.mark.parametrize(
    "content",
    [
        {str(i): row for i, row in enumerate(FRAME)},
        {f"row {i}": row for i, row in enumerate(FRAME)},
        {"columns": ["q", "n"], "index": [0, 1, 2], "data": [list(row.values()) for row in FRAME]},
        {name: {str(i): row[name] for i, row in enumerate(FRAME)} for name in ("q", "n")},
        {name: {f"row {i}": row[name] for i, row in enumerate(FRAME)} for name in ("q", "n")},
    ],
)
def test_frames_as_pandas_writes_them(tmp_path: Path, content: dict[str, Any]) -> None:
    assert read(tmp_path, content, "frame.json").table().to_pylist() == FRAME


def test_splits_of_one_document_are_no_rows(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="several lists of records"):
        read(tmp_path, {"train": {"data": FRAME}, "test": {"data": FRAME}}, "x.json")
