"""Where sentence-transformers' `mine_hard_negatives` (6.2) departs from its documentation, and this one does not.

Each test shows both, so that a reference that is mended one day shows here too.
"""

import zlib
from types import SimpleNamespace

import datasets
import numpy as np
import pytest
import torch
from sentence_transformers.util import mine_hard_negatives as reference

from converters.errors import InputError
from converters.mining import Selection, mine, mine_hard_negatives
from converters.mining.summary import Distribution


class Model:
    """As much of a sentence-transformers model as the reference needs; `known` maps texts to vectors."""

    device = torch.device("cpu")
    model_card_data = SimpleNamespace(base_model=None)

    def __init__(self, known=None, salt=""):
        self.known = known or {}
        self.salt = salt

    def vector(self, text):
        if text in self.known:
            return self.known[text]
        return np.random.default_rng(zlib.crc32((self.salt + text).encode())).standard_normal(2)

    def encode_query(self, inputs, normalize_embeddings=False, **options):
        vectors = np.array([self.vector(text) for text in inputs], dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    encode_document = encode_query

    def similarity(self, left, right):
        return torch.as_tensor(left) @ torch.as_tensor(right).T

    def similarity_pairwise(self, left, right):
        return (torch.as_tensor(left) * torch.as_tensor(right)).sum(-1)

    def get_embedding_dimension(self):
        return 2


def ladder(**cosines):
    """A model of the texts "q" (at 1) and others, by the cosine that each has with it."""
    return Model({text: (c, np.sqrt(1 - c * c)) for text, c in {"q": 1.0, **cosines}.items()})


def pairs(questions, answers):
    return datasets.Dataset.from_dict({"question": questions, "answer": answers})


def negatives(mined, anchor="q"):
    return [row["negative"] for row in mined if row["question"] == anchor]


QUIET = {"verbose": False}
STEPS = {f"d{i}": 0.9 - 0.02 * i for i in range(40)}


def test_1_other_similarities_than_the_cosine():
    class Euclidean(Model):
        def similarity(self, left, right):
            return -torch.cdist(torch.as_tensor(left), torch.as_tensor(right))

        def similarity_pairwise(self, left, right):
            return -torch.linalg.norm(torch.as_tensor(left) - torch.as_tensor(right), dim=-1)

    data = pairs([f"q{i}" for i in range(20)], [f"a{i}" for i in range(20)])
    angles = {text: i / 25 for i, text in enumerate([*data["question"], *data["answer"]])}
    known = {text: (np.cos(angle), np.sin(angle)) for text, angle in angles.items()}
    options = {"absolute_margin": 0.01, "num_negatives": 2, **QUIET}
    with_faiss, without = (len(reference(data, Euclidean(known), use_faiss=use, **options)) for use in (True, False))
    assert with_faiss == 0 < without
    with_faiss, without = (
        mine_hard_negatives(data, Euclidean(known), use_faiss=use, **options) for use in (True, False)
    )
    assert with_faiss[:] == without[:]
    assert len(with_faiss) > 0
    assert (
        with_faiss[:] == mine_hard_negatives(data, Model(known), **options)[:]
    )  # the cosine, whatever the model prefers


def test_2_models_that_share_a_cache(tmp_path):
    data = pairs([f"q{i}" for i in range(20)], [f"a{i}" for i in range(20)])
    first, second = Model(salt="first"), Model(salt="second")

    def run(miner, model, folder):
        return miner(data, model, cache_folder=str(tmp_path / folder), **QUIET)[:]

    assert reference(data, first, **QUIET)[:] != reference(data, second, **QUIET)[:]
    assert run(reference, first, "theirs") == run(reference, second, "theirs")
    assert run(mine_hard_negatives, first, "ours") == mine_hard_negatives(data, first, **QUIET)[:]
    assert run(mine_hard_negatives, second, "ours") == mine_hard_negatives(data, second, **QUIET)[:]


def test_3_an_anchor_that_is_its_own_negative():
    data = pairs(["q", "other", "third"], ["a", "q", "b"])
    model = ladder(a=0.5, other=0.1, third=0.0, b=0.3)
    assert "q" in negatives(reference(data, model, num_negatives=1, **QUIET))
    assert negatives(mine_hard_negatives(data, model, num_negatives=1, **QUIET)) == ["b"]


def test_4_an_anchor_with_many_positives_changes_what_others_get():
    model = ladder(a=0.5, far=0.0, **STEPS)
    settings = {"corpus": list(STEPS), "absolute_margin": 0.0, "num_negatives": 1, **QUIET}
    one, many = pairs(["q"], ["a"]), pairs(["q", *["far"] * 30], ["a", *list(STEPS)[:30]])
    assert negatives(reference(one, model, **settings)) == []
    assert negatives(reference(many, model, **settings)) == ["d20"]
    assert negatives(mine_hard_negatives(one, model, **settings)) == []
    assert negatives(mine_hard_negatives(many, model, **settings)) == []
    settings["range_max"] = 30  # where the range takes it in, both get it
    assert negatives(mine_hard_negatives(one, model, **settings)) == ["d20"]
    assert negatives(mine_hard_negatives(many, model, **settings)) == ["d20"]


def test_5_range_min_counts_ranks_and_not_what_the_filters_leave():
    model = ladder(a=0.795, **STEPS)  # d0 to d5 are nearer to the anchor than its positive
    settings = {"corpus": list(STEPS), "absolute_margin": 0.0, "num_negatives": 2, "range_min": 5, **QUIET}
    assert negatives(reference(pairs(["q"], ["a"]), model, **settings)) == ["d11", "d12"]
    assert negatives(mine_hard_negatives(pairs(["q"], ["a"]), model, **settings)) == ["d6", "d7"]


def test_6_names_of_columns_are_taken_at_their_word():
    data = pairs(["q", "r", "s"], ["a", "b", "c"])
    assert (
        reference(data, Model(), anchor_column_name="qestion", num_negatives=1, **QUIET).column_names[0] == "question"
    )
    with pytest.raises(InputError, match="no column 'qestion'; did you mean 'question'"):
        mine_hard_negatives(data, Model(), anchor_column_name="qestion", num_negatives=1, **QUIET)
    turned = data.select_columns(["answer", "question"])
    with pytest.raises(KeyError):
        reference(turned, Model(), anchor_column_name="question", num_negatives=1, **QUIET)
    expected = mine_hard_negatives(data, Model(), num_negatives=1, **QUIET)[:]
    assert mine_hard_negatives(turned, Model(), anchor_column_name="question", num_negatives=1, **QUIET)[:] == expected


def test_7_a_cross_encoder_is_asked():
    class CrossEncoder:
        asked = 0

        def predict(self, inputs, **options):
            self.asked += len(inputs)
            return torch.tensor([float(document == "d7") for _, document in inputs])

    data, model = pairs(["q"], ["a"]), ladder(a=0.95, **STEPS)
    settings = {"corpus": list(STEPS), "num_negatives": 1, **QUIET}
    theirs, ours = CrossEncoder(), CrossEncoder()
    assert negatives(reference(data, model, cross_encoder=theirs, **settings)) == ["d0"]
    assert theirs.asked == 0
    assert negatives(mine_hard_negatives(data, model, cross_encoder=ours, **settings)) == ["d7"]
    assert ours.asked == 1 + 11  # the pair, and the first candidates


def test_8_no_negative_leaves_the_types_of_the_columns():
    data, model = pairs(["q"], ["a"]), ladder(a=0.95, **STEPS)
    settings = {"corpus": list(STEPS), "num_negatives": 1, "output_scores": True, **QUIET}
    full = reference(data, model, **settings).features
    assert reference(data, model, max_score=-0.5, **settings).features != full
    assert mine_hard_negatives(data, model, max_score=-0.5, **settings).features == full


def test_9_a_positive_column_called_negative():
    data = pairs(["q", "r", "s"], ["a", "b", "c"]).rename_column("answer", "negative")
    with pytest.raises(Exception, match=r"length|Column"):
        reference(data, Model(), num_negatives=1, **QUIET)
    mined = mine_hard_negatives(data, Model(), num_negatives=1, **QUIET)
    assert mined.column_names == ["anchor", "positive", "negative"]
    assert mined["positive"][:] == ["a", "b", "c"]


def test_10_a_pair_that_is_repeated_is_one_pair():
    model = ladder(a=0.5, far=0.0, b=-0.5, **STEPS)
    settings = {"corpus": list(STEPS), "absolute_margin": 0.0, "num_negatives": 1, **QUIET}
    once, often = pairs(["q", "far"], ["a", "b"]), pairs(["q", *["far"] * 41], ["a", *["b"] * 41])
    assert negatives(reference(once, model, **settings)) != negatives(reference(often, model, **settings))
    assert mine_hard_negatives(once, model, **settings)[:] == mine_hard_negatives(often, model, **settings)[:]


def test_11_what_no_filter_has_left_out_is_not_reported(capsys):
    data = pairs(["q", "r", "s"], ["a", "b", "c"])
    reference(data, Model(), num_negatives=1, min_score=-1.1)
    assert "due to the min_score" in capsys.readouterr().out
    mine_hard_negatives(data, Model(), num_negatives=1, min_score=-1.1)
    assert "min_score" not in capsys.readouterr().err
    selection = Selection(num_negatives=1, min_score=-1.1)
    assert (
        mine(data["question"][:], data["answer"][:], model=Model(), selection=selection).summary.skipped["min_score"]
        == 0
    )


def test_12_statistics_of_many_numbers():
    numbers = np.zeros(2**24 + 8, dtype=np.float32)
    numbers[:8] = 8
    with pytest.raises(RuntimeError, match="too large"):
        torch.quantile(torch.from_numpy(numbers), 0.5)
    found = Distribution.of(numbers)
    assert (found.median, found.maximum) == (0, 8)
