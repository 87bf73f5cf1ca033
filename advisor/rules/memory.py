"""What a training step takes: an estimate from the model's shape, and the batches that fit.

Full precision, AdamW, attention that keeps no matrix (the default of recent models on a GPU). An estimate is good to
within a factor of two: activations differ from one architecture to the next.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from advisor.arguments import Argument, Plain
from advisor.catalogue import Loss
from advisor.rules.engine import BATCH_SIZE, Advice, sizing
from advisor.rules.facts import Facts

#: Bytes for each parameter: itself, its gradient and two moments of AdamW.
PARAMETER = 16

#: Bytes that a layer keeps for the way back, for each token and each unit of its width; measured on BERT.
ACTIVATION = 80

#: Bytes that SPLADE keeps for each token and each word of the vocabulary: logits, and two steps of their activation.
LOGIT = 12

#: Where the length of texts is not known, this many tokens.
_USUAL_LENGTH = 128

#: Documents that a reranker's in-batch losses draw for each query, beside its own.
_DRAWN = 4

_GB = 1e9

#: Losses whose mini-batches bound the memory; those on lists of documents go through all activations at once.
_CACHED = ("Cached", "MegaBatch")


def is_cached(loss: Loss) -> bool:
    """Whether the memory of a step is that of a mini-batch, not of the batch."""
    return any(part in loss.name for part in _CACHED)


def step_memory(facts: Facts, loss: Loss, rows: int) -> float | None:
    """About how many GB a step on so many rows takes; None where the model's shape is not known."""
    fixed, each = _fixed(facts), _for_a_row(facts, loss)
    return None if fixed is None or each is None else (fixed + rows * each) / _GB


def _fixed(facts: Facts) -> float | None:
    weight = facts.model.weight if facts.model else None
    return None if weight is None else float(weight * PARAMETER)


def _for_a_row(facts: Facts, loss: Loss) -> float | None:
    model = facts.model
    if model is None or not model.hidden_size or not model.layers:
        return None
    token = model.layers * model.hidden_size * ACTIVATION
    if loss.family == "sparse-encoder" and not facts.autoencoder:
        token += (model.vocabulary or 0) * LOGIT
    return float(tokens_a_row(facts, loss) * token)


def tokens_a_row(facts: Facts, loss: Loss) -> int:
    """About how many tokens of a row are in memory at once, each text cut off where the model stops reading."""
    limit = facts.model.max_seq_length if facts.model and facts.model.max_seq_length else 512
    lengths = [length + 2 for length in facts.text_tokens] or [_USUAL_LENGTH]
    if loss.family != "cross-encoder":
        cut = [min(length, limit) for length in lengths]
        return max(cut) if is_cached(loss) else sum(cut)  # a mini-batch holds texts of one column
    first, others = lengths[0], lengths[1:] or lengths[:1]
    pair = min(first + max(others), limit)
    if is_cached(loss):
        return pair
    if facts.list_length:
        return round(facts.list_length * pair)
    drawn = _DRAWN if "MultipleNegatives" in loss.name else 0
    return pair * (len(others) + drawn)


@sizing
def batches_fit_into_memory(
    facts: Facts, loss: Loss, trainer: Mapping[str, Any], arguments: Mapping[str, Argument]
) -> Iterator[Advice]:
    """A batch that does not fit is split by a cached loss, or made smaller."""
    fixed, each = _fixed(facts), _for_a_row(facts, loss)
    if facts.model is None or fixed is None or each is None:
        return
    wanted = int(trainer[BATCH_SIZE])
    cached = is_cached(loss)
    mini = arguments.get("mini_batch_size")
    at_once = mini.value if cached and isinstance(mini, Plain) and isinstance(mini.value, int) else wanted
    room = facts.memory * _GB - fixed
    if room < each:
        yield Advice(
            warning=f"about {fixed / _GB:.0f} GB for the weights and their optimizer alone (an estimate): more than "
            f"{facts.memory:g} GB hold with a step; train an adapter such as LoRA, in bf16, or a smaller model"
        )
        return
    fits = 1 << (int(room / each).bit_length() - 1)
    shown = f"{_length_of(facts, loss)}, by estimate"
    if fits >= at_once:
        need = (fixed + at_once * each) / _GB
        kind = "mini-batches" if cached else "batches"
        yield Advice(reason=f"{kind} of {at_once} take about {need:.1f} GB of memory ({shown})")
    elif cached:
        yield Advice(
            reason=f"mini-batches of {fits} fit into {facts.memory:g} GB ({shown})",
            arguments={"mini_batch_size": Plain(fits)},
        )
    else:
        need = (fixed + at_once * each) / _GB
        in_batch = loss.batch_sampler == "no_duplicates"
        gone = "; the cached variant keeps the large batch" if in_batch else ""
        yield Advice(
            weight=-0.15 if in_batch else 0.0,
            reason=f"batches of {wanted} would take about {need:.0f} GB, more than {facts.memory:g} ({shown}): "
            f"{fits} fit{gone}",
            trainer={BATCH_SIZE: fits},
            suggestion=None
            if in_batch
            else "gradient_checkpointing=True makes room for larger batches, for a fifth more time",
        )


def _length_of(facts: Facts, loss: Loss) -> str:
    return f"{tokens_a_row(facts, loss):,} tokens a {'text' if is_cached(loss) else 'row'}"
