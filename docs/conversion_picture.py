"""The graph of conversions as a picture: a line for each source, a line for each target, a mark where they meet.

Nearly a hundred arrows between twenty names would be a ball of wool; lines that cross at right angles stay readable.
Colours have enough contrast on white and on black, for a picture does not know the page that it stands on.
"""

from collections.abc import Iterator, Mapping
from html import escape

from converters.conversions import CONVERSIONS, Conversion, plan
from converters.errors import InputError
from converters.formats import FORMATS

_TEXT, _LINE, _FAINT = "#757d87", "#8b949e", "#9aa3ad"
_PLAIN, _RANDOM, _MINED, _TAUGHT = "#2f7fd8", "#d9730d", "#a35bd6", "#2a9d50"

#: How a conversion comes about: its colour, and what the legend says.
KINDS: Mapping[str, tuple[str, str]] = {
    "plain": (_PLAIN, "by what the data says"),
    "random": (_RANDOM, "drawn at random, by the seed"),
    "mined": (_MINED, "mined, with a model"),
    "taught": (_TAUGHT, "asks a teacher"),
}

#: The conversions that can be asked for; layouts of source data are no formats to train on, and only stand on the way.
ASKED_FOR = {way: step for way, step in CONVERSIONS.items() if FORMATS[step.target].trainable}

_CELL, _LEFT, _TOP, _RADIUS = 34, 150, 140, 7.5
_FONT = "font-family='ui-monospace, SFMono-Regular, Menlo, Consolas, monospace' font-size='13'"
_PROSE = "font-family='-apple-system, Segoe UI, Helvetica, Arial, sans-serif' font-size='13'"


def kind_of(step: Conversion) -> str:
    """How a conversion comes about: a key of `KINDS`."""
    if step.needs is not None:
        return "taught"
    return "mined" if step.mines else "random" if step.samples else "plain"


def picture() -> str:
    """The picture, as SVG."""
    sources = [name for name in FORMATS if any(source == name for source, _ in ASKED_FOR)]
    targets = [name for name in FORMATS if any(target == name for _, target in ASKED_FOR)]
    bottom = _TOP + _CELL * len(sources)
    width, height = _LEFT + _CELL * len(targets) + 80, bottom + 130
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' "
        f"height='{height}' role='img' aria-labelledby='title'>",
        "<title id='title'>Conversions from the formats on the left to those at the top</title>",
    ]
    across = {name: _LEFT + _CELL * (place + 0.5) for place, name in enumerate(targets)}
    down = {name: _TOP + _CELL * (place + 0.5) for place, name in enumerate(sources)}
    for name, y in down.items():
        parts.append(_row(name, y, sorted(across[end] for start, end in ASKED_FOR if start == name)))
    for name, x in across.items():
        parts.append(_column(name, x, sorted(down[start] for start, end in ASKED_FOR if end == name)))
    for source, y in down.items():
        for target, x in across.items():
            if step := ASKED_FOR.get((source, target)):
                parts.append(_mark(kind_of(step), step.loses is not None, x, y, _said(step)))
            elif steps := _steps(source, target):
                said = (
                    f"{source} to {target}: in {len(steps)} steps, by {', '.join(each.target for each in steps[:-1])}"
                )
                parts.append(_titled(f"<circle cx='{x:g}' cy='{y:g}' r='2.5' fill='{_LINE}'/>", said))
    return "\n".join([*parts, *_legend(bottom + 28), "</svg>"]) + "\n"


def _said(step: Conversion) -> str:
    return f"{step.source} to {step.target}: {step.summary}" + (f"; lost: {step.loses}" if step.loses else "")


def _steps(source: str, target: str) -> tuple[Conversion, ...]:
    """The steps of the way between two formats, where there is one."""
    try:
        return plan(source, target).steps
    except InputError:
        return ()


def _row(name: str, y: float, marks: list[float]) -> str:
    """The name of a source, and its line to the last of its targets."""
    label = f"<text x='{_LEFT - 10}' y='{y + 4.5:g}' text-anchor='end' fill='{_TEXT}' {_FONT}>{escape(name)}</text>"
    return label + _line("".join(f"M{start:g} {y:g}H{end:g}" for start, end in _between(_LEFT - 4, marks)))


def _column(name: str, x: float, marks: list[float]) -> str:
    """The name of a target, and the arrow that leads up to it."""
    turned = f"transform='translate({x + 4:g} {_TOP - 16}) rotate(-50)'"
    label = f"<text {turned} fill='{_TEXT}' {_FONT}>{escape(name)}</text>"
    head = f"<path d='M{x - 3.5:g} {_TOP - 4}L{x:g} {_TOP - 11}L{x + 3.5:g} {_TOP - 4}Z' fill='{_LINE}'/>"
    return label + head + _line("".join(f"M{x:g} {start:g}V{end:g}" for start, end in _between(_TOP - 6, marks)))


def _between(start: float, marks: list[float]) -> Iterator[tuple[float, float]]:
    """From the start to the last mark, without the places of the marks: nothing shows through a hollow one."""
    for mark in marks:
        yield start, mark - _RADIUS - 1
        start = mark + _RADIUS + 1


def _line(path: str) -> str:
    return f"<path d='{path}' stroke='{_FAINT}' stroke-opacity='.55' fill='none'/>"


def _mark(kind: str, lossy: bool, x: float, y: float, said: str | None = None) -> str:
    """The mark of a conversion: its shape says how it comes about; it is hollow in the middle where meaning is lost."""
    colour, r = KINDS[kind][0], _RADIUS
    shapes = {
        "plain": f"<circle cx='{x:g}' cy='{y:g}' r='{r:g}'",
        "random": f"<path d='M{x:g} {y - r - 1:g}L{x + r + 1:g} {y + r - 1:g}H{x - r - 1:g}Z'",
        "mined": f"<path d='M{x:g} {y - r - 1:g}L{x + r + 1:g} {y:g}L{x:g} {y + r + 1:g}L{x - r - 1:g} {y:g}Z'",
        "taught": f"<rect x='{x - r + 1:g}' y='{y - r + 1:g}' width='{2 * r - 2:g}' height='{2 * r - 2:g}'",
    }
    fill = "fill-opacity='.12'" if lossy else "fill-opacity='1'"
    drawn = f"{shapes[kind]} fill='{colour}' {fill} stroke='{colour}' stroke-width='2'/>"
    return drawn if said is None else _titled(drawn, said)


def _titled(drawn: str, said: str) -> str:
    """Something drawn, with words that show under the pointer."""
    return f"<g><title>{escape(said)}</title>{drawn}</g>"


def _legend(top: float) -> list[str]:
    parts = []
    for place, (kind, (_, words)) in enumerate(KINDS.items()):
        y = top + 24 * place
        parts += [_mark(kind, False, _LEFT + 17, y), _words(_LEFT + 36, y, words)]
    column = _LEFT + 270
    parts += [_mark("plain", False, column, top), _words(column + 19, top, "full: nothing of the meaning is lost")]
    parts += [_mark("plain", True, column, top + 24), _words(column + 19, top + 24, "hollow: some of it is lost")]
    parts.append(f"<circle cx='{column:g}' cy='{top + 48:g}' r='2.5' fill='{_LINE}'/>")
    parts.append(_words(column + 19, top + 48, "dot: in two or three steps"))
    parts.append(_words(column - 8, top + 72, "From the left, to the top."))
    return parts


def _words(x: float, y: float, words: str) -> str:
    return f"<text x='{x:g}' y='{y + 4.5:g}' fill='{_TEXT}' {_PROSE}>{escape(words)}</text>"
