"""Single texts: alone, with a class, with stars, with a vector, with a number, among much else."""

import json
from pathlib import Path

from tests.advisor.user_files.expectation import UNUSED, case
from tests.advisor.user_files.writing import Author, Row, save, table


def written(path: Path, lines: list[str], encoding: str = "utf-8") -> Path:
    """A text file of these lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


@case("one-text-a-line", "single", roles={"column_1": "text"}, label=None)
def _(author: Author, folder: Path) -> Path:
    return written(folder / "corpus.txt", [author.tell(author.fact()) for _ in range(200)])


@case("one-column-with-index", "single", roles={"Unnamed: 0": UNUSED, "0": "text"}, label=None, tongue="hi")
def _(author: Author, folder: Path) -> Path:
    return save(
        folder / "series.csv", {"Unnamed: 0": range(100), "0": [author.tell(author.fact()) for _ in range(100)]}
    )


@case(
    "one-text-in-wide-metadata",
    "single",
    roles={
        "doc_id": UNUSED,
        "url": UNUSED,
        "crawled": UNUSED,
        "lang": UNUSED,
        "author": UNUSED,
        "n_words": UNUSED,
        "content": "text",
        "sha1": UNUSED,
        "price": UNUSED,
        "license": UNUSED,
        "deleted_at": UNUSED,
    },
    label=None,
    tongue="software",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        text = author.passage(author.fact(), 3, 7)
        return {
            "doc_id": author.uuid(),
            "url": author.url(),
            "crawled": author.moment(),
            "lang": author.draw.choices(("en", "en-GB", "de"), (8, 2, 1))[0],
            "author": author.person(),
            "n_words": len(text.split()),
            "content": text,
            "sha1": author.hexadecimal(40),
            "price": round(author.draw.uniform(1, 50), 2),
            "license": "CC-BY-4.0",
            "deleted_at": None,
        }

    return save(folder / "documents.parquet", table(160, row))


@case("id-and-thai-text", "single", roles={"id": UNUSED, "ข้อความ": "text"}, label=None, tongue="th")
def _(author: Author, folder: Path) -> Path:
    return save(folder / "data.jsonl", table(90, lambda i: {"id": i + 1, "ข้อความ": author.passage(author.fact())}))


@case(
    "title-and-abstract", "pair", roles={"title": "anchor query", "abstract": "positive"}, label=None, tongue="health"
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "doi": f"10.{author.draw.randint(1000, 9999)}/{author.hexadecimal(6)}",
            "title": author.title(fact),
            "abstract": author.passage(fact, 4, 7),
            "year": author.draw.randint(1998, 2024),
        }

    return save(folder / "papers.csv", table(110, row))


# With a class.


@case(
    "class-first-headerless-pos-neg",
    "single-class",
    roles={"column_1": "label", "column_2": "text"},
    label="column_1",
    kinds="class binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        good = author.draw.random() < 0.6
        return {"label": "POS" if good else "NEG", "text": author.review(5 if good else 1)}

    return save(folder / "sentiment.csv", table(160, row), header=False)


@case(
    "intents-seventy-seven",
    "single-class",
    roles={"utterance": "text", "intent": "label"},
    label="intent",
    kinds="class",
)
def _(author: Author, folder: Path) -> Path:
    kinds = [
        (thing, matter)
        for thing in author.tongue.things
        for matter in author.tongue.matters
        if not matter.startswith("the ")
    ][:77]

    def row(i: int) -> Row:
        thing, matter = kinds[i % 77]
        fact = author.fact()
        text = author.ask(type(fact)(thing, matter, fact.place, fact.number))
        return {"utterance": text, "intent": f"{thing} {matter}".replace(" ", "_")}

    return save(folder / "intents.csv", table(300, row))


@case(
    "classes-one-thousand",
    "single-class",
    roles={"description": "text", "code": "label"},
    label="code",
    kinds="class",
)
def _(author: Author, folder: Path) -> Path:
    kinds = [(t, a, p) for t in author.tongue.things for a in author.tongue.matters for p in author.tongue.places][
        :1000
    ]

    def row(i: int) -> Row:
        kind = i % 1000
        thing, matter, place = kinds[kind]
        text = author.tell(type(author.fact())(thing, matter, place, author.draw.randint(2, 99)))
        return {"description": text, "code": f"{'ABCDEFGHKL'[kind // 100]}{kind // 10 % 10}{kind % 10}.{kind % 7}"}

    return save(folder / "coded.csv", table(3000, row))


@case(
    "zero-one-on-one-text",
    "single-class",
    roles={"comment": "text", "toxic": "label", "comment_id": UNUSED},
    label="toxic",
    kinds="class binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        bad = author.draw.random() < 0.2
        return {"comment_id": author.hexadecimal(16), "comment": author.review(1 if bad else 5), "toxic": int(bad)}

    return save(folder / "comments.csv", table(180, row))


@case(
    "reviews-with-stars",
    "single-class",
    roles={"review_text": "text", "stars": "label", "user_id": UNUSED, "date": UNUSED, "helpful_votes": UNUSED},
    label="stars",
    kinds="class score grade",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        stars = author.draw.choices((1, 2, 3, 4, 5), (2, 1, 1, 3, 6))[0]
        return {
            "user_id": author.hexadecimal(14).upper(),
            "date": author.day(),
            "stars": stars,
            "review_text": author.review(stars),
            "helpful_votes": int(author.draw.paretovariate(1)) - 1,
        }

    return save(folder / "reviews.csv", table(220, row))


@case(
    "star-floats-as-score",
    "single-class",
    roles={"Bewertungstext": "text", "Bewertung": "label"},
    label="Bewertung",
    kinds="class score grade",
    tongue="de",
)
def _(author: Author, folder: Path) -> Path:
    judged = ("Gar nicht gut.", "Eher schlecht.", "Geht so.", "Ganz ordentlich.", "Wirklich hervorragend!")

    def row(i: int) -> Row:
        stars = author.draw.randint(1, 5)
        return {"Bewertungstext": f"{judged[stars - 1]} {author.tell(author.fact())}", "Bewertung": float(stars)}

    return save(folder / "bewertungen.csv", table(150, row), delimiter=";")


@case(
    "classes-spanish",
    "single-class",
    roles={"texto": "text", "categoria": "label", "fecha": UNUSED},
    label="categoria",
    kinds="class",
    tongue="es",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"texto": author.ask(fact), "categoria": fact.matter, "fecha": "/".join(author.day().split("-")[::-1])}

    return save(folder / "consultas.csv", table(120, row), encoding="latin-1", delimiter=";")


@case(
    "classes-german-klasse-first",
    "single-class",
    roles={"Klasse": "label", "Text": "text"},
    label="Klasse",
    kinds="class",
    tongue="de",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"Klasse": fact.matter, "Text": author.passage(fact, 1, 3)}

    return save(folder / "Klassen.txt", table(120, row), delimiter="\t", encoding="utf-16")


@case(
    "class-names-that-are-sentences",
    "single-class",
    roles={"message": "text", "label": "label"},
    label="label",
    kinds="class",
)
def _(author: Author, folder: Path) -> Path:
    meanings = {
        "delivery": "The customer asks when something arrives",
        "repair": "The customer wants something mended",
        "the return": "The customer wants to send something back",
        "the guarantee": "The customer asks about the guarantee",
        "cleaning": "The customer wants to know how to clean something",
    }

    def row(i: int) -> Row:
        fact = author.fact()
        return {"message": author.ask(fact), "label": meanings.get(fact.matter, "Something else")}

    return save(folder / "labelled_messages.csv", table(180, row))


@case(
    "class-number-and-class-name",
    "single-class",
    roles={"text": "text", "split": UNUSED},
    label=("label", "label_name"),
    kinds="class",
    tongue="it",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "text": author.ask(fact),
            "label": author.tongue.matters.index(fact.matter),
            "label_name": fact.matter,
            "split": author.draw.choice(("train", "train", "train", "test")),
        }

    return save(folder / "dataset.jsonl", table(130, row))


@case(
    "class-label-feature-many",
    "single-class",
    roles={"text": "text", "coarse": "label ignored", "fine": "label ignored"},
    label=("fine", "coarse"),
    kinds="class",
    tongue="travel",
)
def _(author: Author, folder: Path) -> Path:
    from datasets import ClassLabel, Features, Value

    names = list(author.tongue.matters)

    def row(i: int) -> Row:
        fact = author.fact()
        at = names.index(fact.matter)
        return {"text": author.ask(fact), "coarse": at // 4, "fine": at}

    features = Features(
        {
            "text": Value("string"),
            "coarse": ClassLabel(names=["first", "second", "third"]),
            "fine": ClassLabel(names=names),
        }
    )
    return save(folder / "questions.parquet", table(150, row), features=features)


@case(
    "support-tickets",
    "single-class pair",
    roles={
        "ticket_id": UNUSED,
        "subject": "text anchor query ignored",
        "body": "text positive",
        "priority": UNUSED,
        "assignee": UNUSED,
        "opened": UNUSED,
    },
    label=("category", None),
    kinds="class none",
    max_confidence=0.95,
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "ticket_id": f"INC{100000 + i}",
            "opened": author.moment(),
            "subject": author.title(fact),
            "body": author.passage(fact, 2, 5),
            "category": fact.matter.removeprefix("the ").removeprefix("a ").title(),
            "priority": author.draw.choices(("P1", "P2", "P3", "P4"), (1, 3, 8, 4))[0],
            "assignee": author.person(),
        }

    return save(folder / "tickets.csv", table(200, row))


@case(
    "several-classes-a-text",
    "single single-class",
    roles={"text": "text"},
    refuse="may",
    max_confidence=0.85,
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        facts = [author.fact() for _ in range(author.draw.randint(1, 3))]
        return {"text": " ".join(map(author.ask, facts)), "labels": sorted({each.matter for each in facts})}

    return save(folder / "multilabel.jsonl", table(120, row))


@case("text-and-a-measurement", "single", roles={"text": "text"}, refuse="may", max_confidence=0.7)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        text = author.passage(author.fact(), 1, 6)
        return {"text": text, "readability": round(100 - len(text) / 5 + author.draw.gauss(0, 6), 2)}

    return save(folder / "readability.csv", table(150, row))


@case(
    "class-json-in-a-cell",
    "single-class",
    refuse="may",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"id": i, "payload": json.dumps({"text": author.ask(fact), "label": fact.matter})}

    return save(folder / "queue_dump.csv", table(120, row))


@case("class-nested-data-text", "single-class", kinds="class", tongue="software")
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"data": {"text": author.ask(fact)}, "annotation": {"label": fact.matter}, "id": i}

    return save(folder / "labelling_tool.json", table(120, row))


@case(
    "emoji-and-mixed-scripts",
    "single-class",
    roles={"tweet": "text", "mood": "label"},
    label="mood",
    kinds="class",
)
def _(author: Author, folder: Path) -> Path:
    faces = {"joy": "😂🎉❤️", "anger": "😡🤬", "sad": "😢💔😭"}
    hellos = ("สวัสดี", "привет", "こんにちは", "مرحبا", "नमस्ते", "hola", "你好")

    def row(i: int) -> Row:
        mood = author.draw.choice(list(faces))
        text = author.review(5 if mood == "joy" else 1)
        signs = "".join(author.draw.choice(faces[mood]) for _ in range(author.draw.randint(1, 4)))
        return {"tweet": f"{author.draw.choice(hellos)} @{author.person()} {text} {signs}", "mood": mood}

    return save(folder / "tweets.tsv", table(150, row))


# With a vector.


@case("vector-list-column", "text-embedding", roles={"text": "text", "embedding": "label"}, kinds="embedding")
def _(author: Author, folder: Path) -> Path:
    rows = table(60, lambda i: {"text": author.passage(author.fact()), "embedding": author.vector(384)})
    return save(folder / "encoded.parquet", rows)


@case(
    "vector-json-in-csv",
    "text-embedding",
    roles={"sentence": "text", "vec": "label"},
    label="vec",
    kinds="embedding",
    tongue="fr",
)
def _(author: Author, folder: Path) -> Path:
    rows = table(60, lambda i: {"sentence": author.tell(author.fact()), "vec": json.dumps(author.vector(64))})
    return save(folder / "vectors.csv", rows)


@case(
    "vector-first-among-metadata",
    "text-embedding",
    roles={"vector": "label", "chunk": "text", "source": UNUSED, "chunk_id": UNUSED},
    label="vector",
    kinds="embedding",
    tongue="software",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        return {
            "chunk_id": author.uuid(),
            "vector": author.vector(32),
            "chunk": author.passage(author.fact(), 3, 6),
            "source": f"manual_{author.draw.randint(1, 9)}.pdf",
        }

    return save(folder / "vector_store.jsonl", table(80, row))


@case(
    "vector-headerless",
    "text-embedding",
    roles={"column_1": "text", "column_2": "label"},
    label="column_2",
    kinds="embedding",
    tongue="ko",
)
def _(author: Author, folder: Path) -> Path:
    rows = table(60, lambda i: {"t": author.passage(author.fact()), "v": author.vector(96)})
    return save(folder / "encoded.jsonl", rows, header=False)


@case("vector-printed-by-numpy", "text-embedding", roles={"text": "text", "embedding": "label"}, refuse="may")
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        values = [f"{value: .8f}" for value in author.vector(32)]
        lines = [" ".join(values[at : at + 6]) for at in range(0, 32, 6)]
        return {"text": author.passage(author.fact()), "embedding": "[" + "\n ".join(lines) + "]"}

    return save(folder / "to_csv_of_arrays.csv", table(60, row))


@case("subtitles", "single", roles={"start": UNUSED, "end": UNUSED, "speaker": UNUSED, "line": "text"}, label=None)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        start = f"00:{i // 20:02}:{3 * i % 60:02},{author.draw.randint(0, 999):03}"
        end = f"00:{i // 20:02}:{(3 * i + 2) % 60:02},{author.draw.randint(0, 999):03}"
        return {"start": start, "end": end, "speaker": f"SPEAKER_0{i % 4}", "line": author.tell(author.fact())}

    return save(folder / "episode.csv", table(150, row))


@case("codes-and-descriptions", "single pair", roles={"code": UNUSED + " anchor query", "description": "text positive"})
def _(author: Author, folder: Path) -> Path:
    facts = author.facts(120)
    codes = [f"{'ABCDEFGH'[i // 15]}{10 + i % 15}.{author.draw.randint(0, 9)}" for i in range(120)]
    return save(folder / "catalogue.csv", {"code": codes, "description": [author.title(fact) for fact in facts]})


@case(
    "logs-with-levels",
    "single-class single",
    roles={"message": "text", "time": UNUSED, "host": UNUSED},
    tongue="software",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        return {
            "time": author.moment(),
            "host": f"10.0.{author.draw.randint(0, 9)}.{author.draw.randint(1, 254)}",
            "level": author.draw.choices(("INFO", "WARN", "ERROR"), (8, 3, 1))[0],
            "message": author.tell(author.fact()),
        }

    return save(folder / "service.jsonl", table(200, row))


@case(
    "class-numbers-as-floats",
    "single-class",
    roles={"text": "text", "target": "label", "keyword": UNUSED, "location": UNUSED, "id": UNUSED},
    label="target",
    kinds="class binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        bad = author.draw.random() < 0.4
        fact = author.fact()
        return {
            "id": i + 1,
            "keyword": fact.thing if author.draw.random() < 0.7 else None,
            "location": fact.place if author.draw.random() < 0.5 else None,
            "text": author.review(1 if bad else 5),
            "target": float(bad),
        }

    return save(folder / "train.csv", table(200, row))


@case(
    "class-paths-of-a-shop",
    "single-class",
    roles={"title": "text", "category": "label", "sku": UNUSED},
    label="category",
    kinds="class",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        kind = author.draw.choice(("Pro", "Mini", "XL", "Eco"))
        return {
            "sku": author.hexadecimal(10).upper(),
            "title": f"{fact.thing.title()} {kind} {fact.number}, {fact.place}",
            "category": f"Home > {'Kitchen' if len(fact.thing) % 2 else 'Living'} > {fact.thing.title()}s",
        }

    return save(folder / "catalogue.tsv", table(180, row))


@case("polarity-of-one-text", "single single-class", roles={"text": "text"}, refuse="may", max_confidence=0.75)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        stars = author.draw.randint(1, 5)
        return {"text": author.review(stars), "polarity": round((stars - 3) / 2.5 + author.draw.uniform(-0.2, 0.2), 3)}

    return save(folder / "polarity.csv", table(150, row))


@case(
    "class-yes-no-on-one-text-chinese",
    "single-class",
    roles={"评论": "text", "是否推荐": "label", "用户": UNUSED, "日期": UNUSED},
    label="是否推荐",
    kinds="class binary",
    tongue="zh",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        good = author.draw.random() < 0.7
        said = author.draw.choice(("非常满意!", "质量很好。") if good else ("太差了。", "用了几天就坏了。"))
        return {
            "用户": author.person(),
            "日期": author.day(),
            "评论": said + author.passage(author.fact(), 1, 2),
            "是否推荐": "是" if good else "否",
        }

    return save(folder / "评论.csv", table(140, row))


# What a notebook leaves behind.


@case(
    "class-beside-cleaned-text",
    "single-class",
    roles={"text": "text", "clean_text": "text ignored", "sentiment": "label", "n_chars": UNUSED},
    label="sentiment",
    kinds="class binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        good = author.draw.random() < 0.5
        text = author.review(5 if good else 1)
        kept = [word.strip(".,!?").lower() for word in text.split() if len(word) > 3]
        return {
            "text": text,
            "n_chars": len(text),
            "clean_text": " ".join(kept),
            "sentiment": "positive" if good else "negative",
        }

    return save(folder / "preprocessed.csv", table(160, row))


@case(
    "class-beside-predictions",
    "single-class",
    roles={"text": "text", "label": "label", "prediction": UNUSED, "confidence": UNUSED, "correct": UNUSED},
    label="label",
    kinds="class",
    tongue="software",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        right = author.draw.random() < 0.8
        return {
            "text": author.ask(fact),
            "label": fact.thing,
            "prediction": fact.thing if right else author.draw.choice(author.tongue.things),
            "confidence": round(author.draw.uniform(0.4, 1), 5),
            "correct": right,
        }

    return save(folder / "eval_results.jsonl", table(150, row))


@case(
    "class-dutch-upper-case",
    "single-class",
    roles={"TEKST": "text", "CATEGORIE": "label", "DATUM": UNUSED},
    label="CATEGORIE",
    kinds="class",
    tongue="nl",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"DATUM": author.day(), "CATEGORIE": fact.matter, "TEKST": author.ask(fact)}

    return save(folder / "meldingen.csv", table(120, row), delimiter=";")
