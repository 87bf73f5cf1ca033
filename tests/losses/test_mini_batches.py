"""Rows of a column and the images that belong to them, as sentence-transformers cuts them."""

import pytest
import torch
from sentence_transformers.base.losses.gradcache import _create_minibatch, _get_batch_size, _minibatch_ranges

from losses.gradient_cache import mini_batches, take_rows

MASK = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 0, 0, 0], [1, 1, 1, 1, 0], [1, 0, 0, 0, 0]])
TEXT = {"input_ids": torch.arange(20).view(4, 5), "attention_mask": MASK}


def patches(count):
    return torch.arange(count * 3).view(count, 3)


COLUMNS = {
    "text": TEXT,
    "expanded": {**TEXT, "query_expansion_positions": 1 - MASK},
    "one image a text": {
        **TEXT,
        "image_grid_thw": torch.tensor([[1, 2, 2], [1, 1, 3], [1, 2, 1], [1, 2, 3]]),
        "pixel_values": patches(15),
    },
    "several images a text": {
        **TEXT,
        "num_images_per_sample": torch.tensor([2, 0, 1, 0]),
        "image_grid_thw": torch.tensor([[1, 2, 2], [1, 1, 3], [1, 2, 1]]),
        "pixel_values": patches(9),
    },
    "videos": {
        **TEXT,
        "num_videos_per_sample": torch.tensor([0, 1, 1, 1]),
        "video_grid_thw": torch.tensor([[2, 2, 1], [1, 1, 1], [3, 1, 1]]),
        "pixel_values_videos": patches(8),
    },
    "images without a grid": {
        **TEXT,
        "num_images_per_sample": torch.tensor([1, 2, 0, 2]),
        "pixel_values": patches(5),
        "image_sizes": torch.arange(10).view(5, 2),
    },
    "padded images": {
        **TEXT,
        "num_images_per_sample": torch.tensor([1, 1, 1, 1]),
        "pixel_values": torch.arange(24).view(4, 2, 3),
        "pixel_attention_mask": torch.ones(4, 2),
    },
    "flat": {
        "input_ids": torch.arange(9)[None],
        "cu_seq_lens_q": torch.tensor([0, 3, 5, 8, 9]),
        "cu_seq_lens_k": torch.tensor([0, 3, 5, 8, 9]),
        "max_length_q": 3,
        "max_length_k": 3,
        "seq_idx": torch.tensor([[0, 0, 0, 1, 1, 2, 2, 2, 3]]),
    },
}


@pytest.mark.parametrize("name", COLUMNS)
def test_rows_are_cut_as_there(name):
    column = COLUMNS[name]
    assert _get_batch_size(column) == 4
    for size, tokens in ((1, None), (2, None), (3, None), (9, None), (1, 4), (1, 100)):
        ranges = mini_batches(column, size, tokens)
        assert ranges == _minibatch_ranges(column, size, tokens)
        for begin, end in ranges:
            ours, theirs = take_rows(column, begin, end), _create_minibatch(column, begin, end)
            assert ours.keys() == theirs.keys()
            for key, value in theirs.items():
                assert torch.equal(ours[key], value) if isinstance(value, torch.Tensor) else ours[key] == value, key


def test_the_prompt_of_all_rows_is_that_of_some():
    assert take_rows({**TEXT, "prompt_length": torch.tensor([3])}, 2, 4)["prompt_length"].tolist() == [3]
    assert take_rows({**TEXT, "prompt_length": torch.tensor([3, 3, 3, 3])}, 2, 4)["prompt_length"].tolist() == [3, 3]
