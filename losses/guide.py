"""A guide: a second model that reads the same texts, to judge them, and is not trained."""

import itertools
from typing import Any

from torch import Tensor

from losses.checks import reject
from losses.models import Features


def must_retokenize(loss: object, model: Any, guide: Any) -> bool:
    """Whether the texts have to be tokenized again for the guide: for another vocabulary, or a shorter text.

    Raises:
        ValueError: one of them has no vocabulary to compare, or the texts cannot be got back from the model's tokens.
    """
    for role, own in (("model", model), ("guide", guide)):
        if not hasattr(getattr(own, "tokenizer", None), "get_vocab"):
            reject(loss, f"a {role} of type {type(own).__name__} without a tokenizer", "two models with tokenizers")
    if model.tokenizer.get_vocab() == guide.tokenizer.get_vocab():
        lengths = guide.max_seq_length, model.max_seq_length
        return None not in lengths and lengths[0] < lengths[1]
    return True


def for_guide(column: Features, model: Any, guide: Any, *, retokenize: bool) -> Features:
    """The features of a column as the guide wants them; the model's own are left as they are.

    Raises:
        ValueError: the texts cannot be got back from the model's tokens.
    """
    if not retokenize:
        return dict(column)
    if "offsets" in column or "input_ids" not in column:
        raise ValueError(
            "The guide has another tokenizer than the model, and the texts cannot be got back from the features of "
            "this model: use a guide with the same tokenizer."
        )
    tokens: Any = column["input_ids"]
    if "cu_seq_lens_q" in column:
        flat, ends = tokens[0], column["cu_seq_lens_q"].tolist()
        tokens = [flat[start:end].tolist() for start, end in itertools.pairwise(ends)]
    texts = model.tokenizer.batch_decode(tokens, skip_special_tokens=True)
    features: Features = guide.preprocess(texts)
    return {key: value.to(guide.device) if isinstance(value, Tensor) else value for key, value in features.items()}
