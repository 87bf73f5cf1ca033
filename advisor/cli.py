"""The command line: parse, call one function of the Python API, render.

Results go to standard output, everything else to standard error. Exit status: 0 done; 1 the data does not do what was
asked; 2 the call was wrong or the input cannot be read, with one line that says what to try; 130 interrupted.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from enum import Enum, StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from advisor.catalogue import FAMILIES
from advisor.report import SEVERITIES, Report
from advisor.screen.page import Page, width_of
from advisor.settings import Settings, find, left_out, load
from converters.conversions import MARGIN_FROM, VETO, VETO_THRESHOLD
from converters.errors import InputError, nearest, printable, quote
from converters.mining import SEARCH_MINUTES
from converters.progress import hushed
from converters.sources import ReadingOptions

if TYPE_CHECKING:
    from converters.conversions import Mining

app = typer.Typer(
    name="advisor",
    help="Says which loss fits your training data and why, converts the data, and writes the training script.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Family = Enum("Family", {name: name for name in FAMILIES}, type=str)  # type: ignore[misc]
Severity = Enum("Severity", {name: name for name in SEVERITIES}, type=str)  # type: ignore[misc]


class Color(StrEnum):
    """When there is colour."""

    auto = "auto"
    always = "always"
    never = "never"


class OnErrorChoice(StrEnum):
    """What becomes of rows with a label that cannot be read."""

    stop = "stop"
    skip = "skip"


Dataset = Annotated[str, typer.Argument(help="A file, a folder, a glob or - for standard input.", show_default=False)]
SplitName = Annotated[str | None, typer.Option("--split", help="Use this split only.", show_default=False)]
FormatName = Annotated[
    str | None, typer.Option("--format", help="Overrule the format that would be detected.", show_default=False)
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="NAME=ROLE", help="Overrule the role of a column.", show_default=False),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Encoding of text files, such as cp1252.", show_default=False)
]
Header = Annotated[
    bool | None,
    typer.Option("--header/--no-header", help="Whether the first row of a csv names the columns.", show_default=False),
]
Delimiter = Annotated[str | None, typer.Option("--delimiter", help="Between the cells of a csv.", show_default=False)]
Revision = Annotated[str | None, typer.Option("--revision", help="Of a dataset on the hub.", show_default=False)]
Config = Annotated[
    str | None,
    typer.Option("--config", metavar="FILE", help="Settings, instead of the nearest advisor.toml.", show_default=False),
]
NoConfig = Annotated[bool, typer.Option("--no-config", help="Look for no file of settings.")]
TrainedLoss = Annotated[
    str | None, typer.Option("--loss", help="Train with this loss, not the one recommended first.", show_default=False)
]
TrainedTask = Annotated[
    str | None,
    typer.Option("--task", help="What the model is for, such as retrieval or similarity.", show_default=False),
]
Epochs = Annotated[float | None, typer.Option("--epochs", help="How often to go through the data.", show_default=False)]
Matryoshka = Annotated[bool, typer.Option("--matryoshka", help="Train embeddings that can be cut short.")]
TeacherName = Annotated[
    str | None,
    typer.Option(
        "--teacher",
        metavar="MODEL",
        help="Learn from this model: its guidance, scores or embeddings.",
        show_default=False,
    ),
]
Lora = Annotated[bool, typer.Option("--lora", help="Train an adapter with peft, not the whole model.")]
EvaluationFile = Annotated[
    str | None,
    typer.Option(
        "--eval", metavar="FILE", help="Evaluate on this file, not on a part that is held out.", show_default=False
    ),
]
Codes = Annotated[
    list[str] | None,
    typer.Option(
        "--select", metavar="CODES", help="Show these findings only: codes or their beginnings.", show_default=False
    ),
]
Ignored = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore", metavar="CODES", help="Leave these findings out: codes or their beginnings.", show_default=False
    ),
]
InColor = Annotated[Color, typer.Option("--color", help="Whether there is colour; auto: on a terminal.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No notes on standard error, errors only.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@app.command()
def inspect(
    dataset: Dataset,
    split: SplitName = None,
    format: FormatName = None,
    column: Columns = None,
    encoding: Encoding = None,
    header: Header = None,
    delimiter: Delimiter = None,
    revision: Revision = None,
    task: Annotated[
        str | None,
        typer.Option("--task", help="What the model is for, such as retrieval or similarity.", show_default=False),
    ] = None,
    family: Annotated[Family | None, typer.Option("--family", help="Recommend losses of this family only.")] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="The model to start from: a folder or a name on the hub.", show_default=False),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Go through every row, for exact numbers.")] = False,
    select: Codes = None,
    ignore: Ignored = None,
    fail_on: Annotated[
        Severity | None, typer.Option("--fail-on", help="Exit with 1 if there is a finding this grave.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show everything, not the most important only.")] = False,
    config: Config = None,
    no_config: NoConfig = False,
    color: InColor = Color.auto,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Say what a dataset is, what is wrong with it, which losses fit, and what converting would unlock."""
    import advisor
    from advisor.screen import report_page

    settings = _settings(config, no_config)
    with _hushed(quiet):
        report = advisor.inspect(
            dataset,
            split=split,
            format=format,
            columns=_roles(column),
            task=task,
            family=family.value if family else None,
            model=model,
            full=full or None,
            select=select,
            ignore=ignore,
            config=settings,
            **_reading(encoding, header, delimiter, revision),
        )
    if as_json:
        _print_json(report.to_dict())
    else:
        _show(color, partial(report_page, report, every=every))
    if not quiet and (note := left_out(report)):
        _note(f"note: {note}")
    limit = fail_on.value if fail_on is not None else settings.fail_on
    if limit is not None and _gravest(report) >= SEVERITIES.index(limit):
        raise typer.Exit(1)


#: The options of `convert` that speak of mining.
_MINING = (
    *("model", "num_negatives", "range_min", "range_max", "absolute_margin", "relative_margin", "margin_from"),
    *("max_score", "min_score", "sampling", "seed", "output_scores", "batch_size", "work_dir"),
    *("query_embeddings", "corpus_embeddings", "index", "min_recall", "veto", "veto_threshold"),
    *("corpus", "cross_encoder", "include_positives", "query_prompt", "query_prompt_name", "corpus_prompt"),
    *("corpus_prompt_name", "truncate_dim", "vectors_as", "processes", "device", "search_minutes", "report"),
)


@app.command()
def convert(
    context: typer.Context,
    dataset: Annotated[
        str | None, typer.Argument(help="A file, a folder, a glob or - for standard input.", show_default=False)
    ] = None,
    output_format: Annotated[
        str | None,
        typer.Option(
            "--output-format", metavar="FORMAT", help="The format to convert to; same only mends.", show_default=False
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "-o", "--out", help="OUT.parquet, .jsonl or .csv; without a suffix, a folder.", show_default=False
        ),
    ] = None,
    model: Annotated[
        str, typer.Option("--model", help="A sentence-transformers model, lsa, bm25, or blend:lsa+bm25.")
    ] = "lsa",
    num_negatives: Annotated[
        int, typer.Option("--num-negatives", help="Negatives to mine for each anchor, or of an n-tuple.")
    ] = 3,
    range_min: Annotated[int, typer.Option("--range-min", help="Skip this many of the closest candidates.")] = 0,
    range_max: Annotated[
        int | None, typer.Option("--range-max", help="Look at this many of the closest.", show_default=False)
    ] = None,
    absolute_margin: Annotated[
        float | None,
        typer.Option("--absolute-margin", help="A negative scores at most the positive's score minus this."),
    ] = None,
    relative_margin: Annotated[
        float | None,
        typer.Option("--relative-margin", help="A negative scores lower than the positive by at least this share."),
    ] = None,
    margin_from: Annotated[
        str, typer.Option("--margin-from", help="Of several positives the lowest, mean or highest score.")
    ] = MARGIN_FROM,
    max_score: Annotated[float | None, typer.Option("--max-score", help="Highest score of a negative.")] = None,
    min_score: Annotated[float | None, typer.Option("--min-score", help="Lowest score of a negative.")] = None,
    sampling: Annotated[str, typer.Option("--sampling", help="top or random.")] = "top",
    seed: Annotated[int, typer.Option("--seed", help="Of what is drawn at random.")] = 12,
    threshold: Annotated[
        float | None,
        typer.Option("--threshold", help="From which score (0 to 1) or grade on a pair belongs together."),
    ] = None,
    negative_threshold: Annotated[
        float | None,
        typer.Option("--negative-threshold", help="Up to which it does not; what lies between is left out."),
    ] = None,
    teacher: Annotated[
        str | None,
        typer.Option(
            "--teacher",
            metavar="MODEL",
            help="Scores pairs or embeds texts: a cross-encoder, a bi-encoder, or a .npy or .parquet file.",
            show_default=False,
        ),
    ] = None,
    class_score: Annotated[
        list[str] | None,
        typer.Option(
            "--class-score", metavar="NAME=SCORE", help="A class of pairs as a score, 0 to 1.", show_default=False
        ),
    ] = None,
    pairs_per_text: Annotated[
        int, typer.Option("--pairs-per-text", help="Partners of its class for each text that has a class.")
    ] = 1,
    max_per_class: Annotated[
        int | None,
        typer.Option("--max-per-class", help="Use so many texts of a class at most, at random.", show_default=False),
    ] = None,
    fix: Annotated[
        list[str] | None,
        typer.Option("--fix", metavar="CODES", help="Mend these findings, or all that are safe.", show_default=False),
    ] = None,
    on_error: Annotated[
        OnErrorChoice, typer.Option("--on-error", help="At a label that cannot be read, stop or skip the row.")
    ] = OnErrorChoice.stop,
    rejects: Annotated[
        str | None,
        typer.Option(
            "--rejects", metavar="FILE", help="Keep the rows that are left out, with the reason.", show_default=False
        ),
    ] = None,
    output_scores: Annotated[bool, typer.Option("--output-scores", help="Add the scores of the model.")] = False,
    batch_size: Annotated[int, typer.Option("--batch-size", help="Texts that the model embeds at a time.")] = 32,
    query_embeddings: Annotated[
        str | None,
        typer.Option("--query-embeddings", metavar="FILE", help="Vectors of the anchors: .npy, .parquet or .arrow."),
    ] = None,
    corpus_embeddings: Annotated[
        str | None,
        typer.Option("--corpus-embeddings", metavar="FILE", help="Vectors of the documents, likewise."),
    ] = None,
    index: Annotated[
        str, typer.Option("--index", help="How vectors are searched: auto, flat, ivf, hnsw, or a factory of faiss.")
    ] = "auto",
    min_recall: Annotated[
        float, typer.Option("--min-recall", help="The share of the nearest that an index has to find.")
    ] = 0.95,
    search_minutes: Annotated[
        float, typer.Option("--search-minutes", help="How long an exact search may take before auto takes an index.")
    ] = SEARCH_MINUTES,
    corpus: Annotated[
        str | None,
        typer.Option("--corpus", metavar="FILE", help="Texts to mine from, besides the positives.", show_default=False),
    ] = None,
    cross_encoder: Annotated[
        str | None,
        typer.Option("--cross-encoder", metavar="MODEL", help="Scores what was found anew.", show_default=False),
    ] = None,
    include_positives: Annotated[
        bool, typer.Option("--include-positives", help="Rank the positives too; for n-tuple, without a veto.")
    ] = False,
    query_prompt: Annotated[
        str | None, typer.Option("--query-prompt", help="Text before every anchor.", show_default=False)
    ] = None,
    query_prompt_name: Annotated[
        str | None,
        typer.Option("--query-prompt-name", help="The model's own prompt for anchors, by name.", show_default=False),
    ] = None,
    corpus_prompt: Annotated[
        str | None, typer.Option("--corpus-prompt", help="Text before every document.", show_default=False)
    ] = None,
    corpus_prompt_name: Annotated[
        str | None,
        typer.Option("--corpus-prompt-name", help="The model's own prompt for documents.", show_default=False),
    ] = None,
    truncate_dim: Annotated[
        int | None,
        typer.Option("--truncate-dim", help="Use the first numbers of each vector only.", show_default=False),
    ] = None,
    vectors_as: Annotated[str, typer.Option("--vectors-as", help="float32, or float16 for half the room.")] = "float32",
    processes: Annotated[
        int | None, typer.Option("--processes", help="How many processes run the models.", show_default=False)
    ] = None,
    device: Annotated[
        list[str] | None,
        typer.Option("--device", help="Where models run, such as cuda:1; several times: on each.", show_default=False),
    ] = None,
    report: Annotated[
        str | None,
        typer.Option("--report", metavar="FILE", help="Tell of the mining in a .md or .json.", show_default=False),
    ] = None,
    veto: Annotated[
        str, typer.Option("--veto", help="agreement: not what independent witnesses call relevant; or none.")
    ] = VETO or "none",
    veto_threshold: Annotated[
        float, typer.Option("--veto-threshold", help="From which agreement on, where 1 is chance.")
    ] = VETO_THRESHOLD,
    work_dir: Annotated[
        str | None,
        typer.Option("--work-dir", metavar="DIR", help="Keep the work of mining here, to go on.", show_default=False),
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Keep nothing of the work of mining.")] = False,
    split: SplitName = None,
    format: FormatName = None,
    column: Columns = None,
    encoding: Encoding = None,
    header: Header = None,
    delimiter: Delimiter = None,
    revision: Revision = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what stands at OUT.")] = False,
    layout: Annotated[
        str | None,
        typer.Option("--layout", help="Write for beir, flagembedding or tevatron.", show_default=False),
    ] = None,
    files: Annotated[
        str | None,
        typer.Option(
            "--files", metavar="SUFFIX", help="OUT is a folder of parquet, jsonl.gz, ... files.", show_default=False
        ),
    ] = None,
    shard_size: Annotated[
        str | None,
        typer.Option("--shard-size", metavar="SIZE", help="Cut files of a folder at 500MB, 2GB.", show_default=False),
    ] = None,
    compression: Annotated[
        str | None,
        typer.Option("--compression", help="Inside parquet (default zstd) and arrow (none).", show_default=False),
    ] = None,
    split_off: Annotated[
        float | None,
        typer.Option(
            "--split-off", metavar="SHARE", help="Hold out 0.05 that shares no text with the rest.", show_default=False
        ),
    ] = None,
    push_to_hub: Annotated[
        str | None,
        typer.Option("--push-to-hub", metavar="NAME", help="To the Hugging Face hub, in private.", show_default=False),
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="Let others see what is pushed.")] = False,
    from_manifest: Annotated[
        str | None,
        typer.Option(
            "--from-manifest", metavar="FILE", help="Do what this manifest tells of again.", show_default=False
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and write nothing.")] = False,
    config: Config = None,
    no_config: NoConfig = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Turn a dataset into another format, mining hard negatives where the format wants them."""
    from advisor.conversion import convert_to_file
    from converters.conversions import Mining
    from converters.embedding.processes import spread
    from converters.mining import Selection, check_report
    from converters.mining.cache import bytes_of
    from converters.writing.shape import Shape

    said = _said(context)
    if from_manifest is not None:
        _repeat(from_manifest, said, context.params, quiet=quiet, as_json=as_json)
        return
    if dataset is None:
        raise InputError("nothing says what to convert: name a file, a folder or a dataset on the hub")
    if output_format is None:
        raise InputError("nothing says what to convert to: add --output-format FORMAT, or same to mend only")
    if include_positives and getattr(context.get_parameter_source("veto"), "name", "") == "DEFAULT":
        veto = "none"  # it would leave out what is to be ranked
    run_on, use_multi_process = spread(device or [], processes)
    mining = Mining(
        model=model,
        selection=Selection(
            range_min=range_min,
            range_max=range_max,
            max_score=max_score,
            min_score=min_score,
            absolute_margin=absolute_margin,
            relative_margin=relative_margin,
            margin_from=margin_from,  # type: ignore[arg-type]  # checked by Selection, with a message of its own
            num_negatives=num_negatives,
            sampling_strategy=sampling,  # type: ignore[arg-type]  # checked by Selection, with a message of its own
            veto=None if veto == "none" else veto,  # type: ignore[arg-type]  # likewise
            veto_threshold=veto_threshold,
            seed=seed,
        ),
        output_scores=output_scores,
        batch_size=batch_size,
        query_embeddings=query_embeddings,
        corpus_embeddings=corpus_embeddings,
        index=index,
        min_recall=min_recall,
        work_dir=work_dir,
        cache=not no_cache,
        corpus=corpus,
        cross_encoder=cross_encoder,
        include_positives=include_positives,
        query_prompt=query_prompt,
        query_prompt_name=query_prompt_name,
        corpus_prompt=corpus_prompt,
        corpus_prompt_name=corpus_prompt_name,
        truncate_dim=truncate_dim,
        vectors_as=vectors_as,  # type: ignore[arg-type]  # checked by the miner
        use_multi_process=use_multi_process,
        device=run_on,
        search_minutes=search_minutes,
        report=report,
    )
    if report is not None:
        check_report(report, overwrite=overwrite)
    if work_dir is not None and no_cache:
        raise InputError("--work-dir and --no-cache exclude one another: leave one out")
    if out == "-":
        raise InputError("a conversion writes its manifest beside its output, so -o wants a file or a folder, not -")
    if out is None and push_to_hub is None and not dry_run:
        raise InputError("nothing says where to write: add -o OUT, such as -o train.parquet, or --dry-run")
    if public and push_to_hub is None:
        raise InputError("--public is for what is pushed: add --push-to-hub NAME, or leave it out")
    said = [name for name in _MINING if name in said]
    told = _told(config, no_config, dataset, split, format, column, _reading(encoding, header, delimiter, revision))
    with _hushed(quiet), _told_what_is_kept():
        outcome = convert_to_file(
            dataset,
            out,
            output_format=output_format,
            mining=mining,
            seed=seed,
            threshold=threshold,
            negative_threshold=negative_threshold,
            teacher=teacher,
            class_scores=_class_scores(class_score),
            pairs_per_text=pairs_per_text,
            max_per_class=max_per_class,
            num_negatives=num_negatives if "num_negatives" in said else None,
            fix=fix or (),
            on_error=on_error.value,
            rejects=rejects,
            overwrite=overwrite,
            dry_run=dry_run,
            shape=Shape(
                layout=layout,
                files=files,
                shard_size=bytes_of(shard_size) if shard_size is not None else None,
                compression=compression,
                split_off=split_off,
                seed=seed,
            ),
            push_to_hub=push_to_hub,
            public=public,
            note=_nothing if quiet else _note,
            **told,
        )
    used = {"seed"} if outcome.way.samples or split_off is not None else set()
    of_classes = outcome.report.format == "single-class"
    if output_format.startswith("n-tuple") or (of_classes and output_format == "labeled-list"):
        used.add("num_negatives")
    if outcome.way.needs is not None:
        used |= {"batch_size", "work_dir", "device"}
    idle = [name for name in said if name not in used]
    if idle and not quiet and not outcome.way.mines:
        options = ", ".join("--" + name.replace("_", "-") for name in idle)
        verb = "changes" if len(idle) == 1 else "change"
        _note(f"note: nothing is mined on the way to {output_format}, so {options} {verb} nothing")
    if outcome.way.mines and not quiet:
        for line in _without_effect(said, mining):
            _note(f"note: {line}")
    steps = outcome.way.steps
    if not quiet and not any("--threshold" in step.summary or step.source == "collection" for step in steps):
        for option, value in (("--threshold", threshold), ("--negative-threshold", negative_threshold)):
            if value is not None:
                _note(f"note: no label is cut on the way to {output_format}, so {option} changes nothing")
    if class_score and outcome.report.format != "pair-class" and not quiet:
        _note("note: the data has no classes of pairs, so --class-score changes nothing")
    if (pairs_per_text != 1 or max_per_class is not None) and not of_classes and not quiet:
        _note("note: the texts have no class, so --pairs-per-text and --max-per-class change nothing")
    if as_json:
        _print_json(outcome.to_dict())
    else:
        print("\n".join(map(printable, outcome.lines())))  # noqa: T201


#: What may be said beside `--from-manifest`: where things are, and nothing that changes the rows.
_BESIDE_A_MANIFEST = frozenset(
    {"dataset", "out", "rejects", "overwrite", "dry_run", "work_dir", "no_cache", "config", "no_config", "quiet"}
    | {"as_json", "push_to_hub", "public", "from_manifest"}
)


def _without_effect(said: list[str], mining: "Mining") -> Iterator[str]:
    """What was said about mining that other options leave without a meaning."""
    selection = mining.selection
    if "veto_threshold" in said and selection.veto is None:
        yield "there is no veto, so --veto-threshold changes nothing"
    if "margin_from" in said and selection.absolute_margin is None and selection.relative_margin is None:
        yield "there is no margin, so --margin-from changes nothing: add --relative-margin or --absolute-margin"
    if "model" in said and mining.query_embeddings is not None and mining.corpus_embeddings is not None:
        yield "all embeddings are given, so --model changes nothing"


def _said(context: typer.Context) -> list[str]:
    """The parameters that stand on the command line."""
    return [name for name in context.params if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"]


def _repeat(manifest: str, said: list[str], given: dict[str, Any], *, quiet: bool, as_json: bool) -> None:
    """Does again what a manifest tells of."""
    from advisor.conversion import convert_to_file
    from advisor.repeating import read_manifest
    from converters.writing import manifest_path

    if other := [name for name in said if name not in _BESIDE_A_MANIFEST]:
        options = ", ".join("--" + name.replace("_", "-") for name in other)
        raise InputError(f"--from-manifest repeats what was done, so {options} cannot be said beside it: leave one out")
    if given["out"] == "-":
        raise InputError("a conversion writes its manifest beside its output, so -o wants a file or a folder, not -")
    again = read_manifest(manifest, given["dataset"])
    mining = again.arguments.get("mining")
    if mining is not None:
        again.arguments["mining"] = replace(mining, work_dir=given["work_dir"], cache=not given["no_cache"])
    out = given["out"] or again.out
    with _hushed(quiet), _told_what_is_kept():
        try:
            outcome = convert_to_file(
                again.dataset,
                out,
                rejects=given["rejects"],
                overwrite=given["overwrite"],
                dry_run=given["dry_run"],
                push_to_hub=given["push_to_hub"],
                public=given["public"],
                note=_nothing if quiet else _note,
                **again.arguments,
            )
        except (TypeError, AttributeError) as error:  # a value that somebody has edited
            raise InputError(
                f"the manifest {quote(manifest, 200)} holds a value that is none: {quote(error)}"
            ) from error
    if not quiet and not given["dry_run"]:
        _note(f"note: {again.verdict(manifest_path(out))}")
    if as_json:
        _print_json(outcome.to_dict())
    else:
        print("\n".join(map(printable, outcome.lines())))  # noqa: T201


@app.command()
def script(
    dataset: Dataset,
    family: Annotated[
        Family | None, typer.Option("--family", help="The kind of model to train.", show_default=False)
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="The model to start from: a hub name or a path.", show_default=False)
    ] = None,
    out: Annotated[str, typer.Option("-o", "--out", help="The script to write; - for standard output.")] = "train.py",
    output_dir: Annotated[
        str | None, typer.Option("--output-dir", help="Where the script puts the model.", show_default=False)
    ] = None,
    style: Annotated[
        str, typer.Option("--style", help="trainer: with sentence-transformers' trainers; plain: a loop in PyTorch.")
    ] = "trainer",
    loss: TrainedLoss = None,
    task: TrainedTask = None,
    epochs: Epochs = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the held-out split and of training.")] = 12,
    max_length: Annotated[
        int | None, typer.Option("--max-length", help="Cut texts off after this many tokens.", show_default=False)
    ] = None,
    matryoshka: Matryoshka = False,
    teacher: TeacherName = None,
    lora: Lora = False,
    evaluation: EvaluationFile = None,
    split: SplitName = None,
    format: FormatName = None,
    column: Columns = None,
    encoding: Encoding = None,
    header: Header = None,
    delimiter: Delimiter = None,
    revision: Revision = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what stands at OUT.")] = False,
    config: Config = None,
    no_config: NoConfig = False,
    quiet: Quiet = False,
) -> None:
    """Write a training script with the recommended loss, its settings and a fitting evaluator."""
    from advisor.script import report_for, save_script, write_script

    settings = _settings(config, no_config)
    kind = family.value if family else settings.family
    if kind is None:
        raise InputError(f"nothing says what kind of model to train: add --family, one of {', '.join(FAMILIES)}")
    if (start := model or settings.model) is None:
        raise InputError("nothing says which model to start from: add --model, a name on the hub or a path")
    told = _told(config, no_config, dataset, split, format, column, _reading(encoding, header, delimiter, revision))
    say = _nothing if quiet else lambda line: _note(f"note: {line}")
    with _hushed(quiet):
        report = report_for(dataset, model=start, task=task or settings.task, **told)
    code = write_script(
        report,
        family=kind,
        model=start,
        style=style,
        loss=loss,
        output_dir=output_dir,
        seed=seed,
        epochs=epochs,
        max_length=max_length,
        matryoshka=matryoshka,
        teacher=teacher,
        lora=lora,
        evaluation=evaluation,
        note=say,
        split=told.get("split"),
        **{name: value for name, value in told.items() if name not in ("split", "format", "columns")},
    )
    if out == "-":
        print(code, end="")  # noqa: T201
        return
    save_script(code, out, overwrite=overwrite)
    if not quiet:
        first = code.splitlines()[0].removeprefix('"""Trains ').rstrip(".")
        _note(f"{out}: trains {first}; run it with: python {out}")


@app.command()
def train(
    dataset: Dataset,
    out: Annotated[
        str, typer.Option("-o", "--out", metavar="DIR", help="The folder of the run: data, script, checkpoints, model.")
    ],
    family: Annotated[
        Family | None, typer.Option("--family", help="The kind of model to train.", show_default=False)
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="The model to start from: a hub name or a path.", show_default=False)
    ] = None,
    loss: TrainedLoss = None,
    task: TrainedTask = None,
    epochs: Epochs = None,
    batch_size: Annotated[
        int | None, typer.Option("--batch-size", help="Rows of a step, of all devices.", show_default=False)
    ] = None,
    max_steps: Annotated[
        int | None, typer.Option("--max-steps", help="Stop after so many steps.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the held-out part and of training.")] = 12,
    max_length: Annotated[
        int | None, typer.Option("--max-length", help="Cut texts off after this many tokens.", show_default=False)
    ] = None,
    matryoshka: Matryoshka = False,
    teacher: TeacherName = None,
    lora: Lora = False,
    evaluation: EvaluationFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do what the data needs first without asking.")] = False,
    split: SplitName = None,
    format: FormatName = None,
    column: Columns = None,
    encoding: Encoding = None,
    header: Header = None,
    delimiter: Delimiter = None,
    revision: Revision = None,
    config: Config = None,
    no_config: NoConfig = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Train a model: prepare the data where it needs it, run the script that would be written, measure both ends."""
    from advisor.training import train as trained_on

    settings = _settings(config, no_config)
    kind = family.value if family else settings.family
    if kind is None:
        raise InputError(f"nothing says what kind of model to train: add --family, one of {', '.join(FAMILIES)}")
    if (start := model or settings.model) is None:
        raise InputError("nothing says which model to start from: add --model, a name on the hub or a path")
    with _told_what_is_kept(), _hushed(quiet):
        done = trained_on(
            dataset,
            family=kind,
            model=start,
            output_dir=out,
            loss=loss,
            task=task or settings.task,
            agreed=(lambda plan: True) if yes else _agreed,
            note=_nothing if quiet else lambda line: _note(printable(line)),
            batch_size=batch_size,
            max_steps=max_steps,
            epochs=epochs,
            seed=seed,
            max_length=max_length,
            matryoshka=matryoshka,
            teacher=teacher,
            lora=lora,
            evaluation=evaluation,
            said=_told(
                config, no_config, dataset, split, format, column, _reading(encoding, header, delimiter, revision)
            ),
        )
    if as_json:
        _print_json(done.to_dict())
    else:
        print(printable(done.line))  # noqa: T201


def _agreed(plan: list[str]) -> bool:
    """Shows what the data needs first and asks for a yes; where nobody can be asked, it is a no with the way out."""
    _note("Plan:")
    for number, step in enumerate(plan, start=1):
        _note(f"  {number}. {printable(step)}")
    if not sys.stdin.isatty():
        raise InputError("the data has to be prepared first, as the plan says: add --yes to have that done")
    return typer.confirm("Go on?", err=True)


@app.command()
def check(
    dataset: Dataset,
    loss: Annotated[str, typer.Option("--loss", help="The loss to check.", show_default=False)],
    family: Annotated[
        Family | None, typer.Option("--family", help="Where several families have a loss of that name.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="The model to train: a folder or a name on the hub.", show_default=False),
    ] = None,
    split: SplitName = None,
    format: FormatName = None,
    column: Columns = None,
    encoding: Encoding = None,
    header: Header = None,
    delimiter: Delimiter = None,
    revision: Revision = None,
    config: Config = None,
    no_config: NoConfig = False,
    color: InColor = Color.auto,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Say whether a loss can train on a dataset as it stands; exit with 1 if it cannot."""
    import advisor
    from advisor.screen import verdict_page

    told = _told(config, no_config, dataset, split, format, column, _reading(encoding, header, delimiter, revision))
    with _hushed(quiet):
        report = advisor.inspect(dataset, **told)
    verdict = advisor.check(report, loss, family.value if family else None, model=model)
    if as_json:
        _print_json(verdict.to_dict())
    else:
        _show(color, partial(verdict_page, verdict))
    if not verdict.fits:
        raise typer.Exit(1)


@app.command()
def losses(
    name: Annotated[str | None, typer.Argument(help="A loss to explain.", show_default=False)] = None,
    family: Annotated[Family | None, typer.Option("--family", help="Of this family only.")] = None,
    color: InColor = Color.auto,
    as_json: AsJson = False,
) -> None:
    """List the losses of the catalogue, or explain one."""
    from advisor.screen import loss_page, losses_page, losses_table

    found = _entries(name, family.value if family else None)
    if as_json:
        from advisor.catalogue.docstrings import told_of

        about = [told_of(each) if name is not None else None for each in found]
        shown = zip(found, about, strict=True)
        _print_json({"losses": [each.to_dict() | (said.to_dict() if said else {}) for each, said in shown]})
    elif name is not None:
        for each in found:
            _show(color, partial(loss_page, each))
    elif sys.stdout.isatty():
        _show(color, partial(losses_page, found))
    else:  # for the next command in a pipe
        print(losses_table(found))  # noqa: T201


@app.command()
def rule(
    code: Annotated[str | None, typer.Argument(help="The code of a finding to explain.", show_default=False)] = None,
    color: InColor = Color.auto,
    as_json: AsJson = False,
) -> None:
    """List what inspect can find, or explain one finding."""
    from advisor.explanations import explain, explained
    from advisor.screen import rule_page, rules_page

    if code is None:
        everything = explained()
        if as_json:
            _print_json({"rules": [each.to_dict() for each in everything]})
        else:
            _show(color, partial(rules_page, everything))
        return
    one = explain(code)
    if as_json:
        _print_json(one.to_dict())
    else:
        _show(color, partial(rule_page, one))


@app.command()
def schema() -> None:
    """Print the JSON Schema of what inspect prints with --json."""
    from advisor.report_schema import published

    print(published(), end="")  # noqa: T201


cache = typer.Typer(help="See and remove what mining keeps of its work.", no_args_is_help=True)
app.add_typer(cache, name="cache")

WorkFolder = Annotated[
    str | None,
    typer.Option("--work-dir", metavar="DIR", help="This folder, instead of the usual one.", show_default=False),
]


@cache.command("list")
def cache_list(work_dir: WorkFolder = None, as_json: AsJson = False) -> None:
    """List what is kept: which stage, how large, how old, when last used; open is what can still grow."""
    from advisor.cache import listed
    from converters.mining.cache import kept_in

    folder = _work_folder(work_dir)
    kept = kept_in(folder)
    if as_json:
        _print_json({"folder": str(folder), "kept": [each.to_dict() for each in kept]})
    else:
        print("\n".join(listed(folder, kept)))  # noqa: T201


@cache.command("size")
def cache_size(work_dir: WorkFolder = None, as_json: AsJson = False) -> None:
    """Say how much is kept, and where."""
    from advisor.cache import summed
    from converters.mining.cache import kept_in

    folder = _work_folder(work_dir)
    kept = kept_in(folder)
    if as_json:
        _print_json({"folder": str(folder), "size": sum(each.size for each in kept), "stages": len(kept)})
    else:
        print(summed(folder, kept))  # noqa: T201


@cache.command("prune")
def cache_prune(
    work_dir: WorkFolder = None,
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", metavar="TIME", help="What was not used for 12h, 30d, 2w.", show_default=False),
    ] = None,
    max_size: Annotated[
        str | None,
        typer.Option(
            "--max-size", metavar="SIZE", help="What was used longest ago, down to 500MB, 10GB.", show_default=False
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove what is kept; what a run is using stays."""
    from advisor.cache import summed
    from converters.mining.cache import bytes_of, prune, seconds_of

    folder = _work_folder(work_dir)
    removed, busy = prune(
        folder,
        older_than=None if older_than is None else seconds_of(older_than),
        max_size=None if max_size is None else bytes_of(max_size),
        everything=everything,
    )
    if as_json:
        shown = {"removed": [each.to_dict() for each in removed], "in_use": [each.to_dict() for each in busy]}
        _print_json({"folder": str(folder), **shown})
        return
    print(f"removed from {summed(folder, removed)}")  # noqa: T201
    for each in busy:
        _note(f"note: {each.name} is in use and stays")


def _work_folder(given: str | None) -> Path:
    """The folder that was named, or the usual one."""
    from converters.mining import default_folder

    if given is None:
        return default_folder()
    if not (folder := Path(given).expanduser()).is_dir():
        raise InputError(f"there is no folder {quote(given, 200)}: name the one that was given to convert")
    return folder


#: The status of a program that Ctrl-C ended.
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits with its status."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its status: 0 done, 1 the data does not do, 2 the call was wrong."""
    try:
        status = app(args=list(arguments) if arguments is not None else None, standalone_mode=False)
        if status == INTERRUPTED:  # typer makes an exit of it, and says nothing
            return _interrupted()
        return status if isinstance(status, int) else 0
    except InputError as error:
        _note(f"error: {error}")
        return 2
    except typer.Abort:
        return _interrupted()
    except KeyboardInterrupt:
        return _interrupted()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            _note(f"error: the output cannot be written: {error.strerror or error}")
            return 2
        sys.stderr.close()
        return 0
    except Exception as error:
        message = getattr(error, "format_message", None)  # what typer has to say about the call
        if message is None:
            raise
        context = getattr(error, "ctx", None)
        said = " ".join(message().split()) or "no command is given"
        _note(f"error: {said} (see {context.command_path if context else 'advisor'} --help)")
        return 2


def _interrupted() -> int:
    _note("interrupted: nothing was written")
    return INTERRUPTED


def _show(color: Color, page: Callable[..., Page]) -> None:
    """Prints a page, as wide as the console and in colour where there is any."""
    if color is Color.always:
        console = Console(force_terminal=True, color_system="standard", no_color=False)
    elif color is Color.never:
        console = Console(color_system=None, no_color=True)
    else:
        console = Console()
    if not (sys.stdout.encoding or "utf-8").lower().startswith("utf"):  # what cannot be written is shown by its code
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    page(width=width_of(console)).show(console)


def _note(line: str) -> None:
    """Says something on standard error."""
    print(line, file=sys.stderr)  # noqa: T201


def _nothing(line: str) -> None:
    """Says nothing."""


def _hushed(quiet: bool) -> AbstractContextManager[None]:
    """Keeps progress off standard error where silence is asked for."""
    return hushed() if quiet else nullcontext()


@contextmanager
def _told_what_is_kept() -> Iterator[None]:
    """Says what is kept of the work when it is interrupted."""
    try:
        yield
    except KeyboardInterrupt as stop:
        for note in getattr(stop, "__notes__", ()):
            _note(f"note: {note}")
        raise


def _print_json(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)
    print(text)  # noqa: T201


def _settings(config: str | None, no_config: bool) -> Settings:
    """What the file of settings says; nothing where there is none."""
    if config is not None and no_config:
        raise InputError("--config and --no-config exclude one another: leave one out")
    file = config if config is not None else None if no_config else find()
    return Settings() if file is None else load(file)


def _told(
    config: str | None,
    no_config: bool,
    dataset: str,
    split: str | None,
    format: str | None,
    columns: list[str] | None,
    reading: ReadingOptions,
) -> dict[str, Any]:
    """What was said about the dataset and how to read it, on the command line or else in the settings."""
    settings = _settings(config, no_config)
    return settings.completed(dataset, split=split, format=format, columns=_roles(columns), **reading)


def _reading(encoding: str | None, header: bool | None, delimiter: str | None, revision: str | None) -> ReadingOptions:
    """What was said about reading the files; nothing that was not said."""
    said = {"encoding": encoding, "has_header": header, "delimiter": delimiter, "revision": revision}
    return {name: value for name, value in said.items() if value is not None}  # type: ignore[return-value]


def _roles(columns: list[str] | None) -> dict[str, str]:
    roles: dict[str, str] = {}
    for each in columns or []:
        name, equals, role = each.rpartition("=")
        if not equals or not name:
            raise InputError(f"--column wants NAME=ROLE, such as --column question=anchor, not {quote(each)}")
        if roles.get(name, role) != role:
            raise InputError(f"--column gives {quote(name)} two roles, {quote(roles[name])} and {quote(role)}")
        roles[name] = role
    return roles


def _class_scores(given: list[str] | None) -> dict[str, float] | None:
    scores: dict[str, float] = {}
    for each in given or []:
        if "=" in each.rpartition("=")[0] and "," in each:
            raise InputError(f"--class-score names one class at a time: say it again for each, not {quote(each)}")
        name, equals, score = each.rpartition("=")
        try:
            scores[name.strip()] = float(score)
        except ValueError:
            name = ""
        if not equals or not name.strip():
            raise InputError(f"--class-score wants NAME=SCORE, such as --class-score entailment=1, not {quote(each)}")
    return scores or None


def _entries(name: str | None, family: str | None) -> list[Any]:
    from advisor.catalogue import LOSSES, PARTS, Loss, Part

    entries: list[Loss | Part] = [*LOSSES.values(), *PARTS.values()]
    found = [each for each in entries if name in (None, each.name) and family in (None, each.family)]
    if not found:
        known = sorted({each.name for each in entries if family in (None, each.family)})
        raise InputError(f"there is no loss {quote(name)}: {nearest(str(name), known)}")
    return found


def _gravest(report: Report) -> int:
    return max((SEVERITIES.index(each.severity) for each in report.findings), default=-1)


if __name__ == "__main__":
    main()
