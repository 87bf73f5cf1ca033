"""Weighting schemes for LambdaLoss: what a pair of documents weighs."""

from torch import Tensor, nn

from losses.functional import (
    NDCGWeights,
    lambda_rank_weights,
    ndcg_loss1_weights,
    ndcg_loss2_weights,
    no_weights,
)
from losses.functional.lambda_framework import PairWeights


class BaseWeightingScheme(nn.Module):
    """What a pair of documents weighs in :class:`~losses.cross_encoder.LambdaLoss`. Subclass it for your own."""

    def forward(self, gain: Tensor, discount: Tensor, true_sorted: Tensor) -> Tensor:
        """Weigh all pairs.

        Args:
            gain: gain of each document over that of the ideal order, (lists, n), in the model's order.
            discount: discount of each rank, (1, n).
            true_sorted: labels in the model's order, (lists, n), not below zero.

        Returns:
            Weights that broadcast to (lists, n, n).
        """
        raise NotImplementedError


class _KnownScheme(BaseWeightingScheme):
    """A scheme whose weights :func:`losses.functional.lambda_loss` knows, and computes for pairs that count only."""

    @property
    def weights(self) -> PairWeights:
        raise NotImplementedError

    def forward(self, gain: Tensor, discount: Tensor, true_sorted: Tensor) -> Tensor:
        """Weigh all pairs."""
        return self.weights(gain, discount, true_sorted)


def pair_weights(scheme: nn.Module) -> PairWeights:
    """The weights of a scheme: its own function if nobody changed what the scheme does with it, else the scheme."""
    if isinstance(scheme, _KnownScheme) and type(scheme).forward is _KnownScheme.forward:
        return scheme.weights
    return scheme


class NoWeightingScheme(_KnownScheme):
    """All pairs weigh the same: RankNet."""

    @property
    def weights(self) -> PairWeights:
        """A one."""
        return no_weights


class NDCGLoss1Scheme(_KnownScheme):
    """NDCG-Loss1, a coarse bound of NDCG. With it LambdaLoss sums over all pairs, whatever their labels.

    NDCGLoss2Scheme and NDCGLoss2PPScheme did better in the paper.
    """

    @property
    def weights(self) -> PairWeights:
        """The discounted gain of the first document of the pair."""
        return ndcg_loss1_weights


class NDCGLoss2Scheme(_KnownScheme):
    """NDCG-Loss2, a tighter bound of NDCG than NDCG-Loss1."""

    @property
    def weights(self) -> PairWeights:
        """The difference in gain, times that of the discounts as many ranks down as the pair is apart."""
        return ndcg_loss2_weights


class LambdaRankScheme(_KnownScheme):
    """LambdaRank: how much NDCG would change if the two documents changed places."""

    @property
    def weights(self) -> PairWeights:
        """The difference in gain, times that of the discounts."""
        return lambda_rank_weights


class NDCGLoss2PPScheme(_KnownScheme):
    """NDCG-Loss2++: ``mu`` times NDCG-Loss2 plus LambdaRank, the best of the paper."""

    def __init__(self, mu: float = 10.0) -> None:
        super().__init__()
        self.mu = mu

    @property
    def weights(self) -> PairWeights:
        """The weighted sum of the two schemes."""
        return NDCGWeights(gap=self.mu, swap=1.0)
