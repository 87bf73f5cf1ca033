"""Rules on how to train: learning rates, steps, the reranker's activation."""

from collections.abc import Iterator

from advisor.arguments import Code
from advisor.catalogue import Loss
from advisor.rules.engine import Advice, rule
from advisor.rules.facts import Facts

#: Below how many rows a training run has too few steps for the usual learning rate.
FEW_ROWS = 1000

#: Below how many rows training is a try, and what is held out says nothing.
HARDLY_ANY_ROWS = 100


@rule
def a_fresh_head_learns_fast(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A reranker made from an encoder starts from a random output: on little data small steps do not get far."""
    ready = facts.model is not None and facts.model.family == "cross-encoder"
    if loss.family == "cross-encoder" and facts.rows < FEW_ROWS and not ready:
        yield Advice(
            reason=f"with fewer than {FEW_ROWS:,} rows a new output layer needs larger steps to get anywhere",
            trainer={"learning_rate": 5e-5},
        )


@rule
def rerankers_give_logits(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A reranker's default activation is a sigmoid, which is right for log odds and for nothing else."""
    if loss.outputs == "one" and loss.name != "BinaryCrossEntropyLoss":
        yield Advice(
            model={"activation_fn": Code("torch.nn.Identity()")},
            reason="the model is made with an Identity activation: its scores are no log odds, and the default sigmoid "
            "would press the best ones together",
        )


@rule
def hardly_any_rows(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A hundred rows move a model little: a model that does the task already is most of the result."""
    if facts.rows < HARDLY_ANY_ROWS:
        yield Advice(
            warning=f"{facts.rows} rows: start from a model that was trained for the task, and measure it before; "
            "with so few, training may well make it worse"
        )
