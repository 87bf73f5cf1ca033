"""What an encoder is."""

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Encoder(Protocol):
    """Turns texts into vectors whose inner product says how similar two texts are.

    An encoder may also have a method `fit(corpus: list[str]) -> None`, which is then called once, before all else.

    Attributes:
        name: what to call it in reports.
    """

    name: str

    def encode_queries(self, texts: list[str]) -> Any:
        """Vectors for n queries: (n, d), float32, of length 1."""

    def encode_documents(self, texts: list[str]) -> Any:
        """Vectors for n documents: (n, d), float32, of length 1."""
