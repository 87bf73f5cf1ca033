"""Tables that look like something else at first: what is asked of them is not to be sure of the wrong thing."""

from pathlib import Path
from typing import Any

from tests.advisor.user_files.expectation import ASKED, FIRST, LEFT, RIGHT, UNUSED, case
from tests.advisor.user_files.labelled_pairs import alike, duplicates, found
from tests.advisor.user_files.writing import Author, Row, save, table

TAGS = ("home", "win", "fail", "DIY", "sale2021", "kitchen")

# Three and more columns of texts that are no negatives.


@case("three-languages-side-by-side", "pair", roles={"en": FIRST}, refuse="may", max_confidence=0.85)
def _(author: Author, folder: Path) -> Path:
    german, french = author.speaking("de"), author.speaking("fr")

    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "en": author.tell(fact, i),
            "de": german.tell(german.heard(fact, author), i),
            "fr": french.tell(french.heard(fact, author), i),
        }

    return save(folder / "multilingual.csv", table(110, row))


@case("several-paraphrases", "grouped pair", roles={"sentence": FIRST}, refuse="may", max_confidence=0.85)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        ways = author.draw.sample(range(5), 4)
        names = ("sentence", "paraphrase_1", "paraphrase_2", "paraphrase_3")
        return {name: author.tell(fact, way) for name, way in zip(names, ways, strict=True)}

    return save(folder / "paraphrases.tsv", table(120, row))


@case(
    "several-positives",
    "grouped pair",
    roles={"query": ASKED, "positive_1": "positive", "positive_2": "positive ignored"},
    refuse="may",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"query": author.ask(fact), "positive_1": author.passage(fact), "positive_2": author.passage(fact)}

    return save(folder / "positives.jsonl", table(110, row))


@case(
    "question-context-and-short-answer",
    "qa pair",
    roles={"question": ASKED, "context": "positive document", "answer": UNUSED + " positive label"},
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        answer = author.draw.choice((f"{fact.number} days", fact.place))
        return {"question": author.ask(fact), "context": author.passage(fact, 4, 6), "answer": answer}

    return save(folder / "reading.csv", table(120, row))


@case("two-answers-and-the-better-one", refuse="may", max_confidence=0.8)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        answers = [author.passage(fact), author.passage(author.near(fact))]
        first_wins = author.draw.random() < 0.5
        return {
            "prompt": author.ask(fact),
            "response_a": answers[0 if first_wins else 1],
            "response_b": answers[1 if first_wins else 0],
            "winner": author.draw.choices(("a" if first_wins else "b", "tie"), (8, 1))[0],
        }

    return save(folder / "arena.jsonl", table(120, row))


@case("words-definitions-examples", "pair", roles={"word": FIRST, "definition": "positive"}, max_confidence=0.9)
def _(author: Author, folder: Path) -> Path:
    stems = ("wend", "brack", "tulm", "sarn", "ploft", "grib", "mose", "quill", "hask", "drome")
    ends = ("er", "ing", "ly", "ness", "ful", "ish", "y", "age", "ment", "hood")
    words = [stem + end for stem in stems for end in ends]
    author.draw.shuffle(words)

    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "word": words[i],
            "definition": f"a kind of {fact.thing} that is used for {fact.matter} in {fact.place}",
            "example": f"She put the {words[i]} next to the {fact.thing} and left for {fact.place}.",
        }

    return save(folder / "dictionary.csv", table(100, row))


@case("recipes", "pair single", refuse="may", max_confidence=0.9)
def _(author: Author, folder: Path) -> Path:
    goods = ("rice", "leek", "butter", "lentils", "salmon", "lemon", "thyme", "carrots", "flour", "eggs", "garlic")
    ways = ("Roast", "Boil", "Fry", "Steam", "Bake", "Grill")

    def row(i: int) -> Row:
        first, second, third = author.draw.sample(goods, 3)
        way, minutes = author.draw.choice(ways), author.draw.randint(5, 90)
        steps = f"Chop the {first}. {way} it with the {second} for {minutes} minutes. Add {third} and serve."
        return {
            "name": f"{way}ed {first} with {third}",
            "ingredients": [f"{author.draw.randint(1, 500)} g {each}" for each in (first, second, third)],
            "steps": steps,
            "minutes": minutes,
            "calories": author.draw.randint(90, 900),
        }

    return save(folder / "recipes.json", table(100, row))


# Numbers beside the label, or instead of one.


@case(
    "label-and-annotator-confidence",
    "labeled-pair",
    roles={"sentence1": LEFT, "sentence2": RIGHT, "label": "label", "confidence": UNUSED},
    label="label",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, same = duplicates(author)
        sure = author.draw.choice((0.6, 0.8, 1.0))
        return {"sentence1": first, "sentence2": second, "label": int(same), "confidence": sure}

    return save(folder / "crowd.csv", table(150, row))


@case(
    "score-among-folds-and-lengths",
    "pair-score",
    roles={
        "fold": UNUSED,
        "len_a": UNUSED,
        "len_b": UNUSED,
        "text_a": LEFT,
        "text_b": RIGHT,
        "gold": "label",
        "weight": UNUSED,
    },
    label="gold",
    kinds="score",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, score = alike(author)
        return {
            "fold": i % 5,
            "len_a": len(first),
            "len_b": len(second),
            "text_a": first,
            "text_b": second,
            "gold": round(5 * score, 1),
            "weight": author.draw.choice((1.0, 1.0, 0.5)),
        }

    return save(folder / "folds.csv", table(160, row))


@case(
    "translations-with-alignment-scores",
    "pair-score pair",
    roles={"src_text": FIRST, "tgt_text": "positive sentence_b document", "src_lang": UNUSED, "tgt_lang": UNUSED},
    label=("laser_score", None),
    kinds="score none",
)
def _(author: Author, folder: Path) -> Path:
    other = author.speaking("es")

    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "laser_score": round(author.draw.uniform(1.04, 1.25), 6),
            "src_lang": "en",
            "tgt_lang": "es",
            "src_text": author.tell(fact, i),
            "tgt_text": other.tell(other.heard(fact, author), i),
        }

    return save(folder / "mined_bitext.tsv", table(130, row))


@case(
    "answers-with-votes",
    "pair pair-score graded-pair labeled-pair",
    roles={"question": ASKED + " sentence_a", "answer": "positive document sentence_b", "accepted": UNUSED + " label"},
    max_confidence=0.95,
    tongue="software",
)
def _(author: Author, folder: Path) -> Path:
    rows = []
    for fact in author.facts(60):
        question = author.ask(fact)
        count = author.draw.choice((1, 2, 3))
        rows += [
            {
                "question": question,
                "answer": author.passage(fact),
                "votes": int(author.draw.paretovariate(1)) - 1,
                "accepted": at == 0,
            }
            for at in range(count)
        ]
    return save(folder / "stack_dump.jsonl", table(len(rows), rows.__getitem__))


@case(
    "one-query-for-everything",
    "labeled-pair",
    roles={"query": LEFT, "doc": RIGHT, "relevant": "label"},
    label="relevant",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        _, passage, good = found(author, 0.3)
        return {
            "query": "what does a repair cost in the online shop",
            "doc": passage,
            "relevant": "yes" if good else "no",
        }

    return save(folder / "one_topic.csv", table(130, row))


@case(
    "texts-as-numbers-of-words",
    "labeled-pair",
    roles={"column_1": LEFT, "column_2": RIGHT, "column_3": "label"},
    refuse="may",
)
def _(author: Author, folder: Path) -> Path:
    def coded(text: str) -> str:
        return " ".join(str(sum(map(ord, word)) * 7 % 20011) for word in text.split())

    def row(i: int) -> Row:
        first, second, same = duplicates(author)
        return {"a": coded(first), "b": coded(second), "y": int(same)}

    return save(folder / "anonymous.tsv", table(150, row), header=False)


# One text worth training on, among columns that could be labels.


@case(
    "survey-comments",
    "single",
    roles={"comment": "text", "respondent": UNUSED},
    refuse="may",
    max_confidence=0.9,
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        draw = author.draw
        return {
            "respondent": i + 1,
            "age": draw.randint(18, 80),
            "gender": draw.choice(("f", "m", "d")),
            **{f"q{j}": draw.randint(1, 5) for j in range(1, 7)},
            "comment": author.review(draw.randint(1, 5)),
        }

    return save(folder / "survey.csv", table(140, row))


@case(
    "houses-for-sale",
    "single",
    roles={"description": "text", "price": UNUSED, "m2": UNUSED, "rooms": UNUSED, "zip": UNUSED, "lat": UNUSED},
    max_confidence=0.9,
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        draw = author.draw
        size = draw.randint(30, 240)
        return {
            "zip": f"{draw.randint(10000, 99999)}",
            "lat": round(draw.uniform(47, 55), 6),
            "lon": round(draw.uniform(6, 15), 6),
            "rooms": draw.choice((1, 1.5, 2, 3, 4.5, 6)),
            "m2": size,
            "price": f"{size * draw.randint(2, 9) * 1000:,}",
            "description": f"Home of {size} square metres. {author.passage(author.fact())}",
        }

    return save(folder / "houses.csv", table(130, row))


@case(
    "films",
    "pair single single-class",
    roles={"overview": "text positive", "votes": UNUSED, "released": UNUSED, "imdb": UNUSED},
    max_confidence=0.9,
)
def _(author: Author, folder: Path) -> Path:
    kinds = ("Drama", "Comedy", "Crime", "Family", "Horror", "Western")
    whos = ("A retired pilot", "Two sisters", "A tired detective", "An orphan", "A choir", "The last baker of a town")
    goals = ("looks for a lost brother", "inherits a hotel", "hides from the police", "crosses a frozen lake")

    def row(i: int) -> Row:
        draw = author.draw
        who, goal, place = draw.choice(whos), draw.choice(goals), draw.choice(author.tongue.places)
        return {
            "imdb": f"tt{draw.randint(10**6, 10**7)}",
            "title": f"{who.split()[-1].title()} of {place} {draw.choice(('', 'II', 'Returns', 'at Night'))}".strip(),
            "overview": f"{who} {goal} in {place}. {draw.randint(3, 40)} years later somebody knocks at the door.",
            "genres": "|".join(draw.sample(kinds, draw.randint(1, 3))),
            "released": author.day(),
            "rating": round(draw.uniform(3, 9), 1),
            "votes": draw.randint(12, 90000),
        }

    return save(folder / "films.csv", table(140, row))


@case(
    "news-with-sections",
    "single-class pair",
    roles={"headline": "text anchor query ignored", "body": "text positive", "by": UNUSED, "published": UNUSED},
    label=("section", None),
    max_confidence=0.93,
    tongue="travel",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "headline": author.title(fact),
            "section": fact.thing.title(),
            "by": author.person(),
            "published": author.moment(),
            "body": author.passage(fact, 4, 7),
        }

    return save(folder / "news.jsonl", table(140, row))


@case(
    "mails-spam-or-not",
    "single-class",
    roles={"from": UNUSED, "to": UNUSED, "subject": "text ignored", "body": "text", "is_spam": "label"},
    label="is_spam",
    kinds="class binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        spam = author.draw.random() < 0.3
        fact = author.fact()
        return {
            "from": f"{author.person()}@example.com",
            "to": f"{author.person()}@example.org",
            "subject": "You have won!!!" if spam else author.title(fact),
            "body": f"Click {author.url()} and win a {fact.thing}!" if spam else author.passage(fact),
            "is_spam": spam,
        }

    return save(folder / "mails.parquet", table(160, row))


@case(
    "posts-of-a-network",
    "single",
    roles={"text": "text", "id": UNUSED, "user": UNUSED, "retweets": UNUSED, "lang": UNUSED, "created": UNUSED},
    label=None,
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        return {
            "id": author.draw.randint(10**17, 10**18),
            "created": author.draw.choice(("Mon", "Tue", "Fri"))
            + f" Mar {author.draw.randint(1, 30):02} 10:15:00 +0000 2021",
            "user": "@" + author.person(),
            "lang": author.draw.choices(("en", "und", "nl"), (20, 1, 1))[0],
            "text": f"{author.review(author.draw.randint(1, 5))} #{author.draw.choice(TAGS)} {author.url()}",
            "retweets": int(author.draw.paretovariate(0.8)) - 1,
            "likes": int(author.draw.paretovariate(0.7)) - 1,
        }

    return save(folder / "posts.jsonl.gz", table(200, row))


@case("first-names", "single-class", roles={"name": "text", "gender": "label"}, label="gender", kinds="class binary")
def _(author: Author, folder: Path) -> Path:
    starts = "An Mar El Jo Lu Ka Be So Ti Ra No Ha Ve Mi Al Da".split()
    rows = [(start + end, "f") for start in starts for end in ("na", "ia", "lina", "etta")]
    rows += [(start + end, "m") for start in starts for end in ("rd", "ns", "lf", "rik")]
    author.draw.shuffle(rows)
    return save(folder / "names.csv", {"name": [name for name, _ in rows], "gender": [which for _, which in rows]})


# Names that say nothing: the content has to.


def nameless(columns: dict[str, list[Any]], names: str) -> dict[str, list[Any]]:
    """The same columns under other names."""
    return dict(zip(names.split(), columns.values(), strict=True))


@case(
    "power-query-triplets",
    "triplet",
    roles={"Column1": ASKED, "Column2": "positive", "Column3": "negative"},
    label=None,
    tongue="travel",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"q": author.ask(fact), "p": author.passage(fact), "n": author.passage(author.far(fact))}

    return save(folder / "Table1.csv", nameless(table(110, row), "Column1 Column2 Column3"))


@case(
    "fields-of-relevance",
    "labeled-pair",
    roles={"field_1": LEFT, "field_2": RIGHT, "field_3": "label"},
    label="field_3",
    kinds="binary",
    tongue="health",
)
def _(author: Author, folder: Path) -> Path:
    rows = table(120, lambda i: dict(zip("qdy", found(author), strict=True)))
    rows["y"] = [int(each) for each in rows["y"]]
    return save(folder / "form.csv", nameless(rows, "field_1 field_2 field_3"))


@case(
    "letters-of-a-list", "labeled-list", roles={"A": ASKED, "B": "documents", "C": "label"}, label="C", kinds="labels"
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        pairs = author.ranked(fact)
        author.draw.shuffle(pairs)
        return {"A": author.ask(fact), "B": [text for text, _ in pairs], "C": [grade for _, grade in pairs]}

    return save(folder / "abc.parquet", table(70, row))


@case(
    "zero-one-two-as-names",
    "single-class",
    roles={"0": "text", "1": "label"},
    label="1",
    kinds="class",
    tongue="software",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"0": author.ask(fact), "1": author.tongue.matters.index(fact.matter)}

    return save(folder / "frame.parquet", table(140, row))


@case(
    "a-to-d-with-margin",
    "triplet-margin",
    roles={"a": ASKED, "b": "positive", "c": "negative", "d": "label"},
    label="d",
    kinds="margin",
    tongue="de",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "a": author.ask(fact),
            "b": author.passage(fact),
            "c": author.passage(author.near(fact)),
            "d": round(author.draw.gauss(3, 4), 4),
        }

    return save(folder / "abcd.csv", table(120, row))


@case(
    "swapped-without-names",
    "pair",
    roles={"left": "positive", "right": ASKED},
    label=None,
    max_confidence=0.95,
    tongue="it",
)
def _(author: Author, folder: Path) -> Path:
    rows = table(90, lambda i: {"left": author.passage(fact := author.fact(), 3, 4), "right": author.ask(fact)})
    return save(folder / "swapped.csv", rows)
