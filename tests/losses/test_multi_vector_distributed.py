"""Late interaction: two processes that gather each other's documents train as one on the whole batch does."""

import socket

import pytest
import torch
import torch.multiprocessing as mp
from torch import nn

from losses import multi_vector_encoder as ours

NAMES = ["MultiVectorMultipleNegativesRankingLoss", "CachedMultiVectorMultipleNegativesRankingLoss"]


class TokenEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(4)
        self.linear = nn.Linear(6, 5)

    def forward(self, features, task):
        return {"token_embeddings": self.linear(features["x"]), "attention_mask": features["attention_mask"]}


def share(index, processes):
    """What a process has of a batch of 8, padded for itself."""
    generator = torch.Generator().manual_seed(3)
    columns = []
    for longest in (3, 5, 7):
        lengths = torch.randint(1, longest + 1, (8,), generator=generator)
        x = torch.randn(8, longest, 6, generator=generator)
        rows = slice(index * 8 // processes, (index + 1) * 8 // processes)
        width = int(lengths[rows].max())
        mask = torch.arange(width) < lengths[rows, None]
        columns.append({"x": x[rows, :width], "attention_mask": mask})
    return columns


def outcomes(index, processes):
    each = []
    for name in NAMES:
        model = TokenEncoder()
        options = {"mini_batch_size": 3} if name.startswith("Cached") else {}
        loss = getattr(ours, name)(model, scale=0.5, gather_across_devices=True, **options)
        value = loss(share(index, processes))
        value.backward()
        weight, bias = model.linear.weight.grad, model.linear.bias.grad
        for gradient in (weight, bias):
            if processes > 1:
                torch.distributed.all_reduce(gradient)
            gradient /= processes
        each.append((value.item(), weight.tolist(), bias.tolist()))
    return each


def worker(index, port, results):
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=index, world_size=2)
    try:
        results.put((index, outcomes(index, 2)))
        results.close()
        results.join_thread()
        torch.distributed.barrier()  # who leaves first tears down what the other is still using
    finally:
        torch.distributed.destroy_process_group()


def test_two_processes_train_as_one():
    assert share(0, 2)[2]["x"].shape != share(1, 2)[2]["x"].shape, "widths ought to differ"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = mp.get_context("spawn")
    results = context.Queue()
    processes = [context.Process(target=worker, args=(index, port, results)) for index in range(2)]
    for process in processes:
        process.start()
    found = dict(results.get(timeout=120) for _ in processes)
    for process in processes:
        process.join(timeout=30)
        assert process.exitcode == 0
    for number, (loss, weight, bias) in enumerate(outcomes(0, 1)):
        assert sum(found[index][number][0] for index in range(2)) / 2 == pytest.approx(loss, rel=1e-5)
        for index in range(2):
            for mine, whole in zip(found[index][number][1:], (weight, bias), strict=True):
                torch.testing.assert_close(torch.tensor(mine), torch.tensor(whole), rtol=1e-5, atol=1e-6)
