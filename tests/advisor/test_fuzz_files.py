"""Damaged, cut, mixed up and monstrous files: a report or one line, in bounded memory, and nothing is left behind."""

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

import advisor
from converters import InputError
from converters.errors import LONGEST
from converters.sources import delimited, json_records

ROOT = Path(__file__).resolve().parents[2]
WORDS = "how do i reset my old lamp where is the new one you can find it here Straße 世界".split()
DRAW = Random(4)
ROWS = 40


def text(end: str = "") -> str:
    return " ".join(DRAW.choice(WORDS) for _ in range(6)) + end


PAIRS = pa.table(
    {
        "question": [text("?") for _ in range(ROWS)],
        "answer": [text(', "so"\nit is') if row % 9 == 0 else text() for row in range(ROWS)],
        "label": [row % 2 for row in range(ROWS)],
    }
)
NESTED = pa.table(
    {
        "query": [text("?") for _ in range(ROWS)],
        "pos": [[text(), text()] for _ in range(ROWS)],
        "neg": [[text()] if row % 3 else None for row in range(ROWS)],
        "meta": [{"source": text(), "page": row} for row in range(ROWS)],
    }
)

# -- sound files -------------------------------------------------------------------------------------------------------


def delimited_text(delimiter: str) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(PAIRS.column_names)
    writer.writerows(row.values() for row in PAIRS.to_pylist())
    return buffer.getvalue().encode()


def json_lines(table: pa.Table) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist()).encode()


def parquet(table: pa.Table, **options: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, row_group_size=15, **options)
    return buffer.getvalue()


def arrow(table: pa.Table, stream: bool = False, compression: str | None = None) -> bytes:
    buffer = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(buffer, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=15)
    return buffer.getvalue()


def feather(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pyarrow.feather.write_feather(table, buffer, compression="lz4")
    return buffer.getvalue()


def zstandard(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue())


ENCODED = PAIRS.set_column(1, "answer", PAIRS["answer"].dictionary_encode())
SOUND: Mapping[str, bytes] = {
    "a.csv": delimited_text(","),
    "a.tsv": delimited_text("\t"),
    "a.jsonl": json_lines(PAIRS),
    "nested.jsonl": json_lines(NESTED),
    "a.json": json.dumps(PAIRS.to_pylist(), indent=1).encode(),
    "columns.json": json.dumps(PAIRS.to_pydict()).encode(),
    "wrapped.json": json.dumps({"version": 1, "data": NESTED.to_pylist()}).encode(),
    "a.parquet": parquet(PAIRS),
    "nested.parquet": parquet(NESTED, compression="zstd"),
    "plain.parquet": parquet(PAIRS, compression="none", use_dictionary=False, data_page_version="2.0"),
    "a.arrow": arrow(PAIRS),
    "stream.arrow": arrow(NESTED, stream=True),
    "packed.arrow": arrow(PAIRS, compression="zstd"),
    "encoded.arrow": arrow(ENCODED.unify_dictionaries(), stream=True, compression="lz4"),
    "a.feather": feather(PAIRS),
    "a.csv.gz": gzip.compress(delimited_text(",")),
    "a.jsonl.bz2": bz2.compress(json_lines(NESTED)),
    "a.json.xz": lzma.compress(json.dumps(PAIRS.to_pylist()).encode()),
    "a.tsv.zst": zstandard(delimited_text("\t")),
}


def write_saved(folder: Path) -> None:
    import datasets

    datasets.DatasetDict({"train": datasets.Dataset(PAIRS), "test": datasets.Dataset(PAIRS)}).save_to_disk(str(folder))


def write_collection(folder: Path) -> None:
    (folder / "qrels").mkdir(parents=True)
    corpus = [{"_id": f"d{row}", "title": "", "text": text()} for row in range(ROWS)]
    queries = [{"_id": f"q{row}", "text": text("?")} for row in range(ROWS)]
    (folder / "corpus.jsonl").write_bytes(json_lines(pa.Table.from_pylist(corpus)))
    (folder / "queries.jsonl").write_bytes(json_lines(pa.Table.from_pylist(queries)))
    judged = "".join(f"q{row}\td{row}\t{row % 3}\n" for row in range(ROWS))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + judged)


def write_splits(folder: Path) -> None:
    folder.mkdir()
    for split in ("train", "test"):
        (folder / f"{split}.csv").write_bytes(SOUND["a.csv"])


FOLDERS: Mapping[str, Callable[[Path], None]] = {
    "saved": write_saved,
    "collection": write_collection,
    "splits": write_splits,
}

# -- what becomes of them ----------------------------------------------------------------------------------------------

STRAY = (
    *(b'"', b"\n", b"\r", b"\0", b"{", b"[", b"]", b"}", b",", b"\t", b"\\", b"'", b"\xef\xbb\xbf", b"\xff\xfe"),
    *(b"\\ud800", b"\\u0000", b"NaN", b"1e999", b"9" * 400, b"PAR1", b"ARROW1", b'{"a":' * 30, b"[" * 30),
)


def damaged(data: bytes, how: int, draw: Random) -> bytes:
    """The data with one thing wrong with it."""
    size = len(data)
    edges = (0, 1, 4, 8, 12, size - 1, size - 4, size - 8, size - 9, size // 2)
    place = draw.choice((draw.randrange(size), max(0, min(size, draw.choice(edges)))))
    other = draw.randrange(size)
    match how % 11:
        case 0:
            return data[:place]
        case 1:
            return data[place:]
        case 2 | 3:
            changed = bytearray(data)
            for _ in range(draw.choice((1, 1, 2, 8, 50))):
                # Where files say how they are laid out: at their beginning and at their end.
                spot = draw.choice(
                    (draw.randrange(size), draw.randrange(min(size, 400)), -draw.randint(1, min(size, 600)))
                )
                changed[spot] ^= draw.randrange(1, 256)
            return bytes(changed)
        case 4:
            length = draw.choice((1, 4, 16, 256, 4096))
            return data[:place] + bytes(min(length, size - place)) + data[place + length :]
        case 5:
            return data[:place] + b"\xff" * draw.choice((1, 4, 8, 64)) + data[place + draw.choice((0, 4, 8)) :]
        case 6:
            return data * draw.choice((2, 3))
        case 7:
            return data + draw.choice(list(SOUND.values()))
        case 8:
            return data[:place] + data[other:]
        case 9:
            return data[:place] + draw.choice(STRAY) + data[place:]
        case _:
            try:
                return data.decode().encode(draw.choice(("utf-16", "utf-16-le", "utf-32", "cp1252", "utf-8-sig")))
            except UnicodeError:
                return data[::-1]


#: How many damaged files of each kind there are.
CASES = 11

# Runs the command on many files and says what came of it: in a process of its own, since a damaged file could end it.
RUNNER = """
import contextlib, io, json, sys, traceback
from pathlib import Path
from advisor.cli import run
for line in sys.stdin:
    name, arguments, out = json.loads(line)
    printed, noted = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True), io.StringIO()
    print(json.dumps({"name": name, "began": True}), flush=True)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(noted):
        try:
            status = run(arguments)
        except BaseException:
            status = traceback.format_exc()
    left = sorted(each.name for each in Path(out).rglob("*")) if out else []
    shown = printed.buffer.getvalue().decode()
    print(json.dumps({"name": name, "status": status, "out": shown, "err": noted.getvalue(), "left": left}), flush=True)
"""


def command(*arguments: str, stdin: Any = None, timeout: float = 120) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment,
        errors="backslashreplace",
        check=False,
    )


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What came of each case, by name; a case without a status ended the process."""
    folder = tmp_path_factory.mktemp("damaged")
    draw = Random(11)
    orders = []
    for kind in (*SOUND, *FOLDERS):
        for how in range(CASES):
            name = f"{kind}-{how}"
            path = folder / str(how) / kind
            if kind in FOLDERS:
                path.parent.mkdir(parents=True, exist_ok=True)
                if how == 0:
                    FOLDERS[kind](path)
                else:
                    shutil.copytree(folder / "0" / kind, path)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(damaged(SOUND[kind], how, draw))
            out = folder / "out" / name
            out.mkdir(parents=True)
            orders.append([name, ["inspect", str(path), "--json"], ""])
            if how % 2:
                goal = ["--output-format", "same", "-o", str(out / draw.choice(("a.csv", "a.jsonl", "a.parquet", "a")))]
                orders.append([f"{name}-convert", ["convert", str(path), *goal], str(out)])
    for kind in FOLDERS:
        for how in range(CASES):
            files = sorted(each for each in (folder / str(how) / kind).rglob("*") if each.is_file())
            chosen = files[how % len(files)]
            chosen.write_bytes(damaged(chosen.read_bytes(), how, draw))
    found: dict[str, dict[str, Any]] = {}
    done = command("-c", RUNNER, stdin="".join(json.dumps(order) + "\n" for order in orders), timeout=300)
    for line in done.stdout.splitlines():
        outcome = json.loads(line)
        found[outcome["name"]] = outcome
    return found


@pytest.mark.parametrize("kind", [*SOUND, *FOLDERS])
def test_damage_is_met_with_a_report_or_one_line(kind: str, outcomes: dict[str, dict[str, Any]]) -> None:
    own = {name: each for name, each in outcomes.items() if name.startswith(f"{kind}-")}
    assert len(own) == CASES + CASES // 2, "the process ended before"
    for name, outcome in own.items():
        assert "status" in outcome, f"{name} ended the process"
        assert outcome["status"] in (0, 2), f"{name}: {outcome['status']}"
        if outcome["status"] == 2:
            assert outcome["out"] == ""
            errors = [line for line in outcome["err"].splitlines() if line.startswith("error: ")]
            assert len(errors) == 1, f"{name}: {outcome['err']}"
            assert errors[0].isprintable()
            assert len(errors[0]) <= len("error: ") + LONGEST
            assert outcome["left"] == [], f"{name} left something behind"
        elif not name.endswith("-convert"):
            json.loads(outcome["out"], parse_constant=pytest.fail)


def test_not_all_damage_is_refused(outcomes: dict[str, dict[str, Any]]) -> None:
    """Else the cases would not reach what comes behind reading."""
    read = [name for name, each in outcomes.items() if each.get("status") == 0]
    assert len({name.rsplit("-", 1)[0] for name in read if not name.endswith("-convert")}) > len(SOUND) // 2
    assert any(name.endswith("-convert") for name in read)


# -- nothing in them ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "jsonl", "parquet", "arrow", "feather", "csv.gz", "json.zst"])
@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\n" * 900, b"\r\n" * 900, b"\r" * 900, bytes(900), b"\t" * 90]
)
def test_nothing_in_it(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(gzip.compress(content) if suffix.endswith("gz") else content)
    with pytest.raises(InputError) as refused:
        advisor.inspect(path)
    check(refused.value)


def check(error: InputError) -> None:
    """The message is one line, and not too long."""
    assert str(error).isprintable()
    assert len(str(error)) <= LONGEST


@pytest.mark.parametrize("content", SOUND)
@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.parquet", "x.arrow", "x.jsonl.gz", "x"])
def test_another_name(tmp_path: Path, content: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(SOUND[content])
    try:
        assert advisor.inspect(path).rows
    except InputError as error:
        check(error)


# -- too much in them --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.json", "[" * 100_000),
        ("x.json", '{"a":' * 100_000 + "1" + "}" * 100_000),
        ("x.jsonl", '{"a":' + "[" * 100_000 + "]" * 100_000 + "}\n"),
        ("x.jsonl", '{"a":' * 100_000 + "1" + "}" * 100_000 + "\n"),
        ("x.csv", "text,label\n" + ('"' + "[" * 100_000 + "]" * 100_000 + '",1\n') * 3),
    ],
)
def test_brackets_do_not_end_the_process(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    done = command("-m", "advisor", "inspect", str(path))
    assert done.returncode == 2, done.stderr[-500:]
    assert done.stderr.count("\n") == 1


def test_brackets_in_texts_are_not_nested(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    rows = [
        {"question": f"how is it {'[' * 90} {row}?", "answer": f"it is fine so {row} " + "{" * 90} for row in range(40)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    report = advisor.inspect(path)
    assert (report.format, report.rows) == ("pair", 40)


@pytest.mark.parametrize(
    "name", ["records.json", "wide.jsonl", "narrow.jsonl", "inside.jsonl", "wide.csv", "wide.parquet", "memory"]
)
def test_too_many_columns_are_refused_before_they_fill_the_memory(tmp_path: Path, name: str) -> None:
    path, keys = tmp_path / name, [f"k{number}" for number in range(5000)]
    if name == "records.json":
        path.write_text(json.dumps([dict.fromkeys(keys, "a b c")]))
    elif name == "wide.jsonl":
        path.write_text((json.dumps(dict.fromkeys(keys, "a b c")) + "\n") * 2)
    elif name == "narrow.jsonl":
        path.write_text("".join(json.dumps({key: "a b c"}) + "\n" for key in keys))
    elif name == "inside.jsonl":
        path.write_text("".join(json.dumps({"text": "how is it", "meta": {key: 1}}) + "\n" for key in keys))
    elif name == "wide.csv":
        path.write_text(",".join(keys) + "\n" + (",".join("how is it" for _ in keys) + "\n") * 3)
    table = pa.table({key: ["how is it"] for key in keys})
    if name == "wide.parquet":
        pq.write_table(table, path)
    with pytest.raises(InputError, match=r"has 5,000 columns: keep|has records of \d,\d+ different keys, which seem"):
        advisor.inspect(table if name == "memory" else path)


@pytest.mark.parametrize(
    ("name", "chunk", "message"),
    [
        ("x.json.gz", b"[", "is one JSON document of more than 8 MB"),
        ("x.json.gz", b'{"text": "how is it"},', "is one JSON document of more than 8 MB"),
        ("x.json.gz", b" ", "is empty"),
        ("x.jsonl.gz", b"a", "line 1 is longer than 4 MB"),
        ("x.csv.gz", b"how is it ", "line 2 is longer than 4 MB"),
    ],
)
def test_what_a_file_unpacks_to_is_bounded(
    tmp_path: Path, name: str, chunk: bytes, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_records, "_BLOCK", 1 << 18)
    monkeypatch.setattr(json_records, "_LONGEST_LINE", 4 << 20)
    monkeypatch.setattr(json_records, "_LARGEST_DOCUMENT", 8 << 20)
    monkeypatch.setattr(delimited, "_LARGEST_BLOCK", 4 << 20)
    path = tmp_path / name
    start = {"x.json.gz": b"[" if chunk != b" " else b"", "x.jsonl.gz": b'{"text": "', "x.csv.gz": b"text,label\n"}[
        name
    ]
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(start)
        for _ in range(40):
            file.write(chunk * ((1 << 20) // len(chunk)))
    with pytest.raises(InputError, match=message):
        advisor.inspect(path)


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl", "x.parquet"])
def test_a_very_long_cell(tmp_path: Path, name: str) -> None:
    table = pa.table({"text": ["word " * 4_000_000, *(f"how is it to be {row}" for row in range(30))]})
    path = tmp_path / name
    if name == "x.parquet":
        pq.write_table(table, path)
    else:
        frame = table.to_pylist()
        rows = [json.dumps(row) for row in frame] if name == "x.jsonl" else ["text", *(row["text"] for row in frame)]
        path.write_text("\n".join(rows) + "\n")
    report = advisor.inspect(path)
    assert (report.format, report.rows) == ("single", 31)


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('text,label\n"' + "how is it,1\n" * 200_000)
    with pytest.raises(InputError) as refused:
        advisor.inspect(path)
    check(refused.value)


# -- paths that are none -----------------------------------------------------------------------------------------------


def test_links(tmp_path: Path) -> None:
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "again").symlink_to(tmp_path / "loop", target_is_directory=True)
    (tmp_path / "loop" / "a.csv").write_bytes(SOUND["a.csv"])
    (tmp_path / "self.csv").symlink_to(tmp_path / "self.csv")
    (tmp_path / "nowhere.csv").symlink_to(tmp_path / "gone.csv")
    assert advisor.inspect(tmp_path / "loop").rows == ROWS
    with pytest.raises(InputError, match="cannot be opened"):
        advisor.inspect(tmp_path / "self.csv")
    with pytest.raises(InputError, match="it is a link to something that is not there"):
        advisor.inspect(tmp_path / "nowhere.csv")


@pytest.mark.parametrize("name", [b"new\nline.csv", b"\x1b[31m.csv", b"\xff\xfe.csv", "世界 '\".csv".encode()])
def test_names_of_files(tmp_path: Path, name: bytes) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/" + name)
    try:
        Path(path).write_bytes(SOUND["a.csv"])
    except OSError:
        pytest.skip("there can be no such name here")
    done = command("-m", "advisor", "inspect", path)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    as_json = command("-m", "advisor", "inspect", path, "--json")
    assert json.loads(as_json.stdout)["rows"] == ROWS
    Path(path).write_bytes(SOUND["a.csv"][:-3] + b'"')
    refused = command("-m", "advisor", "inspect", path, "--split", "x")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1


def test_a_pipe_that_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    os.mkfifo(path)
    closing = threading.Thread(target=lambda: path.open("wb").close())
    closing.start()
    with pytest.raises(InputError, match="is empty"):
        advisor.inspect(path)
    closing.join()


def test_no_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="there is no standard input"):
        advisor.inspect("-")
