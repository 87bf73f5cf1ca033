"""Contrastive tension: both copies of the model train, and train as in sentence-transformers."""

import random

import pytest
import torch
from sentence_transformers import SentenceTransformer, util
from sentence_transformers.sentence_transformer import losses as theirs
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from torch import nn
from torch.autograd import gradcheck

from losses import functional as F
from losses import sentence_transformer as ours
from losses.sentence_transformer.contrastive_tension_loss import same_texts
from tests.losses.oracle import BINARY, ROWS, assert_same_step, gradients, tokenize


class Named(nn.Module):
    """Their loss, whose model is called as ours is."""

    def __init__(self, loss):
        super().__init__()
        self.loss = loss
        self.forward = loss.forward

    def named_parameters(self, *args, **kwargs):
        for name, parameter in self.loss.named_parameters(*args, **kwargs):
            yield name.replace("model2.", "model."), parameter


@pytest.fixture
def pairs(sentence_transformer, texts):
    """Pairs of which some are the same, padded to different widths."""
    model = sentence_transformer()
    first = texts[:ROWS]
    second = [texts[place + (0 if place % 3 == 0 else 20)] for place in range(ROWS)]
    second[1] = " ".join(texts[:4])

    return lambda: [model.preprocess(first), model.preprocess(second)]


@pytest.mark.parametrize("labels", [None, BINARY, BINARY.float()])
@pytest.mark.parametrize("dropout", [True, False])
def test_same_step(labels, dropout, sentence_transformer, pairs):
    own, peer = (
        ours.ContrastiveTensionLoss(sentence_transformer()),
        theirs.ContrastiveTensionLoss(sentence_transformer()),
    )
    for loss in (own, peer):
        loss.train(dropout)
        loss.train = lambda mode=True: None
    assert_same_step(own, Named(peer), pairs, labels)
    assert any(name.startswith("model1.") for name in gradients(own))
    assert own.get_config_dict() == peer.get_config_dict() == {}
    assert own.citation.replace('\\"a', "ä")[:40] == peer.citation[:40]
    assert own.model2 is own.model
    assert own.model1 is not own.model


@pytest.mark.parametrize(
    "kwargs", [{}, {"scale": 3.0}, {"scale": 1.0, "similarity_fct": F.dot_score}, {"similarity_fct": F.euclidean_sim}]
)
@pytest.mark.parametrize("columns", [1, 2])
def test_same_step_in_batch(kwargs, columns, sentence_transformer, texts):
    swapped = {"similarity_fct": getattr(util, kwargs["similarity_fct"].__name__)} if "similarity_fct" in kwargs else {}
    own = ours.ContrastiveTensionLossInBatchNegatives(sentence_transformer(), **kwargs)
    peer = theirs.ContrastiveTensionLossInBatchNegatives(sentence_transformer(), **{**kwargs, **swapped})
    one = tokenize(sentence_transformer(), texts, 1)
    assert_same_step(own, Named(peer), lambda: one() * 1 if columns == 1 else [*one(), *one()], None)
    assert "logit_scale" in gradients(own)
    assert own.get_config_dict() == pytest.approx(peer.get_config_dict())
    assert own.logit_scale.dtype == torch.float32


def test_texts_alone(sentence_transformer, texts):
    """Each text with itself and with seven others: as the pairs written out."""
    model = sentence_transformer().eval()
    names = texts[:10]
    loss = ours.ContrastiveTensionLoss(model).eval()
    value = loss([model.preprocess(names)])
    first = [text for shift in range(8) for text in names]
    second = [names[(place + shift) % 10] for shift in range(8) for place in range(10)]
    written = theirs.ContrastiveTensionLoss(model).eval()([model.preprocess(first), model.preprocess(second)])
    torch.testing.assert_close(value, written, rtol=1e-4, atol=1e-4)
    value.backward()
    assert gradients(loss)


@pytest.mark.parametrize("rows", [1, 2])
def test_few_texts(rows, sentence_transformer, texts):
    model = sentence_transformer().eval()
    for cls in (ours.ContrastiveTensionLoss, ours.ContrastiveTensionLossInBatchNegatives):
        value = cls(model).eval()([model.preprocess(texts[:rows])])
        value.backward()
        assert value.isfinite()


def test_dimensions_of_both_models(sentence_transformer, pairs):
    """Which sentence-transformers cannot do: its Matryoshka cuts the embeddings of one of the two."""
    model = sentence_transformer().eval()
    inner = ours.ContrastiveTensionLoss(model).eval()
    value = ours.MatryoshkaLoss(model, inner, [32, 8])(pairs(), None)
    embeddings = [model(column)["sentence_embedding"] for column in pairs()]
    labels = same_texts(*pairs())
    expected = sum(
        F.contrastive_tension_loss(F.pairwise_cos_sim(*(each[:, :dim] for each in embeddings)), labels.float())
        for dim in (32, 8)
    )
    torch.testing.assert_close(value, expected)


def column(*rows, left=0, width=6):
    tokens = torch.zeros(len(rows), width, dtype=torch.long)
    mask = torch.zeros_like(tokens)
    for place, row in enumerate(rows):
        tokens[place, left : left + len(row)] = torch.tensor(row)
        mask[place, left : left + len(row)] = 1
    return {"input_ids": tokens, "attention_mask": mask}


def test_the_same_texts():
    one = column([1, 2, 3], [1, 2], [4], [0, 5])
    other = column([1, 2, 3], [1, 2, 3], [5], [0, 5], left=2, width=5)
    assert same_texts(one, other).tolist() == [True, False, False, True]
    assert same_texts(other, one).tolist() == [True, False, False, True]
    bare = {"input_ids": torch.tensor([[1, 2], [3, 4]])}
    assert same_texts(bare, {"input_ids": torch.tensor([[1, 2], [3, 5]])}).tolist() == [True, False]
    assert same_texts(bare, {"input_ids": torch.tensor([[1, 2, 0], [3, 4, 0]])}).tolist() == [False, False]
    flat = {"input_ids": torch.tensor([1, 2, 3, 4, 5]), "offsets": torch.tensor([0, 2, 3])}
    packed = {"input_ids": torch.tensor([[1, 2, 3, 4, 6]]), "cu_seq_lens_q": torch.tensor([0, 2, 3, 5])}
    assert same_texts(flat, packed).tolist() == [True, True, False]


def test_static_embeddings(sentence_transformer, texts):
    tokenizer = sentence_transformer().tokenizer.backend_tokenizer
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)], device="cpu")
    columns = [model.preprocess(texts[:3]), model.preprocess([texts[0], texts[5], texts[6]])]
    value = ours.ContrastiveTensionLoss(model)(columns, None)
    value.backward()
    given = ours.ContrastiveTensionLoss(model)(columns, torch.tensor([1, 0, 0]))
    torch.testing.assert_close(value, given)


@pytest.mark.parametrize(
    ("name", "columns", "labels", "message"),
    [
        ("ContrastiveTensionLoss", 3, None, "got 3 text column.*--output-format single"),
        ("ContrastiveTensionLoss", 2, torch.ones(3), r"\(3,\) for 6 rows"),
        ("ContrastiveTensionLoss", 2, torch.full((6,), 2), "2 to 2.*--output-format labeled-pair"),
        ("ContrastiveTensionLoss", 2, torch.full((6,), float("nan")), "NaN"),
        ("ContrastiveTensionLossInBatchNegatives", 3, None, "got 3 text column.*--output-format identical-pair"),
        ("ContrastiveTensionLossInBatchNegatives", 2, None, "different texts.*--output-format identical-pair"),
    ],
)
def test_wrong_input(name, columns, labels, message, sentence_transformer, texts):
    loss = getattr(ours, name)(sentence_transformer())
    with pytest.raises(ValueError, match=f"{name} .*{message}"):
        loss(tokenize(sentence_transformer(), texts, columns)(), labels)


def test_wrong_scale(sentence_transformer):
    with pytest.raises(ValueError, match="scale"):
        ours.ContrastiveTensionLossInBatchNegatives(sentence_transformer(), scale=0)


def test_labels_of_single_texts_are_pointed_out(sentence_transformer, texts):
    loss = ours.ContrastiveTensionLoss(sentence_transformer())
    with pytest.warns(UserWarning, match="ContrastiveTensionLoss takes no labels"):
        loss(tokenize(sentence_transformer(), texts, 1)(), BINARY)


# batches


@pytest.mark.parametrize(("size", "ratio"), [(8, 8), (16, 8), (4, 2), (3, 1)])
def test_batches_are_theirs(size, ratio):
    sentences = [f"text {n}" for n in range(100)]
    epochs = []
    for library in (ours, theirs):
        loader = library.ContrastiveTensionDataLoader(list(sentences), size, ratio)
        random.seed(3)
        epochs.append([[(each.texts, each.label) for each in batch] for _ in range(2) for batch in loader])
        assert len(epochs[-1]) == 2 * len(loader)
    assert epochs[0] == epochs[1]
    assert len(epochs[0]) > 0


def test_the_callers_list_is_left_alone():
    sentences = [f"text {n}" for n in range(40)]
    loader = ours.ContrastiveTensionDataLoader(sentences, 8)
    batches = list(loader)
    assert sentences == [f"text {n}" for n in range(40)]
    loader.collate_fn = len
    assert list(loader) == [8] * len(batches)


@pytest.mark.parametrize(("size", "ratio"), [(10, 8), (0, 1), (4, 0)])
def test_sizes_that_do_not_go(size, ratio):
    with pytest.raises(ValueError, match="multiple of pos_neg_ratio"):
        ours.ContrastiveTensionDataLoader(["a"], size, ratio)


# mathematics


X, Y = (torch.randn(4, generator=torch.Generator().manual_seed(n), dtype=torch.float64) for n in (1, 2))


def test_pairs():
    labels = torch.tensor([1.0, 0.0, 1.0, 0.0], dtype=torch.float64)
    assert gradcheck(lambda s: F.contrastive_tension_loss(s, labels), X.clone().requires_grad_())
    expected = nn.BCEWithLogitsLoss(reduction="sum")(X, labels)
    torch.testing.assert_close(F.contrastive_tension_loss(X, labels), expected)
    where = torch.tensor([True, False, True, True])
    for reduction in ("mean", "sum"):
        kept = F.contrastive_tension_loss(X[where], labels[where], reduction=reduction)
        torch.testing.assert_close(F.contrastive_tension_loss(X, labels, where=where, reduction=reduction), kept)
    empty = F.contrastive_tension_loss(X.clone().requires_grad_(), labels, where=where & False, reduction="mean")
    empty.backward()
    assert empty.item() == 0
    assert F.contrastive_tension_loss(torch.tensor([1e4, -1e4]), torch.tensor([0.0, 1.0])).item() == 2e4


def test_rows_and_columns():
    z = X[:, None] * Y[None]
    target = torch.arange(4)
    cross_entropy = nn.functional.cross_entropy
    expected = (cross_entropy(z, target) + cross_entropy(z.T, target)) / 2
    torch.testing.assert_close(F.symmetric_cross_entropy_loss(z), expected)
    terms = F.symmetric_cross_entropy_loss(z, reduction="none")
    torch.testing.assert_close(terms.mean(), expected)
    assert gradcheck(F.symmetric_cross_entropy_loss, z.clone().requires_grad_())
    with pytest.raises(ValueError, match="square"):
        F.symmetric_cross_entropy_loss(z[:2])
