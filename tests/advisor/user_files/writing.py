"""Texts that people might have written, drawn from a seed, and the files that they keep them in."""

import csv
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from tests.advisor.user_files.languages import TONGUES, Tongue

Row = dict[str, Any]
Columns = Mapping[str, Sequence[Any]]


PRAISE = (
    "I love this {t}!",
    "Works exactly as described.",
    "Best {t} I have had in {n} years.",
    "Arrived early and well packed from {p}.",
    "My whole family uses it now.",
    "Great value for the money.",
    "{a} went smoothly, thank you.",
    "Would buy again without thinking twice.",
    "Quiet, sturdy and easy to clean.",
)
COMPLAINTS = (
    "Broke after {n} days.",
    "The {t} is much smaller than in the picture.",
    "Nobody in {p} answers my messages about {a}.",
    "Terrible smell, I sent it back.",
    "The lid does not close properly.",
    "Far too loud for a small flat.",
    "I waited {n} days and then got the wrong colour.",
    "Not worth half the price.",
    "Instructions are impossible to understand.",
)


@dataclass(frozen=True)
class Fact:
    """Something to ask, to tell and to search for."""

    thing: str
    matter: str
    place: str
    number: int


class Author:
    """Writes texts: the same ones for the same seed.

    Args:
        seed: what to draw from.
        tongue: the language, or a field of English.
    """

    def __init__(self, seed: str, tongue: str = "en") -> None:
        self.draw = Random(seed)
        self.tongue: Tongue = TONGUES[tongue]
        self._seed = seed

    def speaking(self, tongue: str) -> "Author":
        """The same author in another language."""
        return Author(self._seed, tongue)

    def heard(self, fact: Fact, other: "Author") -> Fact:
        """The fact of another author in this one's language: what stands in the same place of the tables."""

        def same(word: str, theirs: tuple[str, ...], own: tuple[str, ...]) -> str:
            return own[theirs.index(word) % len(own)]

        own, theirs = self.tongue, other.tongue
        return Fact(
            same(fact.thing, theirs.things, own.things),
            same(fact.matter, theirs.matters, own.matters),
            same(fact.place, theirs.places, own.places),
            fact.number,
        )

    def fact(self) -> Fact:
        draw, own = self.draw, self.tongue
        return Fact(
            draw.choice(own.things),
            draw.choice(own.matters),
            draw.choice(own.places),
            draw.choice((*range(2, 31), 35, 36, 40, 45, 48, 50, 60, 72, 75, 90)),
        )

    def facts(self, count: int) -> list[Fact]:
        """Different facts."""
        found: dict[Fact, None] = {}
        while len(found) < count:
            found[self.fact()] = None
        return list(found)

    def near(self, fact: Fact) -> Fact:
        """Another fact about the same thing."""
        while True:
            other = self.fact()
            if other.matter != fact.matter:
                return replace(other, thing=fact.thing)

    def far(self, fact: Fact) -> Fact:
        """A fact about something else."""
        while True:
            other = self.fact()
            if other.thing != fact.thing and other.matter != fact.matter:
                return other

    def _say(self, template: str, fact: Fact) -> str:
        text = template.format(t=fact.thing, a=fact.matter, p=fact.place, n=fact.number)
        return text[:1].upper() + text[1:] if template[:1].isupper() or template[:1] == "{" else text

    def ask(self, fact: Fact) -> str:
        return self._say(self.draw.choice(self.tongue.ask), fact)

    def tell(self, fact: Fact, way: int | None = None) -> str:
        ways = self.tongue.tell
        return self._say(self.draw.choice(ways) if way is None else ways[way % len(ways)], fact)

    def tell_twice(self, fact: Fact) -> tuple[str, str]:
        """Two ways to say the same."""
        first, second = self.draw.sample(range(len(self.tongue.tell)), 2)
        return self.tell(fact, first), self.tell(fact, second)

    def passage(self, fact: Fact, shortest: int = 2, longest: int = 5) -> str:
        """A statement and what one says around it."""
        count = min(self.draw.randint(shortest, longest) - 1, len(self.tongue.more))
        others = [self._say(each, fact) for each in self.draw.sample(self.tongue.more, count)]
        place = self.draw.randint(0, min(1, len(others)))
        return self.tongue.gap.join([*others[:place], self.tell(fact), *others[place:]])

    def article(self, fact: Fact, paragraphs: int = 5) -> str:
        """A long text."""
        return "\n\n".join(self.passage(self.near(fact) if i else fact, 4, 8) for i in range(paragraphs))

    def title(self, fact: Fact) -> str:
        gap = self.tongue.gap
        return self.draw.choice(
            (f"{fact.thing}: {fact.matter}", f"{fact.matter}{gap}({fact.thing})", f"{fact.thing} - {fact.place}")
        ).capitalize()

    def keywords(self, fact: Fact) -> str:
        """What one types into a search box."""
        words = [fact.thing, fact.matter.removeprefix("the ").removeprefix("a ")]
        if self.draw.random() < 0.5:
            words.append(self.draw.choice((fact.place, str(fact.number))))
        self.draw.shuffle(words)
        return (self.tongue.gap or " ").join(words).lower()

    def damage(self, text: str) -> str:
        """The text with some words gone or twisted."""
        kept = []
        for word in text.split():
            chance = self.draw.random()
            if chance < 0.35:
                continue
            if chance < 0.45 and len(word) > 3:
                at = self.draw.randrange(len(word) - 1)
                word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            kept.append(word)
        return " ".join(kept or text.split()[:1])

    def pick(self, values: Sequence[Any], count: int, weights: Sequence[float] | None = None) -> list[Any]:
        """Values in unequal shares, every one of them at least once."""
        drawn = [*values[:count], *self.draw.choices(values, weights, k=max(0, count - len(values)))]
        self.draw.shuffle(drawn)
        return drawn

    def ranked(self, fact: Fact) -> list[tuple[str, int]]:
        """Passages for a question about a fact, and how well each of them answers: 3 fully, 0 not at all."""
        elsewhere = replace(fact, place=self.draw.choice(self.tongue.places), number=self.draw.randint(2, 90))
        return [
            (self.passage(fact), 3),
            (self.passage(elsewhere), 2),
            (self.passage(self.near(fact)), 1),
            (self.passage(self.far(fact)), 0),
        ]

    def review(self, stars: int) -> str:
        """What somebody says who gave so many stars."""
        draw = self.draw
        fact = self.fact()
        said = draw.sample(PRAISE if stars > 3 else COMPLAINTS, draw.randint(1, 3))
        if stars in (2, 3, 4):
            said.insert(draw.randint(0, len(said)), draw.choice(COMPLAINTS if stars == 4 else PRAISE))
        if draw.random() < 0.3:
            said.append(draw.choice(self.tongue.more))
        return " ".join(self._say(each, fact) for each in said)

    def hexadecimal(self, digits: int = 32) -> str:
        return f"{self.draw.getrandbits(4 * digits):0{digits}x}"

    def uuid(self) -> str:
        text = self.hexadecimal()
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def moment(self) -> str:
        at = self.draw
        return (
            f"{at.randint(2015, 2025)}-{at.randint(1, 12):02}-{at.randint(1, 28):02}"
            f"T{at.randint(0, 23):02}:{at.randint(0, 59):02}:{at.randint(0, 59):02}Z"
        )

    def day(self) -> str:
        return self.moment()[:10]

    def url(self) -> str:
        names = ("shop", "help", "forum", "blog", "news")
        return f"https://{self.draw.choice(names)}.example.org/{self.draw.choice(names)}/{self.hexadecimal(8)}.html"

    def person(self) -> str:
        first = ("anna", "li.wei", "omar", "sofia", "jan", "priya", "tom", "yuki", "ines", "kwame", "eva", "max")
        return f"{self.draw.choice(first)}{self.draw.choice(('', '_', '.'))}{self.draw.randint(1, 999)}"

    def vector(self, width: int) -> list[float]:
        values = [self.draw.gauss(0, 1) for _ in range(width)]
        length = sum(value * value for value in values) ** 0.5
        return [round(value / length, 6) for value in values]


def row_by_row(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Rows as columns; what a row lacks is None."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: [row.get(name) for row in rows] for name in names}


def table(count: int, row: Callable[[int], Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Columns from a function that makes one row."""
    return row_by_row([row(i) for i in range(count)])


def save(
    path: Path,
    columns: Columns,
    *,
    header: bool = True,
    delimiter: str | None = None,
    encoding: str = "utf-8",
    features: Any = None,
) -> Path:
    """Writes columns in the layout that the file's name says, and returns the path.

    Args:
        path: ends in csv, tsv, txt, json, jsonl (both also with `.gz`), parquet, or in nothing for a folder of
            `datasets`.
        columns: the values of each column.
        header: whether the names are written; without, a line of jsonl is a list.
        delimiter: between the cells of csv.
        encoding: of text files.
        features: features of `datasets`, for the parquet file or the folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    names = list(columns)
    rows = list(zip(*columns.values(), strict=True))
    kind = path.name.removesuffix(".gz").rpartition(".")[2]
    if kind in ("csv", "tsv", "txt"):
        with _opened(path, encoding) as file:
            writer = csv.writer(file, delimiter=delimiter or ("\t" if kind == "tsv" else ","), lineterminator="\n")
            if header:
                writer.writerow(names)
            writer.writerows(rows)
    elif kind == "jsonl":
        with _opened(path, encoding) as file:
            for row in rows:
                value = dict(zip(names, row, strict=True)) if header else list(row)
                file.write(json.dumps(value, ensure_ascii=False) + "\n")
    elif kind == "json":
        with _opened(path, encoding) as file:
            json.dump([dict(zip(names, row, strict=True)) for row in rows], file, ensure_ascii=False, indent=1)
    elif features is not None:
        from datasets import Dataset, disable_progress_bars

        disable_progress_bars()
        made = Dataset.from_dict({name: list(values) for name, values in columns.items()}, features=features)
        if kind == "parquet":
            made.to_parquet(str(path))
        else:
            made.save_to_disk(str(path))
    else:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table({name: list(values) for name, values in columns.items()}), path)
    return path


def _opened(path: Path, encoding: str) -> Any:
    if path.suffix == ".gz":
        return gzip.open(path, "wt", encoding=encoding, newline="")
    return path.open("w", encoding=encoding, newline="")
