"""What margins are taken from, where an anchor has several positives."""

import numpy as np
import pytest

from converters.errors import InputError
from converters.mining import Selection, mine


class Given:
    """An encoder of given vectors: a text is the cosine that it has with the only query."""

    def encode(self, texts: list[str]) -> np.ndarray:
        cosines = np.array([1.0 if text == "query" else float(text) for text in texts])
        return np.stack([cosines, np.sqrt(1 - cosines**2)], axis=1)


#: By hand: lowest 0.4, mean 0.6, highest 0.8; less 10 % of each: 0.36, 0.54, 0.72.
@pytest.mark.parametrize(
    ("margin_from", "negatives"),
    [("lowest", ["0.3"]), ("mean", ["0.5", "0.3"]), ("highest", ["0.7", "0.5", "0.3"])],
)
def test_the_margin_is_taken_from(margin_from: str, negatives: list[str]) -> None:
    selection = Selection(num_negatives=4, range_max=10, relative_margin=0.1, margin_from=margin_from)
    corpus = ["0.9", "0.7", "0.5", "0.3"]
    mined = mine(["query", "query"], ["0.4", "0.8"], model=Given(), corpus=corpus, selection=selection)
    documents = mined.documents.to_pylist()
    assert [documents[i] for i in mined.negatives[0] if i >= 0] == negatives


def test_an_unknown_word_for_it() -> None:
    with pytest.raises(InputError, match="did you mean 'lowest'"):
        Selection(margin_from="lowst")
