"""AdaptiveLayerLoss: another loss, on the embeddings of earlier layers too."""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn

from losses import citations
from losses.checks import reject
from losses.embedding import Compute, LossValue, run_wrapped, separate_columns
from losses.functional import self_distillation_loss
from losses.models import EmbeddingModel, Features
from losses.wrapping import WrapperLoss, caches_gradients, has_two_halves, replaced, weighted_sum

_Step = tuple[LossValue, Sequence[Tensor]]
LayerWeighting = Literal["uniform", "log", "linear"] | Callable[[int], float]

_SCHEMES: dict[Any, Callable[[int], float]] = {
    "uniform": lambda layer: 1.0,
    "log": lambda layer: 1.0 / (1.0 + math.log(1 + layer)),
    "linear": lambda layer: 1.0 / (1 + layer),
}


class AdaptiveLayerLoss(WrapperLoss):
    """Train a model whose earlier layers give good embeddings too, so that the later ones can be taken off.

    Data: whatever the wrapped loss takes.

    Recommended: as it is; more layers in a step train them all faster, and cost a pooling and a loss each, since texts
    go through the transformer once.

    Neighbours: MatryoshkaLoss trains embeddings that can be cut short, Matryoshka2dLoss does both. Cached losses and
    other wrappers can be wrapped too.

    Each step takes the last layer and some drawn from those before it, of which the first, 0, is the embedding of the
    tokens. The last layer is also the teacher of the drawn ones, by
    :func:`losses.functional.self_distillation_loss`; that part is added up over them, the losses are averaged. Li et
    al. 2024, https://arxiv.org/abs/2402.14776.

    Args:
        model: the model to train, which must start with a transformer.
        loss: the loss to compute for each layer.
        n_layers_per_step: how many layers to draw beside the last one; -1 takes all.
        last_layer_weight: the weight of the last layer's loss.
        prior_layers_weight: the weight of the others'.
        kl_div_weight: the weight of the distillation.
        kl_temperature: its temperature; 0 switches it off.
        layer_weighting: the weight of a layer by its number: ``"uniform"`` is 1, ``"log"`` 1 / (1 + log(1 + n)),
            ``"linear"`` 1 / (1 + n), and a function its value.

    Example:
        ::

            from losses.sentence_transformer import AdaptiveLayerLoss, MultipleNegativesRankingLoss

            loss = AdaptiveLayerLoss(model, MultipleNegativesRankingLoss(model))
            trainer = SentenceTransformerTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        loss: nn.Module,
        n_layers_per_step: int = 1,
        last_layer_weight: float = 1.0,
        prior_layers_weight: float = 1.0,
        kl_div_weight: float = 1.0,
        kl_temperature: float = 0.3,
        layer_weighting: LayerWeighting = "uniform",
    ) -> None:
        super().__init__(model, loss)
        if not callable(layer_weighting) and layer_weighting not in _SCHEMES:
            raise ValueError(
                f"layer_weighting must be 'uniform', 'log', 'linear' or a function, not {layer_weighting!r}."
            )
        if caches_gradients(loss) and not has_two_halves(loss):
            wanted = f"one of this library's, such as losses.sentence_transformer.{type(loss).__name__}"
            reject(self, f"{type(loss).__name__} of another library as the loss to wrap", wanted)
        self.n_layers_per_step = n_layers_per_step
        self.last_layer_weight = last_layer_weight
        self.prior_layers_weight = prior_layers_weight
        self.kl_div_weight = kl_div_weight
        self.kl_temperature = kl_temperature
        self.layer_weighting = layer_weighting
        self._transformer()

    def get_layer_weight(self, layer_idx: int) -> float:
        """The weight of a layer by its number."""
        scheme = self.layer_weighting if callable(self.layer_weighting) else _SCHEMES[self.layer_weighting]
        return scheme(layer_idx)

    def run(
        self,
        sentence_features: Iterable[Features],
        labels: Tensor | None,
        *,
        compute: Compute | None = None,
        model: EmbeddingModel | None = None,
        separate_first: bool = True,
    ) -> LossValue:
        """Embed the columns, each in a forward pass of its own, and compute a loss from the layers.

        See :meth:`losses.embedding.EmbeddingLoss.run`. What ``compute`` gets is (rows, layers, d), the last layer
        first, and the numbers of the others as ``layers``.
        """
        if compute is None and model is None and not self.uses_gradient_cache:
            return self._call_layer_by_layer(list(sentence_features), labels)
        stacked = _StackedLayers(model or self.model, self._transformer(), self._draw)
        wanted = compute or self.compute_loss_from_embeddings

        def of_layers(embeddings: Sequence[Tensor], labels: Tensor | None, **given: Any) -> LossValue:
            return wanted(embeddings, labels, layers=stacked.drawn, **given)

        with separate_columns():
            return run_wrapped(self.loss, stacked, sentence_features, labels, of_layers, separate_first=separate_first)

    def compute_loss_from_embeddings(
        self, embeddings: Sequence[Tensor], labels: Tensor | None = None, *, layers: Sequence[int] = (), **given: Any
    ) -> LossValue:
        """Compute the loss from the embeddings of the last layer and others.

        Args:
            embeddings: those of the columns, (rows, 1 + layers, d), the last layer's first.
            labels: the labels, for the wrapped loss.
            layers: the numbers of the other layers.
            given: what else the wrapped loss needs.
        """
        inner = self.inner()
        if any(each.ndim != 3 or each.shape[1] != 1 + len(layers) for each in embeddings):
            got = ", ".join(str(tuple(each.shape)) for each in embeddings)
            reject(self, f"embeddings of shape {got}", f"(rows, {1 + len(layers)}, d): the last layer, then the others")
        by_layer = [[column[:, place] for column in embeddings] for place in range(1 + len(layers))]
        steps = ((inner(own, labels, **given), own) for own in by_layer)
        return self._combined(next(steps), layers, steps)

    def _combined(self, last: _Step, layers: Sequence[int], others: Iterable[_Step]) -> LossValue:
        """The whole loss from the wrapped one's values and the embeddings of the last layer, and of the others."""
        value, embeddings = last
        parts = [(self.last_layer_weight, value)]
        distilled: list[Tensor] = []
        final = torch.cat(list(embeddings)).detach() if self.kl_temperature > 0 else None
        for layer, (value, embeddings) in zip(layers, others, strict=True):
            parts.append((self.get_layer_weight(layer) / len(layers) * self.prior_layers_weight, value))
            if final is not None:
                own = torch.cat(list(embeddings))
                distilled.append(self_distillation_loss(own, final, temperature=self.kl_temperature))
        total = weighted_sum(parts)
        if not distilled:
            return total
        part = torch.stack(distilled).sum() * (self.kl_temperature * self.kl_div_weight)
        return {**total, "kl_div_loss": part} if isinstance(total, dict) else total + part

    def _call_layer_by_layer(self, columns: list[Features], labels: Tensor | None) -> LossValue:
        """The value by calling the wrapped loss as a whole for each layer, whatever it is.

        It calls the model as often each time, and the transformer in the model answers from memory after the first.
        """
        model: Any = _unwrapped(self.model)
        memory = _Memory(self._transformer())
        seen = _Watched(model.forward)
        with separate_columns(), replaced(memory.transformer, forward=memory), replaced(model, forward=seen):
            last = self.loss(list(map(dict, columns)), labels), seen.taken()
            layers = self._draw(memory.layers)

            def others() -> Iterator[_Step]:
                for layer in layers:
                    memory.recall(layer)
                    yield self.loss(list(map(dict, columns)), labels), seen.taken()

            return self._combined(last, layers, others())

    def _draw(self, layers: int) -> list[int]:
        """The layers of this step out of so many before the last one."""
        if 0 < self.n_layers_per_step < layers:
            return random.sample(range(layers), self.n_layers_per_step)
        return list(range(layers))

    def _transformer(self) -> Any:
        model: Any = _unwrapped(self.model)
        transformer = model[0] if isinstance(model, nn.Sequential) and len(model) else None
        if not hasattr(transformer, "auto_model"):
            what = (
                type(model).__name__ if transformer is None else f"model that starts with {type(transformer).__name__}"
            )
            reject(self, f"a {what}", "one that starts with a Transformer, whose layers it can use")
        return transformer

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        weighting = self.layer_weighting
        return {
            "loss": type(self.loss).__name__,
            "n_layers_per_step": self.n_layers_per_step,
            "last_layer_weight": self.last_layer_weight,
            "prior_layers_weight": self.prior_layers_weight,
            "kl_div_weight": self.kl_div_weight,
            "kl_temperature": self.kl_temperature,
            "layer_weighting": weighting if isinstance(weighting, str) else getattr(weighting, "__name__", "custom"),
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.MATRYOSHKA_2D


def _unwrapped(model: Any) -> Any:
    """The model within torch.compile's and DistributedDataParallel's wrappers."""
    while not isinstance(model, nn.Sequential):
        inside = getattr(model, "_orig_mod", None) or getattr(model, "module", None)
        if inside is None:
            break
        model = inside
    return model


class _Memory:
    """A transformer's forward that keeps the states of all layers, call by call, and gives those of one layer later.

    Attributes:
        transformer: the transformer.
        layers: how many layers there are before the last one, once it has been called.
    """

    def __init__(self, transformer: Any) -> None:
        self.transformer = transformer
        self.layers = 0
        self._forward = transformer.forward
        self._calls: list[tuple[Features, Sequence[Tensor]]] = []
        self._layer: int | None = None
        self._next = 0

    def recall(self, layer: int) -> None:
        """From now on answer the calls there were, one after the other, with the states of this layer."""
        self._layer, self._next = layer, 0

    def __call__(self, features: Features, **kwargs: Any) -> Features:
        if self._layer is None:
            return self._first_time(features, **kwargs)
        if self._next == len(self._calls):
            raise RuntimeError("The wrapped loss called the model more often for one layer than for the last one.")
        output, states = self._calls[self._next]
        self._next += 1
        return {**output, "token_embeddings": states[self._layer]}

    def _first_time(self, features: Features, **kwargs: Any) -> Features:
        config = self.transformer.auto_model.config
        before = config.output_hidden_states
        config.output_hidden_states = True
        try:
            output: Features = self._forward(features, **kwargs)
        finally:
            config.output_hidden_states = before
        states = output.get("all_layer_embeddings")
        if states is None:
            raise ValueError("AdaptiveLayerLoss got a transformer that does not say what its layers give.")
        if not before:
            del output["all_layer_embeddings"]
        self.layers = len(states) - 1
        self._calls.append((dict(output), states))
        return output


class _Watched:
    """A model's forward that notes the embeddings it gives."""

    def __init__(self, forward: Callable[..., Mapping[str, Any]]) -> None:
        self._forward = forward
        self._seen: list[Tensor] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        output = self._forward(*args, **kwargs)
        self._seen.append(output["sentence_embedding"])
        return output

    def taken(self) -> list[Tensor]:
        """Those noted since the last time."""
        seen, self._seen = self._seen, []
        return seen


class _StackedLayers:
    """A model whose embedding is that of the last layer and those of others, (rows, layers, d).

    Attributes:
        drawn: the numbers of the others, drawn in the first call.
    """

    def __init__(self, model: EmbeddingModel, transformer: Any, draw: Callable[[int], list[int]]) -> None:
        #: Under the name by which the gradient cache looks for what processes exchange gradients of.
        self._orig_mod = getattr(model, "_orig_mod", model)
        self._model = model
        self._transformer = transformer
        self._draw = draw
        self._drawn: list[int] | None = None

    @property
    def drawn(self) -> list[int]:
        """The layers drawn; none before the first call."""
        return self._drawn or []

    def __call__(self, features: Features) -> Features:
        memory = _Memory(self._transformer)
        with replaced(self._transformer, forward=memory):
            embeddings = [self._model(dict(features))["sentence_embedding"]]
            if self._drawn is None:
                self._drawn = self._draw(memory.layers)
            for layer in self._drawn:
                memory.recall(layer)
                embeddings.append(self._model(dict(features))["sentence_embedding"])
        return {"sentence_embedding": torch.stack(embeddings, dim=1)}
