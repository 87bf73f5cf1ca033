"""Evaluators for data that sentence-transformers has none for: texts and pairs with a class, a teacher's embeddings.

They follow its evaluator protocol: called with a model, they return their metrics by name, the chief one under
`primary_metric`. This module imports sentence-transformers; the generated training scripts import this module.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sentence_transformers.base.evaluation import BaseEvaluator


class NeighborAccuracyEvaluator(BaseEvaluator):
    """Classifies held-out texts by their nearest neighbours among the training texts, by cosine similarity.

    Args:
        train_texts: texts with a known class.
        train_labels: their class ids.
        texts: texts to classify.
        labels: their true class ids.
        neighbors: how many neighbours vote.
        batch_size: of the encoding.
    """

    def __init__(
        self,
        train_texts: Sequence[str],
        train_labels: Sequence[int],
        texts: Sequence[str],
        labels: Sequence[int],
        *,
        neighbors: int = 5,
        batch_size: int = 64,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.train_texts, self.train_labels = list(train_texts), np.asarray(train_labels)
        self.texts, self.labels = list(texts), np.asarray(labels)
        self.neighbors, self.batch_size = min(neighbors, len(self.train_texts)), batch_size
        self.primary_metric = "neighbor_accuracy"

    def __call__(
        self, model: Any, output_path: str | None = None, epoch: int = -1, steps: int = -1
    ) -> dict[str, float]:
        """The share of held-out texts whose class the neighbours' majority names, 0 to 1."""
        from sklearn.neighbors import KNeighborsClassifier

        known, asked = (
            model.encode(texts, batch_size=self.batch_size, normalize_embeddings=True, show_progress_bar=False)
            for texts in (self.train_texts, self.texts)
        )
        classifier = KNeighborsClassifier(self.neighbors).fit(known, self.train_labels)
        return {"neighbor_accuracy": float(classifier.score(asked, self.labels))}


class ClusterEvaluator(BaseEvaluator):
    """Clusters held-out texts by k-means, into as many clusters as there are classes, and compares both.

    Args:
        texts: texts to cluster.
        labels: their class ids.
        batch_size: of the encoding.
        seed: of the first centres.
    """

    def __init__(self, texts: Sequence[str], labels: Sequence[int], *, batch_size: int = 64, seed: int = 12) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.texts, self.labels = list(texts), np.asarray(labels)
        self.batch_size, self.seed = batch_size, seed
        self.primary_metric = "v_measure"

    def __call__(
        self, model: Any, output_path: str | None = None, epoch: int = -1, steps: int = -1
    ) -> dict[str, float]:
        """How pure the clusters are and how whole the classes, 0 to 1 (the V-measure)."""
        from sklearn.cluster import MiniBatchKMeans
        from sklearn.metrics import v_measure_score

        embeddings = model.encode(
            self.texts, batch_size=self.batch_size, normalize_embeddings=True, show_progress_bar=False
        )
        means = MiniBatchKMeans(len(np.unique(self.labels)), random_state=self.seed, n_init=3)
        return {"v_measure": float(v_measure_score(self.labels, means.fit_predict(embeddings)))}


class PairClassEvaluator(BaseEvaluator):
    """Classifies held-out pairs by a logistic regression on both embeddings, their difference and their product.

    The embeddings are frozen: what is measured is how well they tell the classes apart, with or without the
    classifier that `SoftmaxLoss` trains beside them.

    Args:
        train_pairs: first texts and second texts of the pairs with a known class.
        train_labels: their class ids.
        pairs: first and second texts of the pairs to classify.
        labels: their true class ids.
        batch_size: of the encoding.
    """

    def __init__(
        self,
        train_pairs: tuple[Sequence[str], Sequence[str]],
        train_labels: Sequence[int],
        pairs: tuple[Sequence[str], Sequence[str]],
        labels: Sequence[int],
        *,
        batch_size: int = 64,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.train_pairs, self.train_labels = train_pairs, np.asarray(train_labels)
        self.pairs, self.labels = pairs, np.asarray(labels)
        self.batch_size = batch_size
        self.primary_metric = "pair_class_accuracy"

    def __call__(
        self, model: Any, output_path: str | None = None, epoch: int = -1, steps: int = -1
    ) -> dict[str, float]:
        """The share of held-out pairs whose class is named rightly, 0 to 1."""
        from sklearn.linear_model import LogisticRegression

        known, asked = self._features(model, self.train_pairs), self._features(model, self.pairs)
        classifier = LogisticRegression(max_iter=1000).fit(known, self.train_labels)
        return {"pair_class_accuracy": float(classifier.score(asked, self.labels))}

    def _features(self, model: Any, pairs: tuple[Sequence[str], Sequence[str]]) -> np.ndarray:
        first, second = (
            model.encode(list(texts), batch_size=self.batch_size, normalize_embeddings=True, show_progress_bar=False)
            for texts in pairs
        )
        return np.hstack([first, second, np.abs(first - second), first * second])


class TeacherEmbeddingEvaluator(BaseEvaluator):
    """Compares the embeddings of held-out texts with those of a teacher that the data brings along.

    Texts are compared with one another: what is measured is whether the model finds those texts similar that the
    teacher does, which also works where the two embeddings have different dimensions.

    Args:
        texts: texts to embed.
        embeddings: the teacher's embedding of each.
        batch_size: of the encoding.
    """

    def __init__(self, texts: Sequence[str], embeddings: Sequence[Sequence[float]], *, batch_size: int = 64) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.texts, self.embeddings = list(texts), np.asarray(embeddings, dtype=np.float32)
        self.batch_size = batch_size
        self.primary_metric = "teacher_spearman"

    def __call__(
        self, model: Any, output_path: str | None = None, epoch: int = -1, steps: int = -1
    ) -> dict[str, float]:
        """Spearman's correlation between the model's similarities of texts and the teacher's, -1 to 1."""
        from scipy.stats import spearmanr

        own = model.encode(self.texts, batch_size=self.batch_size, convert_to_tensor=True, show_progress_bar=False)
        own = (own.to_dense() if own.is_sparse else own).float().cpu().numpy()
        ours, theirs = _similarities(own), _similarities(self.embeddings)
        if len(ours) < 2 or not ours.std() or not theirs.std():
            return {"teacher_spearman": 0.0}
        return {"teacher_spearman": float(spearmanr(ours, theirs).statistic)}


def _similarities(embeddings: np.ndarray, most: int = 2000) -> np.ndarray:
    """Cosines of all pairs among the first texts, without those of a text with itself."""
    some = embeddings[:most]
    some = some / np.maximum(np.linalg.norm(some, axis=1, keepdims=True), 1e-12)
    return np.asarray((some @ some.T)[np.triu_indices(len(some), k=1)])
