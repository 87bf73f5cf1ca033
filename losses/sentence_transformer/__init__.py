"""Losses for bi-encoders: drop-in for ``sentence_transformers.sentence_transformer.losses``.

Each takes the model first and the arguments that sentence-transformers' loss of that name takes, and trains the same
with ``SentenceTransformerTrainer`` or in a loop of your own::

    loss = CoSENTLoss(model)
    value = loss(sentence_features, labels)  # one dict of features a column
    value.backward()
"""

from losses.sentence_transformer.batch_all_triplet_loss import BatchAllTripletLoss
from losses.sentence_transformer.batch_hard_triplet_loss import BatchHardTripletLossDistanceFunction
from losses.sentence_transformer.cached_gist_embed_loss import CachedGISTEmbedLoss
from losses.sentence_transformer.cached_multiple_negatives_ranking_loss import CachedMultipleNegativesRankingLoss
from losses.sentence_transformer.cached_multiple_negatives_symmetric_ranking_loss import (
    CachedMultipleNegativesSymmetricRankingLoss,
)
from losses.sentence_transformer.contrastive_loss import ContrastiveLoss, SiameseDistanceMetric
from losses.sentence_transformer.cosent_loss import CoSENTLoss
from losses.sentence_transformer.cosine_similarity_loss import CosineSimilarityLoss
from losses.sentence_transformer.debiased_multiple_negatives_ranking_loss import DebiasedMultipleNegativesRankingLoss
from losses.sentence_transformer.gist_embed_loss import GISTEmbedLoss
from losses.sentence_transformer.multiple_negatives_ranking_loss import MultipleNegativesRankingLoss
from losses.sentence_transformer.multiple_negatives_symmetric_ranking_loss import MultipleNegativesSymmetricRankingLoss
from losses.sentence_transformer.online_contrastive_loss import OnlineContrastiveLoss
from losses.sentence_transformer.sigmoid_contrastive_loss import SigmoidContrastiveLoss
from losses.sentence_transformer.softmax_loss import SoftmaxLoss
from losses.sentence_transformer.triplet_loss import TripletDistanceMetric, TripletLoss

__all__ = [
    "BatchAllTripletLoss",
    "BatchHardTripletLossDistanceFunction",
    "CachedGISTEmbedLoss",
    "CachedMultipleNegativesRankingLoss",
    "CachedMultipleNegativesSymmetricRankingLoss",
    "CoSENTLoss",
    "ContrastiveLoss",
    "CosineSimilarityLoss",
    "DebiasedMultipleNegativesRankingLoss",
    "GISTEmbedLoss",
    "MultipleNegativesRankingLoss",
    "MultipleNegativesSymmetricRankingLoss",
    "OnlineContrastiveLoss",
    "SiameseDistanceMetric",
    "SigmoidContrastiveLoss",
    "SoftmaxLoss",
    "TripletDistanceMetric",
    "TripletLoss",
]
