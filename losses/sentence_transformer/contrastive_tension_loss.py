"""ContrastiveTensionLoss: two copies of a model agree on a text and disagree on different ones, without labels."""

import copy
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from losses import citations
from losses.checks import LabelValues, UnusedLabels, check_columns, check_one_label_a_row, reject
from losses.embedding import Compute, EmbeddingLoss, LossValue
from losses.functional import contrastive_tension_loss, pairwise_dot_score
from losses.models import EmbeddingModel, Features


class TwoModelsLoss(EmbeddingLoss):
    """A loss between the model that is trained and a copy of it that is trained along.

    Attributes:
        model: the model; it gives the second embedding of a pair and is what is used in the end.
        model1: the copy, which gives the first.
    """

    def __init__(self, model: EmbeddingModel) -> None:
        super().__init__(model)
        self.model1 = copy.deepcopy(model)

    @property
    def model2(self) -> EmbeddingModel:
        """The model, by the name that it has in sentence-transformers."""
        return self.model

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.CONTRASTIVE_TENSION


class ContrastiveTensionLoss(TwoModelsLoss):
    """Two copies of the model agree on the same text, and disagree on different ones.

    Data: ``single``: texts alone, each of which is compared with itself and with up to seven others of the batch. Or
    pairs of texts, of which some are twice the same; without labels the loss looks for itself which those are,
    ``labeled-pair`` says it.

    Recommended: a small learning rate, 1e-5, and small batches; for the evaluation the model and not its copy.

    Neighbours: ContrastiveTensionLossInBatchNegatives compares each text with all others and is usually stronger.
    DenoisingAutoEncoderLoss too needs nothing but texts; with pairs of texts use MultipleNegativesRankingLoss.

    The maths is in :func:`losses.functional.contrastive_tension_loss`; Carlsson et al. 2021,
    https://openreview.net/forum?id=Ov_sMNau-PF.

    Args:
        model: the model to train.

    Example:
        ::

            from losses.sentence_transformer import ContrastiveTensionLoss

            loss = ContrastiveTensionLoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=texts, loss=loss)
    """

    #: With how many other texts of its batch a text is compared, if there is a single column.
    negatives = 7

    def __init__(self, model: EmbeddingModel) -> None:
        super().__init__(model)
        self._label_values = LabelValues()
        self._unused_labels = UnusedLabels()

    def run(
        self,
        sentence_features: Iterable[Features],
        labels: Tensor | None,
        *,
        compute: Compute | None = None,
        model: EmbeddingModel | None = None,
        separate_first: bool = True,
    ) -> LossValue:
        """Embed the first column with the copy and the second, or else the same once more, with the model.

        See :meth:`losses.embedding.EmbeddingLoss.run`. Without labels of its own a pair is labelled 1 if its texts are
        the same, else 0.
        """
        columns = list(sentence_features)
        if len(columns) not in (1, 2):
            reject(self, f"{len(columns)} text column(s)", "one, or two that hold some texts twice", "single")
        if len(columns) == 1:
            self._unused_labels.check(self, labels, "labeled-pair")
            labels = None
        elif labels is None:
            labels = same_texts(*columns).float()
        embeddings = [
            self.model1(dict(columns[0]))["sentence_embedding"],
            (model or self.model)(columns[-1])["sentence_embedding"],
        ]
        return (compute or self.compute_loss_from_embeddings)(embeddings, labels)

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the copy's embeddings and the model's.

        Args:
            embeddings: the copy's and the model's.
            labels: 1 for rows that are the same text in both, 0 for others, (rows,). None: all are, and different rows
                are different texts.
        """
        check_columns(self, embeddings, ("text", "text"), "single")
        first, second = embeddings
        if labels is None:
            shifts = range(min(1 + self.negatives, len(second)))
            scores = torch.stack([pairwise_dot_score(first, second.roll(-shift, dims=0)) for shift in shifts])
            same = torch.zeros_like(scores)
            same[:1] = 1.0
            return contrastive_tension_loss(scores, same)
        wanted = "1 for the same text or 0 for another"
        labels = check_one_label_a_row(self, labels, len(first), wanted, "single")
        self._label_values.check_between(self, labels, wanted, low=0, high=1, output_format="labeled-pair")
        return contrastive_tension_loss(pairwise_dot_score(first, second), labels)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {}


def same_texts(first: Features, second: Features) -> Tensor:
    """Which rows of two columns hold the same tokens, padding aside, (rows,)."""
    if any("offsets" in each or "cu_seq_lens_q" in each or each["input_ids"].ndim != 2 for each in (first, second)):
        pairs = zip(_flat_rows(first), _flat_rows(second), strict=True)
        return torch.tensor([torch.equal(one, other) for one, other in pairs], device=first["input_ids"].device)
    (own, own_counts), (other, other_counts) = map(_left_aligned, (first, second))
    width = min(own.shape[1], other.shape[1])
    padding = torch.arange(width, device=own.device) >= own_counts[:, None]
    equal = (own[:, :width] == other[:, :width]) | padding
    return (own_counts == other_counts) & equal.all(dim=1)


def _left_aligned(column: Features) -> tuple[Tensor, Tensor]:
    """The tokens of each row without padding in between or before, and how many there are."""
    tokens: Tensor = column["input_ids"]
    mask = column.get("attention_mask")
    there = torch.ones_like(tokens, dtype=torch.bool) if mask is None else mask.bool()
    order = (~there).to(torch.uint8).argsort(dim=1, stable=True)
    return tokens.gather(1, order), there.sum(dim=1)


def _flat_rows(column: Features) -> list[Tensor]:
    """The tokens of rows that stand one after the other without padding."""
    tokens: Tensor = column["input_ids"].reshape(-1)
    starts = column["offsets"] if "offsets" in column else column["cu_seq_lens_q"][:-1]
    return [tokens[begin:end] for begin, end in itertools.pairwise([*starts.tolist(), len(tokens)])]


@dataclass
class TextPair:
    """Two texts and whether they are the same, as the examples of sentence-transformers' old ``fit`` are."""

    texts: list[str] = field(default_factory=list)
    label: int = 0
    guid: str = ""


class ContrastiveTensionDataLoader:
    """Batches of pairs for ContrastiveTensionLoss: one of twice the same text to so many of different ones.

    No text is in an epoch twice, but for its own copy. The texts are shuffled, in a list of its own, anew in every
    epoch, with Python's random numbers.

    Args:
        sentences: the texts.
        batch_size: how many pairs a batch has.
        pos_neg_ratio: every how many pairs one is twice the same text; divides the batch size.
    """

    def __init__(self, sentences: Sequence[str], batch_size: int, pos_neg_ratio: int = 8) -> None:
        if pos_neg_ratio < 1 or batch_size < 1 or batch_size % pos_neg_ratio:
            raise ValueError(
                f"batch_size must be a multiple of pos_neg_ratio, which {batch_size} is not of {pos_neg_ratio}."
            )
        self.sentences = list(sentences)
        self.batch_size = batch_size
        self.pos_neg_ratio = pos_neg_ratio
        self.collate_fn: Callable[[list[TextPair]], Any] | None = None

    def __iter__(self) -> Iterator[Any]:
        random.shuffle(self.sentences)
        texts = iter(self.sentences)
        for _ in range(len(self)):
            batch = []
            for place in range(self.batch_size):
                first, same = next(texts), place % self.pos_neg_ratio == 0
                batch.append(TextPair([first, first if same else next(texts)], int(same)))
            yield batch if self.collate_fn is None else self.collate_fn(batch)

    def __len__(self) -> int:
        texts = 2 * self.batch_size - self.batch_size // self.pos_neg_ratio
        return len(self.sentences) // texts
