"""Encoders: from texts to unit vectors, embedded ones as well as models of sentence-transformers."""

from converters.embedding.encoder import EMBEDDED_ENCODERS, Encoder, resolve_encoder
from converters.embedding.lsa import LsaEncoder
from converters.embedding.models import ModelEncoder
from converters.embedding.vectors import Vectors, embed, fit_encoder

__all__ = [
    "EMBEDDED_ENCODERS",
    "Encoder",
    "LsaEncoder",
    "ModelEncoder",
    "Vectors",
    "embed",
    "fit_encoder",
    "resolve_encoder",
]
