"""Losses for cross-encoders: drop-in for ``sentence_transformers.cross_encoder.losses``.

Each takes the model first and the arguments that sentence-transformers' loss of that name takes, and trains the same
with ``CrossEncoderTrainer`` or in a loop of your own::

    loss = BinaryCrossEntropyLoss(model)
    value = loss([queries, documents], labels)  # texts, not tokens
    value.backward()
"""

from losses.cross_encoder.binary_cross_entropy_loss import BinaryCrossEntropyLoss
from losses.cross_encoder.cross_entropy_loss import CrossEntropyLoss
from losses.cross_encoder.lambda_loss import LambdaLoss
from losses.cross_encoder.multiple_negatives_ranking_loss import MultipleNegativesRankingLoss
from losses.cross_encoder.weighting_schemes import (
    BaseWeightingScheme,
    LambdaRankScheme,
    NDCGLoss1Scheme,
    NDCGLoss2PPScheme,
    NDCGLoss2Scheme,
    NoWeightingScheme,
)

__all__ = [
    "BaseWeightingScheme",
    "BinaryCrossEntropyLoss",
    "CrossEntropyLoss",
    "LambdaLoss",
    "LambdaRankScheme",
    "MultipleNegativesRankingLoss",
    "NDCGLoss1Scheme",
    "NDCGLoss2PPScheme",
    "NDCGLoss2Scheme",
    "NoWeightingScheme",
]
