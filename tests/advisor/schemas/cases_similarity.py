"""Pairs with a similarity score, and pairs that are paraphrases or not."""

from pathlib import Path

from tests.advisor.schemas.expected import ASIDE, ASKED, FIRST, HUB, JUDGED, LABEL, SECOND, Expected, case, read_as
from tests.advisor.schemas.layouts import (
    FLOAT32,
    INT32,
    classes,
    delimited,
    jsonl,
    parquet,
    raw_tsv,
    saved,
)
from tests.advisor.schemas.sentences import Writer


def alike(write: Writer) -> tuple[str, str, float]:
    """Two sentences and how alike they are, 0 to 1."""
    scene = write.scene()
    degree = write.random.choice([0, 1, 2, 3, 4, 5])
    if degree == 5:
        other = write.paraphrase(scene)
    elif degree == 0:
        other = write.sentence()
    else:
        other = write.tell(write.change(scene, 1 if degree > 2 else 2))
    return write.tell(scene, 0), other, degree / 5


def scored(write: Writer, rows: int) -> list[tuple[str, str, float]]:
    """So many pairs with a score from 0 to 1, as the mean of five judges would be."""
    made = write.several(rows, lambda: alike(write))
    return [
        (a, b, min(1.0, max(0.0, score + write.random.choice([-2, -1, 0, 0, 0, 1, 2]) / 25))) for a, b, score in made
    ]


def rephrased(write: Writer, rows: int, share: float = 0.5) -> list[tuple[str, str, int]]:
    """So many pairs of sentences, of which a share says the same; the others are close."""
    found = []
    for scene in write.several(rows, write.scene):
        same = write.random.random() < share
        other = write.paraphrase(scene) if same else write.tell(write.change(scene, 1))
        found.append((write.tell(scene, 0), other, int(same)))
    return found


def asked_twice(write: Writer, rows: int, share: float = 0.37) -> list[tuple[str, str, int]]:
    """So many pairs of questions, of which a share asks the same."""
    found = []
    for task, _how in write.several(rows, write.task):
        same = write.random.random() < share
        way = write.random.randint(0, 2)
        other = write.ask(task, way + 3) if same else write.ask(write.task()[0])
        found.append((write.ask(task, way), other, int(same)))
    return found


def similarity(label: str, first: str = "sentence1", second: str = "sentence2", **aside: tuple[str, ...]) -> Expected:
    return read_as("pair-score", roles={first: FIRST, second: SECOND, label: LABEL, **aside}, label=label, kind="score")


def same_or_not(label: str, first: str = "sentence1", second: str = "sentence2", **aside: tuple[str, ...]) -> Expected:
    roles = {first: ASKED, second: JUDGED, label: LABEL, **aside}
    return read_as("labeled-pair", roles=roles, label=label, kind="binary")


@case("stsb", HUB + "sentence-transformers/stsb", similarity("score"))
def _(folder: Path, write: Writer) -> Path:
    rows = [{"sentence1": a, "sentence2": b, "score": score} for a, b, score in scored(write, 250)]
    return parquet(folder / "train-00000-of-00001.parquet", rows)


@case("glue-stsb", HUB + "nyu-mll/glue (stsb)", similarity("label", idx=ASIDE))
def _(folder: Path, write: Writer) -> Path:
    made = enumerate(scored(write, 250))
    rows = [{"sentence1": a, "sentence2": b, "label": 5 * score, "idx": number} for number, (a, b, score) in made]
    return parquet(folder / "stsb" / "train-00000-of-00001.parquet", rows, label=FLOAT32, idx=INT32)


@case(
    "sts-benchmark-original",
    "http://ixa2.si.ehu.eus/stswiki/index.php/STSbenchmark (sts-train.csv)",
    read_as(
        "pair-score",
        roles={
            **dict.fromkeys((f"column_{number}" for number in (1, 2, 3, 4)), ASIDE),
            "column_5": LABEL,
            "column_6": FIRST,
            "column_7": SECOND,
        },
        label="column_5",
        kind="score",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, (a, b, score) in enumerate(scored(write, 240)):
        genre, source = write.one(("main-captions", "MSRvid"), ("main-news", "headlines"), ("main-forums", "answers"))
        year = f"{write.one('2012test', '2014', '2015')}"
        cells = (
            genre,
            source,
            year,
            f"{number:04d}",
            f"{5 * score:.3f}",
            a,
            f'{b[:-1]} "too".' if number % 9 == 0 else b,
        )
        rows.append({str(at): cell for at, cell in enumerate(cells)})
    return raw_tsv(folder / "sts-train.csv", rows, header=False)


@case("sts12", HUB + "mteb/sts12-sts", similarity("score"))
def _(folder: Path, write: Writer) -> Path:
    rows = [{"sentence1": a, "sentence2": b, "score": round(5 * score, 2)} for a, b, score in scored(write, 200)]
    return jsonl(folder / "train.jsonl.gz", rows)


@case("sts22", HUB + "mteb/sts22-crosslingual-sts", similarity("score", id=ASIDE, lang=ASIDE))
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number in range(120):
        fact = write.fact()
        degree = write.random.choice([0, 1, 2, 3])
        other = fact if degree > 1 else write.fact()
        rows.append(
            {
                "id": f"{1_483_000_000 + 97 * number}_{1_484_000_000 + 89 * number}",
                "score": 4.0 - degree if number % 3 else round(4.0 - degree * 0.9, 2),
                "sentence1": write.passage(fact, 9),
                "sentence2": write.passage(other, 8),
                "lang": write.one("en", "de-en", "es-en"),
            }
        )
    return parquet(folder / "data" / "train-00000-of-00001.parquet", rows)


@case(
    "korsts",
    "https://github.com/kakaobrain/kor-nlu-datasets (sts-train.tsv)",
    similarity("score", genre=ASIDE, filename=ASIDE, year=ASIDE, id=ASIDE),
    language="ko",
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "genre": "main-captions",
            "filename": write.one("MSRvid", "images"),
            "year": write.one("2012test", "2014"),
            "id": f"{number:04d}",
            "score": f"{5 * score:.3f}",
            "sentence1": a,
            "sentence2": b,
        }
        for number, (a, b, score) in enumerate(scored(write, 200))
    ]
    return raw_tsv(folder / "sts-train.tsv", rows)


@case("biosses", HUB + "mteb/biosses-sts", similarity("score"))
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for a, b, score in scored(write, 100):
        text = write.research()[1].split(". ")
        rows.append({"sentence1": f"{text[1]}; {a}", "sentence2": f"{text[1]}: {b}", "score": round(20 * score) / 5})
    return jsonl(folder / "test.jsonl.gz", rows)


@case(
    "sick",
    HUB + "RobZamp/sick",
    read_as(
        "pair-score",
        "pair-class",
        roles={
            "id": ASIDE,
            "sentence_A": FIRST,
            "sentence_B": SECOND,
            "label": ("label", "ignored"),
            "relatedness_score": ("label", "ignored"),
            **dict.fromkeys(("entailment_AB", "entailment_BA", "sentence_A_dataset", "sentence_B_dataset"), ASIDE),
            **dict.fromkeys(("sentence_A_original", "sentence_B_original"), ("ignored",)),
        },
        label=("relatedness_score", "label"),
        kind=("score", "class"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, (a, b, score) in enumerate(scored(write, 200)):
        label = 0 if score > 0.8 else write.one(1, 1, 2)
        rows.append(
            {
                "id": str(number + 1),
                "sentence_A": a.rstrip("."),
                "sentence_B": b.rstrip("."),
                "label": label,
                "relatedness_score": round(1 + 4 * score, 3),
                "entailment_AB": ("A_entails_B", "A_neutral_B", "A_contradicts_B")[label],
                "entailment_BA": ("B_entails_A", "B_neutral_A", "B_contradicts_A")[label],
                "sentence_A_original": a,
                "sentence_B_original": b if number % 3 else write.sentence(),
                "sentence_A_dataset": write.one("FLICKR", "SEMEVAL"),
                "sentence_B_dataset": write.one("FLICKR", "SEMEVAL"),
            }
        )
    types = {"label": classes("entailment", "neutral", "contradiction"), "relatedness_score": FLOAT32}
    return parquet(folder / "train-00000-of-00001.parquet", rows, **types)


@case(
    "sick-original",
    "https://zenodo.org/record/2787612 (SICK.txt)",
    read_as(
        "pair-score",
        "pair-class",
        roles={
            "pair_ID": ASIDE,
            "sentence_A": FIRST,
            "sentence_B": SECOND,
            "relatedness_score": ("label", "ignored"),
            "entailment_judgment": ("label", "ignored"),
        },
        label=("relatedness_score", "entailment_judgment"),
        kind=("score", "class"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, (a, b, score) in enumerate(scored(write, 220)):
        judgement = "ENTAILMENT" if score > 0.8 else write.one("NEUTRAL", "NEUTRAL", "CONTRADICTION")
        rows.append(
            {
                "pair_ID": number + 1,
                "sentence_A": a.rstrip("."),
                "sentence_B": b.rstrip("."),
                "relatedness_score": f"{1 + 4 * score:.1f}".removesuffix(".0"),
                "entailment_judgment": judgement,
            }
        )
    return raw_tsv(folder / "SICK_train.txt", rows)


@case("stsb-multi-german", HUB + "PhilipMay/stsb_multi_mt (de)", similarity("similarity_score"), language="de")
def _(folder: Path, write: Writer) -> Path:
    made = scored(write, 220)
    rows = [{"sentence1": a, "sentence2": b, "similarity_score": round(5 * score, 3)} for a, b, score in made]
    saved(folder / "de", {"train": rows, "test": rows[:60], "dev": rows[60:120]}, similarity_score=FLOAT32)
    return folder / "de"


@case("stsb-chinese", HUB + "shibing624/nli_zh (STS-B)", similarity("label"), language="zh")
def _(folder: Path, write: Writer) -> Path:
    rows = [{"sentence1": a, "sentence2": b, "label": round(5 * score)} for a, b, score in scored(write, 220)]
    return parquet(folder / "STS-B" / "train-00000-of-00001.parquet", rows, label=INT32)


@case(
    "jsts",
    "https://github.com/yahoojapan/JGLUE (jsts-v1.1)",
    similarity("label", sentence_pair_id=ASIDE, yjcaptions_id=ASIDE),
    language="ja",
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "sentence_pair_id": str(number),
            "yjcaptions_id": f"{20000 + number}_{write.random.randint(1, 90000)}",
            "sentence1": a,
            "sentence2": b,
            "label": round(5 * score, 1),
        }
        for number, (a, b, score) in enumerate(scored(write, 180))
    ]
    return jsonl(folder / "train-v1.1.json", rows)


@case("glue-mrpc", HUB + "nyu-mll/glue (mrpc)", same_or_not("label", idx=ASIDE))
def _(folder: Path, write: Writer) -> Path:
    made = enumerate(rephrased(write, 240, 0.67))
    rows = [{"sentence1": a, "sentence2": b, "label": same, "idx": number} for number, (a, b, same) in made]
    types = {"label": classes("not_equivalent", "equivalent"), "idx": INT32}
    return parquet(folder / "mrpc" / "train-00000-of-00001.parquet", rows, **types)


@case(
    "mrpc-original",
    "https://gluebenchmark.com/tasks (MRPC/train.tsv)",
    same_or_not("Quality", "#1 String", "#2 String", **{"#1 ID": ASIDE, "#2 ID": ASIDE}),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "Quality": same,
            "#1 ID": write.random.randint(100_000, 3_500_000),
            "#2 ID": write.random.randint(100_000, 3_500_000),
            "#1 String": a,
            "#2 String": b,
        }
        for a, b, same in rephrased(write, 240, 0.67)
    ]
    return raw_tsv(folder / "train.tsv", rows)


@case("glue-qqp", HUB + "nyu-mll/glue (qqp)", same_or_not("label", "question1", "question2", idx=ASIDE))
def _(folder: Path, write: Writer) -> Path:
    made = enumerate(asked_twice(write, 300))
    rows = [{"question1": a, "question2": b, "label": same, "idx": number} for number, (a, b, same) in made]
    types = {"label": classes("not_duplicate", "duplicate"), "idx": INT32}
    return parquet(folder / "qqp" / "train-00000-of-00001.parquet", rows, **types)


@case(
    "quora-original",
    "https://quoradata.quora.com/First-Quora-Dataset-Release-Question-Pairs (quora_duplicate_questions.tsv)",
    same_or_not("is_duplicate", "question1", "question2", id=ASIDE, qid1=ASIDE, qid2=ASIDE),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "id": number,
            "qid1": 2 * number + 1,
            "qid2": 2 * number + 2,
            "question1": a,
            "question2": b,
            "is_duplicate": same,
        }
        for number, (a, b, same) in enumerate(asked_twice(write, 300))
    ]
    return delimited(folder / "quora_duplicate_questions.tsv", rows, delimiter="\t")


@case(
    "quora-hub-lists",
    HUB + "quora (questions: id and text lists)",
    read_as(
        "labeled-pair",
        roles={"is_duplicate": LABEL},
        label="is_duplicate",
        kind="binary",
        refuse="may",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {"questions": {"id": [2 * number + 1, 2 * number + 2], "text": [a, b]}, "is_duplicate": bool(same)}
        for number, (a, b, same) in enumerate(asked_twice(write, 240))
    ]
    return parquet(folder / "train-00000-of-00001.parquet", rows)


@case("quora-pair-class", HUB + "sentence-transformers/quora-duplicates (pair-class)", same_or_not("label"))
def _(folder: Path, write: Writer) -> Path:
    rows = [{"sentence1": a, "sentence2": b, "label": same} for a, b, same in asked_twice(write, 300)]
    return parquet(folder / "train-00000-of-00001.parquet", rows, label=classes("different", "duplicate"))


def _scrambled(write: Writer, rows: int) -> list[tuple[str, str, int]]:
    """Pairs that share almost all words; half of them only have two parts exchanged."""
    found = []
    for scene in write.several(rows, write.scene):
        other = write.scene()
        joint = f"{write.tell(scene, 0)[:-1]}, {write.tell(other, 1)[:-1]}."
        same = write.random.random() < 0.44
        swapped = f"{write.tell(other, 0)[:-1]}, {write.tell(scene, 1)[:-1]}."
        crossed = write.scene().__class__(scene.subject, other.action, scene.place, scene.time)
        wrong = f"{write.tell(crossed, 0)[:-1]}, {write.tell(other, 1)[:-1]}."
        found.append((joint, swapped if same else wrong, int(same)))
    return found


@case("paws", HUB + "google-research-datasets/paws (labeled_final)", same_or_not("label", id=ASIDE))
def _(folder: Path, write: Writer) -> Path:
    made = enumerate(_scrambled(write, 240), 1)
    rows = [{"id": number, "sentence1": a, "sentence2": b, "label": same} for number, (a, b, same) in made]
    types = {"label": classes("0", "1"), "id": INT32}
    return parquet(folder / "labeled_final" / "train-00000-of-00001.parquet", rows, **types)


@case(
    "paws-x-french",
    "https://github.com/google-research-datasets/paws (x-final/fr/translated_train.tsv)",
    same_or_not("label", id=ASIDE),
    language="fr",
)
def _(folder: Path, write: Writer) -> Path:
    made = enumerate(_scrambled(write, 240), 1)
    rows = [{"id": number, "sentence1": a, "sentence2": b, "label": same} for number, (a, b, same) in made]
    return raw_tsv(folder / "fr" / "translated_train.tsv", rows)


@case("afqmc", "https://github.com/CLUEbenchmark/CLUE (afqmc_public)", same_or_not("label"), language="zh")
def _(folder: Path, write: Writer) -> Path:
    rows = [{"sentence1": a, "sentence2": b, "label": str(same)} for a, b, same in rephrased(write, 240, 0.31)]
    return jsonl(folder / "train.json", rows)


@case("bq-corpus", HUB + "shibing624/nli_zh (BQ)", same_or_not("label"), language="zh")
def _(folder: Path, write: Writer) -> Path:
    rows = [{"sentence1": a, "sentence2": b, "label": same} for a, b, same in rephrased(write, 240)]
    return parquet(folder / "BQ" / "train-00000-of-00001.parquet", rows, label=INT32)


@case(
    "sprint-duplicate-questions",
    HUB + "mteb/sprintduplicatequestions-pairclassification",
    read_as(
        "labeled-pair",
        roles={"sent1": ASKED, "sent2": JUDGED, "labels": LABEL},
        label="labels",
        kind="binary",
        refuse="may",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    made = asked_twice(write, 300, 0.1)
    row = {
        "sent1": [a for a, _, _ in made],
        "sent2": [b for _, b, _ in made],
        "labels": [same for _, _, same in made],
    }
    return jsonl(folder / "test.json.gz", [row])


@case(
    "klue-sts",
    HUB + "klue/klue (sts: labels in a struct)",
    read_as(
        "pair-score",
        "labeled-pair",
        roles={
            "guid": ASIDE,
            "source": ASIDE,
            "sentence1": (*ASKED, *FIRST),
            "sentence2": (*JUDGED, *SECOND),
        },
        label=("labels", "labels.label", "labels.real-label", "labels.binary-label"),
        kind=("score", "binary"),
        refuse="may",
    ),
    language="ko",
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "guid": f"klue-sts-v1_train_{number:05d}",
            "source": write.one("airbnb-rtt", "paraKQC-para", "policy-sampled"),
            "sentence1": a,
            "sentence2": b,
            "labels": {"label": round(5 * score, 1), "real-label": 5 * score, "binary-label": int(score >= 0.6)},
        }
        for number, (a, b, score) in enumerate(scored(write, 200))
    ]
    return parquet(folder / "sts" / "train-00000-of-00001.parquet", rows)


@case(
    "cdsc-relatedness",
    HUB + "allegro/klej-cdsc-r",
    similarity("relatedness_score", "sentence_A", "sentence_B", pair_ID=ASIDE),
    language="pl",
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {"pair_ID": number, "sentence_A": a, "sentence_B": b, "relatedness_score": round(15 * score) / 3}
        for number, (a, b, score) in enumerate(scored(write, 200), 1)
    ]
    return delimited(folder / "train.csv", rows)


@case(
    "german-back-translations",
    HUB + "deutsche-telekom/ger-backtrans-paraphrase",
    read_as(
        "pair-score",
        "pair",
        roles={
            "uuid": ASIDE,
            "de": ("sentence_a", "sentence_b", "anchor", "positive"),
            "en_de": ("sentence_a", "sentence_b", "anchor", "positive"),
            **dict.fromkeys(("corpus", "min_char_len", "de_token_count", "en_de_token_count"), ASIDE),
        },
        label=("cos_sim", None),
        kind=("score", "none"),
    ),
    language="de",
)
def _(folder: Path, write: Writer) -> Path:
    english = Writer("back", "en")
    rows = []
    for scene in write.several(200, write.scene):
        german, again = write.tell(scene, 0), write.paraphrase(scene)
        rows.append(
            {
                "uuid": f"{write.random.getrandbits(128):032x}",
                "en": english.sentence(),
                "de": german,
                "en_de": again,
                "corpus": write.one("OpenSubtitles", "WikiMatrix", "TED2020"),
                "min_char_len": min(len(german), len(again)),
                "jaccard_similarity": round(write.random.uniform(0.1, 0.6), 6),
                "de_token_count": len(german.split()) + 4,
                "en_de_token_count": len(again.split()) + 4,
                "cos_sim": round(write.random.uniform(0.8, 1.0), 6),
            }
        )
    return jsonl(folder / "ger_back_trans_para.jsonl.gz", rows)


@case(
    "russian-paraphrases",
    HUB + "merionum/ru_paraphraser",
    read_as(
        "labeled-pair",
        "pair-class",
        "pair-score",
        roles={
            **dict.fromkeys(("id", "id_1", "id_2"), ASIDE),
            "text_1": (*ASKED, *FIRST),
            "text_2": (*JUDGED, *SECOND),
            "class": LABEL,
        },
        label="class",
        kind=("binary", "class", "score"),
    ),
    language="ru",
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, (a, b, score) in enumerate(scored(write, 220), 1):
        kind = "1" if score > 0.8 else "0" if score > 0.4 else "-1"
        rows.append(
            {
                "id": str(number),
                "id_1": str(200 + number),
                "id_2": str(8159 + number),
                "text_1": a,
                "text_2": b,
                "class": kind,
            }
        )
    return jsonl(folder / "train.jsonl", rows)


@case(
    "twitter-ppdb",
    "https://languagenet.github.io (Twitter_URL_Corpus_train.txt, as tsv)",
    read_as(
        "pair-score",
        "labeled-pair",
        "pair-class",
        roles={"column_1": (*ASKED, *FIRST), "column_2": (*JUDGED, *SECOND), "column_3": LABEL, "column_4": ASIDE},
        label="column_3",
        kind=("score", "binary", "class"),
        refuse="may",
        max_confidence=0.9,
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {"a": a, "b": b, "judges": f"({round(6 * score)}, 6)", "url": f"http://www.{write.name().lower()}.com/{number}"}
        for number, (a, b, score) in enumerate(scored(write, 200))
    ]
    return raw_tsv(folder / "Twitter_URL_Corpus_train.tsv", rows, header=False)
