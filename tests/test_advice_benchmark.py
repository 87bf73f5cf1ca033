"""The advice benchmark: rank, regret and gain by hand; what is done is kept; one run of it, with a tiny model."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks import advice
from benchmarks.advice import keep, key, records, standings, wanted
from benchmarks.advice_tables import ADVISED, UNADVISED, Standing, markdown, relative, standing, text
from benchmarks.advice_training import Plan, Training


def run(loss: str, after: float, seed: int = 1, setting: str = ADVISED, format: str = "pair") -> dict[str, Any]:
    return {"loss": loss, "format": format, "setting": setting, "seed": seed, "before": 0.4, "after": after}


RUNS = [
    *(run("Best", value, seed) for seed, value in enumerate((0.79, 0.80, 0.81), start=1)),
    *(run("Ours", value, seed) for seed, value in enumerate((0.59, 0.60, 0.61), start=1)),
    *(run("Worst", value, seed) for seed, value in enumerate((0.5, 0.5, 0.5), start=1)),
    *(run("Table", value, seed, UNADVISED) for seed, value in enumerate((0.5, 0.48, 0.52), start=1)),
]


def stood(runs: list[dict[str, Any]], ours: str = "Ours", twins: dict[str, str] | None = None) -> Standing:
    return standing("a task", "nDCG@10", ours, runs, twins or {})


def test_rank_regret_and_gain_are_those_computed_by_hand() -> None:
    found = stood(RUNS)
    assert [each.loss for each in found.contestants] == ["Best", "Ours", "Worst"]
    assert found.rank == 2
    assert found.regret == pytest.approx((0.8 - 0.6) / 0.8)
    assert found.gain == pytest.approx((0.6 - 0.5) / 0.5)
    assert found.beyond_noise
    assert found.before == pytest.approx(0.4)
    assert [each.spread for each in found.contestants] == pytest.approx([0.01, 0.01, 0.0])


def test_the_best_has_no_regret_and_a_gain_can_be_a_loss() -> None:
    found = stood([run("Ours", 0.6), run("Other", 0.5), run("Table", 0.8, setting=UNADVISED)])
    assert (found.rank, found.regret, found.beyond_noise) == (1, 0.0, False)
    assert found.gain == pytest.approx(-0.25)


def test_a_gain_on_nothing_is_no_share() -> None:
    page = markdown([stood([run("Ours", 0.37), run("Table", -0.03, setting=UNADVISED)])], "About.")
    assert "| Table: -0.0300 | +0.4000 |" in page
    assert "Gain over no advice: +0.4000." in page


def test_losses_that_come_to_the_same_share_a_rank() -> None:
    found = stood([run("Ours", 0.6), run("Another", 0.6), run("Third", 0.5)])
    assert found.rank == 1
    assert stood([run("Ours", 0.6), run("Another", 0.6), run("Third", 0.5)], "Third").rank == 3


def test_a_lead_within_the_noise_is_told_from_one_beyond_it() -> None:
    close = [run("Ours", value, seed) for seed, value in enumerate((0.5, 0.6, 0.7))]
    close += [run("Best", value, seed) for seed, value in enumerate((0.51, 0.61, 0.71))]
    assert stood(close).rank == 2
    assert not stood(close).beyond_noise
    assert not stood([run("Ours", 0.1), run("Best", 0.9)]).beyond_noise  # of one seed nothing is known


def test_a_twin_has_the_numbers_of_the_loss_that_it_computes() -> None:
    found = stood(RUNS, "CachedBest", {"CachedBest": "Best", "CachedOther": "Other"})
    assert (found.rank, found.regret) == (1, 0.0)
    assert [each.loss for each in found.contestants] == ["Best", "CachedBest", "Ours", "Worst"]
    assert "CachedBest (pair, as Best, recommended)" in text([found])


def test_what_was_not_trained_has_no_rank() -> None:
    found = stood([run("Other", 0.5)])
    assert (found.rank, found.regret, found.gain) == (None, None, None)
    assert "was not trained" in text([found])
    assert "| - | - | - | - |" in markdown([found], "About.")
    with pytest.raises(ValueError, match="no training of a task"):
        stood([run("Table", 0.5, setting=UNADVISED)])


def test_shares_of_negative_numbers_and_of_nothing() -> None:
    assert relative(0.1, -0.2) == pytest.approx(0.5)
    assert relative(0.1, 0.0) == 0.0


def test_the_page_has_a_row_for_each_task_and_each_loss() -> None:
    lines = markdown([stood(RUNS)], "What was done.").splitlines()
    row = "| a task | nDCG@10 | 0.4000 | Ours: 0.6000 | 2 of 3 | 25.0% (beyond noise) | Table: 0.5000 | 20.0% |"
    assert row in lines
    assert "| Ours (pair, recommended) | 0.6000 | 0.0100 |" in lines
    assert "| without advice: Table (pair) | 0.5000 | 0.0200 |" in lines


def training(loss: str = "CoSENTLoss", **settings: Any) -> Training:
    return Training("similarity", loss, "pair-score", "somewhere", ADVISED, settings)


def test_a_line_that_was_cut_off_is_no_training_and_harms_no_other(tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    first, second = ({**training(batch=16).to_dict(), "seed": seed} for seed in (1, 2))
    keep(file, first)
    with file.open("a") as lines:
        lines.write(json.dumps(second)[:-20])
    assert list(records(file)) == [key(first)]
    keep(file, second)
    assert list(records(file)) == [key(first), key(second)]


def test_other_settings_are_another_training_and_another_place_is_not() -> None:
    own = {**training(batch=16).to_dict(), "seed": 1}
    assert key(own) == key({**own, "dataset": "elsewhere", "after": 0.5})
    assert key(own) != key({**training(batch=32).to_dict(), "seed": 1})
    assert key(own) != key({**own, "seed": 2})


def test_trainings_come_seed_by_seed_and_only_of_the_losses_asked_for() -> None:
    plan = Plan("similarity", "CoSENTLoss", (training(), training("AnglELoss")), {}, ())
    assert [(each.loss, seed) for each, seed in wanted([plan], None, 2)] == [
        *(("CoSENTLoss", 1), ("AnglELoss", 1), ("CoSENTLoss", 2), ("AnglELoss", 2)),
    ]
    assert [each.loss for each, _ in wanted([plan], ["AnglELoss"], 1)] == ["AnglELoss"]
    assert standings([plan], []) == []


@pytest.fixture
def sentences(tmp_path: Path) -> Path:
    """A folder like that of the public data, with a few pairs of sentences."""
    folder = tmp_path / "data" / "stsb"
    folder.mkdir(parents=True)
    nouns = ("cat", "dog", "card", "bank", "phone", "account", "app", "pin")
    rows = [
        (f"my {a} is in the {b}, number {i}", f"the {b} has a {c}, {i + 1} of them", round((i * 7) % 51 / 10, 3))
        for i in range(80)
        for a, b, c in [(nouns[i % 8], nouns[i // 8 % 8], nouns[(i + 3) % 8])]
    ]
    for name in ("stsb-en-train.csv", "stsb-en-test.csv"):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return folder.parent


def test_a_run_trains_keeps_what_is_done_and_goes_on(
    sentences: Path, tmp_path: Path, tiny_models: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    page, results = tmp_path / "docs" / "advice.md", tmp_path / "results"
    words = ["--data", str(sentences), "--model", tiny_models["sentence-transformer"], "--results", str(results)]
    losses = ["CosineSimilarityLoss", "CoSENTLoss"]
    words += ["--tasks", "similarity", "--losses", *losses, "--seeds", "1", "--steps", "2", "--points", "1"]
    assert advice.main([*words, "--test-rows", "20", "--markdown", str(page)]) == 0
    said = capsys.readouterr()
    assert re.search(r"CoSENTLoss is number [12] of 2; regret \d", said.out)
    done = [json.loads(line) for line in (results / "runs.jsonl").read_text().splitlines()]
    assert sorted(each["setting"] for each in done) == [ADVISED, ADVISED, UNADVISED]
    assert {each["setting"]: each["settings"]["steps"] for each in done} == {ADVISED: 2, UNADVISED: 4}
    assert all(each["curve"][0] == [0, each["before"]] and each["curve"][-1][1] == each["after"] for each in done)
    assert all(each["losses"] for each in done)
    assert "## STS benchmark, bi-encoder" in page.read_text()
    assert advice.main([*words, "--test-rows", "20"]) == 0
    assert "3 of them done already" in capsys.readouterr().err
    assert len((results / "runs.jsonl").read_text().splitlines()) == 3


def test_what_is_asked_for_wrongly_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="there is no folder"):
        advice.main(["--data", str(tmp_path / "nowhere")])
    with pytest.raises(SystemExit):
        advice.main(["--data", str(tmp_path), "--seeds", "0"])
    assert "--seeds is 1 at least" in capsys.readouterr().err


def test_the_page_shows_the_figures_that_were_drawn() -> None:
    assert "![a task](advice/a.svg)" in markdown([stood(RUNS)], "About.", {"a task": "advice/a.svg"}).splitlines()
    assert "![" not in markdown([stood(RUNS)], "About.")
