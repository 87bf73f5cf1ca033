"""Columns are merged into one forward pass exactly where sentence-transformers merges them."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sentence_transformers.base.losses.merged_forward import embed_columns as their_embed_columns
from sentence_transformers.base.losses.merged_forward import merge_feature_batches

from losses.embedding import embed_columns, merge_columns, separate_columns


def column(rows=2, width=3, **more):
    tokens = torch.arange(rows * width).view(rows, width)
    return {"input_ids": tokens, "attention_mask": torch.ones_like(tokens), **more}


def without(features, *keys):
    return {key: value for key, value in features.items() if key not in keys}


CASES = {
    "plain": [column(), column()],
    "widths": [column(width=3), column(width=5), column(width=1)],
    "rows": [column(rows=2), column(rows=3)],
    "other keys": [column(), column(token_type_ids=torch.zeros(2, 3))],
    "packed": [column(cu_seq_lens_q=torch.tensor([0, 3, 6])) for _ in range(2)],
    "only a mask": [without(column(), "input_ids") for _ in range(2)],
    "no tokens": [{"pixel_values": torch.ones(2, 3)} for _ in range(2)],
    "flat tokens": [{"input_ids": torch.arange(5), "offsets": torch.arange(2)} for _ in range(2)],
    "flat tokens with a mask": [{"input_ids": torch.arange(5), "attention_mask": torch.ones(2, 3)} for _ in range(2)],
    "floats of one width": [column(extra=torch.rand(2, 4)) for _ in range(2)],
    "floats of two widths": [column(extra=torch.rand(2, 4)), column(extra=torch.rand(2, 5))],
    "three dimensions": [column(extra=torch.ones(2, n, 2, dtype=torch.long)) for n in (3, 4)],
    "another depth": [column(extra=torch.ones(2, 3, n, dtype=torch.long)) for n in (3, 4)],
    "another number of dimensions": [column(extra=torch.ones(2)), column(extra=torch.ones(2, 1))],
    "image patches": [column(extra=torch.ones(7, 3)) for _ in range(2)],
    "scalar": [column(extra=torch.tensor(1)) for _ in range(2)],
    "vector": [column(extra=torch.tensor([1, 2])), column(extra=torch.tensor([3, 4]))],
    "text": [column(modality="text"), column(modality="text")],
    "texts": [column(modality="text"), column(modality="image")],
    "prompts": [column(prompt_length=3), column(prompt_length=4)],
    "same prompts": [column(prompt_length=torch.tensor([3, 3])), column(prompt_length=torch.tensor([3, 3]))],
    "other prompts": [column(prompt_length=torch.tensor([3, 3])), column(prompt_length=torch.tensor([3, 4]))],
    "prompts of two kinds": [column(prompt_length=torch.tensor([3])), column(prompt_length=3)],
    "arrays": [column(extra=torch.ones(3).numpy()), column(extra=torch.ones(3).numpy())],
    "tensor and not": [column(extra=torch.ones(2)), column(extra=None)],
    "nothing": [column(extra=None), column(extra=None)],
}


@pytest.mark.parametrize("case", CASES)
def test_merging(case):
    assert_merged_alike(CASES[case])


def assert_merged_alike(columns):
    ours, theirs = merge_columns(columns), merge_feature_batches(columns)
    assert (ours is None) == (theirs is None)
    if theirs is not None:
        assert ours.keys() == theirs.keys()
        for key, value in theirs.items():
            assert torch.equal(ours[key], value) if isinstance(value, torch.Tensor) else ours[key] == value


shapes = st.tuples(st.integers(1, 2), st.integers(1, 4), st.sampled_from(["long", "float", "text", "none", "row"]))


@given(st.lists(shapes, min_size=2, max_size=4))
def test_merging_of_anything(shapes):
    extras = {
        "long": lambda rows, width: {"extra": torch.ones(rows, width, dtype=torch.long)},
        "float": lambda rows, width: {"extra": torch.ones(rows, width)},
        "text": lambda rows, width: {"extra": "text"},
        "row": lambda rows, width: {"extra": torch.arange(rows)},
        "none": lambda rows, width: {},
    }
    assert_merged_alike([column(rows, width, **extras[kind](rows, width)) for rows, width, kind in shapes])


class Model:
    """Notes what it is called with."""

    def __init__(self):
        self.calls = []

    def __call__(self, features):
        self.calls.append(features)
        return {"sentence_embedding": features["input_ids"].float().sum(1, keepdim=True)}


@pytest.mark.parametrize("separate_first", [True, False])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_forward_passes(count, separate_first):
    columns = [column(width=n + 1) for n in range(count)]
    ours, theirs = Model(), Model()
    embeddings = embed_columns(ours, iter(columns), separate_first=separate_first)
    their_embeddings = their_embed_columns(theirs, iter(columns), separate_first=separate_first)
    assert len(ours.calls) == len(theirs.calls)
    for embedding, expected in zip(embeddings, their_embeddings, strict=True):
        assert torch.equal(embedding, expected)
    # a column that is not merged is passed on itself: models leave things in it
    for call, expected in zip(ours.calls, theirs.calls, strict=True):
        assert any(call is c for c in columns) == any(expected is c for c in columns)


def test_separate_columns():
    columns = [column() for _ in range(4)]
    model = Model()
    with separate_columns():
        embed_columns(model, columns)
    assert len(model.calls) == 4
    embed_columns(model, columns)
    assert len(model.calls) == 6
