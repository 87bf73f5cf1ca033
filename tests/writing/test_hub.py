"""Pushing to the hub: what arrives there, who may see it, and what is said where it cannot be."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.writing.fake_hub import FakeHub, fake_hub

Advisor = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub() as running:
        yield running


@pytest.fixture
def advisor(hub: FakeHub, tmp_path: Path) -> Advisor:
    """The command in a process of its own, which knows no other hub."""
    rows = [f"where is the {i}th lamp?,The {i}th lamp is in the hall." for i in range(40)]
    (tmp_path / "pairs.csv").write_text("\n".join(["question,answer", *rows]) + "\n")

    def run(*arguments: str, token: str | None = "hf_token") -> subprocess.CompletedProcess[str]:
        own = {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_XET": "1"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
        return subprocess.run(
            [sys.executable, "-m", "advisor", "convert", "pairs.csv", "--output-format", "pair", *arguments],
            cwd=tmp_path,
            env={**kept, **own, **({"HF_TOKEN": token} if token else {}), "PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            text=True,
        )

    return run


def test_rows_and_their_story_arrive(advisor: Advisor, hub: FakeHub, tmp_path: Path) -> None:
    done = advisor("--push-to-hub", "somebody/lamps", "--split-off", "0.1")
    assert (done.returncode, hub.unanswered) == (0, []), done.stderr
    files = hub.repositories["somebody/lamps"]
    tables = {name: pq.read_table(BytesIO(content)) for name, content in files.items() if name.endswith(".parquet")}
    assert {name.partition("-")[0]: table.num_rows for name, table in tables.items()} == {
        "data/train": 36,
        "data/test": 4,
    }
    assert {table.schema.names[0] for table in tables.values()} == {"anchor"}
    card = files["README.md"].decode()
    assert "- loss-advisor" in card
    assert "split: test" in card  # what datasets adds
    assert "| test | 4 |" in card
    assert "1. read pairs.csv (train) as pair: question as anchor, answer as positive" in card
    assert str(tmp_path) not in card
    assert hub.private["somebody/lamps"]
    assert done.stderr == f"pushed to {hub.url}/datasets/somebody/lamps\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["home", "pairs.csv"]


def test_in_public_and_beside_a_file(advisor: Advisor, hub: FakeHub, tmp_path: Path) -> None:
    done = advisor("--push-to-hub", "lamps", "--public", "-o", "out.parquet", "--split-off", "0.1")
    assert done.returncode == 0, done.stderr
    assert not hub.private["somebody/lamps"]
    assert (tmp_path / "out.parquet").exists()
    rows = [
        pq.read_table(BytesIO(content)).num_rows
        for name, content in sorted(hub.repositories["somebody/lamps"].items())
        if name.endswith(".parquet")
    ]
    assert rows == [4, 36]


def test_what_is_there_is_replaced_only_if_that_is_said(advisor: Advisor, hub: FakeHub) -> None:
    hub.repositories["somebody/lamps"] = {"README.md": b"mine"}
    hub.private["somebody/lamps"] = False
    refused = advisor("--push-to-hub", "somebody/lamps")
    assert refused.returncode == 2
    assert "the hub has a dataset 'somebody/lamps' already" in refused.stderr
    assert hub.repositories["somebody/lamps"] == {"README.md": b"mine"}
    assert advisor("--push-to-hub", "somebody/lamps", "--overwrite").returncode == 0
    assert "How it was made" in hub.repositories["somebody/lamps"]["README.md"].decode()


@pytest.mark.parametrize(
    ("arguments", "token", "message"),
    [
        (("--push-to-hub", "somebody/lamps"), None, "needs a token: log in"),
        (("--push-to-hub", "a/b/c"), "hf_token", "'a/b/c' is no name"),
        (("--push-to-hub", "lamps", "--layout", "beir", "-o", "out"), "hf_token", "three tables"),
        (("--push-to-hub", "lamps", "-o", "out.csv"), "hf_token", "loses the types"),
        (("--public", "-o", "out.csv"), "hf_token", "--public is for what is pushed"),
    ],
)
def test_what_is_refused_before_any_work(
    advisor: Advisor, hub: FakeHub, tmp_path: Path, arguments: tuple[str, ...], token: str | None, message: str
) -> None:
    done = advisor(*arguments, token=token)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert hub.repositories == {}
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.csv").exists()


def test_a_hub_that_refuses_leaves_the_file_and_one_line(advisor: Advisor, hub: FakeHub, tmp_path: Path) -> None:
    hub.failing = True
    done = advisor("--push-to-hub", "lamps", "-o", "out.parquet")
    assert done.returncode == 2
    assert "error: 'somebody/lamps' could not be pushed to the hub" in done.stderr
    assert "out.parquet' is written" in done.stderr
    assert "Traceback" not in done.stderr
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 40
