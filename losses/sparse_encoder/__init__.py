"""Losses for sparse encoders: drop-in for ``sentence_transformers.sparse_encoder.losses``.

Each takes the model first and the arguments that sentence-transformers' loss of that name takes, and trains the same
with ``SparseEncoderTrainer`` or in a loop of your own::

    loss = SpladeLoss(model, SparseMultipleNegativesRankingLoss(model), document_regularizer_weight=3e-5)
    value = sum(loss(sentence_features).values())  # one dict of features a column
    value.backward()
"""

from losses.sparse_encoder.flops_loss import FlopsLoss
from losses.sparse_encoder.sparse_multiple_negatives_ranking_loss import SparseMultipleNegativesRankingLoss
from losses.sparse_encoder.splade_loss import SpladeLoss

__all__ = ["FlopsLoss", "SparseMultipleNegativesRankingLoss", "SpladeLoss"]
