"""The advice benchmark drawn: bars of what each loss comes to, and how it got there. Needs matplotlib."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.advice_tables import ADVISED, Standing

#: Ours, the others, what one gets without advice.
_OURS, _OTHER, _UNADVISED = "#1b6e8c", "#b9c4cb", "#c4703a"


def draw(
    standings: Sequence[Standing], done: Sequence[Mapping[str, Any]], titles: Mapping[str, str], folder: Path
) -> dict[str, Path]:
    """Draws each task into a file of its own; returns the files by the titles of their tasks.

    Args:
        standings: how the tasks ended.
        done: the records of the trainings.
        titles: the title of each task, by its name.
        folder: where the figures go.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for name, title in titles.items():
        found = next((each for each in standings if each.task == title), None)
        if found is None:
            continue
        height = 1.2 + 0.3 * (len(found.contestants) + 1)
        figure, (bars, curves) = pyplot.subplots(1, 2, figsize=(12, max(3.5, height)), layout="constrained")
        _bars(bars, found)
        _curves(curves, found, [each for each in done if each["task"] == name and each["setting"] == ADVISED])
        figure.suptitle(found.task)
        path = folder / f"{name}.svg"
        # Without a date, and with names that do not change, the same results are the same file.
        with matplotlib.rc_context({"svg.hashsalt": name}):
            figure.savefig(path, metadata={"Date": None})
        pyplot.close(figure)
        written[title] = path
    return written


def _bars(axes: Any, standing: Standing) -> None:
    shown = [each for each in standing.contestants if each.twin is None]
    names = [f"{each.loss} ({each.format})" for each in shown]
    colors = [_OURS if each.loss == standing.ours else _OTHER for each in shown]
    if standing.unadvised is not None:
        shown.append(standing.unadvised)
        names.append(f"without advice: {standing.unadvised.loss}")
        colors.append(_UNADVISED)
    means = [each.mean for each in shown]
    axes.barh(names, means, xerr=[each.spread for each in shown], color=colors, capsize=2)
    axes.axvline(standing.before, color="black", linewidth=0.8, linestyle=":")
    low, high = min(*means, standing.before), max(*means, standing.before)
    room = max(0.01, 0.15 * (high - low))
    axes.set_xlim(low - room, high + room)  # differences are small beside what the model knew before
    axes.invert_yaxis()
    axes.set_xlabel(f"{standing.metric}; dotted: before training")


def _curves(axes: Any, standing: Standing, done: Sequence[Mapping[str, Any]]) -> None:
    for contestant in standing.contestants:
        own = [each["curve"] for each in done if each["loss"] == contestant.loss]
        points = min(map(len, own), default=0)
        if points < 2:
            continue
        values = np.mean([[value for _, value in curve[:points]] for curve in own], axis=0)
        # Losses differ in the rows of a step: what they share is the part of the texts that is done.
        part = [step / own[0][-1][0] for step, _ in own[0][:points]]
        ours = contestant.loss == standing.ours
        axes.plot(part, values, color=_OURS if ours else _OTHER, linewidth=2 if ours else 1, zorder=3 if ours else 2)
        axes.annotate(contestant.loss, (part[-1], values[-1]), fontsize=6, xytext=(3, 0), textcoords="offset points")
    axes.set_xlim(0, 1.8)
    axes.set_xticks([0, 0.5, 1], ["0", "half", "all texts"])
    axes.set_ylabel(standing.metric)
