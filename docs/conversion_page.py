"""The page of the conversions: the graph as a picture and as a table, and every edge with rows before and after."""

from typing import Any

import pyarrow as pa

from converters.conversions import Conversion, Made
from converters.formats import FORMATS
from docs.conversion_examples import EXAMPLES, NEGATIVES, run_all
from docs.conversion_picture import ASKED_FOR, kind_of

_MARKS = {"plain": "", "random": "at random", "mined": "mines", "taught": "asks a teacher"}

_INTRODUCTION = """\
# Conversions

The steps that `advisor convert DATASET --output-format FORMAT -o OUT` goes, from one [format](formats.md) to another.
What is no single step is reached in two or three, where nothing is misunderstood on the way: the cheapest plan that
keeps most of the meaning is taken. `advisor convert --dry-run` shows it, and what it loses. A `collection` goes by
`graded-pair` on some ways, its judgements alone, which is no format to ask for.

![A line for each format that is converted from, one for each that is converted to, and a mark where they \
meet](conversions.svg)

No conversion invents a text, and none makes a negative of a text that the data calls a positive of the same anchor
anywhere. What is drawn at random is drawn by `--seed`.
"""

_EXAMPLES = """\
## Examples

Each example is what the conversion makes of the rows above it, with its default settings, but that it mines {mined}
negatives for each anchor (1 for triplets) and makes n-tuples of as many. They are mined with the embedded encoder. The
teacher is a stand-in: it scores a pair by the share of the first text's words that stand in the second, and embeds a
text by counting its letters a, e and i.
"""


def conversions_page() -> str:
    """The picture, the table, and the examples."""
    made = run_all()
    lines = [_INTRODUCTION, "## The table", "", "| from | to | what it does | how | what is lost |"]
    lines.append("|---|---|---|---|---|")
    lines += [_row(each) for each in in_order()]
    lines += ["", _EXAMPLES.format(mined=NEGATIVES)]
    for source in FORMATS:
        ways = [each for each in in_order() if each.source == source]
        if ways:
            lines += [f"### From `{source}`", "", *_before(source)]
            for each in ways:
                lines += [f"#### {_heading(each)}", "", *_after(each, made[source, each.target])]
    return "\n".join(lines).rstrip() + "\n"


def in_order() -> list[Conversion]:
    """The conversions that can be asked for, in the order of the formats."""
    order = list(FORMATS)
    return sorted(ASKED_FOR.values(), key=lambda each: (order.index(each.source), order.index(each.target)))


def _heading(each: Conversion) -> str:
    return f"{each.source} to {each.target}"


def _row(each: Conversion) -> str:
    link = f"[`{each.target}`](#{_heading(each).replace(' ', '-')})"
    return f"| `{each.source}` | {link} | {each.summary} | {_MARKS[kind_of(each)]} | {each.loses or ''} |"


def _before(source: str) -> list[str]:
    example = EXAMPLES[source]
    lines = table_lines(example.table)
    if example.corpus:
        lines += ["with the corpus", "", *table_lines(pa.table({"text": list(example.corpus)}))]
    return lines


def _after(each: Conversion, made: Made) -> list[str]:
    said = each.summary[0].upper() + each.summary[1:] + (f". Lost: {each.loses}." if each.loses else ".")
    left_out = ", ".join(f"{number} {what}" for what, number in made.left_out.items())
    return [said, "", *table_lines(made.table), *([f"Left out: {left_out}.", ""] if left_out else [])]


def table_lines(table: pa.Table) -> list[str]:
    """Rows as a table of Markdown; what stands in a list stands below one another."""
    lines = [f"| {' | '.join(table.column_names)} |", "|---" * table.num_columns + "|"]
    for row in table.to_pylist():
        lines.append(f"| {' | '.join(_cell(value) for value in row.values())} |")
    return [*lines, ""]


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "<br>".join(_cell(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_cell(each)}" for name, each in value.items())
    if isinstance(value, float):
        return f"{value:.4g}" if value != int(value) else f"{value:.1f}"
    return str(value).replace("|", "\\|")
