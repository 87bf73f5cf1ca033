"""What a reranker needs to be trained by an adapter, and to be found again: the generated scripts import this module.

An adapter is saved without the model that it stands on. The head of a reranker that starts from an encoder is new: it
has to be trained and saved along with the adapter, and so has its number of outputs.
"""

from typing import Any


def heads_of(model: Any) -> list[str]:
    """The names of the parts on top of the transformer that have weights, for `modules_to_save` of an adapter.

    Args:
        model: a cross-encoder.
    """
    network = model.transformers_model
    parts = network.named_children()
    return [name for name, part in parts if name != network.base_model_prefix and any(True for _ in part.parameters())]


def keep_outputs(model: Any) -> None:
    """Has a cross-encoder save how many outputs it has, which it is otherwise to be told when it is loaded again.

    Args:
        model: a cross-encoder, whose first module is the transformer.
    """
    transformer = model[0]
    transformer.config_kwargs = {"num_labels": model.num_labels}
    transformer.config_keys = [*transformer.config_keys, "config_kwargs"]
