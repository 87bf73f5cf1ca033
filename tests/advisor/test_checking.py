"""Whether a loss fits, and everything that stands between."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import advisor
from advisor.catalogue import LOSSES
from advisor.script import write_script
from converters.errors import InputError

TEXTS = [f"The ferry number {i} leaves the harbour at noon." for i in range(200)]
OTHERS = [f"At noon the boat {i} sets off from the port." for i in range(200)]
SCORED = {"sentence1": TEXTS, "sentence2": OTHERS, "score": [i % 26 / 5 for i in range(200)]}


def write(folder: Path, name: str, **columns: list) -> Path:
    path = folder / name
    pq.write_table(pa.table(columns), path)
    return path


def test_a_path_is_inspected_first(tmp_path: Path) -> None:
    path = write(tmp_path, "pairs.parquet", anchor=TEXTS, positive=OTHERS)
    verdict = advisor.check(path, "CachedGISTEmbedLoss")
    assert verdict.fits
    assert verdict.obstacles == ()
    assert verdict == advisor.check(advisor.inspect(path), "CachedGISTEmbedLoss")


def test_what_fits_one_loss_does_not_fit_another(tmp_path: Path) -> None:
    report = advisor.inspect(write(tmp_path, "scored.parquet", **SCORED))
    assert advisor.check(report, "CoSENTLoss").fits
    verdict = advisor.check(report, "CosineSimilarityLoss")
    assert not verdict.fits
    assert [each.code for each in verdict.obstacles] == ["LBL001"]
    assert verdict.ways == tuple(each.mend for each in verdict.obstacles)


def test_everything_that_stands_between_is_told_in_order(tmp_path: Path) -> None:
    labels = ["yes", "no"] * 99 + [None, "yes"]
    path = write(tmp_path, "mixed.parquet", relevant=labels, id=list(range(200)), document=OTHERS, query=TEXTS)
    verdict = advisor.check(path, "TripletLoss")
    assert not verdict.fits
    assert verdict.obstacles[0].reason.startswith("the data is labeled-pair; TripletLoss takes triplet")
    assert "--output-format triplet" in (verdict.ways[0] or "")
    codes = {each.code for each in verdict.obstacles}
    assert {None, "COL002", "COL004", "LBL004", "LBL006"} <= codes
    assert all(each.mend is None for each in verdict.obstacles[1:])  # the one conversion mends them all
    own = advisor.check(path, "BinaryCrossEntropyLoss")
    assert {each.code for each in own.obstacles} == codes - {None}
    assert len(own.ways) == 1


def test_the_commands_lead_to_data_that_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shlex

    from advisor.cli import run

    monkeypatch.chdir(tmp_path)
    write(tmp_path, "scored.parquet", **SCORED)
    verdict = advisor.check("scored.parquet", "CosineSimilarityLoss")
    for way in verdict.ways:
        assert run(shlex.split(way)[1:]) == 0
    assert advisor.check("scored-pair-score.parquet", "CosineSimilarityLoss").fits


def test_a_loss_out_of_reach_says_what_is_missing(tmp_path: Path) -> None:
    verdict = advisor.check(write(tmp_path, "t.parquet", text=TEXTS), "MarginMSELoss", "cross-encoder")
    assert not verdict.fits
    assert verdict.ways == ()
    assert "the data is single" in verdict.reasons[0]


def test_classes_with_one_member(tmp_path: Path) -> None:
    rare = write(tmp_path, "rare.parquet", text=TEXTS, label=[i % 4 for i in range(199)] + [4])
    verdict = advisor.check(rare, "BatchHardTripletLoss")
    assert verdict.fits
    assert any(note.startswith("LBL003") for note in verdict.notes)
    lonely = write(tmp_path, "lonely.parquet", text=TEXTS, label=[0] * 100 + [1] * 60 + list(range(2, 42)))
    blocked = advisor.check(advisor.inspect(lonely, format="single-class"), "BatchHardTripletLoss")
    assert not blocked.fits
    assert "LBL003" in {each.code for each in blocked.obstacles}


def test_lists_without_an_order(tmp_path: Path) -> None:
    documents = [[one, other] for one, other in zip(TEXTS, OTHERS, strict=True)]
    few = [[1, 0]] * 190 + [[0, 0]] * 10
    path = write(tmp_path, "few.parquet", query=TEXTS, documents=documents, labels=few)
    verdict = advisor.check(path, "LambdaLoss")
    assert verdict.fits
    assert any(note.startswith("LBL010") for note in verdict.notes)
    many = [[1, 0]] * 20 + [[0, 0]] * 180
    path = write(tmp_path, "many.parquet", query=TEXTS, documents=documents, labels=many)
    verdict = advisor.check(path, "LambdaLoss")
    assert not verdict.fits
    assert "LBL010" in {each.code for each in verdict.obstacles}


def test_the_model_has_a_say(tmp_path: Path) -> None:
    model = tmp_path / "reranker"
    model.mkdir()
    config = {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "A"}, "hidden_size": 8}
    (model / "config.json").write_text(json.dumps(config))
    path = write(tmp_path, "nli.parquet", premise=TEXTS, hypothesis=OTHERS, label=[i % 3 for i in range(200)])
    assert advisor.check(path, "CrossEntropyLoss").fits
    verdict = advisor.check(path, "CrossEntropyLoss", model=str(model))
    assert not verdict.fits
    assert "1 outputs, and the loss needs 3" in verdict.reasons[0]
    other = advisor.check(path, "SoftmaxLoss", model=str(model))
    assert "the model is a cross encoder" in other.reasons[0]
    with pytest.raises(InputError, match="no folder"):
        advisor.check(path, "CrossEntropyLoss", model="./nowhere")


def test_calls_that_make_no_sense(tmp_path: Path) -> None:
    path = write(tmp_path, "pairs.parquet", anchor=TEXTS, positive=OTHERS)
    for loss, family, message in (
        ("LambadLoss", None, "did you mean 'LambdaLoss'"),
        ("MultipleNegativesRankingLoss", None, "--family"),
        ("LambdaLoss", "sentence-transformer", "it belongs to cross-encoder"),
        ("LambdaLoss", "cros-encoder", "did you mean 'cross-encoder'"),
    ):
        with pytest.raises(InputError, match=message):
            advisor.check(path, loss, family)


def test_a_script_refuses_what_a_check_refuses_and_it_cannot_mend(tmp_path: Path) -> None:
    same = write(tmp_path, "same.parquet", query=TEXTS, document=OTHERS, label=[1] * 200)
    report = advisor.inspect(same, format="labeled-pair")
    assert not advisor.check(report, "BinaryCrossEntropyLoss").fits
    with pytest.raises(InputError, match="LBL005"):
        write_script(report, family="cross-encoder", model="m")
    scaled = advisor.inspect(write(tmp_path, "scored.parquet", **SCORED))
    assert not advisor.check(scaled, "BinaryCrossEntropyLoss").fits
    assert "BinaryCrossEntropyLoss" in write_script(scaled, family="cross-encoder", model="m")  # it scales the scores


@pytest.mark.parametrize("columns", [{"anchor": TEXTS, "positive": OTHERS}, SCORED, {"text": TEXTS}])
def test_every_loss_gets_an_answer(tmp_path: Path, columns: dict) -> None:
    report = advisor.inspect(write(tmp_path, "data.parquet", **columns))
    for family, name in LOSSES:
        verdict = advisor.check(report, name, family)
        assert verdict.reasons
        assert verdict.fits == (not verdict.obstacles)
        assert json.dumps(verdict.to_dict())
        assert verdict.fits <= (report.format in LOSSES[family, name].formats)
