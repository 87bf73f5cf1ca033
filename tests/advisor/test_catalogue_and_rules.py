"""The catalogue is complete and true, and the rules say what they should."""

import importlib
from pathlib import Path

import pyarrow as pa
import pytest

import advisor
from advisor.catalogue import FAMILIES, LOSSES, MODULES, PARTS, losses_for
from advisor.rules import Facts, epochs
from converters.errors import InputError
from converters.formats import FORMATS

TEXTS = [f"The ferry number {i} leaves the harbour at noon." for i in range(400)]
OTHERS = [f"At noon the boat {i} sets off from the port." for i in range(400)]


@pytest.mark.parametrize("key", LOSSES, ids=lambda key: "/".join(key))
def test_every_entry_can_be_imported_and_takes_known_formats(key: tuple) -> None:
    entry = LOSSES[key]
    module = importlib.import_module(entry.module)
    assert isinstance(getattr(module, entry.name), type)
    assert entry.formats
    assert all(FORMATS[name].trainable for name in entry.formats)
    assert all(0 < fit.preference <= 1 for fit in entry.formats.values())
    assert entry.reference[1].startswith("http")
    scope: dict = {}
    exec(entry.imports, scope)
    assert entry.name in scope
    assert (entry.wrapper or entry.name) in scope


def test_every_bundled_loss_is_in_the_catalogue_and_the_other_way_round() -> None:
    from torch import nn

    for family in FAMILIES:
        module = importlib.import_module(MODULES[family])
        bundled = {
            name
            for name in module.__all__
            if issubclass(getattr(module, name), nn.Module) and not name.endswith(("Scheme", "LambdaWeight"))
        }
        listed = {name for own, name in LOSSES if own == family}
        parts = {name for own, name in PARTS if own == family}
        assert bundled == listed | parts
        assert not listed & parts


def test_every_loss_of_the_seeds_has_its_row_for_its_format() -> None:
    """The tables of the documentation of sentence-transformers: input and labels to losses."""
    rows = {
        ("sentence-transformer", "single-class"): "BatchAllTriplet BatchHardSoftMarginTriplet BatchHardTriplet "
        "BatchSemiHardTriplet",
        ("sentence-transformer", "single"): "ContrastiveTension DenoisingAutoEncoder",
        ("sentence-transformer", "damaged-pair"): "DenoisingAutoEncoder",
        ("sentence-transformer", "pair-class"): "Softmax",
        ("sentence-transformer", "pair"): "MultipleNegativesRanking CachedMultipleNegativesRanking "
        "MultipleNegativesSymmetricRanking CachedMultipleNegativesSymmetricRanking MegaBatchMargin GISTEmbed "
        "CachedGISTEmbed",
        ("sentence-transformer", "labeled-pair"): "Contrastive OnlineContrastive",
        ("sentence-transformer", "pair-score"): "CoSENT AnglE CosineSimilarity",
        ("sentence-transformer", "triplet"): "MultipleNegativesRanking CachedMultipleNegativesRanking Triplet "
        "CachedGISTEmbed GISTEmbed",
        ("sentence-transformer", "n-tuple"): "MultipleNegativesRanking CachedMultipleNegativesRanking CachedGISTEmbed",
        ("sentence-transformer", "text-embedding"): "MSE",
        ("sentence-transformer", "triplet-margin"): "MarginMSE",
        ("sentence-transformer", "n-tuple-margins"): "MarginMSE",
        ("sentence-transformer", "triplet-scores"): "DistillKLDiv MarginMSE",
        ("sentence-transformer", "n-tuple-scores"): "DistillKLDiv MarginMSE",
        ("cross-encoder", "pair-class"): "CrossEntropy",
        ("cross-encoder", "pair"): "MultipleNegativesRanking CachedMultipleNegativesRanking",
        ("cross-encoder", "labeled-pair"): "BinaryCrossEntropy",
        ("cross-encoder", "pair-score"): "BinaryCrossEntropy MSE",
        ("cross-encoder", "triplet"): "MultipleNegativesRanking CachedMultipleNegativesRanking",
        ("cross-encoder", "n-tuple"): "MultipleNegativesRanking CachedMultipleNegativesRanking",
        ("cross-encoder", "labeled-list"): "Lambda PListMLE ListNet RankNet ListMLE",
        ("cross-encoder", "triplet-margin"): "MarginMSE",
        ("cross-encoder", "n-tuple-margins"): "MarginMSE",
        ("cross-encoder", "triplet-scores"): "MarginMSE",
        ("cross-encoder", "n-tuple-scores"): "MarginMSE",
    }
    for (family, format_name), names in rows.items():
        assert {f"{name}Loss" for name in names.split()} <= {loss.name for loss in losses_for(format_name, family)}
    assert {"MatryoshkaLoss", "AdaptiveLayerLoss", "Matryoshka2dLoss"} <= {name for _, name in PARTS}


def test_ranks_count_from_one_and_reasons_are_given() -> None:
    report = advisor.inspect(pa.table({"anchor": TEXTS, "positive": OTHERS}))
    for family in FAMILIES:
        ranks = [each.rank for each in report.recommendations[family]]
        assert ranks == list(range(1, len(ranks) + 1))
        assert all(each.reasons for each in report.recommendations[family])


def test_first_choices() -> None:
    pairs = {"a": TEXTS, "b": OTHERS}
    wanted = {
        ("pair", "sentence-transformer"): "MultipleNegativesRankingLoss",
        ("pair", "cross-encoder"): "MultipleNegativesRankingLoss",
        ("pair", "sparse-encoder"): "SparseMultipleNegativesRankingLoss",
        ("labeled-pair", "sentence-transformer"): "OnlineContrastiveLoss",
        ("labeled-pair", "cross-encoder"): "BinaryCrossEntropyLoss",
        ("pair-score", "sentence-transformer"): "CoSENTLoss",
        ("pair-score", "cross-encoder"): "BinaryCrossEntropyLoss",
        ("pair-class", "sentence-transformer"): "SoftmaxLoss",
        ("pair-class", "cross-encoder"): "CrossEntropyLoss",
    }
    labels = {
        "pair": {},
        "labeled-pair": {"label": [0, 1] * 200},
        "pair-score": {"score": [i / 400 for i in range(400)]},
        "pair-class": {"label": ["yes", "no", "maybe", "never"] * 100},
    }
    for (format, family), loss in wanted.items():
        assert advisor.inspect(pa.table({**pairs, **labels[format]})).best(family).loss == loss


def test_a_classifier_is_told_its_outputs() -> None:
    table = pa.table({"premise": TEXTS, "hypothesis": OTHERS, "label": ["a", "b", "c", "d"] * 100})
    report = advisor.inspect(table)
    assert report.best("cross-encoder").model == {"num_labels": 4}
    assert report.best("sentence-transformer").to_dict()["arguments"]["num_labels"] == 4


def test_unbalanced_pairs_are_weighed() -> None:
    table = pa.table({"query": TEXTS, "document": OTHERS, "label": [1, 0, 0, 0] * 100})
    best = advisor.inspect(table).best("cross-encoder")
    assert best.to_dict()["arguments"] == {"pos_weight": 3.0}
    balanced = pa.table({"query": TEXTS, "document": OTHERS, "label": [1, 0] * 200})
    assert advisor.inspect(balanced).best("cross-encoder").arguments == {}


def test_small_data_gets_small_batches() -> None:
    report = advisor.inspect(pa.table({"anchor": TEXTS[:100], "positive": OTHERS[:100]}))
    best = report.best("sentence-transformer")
    assert best.trainer["per_device_train_batch_size"] < 64
    assert best.warnings


def test_epochs_make_for_enough_steps() -> None:
    for rows, batch_size, list_length, wanted in (
        (100_000, 64, 0, 1),
        (5749, 32, 0, 2),
        (100, 64, 0, 5),
        (1, 64, 0, 5),
        (100, 8, 16, 2),
        (10_000, 8, 16, 1),
    ):
        facts = Facts(dataset="d", format="pair", rows=rows, list_length=list_length)
        assert epochs(facts, batch_size) == wanted


def test_no_loss_for_a_format_names_the_conversion() -> None:
    report = advisor.inspect(pa.table({"text": TEXTS, "label": [i % 4 for i in range(400)]}))
    with pytest.raises(InputError, match="no cross-encoder loss takes single-class"):
        report.best("cross-encoder")
    with pytest.raises(InputError, match="did you mean 'cross-encoder'"):
        report.best("cross-encodr")


def test_conversions_name_what_they_unlock() -> None:
    report = advisor.inspect(pa.table({"anchor": TEXTS, "positive": OTHERS}))
    offers = {each.output_format: each for each in report.conversions}
    assert set(offers) == {"triplet", "n-tuple", "labeled-pair", "labeled-list"}
    assert list(offers["labeled-list"].unlocks) == ["cross-encoder"]
    assert offers["labeled-list"].unlocks["cross-encoder"][0] == "LambdaLoss"
    assert offers["labeled-list"].needs_mining
    assert offers["labeled-list"].command == 'advisor.convert(dataset, output_format="labeled-list")'


def test_files_are_converted_by_a_command(examples: Path) -> None:
    report = advisor.inspect(examples / "support.csv")
    offer = next(each for each in report.conversions if each.output_format == "triplet")
    assert offer.command.startswith(f"advisor convert {examples / 'support.csv'} --output-format triplet -o ")


@pytest.mark.parametrize(("words", "batch"), [(10, 4), (200, 1)])
def test_lists_of_long_documents_get_small_batches(words: int, batch: int) -> None:
    documents = [[f"{text} {'word ' * words}"] * 16 for text in OTHERS[:400]]
    table = pa.table({"query": TEXTS[:400], "documents": documents, "labels": [[1, *[0] * 15]] * 400})
    trainer = advisor.inspect(table).best("cross-encoder").trainer
    assert trainer["per_device_train_batch_size"] == batch
