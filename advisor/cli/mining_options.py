"""The options of `convert` that say how negatives are mined."""

from typing import Annotated

import typer

#: The options of `convert` that speak of mining.
NAMES = (
    *("model", "num_negatives", "range_min", "range_max", "absolute_margin", "relative_margin", "margin_from"),
    *("max_score", "min_score", "sampling", "seed", "output_scores", "batch_size", "work_dir"),
    *("query_embeddings", "corpus_embeddings", "index", "min_recall", "veto", "veto_threshold"),
    *("corpus", "cross_encoder", "include_positives", "query_prompt", "query_prompt_name", "corpus_prompt"),
    *("corpus_prompt_name", "truncate_dim", "vectors_as", "processes", "device", "search_minutes", "report"),
)

Model = Annotated[str, typer.Option("--model", help="A sentence-transformers model, lsa, bm25, or blend:lsa+bm25.")]
RangeMin = Annotated[int, typer.Option("--range-min", help="Skip this many of the closest candidates.")]
RangeMax = Annotated[
    int | None, typer.Option("--range-max", help="Look at this many of the closest.", show_default=False)
]
AbsoluteMargin = Annotated[
    float | None,
    typer.Option("--absolute-margin", help="A negative scores at most the positive's score minus this."),
]
RelativeMargin = Annotated[
    float | None,
    typer.Option("--relative-margin", help="A negative scores lower than the positive by at least this share."),
]
MarginFrom = Annotated[
    str, typer.Option("--margin-from", help="Of several positives the lowest, mean or highest score.")
]
MaxScore = Annotated[float | None, typer.Option("--max-score", help="Highest score of a negative.")]
MinScore = Annotated[float | None, typer.Option("--min-score", help="Lowest score of a negative.")]
Sampling = Annotated[str, typer.Option("--sampling", help="top or random.")]
OutputScores = Annotated[bool, typer.Option("--output-scores", help="Add the scores of the model.")]
BatchSize = Annotated[int, typer.Option("--batch-size", help="Texts that the model embeds at a time.")]
QueryEmbeddings = Annotated[
    str | None,
    typer.Option("--query-embeddings", metavar="FILE", help="Vectors of the anchors: .npy, .parquet or .arrow."),
]
CorpusEmbeddings = Annotated[
    str | None,
    typer.Option("--corpus-embeddings", metavar="FILE", help="Vectors of the documents, likewise."),
]
Index = Annotated[
    str, typer.Option("--index", help="How vectors are searched: auto, flat, ivf, hnsw, or a factory of faiss.")
]
MinRecall = Annotated[float, typer.Option("--min-recall", help="The share of the nearest that an index has to find.")]
SearchMinutes = Annotated[
    float, typer.Option("--search-minutes", help="How long an exact search may take before auto takes an index.")
]
Corpus = Annotated[
    str | None,
    typer.Option("--corpus", metavar="FILE", help="Texts to mine from, besides the positives.", show_default=False),
]
CrossEncoder = Annotated[
    str | None,
    typer.Option("--cross-encoder", metavar="MODEL", help="Scores what was found anew.", show_default=False),
]
IncludePositives = Annotated[
    bool, typer.Option("--include-positives", help="Rank the positives too; for n-tuple, without a veto.")
]
QueryPrompt = Annotated[
    str | None, typer.Option("--query-prompt", help="Text before every anchor.", show_default=False)
]
QueryPromptName = Annotated[
    str | None,
    typer.Option("--query-prompt-name", help="The model's own prompt for anchors, by name.", show_default=False),
]
CorpusPrompt = Annotated[
    str | None, typer.Option("--corpus-prompt", help="Text before every document.", show_default=False)
]
CorpusPromptName = Annotated[
    str | None,
    typer.Option("--corpus-prompt-name", help="The model's own prompt for documents.", show_default=False),
]
TruncateDim = Annotated[
    int | None,
    typer.Option("--truncate-dim", help="Use the first numbers of each vector only.", show_default=False),
]
VectorsAs = Annotated[str, typer.Option("--vectors-as", help="float32, or float16 for half the room.")]
Processes = Annotated[
    int | None, typer.Option("--processes", help="How many processes run the models.", show_default=False)
]
Device = Annotated[
    list[str] | None,
    typer.Option("--device", help="Where models run, such as cuda:1; several times: on each.", show_default=False),
]
Report = Annotated[
    str | None,
    typer.Option("--report", metavar="FILE", help="Tell of the mining in a .md or .json.", show_default=False),
]
Veto = Annotated[str, typer.Option("--veto", help="agreement: not what independent witnesses call relevant; or none.")]
VetoThreshold = Annotated[float, typer.Option("--veto-threshold", help="From which agreement on, where 1 is chance.")]
WorkDir = Annotated[
    str | None,
    typer.Option("--work-dir", metavar="DIR", help="Keep the work of mining here, to go on.", show_default=False),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Keep nothing of the work of mining.")]
