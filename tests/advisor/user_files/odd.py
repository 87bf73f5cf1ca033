"""Files that train no text model, or only after a second look: numbers, ids, dates, pictures, conversations."""

from pathlib import Path

from tests.advisor.user_files.expectation import ASKED, UNUSED, case
from tests.advisor.user_files.writing import Author, Row, save, table


@case("numbers-only", refuse="must")
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        draw = author.draw
        return {"temp": round(draw.gauss(20, 5), 1), "load": draw.randint(0, 100), "fan": draw.randint(0, 1)}

    return save(folder / "sensor.csv", table(200, row))


@case("numbers-only-headerless", refuse="must")
def _(author: Author, folder: Path) -> Path:
    rows = table(150, lambda i: {f"f{j}": round(author.draw.gauss(0, 1), 5) for j in range(6)} | {"y": i % 3})
    return save(folder / "features.csv", rows, header=False)


@case("dates-only", refuse="must")
def _(author: Author, folder: Path) -> Path:
    return save(folder / "log.csv", table(120, lambda i: {"start": author.moment(), "end": author.moment()}))


@case("euros-with-thousands-only", refuse="must", tongue="de")
def _(author: Author, folder: Path) -> Path:
    def money() -> str:
        return f"{author.draw.randint(0, 99)}.{author.draw.randint(100, 999)},{author.draw.randint(10, 99)} €"

    rows = table(100, lambda i: {"Datum": author.day(), "Soll": money(), "Haben": money()})
    return save(folder / "konto.csv", rows, delimiter=";")


@case("picture-paths-and-classes", refuse="must")
def _(author: Author, folder: Path) -> Path:
    names = ("cat", "dog", "horse")

    def row(i: int) -> Row:
        name = author.draw.choice(names)
        return {"image": f"images/train/{name}_{i:05}.jpg", "label": name}

    return save(folder / "images.csv", table(150, row))


@case("picture-paths-and-captions", "single", roles={"image_path": UNUSED, "caption": "text"}, refuse="may")
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        return {"image_path": f"/data/coco/{author.hexadecimal(12)}.png", "caption": author.tell(author.fact())}

    return save(folder / "captions.jsonl", table(120, row))


@case("ids-query-document-relevance", "collection", refuse="may")
def _(author: Author, folder: Path) -> Path:
    rows = table(200, lambda i: {"qid": i // 4, "pid": author.draw.randint(10**5, 10**7), "rel": int(i % 4 == 0)})
    return save(folder / "qrels.tsv", rows)


@case("ids-three-uuids", "collection", refuse="may")
def _(author: Author, folder: Path) -> Path:
    rows = table(120, lambda i: {"query_id": author.uuid(), "pos_id": author.uuid(), "neg_id": author.uuid()})
    return save(folder / "triples.csv", rows)


@case("ids-trec-run-headerless", "collection", refuse="may")
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        rank = i % 10 + 1
        return {
            "q": 300 + i // 10,
            "q0": "Q0",
            "d": f"FT{author.draw.randint(911, 944)}-{author.draw.randint(1, 9999)}",
            "r": rank,
            "s": round(20 - rank + author.draw.random(), 4),
            "t": "bm25",
        }

    return save(folder / "run.tsv", table(200, row), header=False)


@case("conversations", refuse="may", max_confidence=0.6)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        turns = [{"role": "system", "content": "You are a helpful assistant of a shop."}]
        for _ in range(author.draw.randint(1, 3)):
            fact = author.fact()
            turns += [
                {"role": "user", "content": author.ask(fact)},
                {"role": "assistant", "content": author.passage(fact)},
            ]
        return {"messages": turns}

    return save(folder / "chat_finetune.jsonl", table(80, row))


@case("prompts-and-completions", "pair", roles={"prompt": ASKED, "completion": "positive"}, label=None, refuse="may")
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"prompt": author.ask(fact), "completion": author.passage(fact)}

    return save(folder / "sft.jsonl", table(120, row))


@case(
    "instructions-with-empty-input",
    "pair",
    roles={"instruction": ASKED, "input": UNUSED, "output": "positive"},
    refuse="may",
    max_confidence=0.9,
    tongue="software",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "instruction": author.ask(fact),
            "input": author.keywords(fact) if author.draw.random() < 0.2 else "",
            "output": author.passage(fact),
        }

    return save(folder / "alpaca_style.json", table(120, row))


@case("intents-of-a-chatbot", "single-class grouped pair", refuse="may", max_confidence=0.8)
def _(author: Author, folder: Path) -> Path:
    import json

    intents = [
        {
            "tag": matter.replace(" ", "_"),
            "patterns": [author.ask(fact) for fact in author.facts(6)],
            "responses": [author.tell(author.fact()) for _ in range(2)],
        }
        for matter in author.tongue.matters
    ]
    path = folder / "intents.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"intents": intents}, indent=2))
    return path


@case("tokens-and-tags", refuse="may", max_confidence=0.6)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        words = author.tell(fact).split()
        return {"tokens": words, "ner_tags": [int(word.strip(".,") in fact.place) for word in words]}

    return save(folder / "ner.jsonl", table(100, row))


@case("multiple-choice", refuse="may", max_confidence=0.8)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "question": author.ask(fact),
            "A": author.tell(fact),
            "B": author.tell(author.near(fact)),
            "C": author.tell(author.near(fact)),
            "D": author.tell(author.far(fact)),
            "correct": author.draw.choice("ABCD"),
        }

    return save(folder / "quiz.csv", table(100, row))


@case(
    "preference-pairs", "triplet", roles={"prompt": ASKED, "chosen": "positive", "rejected": "negative"}, refuse="may"
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "prompt": author.ask(fact),
            "chosen": author.passage(fact),
            "rejected": author.passage(author.near(fact)),
        }

    return save(folder / "dpo.jsonl", table(100, row))


@case("empty-header-only", refuse="must")
def _(author: Author, folder: Path) -> Path:
    return save(folder / "empty.csv", {"query": [], "positive": [], "negative": []})


@case("hashes-and-flags", refuse="must")
def _(author: Author, folder: Path) -> Path:
    rows = table(120, lambda i: {"md5": author.hexadecimal(), "other_md5": author.hexadecimal(), "same": i % 2})
    return save(folder / "hashes.csv", rows)


@case("urls-only", refuse="must")
def _(author: Author, folder: Path) -> Path:
    return save(folder / "links.csv", table(120, lambda i: {"from": author.url(), "to": author.url()}))


@case("empty-texts", refuse="must")
def _(author: Author, folder: Path) -> Path:
    return save(folder / "blank.jsonl", {"sentence1": [""] * 60, "sentence2": [" "] * 60, "label": [0, 1] * 30})


@case("tokens-of-a-tokenizer", refuse="must")
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        length = author.draw.randint(5, 40)
        ids = [101, *(author.draw.randint(1000, 30000) for _ in range(length)), 102]
        return {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": author.draw.randint(0, 1)}

    return save(folder / "tokenized.parquet", table(120, row))


@case("vectors-without-texts", refuse="must")
def _(author: Author, folder: Path) -> Path:
    return save(folder / "vectors.parquet", table(60, lambda i: {"id": author.uuid(), "embedding": author.vector(64)}))


@case("people-and-addresses", refuse="may", max_confidence=0.7)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        name = author.person()
        return {
            "name": name,
            "email": f"{name}@example.org",
            "phone": f"+44 20 {author.draw.randint(1000, 9999)} {author.draw.randint(1000, 9999)}",
            "postcode": f"LS{author.draw.randint(1, 29)} {author.draw.randint(1, 9)}AB",
            "joined": author.day(),
        }

    return save(folder / "customers.csv", table(120, row))
