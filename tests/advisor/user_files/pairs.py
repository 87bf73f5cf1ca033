"""Pairs without a label: questions and answers, titles and texts, translations, terms, copies, damaged texts."""

from pathlib import Path

from tests.advisor.user_files.expectation import ASKED, FIRST, UNUSED, case
from tests.advisor.user_files.writing import Author, Row, save, table


@case("pair-headerless-csv", "pair", roles={"column_1": ASKED, "column_2": "positive"}, label=None)
def _(author: Author, folder: Path) -> Path:
    rows = table(120, lambda i: {"q": author.ask(fact := author.fact()), "a": author.passage(fact)})
    return save(folder / "data.csv", rows, header=False)


@case(
    "pair-headerless-tsv-russian",
    "pair",
    roles={"column_1": ASKED, "column_2": "positive"},
    label=None,
    tongue="ru",
)
def _(author: Author, folder: Path) -> Path:
    rows = table(90, lambda i: {"q": author.ask(fact := author.fact()), "a": author.passage(fact)})
    return save(folder / "вопросы.tsv", rows, header=False)


@case(
    "answers-before-questions",
    "pair",
    roles={"answer": "positive", "question": ASKED, "created": UNUSED},
    label=None,
    tongue="software",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"answer": author.passage(fact), "question": author.ask(fact), "created": author.moment()}

    return save(folder / "kb.csv", table(150, row))


@case(
    "faq-with-category",
    "pair",
    roles={"Category": UNUSED, "Question": ASKED, "Answer": "positive"},
    label=None,
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        topic = {"delivery": "Shipping", "the return": "Returns", "the guarantee": "Returns"}.get(fact.matter, "Care")
        return {"Category": topic, "Question": author.ask(fact), "Answer": author.passage(fact)}

    return save(folder / "FAQ export.csv", table(80, row))


@case(
    "faq-german-semicolons",
    "pair",
    roles={"Frage": ASKED, "Antwort": "positive", "Kategorie": UNUSED, "Zuletzt geändert": UNUSED},
    label=None,
    tongue="de",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        day = author.day().split("-")
        return {
            "Frage": author.ask(fact),
            "Antwort": author.passage(fact),
            "Kategorie": fact.matter,
            "Zuletzt geändert": ".".join(reversed(day)),
        }

    return save(folder / "haeufige_fragen.csv", table(90, row), delimiter=";", encoding="cp1252")


@case(
    "search-log-clicks",
    "pair",
    roles={"query": ASKED, "title": "positive", "url": UNUSED, "clicks": UNUSED, "user_id": UNUSED},
    label=None,
    tongue="travel",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "timestamp": author.moment(),
            "user_id": author.hexadecimal(16),
            "query": author.keywords(fact),
            "title": author.title(fact),
            "url": author.url(),
            "clicks": int(author.draw.paretovariate(1.5)),
        }

    return save(folder / "clicks.csv", table(200, row))


@case("queries-keyword-jsonl-lists", "pair", roles={"column_1": ASKED, "column_2": "positive"}, label=None)
def _(author: Author, folder: Path) -> Path:
    rows = table(150, lambda i: {"q": author.keywords(fact := author.fact()), "d": author.passage(fact, 3, 7)})
    return save(folder / "pairs.jsonl", rows, header=False)


@case("translations-en-de", "pair", roles={"en": FIRST, "de": "positive"}, label=None)
def _(author: Author, folder: Path) -> Path:
    german = author.speaking("de")

    def row(i: int) -> Row:
        fact = author.fact()
        return {"en": author.tell(fact, i), "de": german.tell(german.heard(fact, author), i)}

    return save(folder / "train.tsv", table(120, row))


@case("translations-src-tgt", "pair", roles={"src": FIRST, "tgt": "positive"}, label=None, tongue="es")
def _(author: Author, folder: Path) -> Path:
    french = author.speaking("fr")

    def row(i: int) -> Row:
        fact = author.fact()
        return {"src": author.tell(fact, i), "tgt": french.tell(french.heard(fact, author), i)}

    return save(folder / "bitext.jsonl", table(150, row))


@case("articles-and-summaries", "pair", roles={"article": "positive anchor", "summary": "anchor positive"}, label=None)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"article": author.article(fact, 6), "summary": author.tell(fact)}

    return save(folder / "summaries.jsonl", table(50, row))


@case("code-and-docstrings", "pair", roles={"docstring": ASKED, "code": "positive", "repo": UNUSED, "path": UNUSED})
def _(author: Author, folder: Path) -> Path:
    verbs = ("load", "merge", "sort", "count", "remove", "rename", "parse", "send", "cache", "split")
    nouns = ("orders", "rows", "tokens", "users", "files", "dates", "prices", "messages", "images", "labels")

    def row(i: int) -> Row:
        verb, noun, how = (
            author.draw.choice(verbs),
            author.draw.choice(nouns),
            author.draw.choice(("id", "date", "name")),
        )
        limit = author.draw.randint(2, 999)
        code = (
            f"def {verb}_{noun}_by_{how}({noun}, limit={limit}):\n    result = []\n    for each in {noun}:\n"
            f"        if len(result) >= limit:\n            break\n        result.append({verb}(each.{how}))\n"
            "    return result\n"
        )
        doc = author.draw.choice(
            (
                f"{verb.capitalize()} the given {noun} by {how}, at most {limit} of them.",
                f"Returns {noun} after it has {verb}ed them by their {how} (limit: {limit}).",
                f"Helper to {verb} {noun} using the {how}; stops after {limit}.",
            )
        )
        return {"repo": f"{author.person()}/tools", "path": f"src/{noun}/{verb}.py", "code": code, "docstring": doc}

    return save(folder / "functions.parquet", table(120, row))
