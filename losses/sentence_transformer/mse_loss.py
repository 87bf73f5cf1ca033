"""MSELoss: be where the teacher is."""

from typing import Any

from losses import citations
from losses.models import EmbeddingModel
from losses.sentence_transformer.embed_distill_loss import EmbedDistillLoss


class MSELoss(EmbedDistillLoss):
    """Bring the embedding of each text near the one that a teacher gives it, by mean squared error.

    Data: ``text-embedding`` (one or more columns of texts, label): the teacher's embedding of the row, (rows, d), which
    all columns share, or one for each column, (rows, columns, d).

    Recommended: making a model multilingual, with a text and its translation in two columns and the teacher's
    embedding of the first; making a model smaller.

    Neighbours: EmbedDistillLoss has other distances. MarginMSELoss and DistillKLDivLoss copy scores.

    The maths is in :func:`losses.functional.embed_distill_loss`; Reimers and Gurevych 2020,
    https://arxiv.org/abs/2004.09813.

    Args:
        model: the model to train.
        projection_dim: the teacher's dimension, where it is not the model's.

    Example:
        ::

            from losses.sentence_transformer import MSELoss

            loss = MSELoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=texts_with_embeddings, loss=loss)
    """

    def __init__(self, model: EmbeddingModel, projection_dim: int | None = None) -> None:
        super().__init__(model, distance_metric="mse", projection_dim=projection_dim)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"projection_dim": self.projection_dim}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.MULTILINGUAL
