"""Two processes that gather each other's embeddings train as one process on the whole batch does."""

import socket
from types import SimpleNamespace

import pytest
import torch
import torch.multiprocessing as mp
from torch import nn

from losses import sentence_transformer
from losses.distributed import all_gather, rank
from losses.functional import dot_score
from losses.sentence_transformer import MatryoshkaLoss, MultipleNegativesRankingLoss

OPTIONS = [
    {},
    {
        "directions": ("query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc"),
        "hardness_mode": "all_negatives",
        "hardness_strength": 2.0,
        "similarity_fct": dot_score,
        "scale": 0.3,
    },
    {"directions": ("query_to_doc", "doc_to_query"), "partition_mode": "per_direction"},
    {"matryoshka_dims": [5, 2]},
]

#: Losses by name, each with its options and how many columns it takes.
LOSSES = [
    ("MultipleNegativesSymmetricRankingLoss", {}, 3),
    ("CachedMultipleNegativesRankingLoss", {"mini_batch_size": 3}, 3),
    ("CachedMultipleNegativesSymmetricRankingLoss", {"mini_batch_size": 3}, 2),
    ("DebiasedMultipleNegativesRankingLoss", {"scale": 2.0}, 3),
    ("SigmoidContrastiveLoss", {"scale": 2.0, "bias": -1.0}, 3),
    ("SupervisedContrastiveLoss", {}, 1),
    ("GISTEmbedLoss", {"contrast_anchors": False, "temperature": 0.5}, 3),
    ("CachedGISTEmbedLoss", {"contrast_anchors": False, "temperature": 0.5, "mini_batch_size": 3}, 3),
]
CLASSES = torch.tensor([0, 1, 0, 1, 1, 0, 1, 0])


def batch():
    generator = torch.Generator().manual_seed(3)
    return [torch.randn(8, 6, generator=generator) for _ in range(3)]


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(4)
        self.linear = nn.Linear(6, 5)
        self.tokenizer = SimpleNamespace(get_vocab=dict)  # for a guide to be compared with
        self.max_seq_length = 8

    def forward(self, features):
        return {"sentence_embedding": self.linear(features["x"])}


def make(model, matryoshka_dims=None, **options):
    loss = MultipleNegativesRankingLoss(model, **options)
    return loss if matryoshka_dims is None else MatryoshkaLoss(model, loss, matryoshka_dims)


def whole_batch(options):
    model = Encoder()
    loss = make(model, **options)([{"x": column} for column in batch()])
    loss.backward()
    return loss.item(), model.linear.weight.grad, model.linear.bias.grad


def step(name, options, columns, share, **more):
    """The loss of a share of the batch, and its gradients."""
    model = Encoder()
    guide = {"guide": Encoder()} if "GIST" in name else {}
    if guide:
        nn.init.eye_(guide["guide"].linear.weight)
    loss = getattr(sentence_transformer, name)(model, **guide, **options, **more)
    features = [{"input_ids": column[share], "x": column[share]} for column in batch()[:columns]]
    value = loss(features, CLASSES[share] if columns == 1 else None)
    value.backward()
    return value.item(), model.linear.weight.grad, model.linear.bias.grad


def worker(index, port, results):
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=index, world_size=2)
    try:
        outcomes = []
        for options in OPTIONS:
            model = nn.parallel.DistributedDataParallel(Encoder())
            share = slice(index * 4, index * 4 + 4)
            # one forward pass for all columns, as DistributedDataParallel wants it
            loss = make(model, gather_across_devices=True, **options)
            embeddings = model({"x": torch.cat([column[share] for column in batch()])})["sentence_embedding"].chunk(3)
            value = loss.compute_loss_from_embeddings(embeddings)
            value.backward()
            linear = model.module.linear
            outcomes.append((value.item(), linear.weight.grad.tolist(), linear.bias.grad.tolist()))
        for name, options, columns in LOSSES:
            value, *gradients = step(
                name, options, columns, slice(index * 4, index * 4 + 4), gather_across_devices=True
            )
            for gradient in gradients:
                torch.distributed.all_reduce(gradient)
            outcomes.append((value, *((gradient / 2).tolist() for gradient in gradients)))
        results.put((index, outcomes))
        results.close()
        results.join_thread()
        torch.distributed.barrier()  # who leaves first tears down what the other is still using
    finally:
        torch.distributed.destroy_process_group()


def test_gradients_equal_those_of_one_process():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = mp.get_context("spawn")
    results = context.Queue()
    processes = [context.Process(target=worker, args=(index, port, results)) for index in range(2)]
    for process in processes:
        process.start()
    outcomes = dict(results.get(timeout=60) for _ in processes)
    for process in processes:
        process.join(timeout=30)
        assert process.exitcode == 0
    expected = [whole_batch(options) for options in OPTIONS]
    expected += [step(*each, slice(None)) for each in LOSSES]
    for number, (loss, weight, bias) in enumerate(expected):
        assert sum(outcomes[index][number][0] for index in range(2)) / 2 == pytest.approx(loss, rel=1e-5)
        for index in range(2):
            torch.testing.assert_close(torch.tensor(outcomes[index][number][1]), weight, rtol=1e-5, atol=1e-6)
            torch.testing.assert_close(torch.tensor(outcomes[index][number][2]), bias, rtol=1e-5, atol=1e-6)


def test_without_a_group():
    tensor = torch.ones(2, 3)
    assert all_gather(tensor) is tensor
    assert rank() == 0
