"""What a script is told to do otherwise: another loss, shorter embeddings, a teacher, an adapter, other data."""

import json
import shutil
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import advisor
from advisor.catalogue import FAMILIES
from advisor.catalogue.evaluators import evaluator_for
from advisor.rules import TASKS
from advisor.script import report_for, write_script
from converters.errors import InputError
from tests.advisor.scripts import ANCHORS, DATA, PAIRINGS, POSITIVES, WORDS, clean, measured, run, write, write_for

DENSE = "sentence-transformer"


class Trained:
    """Writes a script for data of a format, checks it and runs it."""

    def __init__(
        self, folder: Path, models: dict[str, str], patch: pytest.MonkeyPatch, said: pytest.CaptureFixture[str]
    ) -> None:
        self.folder, self.models, self.patch, self.said = folder, models, patch, said
        patch.chdir(folder)

    def __call__(self, format: str, family: str = DENSE, *, started: tuple[str, ...] = (), **options: object) -> str:
        data = options.pop("data", None) or write(self.folder, format)
        options = {"model": self.models[family], "output_dir": "out", **options}
        self.code = write_script(advisor.inspect(data), family=family, **options)  # type: ignore[arg-type]
        clean(self.code, self.folder)
        return run(self.code, self.folder, self.patch, self.said, *started)


@pytest.fixture
def trained(
    tmp_path: Path,
    tiny_models: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Trained:
    return Trained(tmp_path, tiny_models, monkeypatch, capsys)


@pytest.mark.parametrize("task", TASKS)
def test_the_evaluator_and_the_metric_are_those_of_the_task(task: str, tmp_path: Path) -> None:
    for format in DATA:
        report = advisor.inspect(write(tmp_path, format), task=task)
        for family in FAMILIES:
            if (family, format) not in PAIRINGS:
                continue
            best = report.best(family)
            code = write_script(report, family=family, model="m")
            wanted = evaluator_for(family, format, task)
            assert wanted is not None
            assert best.evaluator == wanted.name
            assert f"-> {best.evaluator}:" in code.replace("\n", " ")
            line = next(line for line in code.splitlines() if line.strip().startswith("metric = "))
            usual = {"sparse-encoder": "dot", "multi-vector-encoder": "maxsim"}.get(family, "cosine")
            assert best.metric == line.split('"')[1].replace("{model.similarity_fn_name}", usual)


@pytest.mark.parametrize(
    ("task", "format", "family"),
    [
        ("reranking", "n-tuple", DENSE),
        ("reranking", "triplet-scores", "multi-vector-encoder"),
        ("similarity", "n-tuple", DENSE),
        ("similarity", "triplet", "sparse-encoder"),
        ("clustering", "single-class", DENSE),
    ],
)
def test_evaluators_of_a_task_run(
    task: str, format: str, family: str, trained: Trained, tmp_path: Path, tiny_models: dict[str, str]
) -> None:
    report = report_for(write(tmp_path, format), model=tiny_models[family], task=task)
    code = write_script(report, family=family, model=tiny_models[family], output_dir="out")
    clean(code, tmp_path)
    assert len(measured(run(code, tmp_path, trained.patch, trained.said))) == 2


@pytest.mark.parametrize(("format", "document"), [("pair", "passage: "), ("pair-score", "query: ")])
def test_prompts_of_the_model_are_trained_with_and_kept(
    format: str, document: str, trained: Trained, tmp_path: Path, tiny_models: dict[str, str]
) -> None:
    shutil.copytree(tiny_models[DENSE], tmp_path / "e5-tiny")
    trained(format, model="./e5-tiny")
    assert '"query: "' in trained.code
    assert "prompts=PROMPTS" in trained.code
    kept = json.loads((tmp_path / "out" / "final" / "config_sentence_transformers.json").read_text())
    assert kept["prompts"] == {"query": "query: ", "document": document}


def test_another_loss_is_trained_when_it_fits(trained: Trained) -> None:
    trained("pair-score", loss="CosineSimilarityLoss")
    assert "CosineSimilarityLoss(model)" in trained.code
    assert "CoSENTLoss" not in trained.code


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        ("TripletLoss", r"TripletLoss cannot train on this data: the data is pair; .*first run: advisor convert"),
        ("LambdaLoss", "belongs to cross-encoder"),
        ("TripleLoss", "did you mean 'TripletLoss'"),
    ],
)
def test_a_loss_that_does_not_fit_is_refused(loss: str, message: str, tmp_path: Path) -> None:
    report = advisor.inspect(write(tmp_path, "pair"))
    with pytest.raises(InputError, match=message):
        write_script(report, family=DENSE, model="m", loss=loss)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "more than 0"),
        ({"style": "plane"}, "did you mean 'plain'"),
        ({"matryoshka": True, "family": "sparse-encoder"}, "only the embeddings of a sentence-transformer"),
        ({"matryoshka": True, "format": "pair-class"}, "SoftmaxLoss cannot be cut short: leave --matryoshka out$"),
        ({"matryoshka": True, "format": "identical-pair"}, "out, or .* --loss MultipleNegativesRankingLoss$"),
        ({"teacher": "t", "format": "pair-score"}, "nothing can be taught on pair-score data"),
        ({"teacher": "t", "loss": "CoSENTLoss", "format": "pair-score"}, "CoSENTLoss learns nothing from a teacher"),
        ({"teacher": " "}, "no name"),
        ({"model": "./nowhere"}, "no folder './nowhere'"),
        ({"seed": -1}, "seed"),
        ({"max_length": 4}, "at least 8"),
    ],
)
def test_what_does_not_go_together_is_refused(options: dict, message: str, tmp_path: Path) -> None:
    report = advisor.inspect(write(tmp_path, options.pop("format", "pair")))
    with pytest.raises(InputError, match=message):
        write_script(report, **{"family": DENSE, "model": "m", **options})


@pytest.mark.parametrize("style", ["trainer", "plain"])
def test_no_script_reads_more_than_the_model_has_positions_for(style: str, trained: Trained, tmp_path: Path) -> None:
    report, model = advisor.inspect(write(tmp_path, "pair")), trained.models[DENSE]
    settings = {"family": DENSE, "model": model, "style": style, "output_dir": "out"}
    with pytest.raises(InputError, match="reads 128 tokens at most, and the greatest length is to be 129"):
        write_script(report, max_length=129, **settings)
    code = write_script(report, max_length=128, **settings)
    clean(code, tmp_path)
    with pytest.raises(SystemExit, match=r"error: the model .* reads 128 tokens at most"):
        run(code, tmp_path, trained.patch, trained.said, "--max_length", "5000")
    assert not (tmp_path / "out").exists()


def test_models_of_another_kind_are_refused(tmp_path: Path, tiny_models: dict[str, str]) -> None:
    from sentence_transformers import CrossEncoder

    CrossEncoder(tiny_models["cross-encoder"], num_labels=3, device="cpu").save_pretrained(str(tmp_path / "three"))
    report, three = advisor.inspect(write(tmp_path, "pair-score")), str(tmp_path / "three")
    with pytest.raises(InputError, match="is a cross-encoder, and a sentence-transformer is to be trained"):
        write_script(report, family=DENSE, model=three)
    with pytest.raises(InputError, match=r"has 3 outputs, and .* needs 1"):
        write_script(report, family="cross-encoder", model=three)
    classes = advisor.inspect(write(tmp_path, "pair-class"))
    assert "CrossEntropyLoss" in write_script(classes, family="cross-encoder", model=three)


def test_a_model_that_is_elsewhere_is_assumed_nothing_about(tmp_path: Path) -> None:
    notes: list[str] = []
    report = report_for(write(tmp_path, "pair"), model="some/model")
    write_script(report, family=DENSE, model="some/model", note=notes.append)
    assert len(notes) == 1
    assert "'some/model' cannot be looked at" in notes[0]


def test_what_the_model_tells_counts_without_being_asked(tmp_path: Path, tiny_models: dict[str, str]) -> None:
    report = advisor.inspect(write(tmp_path, "pair"))  # which knows no model
    code = write_script(report, family=DENSE, model=tiny_models["wide"])
    assert "of memory (" in code  # an estimate needs the model's shape
    assert "of memory (" not in write_script(report, family=DENSE, model="some/model")


def test_embeddings_that_are_cut_short_are_measured_too(trained: Trained) -> None:
    said = trained("pair", model=trained.models["wide"], matryoshka=True)
    assert [line.split(":")[0] for line in said.splitlines() if "cut to" in line] == [
        f"cut to {dimension}" for dimension in (192, 96, 48)
    ]
    assert len(measured(said)) == 5


@pytest.mark.parametrize(
    ("format", "family", "teacher", "loss"),
    [
        ("pair", DENSE, "wide", "GISTEmbedLoss"),
        ("triplet", DENSE, "reranker", "DistillKLDivLoss"),
        ("n-tuple", "multi-vector-encoder", "wide", "MultiVectorDistillKLDivLoss"),
        ("triplet", "cross-encoder", "reranker", "MarginMSELoss"),
        ("single", DENSE, "wide", "EmbedDistillLoss"),
    ],
)
def test_a_teacher_guides_scores_or_embeds(
    format: str, family: str, teacher: str, loss: str, trained: Trained, tmp_path: Path
) -> None:
    from sentence_transformers import CrossEncoder, SentenceTransformer

    if teacher == "reranker":
        CrossEncoder(trained.models["cross-encoder"], num_labels=1, device="cpu").save_pretrained("teacher")
    else:
        SentenceTransformer(trained.models["wide"], device="cpu").save_pretrained("teacher")
    said = trained(format, family, teacher="./teacher")
    assert len(measured(said)) == 2
    assert 'default="./teacher"' in trained.code
    assert f"{loss}(" in trained.code


def test_a_loss_that_a_teacher_scores_for_says_how(tmp_path: Path, tiny_models: dict[str, str]) -> None:
    report, model = advisor.inspect(write(tmp_path, "pair")), tiny_models[DENSE]
    settings = {"family": DENSE, "model": model, "loss": "CosineSimilarityLoss"}
    way = f"advisor convert {report.dataset} --output-format pair-score --teacher {{}} -o pair-pair-score.parquet"
    with pytest.raises(InputError) as refused:
        write_script(report, **settings)
    assert str(refused.value).endswith(f"for which a teacher has to be asked: {way.format('MODEL')}")
    with pytest.raises(InputError) as refused:
        write_script(report, teacher=model, **settings)
    assert f"first run: {way.format(model)}, then write a script" in str(refused.value)


def test_a_reranker_cannot_guide(tmp_path: Path, tiny_models: dict[str, str]) -> None:
    from sentence_transformers import CrossEncoder

    CrossEncoder(tiny_models["cross-encoder"], num_labels=1, device="cpu").save_pretrained(str(tmp_path / "teacher"))
    with pytest.raises(InputError, match="a guide embeds"):
        write_script(
            advisor.inspect(write(tmp_path, "pair")), family=DENSE, model="m", teacher=str(tmp_path / "teacher")
        )


def test_an_adapter_needs_peft_and_says_so(trained: Trained) -> None:
    trained.patch.setitem(sys.modules, "peft", None)  # as if it were not there
    with pytest.raises(SystemExit, match="error: an adapter is trained by peft: pip install peft"):
        trained("pair", lora=True)
    assert "learning_rate: float = HfArg(default=0.0001" in trained.code
    assert 'target_modules="all-linear"' in trained.code


def test_what_a_teacher_has_to_be(tmp_path: Path, tiny_models: dict[str, str]) -> None:
    from sentence_transformers import CrossEncoder

    CrossEncoder(tiny_models["cross-encoder"], num_labels=2, device="cpu").save_pretrained(str(tmp_path / "two"))
    report, notes = advisor.inspect(write(tmp_path, "triplet")), list[str]()
    settings = {"family": DENSE, "model": tiny_models[DENSE], "note": notes.append}
    with pytest.raises(
        InputError, match=r"two' has 2 outputs, and a document's score is one number: choose a reranker"
    ):
        write_script(report, teacher=str(tmp_path / "two"), **settings)
    with pytest.raises(InputError, match=r"there is no folder './nowhere'"):
        write_script(report, teacher="./nowhere", **settings)
    # A transformer without a head has nothing to score pairs by, but it embeds.
    assert "CrossEncoder(" not in write_script(report, teacher=tiny_models["wide"], **settings)
    assert not notes
    assert "CrossEncoder(" in write_script(report, teacher="some/reranker", **settings)
    assert ["the teacher 'some/reranker' cannot be looked at" in note for note in notes] == [True]


@pytest.mark.parametrize(
    ("family", "model", "length", "loss", "message"),
    [
        (DENSE, DENSE, 20, "MSELoss", "have 20 numbers, those of the model .* 32, .*--loss EmbedDistillLoss projects"),
        ("sparse-encoder", "sparse-encoder", 32, None, "have 32 numbers, .* and SparseMSELoss needs as many: choose"),
    ],
)
def test_embeddings_that_cannot_be_copied_are_refused(
    family: str, model: str, length: int, loss: str | None, message: str, tmp_path: Path, tiny_models: dict[str, str]
) -> None:
    texts = DATA["text-embedding"]["text"]
    vectors = [[0.1 * (i + j) for j in range(length)] for i in range(len(texts))]
    pq.write_table(pa.table({"text": texts, "label": vectors}), tmp_path / "taught.parquet")
    report = advisor.inspect(tmp_path / "taught.parquet")
    with pytest.raises(InputError, match=message):
        write_script(report, family=family, model=tiny_models[model], loss=loss)


def test_a_masked_language_model_copies_embeddings_over_its_vocabulary(
    tmp_path: Path, tiny_models: dict[str, str]
) -> None:
    model = tiny_models["sparse-encoder"]
    path = write_for("sparse-encoder", "text-embedding", tmp_path, model)
    code = write_script(report_for(path, model=model), family="sparse-encoder", model=model)
    assert "SparseMSELoss(model)" in code
    assert "equally long" not in code


def test_evaluation_on_a_file_of_its_own(trained: Trained, tmp_path: Path) -> None:
    own = tmp_path / "dev.parquet"
    pq.write_table(pa.table({name: values[:20] for name, values in DATA["pair"].items()}), own)
    assert len(measured(trained("pair", evaluation=str(own)))) == 2
    assert "hold_out" not in trained.code


def test_classes_of_another_file_get_the_same_ids(trained: Trained, tmp_path: Path) -> None:
    own = tmp_path / "dev.parquet"
    classes = [*WORDS[1:4], "unheard"]
    pq.write_table(pa.table({"text": ANCHORS[:40], "label": [classes[i % 4] for i in range(40)]}), own)
    trained("single-class", evaluation=str(own))
    assert "held_out = align_classes(train, held_out)" in trained.code


@pytest.mark.parametrize(
    ("columns", "message"),
    [({"question": ANCHORS, "answer": POSITIVES}, "it has to look like the training data"), ({}, "nowhere")],
)
def test_a_file_that_cannot_be_evaluated_on(columns: dict, message: str, tmp_path: Path) -> None:
    own = tmp_path / ("dev.parquet" if columns else "nowhere.csv")
    if columns:
        pq.write_table(pa.table(columns), own)
    with pytest.raises(InputError, match=message):
        write_script(advisor.inspect(write(tmp_path, "pair")), family=DENSE, model="m", evaluation=str(own))


def test_an_own_validation_split_of_classes(trained: Trained, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    pq.write_table(pa.table(DATA["single-class"]), folder / "train.parquet")
    few = {"text": ANCHORS[:30], "label": [WORDS[1 + i % 2] for i in range(30)]}
    pq.write_table(pa.table(few), folder / "validation.parquet")
    assert len(measured(trained("single-class", data=folder))) == 2
    assert 'split="validation"' in trained.code
    assert "align_classes" in trained.code


@pytest.mark.parametrize("format", ["pair", "pair-score"])
def test_a_small_device_trains_in_parts(format: str, trained: Trained) -> None:
    from advisor import hardware

    trained.patch.setattr(hardware, "found_hardware", lambda: hardware.Hardware(memory=0.01))
    assert len(measured(trained(format))) == 2
    assert ("CachedMultipleNegativesRankingLoss" if format == "pair" else "gradient_checkpointing") in trained.code


def test_a_run_that_was_stopped_goes_on(trained: Trained, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformerTrainer as Trainer

    steps: list[int] = []
    step = Trainer.training_step

    def counted(self: Trainer, *args: object, **kwargs: object) -> object:
        if len(steps) == 5:
            raise KeyboardInterrupt
        steps.append(self.state.global_step)
        return step(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "training_step", counted)
        with pytest.raises(KeyboardInterrupt):
            trained("pair-class", started=("--max_steps", "8"))  # a checkpoint after each step
    trained.said.readouterr()
    stopped = sorted(path.name for path in (tmp_path / "out").glob("checkpoint-*"))
    assert "checkpoint-5" in stopped
    assert (tmp_path / "out" / "checkpoint-5" / "loss.safetensors").exists()  # the classifier goes on as well
    with pytest.MonkeyPatch.context() as patch:
        steps.clear()
        patch.setattr(Trainer, "training_step", counted)
        assert len(measured(run(trained.code, tmp_path, trained.patch, trained.said, "--max_steps", "8"))) == 2
    assert steps == [5, 6, 7]
    with pytest.raises(SystemExit, match=r"another run \(seed was '12' and is '3' now\): .* --output, or"):
        run(trained.code, tmp_path, trained.patch, trained.said, "--max_steps", "8", "--seed", "3")


@pytest.mark.parametrize("started", [("--max_steps", "2"), ("--epochs", "0.2"), ("--epochs", "1")])
def test_a_finished_run_is_told_again_and_trains_no_further(
    started: tuple[str, ...], trained: Trained, tmp_path: Path
) -> None:
    started = (*started, "--batch_size", "64")
    first = trained("pair", started=started)
    steps = sorted(path.name for path in (tmp_path / "out").glob("checkpoint-*"))
    model = (tmp_path / "out" / "final" / "model.safetensors").read_bytes()
    told = [line for line in first.splitlines() if line.startswith(("before", "after", "the model"))]
    assert len(told) == 3

    def again() -> list[str]:
        return run(trained.code, tmp_path, trained.patch, trained.said, *started).splitlines()

    assert again() == ["out holds this run already, and it is finished", *told]
    (tmp_path / "out" / "result.json").unlink()  # as if it had been stopped after the last checkpoint
    assert [line for line in again() if line in told] == told
    assert sorted(path.name for path in (tmp_path / "out").glob("checkpoint-*")) == steps
    assert (tmp_path / "out" / "final" / "model.safetensors").read_bytes() == model
    shutil.rmtree(tmp_path / "out" / "final")  # nothing to be told without a model
    assert [line for line in again() if line in told] == told
    assert (tmp_path / "out" / "final" / "model.safetensors").read_bytes() == model


def test_what_cannot_be_pushed_is_refused_before_training(trained: Trained, tmp_path: Path) -> None:
    trained.patch.setattr("huggingface_hub.get_token", lambda: None)
    with pytest.raises(
        SystemExit, match=r"error: 'my model!' is no name of a model on the hub: give --push_to_hub own"
    ):
        trained("pair", started=("--push_to_hub", "my model!"))
    pushed = ("--push_to_hub", "me/mine")
    with pytest.raises(SystemExit, match=r"error: pushing to the hub needs a token: log in"):
        run(trained.code, tmp_path, trained.patch, trained.said, *pushed)
    trained.patch.setattr("huggingface_hub.get_token", lambda: "hf_secret")
    with pytest.raises(SystemExit, match=r"error: the hub cannot be reached: check the network and HF_HUB_OFFLINE"):
        run(trained.code, tmp_path, trained.patch, trained.said, *pushed)
    trained.patch.setattr("converters.sources.network.is_hub_reachable", lambda: True)
    with pytest.raises(SystemExit, match=r"error: the hub refuses the token: .* log in again"):  # the tests are offline
        run(trained.code, tmp_path, trained.patch, trained.said, *pushed)
    assert not (tmp_path / "out").exists()


def test_a_push_that_fails_is_done_again_without_training_again(trained: Trained, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    pushed: list[tuple[object, ...]] = []

    def push(model: SentenceTransformer, name: str, *, private: bool, exist_ok: bool) -> str:
        if not pushed:
            pushed.append(())
            raise ConnectionError("the line is dead\nand long")
        pushed.append((name, private, model.encode("how do i order").tolist()))
        return f"https://hub/{name}"

    trained.patch.setattr("huggingface_hub.get_token", lambda: "hf_secret")
    trained.patch.setattr("huggingface_hub.HfApi.whoami", lambda self: {"name": "me"})
    trained.patch.setattr("converters.sources.network.is_hub_reachable", lambda: True)
    trained.patch.setattr(SentenceTransformer, "push_to_hub", push)
    started = ("--max_steps", "2", "--push_to_hub", "me/mine")
    with pytest.raises(
        SystemExit, match=r"error: 'me/mine' could not be pushed to the hub: 'the line is dead': the model"
    ):
        trained("pair", started=started)
    model = SentenceTransformer(str(tmp_path / "out" / "final"), device="cpu")
    said = run(trained.code, tmp_path, trained.patch, trained.said, *started)
    assert "out holds this run already, and it is finished" in said
    assert said.endswith("pushed to https://hub/me/mine\n")
    assert pushed[1:] == [("me/mine", True, model.encode("how do i order").tolist())]


def test_a_result_does_not_outlive_its_run(trained: Trained, tmp_path: Path) -> None:
    first = measured(trained("pair"))
    for checkpoint in (tmp_path / "out").glob("checkpoint-*"):
        shutil.rmtree(checkpoint)
    (tmp_path / "out" / "result.json").write_text('{"metric": "m", "before": 0.25, "after": 0.5}')
    assert measured(run(trained.code, tmp_path, trained.patch, trained.said)) == first  # trained anew


def test_what_a_script_refuses_it_refuses_in_a_line(trained: Trained, tmp_path: Path) -> None:
    data = write(tmp_path, "pair")
    code = write_script(advisor.inspect(data), family=DENSE, model=trained.models[DENSE], output_dir="out")
    data.unlink()
    with pytest.raises(SystemExit, match=r"error: .*pair\.parquet"):
        run(code, tmp_path, trained.patch, trained.said)


def test_what_the_script_does_itself_is_not_asked_for(tmp_path: Path) -> None:
    report = advisor.inspect(write(tmp_path, "pair-score"))  # scores from 0 to 5
    assert any("advisor convert" in each for each in report.best("cross-encoder").warnings)
    code = write_script(report, family="cross-encoder", model="m")
    assert "advisor convert" not in code
    assert "score_range=(0, 5)" in code
