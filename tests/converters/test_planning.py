"""Plans: the cheapest faithful way, what it costs, how many rows come out, and what is said where there is none."""

from typing import Any

import pyarrow as pa
import pytest

import converters
from converters import InputError, Mining, convert
from converters.conversions import CONVERSIONS, Material, Options, plan, plans
from converters.formats import FORMATS

SOURCES = list(dict.fromkeys(source for source, _ in CONVERSIONS))


class Teacher:
    """Somebody to ask; nobody does while plans are made."""

    def predict(self, pairs: list[tuple[str, str]]) -> list[float]:
        raise AssertionError


TAUGHT = Options(teacher=Teacher())


def steps(source: str, target: str, options: Options | None = None) -> list[str]:
    way = plan(source, target, options)
    return [way.source, *(step.target for step in way.steps)]


@pytest.mark.parametrize(
    "way",
    [
        ["pair", "triplet"],
        ["qa", "pair"],
        ["qa", "pair", "triplet"],
        ["single", "damaged-pair"],
        ["single-class", "triplet"],
        ["grouped", "labeled-list"],
        ["grouped", "n-tuple-scores"],
        ["pair-score", "labeled-pair", "triplet"],
        ["pair-class", "labeled-pair", "labeled-list"],
        ["n-tuple-scores", "n-tuple", "pair"],
        ["n-tuple-margins", "n-tuple", "labeled-list"],
        ["triplet-scores", "labeled-list"],
        ["collection", "pair"],
        ["collection", "graded-pair", "labeled-list"],
        ["collection", "graded-pair", "triplet"],
        ["collection", "pair-score"],
        ["collection", "single", "damaged-pair"],
        ["pair", "single"],
        ["pair-score", "labeled-list"],
        ["pair-score", "triplet-scores"],
        ["labeled-list", "pair-score"],
        ["triplet-scores", "n-tuple-scores"],
        ["triplet-scores", "triplet", "n-tuple"],
        ["pair", "pair"],
    ],
    ids=" to ".join,
)
def test_the_cheapest_way(way: list[str]) -> None:
    found = steps(way[0], way[-1])
    assert found == (way if way[0] != way[-1] else way[:1])


@pytest.mark.parametrize(
    "way",
    [
        ["pair", "pair-score"],
        ["triplet", "triplet-margin"],
        ["pair", "n-tuple", "n-tuple-scores"],
        ["pair", "labeled-list", "labeled-list"],
        ["triplet", "labeled-list", "labeled-list"],
        ["labeled-list", "labeled-list"],
        ["qa", "pair", "triplet", "triplet-scores"],
        ["collection", "pair", "pair-score"],
        ["collection", "graded-pair", "triplet", "triplet-margin"],
        ["grouped", "triplet", "triplet-scores"],
        ["graded-pair", "pair-score", "pair-score"],
        ["triplet", "labeled-pair", "pair-score"],
        ["pair-class", "pair-score", "pair-score"],
        ["single-class", "labeled-pair", "pair-score"],
        ["triplet-scores", "triplet", "triplet-scores"],
        ["single-class", "triplet", "triplet-scores"],
        ["single", "text-embedding"],
        ["n-tuple", "single", "text-embedding"],
        ["text-embedding", "single", "text-embedding"],
        ["pair", "triplet"],
    ],
    ids=" to ".join,
)
def test_the_cheapest_way_with_a_teacher(way: list[str]) -> None:
    assert steps(way[0], way[-1], TAUGHT) == way


@pytest.mark.parametrize("source", SOURCES)
def test_a_teacher_is_asked_last_and_once(source: str) -> None:
    for target, spec in FORMATS.items():
        if spec.trainable and any(edge[1] == target and way.needs for edge, way in CONVERSIONS.items()):
            try:
                way = plan(source, target, TAUGHT)
            except InputError:
                assert source in ("single", "identical-pair", "damaged-pair", "text-embedding")
                continue
            for each in way.choices():
                assert [step.needs for step in each.steps] == [None] * (len(each.steps) - 1) + ["teacher"]
                assert all(one.target == two.source for one, two in zip(each.steps, each.steps[1:], strict=False))
            assert way.needs == "teacher"


def test_without_a_teacher_none_is_needed() -> None:
    for source in SOURCES:
        assert not any(way.needs for way in plans(source))
        assert not any(step.target == "single" for way in plans(source) for step in way.steps)
    assert plan("grouped", "triplet-scores").needs is None


@pytest.mark.parametrize("source", SOURCES)
def test_every_way_is_faithful(source: str) -> None:
    for way in plans(source):
        for each in way.choices():
            assert 1 <= len(each.steps) <= 3
            assert each.steps[0].source == source
            assert each.steps[-1].target == way.target
            assert all(one.target == two.source for one, two in zip(each.steps, each.steps[1:], strict=False))
            assert not any(step.final for step in each.steps[:-1])
            formats = [step.target for step in each.steps]
            assert not {"identical-pair", "damaged-pair", "text-embedding"} & set(formats[:-1])
            assert len(set(formats)) == len(formats)
            assert each.cost >= way.cost


def test_a_conversion_of_its_own_is_the_cheapest_way() -> None:
    for edge, step in CONVERSIONS.items():
        if FORMATS[edge[1]].trainable:
            way = plan(*edge, TAUGHT if step.needs else None)
            found = way.otherwise if step.mines and way.otherwise is not None else way
            assert found.steps == (step,)


def test_mining_is_what_is_done_last() -> None:
    """Where the data has negatives of its own they are used; where it has none that can be, they are mined."""
    way = plan("labeled-pair", "triplet")
    assert not way.mines
    assert way.otherwise is not None
    assert [step.target for step in way.otherwise.steps] == ["pair", "triplet"]
    way = plan("collection", "triplet")
    assert not way.mines
    assert way.otherwise is not None
    assert [step.target for step in way.otherwise.steps] == ["triplet"]
    assert plan("single-class", "triplet").otherwise is None
    assert plan("triplet-scores", "triplet-margin").otherwise is None


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("single", "triplet", "says which texts belong together"),
        ("single-class", "pair-class", "classes have to come from people"),
        ("pair", "pair-score", "have to come from a teacher"),
        ("pair", "triplet-scores", "have to come from a teacher"),
        ("triplet", "n-tuple-margins", "have to come from a teacher"),
        ("pair", "text-embedding", "embeddings have to come from a teacher"),
        ("single", "triplet-scores", "says which texts belong together"),
        ("pair", "single-class", "classes have to come from people"),
        ("labeled-pair", "pair-class", "--format pair-class"),
        ("pair", "pair-class", "classes have to come from people"),
        ("single", "text-embedding", "embeddings have to come from a teacher"),
        ("damaged-pair", "pair", "from damaged-pair: single, identical-pair, damaged-pair"),
    ],
)
def test_what_is_missing_is_said(source: str, target: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        plan(source, target)
    said = str(refused.value)
    assert said.startswith(f"there is no conversion from {source} to {target}: ")
    assert "\n" not in said
    for each in plans(source):
        assert each.target in said


def test_every_pair_of_formats_has_a_way_or_a_reason() -> None:
    for source in FORMATS:
        for target, spec in FORMATS.items():
            if spec.trainable:
                try:
                    way = plan(source, target)
                except InputError:
                    assert target not in {each.target for each in plans(source)}
                else:
                    assert way.target == target


def test_what_a_plan_says_of_itself() -> None:
    way = plan("n-tuple-scores", "pair")
    assert way.loses == ("the scores", "the negatives")
    assert not way.mines
    assert not way.samples
    assert plan("single-class", "pair").samples
    assert plan("qa", "labeled-list").mines
    assert plan("pair", "pair").cost == 0 < plan("qa", "pair").cost < plan("qa", "triplet").cost


# -- how many rows ---------------------------------------------------------------------------------------------------

LABELED = pa.table(
    {
        "anchor": [f"a{i // 2}" for i in range(20)],
        "document": [f"d{i}" for i in range(20)],
        "label": [1, 0] * 10,
    }
)


def test_rows_are_exact_where_the_sample_is_everything() -> None:
    assert plan("labeled-pair", "triplet").expect(Material(LABELED), 20) == 10
    assert plan("labeled-pair", "labeled-pair").expect(Material(LABELED), 20) == 20


def test_rows_of_a_sample_are_scaled() -> None:
    assert plan("labeled-pair", "pair").expect(Material(LABELED), 2000) == 1000
    left = Material(LABELED.slice(0, 10), rows=20)  # half of the sample was no good
    assert plan("labeled-pair", "pair").expect(left, 2000) == 500


def test_what_a_sample_cannot_tell() -> None:
    alone = LABELED.take([0, 3, 4, 7])  # the partners of these stand in rows that were not drawn
    assert plan("labeled-pair", "triplet").expect(Material(alone), 4) == 0
    assert plan("labeled-pair", "triplet").expect(Material(alone), 400) is None
    assert plan("labeled-pair", "pair").expect(Material(LABELED.slice(0, 0), rows=0), 10) is None
    assert plan("labeled-pair", "pair").expect(Material(LABELED.slice(0, 0), rows=10), 10) == 0


def test_rows_that_are_put_together_cannot_be_counted_from_a_part() -> None:
    for target in ("triplet", "labeled-list"):
        assert plan("labeled-pair", target).expect(Material(LABELED), 20) == 10
        assert plan("labeled-pair", target).expect(Material(LABELED), 2000) is None
    lists = pa.table({"query": ["a"], "documents": [["p", "n", "m"]], "labels": [[1, 0, 0]]})
    assert plan("labeled-list", "triplet").expect(Material(lists), 1000) == 2000


def test_the_texts_of_a_corpus_cannot_be_counted_from_judgements() -> None:
    judged = pa.table({"query": ["1"], "document": ["2"], "grade": [1.0]})
    for target in ("single", "damaged-pair"):
        assert plan("collection", target).expect(Material(judged), 1) is None
        assert plan("collection", target).expect(Material(judged, pa.chunked_array([["2", "3"]])), 1) == 3


def test_data_that_does_not_do_makes_no_row() -> None:
    table = pa.table({"sentence_a": ["a"], "sentence_b": ["b"], "label": [0]})
    assert plan("pair-class", "triplet").settled(Material(table), 1000)[1] == 0


def test_mining_makes_at_most_so_many() -> None:
    pairs = pa.table({"anchor": ["a", "a", "b"], "positive": ["p", "q", "r"]})
    expected = {"triplet": 9, "n-tuple": 3, "labeled-pair": 9, "labeled-list": 2}
    for target, rows in expected.items():
        assert plan("pair", target).expect(Material(pairs), 3) == rows
        assert plan("pair", target).expect(Material(pairs), 300) == 100 * rows


def test_what_comes_out_of_mining_is_no_more_than_announced() -> None:
    anchors = [
        f"where is the {one} {two}" for one in "red green blue old new".split() for two in "lamp door car".split()
    ]
    table = pa.table({"anchor": anchors, "positive": [f"the {each[13:]} is here" for each in anchors]})
    for target in ("triplet", "n-tuple", "labeled-pair", "labeled-list"):
        done = convert(
            table, input_format="pair", output_format=target, columns={"anchor": "anchor", "positive": "positive"}
        )
        announced = plan("pair", target).expect(Material(table), table.num_rows, Options(Mining()))
        assert announced is not None
        assert 0 < done.num_rows <= announced


# -- falling back ----------------------------------------------------------------------------------------------------


def labeled(rows: list[tuple[str, str, int]]) -> dict[str, Any]:
    table = pa.table(dict(zip(("anchor", "document", "label"), map(list, zip(*rows, strict=True)), strict=True)))
    columns = {"anchor": "anchor", "document": "document", "label": "label"}
    return convert(table, input_format="labeled-pair", output_format="triplet", columns=columns).to_dict()


WORDS = "red green blue black white round square tiny huge old new warm cold fast slow loud".split()


def test_negatives_of_the_data_come_first() -> None:
    rows = [(f"a {one} lamp", f"the {one} lamp", 1) for one in WORDS] + [("a red lamp", "no lamp", 0)]
    assert labeled(rows) == {"anchor": ["a red lamp"], "positive": ["the red lamp"], "negative": ["no lamp"]}


def test_without_any_they_are_mined() -> None:
    rows = [(f"a {one} lamp", f"the {one} lamp", 1) for one in WORDS] + [("a door", "no lamp", 0)]
    done = labeled(rows)
    assert set(done["anchor"]) == {row[0] for row in rows[:-1]}
    assert all(p != n for p, n in zip(done["positive"], done["negative"], strict=True))


def test_where_nothing_helps_the_first_reason_is_given() -> None:
    with pytest.raises(InputError, match="1 anchors without a positive"):
        labeled([("a", "n", 0)])


def test_the_plan_is_had_from_the_package() -> None:
    way = converters.plan("pair-score", "triplet", converters.Options(threshold=0.7))
    assert [(step.source, step.target) for step in way.steps] == [
        ("pair-score", "labeled-pair"),
        ("labeled-pair", "triplet"),
    ]
    assert way.loses == ("how similar: there is only yes or no",)
    assert not way.mines
    assert way.otherwise is not None
    assert way.otherwise.mines


@pytest.mark.parametrize("number", [1, 1001])
def test_the_width_of_an_n_tuple_is_checked_before_any_work(number: int) -> None:
    for source in ("labeled-pair", "single-class", "triplet-scores"):
        with pytest.raises(InputError, match=r"two negatives or more|too many"):
            converters.plan(source, "n-tuple", converters.Options(num_negatives=number))
    mining = converters.Mining(selection=converters.Selection(num_negatives=number))
    with pytest.raises(InputError, match=r"two negatives or more|too many"):
        converters.plan("pair", "n-tuple", converters.Options(mining=mining))
    assert converters.plan("pair", "triplet", converters.Options(mining=mining)).mines


@pytest.mark.parametrize("wrong", ["skp", "Skip", ""])
def test_what_becomes_of_bad_rows_is_one_of_two(wrong: Any) -> None:
    rows = {"a": ["one text", "two texts"], "b": ["here", "there"], "score": ["0.5", "abc"]}
    columns = {"a": "sentence_a", "b": "sentence_b", "score": "label"}
    with pytest.raises(InputError, match="on_error is stop or skip"):
        converters.convert(rows, input_format="pair-score", columns=columns, output_format="same", on_error=wrong)
