"""The curve of a training: read from what a checkpoint notes, drawn where there is something to draw with."""

import json
from pathlib import Path
from typing import Any

import pytest

from advisor import curves
from advisor.curves import CURVE, History, draw_curve, history_of

NOTED = [
    {"step": 2, "loss": 1.5, "epoch": 0.1},
    {"step": 4, "loss": 0.5, "epoch": 0.2},
    {"step": 4, "eval_ndcg@10": 0.75, "epoch": 0.2},
]


def checkpoint(run: Path, noted: Any, step: int = 4) -> None:
    folder = run / f"checkpoint-{step}"
    folder.mkdir()
    (folder / "trainer_state.json").write_text(noted if isinstance(noted, str) else json.dumps({"log_history": noted}))


def test_the_last_checkpoint_tells_the_loss_and_the_metric(tmp_path: Path) -> None:
    checkpoint(tmp_path, NOTED[:1], step=2)
    checkpoint(tmp_path, NOTED, step=10)
    assert history_of(tmp_path, "ndcg@10") == History(((2, 1.5), (4, 0.5)), ((4, 0.75),))
    assert history_of(tmp_path, "accuracy") == History(((2, 1.5), (4, 0.5)), ())


@pytest.mark.parametrize("noted", ["", "[]", '{"log_history": 3}', '{"log_history": [{"loss": 1.0}]}', "{}"])
def test_what_cannot_be_read_is_no_history(tmp_path: Path, noted: str) -> None:
    checkpoint(tmp_path, noted)
    assert history_of(tmp_path, "ndcg@10") is None
    assert draw_curve(tmp_path, "ndcg@10", 0.5) is None


def test_without_a_checkpoint_nothing_is_drawn(tmp_path: Path) -> None:
    assert history_of(tmp_path, "ndcg@10") is None
    assert draw_curve(tmp_path, "ndcg@10", 0.5) is None


def test_without_matplotlib_nothing_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint(tmp_path, NOTED)
    monkeypatch.setattr(curves, "find_spec", lambda name: None)
    assert draw_curve(tmp_path, "ndcg@10", 0.5) is None
    assert not (tmp_path / CURVE).exists()


@pytest.mark.parametrize("metric", ["ndcg@10", "never_measured"])
def test_the_curve_is_drawn_into_the_folder_of_the_run(tmp_path: Path, metric: str) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib, which draws the curve, is not installed")
    checkpoint(tmp_path, NOTED)
    assert draw_curve(tmp_path, metric, 0.5) == tmp_path / CURVE
    assert (tmp_path / CURVE).read_text().startswith("<?xml")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["checkpoint-4", CURVE]
