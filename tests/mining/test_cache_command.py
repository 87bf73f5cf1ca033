import json
import os
import subprocess
import sys
import time

import pytest

from advisor import cli
from advisor.cache import size_in_words
from converters.errors import InputError
from converters.mining import Workspace, default_folder
from converters.mining.cache import bytes_of, kept_in, prune, seconds_of

DAY = 86400


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of three stages: used now, 10 days ago and 40 days ago, of 100, 200 and 400 KB."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with Workspace(default_folder()) as workspace:
        for days, name, size in ((0, "rows", 100), (10, "rankings", 200), (40, "embeddings", 400)):
            stage = workspace.stage(name, {"days": days})
            with stage.whole("data") as path:
                path.write_bytes(os.urandom(size * 1024))
            if name != "rows":
                stage.finish()
            then = time.time() - days * DAY
            os.utime(stage.path("lock"), (then, then))
    return default_folder()


def run(capsys, *arguments):
    status = cli.run(["cache", *map(str, arguments)])
    told = capsys.readouterr()
    return status, told.out, told.err


def left(folder):
    return {path.name.split("-")[0] for path in folder.iterdir()} - {"miner.json"}


def test_lists_what_is_kept_the_last_used_first(cache, capsys):
    status, out, err = run(capsys, "list")
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert [line.split("-")[0] for line in lines[1:4]] == ["rows", "rankings", "embeddings"]
    assert [line.endswith(" open") for line in lines[1:4]] == [True, False, False]
    assert "10 days ago" in lines[2]
    assert "40 days ago" in lines[3]
    assert lines[3].split()[1].startswith("4")
    assert lines[4].startswith(str(cache))
    assert "in 3 stages" in lines[4]


def test_lists_as_json(cache, capsys):
    status, out, _ = run(capsys, "list", "--json")
    listed = json.loads(out)
    assert status == 0
    assert listed["folder"] == str(cache)
    assert [each["stage"] for each in listed["kept"]] == ["rows", "rankings", "embeddings"]
    assert [each["finished"] for each in listed["kept"]] == [False, True, True]
    assert all(each["size"] >= 100 * 1024 for each in listed["kept"])


def test_says_the_size(cache, capsys):
    status, out, _ = run(capsys, "size")
    assert status == 0
    assert "KB in 3 stages" in out
    size = json.loads(run(capsys, "size", "--json")[1])
    assert size["stages"] == 3
    assert 700 * 1024 <= size["size"] <= 800 * 1024


def test_nothing_kept_is_no_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert run(capsys, "list")[:2] == (0, f"{default_folder()}: nothing is kept\n")
    assert run(capsys, "size")[0] == 0
    assert run(capsys, "prune", "--all")[0] == 0
    assert list(tmp_path.iterdir()) == []  # asking makes no folder


@pytest.mark.parametrize(
    ("arguments", "stays"),
    [
        (["--older-than", "30d"], {"rows", "rankings"}),
        (["--older-than", "1w"], {"rows"}),
        (["--older-than", "100"], {"rows", "rankings", "embeddings"}),
        (["--max-size", "350KB"], {"rows", "rankings"}),
        (["--max-size", "150k"], {"rows"}),
        (["--max-size", "0"], set()),
        (["--max-size", "1GB"], {"rows", "rankings", "embeddings"}),
        (["--older-than", "30d", "--max-size", "150KB"], {"rows"}),
        (["--all"], set()),
    ],
)
def test_prunes(cache, capsys, arguments, stays):
    status, out, err = run(capsys, "prune", *arguments)
    assert (status, err) == (0, "")
    assert out.startswith("removed from")
    assert f"in {3 - len(stays)} stages" in out
    assert left(cache) == stays
    with Workspace(cache):  # still a work folder
        pass


def test_what_is_in_use_stays(cache, capsys):
    holder = (
        "import sys\n"
        "from converters.mining import Workspace\n"
        "with Workspace(sys.argv[1]) as workspace:\n"
        "    workspace.stage('rankings', {'days': 10})\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", holder, str(cache)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        status, out, err = run(capsys, "prune", "--all")
        process.kill()
    assert status == 0
    assert "in 2 stages" in out
    assert err.startswith("note: rankings-")
    assert "is in use and stays" in err
    assert left(cache) == {"rankings"}
    assert run(capsys, "prune", "--all", "--json")[0] == 0
    assert left(cache) == set()


def test_using_what_is_kept_makes_it_new(cache):
    with Workspace(cache) as workspace:
        workspace.stage("embeddings", {"days": 40})
    assert {each.stage for each in kept_in(cache) if each.used > time.time() - DAY} == {"rows", "embeddings"}


def test_a_stage_that_was_cut_off_while_it_was_removed_does_not_pass_for_finished(cache, monkeypatch):
    def interrupted(folder):
        (folder / "data").unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr("converters.mining.cache.shutil.rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prune(cache, older_than=30 * DAY)
    with Workspace(cache) as workspace:
        assert workspace.stage("embeddings", {"days": 40}).finished is None


def test_remains_of_a_stage_without_notes_can_be_removed(cache, capsys):
    (cache / "rankings-0000").mkdir()
    (cache / "rankings-0000" / "lock").touch()
    (cache / "a file of somebody").write_text("mine")
    assert "unknown" in {each.stage for each in kept_in(cache)}
    assert run(capsys, "prune", "--all")[0] == 0
    assert left(cache) == {"a file of somebody"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["prune"], "nothing says what to remove: add --older-than 30d"),
        (["prune", "--max-size", "big"], "'big' is no size: give one such as"),
        (["prune", "--max-size", "-1"], "no size"),
        (["prune", "--max-size", "nan"], "no size"),
        (["prune", "--older-than", "1y"], "'1y' is no span of time"),
        (["prune", "--older-than", ""], "no span of time"),
        (["list", "--work-dir", "nowhere/at/all"], "there is no folder 'nowhere/at/all'"),
        (["size", "--work-dir", "/"], "no work folder of the miner"),
        (["prune", "--all", "--work-dir", "/"], "no work folder of the miner"),
        ([], "no command is given"),
        (["lsit"], "lsit"),
    ],
)
def test_a_wrong_call_is_one_line(cache, capsys, arguments, words):
    status, _, err = run(capsys, *arguments)
    assert status == 2
    assert words in err
    assert err.count("\n") == 1
    assert len(left(cache)) == 3


def test_sizes_and_spans():
    assert [bytes_of(text) for text in ("10", "10B", "2k", "2KB", "2KiB", "1.5 MB", "1G", "1TB")] == [
        *(10, 10, 2048, 2048, 2048, 3 << 19, 1 << 30, 1 << 40)
    ]
    assert [seconds_of(text) for text in ("1", "90m", "12h", "2 w", "0.5d")] == [DAY, 5400, 43200, 14 * DAY, 43200]
    assert [size_in_words(n) for n in (0, 1023, 1536, 150 << 20, 2 << 30, 3 << 50)] == [
        *("0 B", "1023 B", "1.5 KB", "150 MB", "2.0 GB", "3072 TB")
    ]
    for text in ("", "b", "mb", "1xb", "inf"):
        with pytest.raises(InputError, match="no size"):
            bytes_of(text)


# -- convert -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def conversion(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "pairs.jsonl"
    rows = [{"anchor": f"what is number {i}?", "positive": f"this is answer {i} of {i * 7}"} for i in range(40)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    names = iter(range(10))

    def convert(*arguments):
        out = tmp_path / f"{next(names)}.jsonl"
        fixed = ["--output-format", "labeled-pair", "-o", str(out), "-q"]
        status = cli.run(["convert", str(path), *fixed, *map(str, arguments)])
        return status, out.read_text() if out.exists() else None

    return convert


def test_convert_keeps_its_work_where_it_is_told_to(conversion, tmp_path):
    status, expected = conversion()
    assert status == 0
    assert left(default_folder()) == {"embeddings", "rankings", "rows"}
    prune(default_folder(), everything=True)
    assert conversion("--no-cache") == (0, expected)
    assert left(default_folder()) == set()
    assert conversion("--work-dir", tmp_path / "here") == (0, expected)
    assert left(default_folder()) == set()
    assert left(tmp_path / "here") == {"embeddings", "rankings", "rows"}
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "here").glob("*/vectors.npy")}
    assert conversion("--work-dir", tmp_path / "here", "--max-score", "0.5")[0] == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "here").glob("*/vectors.npy")} == kept


def test_a_cache_that_is_not_to_be_had_is_no_reason_to_stop(conversion, tmp_path):
    (tmp_path / "cache").write_text("a file, no folder")
    assert conversion()[0] == 0


def test_a_work_folder_that_is_not_to_be_had_is(conversion, tmp_path, capsys):
    (tmp_path / "file").write_text("a file, no folder")
    assert conversion("--work-dir", tmp_path / "file") == (2, None)
    assert "cannot be used" in capsys.readouterr().err
    assert conversion("--work-dir", tmp_path / "here", "--no-cache") == (2, None)
    assert "exclude one another" in capsys.readouterr().err
    assert not (tmp_path / "here").exists()


def test_whatever_a_run_has_made_is_finished_counted_and_removed(conversion, tmp_path, capsys, monkeypatch):
    from converters.mining import embedded, large

    monkeypatch.setattr(embedded, "SHARD", 8)
    monkeypatch.setattr(large, "LARGE", 0)
    work = tmp_path / "work"
    assert conversion("--work-dir", work, "--index", "HNSW8,Flat", "--min-recall", "0.1")[0] == 0
    assert left(work) == {"embeddings", "index", "rankings", "rows", "texts"}
    capsys.readouterr()
    listed = json.loads(run(capsys, "list", "--work-dir", work, "--json")[1])["kept"]
    assert [each["stage"] for each in listed if not each["finished"]] == []
    assert " open" not in run(capsys, "list", "--work-dir", work)[1]
    (index,) = work.glob("index-*")
    sizes = {each["name"]: each["size"] for each in listed}
    on_disk = sum(path.stat().st_blocks * 512 for path in index.rglob("*") if path.is_file())
    assert sizes[index.name] == on_disk > (index / "index" / "index.faiss").stat().st_size
    assert json.loads(run(capsys, "size", "--work-dir", work, "--json")[1])["size"] == sum(sizes.values())
    assert run(capsys, "prune", "--work-dir", work, "--max-size", str(sum(sizes.values()) - 1))[0] == 0
    assert len(list(work.iterdir())) == len(sizes)  # one stage less, and the file that says whose folder it is
    assert run(capsys, "prune", "--work-dir", work, "--all")[0] == 0
    assert [each.name for each in work.iterdir()] == ["miner.json"]


def test_an_index_is_made_once_for_all_ways_to_search_it(conversion, tmp_path, monkeypatch):
    from converters.mining.search.factory import FaissIndex

    work, built = tmp_path / "work", []
    build = FaissIndex.build.__func__
    monkeypatch.setattr(FaissIndex, "build", classmethod(lambda cls, *args: built.append(args[1]) or build(cls, *args)))
    for more in (["--min-recall", "0.1"], ["--min-recall", "0.2"], ["--min-recall", "0.2", "--range-max", "7"]):
        assert conversion("--work-dir", work, "--index", "hnsw", *more)[0] == 0
    assert built == ["HNSW32"]
    assert len(list(work.glob("index-*"))) == 1
