"""Runs that are killed, at every point where something reaches the disk, and then run again."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from advisor import cli

#: Mines in a work folder. It prints nothing: its texts go to a log as they are embedded, and its rows to a file.
#: Where it is told to, it kills itself at the n-th moment before or after something is made sure of on the disk.
PROGRAM = """
import os, pathlib, signal, sys
import numpy as np, pyarrow as pa
from converters.mining import Selection, Workspace, kept_rows, mine
from converters.mining import assemble as _, embedded
import importlib
embedded.SHARD = 8
importlib.import_module("converters.mining.assemble").BLOCK_QUERIES = 9

folder, log, rows = sys.argv[1:4]
ANCHORS = [f"question {i}" for i in range(12)]
POSITIVES = [f"answer {i}" for i in range(12)]
CORPUS = [f"passage {i}" for i in range(16)]

class Model:
    name = "model"
    def identity(self, kind):
        return {"model": "x", "kind": kind}
    def encode_queries(self, texts):
        with open(log, "a") as file:
            file.write("".join(text + "\\n" for text in texts))
        return np.array([np.random.default_rng(list(text.encode())).standard_normal(8) for text in texts])
    encode_documents = encode_queries

class Scorer:
    def predict(self, pairs, **options):
        return np.array([len(a) / (1 + len(b)) + int(b.split()[1]) / 100 for a, b in pairs])

def run():
    with Workspace(folder) as workspace:
        mined = mine(ANCHORS, POSITIVES, corpus=CORPUS, model=Model(), use_faiss=False, block_size=7,
            selection=Selection(num_negatives=2, range_max=9, relative_margin=0.1), cross_encoder=Scorer(),
            workspace=workspace)
        table, stage = kept_rows(workspace, mined, "triplet", output_scores=True)
        with pa.ipc.new_file(rows + ".new", table.schema) as writer:
            writer.write_table(table.combine_chunks())
        os.rename(rows + ".new", rows)

def kill_at(moment):
    passed = 0
    def watch(function):
        def watched(*arguments):
            nonlocal passed
            for step in (lambda: None, lambda: function(*arguments)):
                passed += 1
                if passed == moment:
                    os.kill(os.getpid(), signal.SIGKILL)
                result = step()
            return result
        return watched
    os.fsync = watch(os.fsync)
    pathlib.Path.replace = watch(pathlib.Path.replace)

if len(sys.argv) > 4:
    # A process for each moment, forked from one that has imported everything already.
    run()
    for moment in map(int, sys.argv[4:]):
        folder, log, rows = (f"{each}-{moment}" for each in sys.argv[1:4])
        if (child := os.fork()) == 0:
            kill_at(moment)
            run()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        with open(log, "a") as file:
            file.write(f"killed {killed}\\n")
        if (child := os.fork()) == 0:
            run()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert status == 0, (moment, status)
        if not killed:
            break
else:
    run()
"""

SHARD = 8


def contents(folder):
    """What the files of a work folder hold, but for times and locks."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("lock", "about.json")
    }


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_killed_at_any_moment_a_run_goes_on_and_ends_with_the_same_bytes(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    # One thread: what is forked has none of the threads that a library has started before.
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

    def start(*arguments):
        command = [sys.executable, str(program), *map(str, arguments)]
        subprocess.run(command, check=True, env=environment, cwd=Path(__file__).parents[2], timeout=120)

    whole = [tmp_path / name for name in ("work", "log", "rows")]
    start(*whole)
    expected, texts = contents(whole[0]), whole[1].read_text().split("\n")[:-1]
    assert len(texts) == 40
    assert {name.split("-")[0] for name in expected} == {"embeddings", "rankings", "rows", "miner.json"}
    start(*whole, *range(1, 200, 2))

    logs = sorted(tmp_path.glob("log-*"), key=lambda path: int(path.name[4:]))
    assert len(logs) > 30  # shards, blocks, files of rows, notes of stages
    for log in logs:
        moment = log.name[4:]
        before, after = log.read_text().split("killed ")
        verdict, *again = after.split("\n")[:-1]
        assert verdict == ("True" if log != logs[-1] else "False"), moment
        assert (tmp_path / f"rows-{moment}").read_bytes() == whole[2].read_bytes(), moment
        assert contents(tmp_path / f"work-{moment}") == expected, moment
        done = before.split("\n")[:-1]
        assert set(done) | set(again) == set(texts), moment
        assert len(done) + len(again) <= len(texts) + SHARD, moment  # at most a shard is embedded twice


class Interrupted:
    """An encoder whose user loses patience."""

    name = "interrupted"
    patience = 3

    def identity(self, kind):
        return {"kind": kind}

    def encode_queries(self, texts):
        Interrupted.patience -= 1
        if Interrupted.patience == 0:
            raise KeyboardInterrupt
        return np.array([np.random.default_rng(list(text.encode())).standard_normal(8) for text in texts])

    encode_documents = encode_queries


@pytest.fixture
def command(tmp_path, monkeypatch):
    """An `advisor convert` whose embedded encoder is interrupted at the third portion of texts."""
    from converters.embedding import encoder
    from converters.mining import embedded

    monkeypatch.setattr(embedded, "SHARD", 8)
    monkeypatch.setitem(encoder.EMBEDDED_ENCODERS, "lsa", Interrupted)
    Interrupted.patience = 3
    path = tmp_path / "pairs.jsonl"
    rows = [{"anchor": f"what is number {i}?", "positive": f"this is the answer of number {i}"} for i in range(40)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    out, work = tmp_path / "out.jsonl", tmp_path / "work"
    settings = ["--relative-margin", "0", "--max-score", "0.99"]
    return ["convert", str(path), "--output-format", "triplet", "-o", str(out), *settings, "--work-dir", str(work)]


def test_an_interrupt_says_how_to_go_on_and_leaves_nothing_half_written(command, tmp_path, capsys):
    assert cli.run(command) == 130
    told = capsys.readouterr()
    assert told.out == ""
    assert f"the work so far is kept in '{tmp_path / 'work'}': the same call goes on from there" in told.err
    assert told.err.splitlines()[-1] == "interrupted: nothing was written"
    assert not (tmp_path / "out.jsonl").exists()
    before = -Interrupted.patience
    assert cli.run(command) == 0
    assert before - Interrupted.patience == 10 - 2  # of ten portions, two were there
    first = (tmp_path / "out.jsonl").read_bytes()
    (tmp_path / "out.jsonl").unlink()
    assert cli.run([*command[:-2], "--no-cache"]) == 0
    assert (tmp_path / "out.jsonl").read_bytes() == first


def test_an_interrupt_without_a_work_folder_promises_nothing(command, capsys):
    assert cli.run([*command[:-2], "--no-cache"]) == 130
    assert "kept" not in capsys.readouterr().err


def test_a_process_that_is_killed_from_outside_lets_go_of_its_work(tmp_path):
    program = (
        "import sys, time\n"
        "import numpy as np\n"
        "from converters.mining import Selection, Workspace, embedded, mine\n"
        "embedded.SHARD = 8\n"
        "class Model:\n"
        "    name = 'model'\n"
        "    calls = 0\n"
        "    def identity(self, kind): return {'kind': kind}\n"
        "    def encode_queries(self, texts):\n"
        "        Model.calls += 1\n"
        "        if Model.calls == int(sys.argv[2]):\n"
        "            print('asleep', flush=True)\n"
        "            time.sleep(600)\n"
        "        return np.eye(8)[[len(text) % 8 for text in texts]]\n"
        "    encode_documents = encode_queries\n"
        "texts = [f'text {i}' for i in range(40)]\n"
        "with Workspace(sys.argv[1]) as workspace:\n"
        "    mine(texts, texts[::-1], model=Model(), workspace=workspace, use_faiss=False)\n"
        "print(Model.calls)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "work")]
    with subprocess.Popen([*command, "4"], stdout=subprocess.PIPE, text=True) as sleeper:
        assert sleeper.stdout.readline() == "asleep\n"
        busy = subprocess.run([*command, "0"], capture_output=True, text=True)
        assert f"BusyError: another run (process {sleeper.pid}) is at work in" in busy.stderr
        sleeper.send_signal(signal.SIGKILL)
    done = subprocess.run([*command, "0"], capture_output=True, text=True, check=True)
    assert done.stdout == "7\n"  # of ten portions, three were there
