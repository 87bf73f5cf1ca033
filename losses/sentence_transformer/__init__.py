"""Losses for bi-encoders: drop-in for ``sentence_transformers.sentence_transformer.losses``.

Each takes the model first and the arguments that sentence-transformers' loss of that name takes, and trains the same
with ``SentenceTransformerTrainer`` or in a loop of your own::

    loss = CoSENTLoss(model)
    value = loss(sentence_features, labels)  # one dict of features a column
    value.backward()
"""

from losses.sentence_transformer.adaptive_layer_loss import AdaptiveLayerLoss
from losses.sentence_transformer.angle_loss import AnglELoss
from losses.sentence_transformer.batch_all_triplet_loss import BatchAllTripletLoss
from losses.sentence_transformer.batch_distances import BatchHardTripletLossDistanceFunction
from losses.sentence_transformer.batch_hard_soft_margin_triplet_loss import BatchHardSoftMarginTripletLoss
from losses.sentence_transformer.batch_hard_triplet_loss import BatchHardTripletLoss
from losses.sentence_transformer.batch_semi_hard_triplet_loss import BatchSemiHardTripletLoss
from losses.sentence_transformer.cached_gist_embed_loss import CachedGISTEmbedLoss
from losses.sentence_transformer.cached_multiple_negatives_ranking_loss import CachedMultipleNegativesRankingLoss
from losses.sentence_transformer.cached_multiple_negatives_symmetric_ranking_loss import (
    CachedMultipleNegativesSymmetricRankingLoss,
)
from losses.sentence_transformer.contrastive_loss import ContrastiveLoss, SiameseDistanceMetric
from losses.sentence_transformer.contrastive_tension_loss import ContrastiveTensionDataLoader, ContrastiveTensionLoss
from losses.sentence_transformer.contrastive_tension_loss_in_batch_negatives import (
    ContrastiveTensionLossInBatchNegatives,
)
from losses.sentence_transformer.cosent_loss import CoSENTLoss
from losses.sentence_transformer.cosine_similarity_loss import CosineSimilarityLoss
from losses.sentence_transformer.debiased_multiple_negatives_ranking_loss import DebiasedMultipleNegativesRankingLoss
from losses.sentence_transformer.denoising_auto_encoder_loss import DenoisingAutoEncoderLoss
from losses.sentence_transformer.distill_kl_div_loss import DistillKLDivLoss
from losses.sentence_transformer.embed_distill_loss import EmbedDistillLoss
from losses.sentence_transformer.gist_embed_loss import GISTEmbedLoss
from losses.sentence_transformer.global_orthogonal_regularization_loss import GlobalOrthogonalRegularizationLoss
from losses.sentence_transformer.margin_mse_loss import MarginMSELoss
from losses.sentence_transformer.matryoshka_2d_loss import Matryoshka2dLoss
from losses.sentence_transformer.matryoshka_loss import MatryoshkaLoss
from losses.sentence_transformer.mega_batch_margin_loss import MegaBatchMarginLoss
from losses.sentence_transformer.mse_loss import MSELoss
from losses.sentence_transformer.multiple_negatives_ranking_loss import MultipleNegativesRankingLoss
from losses.sentence_transformer.multiple_negatives_symmetric_ranking_loss import MultipleNegativesSymmetricRankingLoss
from losses.sentence_transformer.online_contrastive_loss import OnlineContrastiveLoss
from losses.sentence_transformer.sigmoid_contrastive_loss import SigmoidContrastiveLoss
from losses.sentence_transformer.softmax_loss import SoftmaxLoss
from losses.sentence_transformer.supervised_contrastive_loss import SupervisedContrastiveLoss
from losses.sentence_transformer.triplet_loss import TripletDistanceMetric, TripletLoss

__all__ = [
    "AdaptiveLayerLoss",
    "AnglELoss",
    "BatchAllTripletLoss",
    "BatchHardSoftMarginTripletLoss",
    "BatchHardTripletLoss",
    "BatchHardTripletLossDistanceFunction",
    "BatchSemiHardTripletLoss",
    "CachedGISTEmbedLoss",
    "CachedMultipleNegativesRankingLoss",
    "CachedMultipleNegativesSymmetricRankingLoss",
    "CoSENTLoss",
    "ContrastiveLoss",
    "ContrastiveTensionDataLoader",
    "ContrastiveTensionLoss",
    "ContrastiveTensionLossInBatchNegatives",
    "CosineSimilarityLoss",
    "DebiasedMultipleNegativesRankingLoss",
    "DenoisingAutoEncoderLoss",
    "DistillKLDivLoss",
    "EmbedDistillLoss",
    "GISTEmbedLoss",
    "GlobalOrthogonalRegularizationLoss",
    "MSELoss",
    "MarginMSELoss",
    "Matryoshka2dLoss",
    "MatryoshkaLoss",
    "MegaBatchMarginLoss",
    "MultipleNegativesRankingLoss",
    "MultipleNegativesSymmetricRankingLoss",
    "OnlineContrastiveLoss",
    "SiameseDistanceMetric",
    "SigmoidContrastiveLoss",
    "SoftmaxLoss",
    "SupervisedContrastiveLoss",
    "TripletDistanceMetric",
    "TripletLoss",
]
