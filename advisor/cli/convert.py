"""`advisor convert`: another format, with mined negatives where it wants them."""

import typer

from advisor.cli import conversion_options, mining_options, options
from advisor.cli.idle import without_effect
from advisor.cli.messages import print_json, silent, tell, tell_nothing, telling_what_is_kept
from advisor.cli.repeat import repeat
from advisor.cli.said import dataset_keywords, reading_of, said_by
from converters.conversions import MARGIN_FROM, VETO, VETO_THRESHOLD
from converters.errors import InputError, printable, quote
from converters.mining import SEARCH_MINUTES


def convert(
    context: typer.Context,
    dataset: conversion_options.Dataset = None,
    output_format: conversion_options.OutputFormat = None,
    out: conversion_options.Out = None,
    model: mining_options.Model = "lsa",
    num_negatives: conversion_options.NumNegatives = 3,
    range_min: mining_options.RangeMin = 0,
    range_max: mining_options.RangeMax = None,
    absolute_margin: mining_options.AbsoluteMargin = None,
    relative_margin: mining_options.RelativeMargin = None,
    margin_from: mining_options.MarginFrom = MARGIN_FROM,
    max_score: mining_options.MaxScore = None,
    min_score: mining_options.MinScore = None,
    sampling: mining_options.Sampling = "top",
    seed: conversion_options.Seed = 12,
    threshold: conversion_options.Threshold = None,
    negative_threshold: conversion_options.NegativeThreshold = None,
    teacher: conversion_options.Teacher = None,
    class_score: conversion_options.ClassScore = None,
    pairs_per_text: conversion_options.PairsPerText = 1,
    max_per_class: conversion_options.MaxPerClass = None,
    mine: conversion_options.Mine = False,
    fix: conversion_options.Fix = None,
    on_error: conversion_options.OnError = conversion_options.OnErrorChoice.stop,
    rejects: conversion_options.Rejects = None,
    output_scores: mining_options.OutputScores = False,
    batch_size: mining_options.BatchSize = 32,
    query_embeddings: mining_options.QueryEmbeddings = None,
    corpus_embeddings: mining_options.CorpusEmbeddings = None,
    index: mining_options.Index = "auto",
    min_recall: mining_options.MinRecall = 0.95,
    search_minutes: mining_options.SearchMinutes = SEARCH_MINUTES,
    corpus: mining_options.Corpus = None,
    cross_encoder: mining_options.CrossEncoder = None,
    include_positives: mining_options.IncludePositives = False,
    query_prompt: mining_options.QueryPrompt = None,
    query_prompt_name: mining_options.QueryPromptName = None,
    corpus_prompt: mining_options.CorpusPrompt = None,
    corpus_prompt_name: mining_options.CorpusPromptName = None,
    truncate_dim: mining_options.TruncateDim = None,
    vectors_as: mining_options.VectorsAs = "float32",
    processes: mining_options.Processes = None,
    device: mining_options.Device = None,
    report: mining_options.Report = None,
    veto: mining_options.Veto = VETO or "none",
    veto_threshold: mining_options.VetoThreshold = VETO_THRESHOLD,
    work_dir: mining_options.WorkDir = None,
    no_cache: mining_options.NoCache = False,
    split: options.Split = None,
    format: options.Format = None,
    column: options.Columns = None,
    encoding: options.Encoding = None,
    header: options.Header = None,
    delimiter: options.Delimiter = None,
    revision: options.Revision = None,
    overwrite: options.Overwrite = False,
    layout: conversion_options.Layout = None,
    files: conversion_options.Files = None,
    shard_size: conversion_options.ShardSize = None,
    compression: conversion_options.Compression = None,
    split_off: conversion_options.SplitOff = None,
    push_to_hub: conversion_options.PushToHub = None,
    public: conversion_options.Public = False,
    from_manifest: conversion_options.FromManifest = None,
    dry_run: conversion_options.DryRun = False,
    config: options.Config = None,
    no_config: options.NoConfig = False,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Turn a dataset into another format, mining hard negatives where the format wants them."""
    from advisor.conversion import convert_to_file
    from converters.conversions import Mining
    from converters.embedding.processes import spread
    from converters.mining import Selection, check_report
    from converters.mining.cache import bytes_of
    from converters.writing.shape import Shape

    said = said_by(context)
    if from_manifest is not None:
        repeat(from_manifest, said, context.params, quiet=quiet, as_json=as_json)
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
    told = dataset_keywords(
        config, no_config, dataset, split, format, column, reading_of(encoding, header, delimiter, revision)
    )
    with silent(quiet), telling_what_is_kept():
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
            mine=mine,
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
            note=tell_nothing if quiet else tell,
            **told,
        )
    if not quiet:
        for line in without_effect(said, context.params, mining, outcome):
            tell(f"note: {line}")
    if as_json:
        print_json(outcome.to_dict())
    else:
        print("\n".join(map(printable, outcome.lines())))  # noqa: T201


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
