"""Losses for sparse encoders: drop-in for ``sentence_transformers.sparse_encoder.losses``.

Each takes the model first and the arguments that sentence-transformers' loss of that name takes, and trains the same
with ``SparseEncoderTrainer`` or in a loop of your own::

    loss = SpladeLoss(model, SparseMultipleNegativesRankingLoss(model), document_regularizer_weight=3e-5)
    value = sum(loss(sentence_features).values())  # one dict of features a column
    value.backward()
"""

from losses.sparse_encoder.cached_splade_loss import CachedSpladeLoss
from losses.sparse_encoder.csr_loss import CSRLoss, CSRReconstructionLoss
from losses.sparse_encoder.flops_loss import FlopsLoss
from losses.sparse_encoder.sparse_angle_loss import SparseAnglELoss
from losses.sparse_encoder.sparse_cached_gist_embed_loss import SparseCachedGISTEmbedLoss
from losses.sparse_encoder.sparse_cached_multiple_negatives_ranking_loss import SparseCachedMultipleNegativesRankingLoss
from losses.sparse_encoder.sparse_cosent_loss import SparseCoSENTLoss
from losses.sparse_encoder.sparse_cosine_similarity_loss import SparseCosineSimilarityLoss
from losses.sparse_encoder.sparse_distill_kl_div_loss import SparseDistillKLDivLoss
from losses.sparse_encoder.sparse_gist_embed_loss import SparseGISTEmbedLoss
from losses.sparse_encoder.sparse_margin_mse_loss import SparseMarginMSELoss
from losses.sparse_encoder.sparse_mse_loss import SparseMSELoss
from losses.sparse_encoder.sparse_multiple_negatives_ranking_loss import SparseMultipleNegativesRankingLoss
from losses.sparse_encoder.sparse_triplet_loss import SparseTripletLoss
from losses.sparse_encoder.splade_loss import SpladeLoss

__all__ = [
    "CSRLoss",
    "CSRReconstructionLoss",
    "CachedSpladeLoss",
    "FlopsLoss",
    "SparseAnglELoss",
    "SparseCachedGISTEmbedLoss",
    "SparseCachedMultipleNegativesRankingLoss",
    "SparseCoSENTLoss",
    "SparseCosineSimilarityLoss",
    "SparseDistillKLDivLoss",
    "SparseGISTEmbedLoss",
    "SparseMSELoss",
    "SparseMarginMSELoss",
    "SparseMultipleNegativesRankingLoss",
    "SparseTripletLoss",
    "SpladeLoss",
]
