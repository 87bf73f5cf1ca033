"""SoftmaxLoss: classify pairs of embeddings."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from torch import Tensor, nn

from losses import citations
from losses.checks import LabelValues, check_class_labels, check_columns, check_one_label_a_row
from losses.deprecation import renamed_argument
from losses.embedding import EmbeddingLoss, embed_columns
from losses.functional import pair_features, softmax_loss
from losses.models import EmbeddingModel, Features


class SoftmaxLoss(EmbeddingLoss):
    """Classify each pair by a linear layer on top of its two embeddings u and v.

    Data: ``pair-class`` (sentence_a, sentence_b, label) with class ids 0 to ``num_labels - 1``, such as the
    entailment, neutral and contradiction of NLI, or with probabilities of all classes as the label.

    The layer is part of the loss, trained with it and thrown away afterwards: hand ``loss.parameters()`` to the
    optimizer, as the trainers do.

    Neighbours: on NLI data MultipleNegativesRankingLoss with (anchor, entailment, contradiction) triplets usually
    trains a better model. For pairs with a score rather than a class, CoSENTLoss.

    The maths is in :func:`losses.functional.softmax_loss`; the classification objective of Reimers and Gurevych 2019,
    https://arxiv.org/abs/1908.10084.

    Args:
        model: the model to train.
        embedding_dimension: the dimension of its embeddings, ``model.get_embedding_dimension()``.
        num_labels: how many classes there are.
        concatenation_sent_rep: let the classifier see u and v.
        concatenation_sent_difference: let it see |u - v|.
        concatenation_sent_multiplication: let it see u * v.
        loss_fct: compares the logits (n, num_labels) with the labels.

    Example:
        ::

            from losses.sentence_transformer import SoftmaxLoss

            loss = SoftmaxLoss(model, model.get_embedding_dimension(), num_labels=3)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=nli, loss=loss)
    """

    @renamed_argument("sentence_embedding_dimension", "embedding_dimension")
    def __init__(
        self,
        model: EmbeddingModel,
        embedding_dimension: int,
        num_labels: int,
        concatenation_sent_rep: bool = True,
        concatenation_sent_difference: bool = True,
        concatenation_sent_multiplication: bool = False,
        loss_fct: Callable[[Tensor, Tensor], Tensor] = nn.CrossEntropyLoss(),  # noqa: B008 - has no state
    ) -> None:
        super().__init__(model)
        self.num_labels = num_labels
        self.concatenation_sent_rep = concatenation_sent_rep
        self.concatenation_sent_difference = concatenation_sent_difference
        self.concatenation_sent_multiplication = concatenation_sent_multiplication
        vectors = 2 * concatenation_sent_rep + concatenation_sent_difference + concatenation_sent_multiplication
        if not vectors:
            raise ValueError("SoftmaxLoss needs at least one of its three concatenation_... arguments to be True.")
        device = getattr(model, "device", None)
        self.classifier = nn.Linear(vectors * embedding_dimension, num_labels, device=device)
        self.loss_fct = loss_fct
        self._label_values = LabelValues()

    def forward(  # type: ignore[override]
        self, sentence_features: Iterable[Features], labels: Tensor | None = None
    ) -> Tensor | tuple[list[Tensor], Tensor]:
        """Compute the loss; without labels, the embeddings of both columns and the logits."""
        embeddings = embed_columns(self.model, sentence_features)
        if labels is None:
            check_columns(self, embeddings, ("sentence_a", "sentence_b"), "pair-class")
            return embeddings, self._classify(self._features(embeddings))
        return self.compute_loss_from_embeddings(embeddings, labels)

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of both columns and the labels, (rows,) or (rows, num_labels)."""
        check_columns(self, embeddings, ("sentence_a", "sentence_b"), "pair-class")
        criterion = self.loss_fct
        shape = (len(embeddings[0]), self.num_labels)
        if isinstance(criterion, nn.CrossEntropyLoss):
            values = self._label_values
            labels = check_class_labels(self, values, labels, shape, "pair-class", criterion.ignore_index)
        elif labels is None or self.num_labels == 1 or labels.shape != shape:
            labels = check_one_label_a_row(self, labels, shape[0], "one label", "pair-class")
        return softmax_loss(
            embeddings[0],
            embeddings[1],
            labels,
            self._classify,
            embeddings=self.concatenation_sent_rep,
            difference=self.concatenation_sent_difference,
            product=self.concatenation_sent_multiplication,
            criterion=criterion,
        )

    def _classify(self, features: Tensor) -> Tensor:
        logits: Tensor = self.classifier(features.to(self.classifier.weight.dtype))
        return logits

    def _features(self, embeddings: Sequence[Tensor]) -> Tensor:
        return pair_features(
            embeddings[0],
            embeddings[1],
            embeddings=self.concatenation_sent_rep,
            difference=self.concatenation_sent_difference,
            product=self.concatenation_sent_multiplication,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "num_labels": self.num_labels,
            "concatenation_sent_rep": self.concatenation_sent_rep,
            "concatenation_sent_difference": self.concatenation_sent_difference,
            "concatenation_sent_multiplication": self.concatenation_sent_multiplication,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.SENTENCE_BERT
