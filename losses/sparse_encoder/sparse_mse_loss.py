"""SparseMSELoss: be where a sparse teacher is, dimension by dimension."""

from losses.models import EmbeddingModel
from losses.sentence_transformer import MSELoss


class SparseMSELoss(MSELoss):
    """Be where a sparse teacher is, dimension by dimension.

    Data: ``text-embedding`` (one or more columns of texts, label): the teacher's embedding of each row, (rows, d), over
    the same vocabulary.

    Recommended: a teacher that is sparse itself; then so becomes the model, without a regularizer.

    Neighbours: SparseMarginMSELoss and SparseDistillKLDivLoss copy a teacher's scores instead.

    The maths is in :func:`losses.functional.embed_distill_loss`; Reimers and Gurevych 2020,
    https://arxiv.org/abs/2004.09813.

    Args:
        model: the sparse encoder to train.

    Example:
        ::

            from losses.sparse_encoder import SparseMSELoss

            loss = SparseMSELoss(model)
            trainer = SparseEncoderTrainer(model=model, train_dataset=texts_with_embeddings, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
    ) -> None:
        super().__init__(model)
