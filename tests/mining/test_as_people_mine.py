"""Mining as people come to it: with whatever data lies at hand, and reading what they are told."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from datasets import Dataset

from converters.errors import InputError
from converters.mining import mine_hard_negatives

PAIRS = {"question": ["red apple", "blue bird"], "answer": ["an apple is red", "a bird is blue"]}
TEXTS = ["a red wall", "a blue wall", "grass"]


def negatives(corpus, **options):
    rows = mine_hard_negatives(PAIRS, "lsa", corpus=corpus, num_negatives=4, verbose=False, **options)
    return sorted(set(rows["negative"]) - set(PAIRS["answer"]))


@pytest.mark.parametrize(
    "corpus",
    [
        {"text": TEXTS},
        {"id": [1, 2, 3], "text": TEXTS, "title": ["x", "y", "z"]},
        {"id": [1, 2, 3], "passage": TEXTS},
        Dataset.from_dict({"text": TEXTS}),
        Dataset.from_dict({"id": [1, 2, 3], "passage": TEXTS}),
        Dataset.from_dict({"text": TEXTS})["text"],
        pd.DataFrame({"id": [1, 2, 3], "text": TEXTS}),
        pa.table({"text": TEXTS}),
        pd.Series(TEXTS),
        np.array(TEXTS),
        tuple(TEXTS),
        set(TEXTS),
        (text for text in TEXTS),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_corpus_is_taken_in_any_shape(corpus):
    assert negatives(corpus) == sorted(TEXTS)


@pytest.mark.parametrize(
    ("corpus", "words"),
    [
        ({"title": TEXTS, "body": TEXTS}, "corpus has to have one column of texts.*'title', 'body'"),
        ({"id": [1, 2]}, "corpus has to have one column of texts.*none"),
        (Dataset.from_dict({"id": [1, 2]}), "corpus has to have one column of texts.*none"),
        ({"train": Dataset.from_dict({"text": TEXTS})}, "mining takes one split"),
    ],
)
def test_a_corpus_whose_texts_nothing_names_is_refused(corpus, words):
    with pytest.raises(InputError, match=words):
        negatives(corpus)


def test_a_set_of_texts_is_the_same_corpus_whatever_order_it_comes_in():
    texts = [f"wall {letter}" for letter in "fbdaec"]

    class Shuffled(set):
        order = texts

        def __iter__(self):
            return iter(self.order)

    forward, backward = Shuffled(texts), Shuffled(texts)
    backward.order = texts[::-1]
    rows = [mine_hard_negatives(PAIRS, "bm25", corpus=each, verbose=False)[:] for each in (forward, backward)]
    assert rows[0] == rows[1]


def test_embeddings_of_one_side_without_a_model_name_the_other():
    with pytest.raises(InputError, match=r"without a model all embeddings have to be given.*corpus_embeddings"):
        mine_hard_negatives(PAIRS, None, query_embeddings=np.eye(2), num_negatives=1, verbose=False)
