"""What the catalogue says about a loss, and about a part of one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from advisor.arguments import Argument

Family = Literal["sentence-transformer", "cross-encoder", "sparse-encoder", "multi-vector-encoder"]
FAMILIES: tuple[Family, ...] = get_args(Family)

#: Where the losses of a family live.
MODULES: Mapping[Family, str] = {family: "losses." + family.replace("-", "_") for family in FAMILIES}

#: Title and address of a paper or page.
Reference = tuple[str, str]


@dataclass(frozen=True)
class Fit:
    """How well a loss suits a format.

    Attributes:
        preference: 0 to 1, before anything is known about the data but its format. Only the order counts.
        reason: why, in a sentence.
    """

    preference: float
    reason: str


@dataclass(frozen=True)
class Part:
    """A loss that is never trained with by itself: one that wraps another, or a regularizer inside one.

    Attributes:
        name: the class's name.
        family: which kind of model it is for.
        summary: what it does, in a sentence.
        use: how it is put together with others, as code; `model` and `loss` are at hand.
        reference: title and address of the paper or page it comes from.
    """

    name: str
    family: Family
    summary: str
    use: str
    reference: Reference

    @property
    def imports(self) -> str:
        """The line that imports it."""
        return f"from {MODULES[self.family]} import {self.name}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "loss": self.name,
            "family": self.family,
            "summary": self.summary,
            "import": self.imports,
            "use": self.use,
            "reference": {"title": self.reference[0], "url": self.reference[1]},
        }


@dataclass(frozen=True)
class Loss:
    """A row of the table.

    Attributes:
        name: the class's name.
        family: which kind of model it trains.
        summary: what it does, in a sentence.
        formats: the formats that it takes, with how well it suits each.
        outputs: how many outputs a cross-encoder needs: 1, or one for each class; None for encoders.
        batch_sampler: value of the trainer's argument of that name.
        batch_size: value of `per_device_train_batch_size` to start from.
        learning_rate: a learning rate to start from.
        arguments: arguments beside the model, where the defaults do not do.
        wrapper: name of the loss that this one has to be wrapped in, if any.
        wrapper_arguments: arguments of the wrapper beside the model and the wrapped loss.
        reference: title and address of the paper or page it comes from.
        own: whether it is a loss that sentence-transformers does not have under this name.
    """

    name: str
    family: Family
    summary: str
    formats: Mapping[str, Fit]
    reference: Reference
    outputs: Literal["one", "classes"] | None = None
    batch_sampler: str = "batch_sampler"
    batch_size: int = 32
    learning_rate: float = 2e-5
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    wrapper: str | None = None
    wrapper_arguments: Mapping[str, Argument] = field(default_factory=dict)
    own: bool = False

    @property
    def module(self) -> str:
        """Where it is imported from."""
        return MODULES[self.family]

    @property
    def imports(self) -> str:
        """The line that imports it, with its wrapper where it has one."""
        return f"from {self.module} import {', '.join(filter(None, [self.name, self.wrapper]))}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        shown = {
            "loss": self.name,
            "family": self.family,
            "summary": self.summary,
            "import": self.imports,
            "formats": {name: fit.reason for name, fit in self.formats.items()},
            "outputs": self.outputs,
            "arguments": {name: each.as_json() for name, each in self.arguments.items()},
            "trainer": self.trainer,
            "reference": {"title": self.reference[0], "url": self.reference[1]},
        }
        if self.wrapper:
            around = {name: each.as_json() for name, each in self.wrapper_arguments.items()}
            shown["wrapper"] = {"loss": self.wrapper, "arguments": around}
        return shown

    @property
    def settings(self) -> dict[str, str]:
        """Arguments and training arguments to start from, as code."""
        arguments = {name: each.as_code() for name, each in self.arguments.items()}
        return arguments | {name: repr(value) for name, value in self.trainer.items()}

    @property
    def wrapping(self) -> str | None:
        """The wrapper with its arguments, as code; None where there is none."""
        if self.wrapper is None:
            return None
        return (
            f"{self.wrapper}({', '.join(f'{name}={each.as_code()}' for name, each in self.wrapper_arguments.items())})"
        )

    @property
    def trainer(self) -> dict[str, Any]:
        """Training arguments to start from."""
        return {
            "batch_sampler": self.batch_sampler,
            "per_device_train_batch_size": self.batch_size,
            "learning_rate": self.learning_rate,
        }
