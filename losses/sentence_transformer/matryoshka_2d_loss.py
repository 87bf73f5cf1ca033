"""Matryoshka2dLoss: another loss, on fewer dimensions and fewer layers."""

from collections.abc import Sequence
from typing import Any

from torch import nn

from losses.models import EmbeddingModel
from losses.sentence_transformer.adaptive_layer_loss import AdaptiveLayerLoss, LayerWeighting
from losses.sentence_transformer.matryoshka_loss import MatryoshkaLoss


class Matryoshka2dLoss(AdaptiveLayerLoss):
    """Train a model that can do with fewer layers, and with fewer dimensions of the embeddings.

    Data: whatever the wrapped loss takes.

    Recommended: dimensions that halve, from the model's own. One layer and one number of dimensions are drawn in each
    step, as in the paper, unless told otherwise.

    Neighbours: this is AdaptiveLayerLoss around MatryoshkaLoss; either does one of the two. Cached losses can be
    wrapped too.

    The embeddings are cut by :func:`losses.functional.truncate`, and layers taught by
    :func:`losses.functional.self_distillation_loss`. Li et al. 2024, https://arxiv.org/abs/2402.14776.

    Args:
        model: the model to train, which must start with a transformer.
        loss: the loss to compute for each layer and number of dimensions.
        matryoshka_dims: these numbers, in any order.
        matryoshka_weights: the weight of each, 1 by default.
        n_layers_per_step: how many layers to draw beside the last one; -1 takes all.
        n_dims_per_step: how many numbers of dimensions to draw for each layer; -1 takes all.
        last_layer_weight: the weight of the last layer's loss.
        prior_layers_weight: the weight of the others'.
        kl_div_weight: the weight of the distillation.
        kl_temperature: its temperature; 0 switches it off.
        layer_weighting: the weight of a layer by its number, as in AdaptiveLayerLoss.

    Example:
        ::

            from losses.sentence_transformer import Matryoshka2dLoss, MultipleNegativesRankingLoss

            loss = Matryoshka2dLoss(model, MultipleNegativesRankingLoss(model), [768, 512, 256, 128, 64])
            trainer = SentenceTransformerTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        loss: nn.Module,
        matryoshka_dims: Sequence[int],
        matryoshka_weights: Sequence[float] | Sequence[int] | None = None,
        n_layers_per_step: int = 1,
        n_dims_per_step: int = 1,
        last_layer_weight: float = 1.0,
        prior_layers_weight: float = 1.0,
        kl_div_weight: float = 1.0,
        kl_temperature: float = 0.3,
        layer_weighting: LayerWeighting = "uniform",
    ) -> None:
        super().__init__(
            model,
            MatryoshkaLoss(model, loss, matryoshka_dims, matryoshka_weights, n_dims_per_step),
            n_layers_per_step=n_layers_per_step,
            last_layer_weight=last_layer_weight,
            prior_layers_weight=prior_layers_weight,
            kl_div_weight=kl_div_weight,
            kl_temperature=kl_temperature,
            layer_weighting=layer_weighting,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {**super().get_config_dict(), **self.loss.get_config_dict()}  # type: ignore[operator]
