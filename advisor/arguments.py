"""Arguments of a loss, as the rule engine hands them on: shown as JSON, written as code, or made real."""

import copy
from dataclasses import dataclass
from typing import Any


class Code(str):
    """A piece of Python code, shown as it is: JSON has it as a text, and a script without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Plain:
    """A value that JSON and Python write alike."""

    value: bool | int | float | str

    def as_json(self) -> Any:
        """The value itself."""
        return self.value

    def as_code(self) -> str:
        """The value as a Python literal."""
        return repr(self.value)

    def resolve(self, model: Any) -> Any:
        """The value itself."""
        return self.value


@dataclass(frozen=True)
class OfModel:
    """Something that only the model knows, such as its dimension: the name of a method without arguments."""

    method: str

    def as_json(self) -> Any:
        """The call, as a script would write it."""
        return self.as_code()

    def as_code(self) -> str:
        """The call on a variable `model`."""
        return f"model.{self.method}()"

    def resolve(self, model: Any) -> Any:
        """What the model answers."""
        return getattr(model, self.method)()


@dataclass(frozen=True)
class TensorOf:
    """A number that the loss wants as a tensor."""

    value: float

    def as_json(self) -> Any:
        """The number."""
        return self.value

    def as_code(self) -> str:
        """The tensor's constructor; the script needs `import torch`."""
        return f"torch.tensor({self.value!r})"

    def resolve(self, model: Any) -> Any:
        """The tensor, of shape ()."""
        import torch

        return torch.tensor(self.value)


@dataclass(frozen=True)
class FromLosses:
    """A public name of the losses' own module, or an attribute of one: a distance, a weighting scheme."""

    module: str
    path: str

    def as_json(self) -> Any:
        """The dotted name."""
        return self.path

    def as_code(self) -> str:
        """The dotted name; the script imports its first part from `module`."""
        return self.path

    def resolve(self, model: Any) -> Any:
        """The object itself."""
        from importlib import import_module

        found = import_module(self.module)
        for part in self.path.split("."):
            found = getattr(found, part)
        return found


@dataclass(frozen=True)
class CopyOfModel:
    """The model as it is before training: a guide to start from, where nothing stronger is at hand."""

    def as_json(self) -> Any:
        """The call, as a script would write it."""
        return self.as_code()

    def as_code(self) -> str:
        """The call on a variable `model`; the script needs `import copy`."""
        return "copy.deepcopy(model)"

    def resolve(self, model: Any) -> Any:
        """The copy."""
        return copy.deepcopy(model)


Argument = Plain | OfModel | TensorOf | FromLosses | CopyOfModel
