"""Losses of multi-vector encoders (late interaction, as in ColBERT), drop-in for sentence-transformers' own."""

from losses.multi_vector_encoder.cached_multi_vector_multiple_negatives_ranking_loss import (
    CachedMultiVectorMultipleNegativesRankingLoss,
)
from losses.multi_vector_encoder.multi_vector_distill_kl_div_loss import MultiVectorDistillKLDivLoss
from losses.multi_vector_encoder.multi_vector_margin_mse_loss import MultiVectorMarginMSELoss
from losses.multi_vector_encoder.multi_vector_multiple_negatives_ranking_loss import (
    MultiVectorMultipleNegativesRankingLoss,
)

__all__ = [
    "CachedMultiVectorMultipleNegativesRankingLoss",
    "MultiVectorDistillKLDivLoss",
    "MultiVectorMarginMSELoss",
    "MultiVectorMultipleNegativesRankingLoss",
]
