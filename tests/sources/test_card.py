"""Folders with a card that says which files are what, as on the hub."""

from pathlib import Path

import pytest

from converters.errors import InputError
from converters.sources import open_source

CARD = """---
language: en
configs:
- config_name: pairs
  data_files:
  - split: train
    path: pairs/train-*.csv
  - split: dev
    path: [pairs/dev.csv]
- config_name: single
  data_files: texts.jsonl
---
# A dataset
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "data"
    (found / "pairs").mkdir(parents=True)
    for name in ("train-0", "train-1", "dev"):
        (found / "pairs" / f"{name}.csv").write_text("anchor,positive\nq,a\n")
    (found / "texts.jsonl").write_text('{"text": "a"}\n' * 3)
    (found / "README.md").write_text(CARD)
    return found


def test_configurations(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = open_source(f"{folder}:pairs").splits
    assert {name: split.rows for name, split in found.items()} == {"train": 2, "validation": 1}
    assert open_source(f"{folder}:single").splits["train"].rows == 3
    monkeypatch.chdir(folder.parent)
    assert open_source("data:single").splits["train"].rows == 3


def test_which_configuration_is_meant(folder: Path) -> None:
    with pytest.raises(InputError, match=r"several configurations \(pairs, single\): name one, such as .*data:pairs"):
        open_source(folder)
    with pytest.raises(InputError, match=r"no configuration 'other' \(pairs, single\)"):
        open_source(f"{folder}:other")
    (folder / "README.md").write_text(CARD.replace("data_files: texts", "default: true\n  data_files: texts"))
    assert open_source(folder).splits["train"].rows == 3


def test_cards_that_are_wrong(folder: Path) -> None:
    (folder / "README.md").write_text(CARD.replace("texts.jsonl", "gone.jsonl"))
    with pytest.raises(InputError, match="there is no such file"):
        open_source(f"{folder}:single")
    (folder / "README.md").write_text(CARD.replace("texts.jsonl", "../../x.jsonl"))
    with pytest.raises(InputError, match="not below the folder"):
        open_source(f"{folder}:single")


@pytest.mark.parametrize("card", ["", "---\nconfigs: [\n---\n", "---\nconfigs: 3\n---\n", "# No head\nconfigs:\n"])
def test_cards_that_say_nothing(folder: Path, card: str) -> None:
    (folder / "texts.jsonl").unlink()
    (folder / "README.md").write_text(card)
    assert list(open_source(folder).splits) == ["train", "validation"]
    with pytest.raises(InputError, match="no configuration 'x'"):
        open_source(f"{folder}:x")
