"""Distances within a batch, for the triplet losses that form their own triplets."""

from torch import Tensor

from losses.functional import mutual_cosine_distance, mutual_euclidean_distance


class BatchHardTripletLossDistanceFunction:
    """Distances for the batch triplet losses: from embeddings (n, d) to the distance of every two, (n, n)."""

    @staticmethod
    def cosine_distance(embeddings: Tensor) -> Tensor:
        """One minus the cosine similarity."""
        return mutual_cosine_distance(embeddings)

    @staticmethod
    def euclidean_distance(embeddings: Tensor, squared: bool = False) -> Tensor:
        """The Euclidean distance, or its square."""
        return mutual_euclidean_distance(embeddings, squared=squared)

    eucledian_distance = euclidean_distance  # as sentence-transformers once spelt it
