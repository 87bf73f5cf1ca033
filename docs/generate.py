"""Writes the pages that are made from the code: formats, losses and findings.

    python -m docs.generate

Nothing in them is typed twice: the tables of formats and losses and the registry of findings are the source, and a test
holds the pages against it.
"""

from pathlib import Path
from typing import Any

from advisor import report_schema
from advisor.catalogue import LOSSES, PARTS
from advisor.findings import CHECKS, Check
from converters.formats import FORMATS, Format
from docs import conversion_page, conversion_picture, loss_pages

FOLDER = Path(__file__).resolve().parent
NOTE = "<!-- Made by `python -m docs.generate`; change the code, not this page. -->\n"


def pages() -> dict[str, str]:
    """Every generated page by its path below this folder."""
    made = {"formats.md": formats_page(), "losses/README.md": losses_page(), "findings/README.md": findings_page()}
    made["report.md"] = report_page()
    made["conversions.md"] = NOTE + "\n" + conversion_page.conversions_page()
    made["conversions.svg"] = conversion_picture.picture()
    entries = [*LOSSES.values(), *PARTS.values()]
    made |= {f"losses/{loss_pages.address(each)}": NOTE + "\n" + loss_pages.page(each) for each in entries}
    return made | {f"findings/{code}.md": finding_page(each) for code, each in CHECKS.items()}


def formats_page() -> str:
    """The formats and layouts."""
    lines = [
        NOTE,
        "# Formats",
        "",
        "What training data can be. Text columns come first, in this order, then the label.",
        "",
    ]
    lines += ["| format | columns | label | what it is |", "|---|---|---|---|"]
    lines += [_format_row(each) for each in FORMATS.values() if each.trainable]
    lines += ["", "Layouts are recognised, and have to be converted before a loss can train on them:", ""]
    lines += ["| layout | what it is |", "|---|---|"]
    lines += [f"| `{each.name}` | {each.summary} |" for each in FORMATS.values() if not each.trainable]
    lines += ["", "## Conversions", ""]
    lines += [
        "Every trainable format converts to itself: columns renamed, ordered and reduced, labels mended. What converts",
        "to what else, in how many steps, and what that loses, is on the page of the [conversions](conversions.md),",
        "with rows before and after. Where the cheapest plan makes no row of the data at hand, such as triplets of",
        "labeled pairs whose anchors have no negatives, a plan that mines is taken. `--dry-run` shows the plan, what",
        "it loses, and how many rows go in and come out.",
    ]
    return "\n".join(lines) + "\n"


def _format_row(each: Format) -> str:
    columns = ", ".join(each.columns) + (" (numbered, two or more)" if each.repeats else "")
    label = f"`{each.label_name}`: {each.label_kind}" if each.label_name else "none"
    return f"| `{each.name}` | {columns} | {label} | {each.summary} |"


def losses_page() -> str:
    """The catalogue, with a link to the page of each loss."""
    lines = [
        NOTE,
        "# Losses",
        "",
        "The losses that are bundled, and the [formats](../formats.md) they take. `advisor losses NAME` says the same",
        "in the terminal. Where a loss behaves otherwise than the one of sentence-transformers whose place it takes,",
        "[DIFFERENCES.md](../../losses/DIFFERENCES.md) says why.",
    ]
    return "\n".join([*lines, *loss_pages.index()]) + "\n"


def findings_page() -> str:
    """The index of the findings."""
    lines = [NOTE, "# Findings", "", "What `advisor inspect` can find. Codes are stable.", ""]
    lines += ["| code | severity | what |", "|---|---|---|"]
    lines += [f"| [{code}]({code}.md) | {each.severity} | {each.title} |" for code, each in sorted(CHECKS.items())]
    return "\n".join(lines) + "\n"


def finding_page(each: Check) -> str:
    """One finding: what it means, why it hurts, how to mend it."""
    parts = [NOTE, f"# {each.code}: {each.title}", "", f"Severity: {each.severity}.", ""]
    parts += ["## Why it hurts", "", each.why, "", "## How to mend it", "", each.mend]
    return "\n".join(parts) + "\n"


def report_page() -> str:
    """Every key of the JSON that an inspection prints, from its schema."""
    schema = report_schema.schema()
    lines = [
        NOTE,
        "# The report",
        "",
        "What `advisor inspect DATASET --json` prints, and `advisor.inspect(...).to_dict()` returns. `advisor schema`",
        "prints its JSON Schema (draft 2020-12), which ships with the package. Keys are stable: later versions may add",
        "some, and never rename one.",
    ]
    for name, each in {"Report": schema, **schema["$defs"]}.items():
        lines += ["", f"## {name}", "", "| key | type | what it is |", "|---|---|---|"]
        for key, own in each["properties"].items():
            lines.append(f"| `{key}` | {_type(own)} | {own['description'].rstrip('.')} |")
    return "\n".join(lines) + "\n"


def _type(schema: dict[str, Any]) -> str:
    """The type of a key, in words, with links to the objects on the page."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if schema.get("type") == "object":
        values = [schema.get("additionalProperties"), *schema.get("properties", {}).values()]
        inner = {_type(each) for each in values if each}
        return f"object of {inner.pop()}" if len(inner) == 1 else "object"
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    kinds = schema.get("type", "anything")
    return " or ".join(kinds) if isinstance(kinds, list) else str(kinds)


def main() -> None:
    """Writes the pages and the schema, and removes those of findings and losses that are no more."""
    made = pages()
    for folder in ("findings", "losses"):
        for path in (FOLDER / folder).rglob("*.md"):
            if path.relative_to(FOLDER).as_posix() not in made:
                path.unlink()
    for name, text in made.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    report_schema.write()


if __name__ == "__main__":
    main()
