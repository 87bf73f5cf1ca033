"""MultipleNegativesSymmetricRankingLoss: InfoNCE both ways."""

from losses.functional import cos_sim
from losses.functional.multiple_negatives_ranking import Similarity
from losses.models import EmbeddingModel
from losses.sentence_transformer.multiple_negatives_ranking_loss import MultipleNegativesRankingLoss


class MultipleNegativesSymmetricRankingLoss(MultipleNegativesRankingLoss):
    """For each anchor pick its positive, and for each positive its anchor, among those of the batch.

    Data: ``pair`` (anchor, positive), ``triplet`` (anchor, positive, negative) or ``n-tuple`` (anchor, positive,
    negative_1, ..., negative_n), without labels. Hard negatives count on the way from anchor to document only.

    Recommended: data that is searched from both sides, such as paraphrases or translations; large batches and
    ``BatchSamplers.NO_DUPLICATES``.

    Neighbours: this is MultipleNegativesRankingLoss with ``directions=("query_to_doc", "doc_to_query")`` and
    ``partition_mode="per_direction"``, under the name it had before; sentence-transformers calls that name deprecated.

    The maths is in :func:`losses.functional.multiple_negatives_ranking_loss`; Günther et al. 2023,
    https://arxiv.org/abs/2310.19923.

    Args:
        model: the model to train.
        scale: the inverse temperature.
        similarity_fct: from embeddings (n, d) and (m, d) to similarities (n, m).
        gather_across_devices: use the documents of all processes as negatives.

    Example:
        ::

            from losses.sentence_transformer import MultipleNegativesSymmetricRankingLoss

            loss = MultipleNegativesSymmetricRankingLoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=paraphrases, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        scale: float = 20.0,
        similarity_fct: Similarity = cos_sim,
        gather_across_devices: bool = False,
    ) -> None:
        super().__init__(
            model,
            scale=scale,
            similarity_fct=similarity_fct,
            gather_across_devices=gather_across_devices,
            directions=("query_to_doc", "doc_to_query"),
            partition_mode="per_direction",
        )
