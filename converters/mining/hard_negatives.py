"""`mine_hard_negatives`, with the arguments of sentence-transformers' function of that name."""

import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from converters.errors import InputError, nearest, quote
from converters.fingerprints import as_dataset
from converters.mining.assemble import OUTPUT_FORMATS, assemble
from converters.mining.columns import choose_columns, open_columns, open_corpus
from converters.mining.mined import Mined
from converters.mining.pipeline import mine
from converters.mining.ranker import rankers_of
from converters.mining.report_file import check_report, write_report
from converters.mining.retrievers import VectorsAs
from converters.mining.rows import kept_rows
from converters.mining.search import SEARCH_MINUTES
from converters.mining.selection import VETO_THRESHOLD, Sampling, Selection, VetoBy
from converters.mining.texts import as_chunks, as_texts
from converters.mining.workspace import Workspace

if TYPE_CHECKING:
    import datasets


def mine_hard_negatives(
    dataset: Any,
    model: Any,
    anchor_column_name: str | None = None,
    positive_column_name: str | None = None,
    corpus: Any = None,
    cross_encoder: Any = None,
    range_min: int = 0,
    range_max: int | None = None,
    max_score: float | None = None,
    min_score: float | None = None,
    absolute_margin: float | None = None,
    relative_margin: float | None = None,
    num_negatives: int = 3,
    sampling_strategy: Sampling = "top",
    query_prompt_name: str | None = None,
    query_prompt: str | None = None,
    corpus_prompt_name: str | None = None,
    corpus_prompt: str | None = None,
    include_positives: bool = False,
    output_format: str = "triplet",
    output_scores: bool = False,
    batch_size: int = 32,
    faiss_batch_size: int = 16384,
    use_faiss: bool = True,
    use_multi_process: bool | Sequence[str] = False,
    verbose: bool = True,
    cache_folder: str | os.PathLike[str] | None = None,
    as_triplets: bool | None = None,
    margin: float | None = None,
    *,
    seed: int = 0,
    veto: VetoBy | None = None,
    veto_threshold: float = VETO_THRESHOLD,
    query_embeddings: Any = None,
    corpus_embeddings: Any = None,
    truncate_dim: int | None = None,
    vectors_as: VectorsAs = "float32",
    index: str = "auto",
    min_recall: float = 0.95,
    search_minutes: float = SEARCH_MINUTES,
    device: str | None = None,
    report: str | os.PathLike[str] | None = None,
) -> "datasets.Dataset":
    """Adds hard negatives to a dataset of (anchor, positive) pairs.

    A negative is never a known positive of its anchor and never the anchor's own text; texts that differ only in
    case, white space and Unicode composition count as the same there. Rows of one anchor are one query with several
    positives. The same call on the same data always gives the same rows.

    Similarity is the cosine throughout, for the search, the margins and the scores, also where the model itself
    names another one.

    Args:
        dataset: a `datasets.Dataset`, a pandas DataFrame, an Arrow table, a dict of columns, or the path of a file.
        model: a sentence-transformers model, its name or path, an object with `encode_query` and `encode_document`
            (or `encode`); `"lsa"` or `"bm25"`, which need no download; a blend of these, as a list or as a name such as
            `"blend:lsa+bm25"`; None where all embeddings are given.
        anchor_column_name: by default the first column that is not the positive's.
        positive_column_name: by default the first column that is not the anchor's.
        corpus: texts to mine from, besides the positives; or a file, a dataset, a frame or a dict of columns with one
            column of texts, or one called `text`. By default, the positives alone.
        cross_encoder: one of sentence-transformers, its name or path, or an object with `predict`: scores the pairs and
            the candidates anew; filters, sampling and output see its scores.
        range_min: the lowest rank that may be taken; ranks count from 0, among the documents that are no positives
            of the anchor, by similarity, before any filter.
        range_max: ranks below this one may be taken. By default `range_min + num_negatives`; ten times
            `num_negatives` and one with a margin, `max_score`, random sampling or a cross-encoder.
        max_score: the highest score that a negative may have.
        min_score: the lowest score that a negative may have.
        absolute_margin: how far a negative's score has to be below that of the anchor's lowest positive.
        relative_margin: the same, as a part of that positive's score (arXiv 2407.15831 found 0.05 the best).
        num_negatives: how many to take for each anchor, at most.
        sampling_strategy: "top" takes the nearest, "random" draws among all that are left.
        query_prompt_name: name of the model's prompt for anchors.
        query_prompt: text to put before every anchor; wins over the name.
        corpus_prompt_name: name of the model's prompt for documents.
        corpus_prompt: text to put before every document; wins over the name.
        include_positives: let the anchor's positives be candidates too, to get a full ranking; makes n-tuples.
        output_format: "triplet", "n-tuple", "labeled-pair" or "labeled-list"; see `converters.mining.assemble`.
        output_scores: whether to put out the scores.
        batch_size: texts that a neural model takes at a time.
        faiss_batch_size: anchors that are searched for at a time; changes memory, never results.
        use_faiss: search with faiss, else with numpy; the results are the same.
        use_multi_process: run models of sentence-transformers in several processes: on all GPUs, or four on the CPU;
            or on a list of devices, such as `["cuda:0", "cuda:1"]` or `["cpu", "cpu"]`.
        verbose: whether to say on standard error what was found and what was skipped.
        cache_folder: a work folder, where the vectors, the rankings, the scores of a cross-encoder and the rows are
            kept: a call that was stopped goes on there, and one with other filters embeds nothing anew. Vectors are
            kept of what can be identified, which is `"lsa"` and models of sentence-transformers, by their weights
            and settings; of other objects only those with a method `identity`.
        as_triplets: the older way to say `output_format="triplet"` (True) or `"n-tuple"` (False).
        margin: the older name of `absolute_margin`.
        seed: of the random sampling.
        veto: "agreement" leaves out candidates that independent witnesses agree on to be relevant, and none of the
            negatives that an anchor is to get: an anchor with nothing else gets those they agree on the least.
        veto_threshold: from which agreement on, where 1 is chance; a lower one vetoes more.
        query_embeddings: vectors of the anchors, a row for each row of the dataset, in the place of the model's: an
            array, or the path of a `.npy`, `.parquet` or `.arrow` file.
        corpus_embeddings: vectors of the positives, likewise; with a corpus, a row for each of its texts, and where it
            lacks positives then one for each row of the dataset behind them.
        truncate_dim: how many numbers of each vector to use, the first ones, for models that are trained for it.
        vectors_as: how vectors are kept: "float16" takes half the room of "float32".
        index: how vectors are searched: "auto" (exact while that takes minutes), "flat" (exact), "ivf", "hnsw", or a
            factory string of faiss.
        min_recall: the share of the true documents that a search which is not exact is tuned to find.
        search_minutes: how long an exact search may take, by estimate, before "auto" takes an index.
        device: where models that are named here are to run, such as `cuda:1`; by default a GPU, if there is one.
        report: where to write the report of the run: `.md` or `.json`; an older one is replaced.

    Returns:
        The rows of the format. The first two columns keep their names unless the format needs these for others.

    Raises:
        InputError: an argument is impossible, a column is missing or holds no texts, the model cannot be loaded, or
            the corpus is too small for any anchor to get `num_negatives`.

    Example:
        >>> import pandas
        >>> pairs = pandas.DataFrame(
        ...     {"question": ["who wrote faust", "who painted guernica"], "answer": ["goethe wrote it", "picasso did"]}
        ... )
        >>> mine_hard_negatives(pairs, "lsa", num_negatives=1, verbose=False)[0]
        {'question': 'who wrote faust', 'answer': 'goethe wrote it', 'negative': 'picasso did'}
    """
    if margin is not None:
        absolute_margin = margin
        _say(verbose, f"margin is the older name of absolute_margin, which is {margin} now")
    if as_triplets is not None:
        output_format = "triplet" if as_triplets else "n-tuple"
        _say(verbose, f"as_triplets is the older way to say output_format={output_format!r}")
    if output_format == "n-tuple-scores":
        output_format, output_scores = "n-tuple", True
        _say(verbose, "n-tuple-scores is the older way to say output_format='n-tuple' with output_scores=True")
    if report is not None:
        check_report(report)
    selection = Selection(
        range_min=range_min,
        range_max=range_max,
        max_score=max_score,
        min_score=min_score,
        absolute_margin=absolute_margin,
        relative_margin=relative_margin,
        num_negatives=num_negatives,
        sampling_strategy=sampling_strategy,
        seed=seed,
        veto=veto,
        veto_threshold=veto_threshold,
    )
    if output_format not in OUTPUT_FORMATS:
        raise InputError(
            f"there is no output_format {quote(output_format)}; {nearest(str(output_format), OUTPUT_FORMATS)}"
        )
    if include_positives and output_format != "n-tuple":
        output_format = "n-tuple"
        _say(verbose, "include_positives makes n-tuples, which keep the order of the ranking")
    names, column = open_columns(dataset)
    anchor_name, positive_name = choose_columns(names, anchor_column_name, positive_column_name)
    anchors = as_texts(column(anchor_name), _described(anchor_name, "anchor", anchor_column_name))
    positives = as_texts(column(positive_name), _described(positive_name, "positive", positive_column_name))
    corpus = None if corpus is None else as_chunks(open_corpus(corpus), "corpus")
    encoder, cross_encoder = rankers_of(
        model,
        anchors,
        positives,
        corpus,
        cross_encoder=cross_encoder,
        query_embeddings=query_embeddings,
        corpus_embeddings=corpus_embeddings,
        processes=use_multi_process,
        device=device,
        batch_size=batch_size,
        query_prompt=query_prompt,
        query_prompt_name=query_prompt_name,
        corpus_prompt=corpus_prompt,
        corpus_prompt_name=corpus_prompt_name,
    )
    with Workspace(cache_folder) if cache_folder is not None else nullcontext() as workspace:
        mined = mine(
            anchors,
            positives,
            model=encoder,
            corpus=corpus,
            selection=selection,
            cross_encoder=cross_encoder,
            include_positives=include_positives,
            batch_size=batch_size,
            block_size=faiss_batch_size,
            use_faiss=use_faiss,
            workspace=workspace,
            index=index,
            min_recall=min_recall,
            search_minutes=search_minutes,
            use_multi_process=use_multi_process,
            truncate_dim=truncate_dim,
            vectors_as=vectors_as,
        )
        rows = _rows(
            workspace,
            mined,
            output_format,
            anchor_name=anchor_name,
            positive_name=positive_name,
            output_scores=output_scores,
        )
        if report is not None:
            write_report(mined.summary, report)
    _say(verbose, str(mined.summary))
    if rows.column_names[:2] != [anchor_name, positive_name]:
        renamed = ", ".join(quote(name) for name in rows.column_names[:2])
        _say(verbose, f"the first two columns are called {renamed}, as {output_format} needs their names for others")
    if len(rows) == 0:
        _say(verbose, "no row is left: not one anchor has the negatives that the format needs")
    return rows


def _described(name: str, role: str, given: str | None) -> str:
    """A column for a message; one that nobody has named may be the wrong one."""
    taken = "" if given is not None else f", which is the {role} unless {role}_column_name says otherwise,"
    return f"column {quote(name)}{taken}"


def _rows(workspace: Workspace | None, mined: Mined, output_format: str, **options: Any) -> "datasets.Dataset":
    """The rows as a dataset: in memory, or mapped into it from the files of a work folder."""
    import datasets

    if workspace is None:
        return as_dataset(assemble(mined, output_format, **options))
    table, stage = kept_rows(workspace, mined, output_format, **options)
    files = sorted(stage.folder.glob("rows-*.arrow"))
    if not files:
        return as_dataset(table)
    parts = [datasets.Dataset.from_file(str(file)) for file in files]
    return parts[0] if len(parts) == 1 else datasets.concatenate_datasets(parts)


def _say(verbose: bool, message: str) -> None:
    if verbose:
        sys.stderr.write(message + "\n")
