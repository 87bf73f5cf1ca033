"""Encoders: from texts to unit vectors, embedded ones and models of sentence-transformers; BM25; blends of them."""

from converters.embedding.blend import Blend, Retriever
from converters.embedding.bm25 import Bm25
from converters.embedding.encoder import EMBEDDED_ENCODERS, Blended, resolve_encoder, resolve_model
from converters.embedding.lsa import LsaEncoder
from converters.embedding.models import ModelEncoder
from converters.embedding.protocol import Encoder
from converters.embedding.vectors import Vectors, embed, embed_shards, fit_encoder

__all__ = [
    "EMBEDDED_ENCODERS",
    "Blend",
    "Blended",
    "Bm25",
    "Encoder",
    "LsaEncoder",
    "ModelEncoder",
    "Retriever",
    "Vectors",
    "embed",
    "embed_shards",
    "fit_encoder",
    "resolve_encoder",
    "resolve_model",
]
