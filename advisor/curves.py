"""The curve of a training: the loss and the metric over its steps, drawn into the folder of the run."""

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.checkpoints import last_checkpoint
from converters.writing.whole import whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: What the file is called.
CURVE = "curve.svg"

#: Colours that can be told apart on paper and by those who see no red.
_METRIC, _START, _LOSS, _GRID = "#1b6e8c", "#b0561f", "#6b7780", "#dfe4e8"

Points = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class History:
    """What a training went through.

    Attributes:
        losses: the loss, with the step.
        measured: the metric on the held-out part, with the step.
    """

    losses: Points
    measured: Points


def history_of(folder: Path, metric: str) -> History | None:
    """What the last checkpoint of a run has noted; None where there is none that can be read.

    Args:
        folder: the folder of the run.
        metric: the metric, as the evaluator names it.
    """
    checkpoint = last_checkpoint(folder)
    if checkpoint is None:
        return None
    try:
        state = json.loads((Path(checkpoint) / "trainer_state.json").read_text(encoding="utf-8"))
        noted = [each for each in state["log_history"] if isinstance(each, dict)]
        return History(_points(noted, "loss"), _points(noted, f"eval_{metric}"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _points(noted: list[dict[str, Any]], name: str) -> Points:
    return tuple((int(each["step"]), float(each[name])) for each in noted if name in each)


def draw_curve(folder: Path, metric: str, before: float, *, title: str = "") -> Path | None:
    """Draws the curve of a run into its folder; None where there is nothing to draw, or nothing to draw with.

    Args:
        folder: the folder of the run.
        metric: the metric, as the evaluator names it.
        before: the metric before training.
        title: what stands above it.
    """
    found = history_of(folder, metric) if find_spec("matplotlib") is not None else None
    if found is None or not (found.losses or found.measured):
        return None
    import matplotlib

    path = folder / CURVE
    # Without a date, and with names that do not change, the same history is the same file.
    with whole_file(path) as temporary, matplotlib.rc_context({"svg.hashsalt": CURVE, "svg.fonttype": "none"}):
        figure_of(found, metric, before, title).savefig(temporary, format="svg", metadata={"Date": None})
    return path


def figure_of(history: History, metric: str, before: float, title: str = "") -> "Figure":
    """The figure: the metric with where it started above, the loss below, over the same steps.

    Args:
        history: what is drawn.
        metric: the metric's name.
        before: the metric before training.
        title: what stands above it.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(7, 5), layout="constrained")
    quality, loss = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    measured = tuple(each for each in history.measured if each[0] > 0)
    _draw_quality(quality, measured, metric, before)
    if history.losses:
        loss.plot(*zip(*history.losses, strict=True), color=_LOSS, linewidth=1, marker=".", markersize=4)
    loss.set_ylabel("loss")
    loss.set_xlabel("step")
    loss.set_xlim(0, max(each[0] for each in (*history.losses, *measured)) * 1.02)
    loss.xaxis.set_major_locator(MaxNLocator(integer=True))
    for axes in (quality, loss):
        axes.grid(color=_GRID, linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(title, fontsize=11)
    return figure


def _draw_quality(axes: Any, measured: Points, metric: str, before: float) -> None:
    """The metric over the steps; where training started, and the best of it, are marked with their numbers."""
    steps, values = zip((0, before), *measured, strict=True)
    axes.plot(steps, values, color=_METRIC, linewidth=2, marker="o", markersize=4)
    axes.axhline(before, color=_START, linestyle="--", linewidth=1)
    axes.set_ylabel(f"{metric}, held out")
    best = max(range(len(values)), key=values.__getitem__)
    rises = best > 0
    # Beside the start there is the curve: the number goes to where the curve is not.
    axes.annotate(
        f"before training: {before:.4f}",
        (1, before),
        xycoords=axes.get_yaxis_transform(),
        xytext=(-2, -4 if rises else 4),
        textcoords="offset points",
        ha="right",
        va="top" if rises else "bottom",
        color=_START,
    )
    if rises:
        axes.plot(steps[best], values[best], color=_METRIC, marker="o", markersize=8)
        axes.annotate(
            f"best: {values[best]:.4f}",
            (steps[best], values[best]),
            xytext=(0, 8),
            textcoords="offset points",
            ha="right" if best > len(values) // 2 else "left",
            color=_METRIC,
        )
    axes.margins(y=0.2)
