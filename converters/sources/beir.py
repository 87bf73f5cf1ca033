"""Folders of collections: a corpus, queries, and relevance judgements (qrels) that join them.

The layout is that of BEIR. That of MS MARCO (`collection.tsv`, `queries.train.tsv`, `qrels.train.tsv`) is known too, as
are tables that people name in the same way.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from converters.errors import InputError, quote
from converters.sources.file import data_suffix, open_file, open_json_columns
from converters.sources.options import TextOptions
from converters.sources.reading import Reading, join
from converters.sources.source import Source, Split
from converters.sources.splits import in_usual_order, split_called

_QRELS = ("query-id", "corpus-id", "score")
_QRELS_NAMES = {
    "query-id": ("query-id", "query_id", "qid", "queryid", "query"),
    "corpus-id": ("corpus-id", "corpus_id", "doc-id", "doc_id", "docid", "did", "pid", "passage_id", "document_id"),
    "score": ("score", "relevance", "rel", "label", "grade"),
}


#: What files are called, the most usual first.
_STEMS = {
    "corpus": ("corpus", "collection", "documents", "docs", "passages"),
    "queries": ("queries", "topics", "questions"),
    "qrels": ("qrels", "qrel", "relevance", "judgements", "judgments"),
}

#: What the columns of texts are called.
_TEXT_NAMES = {
    "_id": (
        *("_id", "id", "doc_id", "docid", "did", "pid", "passage_id", "document_id", "corpus-id", "corpus_id"),
        *("qid", "query_id", "query-id", "queryid", "topic", "question_id"),
    ),
    "title": ("title",),
    "text": ("text", "content", "contents", "passage", "body", "document", "query", "question"),
}


def is_beir_folder(folder: Path) -> bool:
    """Whether the folder is meant as a collection: it holds a corpus file, or queries beside judgements."""
    queries = bool(_members(folder, "queries"))
    return (
        any(path.name.split(".")[0] == "corpus" for path in _members(folder, "corpus"))
        or (queries and (folder / "qrels").is_dir())
        or (queries and bool(_members(folder, "corpus")) and bool(_members(folder, "qrels")))
    )


def open_beir(folder: Path, options: TextOptions) -> Source:
    """Opens a collection.

    Ids are texts. Judgements have three columns, query, document and grade, with a header or without; two without
    grades, which all count as 1; or the four columns of TREC.

    Raises:
        InputError: the corpus, the queries or the judgements are missing or are not in this layout.
    """
    where = quote(folder, 200)
    members = {stem: _members(folder, stem) for stem in ("corpus", "queries")}
    for stem, paths in members.items():
        if not paths:
            raise InputError(f"the collection {where} lacks {stem}.jsonl: add it, or name a single file")
    judgements = _judgement_files(folder / "qrels") or _members(folder, "qrels")
    if not judgements:
        raise InputError(f"the collection {where} lacks judgements in qrels/*.tsv: add them, or name a single file")
    options = replace(options, glance=None)  # what points into what shows only where all of it is read
    texts = replace(options, has_header=None, delimiter=None)  # the rest is said of the judgements
    splits: dict[str, Split] = {}
    for path in judgements:
        name = _split_of(path)
        if name in splits:
            raise InputError(f"{quote(path, 200)}: the split {quote(name)} is there twice")
        splits[name] = join([_open_judgements(path, options)])
    return Source(
        name=str(folder),
        splits=in_usual_order(splits),
        corpus=_open_texts(members["corpus"], texts, ("_id", "title", "text")),
        queries=_open_texts(members["queries"], texts, ("_id", "text")),
    )


def _members(folder: Path, kind: str) -> list[Path]:
    """The files that hold the corpus, the queries or the judgements, with whatever suffix data have."""
    files = [each for each in folder.glob("*.*") if each.is_file() and not each.name.endswith(".manifest.json")]
    for stem in _STEMS[kind]:
        found = sorted(each for each in files if each.name.split(".")[0] == stem and data_suffix(each.name))
        if found:  # queries.train.tsv beside queries.dev.tsv; but of queries.jsonl and queries.tsv the first
            return found if all(len(each.name.split(".")) > 2 for each in found) else found[:1]
    return []


def _split_of(path: Path) -> str:
    """The split that judgements are for: `train` in qrels/train.tsv, in qrels.train.tsv and in qrels.tsv."""
    words = path.name.split(".")
    if words[0] not in _STEMS["qrels"]:
        return split_called(words[0])
    return split_called(words[1]) if len(words) > 2 and data_suffix(f"x.{words[1]}") is None else "train"


def _judgement_files(folder: Path) -> list[Path]:
    return sorted(
        each for each in folder.glob("*") if each.is_file() and data_suffix(each.name) and each.name[0] not in "._"
    )


def _open_texts(paths: Sequence[Path], options: TextOptions, wanted: Sequence[str]) -> Split:
    return join([_open_text(path, options, wanted) for path in paths])


def _open_text(path: Path, options: TextOptions, wanted: Sequence[str]) -> Reading:
    every = [alias for name in wanted for alias in _TEXT_NAMES[name]]
    reading = open_json_columns(path, options, every)
    present = reading.schema.names
    names = {name: found for name in wanted if (found := _known(present, _TEXT_NAMES[name])) is not None}
    if options.has_header is None and data_suffix(path.name) in (".csv", ".tsv") and not {"_id", "text"} <= set(names):
        reading = open_file(path, replace(options, has_header=False))  # what looked like names is a row
        present = reading.schema.names
        names = {"_id": present[0], "text": present[-1]} if len(present) > 1 else {}
    for name in ("_id", "text"):
        if name not in names:
            raise InputError(
                f"{reading.where} has no field {quote(name)}, as a collection has: "
                f"it has {', '.join(quote(each, 40) for each in present[:8])}"
            )
    schema = pa.schema([(name, pa.string()) for name in names])
    return replace(reading, schema=schema, read=_renaming(reading, names), class_names={}, has_names=True)


def _known(present: Sequence[str], aliases: Sequence[str]) -> str | None:
    by_lower = {name.lower(): name for name in reversed(present)}
    return next((by_lower[alias] for alias in aliases if alias in by_lower), None)


def _renaming(reading: Reading, names: Mapping[str, str]) -> Callable[[pa.Schema], Iterator[pa.RecordBatch]]:
    """Reads columns under other names (new -> old)."""

    def read(schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for batch in reading.read(pa.schema([(names[field.name], field.type) for field in schema])):
            yield batch.rename_columns(schema.names)

    return read


def _open_judgements(path: Path, options: TextOptions) -> Reading:
    reading = open_file(path, options)
    if options.has_header is None and reading.has_names and _known_columns(reading) is None:
        # The names of a header are known here, so that what does not look like them is a row.
        reading = open_file(path, replace(options, has_header=False))
    columns = _judgement_columns(reading)
    kind = reading.schema.field(columns[2]).type if len(columns) == 3 else pa.int64()
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        raise InputError(f"{reading.where}: the grades in column {quote(columns[2])} are not all numbers")
    names = dict(zip(_QRELS, columns, strict=False))
    schema = pa.schema([("query-id", pa.string()), ("corpus-id", pa.string()), ("score", kind)])
    read = _renaming(reading, names) if len(names) == 3 else _ungraded(_renaming(reading, names))
    return replace(reading, schema=schema, read=read, sample=None, has_names=True, optional=False)


def _known_columns(reading: Reading) -> list[str] | None:
    """Names of the columns of query, document and, if it is there, grade; None where they go by no known name."""
    by_lower = {name.lower(): name for name in reversed(reading.schema.names)}
    found = [next((by_lower[alias] for alias in _QRELS_NAMES[name] if alias in by_lower), None) for name in _QRELS]
    return [name for name in found if name] if found[0] and found[1] else None


def _judgement_columns(reading: Reading) -> list[str]:
    """Names of the columns of query, document and, unless there are only two, grade; else by their position."""
    known = _known_columns(reading) if reading.has_names else None
    if known:
        return known
    names = reading.schema.names
    if len(names) == 4:
        return [names[0], names[2], names[3]]
    if len(names) in (2, 3):
        return list(names)
    raise InputError(f"{reading.where} has {len(names)} columns: judgements have query-id, corpus-id and score")


def _ungraded(
    read_ids: Callable[[pa.Schema], Iterator[pa.RecordBatch]],
) -> Callable[[pa.Schema], Iterator[pa.RecordBatch]]:
    """Adds the grade 1 to judgements that have none."""

    def read(schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for batch in read_ids(pa.schema(list(schema)[:2])):
            grades = pa.repeat(pa.scalar(1, schema.field("score").type), batch.num_rows)
            yield pa.RecordBatch.from_arrays([*batch.columns, grades], schema=schema)

    return read
