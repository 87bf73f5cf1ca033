"""What holds for every conversion and every chain of them, whatever the data."""

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converters import InputError
from converters.conversions import CONVERSIONS, Material, Mining, Options, Plan, plan, plans
from converters.conversions.running import carry_out
from converters.formats import FORMATS
from converters.mining import Selection

Pair = tuple[str, str]


class Teacher:
    """A cross-encoder and a bi-encoder in one, whose answers depend on the texts alone."""

    @staticmethod
    def score(first: str, second: str) -> float:
        return ((len(first.strip()) * 7 + sum(map(ord, second.strip()))) % 97) / 97

    def predict(self, pairs: list[Pair]) -> list[float]:
        assert len(pairs) == len({(first.strip(), second.strip()) for first, second in pairs})
        return [self.score(first, second) for first, second in pairs]


class Embedder:
    """A bi-encoder."""

    def encode(self, texts: list[str]) -> list[list[float]]:
        assert len(texts) == len({text.strip() for text in texts})
        return [[float(sum(map(ord, text.strip())) % 97), 1.0] for text in texts]


SOURCES = list(dict.fromkeys(edge[0] for edge in CONVERSIONS))

#: Every conversion, and every plan of several, that needs neither miner nor teacher.
PLANS = [
    *(Plan(*edge, (way,)) for edge, way in CONVERSIONS.items() if not way.mines and way.needs is None),
    *(
        Plan(way.source, way.target, way.steps)
        for source in SOURCES
        for way in plans(source)
        if not way.mines and len(way.steps) > 1
    ),
]

#: Every conversion that mines.
MINED = [Plan(*edge, (way,)) for edge, way in CONVERSIONS.items() if way.mines]


def taught_plans() -> Iterator[Plan]:
    """Every plan that asks a teacher and mines nothing."""
    for source in SOURCES:
        for target in dict.fromkeys(edge[1] for edge, way in CONVERSIONS.items() if way.needs):
            try:
                way = plan(source, target, Options(teacher=Teacher()))
            except InputError:
                continue
            if not way.mines:
                yield Plan(source, target, way.steps)


TAUGHT = list(taught_plans())

#: What there is to choose.
choices = st.builds(
    lambda threshold, **others: Options(
        threshold=threshold, negative_threshold=None if threshold is None else threshold - 0.3, **others
    ),
    threshold=st.sampled_from([None, 0.4, 1.0]),
    seed=st.integers(0, 3),
    num_negatives=st.sampled_from([None, 2, 3]),
    pairs_per_text=st.integers(1, 3),
    max_per_class=st.sampled_from([None, 1, 3]),
)

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
    broken = st.sampled_from([None, [], [1.0], [float("nan")] * size])
    whole = st.lists(numbers, min_size=size, max_size=size)
    return st.one_of(whole, whole, whole, broken), FLOATS


def matched(table: pa.Table, first: str, second: str) -> pa.Table:
    """Lists cut to the same length, row by row."""
    pairs = [(a[: len(b)], b[: len(a)]) for a, b in zip(table[first].to_pylist(), table[second].to_pylist())]  # noqa: B905
    for place, name in enumerate((first, second)):
        column = pa.array([each[place] for each in pairs], table.schema.field(name).type)
        table = table.set_column(table.column_names.index(name), name, column)
    return table


some_texts, some_numbers = st.lists(texts, min_size=1, max_size=4), st.lists(numbers, min_size=1, max_size=4)

DATA: dict[str, st.SearchStrategy[pa.Table]] = {
    "pair": table_of({"anchor": (anchors, TEXT), "positive": (texts, TEXT)}),
    "identical-pair": table_of({"anchor": (texts, TEXT)}).map(
        lambda table: table.append_column("anchor_copy", table["anchor"])
    ),
    "damaged-pair": table_of({"damaged": (anchors, TEXT), "original": (texts, TEXT)}),
    "text-embedding": table_of({"text": (texts, TEXT), "label": (st.lists(numbers, min_size=2, max_size=2), FLOATS)}),
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
    "collection": table_of(
        {
            "query": (anchors, TEXT),
            "document": (texts, TEXT),
            "grade": (st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0]), pa.float64()),
        }
    ),
}


def judged(format: str, table: pa.Table) -> Iterator[tuple[Pair, float]]:
    """Every pair that rows of a format judge, with its label: above 0 where it belongs together."""
    for row in table.to_pylist():
        values = list(row.values())
        first, second = values[0], values[1] if len(values) > 1 else None
        if format in ("pair", "qa", "identical-pair"):
            yield (first, second), 1
        elif format == "pair-score":
            yield (first, second), row["score"]
        elif format == "pair-class":
            yield (first, second), {0: 0, 1: 1, 2: 0.5}[row["label"]]
        elif format in ("labeled-pair", "graded-pair", "collection"):
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


EXAMPLES = max(6, settings.default.max_examples // 8)
FEW = max(2, settings.default.max_examples // 50)


def test_every_conversion_has_data_to_be_tested_with() -> None:
    assert set(SOURCES) == set(DATA)
    tested = {step for way in [*PLANS, *MINED, *TAUGHT] for step in way.steps}
    assert {(step.source, step.target) for step in tested} == set(CONVERSIONS)


def carried_out(way: Plan, table: pa.Table, options: Options) -> pa.Table | None:
    """What comes out of a plan, as announced and twice the same; None where it refuses the data, as announced."""
    material = Material(table, table["document"] if way.source == "collection" else None)
    announced = way.expect(material, table.num_rows, options)
    try:
        _, made = carry_out(way, material, options)
    except InputError as error:
        refused = str(error)
    else:
        refused = None
    if refused is not None:
        assert announced == 0 or way.mines
        assert "\n" not in refused
        return None
    if way.mines:
        assert announced is not None
        assert made.table.num_rows <= announced
    else:
        assert announced == made.table.num_rows
    assert carry_out(way, material, options)[1].table.equals(made.table)
    assert made.table.column(0).null_count == 0
    assert all(number > 0 for number in made.left_out.values())
    label = FORMATS[way.target].label_name
    assert made.table.column_names == FORMATS[way.target].column_names(made.table.num_columns - (label is not None))
    return made.table


@pytest.mark.parametrize("way", PLANS, ids=lambda way: " to ".join([way.source, *(step.target for step in way.steps)]))
@settings(max_examples=EXAMPLES)
@given(data=st.data(), options=choices)
def test_what_every_conversion_keeps(way: Plan, data: st.DataObject, options: Options) -> None:
    table = data.draw(DATA[way.source])
    out = carried_out(way, table, options)
    if out is None:
        return
    if way.target == "damaged-pair" and way.source == "single":
        assert out["original"].to_pylist() == table["text"].to_pylist()
        for damaged, original in zip(*out.to_pydict().values(), strict=True):
            assert damaged.strip()
            letters = iter(original)
            assert all(letter in letters for letter in damaged)
        return
    if way.target != "damaged-pair":
        assert every_text(out) <= every_text(table)
    if way.target in ("single", "identical-pair", "damaged-pair"):
        return
    told = stripped(judged(way.source, table))
    positives = {pair for pair, labels in told.items() if any(_positive(way, label, options) for label in labels)}
    scored = way.target == "pair-score" or way.source.endswith(("scores", "margin", "margins"))
    for pair, labels in stripped(judged(way.target, out)).items():
        assert pair in told
        if scored or (way.source, way.target) == ("pair-score", "labeled-list"):
            continue  # what the labels say there, scores say: see below
        if way.target == "graded-pair":  # it keeps grades, and what is below 0 is as little relevant as 0
            assert labels <= {label for told_label in told[pair] for label in (told_label, max(told_label, 0.0))}
        elif way.target != "labeled-list" or way.source not in ("labeled-list", "graded-pair", "collection"):
            assert all((label > 0) == (pair in positives) for label in labels), (pair, labels, told[pair])


def _positive(way: Plan, label: float, options: Options) -> bool:
    if way.source in ("labeled-list", "graded-pair", "collection", "pair-score", "pair-class"):
        if options.threshold is not None:
            return label >= options.threshold
        return {"pair-class": label == 1, "pair-score": label >= 0.5}.get(way.source, label > 0)
    return label > 0


@pytest.mark.parametrize("way", MINED, ids=lambda way: f"{way.source} to {way.target}")
@settings(max_examples=FEW)
@given(data=st.data())
def test_what_mining_keeps(way: Plan, data: st.DataObject) -> None:
    table = data.draw(DATA[way.source])
    out = carried_out(way, table, Options(mining=Mining(selection=Selection(num_negatives=2, veto=None))))
    if out is None:
        return
    assert every_text(out) <= every_text(table)
    told = stripped(judged(way.source, table))
    positives = {pair for pair, labels in told.items() if any(label > 0 for label in labels)}
    for pair, labels in stripped(judged(way.target, out)).items():
        assert all((label > 0) == (pair in positives) for label in labels)


@pytest.mark.parametrize("way", TAUGHT, ids=lambda way: " to ".join([way.source, *(step.target for step in way.steps)]))
@settings(max_examples=EXAMPLES)
@given(data=st.data(), seed=st.integers(0, 3))
def test_what_a_teacher_says_follows_its_texts(way: Plan, data: st.DataObject, seed: int) -> None:
    table = data.draw(DATA[way.source])
    teacher = Embedder() if way.target == "text-embedding" else Teacher()
    out = carried_out(way, table, Options(seed=seed, teacher=teacher))
    if out is None:
        return
    assert every_text(out) <= every_text(table)
    if way.target == "text-embedding":
        vectors = [[float(sum(map(ord, text.strip())) % 97), 1.0] for text in out["text"].to_pylist()]
        assert out["label"].to_pylist() == vectors
        return
    for found, expected in said(way.target, out, lambda *pair: {Teacher.score(*pair)}):
        assert any(abs(found - each) < 1e-6 for each in expected)


def said(format: str, table: pa.Table, known: Callable[[str, str], set[float]]) -> Iterator[tuple[float, set[float]]]:
    """Every number in rows of a format, beside what it may be by what is `known` of its texts."""
    for row in table.to_pylist():
        values = list(row.values())
        first = values[0]
        if format == "pair-score":
            yield row["score"], known(first, values[1])
        elif format == "labeled-list":
            yield from (
                (label, known(first, text)) for text, label in zip(row["documents"], row["labels"], strict=True)
            )
        elif format.endswith("-scores"):
            documents = values[1:-1]
            yield from ((score, known(first, text)) for text, score in zip(documents, row["scores"], strict=True))
        else:
            margins = [row["score"]] if format == "triplet-margin" else row["scores"]
            for text, margin in zip(values[2:-1], margins, strict=True):
                yield margin, {high - low for high in known(first, values[1]) for low in known(first, text)}


#: Conversions out of what has scores into what has scores.
SCORED = [
    way
    for way in PLANS
    if way.source in ("labeled-list", "graded-pair", "pair-score", "triplet-scores", "n-tuple-scores", "grouped")
    and FORMATS[way.target].label_kind in ("score", "scores", "margin", "margins")
]


@pytest.mark.parametrize("way", SCORED, ids=lambda way: f"{way.source} to {way.target}")
@settings(max_examples=EXAMPLES)
@given(data=st.data(), options=choices)
def test_scores_follow_their_texts(way: Plan, data: st.DataObject, options: Options) -> None:
    table = data.draw(DATA[way.source])
    if (out := carried_out(way, table, options)) is None:
        return
    known: dict[Pair, set[float]] = {}
    for (first, second), score in scored_pairs(way.source, table):
        known.setdefault((first.strip(), second.strip()), set()).add(score)
    found = list(said(way.target, out, lambda first, second: known[first.strip(), second.strip()]))
    if way.target == "pair-score":  # scaled: what was higher is higher
        certain = sorted((expected.pop(), score) for score, expected in found if len(expected) == 1)
        assert all(one[1] <= two[1] + 1e-9 for one, two in itertools.pairwise(certain))
        assert all(0 <= score <= 1 for score, _ in found)
    else:
        assert all(any(abs(score - each) < 1e-9 for each in expected) for score, expected in found)


def scored_pairs(format: str, table: pa.Table) -> Iterator[tuple[Pair, float]]:
    """Every pair of texts with the score that rows of a format give it."""
    for row in table.to_pylist():
        first, *others = row.values()
        if format in ("pair-score", "graded-pair"):
            yield (first, others[0]), others[1]
        elif format == "grouped":
            for side in ("positive", "negative"):
                for text, score in zip(row[f"{side}s"], row[f"{side}_scores"], strict=True):
                    yield (first, text), score
        else:
            listed = row["documents"] if format == "labeled-list" else others[:-1]
            numbers = others[-1] or []
            yield from (((first, text), score) for text, score in zip(listed, numbers, strict=False))


# -- there and back ----------------------------------------------------------------------------------------------------

#: Conversions with one that leads back.
RETURNS = [
    edge
    for edge, way in CONVERSIONS.items()
    if (back := CONVERSIONS.get((edge[1], edge[0])))
    and not (way.mines or way.needs or way.samples or back.mines or back.needs or back.samples)
]


@pytest.mark.parametrize("edge", RETURNS, ids=lambda edge: f"{edge[0]} to {edge[1]} and back")
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_there_and_back(edge: tuple[str, str], data: st.DataObject) -> None:
    """Nothing comes back that was not there, nothing with another label, and nothing of an anchor is missing there."""
    table = data.draw(DATA[edge[0]])
    try:
        there = CONVERSIONS[edge].apply(Material(table), edge[1], Options()).table
        back = CONVERSIONS[edge[1], edge[0]].apply(Material(there), edge[0], Options()).table
    except InputError:
        return
    if edge[0] in ("single", "identical-pair"):
        assert back.to_pydict() == table.to_pydict()
        return
    before, between, after = (
        stripped(judged(format, rows)) for format, rows in zip((*edge, edge[0]), (table, there, back), strict=True)
    )
    assert set(after) <= set(between) <= set(before)
    marked = edge[0].endswith(("scores", "margin", "margins")) or "score" in edge[1] or "graded-pair" in edge
    if not marked and "pair-score" not in edge:
        for pair, labels in after.items():
            assert {label > 0 for label in labels} <= {label > 0 for label in before[pair]}
    if edge in LOSSLESS:
        assert after == between


#: Where all that gets there comes back.
LOSSLESS = {
    ("labeled-pair", "labeled-list"),
    ("triplet-scores", "n-tuple-scores"),
    ("triplet-margin", "n-tuple-margins"),
} & set(RETURNS)


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
