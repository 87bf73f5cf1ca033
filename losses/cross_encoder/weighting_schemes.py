"""Weighting schemes for LambdaLoss: what a pair of documents weighs."""

from torch import Tensor, nn

from losses.functional import (
    lambda_rank_weights,
    ndcg_loss1_weights,
    ndcg_loss2_weights,
    ndcg_loss2pp_weights,
    no_weights,
)


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


class NoWeightingScheme(BaseWeightingScheme):
    """All pairs weigh the same: RankNet."""

    def forward(self, gain: Tensor, discount: Tensor, true_sorted: Tensor) -> Tensor:
        """A one."""
        return no_weights(gain, discount, true_sorted)


class NDCGLoss1Scheme(BaseWeightingScheme):
    """NDCG-Loss1, a coarse bound of NDCG. With it LambdaLoss sums over all pairs, whatever their labels.

    NDCGLoss2Scheme and NDCGLoss2PPScheme did better in the paper.
    """

    def forward(self, gain: Tensor, discount: Tensor, true_sorted: Tensor) -> Tensor:
        """The discounted gain of the first document of the pair."""
        return ndcg_loss1_weights(gain, discount, true_sorted)


class NDCGLoss2Scheme(BaseWeightingScheme):
    """NDCG-Loss2, a tighter bound of NDCG than NDCG-Loss1."""

    def forward(self, gain: Tensor, discount: Tensor, true_sorted: Tensor) -> Tensor:
        """The difference in gain, times that of the discounts as many ranks down as the pair is apart."""
        return ndcg_loss2_weights(gain, discount, true_sorted)


class LambdaRankScheme(BaseWeightingScheme):
    """LambdaRank: how much NDCG would change if the two documents changed places."""

    def forward(self, gain: Tensor, discount: Tensor, true_sorted: Tensor) -> Tensor:
        """The difference in gain, times that of the discounts."""
        return lambda_rank_weights(gain, discount, true_sorted)


class NDCGLoss2PPScheme(BaseWeightingScheme):
    """NDCG-Loss2++: ``mu`` times NDCG-Loss2 plus LambdaRank, the best of the paper."""

    def __init__(self, mu: float = 10.0) -> None:
        super().__init__()
        self.mu = mu

    def forward(self, gain: Tensor, discount: Tensor, true_sorted: Tensor) -> Tensor:
        """The weighted sum of the two schemes."""
        return ndcg_loss2pp_weights(gain, discount, true_sorted, mu=self.mu)
