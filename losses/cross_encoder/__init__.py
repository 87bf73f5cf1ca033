"""Losses for cross-encoders: drop-in for ``sentence_transformers.cross_encoder.losses``.

Each takes the model first and the arguments that sentence-transformers' loss of that name takes, and trains the same
with ``CrossEncoderTrainer`` or in a loop of your own::

    loss = BinaryCrossEntropyLoss(model)
    value = loss([queries, documents], labels)  # texts, not tokens
    value.backward()
"""

from losses.cross_encoder.adr_mse_loss import ADRMSELoss
from losses.cross_encoder.approx_ndcg_loss import ApproxNDCGLoss
from losses.cross_encoder.binary_cross_entropy_loss import BinaryCrossEntropyLoss
from losses.cross_encoder.cached_multiple_negatives_ranking_loss import CachedMultipleNegativesRankingLoss
from losses.cross_encoder.cross_entropy_loss import CrossEntropyLoss
from losses.cross_encoder.lambda_loss import LambdaLoss
from losses.cross_encoder.list_mle_loss import ListMLELoss
from losses.cross_encoder.list_net_loss import ListNetLoss
from losses.cross_encoder.margin_mse_loss import MarginMSELoss
from losses.cross_encoder.mse_loss import MSELoss
from losses.cross_encoder.multiple_negatives_ranking_loss import MultipleNegativesRankingLoss
from losses.cross_encoder.plist_mle_loss import PListMLELambdaWeight, PListMLELoss
from losses.cross_encoder.rank_net_loss import RankNetLoss
from losses.cross_encoder.weighting_schemes import (
    BaseWeightingScheme,
    LambdaRankScheme,
    NDCGLoss1Scheme,
    NDCGLoss2PPScheme,
    NDCGLoss2Scheme,
    NoWeightingScheme,
)

__all__ = [
    "ADRMSELoss",
    "ApproxNDCGLoss",
    "BaseWeightingScheme",
    "BinaryCrossEntropyLoss",
    "CachedMultipleNegativesRankingLoss",
    "CrossEntropyLoss",
    "LambdaLoss",
    "LambdaRankScheme",
    "ListMLELoss",
    "ListNetLoss",
    "MSELoss",
    "MarginMSELoss",
    "MultipleNegativesRankingLoss",
    "NDCGLoss1Scheme",
    "NDCGLoss2PPScheme",
    "NDCGLoss2Scheme",
    "NoWeightingScheme",
    "PListMLELambdaWeight",
    "PListMLELoss",
    "RankNetLoss",
]
