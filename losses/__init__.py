"""Loss functions for sentence-transformers models, and the mathematics alone on tensors."""
