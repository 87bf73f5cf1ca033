"""Encoders: from texts to unit vectors, embedded ones as well as models of sentence-transformers; and BM25."""

from converters.embedding.bm25 import Bm25
from converters.embedding.encoder import EMBEDDED_ENCODERS, Encoder, resolve_encoder
from converters.embedding.lsa import LsaEncoder
from converters.embedding.models import ModelEncoder
from converters.embedding.vectors import Vectors, embed, embed_shards, fit_encoder

__all__ = [
    "EMBEDDED_ENCODERS",
    "Bm25",
    "Encoder",
    "LsaEncoder",
    "ModelEncoder",
    "Vectors",
    "embed",
    "embed_shards",
    "fit_encoder",
    "resolve_encoder",
]
