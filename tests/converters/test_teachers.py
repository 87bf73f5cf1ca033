"""Teachers: models and files that give scores and embeddings; what each is, and what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from converters import InputError, Mining, Selection, convert
from converters.conversions import CONVERSIONS, Made, Material, Options, plan

PAIRS = pa.table({"anchor": ["a", "b", "a"], "positive": ["p", "qq", "p"]})
TRIPLETS = pa.table({"anchor": ["a", "b"], "positive": ["p", "q"], "negative": ["n", "m"]})
LISTS = pa.table({"query": ["a", "b"], "documents": [["p", "n", "m"], ["q"]], "labels": [[1, 0, 0], [1]]})
WORDS = "a the cat dog bird fish tree house river sun moon red blue green runs sleeps eats".split()


def taught(source: str, target: str, table: pa.Table, teacher: Any, **options: Any) -> Made:
    return CONVERSIONS[source, target].apply(Material(table), target, Options(teacher=teacher, **options))


class Lengths:
    """A cross-encoder that gives each pair what `of` makes of the lengths of its texts."""

    def __init__(self, of: Any = lambda first, second: first + second / 10) -> None:
        self.of = of
        self.batches: list[list[tuple[str, str]]] = []

    def predict(self, pairs: list[tuple[str, str]], batch_size: int = 32) -> list[float]:
        self.batches.append(list(pairs))
        return [self.of(len(first), len(second)) for first, second in pairs]


class Corners:
    """A bi-encoder with vectors of length 2: texts with the same first letter point the same way."""

    def __init__(self, similarity: str | None = None) -> None:
        if similarity is not None:
            self.similarity_fn_name = similarity
        self.asked: list[str] = []

    def encode(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[2.0, 0.0] if text[0] in "ap" else [0.0, 2.0] for text in texts])


# -- models as objects -------------------------------------------------------------------------------------------------


def test_each_different_pair_is_scored_once_and_the_longest_come_first() -> None:
    teacher = Lengths(lambda first, second: second / 10)
    done = taught("pair", "pair-score", PAIRS, teacher)
    assert done.table["score"].to_pylist() == [pytest.approx(0.1), pytest.approx(0.2), pytest.approx(0.1)]
    assert teacher.batches == [[("b", "qq"), ("a", "p")]]


def test_logits_become_scores_from_0_to_1_where_the_format_wants_such() -> None:
    logits = Lengths(lambda first, second: 4.0 if second > 1 else -4.0)
    scores = taught("pair", "pair-score", PAIRS, logits).table["score"].to_pylist()
    assert scores == [pytest.approx(0.018, abs=1e-3), pytest.approx(0.982, abs=1e-3), pytest.approx(0.018, abs=1e-3)]
    triplets = pa.table({"anchor": ["a"], "positive": ["pp"], "negative": ["n"]})
    assert taught("triplet", "triplet-scores", triplets, logits).table["scores"].to_pylist() == [[4, -4]]
    assert taught("triplet", "triplet-margin", triplets, logits).table["score"].to_pylist() == [8]
    lists = pa.table({"query": ["a"], "documents": [["n", "pp"]], "labels": [[0, 1]]})
    assert taught("labeled-list", "labeled-list", lists, logits).table["labels"].to_pylist() == [[0, 8]]


def test_a_bi_encoder_scores_by_its_own_measure() -> None:
    expected = {None: [1.0, 0.0], "cosine": [1.0, 0.0], "dot": [4.0, 0.0]}
    triplets = pa.table({"anchor": ["a"], "positive": ["p"], "negative": ["n"]})
    for measure, scores in expected.items():
        done = taught("triplet", "triplet-scores", triplets, Corners(measure))
        assert done.table["scores"].to_pylist() == [scores]
    assert taught("pair", "pair-score", PAIRS, Corners("dot")).table["score"].to_pylist() == [1, 1, 1]


def test_embeddings_are_what_the_model_gives_and_no_text_is_embedded_twice() -> None:
    teacher = Corners()
    done = taught("single", "text-embedding", pa.table({"text": ["a", "n", "a"]}), teacher).table
    assert done.schema.field("label").type == pa.list_(pa.float32(), 2)
    assert done["label"].to_pylist() == [[2, 0], [0, 2], [2, 0]]
    assert sorted(teacher.asked) == ["a", "n"]


def test_prompts_stand_before_queries_and_documents_only() -> None:
    class Prompted:
        def encode(self, texts: list[str], prompt: str = "") -> list[list[float]]:
            return [[1.0, 0.0] for _ in texts]

        def encode_query(self, texts: list[str]) -> list[list[float]]:
            return [[1.0, 1.0] for _ in texts]

        def encode_document(self, texts: list[str]) -> list[list[float]]:
            return [[0.0, 1.0] for _ in texts]

    assert taught("pair", "pair-score", PAIRS, Prompted()).table["score"][0].as_py() == pytest.approx(0.5**0.5)
    alike = pa.table({"sentence_a": ["a"], "sentence_b": ["p"], "score": [0.1]})
    assert taught("pair-score", "pair-score", alike, Prompted()).table["score"].to_pylist() == [1]
    texts = taught("single", "text-embedding", pa.table({"text": ["a"]}), Prompted()).table
    assert texts["label"].to_pylist() == [[1, 0]]


def test_a_batch_that_does_not_fit_is_halved() -> None:
    class Small(Lengths):
        def predict(self, pairs: list[tuple[str, str]], batch_size: int = 32) -> list[float]:
            if batch_size > 5:
                raise MemoryError
            return super().predict(pairs, batch_size)

    assert taught("pair", "pair-score", PAIRS, Small(lambda *_: 0.5)).table["score"].to_pylist() == [0.5] * 3

    class Tiny(Lengths):
        def predict(self, pairs: list[tuple[str, str]], batch_size: int = 32) -> list[float]:
            raise MemoryError

    with pytest.raises(InputError, match="single pair"):
        taught("pair", "pair-score", PAIRS, Tiny())


class BrokenError(RuntimeError):
    pass


def test_what_a_model_raises_itself_is_not_hidden() -> None:
    def fail(first: int, second: int) -> float:
        raise BrokenError

    with pytest.raises(BrokenError):
        taught("pair", "pair-score", PAIRS, Lengths(fail))


@pytest.mark.parametrize(
    ("teacher", "message"),
    [
        (object(), "neither predict nor encode"),
        ("lsa", "knows nothing"),
        ("./nowhere", "no folder"),
        ("~/nowhere/at/all", "no folder"),
        (Lengths(lambda *_: [1.0, 2.0]), "one finite number"),
        (Lengths(lambda *_: float("nan")), "one finite number"),
        (None, "--teacher"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_no_teacher(teacher: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        taught("pair", "pair-score", PAIRS, teacher)
    assert "\n" not in str(refused.value)


def test_a_teacher_of_classes_is_none() -> None:
    teacher = Lengths()
    teacher.num_labels = 3  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="3 numbers for each pair"):
        taught("pair", "pair-score", PAIRS, teacher)
    with pytest.raises(InputError, match="embeds nothing"):
        taught("single", "text-embedding", pa.table({"text": ["a"]}), Lengths())


# -- what a teacher has said already -----------------------------------------------------------------------------------


def files(folder: Path) -> dict[str, Any]:
    """The scores 1, 2, 3, 4 of two triplets, in every shape that is taken."""
    rows = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.save(folder / "rows.npy", rows)
    np.save(folder / "flat.npy", rows.ravel().astype(np.float32))
    pq.write_table(pa.table({"id": ["x", "y"], "positive": [1, 3], "negative": [2.0, 4.0]}), folder / "columns.parquet")
    lists = pa.table({"scores": rows.tolist()})
    pq.write_table(lists, folder / "lists.parquet")
    with pa.OSFile(str(folder / "lists.arrow"), "wb") as sink, pa.ipc.new_file(sink, lists.schema) as writer:
        writer.write_table(lists)
    named = {each.name: str(each) for each in sorted(folder.iterdir())}
    return {**named, "array": rows, "list": rows.tolist(), "column": lists["scores"]}


def test_scores_that_are_there_already(tmp_path: Path) -> None:
    for name, given in files(tmp_path).items():
        assert taught("triplet", "triplet-scores", TRIPLETS, given).table["scores"].to_pylist() == [[1, 2], [3, 4]], (
            name
        )
    assert taught("triplet", "triplet-margin", TRIPLETS, [[5, 1], [1, 5]]).table["score"].to_pylist() == [4, -4]
    assert taught("pair", "pair-score", PAIRS, [0.0, 5.0, 3.0]).table["score"].to_pylist() == [0, 1, 0.6]
    for given in ([[3, 2, 1], [0.5]], [3, 2, 1, 0.5]):
        labels = taught("labeled-list", "labeled-list", LISTS, given).table["labels"].to_pylist()
        assert labels == [[3, 2, 1], [0.5]]


def test_embeddings_that_are_there_already(tmp_path: Path) -> None:
    texts = pa.table({"text": ["a", "b"]})
    np.save(tmp_path / "e.npy", np.eye(2))
    done = taught("single", "text-embedding", texts, str(tmp_path / "e.npy")).table
    assert done["label"].to_pylist() == [[1, 0], [0, 1]]
    assert done.schema.field("label").type == pa.list_(pa.float32(), 2)
    for given, message in ((np.eye(3), "3 rows"), (np.full((2, 2), np.nan), "row 0"), (np.ones(2), "matrix")):
        with pytest.raises(InputError, match=message):
            taught("single", "text-embedding", texts, given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1.0, 2.0], "2 numbers in 2 rows"),
        ([[1.0], [2.0], [3.0]], "2 rows that want 2 for each, 4 in all"),
        ([[1.0, 2.0], [3.0, None]], "row 1"),
        (np.array([[1.0, 2.0], [np.inf, 1.0]]), "row 1"),
        ([["x"], ["y"]], "not numbers"),
        (np.zeros((2, 2, 2)), "shape"),
        (np.array(["x"]), "numbers"),
        (["x", 1], "list has to hold"),
        ("nowhere.npy", "no file"),
    ],
    ids=repr,
)
def test_scores_that_do_not_fit(given: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        taught("triplet", "triplet-scores", TRIPLETS, given)
    assert "\n" not in str(refused.value)


def test_files_that_hold_no_scores(tmp_path: Path) -> None:
    (tmp_path / "broken.npy").write_bytes(b"nothing")
    np.save(tmp_path / "objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    pq.write_table(pa.table({"text": ["x"]}), tmp_path / "texts.parquet")
    pq.write_table(pa.table({"a": [[1.0]], "b": [2.0]}), tmp_path / "both.parquet")
    for path in sorted(tmp_path.iterdir()):
        with pytest.raises(InputError) as refused:
            taught("triplet", "triplet-scores", TRIPLETS, str(path))
        assert "\n" not in str(refused.value)


def test_scores_of_the_rows_are_not_taken_for_those_of_others() -> None:
    options = Options(teacher=[1.0])
    assert len(plan("triplet", "triplet-scores", options).steps) == 1
    for source, target in (("pair", "triplet-scores"), ("qa", "pair-score"), ("pair", "text-embedding")):
        with pytest.raises(InputError, match="convert to"):
            plan(source, target, options)


# -- plans -------------------------------------------------------------------------------------------------------------


def test_mined_and_scored_in_one_plan() -> None:
    colours = "red green blue black white round square tiny huge old".split()
    table = pa.table(
        {
            "q": [f"where is the {each} lamp" for each in colours],
            "d": [f"the {each} lamp stands there" for each in colours],
        }
    )
    mining = Mining(selection=Selection(num_negatives=2))
    for target in ("triplet-scores", "n-tuple-margins", "labeled-list", "pair-score"):
        rows = convert(
            table,
            input_format="pair",
            output_format=target,
            columns={"q": "anchor", "d": "positive"},
            mining=mining,
            teacher=Lengths(),
        ).to_list()
        assert len(rows) == (20 if target == "triplet-scores" else 10)
        for row in rows:
            if target == "triplet-scores":
                expected = [len(row["query"]) + len(row[name]) / 10 for name in ("positive", "negative")]
                assert row["scores"] == pytest.approx(expected)
            elif target == "labeled-list":
                assert row["labels"] == pytest.approx([len(row["query"]) + len(each) / 10 for each in row["documents"]])


def test_a_teacher_that_is_none_is_known_before_anything_is_mined(monkeypatch: pytest.MonkeyPatch) -> None:
    mined = []
    monkeypatch.setattr("converters.conversions.mined._mined", lambda *given: mined.append(given))
    with pytest.raises(InputError, match="no folder"):
        convert(
            PAIRS,
            input_format="pair",
            output_format="triplet-scores",
            columns={"anchor": "anchor", "positive": "positive"},
            teacher="./nowhere",
        )
    assert not mined


# -- real models -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Tiny models with random weights, as sentence-transformers writes them."""
    import torch
    from sentence_transformers import CrossEncoder, SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("teachers")
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]))
    small = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = {"vocab_size": len(WORDS) + 5, "max_position_embeddings": 64, "initializer_range": 0.5, **small}

    def written(name: str, model: Any) -> str:
        model.save_pretrained(folder / name)
        BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder / name)
        return str(folder / name)

    torch.manual_seed(0)
    paths = {}
    for outputs in (1, 3):
        plain = written(f"plain{outputs}", BertForSequenceClassification(BertConfig(num_labels=outputs, **config)))
        paths[f"cross{outputs}"] = str(folder / f"cross{outputs}")
        CrossEncoder(plain, num_labels=outputs, device="cpu").save_pretrained(paths[f"cross{outputs}"])
    transformer = Transformer(written("plain", BertModel(BertConfig(**config))))
    paths["bi"] = str(folder / "bi")
    SentenceTransformer(modules=[transformer, Pooling(16)], device="cpu").save_pretrained(paths["bi"])
    return paths


SENTENCES = pa.table(
    {"anchor": ["the cat eats", "red moon"], "positive": ["a fish", "blue sun runs"], "negative": ["a house", "a dog"]}
)


def test_a_cross_encoder_by_its_folder(models: dict[str, str]) -> None:
    import torch
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(models["cross1"], device="cpu")
    rows = taught("triplet", "triplet-scores", SENTENCES, models["cross1"]).table.to_pylist()
    for row in rows:
        asked = [(row["query"], row["positive"]), (row["query"], row["negative"])]
        expected = model.predict(asked, activation_fn=torch.nn.Identity())
        assert row["scores"] == pytest.approx(expected.tolist(), abs=1e-5)
    with pytest.raises(InputError, match="3 numbers"):
        taught("triplet", "triplet-scores", SENTENCES, models["cross3"])
    with pytest.raises(InputError, match="cross-encoder"):
        taught("single", "text-embedding", pa.table({"text": ["cat"]}), models["cross1"])


def test_margins_are_of_logits_and_scores_from_0_to_1_of_the_models_own_activation(models: dict[str, str]) -> None:
    import torch
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(models["cross1"], device="cpu", activation_fn=torch.nn.Sigmoid())
    with torch.no_grad():  # so sure of everything that a sigmoid tells nothing apart
        model.model.classifier.weight *= 10
        model.model.classifier.bias += 40
    table = SENTENCES
    first, second = ([(row["anchor"], row[name]) for row in table.to_pylist()] for name in ("positive", "negative"))
    gold = [model.predict(pairs, activation_fn=torch.nn.Identity()) for pairs in (first, second)]
    margins = (gold[0] - gold[1]).tolist()
    assert model.predict(first).tolist() == pytest.approx(model.predict(second).tolist(), abs=1e-6)
    assert max(map(abs, margins)) > 0.01
    found = taught("triplet", "triplet-margin", table, model).table["score"].to_pylist()
    assert found == pytest.approx(margins, abs=1e-4)
    lists = pa.table(
        {
            "query": table["anchor"],
            "documents": [[row["positive"], row["negative"]] for row in table.to_pylist()],
            "labels": [[1, 0]] * 2,
        }
    )
    labels = taught("labeled-list", "labeled-list", lists, model).table["labels"].to_pylist()
    assert [one - other for one, other in labels] == pytest.approx(margins, abs=1e-4)
    scores = taught("pair", "pair-score", table.select(["anchor", "positive"]), model).table["score"].to_pylist()
    assert scores == pytest.approx(model.predict(first).tolist(), abs=1e-5)
    assert type(model.activation_fn).__name__ == "Sigmoid"


def test_a_bi_encoder_by_its_folder(models: dict[str, str]) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(models["bi"], device="cpu")
    rows = taught("triplet", "triplet-margin", SENTENCES, models["bi"]).table.to_pylist()
    for row in rows:
        query, positive, negative = model.encode([row["query"], row["positive"], row["negative"]])
        expected = model.similarity(query, positive) - model.similarity(query, negative)
        assert row["score"] == pytest.approx(expected.item(), abs=1e-5)
    texts = SENTENCES.select(["anchor"]).rename_columns(["text"])
    found = taught("single", "text-embedding", texts, models["bi"]).table["label"].to_pylist()
    np.testing.assert_allclose(found, model.encode(texts["text"].to_pylist()), atol=1e-5)


def test_code_that_comes_with_a_model_is_never_run(models: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    ran = tmp_path / "ran"
    code = f"open({str(ran)!r}, 'w').close()\nclass Own: pass\n"
    (folder / "own.py").write_text(code)
    config = {"architectures": ["OwnForSequenceClassification"], "model_type": "own"}
    (folder / "config.json").write_text(
        json.dumps({**config, "auto_map": {"AutoConfig": "own.Own", "AutoModel": "own.Own"}})
    )
    with pytest.raises(InputError):
        taught("pair", "pair-score", PAIRS, str(folder))
    assert not ran.exists()


def test_scores_are_kept_in_the_work_folder(tmp_path: Path, models: dict[str, str]) -> None:
    mining = Mining(work_dir=str(tmp_path / "work"))
    first = taught("triplet", "triplet-scores", SENTENCES, models["cross1"], mining=mining).table
    kept = list((tmp_path / "work").rglob("*.npy"))
    assert kept
    stamps = {path: path.stat().st_mtime_ns for path in kept}
    again = taught("triplet", "triplet-scores", SENTENCES, models["cross1"], mining=mining).table
    assert again.equals(first)
    assert {path: path.stat().st_mtime_ns for path in kept} == stamps


# -- the command line --------------------------------------------------------------------------------------------------


def test_the_command_asks_the_teacher(
    tmp_path: Path, models: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    from advisor.cli import run

    source, out = tmp_path / "triplets.jsonl", tmp_path / "out.jsonl"
    rows = [{"anchor": f"the {each} runs", "positive": f"a {each}", "negative": "a green sun"} for each in WORDS[2:7]]
    source.write_text("\n".join(map(json.dumps, rows)))
    command = ["convert", str(source), "--output-format", "triplet-margin", "--format", "triplet"]
    command += ["--column", "anchor=anchor", "--column", "positive=positive", "--column", "negative=negative"]
    assert run([*command, "-o", str(out)]) == 2
    assert "--teacher" in capsys.readouterr().err
    assert run([*command, "--teacher", models["bi"], "--dry-run"]) == 0
    assert f"ask the teacher {models['bi']}" in capsys.readouterr().out
    assert run([*command, "--teacher", models["bi"], "--no-cache", "-o", str(out)]) == 0
    written = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(written) == len(rows)
    assert all(isinstance(row["score"], float) for row in written)
    manifest = json.loads((tmp_path / "out.jsonl.manifest.json").read_text())
    assert manifest["teacher"] == models["bi"]
    capsys.readouterr()
    assert run([*command[:3], "pair", *command[4:], "--teacher", models["bi"], "--dry-run"]) == 0
    assert "no teacher is asked" in capsys.readouterr().err
