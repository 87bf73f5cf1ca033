"""What holds for every conversion and every chain of them, whatever the data."""

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converters import InputError
from converters.conversions import CONVERSIONS, Material, Options, Plan, plans
from converters.conversions.running import carry_out

Pair = tuple[str, str]

#: Every plan that can be carried out without mining: single conversions and chains.
PLANS = [
    Plan(way.source, way.target, way.steps)
    for source in dict.fromkeys(edge[0] for edge in CONVERSIONS)
    for way in plans(source)
    if not way.mines
]

#: Few texts, so that they repeat and contradict one another; some differ in white space only.
anchors = st.sampled_from(["a", "b", "c", " a "])
texts = st.sampled_from(["p", "q", "r", "s", "t", "p ", "日本語"])
numbers = st.sampled_from([-2.0, 0.0, 0.5, 1.0, 3.25])


def table_of(columns: dict[str, Any], minimum: int = 1) -> st.SearchStrategy[pa.Table]:
    """Tables with these columns; of each column a strategy and a type."""
    rows = st.lists(st.tuples(*(strategy for strategy, _ in columns.values())), min_size=minimum, max_size=12)
    schema = pa.schema([(name, kind) for name, (_, kind) in columns.items()])

    def build(drawn: list[tuple[Any, ...]]) -> pa.Table:
        values = zip(*drawn, strict=True) if drawn else [[] for _ in columns]
        return pa.table(
            [pa.array(list(each), field.type) for each, field in zip(values, schema, strict=True)], schema=schema
        )

    return rows.map(build)


def named(table: pa.Table) -> pa.Table:
    label = {"names": ["contradiction", "entailment", "neutral"], "_type": "ClassLabel"}
    return table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": {"label": label}}})})


TEXT, LIST, FLOATS = pa.string(), pa.list_(pa.string()), pa.list_(pa.float64())


def rows_of(negatives: int, **label: Any) -> dict[str, Any]:
    names = ["negative"] if negatives == 1 else [f"negative_{i + 1}" for i in range(negatives)]
    first = "query" if label else "anchor"
    return {first: (anchors, TEXT), "positive": (texts, TEXT), **dict.fromkeys(names, (texts, TEXT)), **label}


def scores(size: int) -> tuple[Any, pa.DataType]:
    return st.lists(numbers, min_size=size, max_size=size), FLOATS


def matched(table: pa.Table, first: str, second: str) -> pa.Table:
    """Lists cut to the same length, row by row."""
    pairs = [(a[: len(b)], b[: len(a)]) for a, b in zip(table[first].to_pylist(), table[second].to_pylist())]  # noqa: B905
    for place, name in enumerate((first, second)):
        column = pa.array([each[place] for each in pairs], table.schema.field(name).type)
        table = table.set_column(table.column_names.index(name), name, column)
    return table


some_texts, some_numbers = st.lists(texts, min_size=1, max_size=4), st.lists(numbers, min_size=1, max_size=4)

DATA: dict[str, st.SearchStrategy[pa.Table]] = {
    "single": table_of({"text": (st.sampled_from(["one two", "a b c d e", "日本語文字", "x"]), TEXT)}),
    "single-class": table_of(
        {"text": (st.text("abc", min_size=1, max_size=2), TEXT), "label": (st.integers(0, 2), pa.int64())}
    ),
    "labeled-pair": table_of(
        {"anchor": (anchors, TEXT), "document": (texts, TEXT), "label": (st.integers(0, 1), pa.int64())}
    ),
    "pair-score": table_of(
        {"sentence_a": (anchors, TEXT), "sentence_b": (texts, TEXT), "score": (st.floats(0, 1), pa.float64())}
    ),
    "pair-class": table_of(
        {"sentence_a": (anchors, TEXT), "sentence_b": (texts, TEXT), "label": (st.integers(0, 2), pa.int64())}
    ).map(named),
    "graded-pair": table_of(
        {"query": (anchors, TEXT), "document": (texts, TEXT), "grade": (st.integers(-1, 3), pa.float64())}
    ),
    "labeled-list": table_of(
        {"query": (anchors, TEXT), "documents": (some_texts, LIST), "labels": (some_numbers, FLOATS)}
    ).map(lambda table: matched(table, "documents", "labels")),
    "triplet": table_of(rows_of(1)),
    "n-tuple": table_of(rows_of(3)),
    "triplet-scores": table_of(rows_of(1, scores=scores(2))),
    "n-tuple-scores": table_of(rows_of(2, scores=scores(3))),
    "triplet-margin": table_of(rows_of(1, score=(numbers, pa.float64()))),
    "n-tuple-margins": table_of(rows_of(2, scores=scores(2))),
    "grouped": table_of(
        {
            "query": (anchors, TEXT),
            "positives": (some_texts, LIST),
            "negatives": (st.lists(texts, max_size=4), LIST),
            "positive_scores": (some_numbers, FLOATS),
            "negative_scores": (st.lists(numbers, max_size=4), FLOATS),
        }
    )
    .map(lambda table: matched(table, "positives", "positive_scores"))
    .map(lambda table: matched(table, "negatives", "negative_scores")),
    "qa": table_of({"question": (anchors, TEXT), "context": (texts, TEXT)}),
    "collection": table_of({"query": (anchors, TEXT), "document": (texts, TEXT), "grade": (numbers, pa.float64())}),
}


def judged(format: str, table: pa.Table) -> Iterator[tuple[Pair, float]]:
    """Every pair that rows of a format judge, with its label: above 0 where it belongs together."""
    for row in table.to_pylist():
        values = list(row.values())
        first, second = values[0], values[1] if len(values) > 1 else None
        if format in ("pair", "qa", "identical-pair", "collection"):
            yield (first, second), 1
        elif format == "pair-score":
            yield (first, second), row["score"] >= 0.5
        elif format == "pair-class":
            yield (first, second), {0: 0, 1: 1, 2: 0.5}[row["label"]]
        elif format in ("labeled-pair", "graded-pair"):
            yield (first, second), values[2]
        elif format == "labeled-list":
            for document, label in zip(row["documents"], row["labels"], strict=True):
                yield (first, document), label
        elif format == "grouped":
            yield from (((first, text), 1) for text in row["positives"])
            yield from (((first, text), 0) for text in row["negatives"])
        elif "positive" in row:
            yield (first, second), 1
            yield from (((first, text), 0) for name, text in row.items() if name.startswith("negative"))
    if format == "single-class":
        labels: dict[str, set[int]] = {}
        for row in table.to_pylist():
            labels.setdefault(row["text"], set()).add(row["label"])
        for text, own in labels.items():
            yield from (((text, other), float(bool(own & also))) for other, also in labels.items())


def stripped(pairs: Iterator[tuple[Pair, float]]) -> dict[Pair, set[float]]:
    found: dict[Pair, set[float]] = {}
    for (first, second), label in pairs:
        found.setdefault((first.strip(), second.strip()), set()).add(label)
    return found


def written(value: Any) -> Iterator[str]:
    """Every text in rows."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from written(each)


def every_text(table: pa.Table) -> set[str]:
    return {text for column in table.columns for text in written(column.to_pylist())}


EXAMPLES = max(10, settings.default.max_examples // 5)


@pytest.mark.parametrize("way", PLANS, ids=lambda way: f"{way.source} to {way.target}")
@settings(max_examples=EXAMPLES)
@given(data=st.data(), seed=st.integers(0, 3))
def test_what_every_conversion_keeps(way: Plan, data: st.DataObject, seed: int) -> None:
    table = data.draw(DATA[way.source])
    material, options = Material(table), Options(seed=seed)
    announced = way.expect(material, table.num_rows, options)
    try:
        _, made = carry_out(way, material, options)
    except InputError:
        assert announced == 0
        return
    out = made.table
    assert announced == out.num_rows
    assert carry_out(way, material, options)[1].table.equals(out)
    assert out.column(0).null_count == 0
    if way.target == "damaged-pair":
        assert out["original"].to_pylist() == table["text"].to_pylist()
        for damaged, original in zip(*out.to_pydict().values(), strict=True):
            assert damaged.strip()
            letters = iter(original)
            assert all(letter in letters for letter in damaged)
        return
    assert every_text(out) <= every_text(table)
    if way.source == "single" or way.target == "pair-score":
        return
    told = stripped(judged(way.source, table))
    positives = {pair for pair, labels in told.items() if any(_positive(way.source, label) for label in labels)}
    from_teacher = way.source.endswith("scores") and way.target == "labeled-list"
    for pair, labels in stripped(judged(way.target, out)).items():
        assert pair in told
        if not from_teacher and "margin" not in way.target and "scores" not in way.target:
            assert all((label > 0) == (pair in positives) for label in labels), (pair, labels, told[pair])


def _positive(format: str, label: float) -> bool:
    return label == 1 if format == "pair-class" else label > 0


@settings(max_examples=EXAMPLES)
@given(table=DATA["labeled-list"], grades=st.booleans())
def test_labels_follow_their_texts(table: pa.Table, grades: bool) -> None:
    exploded = {
        (row["query"].strip(), document.strip()): max(
            label
            for other in table.to_pylist()
            for text, label in zip(other["documents"], other["labels"], strict=True)
            if (other["query"].strip(), text.strip()) == (row["query"].strip(), document.strip())
        )
        for row in table.to_pylist()
        for document in row["documents"]
    }
    step = CONVERSIONS["graded-pair", "labeled-list"] if grades else CONVERSIONS["labeled-list", "labeled-pair"]
    if grades:
        flat = [
            (row["query"], text, label)
            for row in table.to_pylist()
            for text, label in zip(row["documents"], row["labels"], strict=True)
        ]
        table = pa.table(dict(zip(("query", "document", "grade"), map(list, zip(*flat, strict=True)), strict=True)))
    out = step.apply(Material(table), step.target, Options()).table
    for (anchor, document), label in judged(step.target, out):
        wanted = exploded[anchor.strip(), document.strip()]
        assert label == (wanted if grades else int(wanted > 0))


@settings(max_examples=EXAMPLES)
@given(table=DATA["grouped"])
def test_scores_follow_their_texts(table: pa.Table) -> None:
    known: dict[Pair, set[float]] = {}
    for row in table.to_pylist():
        for side in ("positive", "negative"):
            for text, score in zip(row[f"{side}s"], row[f"{side}_scores"], strict=True):
                known.setdefault((row["query"].strip(), text.strip()), set()).add(score)
    for target in ("triplet-scores", "n-tuple-scores"):
        step = CONVERSIONS["grouped", target]
        for row in step.apply(Material(table), target, Options()).table.to_pylist():
            query, *documents, scores = row.values()
            assert len(documents) == len(scores)
            for document, score in zip(documents, scores, strict=True):
                assert score in known[query.strip(), document.strip()]
