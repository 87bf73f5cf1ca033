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


# Texts that are copies of one another, or nearly.


@case(
    "identical-columns",
    "identical-pair",
    roles={"sentence": "anchor", "sentence_copy": "anchor positive"},
    label=None,
)
def _(author: Author, folder: Path) -> Path:
    texts = [author.tell(author.fact()) for _ in range(140)]
    return save(folder / "simcse.csv", {"sentence": texts, "sentence_copy": texts})


@case(
    "identical-headerless-chinese",
    "identical-pair",
    roles={"column_1": "anchor", "column_2": "anchor positive"},
    label=None,
    tongue="zh",
)
def _(author: Author, folder: Path) -> Path:
    texts = [author.tell(author.fact()) for _ in range(100)]
    return save(folder / "dup.tsv", {"a": texts, "b": texts}, header=False)


@case("damaged-after-original", "damaged-pair", roles={"original": "original", "noisy": "damaged"}, label=None)
def _(author: Author, folder: Path) -> Path:
    texts = [author.passage(author.fact(), 1, 3) for _ in range(130)]
    return save(folder / "tsdae.parquet", {"original": texts, "noisy": [author.damage(text) for text in texts]})


@case(
    "damaged-headerless",
    "damaged-pair",
    roles={"column_1": "damaged", "column_2": "original"},
    label=None,
    tongue="es",
)
def _(author: Author, folder: Path) -> Path:
    texts = [author.passage(author.fact(), 1, 3) for _ in range(130)]
    return save(folder / "ruido.csv", {"a": [author.damage(text) for text in texts], "b": texts}, header=False)


@case(
    "typing-errors-and-corrections",
    "damaged-pair pair",
    roles={"misspelled": "damaged anchor query", "correct": "original positive"},
    label=None,
    tongue="it",
)
def _(author: Author, folder: Path) -> Path:
    def mistype(text: str) -> str:
        letters = list(text)
        for _ in range(author.draw.randint(1, 3)):
            at = author.draw.randrange(len(letters) - 1)
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        return "".join(letters)

    texts = [author.ask(author.fact()) for _ in range(120)]
    return save(folder / "typos.csv", {"misspelled": [mistype(text) for text in texts], "correct": texts})


# Very short texts.


@case("synonyms", "pair", roles={"term": FIRST, "synonym": "positive"}, label=None)
def _(author: Author, folder: Path) -> Path:
    hows = {
        "acute": "sudden",
        "chronic": "long-lasting",
        "mild": "slight",
        "severe": "serious",
        "recurrent": "repeated",
    }
    wheres = {"renal": "kidney", "hepatic": "liver", "cardiac": "heart", "pulmonary": "lung", "gastric": "stomach"}
    whats = {"failure": "insufficiency", "inflammation": "irritation", "neoplasm": "tumour", "oedema": "swelling"}
    terms = [((a, b, c), (hows[a], wheres[b], whats[c])) for a in hows for b in wheres for c in whats]
    author.draw.shuffle(terms)
    return save(
        folder / "synonyms.tsv",
        {"term": [" ".join(term) for term, _ in terms], "synonym": [" ".join(other) for _, other in terms]},
    )


@case("entities-and-descriptions", "pair", roles={"entity": FIRST, "description": "positive", "kb_id": UNUSED})
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        name = f"{author.draw.choice(('Norvik', 'Kumo', 'Halden', 'Tessera'))} {fact.thing.title()} {fact.number}"
        return {"kb_id": f"Q{author.draw.randint(10**4, 10**7)}", "entity": name, "description": author.tell(fact)}

    return save(folder / "entities.jsonl", table(130, row))


@case("one-word-translations", "pair", roles={"en": FIRST, "de": "positive"}, label=None)
def _(author: Author, folder: Path) -> Path:
    english = "house water friend winter window bread night child street flower tree hand book summer morning".split()
    german = "Haus Wasser Freund Winter Fenster Brot Nacht Kind Straße Blume Baum Hand Buch Sommer Morgen".split()
    ends = (("", ""), ("new ", "neu: "), ("old ", "alt: "), ("small ", "klein: "))
    rows = [(a + x, b + y) for x, y in zip(english, german, strict=True) for a, b in ends]
    author.draw.shuffle(rows)
    return save(folder / "glossary.csv", {"en": [a for a, _ in rows], "de": [b for _, b in rows]})


@case("numbers-in-words", "pair", roles={"spoken": FIRST + " positive", "written": "positive " + FIRST}, refuse="may")
def _(author: Author, folder: Path) -> Path:
    ones = "zero one two three four five six seven eight nine".split()
    rows = [(" ".join(ones[int(digit)] for digit in str(number)), str(number)) for number in range(101, 1100, 7)]
    return save(folder / "numbers.tsv", {"spoken": [a for a, _ in rows], "written": [b for _, b in rows]})


@case("paraphrases-without-names", "pair", roles={"a": FIRST, "b": "positive"}, label=None, tongue="travel")
def _(author: Author, folder: Path) -> Path:
    return save(
        folder / "paraphrases.csv", table(150, lambda i: dict(zip("ab", author.tell_twice(author.fact()), strict=True)))
    )


@case("names-x-and-y-japanese", "pair", roles={"x": ASKED, "y": "positive"}, label=None, tongue="ja")
def _(author: Author, folder: Path) -> Path:
    rows = table(90, lambda i: {"x": author.ask(fact := author.fact()), "y": author.passage(fact)})
    return save(folder / "data.csv", rows)


@case("faq-spanish", "pair", roles={"pregunta": ASKED, "respuesta": "positive", "id": UNUSED}, label=None, tongue="es")
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"id": i + 1, "pregunta": author.ask(fact), "respuesta": author.passage(fact)}

    return save(folder / "preguntas.json", table(80, row))


@case("faq-arabic", "pair", roles={"السؤال": ASKED, "الجواب": "positive"}, label=None, tongue="ar")
def _(author: Author, folder: Path) -> Path:
    rows = table(80, lambda i: {"السؤال": author.ask(fact := author.fact()), "الجواب": author.passage(fact)})
    return save(folder / "faq.csv", rows, encoding="utf-8-sig")


@case("faq-japanese-answer-first", "pair", roles={"回答": "positive", "質問": ASKED}, label=None, tongue="ja")
def _(author: Author, folder: Path) -> Path:
    rows = table(80, lambda i: {"質問": author.ask(fact := author.fact()), "回答": author.passage(fact)})
    return save(folder / "faq.jsonl", {name: rows[name] for name in ("回答", "質問")})


@case(
    "faq-russian-upper-case",
    "pair",
    roles={"ВОПРОС": ASKED, "ОТВЕТ": "positive", "РАЗДЕЛ": UNUSED, "ДАТА": UNUSED},
    label=None,
    tongue="ru",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        day = ".".join(reversed(author.day().split("-")))
        return {"РАЗДЕЛ": fact.matter, "ДАТА": day, "ВОПРОС": author.ask(fact), "ОТВЕТ": author.passage(fact)}

    return save(folder / "выгрузка.csv", table(90, row), delimiter=";", encoding="cp1251")


@case("title-and-text-beside-a-query", "pair", roles={"query": ASKED, "title": "positive ignored", "text": "positive"})
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"query": author.ask(fact), "title": author.title(fact), "text": author.passage(fact, 3, 7)}

    return save(folder / "positives.jsonl", table(120, row))


@case("pairs-in-upper-case", "pair", roles={"QUERY": ASKED, "PASSAGE": "positive", "LANG": UNUSED, "LEN": UNUSED})
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        text = author.passage(fact)
        return {"LANG": "EN", "QUERY": author.keywords(fact).upper(), "PASSAGE": text.upper(), "LEN": len(text)}

    return save(folder / "dump.csv", table(130, row))


@case(
    "forum-threads", "pair", roles={"thread_title": ASKED, "top_reply": "positive", "upvotes": UNUSED, "user": UNUSED}
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "user": author.person(),
            "thread_title": author.ask(fact),
            "top_reply": author.passage(fact),
            "upvotes": f"{int(400 * author.draw.paretovariate(1)):,}",
            "posted": author.moment(),
            "permalink": author.url(),
        }

    return save(folder / "threads.csv", table(150, row))


@case(
    "ids-on-both-sides",
    "pair",
    roles={"qid": UNUSED, "query": ASKED, "pid": UNUSED, "passage": "positive"},
    label=None,
    tongue="health",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"qid": i, "query": author.ask(fact), "pid": author.uuid(), "passage": author.passage(fact, 3, 6)}

    return save(folder / "joined.tsv", table(120, row))


@case("one-query-many-answers", "pair", roles={"q": ASKED, "d": "positive"}, label=None, tongue="travel")
def _(author: Author, folder: Path) -> Path:
    rows = []
    for fact in author.facts(40):
        query = author.ask(fact)
        rows += [{"q": query, "d": author.passage(fact)} for _ in range(author.draw.choice((1, 1, 2, 3, 6)))]
    return save(folder / "qd.csv", table(len(rows), rows.__getitem__))


@case("many-questions-one-answer", "pair", roles={"frage": ASKED, "antwort": "positive"}, label=None, tongue="de")
def _(author: Author, folder: Path) -> Path:
    answers = {fact: author.passage(fact) for fact in author.facts(12)}

    def row(i: int) -> Row:
        fact = author.draw.choice(list(answers))
        return {"frage": author.ask(fact), "antwort": answers[fact]}

    return save(folder / "bot.jsonl", table(150, row))


@case("questions-and-sql", "pair", roles={"nl": ASKED, "sql": "positive", "db": UNUSED}, label=None)
def _(author: Author, folder: Path) -> Path:
    tables = ("orders", "customers", "invoices", "shipments", "employees")
    columns = ("city", "total", "created_at", "status", "country", "weight")

    def row(i: int) -> Row:
        name, column, other = author.draw.choice(tables), *author.draw.sample(columns, 2)
        number = author.draw.randint(2, 900)
        return {
            "db": author.draw.choice(("shop", "hr")),
            "nl": author.draw.choice(("Which", "Show me all", "List the", "how many"))
            + f" {name} with {column} over {number}, by {other}",
            "sql": f"SELECT {other}, COUNT(*) FROM {name} WHERE {column} > {number} GROUP BY {other};",
        }

    return save(folder / "text2sql.json", table(120, row))


@case("questions-in-two-languages", "pair", roles={"question_en": FIRST, "question_ru": "positive"}, label=None)
def _(author: Author, folder: Path) -> Path:
    other = author.speaking("ru")

    def row(i: int) -> Row:
        fact = author.fact()
        return {"question_en": author.ask(fact), "question_ru": other.ask(other.heard(fact, author))}

    return save(folder / "cross_lingual.parquet", table(110, row))


@case(
    "job-titles-and-descriptions",
    "pair",
    roles={"Job Title": ASKED, "Job Description": "positive", "Salary": UNUSED, "Company": UNUSED, "Posted": UNUSED},
    label=None,
)
def _(author: Author, folder: Path) -> Path:
    jobs = ("engineer", "nurse", "driver", "buyer", "analyst", "teacher", "fitter", "cook")
    ranks = ("Senior", "Junior", "Lead", "Assistant", "Chief", "Trainee")
    fields = ("warehouse", "sales", "night shift", "field service", "quality", "training")

    def row(i: int) -> Row:
        rank, job, field = author.draw.choice(ranks), author.draw.choice(jobs), author.draw.choice(fields)
        low = author.draw.randint(28, 90)
        wanted = f"We look for a {rank.lower()} {job} for our {field} team."
        return {
            "Job Title": f"{rank} {job}, {field} ({i % 7 + 1})",
            "Company": author.draw.choice(("Norvik", "Halden & Sons", "Kumo", "Tessera Ltd", "Brightfield")),
            "Salary": f"{low},000 - {low + 12},000",
            "Posted": author.day(),
            "Job Description": f"{wanted} {author.passage(author.fact(), 2, 5)}",
        }

    return save(folder / "jobs.csv", table(120, row))


@case("faq-dutch", "pair", roles={"vraag": ASKED, "antwoord": "positive", "onderwerp": UNUSED}, label=None, tongue="nl")
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"onderwerp": fact.matter, "vraag": author.ask(fact), "antwoord": author.passage(fact)}

    return save(folder / "vragen.csv", table(90, row))


@case("faq-hindi", "pair", roles={"सवाल": ASKED, "जवाब": "positive"}, label=None, tongue="hi")
def _(author: Author, folder: Path) -> Path:
    rows = table(80, lambda i: {"सवाल": author.ask(fact := author.fact()), "जवाब": author.passage(fact)})
    return save(folder / "सवाल.csv", rows)


@case("faq-thai-answer-first", "pair", roles={"คำตอบ": "positive", "คำถาม": ASKED}, label=None, tongue="th")
def _(author: Author, folder: Path) -> Path:
    rows = table(80, lambda i: {"คำถาม": author.ask(fact := author.fact()), "คำตอบ": author.passage(fact)})
    return save(folder / "faq.jsonl", {name: rows[name] for name in ("คำตอบ", "คำถาม")})


@case(
    "faq-portuguese-with-links", "pair", roles={"link": UNUSED, "pergunta": ASKED, "resposta": "positive"}, tongue="pt"
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"link": author.url(), "pergunta": author.ask(fact), "resposta": author.passage(fact)}

    return save(folder / "perguntas.jsonl", table(90, row))
