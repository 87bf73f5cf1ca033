"""The page of each loss: its example runs as it stands, and what it says is there."""

import runpy
from pathlib import Path

import pytest

from advisor.catalogue import LOSSES, PARTS
from converters.formats import FORMATS
from docs import docstrings, loss_pages

ENTRIES = [*LOSSES.values(), *PARTS.values()]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.family}/{entry.name}")
def test_the_example_of_the_page_trains(
    entry: loss_pages.Loss | loss_pages.Part,
    tmp_path: Path,
    tiny_models: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    code = loss_pages.example(entry)
    assert f"```python\n{code}\n```" in loss_pages.page(entry)
    named = loss_pages.model_of(entry)
    assert code.count(named) == 1
    # as on the page, but with a small model that is here
    small = tiny_models["wide" if entry.name.startswith("CSR") else loss_pages.kind_of_model(entry)]
    code = code.replace(named, small).replace("384, 192, 96, 48", "32, 16, 8, 4")
    Path("example.py").write_text(code)
    runpy.run_path("example.py", run_name="__main__")
    said = capfd.readouterr().out
    assert "train_loss" in said
    assert "'train_loss': 'nan'" not in said


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.family}/{entry.name}")
def test_the_page_tells_all(entry: loss_pages.Loss | loss_pages.Part) -> None:
    page = loss_pages.page(entry)
    headings = {line for line in page.splitlines() if line.startswith("## ")}
    assert {"## What it does", "## Arguments", "## Reference"} <= headings
    assert entry.reference[1] in page
    assert ":func:" not in page
    assert ":math:" not in page
    assert ".. math::" not in page
    if not isinstance(entry, loss_pages.Part):
        assert any(heading.startswith("## On tensors alone") for heading in headings)
        assert "$$" in page
        assert all(f"`{name}`" in page for name in entry.formats)


def test_there_is_example_data_of_each_trainable_format() -> None:
    assert set(loss_pages.DATA) | {"text-embedding"} == {name for name, each in FORMATS.items() if each.trainable}


def test_docstrings_become_markdown() -> None:
    def documented() -> None:
        """First line.

        A formula with :math:`x_i` and ``code``, see :func:`losses.functional.cosent_loss`:

        .. math::

            a < b

        Args:
            one: the first
                of all.
            two: the second.

        Example:
            >>> 1 + 1
            2
        """

    parts = docstrings.sections(documented)
    assert docstrings.arguments(parts["Args"]) == ["- `one`: the first of all.", "- `two`: the second."]
    assert docstrings.functions_named(parts[""]) == ["cosent_loss"]
    text = docstrings.prose(parts[""])
    assert "formula with $x_i$ and `code`, see `cosent_loss`:" in text
    assert "$$\na < b\n$$" in text
    assert docstrings.prose(parts["Example"]) == "```pycon\n>>> 1 + 1\n2\n```"
