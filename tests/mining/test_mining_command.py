"""What `mine_hard_negatives` can be told, on the command line: each option does what Python's argument does."""

import inspect
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from advisor import cli
from converters import mine_hard_negatives
from converters.embedding.processes import spread
from converters.errors import InputError

ROWS = 30
PAIRS = {
    "anchor": [f"what is number {i}?" for i in range(ROWS)],
    "positive": [f"this is answer {i} of {i * 7}" for i in range(ROWS)],
}
CORPUS = [f"this is answer {i} of {i * 5}" for i in range(1, 13)]

#: What has no option of its own, and why.
ELSEWHERE = {
    "dataset": "the argument",
    "anchor_column_name": "--column NAME=anchor",
    "positive_column_name": "--column NAME=positive",
    "sampling_strategy": "--sampling",
    "output_format": "--output-format",
    "faiss_batch_size": "changes memory alone, and is bounded",
    "use_faiss": "changes nothing but time",
    "use_multi_process": "--processes and --device",
    "verbose": "--quiet",
    "cache_folder": "--work-dir",
    "as_triplets": "an older way to say --output-format",
    "margin": "an older name of --absolute-margin",
}


@pytest.fixture
def folder(tmp_path):
    rows = [dict(zip(PAIRS, row, strict=True)) for row in zip(*PAIRS.values(), strict=True)]
    (tmp_path / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "corpus.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in CORPUS))
    return tmp_path


@pytest.fixture(scope="module")
def models(tiny_models, tmp_path_factory):
    """Folders of a bi-encoder with prompts, and of a cross-encoder."""
    from sentence_transformers import CrossEncoder, SentenceTransformer

    folder = tmp_path_factory.mktemp("models")
    SentenceTransformer(
        tiny_models["sentence-transformer"], device="cpu", prompts={"ask": "what is ", "tell": "this is "}
    ).save_pretrained(str(folder / "embeds"))
    CrossEncoder(tiny_models["cross-encoder"], num_labels=1, device="cpu").save_pretrained(str(folder / "scores"))
    CrossEncoder(tiny_models["cross-encoder"], num_labels=3, device="cpu").save_pretrained(str(folder / "classes"))
    return folder


def run(folder, *arguments, output_format="triplet"):
    out = folder / "out.jsonl"
    fixed = ["convert", str(folder / "pairs.jsonl"), "--output-format", output_format, "-o", str(out), "--overwrite"]
    status = cli.run([*fixed, "--no-cache", *map(str, arguments)])
    return [json.loads(line) for line in out.read_text().splitlines()] if status == 0 else status


def test_every_argument_of_python_has_its_place(capsys):
    assert cli.run(["convert", "--help"]) == 0
    shown = capsys.readouterr().out
    missing = [
        name
        for name in inspect.signature(mine_hard_negatives).parameters
        if name not in ELSEWHERE and f"--{name.replace('_', '-')[:20]}" not in shown
    ]
    assert missing == []


PROMPTS = {"query_prompt": "what is ", "corpus_prompt": "this is "}
NAMES = {"query_prompt_name": "ask", "corpus_prompt_name": "tell"}
SAME = [
    (["--corpus", "corpus.jsonl"], {"corpus": CORPUS}),
    (["--query-prompt", "what is ", "--corpus-prompt", "this is "], PROMPTS),
    (["--query-prompt-name", "ask", "--corpus-prompt-name", "tell"], NAMES),
    (["--truncate-dim", "7"], {"truncate_dim": 7}),
    (["--vectors-as", "float16"], {"vectors_as": "float16"}),
    (["--cross-encoder", "scores"], {"cross_encoder": "scores"}),
    (["--device", "cpu"], {"device": "cpu"}),
    (["--index", "hnsw", "--min-recall", "0.8"], {"index": "hnsw", "min_recall": 0.8}),
]


@pytest.mark.parametrize(("said", "arguments"), SAME, ids=[said[0][2:] for said, _ in SAME])
def test_an_option_does_what_the_argument_does(folder, models, said, arguments):
    said = [
        str({"corpus.jsonl": folder / "corpus.jsonl", "scores": models / "scores"}.get(each, each)) for each in said
    ]
    if "cross_encoder" in arguments:
        arguments = {"cross_encoder": str(models / "scores")}
    plain = [
        "--veto",
        "none",
        "--range-max",
        "9",
        "--num-negatives",
        "2",
        "--output-scores",
        "--model",
        models / "embeds",
    ]
    found = run(folder, *plain, *said)
    options = {"range_max": 9, "num_negatives": 2, "output_scores": True, "verbose": False}
    expected = mine_hard_negatives(PAIRS, str(models / "embeds"), **options, **arguments)
    assert [(row["anchor"], row["negative"]) for row in found] == list(
        zip(expected["anchor"], expected["negative"], strict=True)
    )
    assert np.allclose([row["scores"] for row in found], expected["scores"], atol=1e-6)
    usual = run(folder, *plain)
    if said[0] not in ("--device", "--index", "--vectors-as"):  # which change no row
        assert found != usual


def test_a_file_is_the_corpus_of_python_too(folder):
    options = {"num_negatives": 1, "verbose": False}
    by_path = mine_hard_negatives(PAIRS, "lsa", corpus=folder / "corpus.jsonl", **options)
    assert by_path[:] == mine_hard_negatives(PAIRS, "lsa", corpus=CORPUS, **options)[:]


def test_a_ranking_with_the_positives_in_it(folder, capsys):
    rows = run(folder, "--include-positives", "--num-negatives", "4", output_format="n-tuple")
    expected = mine_hard_negatives(PAIRS, "lsa", include_positives=True, num_negatives=4, range_max=100, verbose=False)
    assert [row["negative_1"] for row in rows] == expected["negative_1"]
    assert any(row["positive"] == row[f"negative_{i}"] for row in rows for i in range(1, 5))
    assert run(folder, "--include-positives") == 2
    assert "ask for n-tuple" in capsys.readouterr().err
    assert run(folder, "--include-positives", "--veto", "agreement", output_format="n-tuple") == 2
    assert "include_positives wants the positives ranked, and a veto leaves them out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (["--index", "flatt"], "faiss knows no index 'flatt': did you mean 'flat'"),
        (["--index", "IVF4096,Flat"], "4,096 lists or codes to learn, and there are 30 documents only"),
        (["--index", "PQ7x4", "--model", "embeds"], "does not fit vectors of 32 numbers"),
        (["--index", "PQ5x4", "--model", "embeds", "--truncate-dim", "16"], "does not fit vectors of 16 numbers"),
        (["--index", "hnsw", "--model", "bm25"], "searched exactly, and has no use for the index 'hnsw'"),
        (["--index", "hnsw", "--model", "blend:lsa+bm25"], "searched exactly"),
        (["--min-recall", "0"], "min_recall is a share"),
        (["--truncate-dim", "99", "--model", "embeds"], "'embeds' gives vectors of 32 numbers"),
        (["--truncate-dim", "4", "--model", "bm25"], "no vectors that truncate_dim could shorten"),
        (["--vectors-as", "int8"], "vectors_as has to be float32 or float16"),
        (["--query-prompt", "ask: "], "encoder 'lsa' takes no prompts"),
        (["--query-prompt-name", "asks", "--model", "embeds"], "no prompt 'asks' for query_prompt_name; did you mean"),
        (["--device", "gpu"], "there is no device 'gpu'"),
        (["--device", "cuda:99"], "there is no 'cuda:99' here"),
        (["--device", "cpu"], "encoder 'lsa' runs on no device"),
        (["--processes", "0"], "1 process or more, not 0"),
        (["--processes", "1", "--device", "cpu", "--device", "cpu"], "processes: 1 cannot run on 2 devices"),
        (["--processes", "2"], "encoder 'lsa' runs in one process"),
        (["--cross-encoder", "embeds"], "is no cross-encoder but made to be a SentenceTransformer"),
        (["--cross-encoder", "classes"], "gives 3 numbers for a pair"),
        (["--cross-encoder", "./no-such-folder"], "there is no model folder './no-such-folder'"),
        (["--model", "scores"], "is a cross-encoder, which scores pairs and embeds nothing"),
        (["--corpus", "no-such-file.jsonl"], "no-such-file.jsonl"),
        (["--corpus", "pairs.jsonl"], "one column of texts"),
        (["--report", "report.txt"], "has to end in .md or .json"),
        (["--report", "no-such-folder/report.md"], "there is no folder"),
        (["--report", "pairs.json"], "exists already"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_one_line_before_anything_is_embedded(folder, models, monkeypatch, capsys, said, words):
    from converters.embedding import LsaEncoder, ModelEncoder

    def embeds(*_):
        raise AssertionError("embedded")

    for kind in (LsaEncoder, ModelEncoder):
        monkeypatch.setattr(kind, "encode_documents", embeds)
    monkeypatch.chdir(folder)
    (folder / "pairs.json").write_text("mine")
    for name in ("embeds", "scores", "classes"):
        (folder / name).symlink_to(models / name)
    arguments = ["convert", "pairs.jsonl", "--output-format", "triplet", "-o", "out.jsonl", "--no-cache"]
    assert cli.run([*arguments, *said]) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert not (folder / "out.jsonl").exists()
    assert (folder / "pairs.json").read_text() == "mine"


@pytest.mark.parametrize("name", ["report.md", "report.json"])
def test_a_report_is_a_file_of_its_own(folder, name, capsys):
    run(folder, "--report", folder / name, "--num-negatives", "2")
    assert f"the report of the mining is {folder / name}" in capsys.readouterr().out
    text = (folder / name).read_text(encoding="utf-8")
    manifest = json.loads((folder / "out.jsonl.manifest.json").read_text())
    if name.endswith(".json"):
        told = json.loads(text)
        assert told["examples"]
        assert told | {"search": None} == manifest["mined"] | {"search": None}
    else:
        assert text.startswith("# Mining report\n")
        assert "| known\\_positive | 30 |" in text
        assert "- search: flat" in text
    assert run(folder, "--report", folder / name) != 2  # --overwrite is said
    mine_hard_negatives(PAIRS, "lsa", num_negatives=2, report=folder / name, verbose=False)
    assert (folder / name).read_text(encoding="utf-8") != ""


def test_a_report_tells_where_nothing_is_left_to_write(folder, capsys):
    assert run(folder, "--report", folder / "r.json", "--max-score", "-2") == 2
    assert "no candidate passed the filters" in capsys.readouterr().err
    assert json.loads((folder / "r.json").read_text())["skipped"]["max_score"] > 0


def test_a_report_that_cannot_be_written_leaves_none(folder, monkeypatch, capsys):
    write = Path.write_text

    def full(self, text, **options):
        if "Mining report" in text:
            write(self, text[:20], **options)
            raise OSError(28, "No space left on device")
        return write(self, text, **options)

    monkeypatch.setattr(Path, "write_text", full)
    assert run(folder, "--report", folder / "r.md") == 2
    assert "the report" in (told := capsys.readouterr().err)
    assert "No space left" in told
    assert not list(folder.glob("*r.md*"))
    assert not (folder / "out.jsonl").exists()


@pytest.mark.parametrize(
    ("devices", "count", "expected"),
    [
        ([], None, (None, False)),
        ([], 1, (None, False)),
        (["cpu"], None, ("cpu", False)),
        (["cpu"], 3, (None, ["cpu"] * 3)),
        (["cpu", "meta"], None, (None, ["cpu", "meta"])),
        (["cpu", "meta"], 3, (None, ["cpu", "meta", "cpu"])),
    ],
)
def test_what_runs_where(devices, count, expected):
    assert spread(devices, count) == expected


def test_without_a_device_processes_share_what_there_is(monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert spread([], 2) == (None, ["cpu", "cpu"])
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert spread([], 3) == (None, ["cuda:0", "cuda:1", "cuda:0"])
    with pytest.raises(InputError, match="cuda:2"):
        spread(["cuda:2"], None)


def test_processes_reach_the_model_and_the_cross_encoder(folder, models, monkeypatch):
    from converters.embedding import processes

    started = []

    def start(self):
        started.append((type(self._model).__name__, self._devices))
        raise InputError("started")

    monkeypatch.setattr(processes.Processes, "pool", start)
    assert run(folder, "--model", models / "embeds", "--processes", "2") == 2
    assert (
        run(folder, "--model", "lsa", "--cross-encoder", models / "scores", "--device", "cpu", "--device", "cpu") == 2
    )
    assert started == [("SentenceTransformer", ["cpu", "cpu"]), ("CrossEncoder", ["cpu", "cpu"])]


@pytest.mark.skipif(os.name != "posix", reason="this system has no such signal")
def test_ctrl_c_ends_with_one_clear_line_and_the_work_so_far(folder):
    program = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # what runs in the background ignores it
        "from advisor import cli\n"
        "from converters.embedding import LsaEncoder\n"
        "def slow(self, texts):\n"
        "    print('at work', flush=True)\n"
        "    time.sleep(600)\n"
        "LsaEncoder.encode_queries = slow\n"
        "sys.argv[0] = 'advisor'\n"
        "sys.exit(cli.run())\n"
    )
    arguments = ["convert", str(folder / "pairs.jsonl"), "--output-format", "triplet", "-o", str(folder / "out.jsonl")]
    command = [sys.executable, "-c", program, *arguments, "--work-dir", str(folder / "work")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "at work\n"
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert err.splitlines()[-1] == "interrupted: nothing was written"
    assert "the work so far is kept in" in err
    assert not list(folder.glob("*out.jsonl*"))
    assert len(list((folder / "work").glob("embeddings-*/vectors.npy"))) == 1  # those of the documents
    assert cli.run([*arguments, "--work-dir", str(folder / "work")]) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no limits for a process")
def test_a_disk_that_is_full_is_one_line_and_leaves_nothing(folder):
    program = (
        "import resource, signal, sys\n"
        "from advisor import cli\n"
        "import converters.mining.pipeline, sklearn.utils.extmath, faiss\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "sys.exit(cli.run())\n"
    )
    arguments = ["convert", str(folder / "pairs.jsonl"), "--output-format", "triplet", "-o", str(folder / "out.jsonl")]
    for more in (["--work-dir", str(folder / "work")], ["--no-cache"]):
        done = subprocess.run([sys.executable, "-c", program, *arguments, *more], capture_output=True, text=True)
        assert done.returncode == 2, done.stderr
        assert done.stdout == ""
        assert done.stderr.splitlines()[-1].startswith("error: ")
        assert "Traceback" not in done.stderr
        assert not list(folder.glob("*out.jsonl*"))
    assert not list((folder / "work").glob("*/*.unfinished"))
    assert cli.run([*arguments, "--work-dir", str(folder / "work")]) == 0
