"""The same data as programs really save it: dialects, nesting, folders, empty columns, and hardly any rows."""

import json
from pathlib import Path
from typing import Any

from tests.advisor.user_files.expectation import ASKED, LEFT, RIGHT, UNUSED, case
from tests.advisor.user_files.labelled_pairs import duplicates, inference, scored
from tests.advisor.user_files.writing import Author, Row, save, table

PAIR = {"query": ASKED, "positive": "positive"}


def pairs(author: Author, count: int) -> dict[str, list[str]]:
    """Queries and passages."""
    return table(count, lambda i: {"query": author.ask(fact := author.fact()), "positive": author.passage(fact)})


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A file with this text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding=encoding)
    return path


@case("json-of-columns", "pair", roles=PAIR, label=None)
def _(author: Author, folder: Path) -> Path:
    return written(folder / "pairs.json", json.dumps(pairs(author, 80)))


@case("json-of-pandas-columns", "pair", roles=PAIR, label=None)
def _(author: Author, folder: Path) -> Path:
    columns = {name: dict(enumerate(values)) for name, values in pairs(author, 80).items()}
    return written(folder / "df.json", json.dumps(columns))


@case("json-with-data-inside", "pair", roles=PAIR, label=None, tongue="ru")
def _(author: Author, folder: Path) -> Path:
    columns = pairs(author, 70)
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    text = json.dumps({"version": "1.2", "data": rows}, ensure_ascii=False, indent=2)
    return written(folder / "export.json", text)


@case("excel-separator-line", "pair", roles={"Frage": ASKED, "Antwort": "positive"}, label=None, tongue="de")
def _(author: Author, folder: Path) -> Path:
    columns = pairs(author, 70)
    lines = ["sep=;", "Frage;Antwort", *(f'"{q}";"{a}"' for q, a in zip(*columns.values(), strict=True))]
    return written(folder / "excel.csv", "\r\n".join(lines) + "\r\n", "utf-8-sig")


@case("pipes-between-cells", "pair", roles=PAIR, label=None)
def _(author: Author, folder: Path) -> Path:
    return save(folder / "pairs.csv", pairs(author, 80), delimiter="|")


@case("line-breaks-inside-cells", "pair", roles={"subject": ASKED, "text": "positive"}, label=None)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        body = author.passage(fact, 3, 6).replace(". ", '.\n\n"So far", ', 1).replace(". ", ".\n")
        return {"subject": author.title(fact), "text": body}

    return save(folder / "mails.csv", table(90, row))


@case(
    "empty-columns-at-the-end",
    "labeled-pair",
    roles={"question_a": LEFT, "question_b": RIGHT, "same": "label", "comment": UNUSED, "reviewer": UNUSED},
    label="same",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, same = duplicates(author)
        comment = "not sure about this one" if i == 7 else None
        return {
            "question_a": first,
            "question_b": second,
            "same": "Y" if same else "N",
            "comment": comment,
            "reviewer": None,
        }

    return save(folder / "sheet1.csv", table(120, row))


@case(
    "constant-columns",
    "pair-score",
    roles={"source": UNUSED, "language": UNUSED, "text_1": LEFT, "text_2": RIGHT, "score": "label", "version": UNUSED},
    label="score",
    kinds="score",
)
def _(author: Author, folder: Path) -> Path:
    rows = scored(author, 120, ("text_1", "text_2", "score"), lambda score: round(score, 2))
    constant: dict[str, list[Any]] = {
        "source": ["forum crawl of last spring"] * 120,
        "language": ["en"] * 120,
        "version": [1.0] * 120,
    }
    return save(folder / "constant.csv", {**constant, **rows})


@case("utf-16-from-a-spreadsheet", "pair", roles={"질문": ASKED, "답변": "positive"}, label=None, tongue="ko")
def _(author: Author, folder: Path) -> Path:
    rows = pairs(author, 70)
    return save(folder / "질문.tsv", {"질문": rows["query"], "답변": rows["positive"]}, encoding="utf-16")


@case("folder-of-headerless-splits", "pair-class", roles={"column_1": "label", "column_2": LEFT, "column_3": RIGHT})
def _(author: Author, folder: Path) -> Path:
    for name, count in (("train", 150), ("dev", 40), ("test", 40)):
        rows = table(count, lambda i: dict(zip("abc", inference(author, ("e", "n", "c")), strict=True)))
        save(folder / f"{name}.tsv", {key: rows[key] for key in "cab"}, header=False)
    return folder


@case("dotted-names", "pair", roles={"data.question": ASKED, "data.answer": "positive", "meta.id": UNUSED}, label=None)
def _(author: Author, folder: Path) -> Path:
    rows = pairs(author, 80)
    ids = [author.uuid() for _ in range(80)]
    return save(folder / "flat.csv", {"meta.id": ids, "data.question": rows["query"], "data.answer": rows["positive"]})


@case("nested-question-and-answer", "pair", label=None)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "question": {"text": author.ask(fact), "lang": "en"},
            "answer": {"text": author.passage(fact), "author": author.person()},
        }

    return save(folder / "nested.jsonl", table(80, row))


@case("nulls-among-pairs", "pair", roles={"texte": "anchor query", "réponse": "positive"}, label=None, tongue="fr")
def _(author: Author, folder: Path) -> Path:
    rows = pairs(author, 110)
    answers = [None if author.draw.random() < 0.12 else answer for answer in rows["positive"]]
    return save(folder / "avec_trous.jsonl", {"texte": rows["query"], "réponse": answers})


# Hardly any rows.


@case("one-row", "pair", roles={"question": ASKED, "answer": "positive"}, label=None)
def _(author: Author, folder: Path) -> Path:
    rows = pairs(author, 1)
    return save(folder / "one.csv", {"question": rows["query"], "answer": rows["positive"]})


@case("one-row-headerless", "pair", roles={"column_1": ASKED, "column_2": "positive"}, refuse="may", max_confidence=0.8)
def _(author: Author, folder: Path) -> Path:
    return save(folder / "one.tsv", pairs(author, 1), header=False)


@case(
    "two-rows-scored",
    "pair-score",
    roles={"sentence1": LEFT, "sentence2": RIGHT, "score": "label"},
    label="score",
    kinds="score",
)
def _(author: Author, folder: Path) -> Path:
    rows: dict[str, list[Any]] = {
        "sentence1": [author.tell(author.fact()) for _ in range(2)],
        "sentence2": [author.tell(author.fact()) for _ in range(2)],
        "score": [0.9, 0.35],
    }
    return save(folder / "two.json", rows)


@case(
    "five-rows-triplet",
    "triplet",
    roles={"anchor": ASKED, "positive": "positive", "negative": "negative"},
    label=None,
    tongue="ar",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "anchor": author.ask(fact),
            "positive": author.passage(fact),
            "negative": author.passage(author.far(fact)),
        }

    return save(folder / "five.jsonl", table(5, row))


@case(
    "five-rows-class",
    "single-class",
    roles={"text": "text", "label": "label"},
    label="label",
    kinds="class binary",
)
def _(author: Author, folder: Path) -> Path:
    stars = [5, 1, 5, 5, 1]
    words = ["positive" if each == 5 else "negative" for each in stars]
    return save(folder / "sample.csv", {"text": [author.review(each) for each in stars], "label": words})


@case(
    "five-rows-duplicates",
    "labeled-pair",
    roles={"sentence1": LEFT, "sentence2": RIGHT, "label": "label"},
    label="label",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, _ = duplicates(author, share=1 if i % 2 else 0)
        return {"sentence1": first, "sentence2": second, "label": i % 2}

    return save(folder / "few.csv", table(5, row))


@case(
    "saved-twice-by-pandas",
    "pair",
    roles={"Unnamed: 0.1": UNUSED, "Unnamed: 0": UNUSED, "soru": ASKED, "cevap": "positive"},
    label=None,
    tongue="tr",
)
def _(author: Author, folder: Path) -> Path:
    rows = pairs(author, 80)
    return save(
        folder / "sss.csv",
        {
            "Unnamed: 0.1": range(80),
            "Unnamed: 0": author.draw.sample(range(400), 80),
            "soru": rows["query"],
            "cevap": rows["positive"],
        },
    )


@case("index-without-a-name", "pair", roles={"pytanie": ASKED, "odpowiedź": "positive"}, label=None, tongue="pl")
def _(author: Author, folder: Path) -> Path:
    rows = pairs(author, 80)
    return save(folder / "pytania.csv", {"": range(80), "pytanie": rows["query"], "odpowiedź": rows["positive"]})


@case("two-columns-of-one-name", "pair", refuse="may")
def _(author: Author, folder: Path) -> Path:
    rows = zip(*pairs(author, 60).values(), strict=True)
    return written(folder / "same.tsv", "\n".join(["text\ttext", *("\t".join(row) for row in rows)]) + "\n")
