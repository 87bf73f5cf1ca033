"""A script with a loop in plain PyTorch."""

from advisor.script.choices import Choices


def has_plain_form(family: str, loss: str, format: str) -> bool:
    """Whether a loss, on data of a format, can be written as a loop in plain PyTorch."""
    return False


def plain_script(choices: Choices) -> str:
    """The source of the script."""
    raise NotImplementedError
