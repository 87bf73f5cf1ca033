"""Loss functions for sentence-transformers models, and the mathematics alone on tensors.

- :mod:`losses.sentence_transformer`, :mod:`losses.cross_encoder`, :mod:`losses.sparse_encoder`,
  :mod:`losses.multi_vector_encoder`: drop-in for the losses of sentence-transformers, in its trainers or in a loop of
  your own.
- :mod:`losses.functional`: pure functions on embeddings, distances, scores and labels.

Importing any of them imports torch and nothing heavier. ``DIFFERENCES.md`` beside this file lists where and why a loss
behaves otherwise than the one it replaces.
"""
