"""The mathematics of the losses alone: pure functions on tensors.

No model, no tokenizer, no state: embeddings, similarities, distances or scores go in, a differentiable tensor comes
out. The modules in :mod:`losses.sentence_transformer`, :mod:`losses.cross_encoder`, :mod:`losses.sparse_encoder` and
:mod:`losses.multi_vector_encoder` put a model in front of them.

Finite input never gives NaN, and a batch from which there is nothing to learn gives a zero that keeps the graph.
"""

from losses.functional.adr_mse import adr_mse_loss
from losses.functional.approx_ndcg import approx_ndcg_loss
from losses.functional.batch_hard import (
    batch_hard_soft_margin_triplet_loss,
    batch_hard_triplet_loss,
    batch_semi_hard_triplet_loss,
)
from losses.functional.contrastive import contrastive_loss, online_contrastive_loss
from losses.functional.contrastive_tension import contrastive_tension_loss, symmetric_cross_entropy_loss
from losses.functional.cosent import cosent_loss
from losses.functional.cosine_similarity import cosine_similarity_loss
from losses.functional.cross_entropy import binary_cross_entropy_loss, cross_entropy_loss, softmax_ranking_loss
from losses.functional.csr_reconstruction import csr_reconstruction_loss
from losses.functional.debiased import debiased_multiple_negatives_ranking_loss
from losses.functional.distance import (
    mutual_cosine_distance,
    mutual_euclidean_distance,
    paired_cosine_distance,
    paired_euclidean_distance,
    paired_manhattan_distance,
)
from losses.functional.distill_kl_div import distill_kl_div_loss
from losses.functional.embed_distill import embed_distill_loss
from losses.functional.flops import flops_loss
from losses.functional.gist import gist_embed_loss
from losses.functional.global_orthogonal_regularization import global_orthogonal_regularization
from losses.functional.lambda_framework import (
    NDCGWeights,
    lambda_loss,
    lambda_rank_weights,
    ndcg_loss1_weights,
    ndcg_loss2_weights,
    ndcg_loss2pp_weights,
    no_weights,
    rank_net_loss,
)
from losses.functional.list_mle import list_mle_loss, plist_mle_loss, position_weights
from losses.functional.list_net import list_net_loss
from losses.functional.margin_mse import margin_mse_loss
from losses.functional.matryoshka import nested_cos_sim, truncate
from losses.functional.max_sim import (
    colbert_kd_scores,
    colbert_scores,
    colbert_scores_pairwise,
    maxsim,
    maxsim_pairwise,
    mean_colbert_kd_scores,
    mean_colbert_scores,
    mean_colbert_scores_pairwise,
    mean_maxsim,
    mean_maxsim_pairwise,
)
from losses.functional.mega_batch_margin import mega_batch_margin_loss
from losses.functional.multiple_negatives_ranking import multiple_negatives_ranking_loss
from losses.functional.score_mse import score_mse_loss
from losses.functional.self_distillation import self_distillation_loss
from losses.functional.sigmoid_contrastive import sigmoid_contrastive_loss
from losses.functional.similarity import (
    cos_sim,
    dot_score,
    euclidean_sim,
    manhattan_sim,
    pairwise_angle_sim,
    pairwise_cos_sim,
    pairwise_dot_score,
    pairwise_euclidean_sim,
    pairwise_manhattan_sim,
)
from losses.functional.softmax import pair_features, softmax_loss
from losses.functional.supervised_contrastive import supervised_contrastive_loss
from losses.functional.triplet import batch_all_triplet_loss, triplet_loss

__all__ = [
    "NDCGWeights",
    "adr_mse_loss",
    "approx_ndcg_loss",
    "batch_all_triplet_loss",
    "batch_hard_soft_margin_triplet_loss",
    "batch_hard_triplet_loss",
    "batch_semi_hard_triplet_loss",
    "binary_cross_entropy_loss",
    "colbert_kd_scores",
    "colbert_scores",
    "colbert_scores_pairwise",
    "contrastive_loss",
    "contrastive_tension_loss",
    "cos_sim",
    "cosent_loss",
    "cosine_similarity_loss",
    "cross_entropy_loss",
    "csr_reconstruction_loss",
    "debiased_multiple_negatives_ranking_loss",
    "distill_kl_div_loss",
    "dot_score",
    "embed_distill_loss",
    "euclidean_sim",
    "flops_loss",
    "gist_embed_loss",
    "global_orthogonal_regularization",
    "lambda_loss",
    "lambda_rank_weights",
    "list_mle_loss",
    "list_net_loss",
    "manhattan_sim",
    "margin_mse_loss",
    "maxsim",
    "maxsim_pairwise",
    "mean_colbert_kd_scores",
    "mean_colbert_scores",
    "mean_colbert_scores_pairwise",
    "mean_maxsim",
    "mean_maxsim_pairwise",
    "mega_batch_margin_loss",
    "multiple_negatives_ranking_loss",
    "mutual_cosine_distance",
    "mutual_euclidean_distance",
    "ndcg_loss1_weights",
    "ndcg_loss2_weights",
    "ndcg_loss2pp_weights",
    "nested_cos_sim",
    "no_weights",
    "online_contrastive_loss",
    "pair_features",
    "paired_cosine_distance",
    "paired_euclidean_distance",
    "paired_manhattan_distance",
    "pairwise_angle_sim",
    "pairwise_cos_sim",
    "pairwise_dot_score",
    "pairwise_euclidean_sim",
    "pairwise_manhattan_sim",
    "plist_mle_loss",
    "position_weights",
    "rank_net_loss",
    "score_mse_loss",
    "self_distillation_loss",
    "sigmoid_contrastive_loss",
    "softmax_loss",
    "softmax_ranking_loss",
    "supervised_contrastive_loss",
    "symmetric_cross_entropy_loss",
    "triplet_loss",
    "truncate",
]
