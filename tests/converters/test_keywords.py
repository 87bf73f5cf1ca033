"""The settings of a conversion are spelled once, and seen by everybody who asks for help."""

import dataclasses
import inspect
import pydoc
from collections.abc import Callable
from typing import Any, get_type_hints

import pytest

import advisor
import converters
from advisor.conversion import convert_to_file
from converters.conversions import Mining, Options
from converters.conversions.keywords import ConversionKeywords, OptionKeywords, choices_of, parted

FUNCTIONS = [advisor.convert, convert_to_file, converters.convert]
PAIRS = {"anchor": ["who is there"], "positive": ["it is me"]}


def fields() -> dict[str, Any]:
    """The settings that callers may say: all of `Options` but mining, which has an argument of its own."""
    own = {"mining", "part", "span"}
    return {each.name: each for each in dataclasses.fields(Options) if each.name not in own and each.init}


def test_every_setting_is_a_keyword() -> None:
    public = {name for name in fields() if not name.startswith("_")}
    assert set(OptionKeywords.__annotations__) == public
    kinds = get_type_hints(Options)
    assert OptionKeywords.__annotations__ == {name: kinds[name] for name in OptionKeywords.__annotations__}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: f"{each.__module__}.{each.__name__}")
def test_help_shows_every_keyword_with_its_default(function: Callable[..., Any]) -> None:
    shown = inspect.signature(function).parameters
    for name in OptionKeywords.__annotations__:
        assert shown[name].default == fields()[name].default, name
        assert shown[name].kind is inspect.Parameter.KEYWORD_ONLY
    assert list(shown)[-1] == "reading"
    told = pydoc.render_doc(function, renderer=pydoc.plaintext)
    assert "pairs_per_text: int = 1" in told
    assert "threshold: float | None = None" in told
    assert "settings" not in shown


def test_keywords_are_parted() -> None:
    said: ConversionKeywords = {"threshold": 0.4, "encoding": "cp1252", "seed": 3}
    options, reading = parted(Mining(model="bm25"), said)
    assert (options.threshold, options.seed, options.mining.model, options.pairs_per_text) == (0.4, 3, "bm25", 1)
    assert reading == {"encoding": "cp1252"}
    assert choices_of(options)["threshold"] == 0.4
    assert list(choices_of(options)) == list(OptionKeywords.__annotations__)


def test_a_keyword_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="treshold"):
        advisor.convert(PAIRS, output_format="pair", treshold=0.4)
    with pytest.raises(TypeError, match="treshold"):
        converters.convert(
            PAIRS,
            output_format="pair",
            input_format="pair",
            columns={"anchor": "anchor", "positive": "positive"},
            treshold=0.4,
        )


def test_what_the_data_is_has_to_be_said() -> None:
    with pytest.raises(converters.InputError, match=r'input_format="pair".* advisor.convert finds it out') as refusal:
        converters.convert(PAIRS, output_format="pair")
    assert "\n" not in str(refusal.value)


def test_a_setting_reaches_the_conversion() -> None:
    rows = {"text": [f"a text of number {number}" for number in range(8)], "label": [0, 1] * 4}
    made = [advisor.convert(rows, output_format="pair", max_per_class=most).num_rows for most in (None, 2)]
    assert made[0] > made[1]
