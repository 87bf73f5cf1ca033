"""Arguments of a wrong kind are refused at the door: in one line, by the name of the argument and what it has to be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import advisor
import converters
from advisor.cli import run
from converters import InputError, Mining, Options, Selection

ROWS = range(24)
CLASSES: dict[str, list[Any]] = {"text": [f"a text of number {i}" for i in ROWS], "label": [i % 3 for i in ROWS]}
ROLES = {"text": "text", "label": "label"}

#: Settings of both functions, and the line that each is refused with.
SETTINGS = {
    "seed is a text": ({"seed": "x"}, "seed has to be a whole number, not 'x'"),
    "seed is a fraction": ({"seed": 1.5}, "seed has to be a whole number, not 1.5"),
    "seed is true": ({"seed": True}, "seed has to be a whole number, not True"),
    "seed is negative": ({"seed": -4}, "seed has to be at least 0, not -4"),
    "num_negatives is a text": ({"num_negatives": "3"}, "num_negatives has to be a whole number, not '3'"),
    "threshold is a word": ({"threshold": "high"}, "threshold has to be a number, not 'high'"),
    "threshold is true": ({"threshold": True}, "threshold has to be a number, not True"),
    "negative_threshold is a list": ({"negative_threshold": [1]}, "negative_threshold has to be a number, not [1]"),
    "split is a number": ({"split": 3}, "split has to be a text, not 3"),
    "fix is a number": ({"fix": 5}, "fix has to be a text or several texts, not 5"),
    "fix holds a number": ({"fix": ["ROW001", 5]}, "fix has to be a text or several texts, not ['ROW001', 5]"),
    "fix is none": ({"fix": None}, "fix has to be a text or several texts, not None"),
    "max_per_class is negative": ({"max_per_class": -1}, "max_per_class has to be at least 1, not -1"),
    "max_per_class is a text": ({"max_per_class": "a"}, "max_per_class has to be a whole number, not 'a'"),
    "pairs_per_text is zero": ({"pairs_per_text": 0}, "pairs_per_text has to be at least 1, not 0"),
    "pairs_per_text is none": ({"pairs_per_text": None}, "pairs_per_text has to be a whole number, not None"),
    "mine is a word": ({"mine": "yes"}, "mine has to be True or False, not 'yes'"),
    "class_scores is a list": (
        {"class_scores": [("a", 1)]},
        "class_scores has to be a mapping of texts to numbers, not [('a', 1)]",
    ),
    "class_scores holds a text": (
        {"class_scores": {"a": "1"}},
        "class_scores has to be a mapping of texts to numbers, not {'a': '1'}",
    ),
    "output_format is a number": ({"output_format": 5}, "output_format has to be a text, not 5"),
    "columns is a text": ({"columns": "text"}, "columns has to be a mapping of texts to texts, not 'text'"),
    "columns holds a number": (
        {"columns": {"text": 5}},
        "columns has to be a mapping of texts to texts, not {'text': 5}",
    ),
    "mining is a name": ({"mining": "lsa"}, "mining has to be a Mining, not 'lsa'"),
    "mining is empty": ({"mining": {}}, "mining has to be a Mining, not {}"),
    "encoding is a number": ({"encoding": 5}, "encoding has to be a text, not 5"),
    "delimiter is a number": ({"delimiter": 5}, "delimiter has to be a text, not 5"),
    "has_header is a word": ({"has_header": "no"}, "has_header has to be True or False, not 'no'"),
    "a frame": ({"seed": pd.DataFrame({"a": [1]})}, "seed has to be a whole number, not an object of DataFrame"),
}


def _explicit(**settings: Any) -> Any:
    return converters.convert(CLASSES, **{"input_format": "single-class", "columns": ROLES, **settings})


def _inspecting(**settings: Any) -> Any:
    return advisor.convert(CLASSES, **settings)


@pytest.mark.parametrize("convert", [_inspecting, _explicit])
@pytest.mark.parametrize(("settings", "line"), SETTINGS.values(), ids=SETTINGS)
def test_settings_of_a_wrong_kind(convert: Callable[..., Any], settings: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError) as refused:
        convert(**{"output_format": "triplet", **settings})
    assert str(refused.value) == line


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"input_format": 5}, "input_format has to be a text, not 5"),
        ({"score_range": 5}, "score_range has to be 2 numbers, not 5"),
        ({"score_range": ("a", "b")}, "score_range has to be 2 numbers, not ('a', 'b')"),
        ({"score_range": (1,)}, "score_range has to be 2 numbers, not (1,)"),
    ],
)
def test_what_is_said_where_nothing_is_inspected(settings: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError) as refused:
        _explicit(output_format="triplet", **settings)
    assert str(refused.value) == line


MINING: dict[str, tuple[Any, str]] = {
    "selection": ("top", "a Selection"),
    "output_scores": ("x", "True or False"),
    "batch_size": ("x", "a whole number"),
    "min_recall": ("x", "a number"),
    "search_minutes": ("x", "a number"),
    "work_dir": (5, "a text or a path"),
    "report": (5, "a text or a path"),
    "cache": (1, "True or False"),
    "include_positives": ("x", "True or False"),
    "query_prompt": (5, "a text"),
    "truncate_dim": ("x", "a whole number"),
    "use_multi_process": ("x", "True or False or several texts"),
    "device": (5, "a text"),
}


@pytest.mark.parametrize("name", MINING)
def test_how_to_mine_is_refused_before_anything_is_read(name: str) -> None:
    value, wanted = MINING[name]
    with pytest.raises(InputError) as refused:
        Mining(**{name: value})
    assert str(refused.value) == f"{name} has to be {wanted}, not {value!r}"


def test_options_by_themselves() -> None:
    with pytest.raises(InputError, match=r"^mining has to be a Mining, not None$"):
        Options(mining=None)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^threshold has to be a number, not '0\.5'$"):
        converters.plan("pair-score", "labeled-pair", Options(threshold="0.5"))  # type: ignore[arg-type]


def test_a_value_is_shown_on_one_short_line() -> None:
    with pytest.raises(InputError) as refused:
        Options(seed="x\n\x1b[31m" * 1000)  # type: ignore[arg-type]
    assert len(str(refused.value)) < 120
    assert str(refused.value).isprintable()


def test_numbers_of_numpy_paths_and_what_can_be_gone_through_once_do(tmp_path: Path) -> None:
    mining = Mining(
        selection=Selection(num_negatives=1), work_dir=tmp_path / "work", search_minutes=1, use_multi_process=False
    )
    plain = _inspecting(output_format="triplet", seed=3, max_per_class=5, mining=mining, fix=["ROW001"])
    other = _inspecting(
        output_format="triplet",
        seed=np.int64(3),
        max_per_class=np.int32(5),
        threshold=None,
        mine=np.bool_(False),
        mining=mining,
        fix=(code for code in ["ROW001"]),
    )
    assert plain.to_list() == other.to_list()
    scores = {"sentence1": CLASSES["text"], "sentence2": CLASSES["text"][::-1], "score": [i / 24 for i in ROWS]}
    roles = {"sentence1": "sentence_a", "sentence2": "sentence_b", "score": "label"}
    said: dict[str, Any] = {"score_range": [0, np.float32(1)], "threshold": np.float32(0.5)}
    made = converters.convert(scores, input_format="pair-score", columns=roles, output_format="labeled-pair", **said)
    assert sum(made["label"]) == 12


def test_the_command_says_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pd.DataFrame(CLASSES).to_csv(tmp_path / "in.csv", index=False)
    command = ["convert", str(tmp_path / "in.csv"), "--output-format", "triplet", "-o", str(tmp_path / "out.csv")]
    assert run([*command, "--seed", "-4"]) == 2
    assert capsys.readouterr().err == "error: seed has to be at least 0, not -4\n"
    assert not (tmp_path / "out.csv").exists()
