"""The embedded default encoder: latent semantic analysis of the corpus at hand.

TF-IDF weights and a truncated singular value decomposition (Deerwester et al., "Indexing by Latent Semantic Analysis",
Journal of the American Society for Information Science 41(6), 1990). It needs no download and no network.
"""

import re
import unicodedata
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Characters of scripts that put no space between words: Thai, Lao, Tibetan, Burmese, Khmer, kana, ideographs.
_UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
#: Vowel signs and points that belong to a word, though Python's `\w` does not count them.
_MARKS = "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"

_ASCII_WORD = re.compile(r"[a-z0-9_]+")
_WORD = re.compile(f"(?:[^\\W{_UNSPACED}]|[{_MARKS}])+")
_SIGN = re.compile(f"[{_UNSPACED}]")
_SIGN_PAIR = re.compile(f"(?=([{_UNSPACED}]{{2}}))")


def terms(text: str) -> list[str]:
    """Splits a text into terms: words, and for scripts without spaces single characters and pairs of them."""
    text = unicodedata.normalize("NFKC", text).lower()
    if text.isascii():
        return _ASCII_WORD.findall(text)
    found = _WORD.findall(text)
    if _SIGN.search(text):
        found += _SIGN.findall(text) + _SIGN_PAIR.findall(text)
    return found


def characters(text: str) -> list[str]:
    """Splits a text into its characters and pairs of characters, blanks left out: for texts without any word."""
    signs = "".join(unicodedata.normalize("NFKC", text).lower().split())
    return list(signs) + [signs[i : i + 2] for i in range(len(signs) - 1)]


class LsaEncoder:
    """TF-IDF and truncated SVD, fitted on a corpus.

    It is fitted on the corpus alone. A query's word that no document has cannot tell documents apart, and this way
    the documents' vectors depend on nothing but the corpus: other queries neither change nor recompute them.

    The vectors have min(`dimensions`, documents, terms) dimensions. A corpus of no more than `dimensions` documents
    is thus kept whole: the ranking is that of plain TF-IDF. The random numbers of the decomposition are fixed, so
    that the same corpus always gives the same vectors. A text that shares no term with the corpus becomes zeros.

    Args:
        dimensions: the most dimensions that a vector may have.
        vocabulary: the most terms to keep, by how often they occur.
    """

    name = "lsa"

    def __init__(self, dimensions: int = 256, vocabulary: int = 2**16) -> None:
        self.dimensions = dimensions
        self.vocabulary = vocabulary
        self._vectorizer: Any = None
        self._axes: NDArray[np.float32] | None = None

    def fit(self, corpus: list[str]) -> None:
        """Learns terms, their weights and the axes of the space from n >= 1 documents."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.utils.extmath import randomized_svd
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        self._vectorizer, self._axes = None, None
        for analyzer in (terms, characters):
            vectorizer = TfidfVectorizer(
                analyzer=analyzer, max_features=self.vocabulary, sublinear_tf=True, dtype=np.float32
            )
            try:
                weights = vectorizer.fit_transform(corpus)
            except ValueError:  # no text has any term of this kind
                continue
            if weights.shape[1] >= min(2, len(corpus)):
                self._vectorizer = vectorizer
                break
        if self._vectorizer is None:
            return
        rank = min(self.dimensions, *weights.shape)
        # One thread: the panels are narrow, so that more of them gain little, lose much on a busy machine (waiting
        # threads spin), and make the last digits depend on how many cores there are.
        with threadpool_limits(1, user_api="blas"):
            _, _, axes = randomized_svd(weights, n_components=rank, n_iter=4, random_state=0)
        self._axes = np.ascontiguousarray(axes.T, dtype=np.float32)

    def identity(self, kind: str) -> dict[str, Any]:
        """What the vectors depend on beside the texts and the corpus; of both kinds of texts the same."""
        from importlib.metadata import version

        settings = {"dimensions": self.dimensions, "vocabulary": self.vocabulary}
        return {"name": self.name, "scikit-learn": version("scikit-learn"), **settings}

    def encode_queries(self, texts: list[str]) -> NDArray[np.float32]:
        """Vectors for n queries: (n, d), float32, of length 1 or 0."""
        return self._encode(texts)

    def encode_documents(self, texts: list[str]) -> NDArray[np.float32]:
        """Vectors for n documents: (n, d), float32, of length 1 or 0."""
        return self._encode(texts)

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        if self._axes is None:
            return np.zeros((len(texts), 1), dtype=np.float32)
        vectors: NDArray[np.float32] = np.asarray(self._vectorizer.transform(texts) @ self._axes)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        # What rounding leaves of a vector that is orthogonal to all axes is no direction.
        lengths[lengths < 1e-6] = np.inf
        vectors /= lengths
        return vectors
