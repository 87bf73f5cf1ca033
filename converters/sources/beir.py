"""Folders in the layout of BEIR: a corpus, queries, and relevance judgements (qrels) that join them."""

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


def is_beir_folder(folder: Path) -> bool:
    """Whether the folder is meant as a collection: it holds a corpus file, or queries beside judgements."""
    return _member(folder, "corpus") is not None or (
        _member(folder, "queries") is not None and (folder / "qrels").is_dir()
    )


def open_beir(folder: Path, options: TextOptions) -> Source:
    """Opens a collection.

    Ids are texts. Judgements have three columns, query, document and grade, with a header or without; two without
    grades, which all count as 1; or the four columns of TREC.

    Raises:
        InputError: the corpus, the queries or the judgements are missing or are not in this layout.
    """
    where = quote(folder, 200)
    members: dict[str, Path] = {}
    for stem in ("corpus", "queries"):
        path = _member(folder, stem)
        if path is None:
            raise InputError(f"the collection {where} lacks {stem}.jsonl: add it, or name a single file")
        members[stem] = path
    judgements = _judgement_files(folder / "qrels")
    if not judgements:
        raise InputError(f"the collection {where} lacks judgements in qrels/*.tsv: add them, or name a single file")
    options = replace(options, glance=None)  # what points into what shows only where all of it is read
    texts = replace(options, has_header=None, delimiter=None)  # the rest is said of the judgements
    splits: dict[str, Split] = {}
    for path in judgements:
        name = split_called(path.name.split(".")[0])
        if name in splits:
            raise InputError(f"{quote(path, 200)}: the split {quote(name)} is there twice")
        splits[name] = join([_open_judgements(path, options)])
    return Source(
        name=str(folder),
        splits=in_usual_order(splits),
        corpus=_open_texts(members["corpus"], texts, ("_id", "title", "text")),
        queries=_open_texts(members["queries"], texts, ("_id", "text")),
    )


def _member(folder: Path, stem: str) -> Path | None:
    """The file of that name, with whatever suffix data have."""
    found = sorted(each for each in folder.glob(f"{stem}.*") if each.is_file() and each.name.split(".")[0] == stem)
    return next((each for each in found if data_suffix(each.name) and not each.name.endswith(".manifest.json")), None)


def _judgement_files(folder: Path) -> list[Path]:
    return sorted(
        each for each in folder.glob("*") if each.is_file() and data_suffix(each.name) and each.name[0] not in "._"
    )


def _open_texts(path: Path, options: TextOptions, wanted: Sequence[str]) -> Split:
    reading = open_json_columns(path, options, (*wanted, "id"))
    present = reading.schema.names
    names = {name: name for name in wanted if name in present}
    if "_id" not in names and "id" in present:
        names = {"_id": "id", **names}
    for name in ("_id", "text"):
        if name not in names:
            raise InputError(
                f"{reading.where} has no field {quote(name)}, as a collection has: "
                f"it has {', '.join(quote(each, 40) for each in present[:8])}"
            )
    schema = pa.schema([(name, pa.string()) for name in names])
    return join(
        [replace(reading, schema=schema, read=_renaming(reading, names), sample=None, class_names={}, has_names=True)]
    )


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
