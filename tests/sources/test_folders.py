"""Folders, globs, saved datasets and collections."""

import gzip
import json
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from converters.errors import InputError
from converters.sources import open_source


def put(path: Path, *texts: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({"text": list(texts), "label": [1] * len(texts)})
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    elif path.suffix == ".csv":
        path.write_text("text,label\n" + "".join(f"{text},1\n" for text in texts))
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))


def texts(path: "Path | str", **options: object) -> dict[str, list[str]]:
    source = open_source(path, **options)  # type: ignore[arg-type]
    return {name: split.table().column("text").to_pylist() for name, split in source.splits.items()}


def test_splits_in_names(tmp_path: Path) -> None:
    put(tmp_path / "test.csv", "c")
    put(tmp_path / "dev-data.csv", "b")
    put(tmp_path / "train-00000-of-00002.csv", "a0")
    put(tmp_path / "train-00001-of-00002.csv", "a1")
    (tmp_path / "README.md").write_text("x")
    (tmp_path / "categories.json").write_text('["x"]')
    assert texts(tmp_path) == {"train": ["a0", "a1"], "validation": ["b"], "test": ["c"]}
    assert texts(tmp_path, split="validation") == texts(tmp_path, split="dev") == {"validation": ["b"]}


def test_splits_in_folders(tmp_path: Path) -> None:
    put(tmp_path / "data" / "train" / "0000.parquet", "a")
    put(tmp_path / "data" / "train" / "0001.parquet", "b")
    put(tmp_path / "data" / "valid" / "0000.parquet", "c")
    assert texts(tmp_path) == {"train": ["a", "b"], "validation": ["c"]}


def test_natural_order_of_shards(tmp_path: Path) -> None:
    for number in (1, 2, 10):
        put(tmp_path / f"part{number}.jsonl", str(number))
    assert texts(tmp_path) == {"train": ["1", "2", "10"]}


def test_splits_of_their_own(tmp_path: Path) -> None:
    put(tmp_path / "easy-00000-of-00001.parquet", "a")
    put(tmp_path / "hard-00000-of-00001.parquet", "b")
    assert texts(tmp_path) == {"easy": ["a"], "hard": ["b"]}


def test_hidden_files_and_manifests_are_no_data(tmp_path: Path) -> None:
    put(tmp_path / "train.jsonl", "a")
    put(tmp_path / ".cache" / "train.jsonl", "b")
    put(tmp_path / "._train.jsonl", "c")
    for name in ("train.jsonl.manifest.json", "manifest.json", "dataset_infos.json"):
        (tmp_path / name).write_text("{}")
    assert texts(tmp_path) == {"train": ["a"]}


def test_types_of_shards_are_widened_without_loss(tmp_path: Path) -> None:
    (tmp_path / "train-0.csv").write_text("text,label\nx,1.50\n")
    (tmp_path / "train-1.csv").write_text("text,label\ny,none\n")
    (split,) = open_source(tmp_path).splits.values()
    assert split.table().column("label").to_pylist() == ["1.50", "none"]


def test_lines_with_other_keys(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n')
    (tmp_path / "b.jsonl").write_text('{"label": 1}\n')
    (split,) = open_source(tmp_path).splits.values()
    assert split.table().to_pylist() == [{"text": "x", "label": None}, {"text": None, "label": 1}]
    assert split.rows == 2


def test_globs(tmp_path: Path) -> None:
    put(tmp_path / "train-0.csv", "a")
    put(tmp_path / "train-1.csv", "b")
    put(tmp_path / "test.csv", "c")
    assert texts(f"{tmp_path}/*.csv") == {"train": ["a", "b"], "test": ["c"]}
    assert texts(f"{tmp_path}/train-[01].csv") == {"train": ["a", "b"]}
    with pytest.raises(InputError, match="no file matches"):
        open_source(f"{tmp_path}/*.parquet")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "holds no data files"),
        (["notes.txt"], "holds no data files"),
        (["train.csv", "train.jsonl"], "'train' as .csv and as .jsonl"),
        (["en/train.csv", "de/train.csv"], "several datasets .'de', 'en'.: name one"),
    ],
)
def test_folders_that_are_no_dataset(tmp_path: Path, files: list[str], message: str) -> None:
    for name in files:
        put(tmp_path / name, "a")
    with pytest.raises(InputError, match=message):
        open_source(tmp_path)


def test_shards_that_do_not_go_together(tmp_path: Path) -> None:
    (tmp_path / "train-0.csv").write_text("text,label\nx,1\n")
    (tmp_path / "train-1.csv").write_text("text,score\ny,2\n")
    with pytest.raises(InputError, match=r"different columns: .*train-0.csv' has 'text', 'label', .*'score'"):
        open_source(tmp_path)


def test_unknown_split(tmp_path: Path) -> None:
    put(tmp_path / "train.csv", "a")
    put(tmp_path / "test.csv", "b")
    with pytest.raises(InputError, match="has no split 'tran': did you mean 'train'"):
        open_source(tmp_path, split="tran")
    with pytest.raises(InputError, match="has no split 'x': known: train, test"):
        open_source(tmp_path, split="x")


# -- save_to_disk ------------------------------------------------------------------------------------------------------


def dataset(count: int) -> datasets.Dataset:
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])})
    return datasets.Dataset.from_dict(
        {"text": [f"t{i}" for i in range(count)], "label": [i % 2 for i in range(count)]}, features
    )


def test_saved_dataset(tmp_path: Path) -> None:
    dataset(10).select([7, 3]).save_to_disk(tmp_path / "saved", num_shards=2)
    split = open_source(tmp_path / "saved").splits["train"]
    assert split.table().to_pylist() == [{"text": "t7", "label": 1}, {"text": "t3", "label": 1}]
    assert split.rows == 2
    assert split.class_names == {"label": ("no", "yes")}


def test_saved_dict(tmp_path: Path) -> None:
    datasets.DatasetDict({"train": dataset(3), "dev": dataset(2)}).save_to_disk(tmp_path / "saved")
    source = open_source(tmp_path / "saved")
    assert {name: split.rows for name, split in source.splits.items()} == {"train": 3, "dev": 2}
    assert list(open_source(tmp_path / "saved", split="dev").splits) == ["dev"]


@pytest.mark.parametrize("damage", ["state", "data", "list"])
def test_saved_and_damaged(tmp_path: Path, damage: str) -> None:
    dataset(3).save_to_disk(tmp_path / "saved")
    if damage == "state":
        (tmp_path / "saved" / "state.json").write_text("{")
    elif damage == "list":
        (tmp_path / "saved" / "state.json").write_text('{"_data_files": []}')
    else:
        next((tmp_path / "saved").glob("*.arrow")).unlink()
    with pytest.raises(InputError, match="saved"):
        open_source(tmp_path / "saved")


# -- collections -------------------------------------------------------------------------------------------------------


def collection(
    folder: Path, qrels: str = "query-id\tcorpus-id\tscore\nq1\t007\t2\nq2\td2\t1\n", title: bool = True
) -> Path:
    (folder / "qrels").mkdir(parents=True)
    documents = [
        {"_id": "007", **({"title": "T"} if title else {}), "text": "first", "metadata": {}},
        {"_id": "d2", "text": "second", "metadata": {}},
    ]
    packed = "".join(json.dumps(each) + "\n" for each in documents).encode()
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(packed))
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "one"}\n{"_id": "q2", "text": "two"}\n')
    (folder / "qrels" / "test.tsv").write_text(qrels)
    return folder


def test_collection(tmp_path: Path) -> None:
    source = open_source(collection(tmp_path / "c"))
    assert source.is_collection
    assert source.corpus is not None
    assert source.queries is not None
    assert source.corpus.table().to_pylist() == [
        {"_id": "007", "title": "T", "text": "first"},
        {"_id": "d2", "title": None, "text": "second"},
    ]
    assert source.queries.table().to_pylist() == [{"_id": "q1", "text": "one"}, {"_id": "q2", "text": "two"}]
    assert source.splits["test"].table().to_pylist() == [
        {"query-id": "q1", "corpus-id": "007", "score": 2},
        {"query-id": "q2", "corpus-id": "d2", "score": 1},
    ]
    assert (source.corpus.rows, source.queries.rows, source.splits["test"].rows) == (2, 2, 2)


@pytest.mark.parametrize(
    "qrels",
    [
        "query-id\tcorpus-id\tscore\n1\t007\t2\n2\t008\t1\n",
        "1\t007\t2\n2\t008\t1\n",
        "1\t0\t007\t2\n2\t0\t008\t1\n",
        "score\tquery_id\tdoc_id\n2\t1\t007\n1\t2\t008\n",
    ],
)
def test_judgements(tmp_path: Path, qrels: str) -> None:
    split = open_source(collection(tmp_path / "c", qrels)).splits["test"]
    assert [list(row.values()) for row in split.table().to_pylist()] == [["1", "007", 2], ["2", "008", 1]]
    assert split.schema.names == ["query-id", "corpus-id", "score"]


def test_judgements_without_grades(tmp_path: Path) -> None:
    split = open_source(collection(tmp_path / "c", "q1\td1\nq2\td2\n")).splits["test"]
    assert split.table().column("score").to_pylist() == [1, 1]


def test_number_ids(tmp_path: Path) -> None:
    folder = collection(tmp_path / "c", title=False)
    (folder / "queries.jsonl").write_text('{"_id": 1, "text": "one"}\n{"_id": "x", "text": "two"}\n')
    source = open_source(folder)
    assert source.queries is not None
    assert source.corpus is not None
    assert source.queries.table().column("_id").to_pylist() == ["1", "x"]
    assert source.corpus.schema.names == ["_id", "text"]


def test_splits_of_a_collection(tmp_path: Path) -> None:
    folder = collection(tmp_path / "c")
    (folder / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\t007\t1\n")
    (folder / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\nq1\t007\t1\n")
    assert list(open_source(folder).splits) == ["train", "validation", "test"]
    chosen = open_source(folder, split="dev")
    assert list(chosen.splits) == ["validation"]
    assert chosen.is_collection


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("queries.jsonl", "lacks queries.jsonl"),
        ("corpus.jsonl.gz", "lacks corpus.jsonl"),
        ("qrels/test.tsv", "lacks judgements"),
    ],
)
def test_collection_lacks_a_part(tmp_path: Path, missing: str, message: str) -> None:
    folder = collection(tmp_path / "c")
    (folder / missing).unlink()
    with pytest.raises(InputError, match=message):
        open_source(folder)


def test_collection_of_another_layout(tmp_path: Path) -> None:
    folder = collection(tmp_path / "c", "a\tb\tc\td\te\nf\tg\th\ti\tj\n")
    with pytest.raises(InputError, match="has 5 columns"):
        open_source(folder)
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td\tgood\n")
    with pytest.raises(InputError, match="grades in column 'score' are not all numbers"):
        open_source(folder)
    (folder / "queries.jsonl").write_text('{"_id": "q1", "words": "one"}\n')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td\t1\n")
    with pytest.raises(InputError, match=r"queries.jsonl' has no field 'text'.*'_id'"):
        open_source(folder)


def test_collection_as_ms_marco_names_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "marco"
    folder.mkdir()
    (folder / "collection.tsv").write_text("7\tHamburg has a harbour.\n8\tBremen has a market.\n")
    (folder / "queries.train.tsv").write_text("1\twhat has Hamburg\n")
    (folder / "queries.dev.tsv").write_text("2\twhat has Bremen\n")
    (folder / "qrels.train.tsv").write_text("1\t0\t7\t1\n")
    (folder / "qrels.dev.tsv").write_text("2\t0\t8\t1\n")
    source = open_source(folder)
    assert source.is_collection
    assert list(source.splits) == ["train", "validation"]
    assert source.corpus is not None
    assert source.corpus.table()["text"].to_pylist() == ["Hamburg has a harbour.", "Bremen has a market."]
    assert source.queries is not None
    assert source.queries.table()["_id"].to_pylist() == ["2", "1"]


def test_collection_in_tables_with_names_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "documents.csv").write_text("doc_id,title,content\nd1,Port,Hamburg has a harbour.\n")
    (folder / "queries.csv").write_text("query_id,query\nq1,what has Hamburg\n")
    (folder / "relevance.csv").write_text("query_id,doc_id,relevance\nq1,d1,2\n")
    source = open_source(folder)
    assert source.is_collection
    assert source.corpus is not None
    assert source.corpus.table().to_pylist() == [{"_id": "d1", "title": "Port", "text": "Hamburg has a harbour."}]
    assert source.splits["train"].table().to_pylist() == [{"query-id": "q1", "corpus-id": "d1", "score": 2}]
