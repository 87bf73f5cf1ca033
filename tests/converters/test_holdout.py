"""A held-out part shares no group with the training part, and every class with it."""

import pytest
from datasets import ClassLabel, Dataset, Features, Value
from hypothesis import given
from hypothesis import strategies as st

from converters import InputError, align_classes, hold_out


@given(
    st.lists(st.integers(0, 8), min_size=3, max_size=40).filter(lambda groups: len(set(groups)) > 1), st.integers(0, 5)
)
def test_groups_stay_together(groups: list[int], seed: int) -> None:
    dataset = Dataset.from_dict({"anchor": [f"q{group}" for group in groups], "row": list(range(len(groups)))})
    train, held_out = hold_out(dataset, share=0.3, by="anchor", seed=seed)
    assert not set(train["anchor"]) & set(held_out["anchor"])
    assert sorted([*train["row"], *held_out["row"]]) == list(range(len(groups)))
    assert list(train["row"]) == sorted(train["row"])


def test_classes_are_stratified() -> None:
    dataset = Dataset.from_dict({"label": [0] * 80 + [1] * 20 + [2], "row": list(range(101))})
    train, held_out = hold_out(dataset, share=0.1, stratify="label")
    assert [list(held_out["label"]).count(label) for label in (0, 1, 2)] == [8, 2, 0]
    assert list(train["label"]).count(2) == 1


def test_most_classes_of_two_stay_whole() -> None:
    labels = [label for label in range(20) for _ in range(2)]
    train, held_out = hold_out(Dataset.from_dict({"label": labels}), share=0.1, stratify="label")
    assert len(held_out) == len(set(held_out["label"])) == 4
    assert sum(list(train["label"]).count(label) == 2 for label in range(20)) == 16


def test_the_same_seed_holds_out_the_same_rows() -> None:
    dataset = Dataset.from_dict({"row": list(range(100))})
    first, second, other = (hold_out(dataset, seed=seed)[1]["row"] for seed in (1, 1, 2))
    assert list(first) == list(second) != list(other)
    assert len(first) == 10


def test_a_shuffled_dataset_is_held_out_by_its_own_order() -> None:
    dataset = Dataset.from_dict({"anchor": ["a", "b"] * 10, "row": list(range(20))}).shuffle(seed=3)
    train, held_out = hold_out(dataset, share=0.5, by="anchor")
    assert len(set(held_out["anchor"])) == 1
    assert not set(train["anchor"]) & set(held_out["anchor"])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"share": 0}, "between 0 and 1"),
        ({"by": "anchr"}, "did you mean 'anchor'"),
        ({"by": "anchor"}, "all 4 rows have the same anchor"),
        ({"share": 0.1, "stratify": "row"}, "4 rows are too few to hold a part out"),
    ],
)
def test_what_cannot_be_held_out(settings: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        hold_out(Dataset.from_dict({"anchor": ["one"] * 4, "row": range(4)}), **settings)


def test_classes_read_apart_get_the_same_ids() -> None:
    def rows(names: list[str], labels: list[int]) -> Dataset:
        features = Features({"text": Value("string"), "label": ClassLabel(names=names)})
        return Dataset.from_dict({"text": [f"t{i}" for i in range(len(labels))], "label": labels}, features=features)

    train = rows(["a", "b", "c"], [0, 1, 2])
    found = align_classes(train, rows(["b", "c", "z"], [0, 1, 2, 0]))
    assert found["label"][:] == [1, 2, 1]
    assert found["text"][:] == ["t0", "t1", "t3"]  # nothing can be said about z
    assert found.features["label"].names == ["a", "b", "c"]
    assert found.column_names == ["text", "label"]
    with pytest.raises(InputError, match="no held-out row has a class of the training rows"):
        align_classes(train, rows(["y", "z"], [0, 1]))
