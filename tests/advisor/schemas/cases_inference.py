"""Natural language inference: premise, hypothesis and one of two or three classes."""

from pathlib import Path

from tests.advisor.schemas.expected import (
    ANCHOR,
    ASIDE,
    EITHER,
    FIRST,
    HUB,
    LABEL,
    NEGATIVE,
    POSITIVE,
    SECOND,
    case,
    read_as,
)
from tests.advisor.schemas.layouts import FLOAT64, INT32, classes, jsonl, parquet, raw_tsv, saved, text
from tests.advisor.schemas.sentences import Writer

NLI = ("entailment", "neutral", "contradiction")


def judged(write: Writer) -> tuple[str, tuple[str, str, str]]:
    """A premise with a hypothesis that follows, one that may be and one that cannot be."""
    scene = write.scene()
    follows = write.paraphrase(scene)
    return write.tell(scene, 0), (follows, write.tell(write.change(scene, 1), 3), write.tell(write.change(scene, 2)))


def inference(write: Writer, premises: int) -> list[tuple[str, str, int]]:
    """Premise, hypothesis, class; every premise three times in a row, as SNLI's."""
    return [
        (premise, hypothesis, label)
        for premise, hypotheses in write.several(premises, lambda: judged(write))
        for label, hypothesis in enumerate(hypotheses)
    ]


@case(
    "all-nli-pair-class",
    HUB + "sentence-transformers/all-nli (pair-class)",
    read_as("pair-class", roles={"premise": FIRST, "hypothesis": SECOND, "label": LABEL}, label="label", kind="class"),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [{"premise": p, "hypothesis": h, "label": each} for p, h, each in inference(write, 80)]
    return parquet(folder / "train-00000-of-00001.parquet", rows, label=classes(*NLI))


@case(
    "all-nli-pair",
    HUB + "sentence-transformers/all-nli (pair)",
    read_as("pair", roles={"anchor": ANCHOR, "positive": POSITIVE}),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [{"anchor": p, "positive": h} for p, h, label in inference(write, 200) if label == 0]
    return parquet(folder / "train-00000-of-00001.parquet", rows)


@case(
    "all-nli-pair-score",
    HUB + "sentence-transformers/all-nli (pair-score)",
    read_as("pair-score", roles={"sentence1": FIRST, "sentence2": SECOND, "score": LABEL}, label="score", kind="score"),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [{"sentence1": p, "sentence2": h, "score": (1.0, 0.5, 0.0)[each]} for p, h, each in inference(write, 90)]
    return parquet(folder / "train-00000-of-00001.parquet", rows)


@case(
    "all-nli-triplet",
    HUB + "sentence-transformers/all-nli (triplet)",
    read_as("triplet", roles={"anchor": ANCHOR, "positive": POSITIVE, "negative": NEGATIVE}),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for premise, (follows, _neutral, cannot) in write.several(120, lambda: judged(write)):
        rows += [{"anchor": premise, "positive": follows, "negative": cannot}] * 1
        if write.random.random() < 0.5:  # a premise stands with every contradiction that it has
            rows.append({"anchor": premise, "positive": follows, "negative": write.sentence()})
    return parquet(folder / "train-00000-of-00001.parquet", rows)


@case(
    "snli",
    HUB + "stanfordnlp/snli",
    read_as("pair-class", roles={"premise": FIRST, "hypothesis": SECOND, "label": LABEL}, label="label", kind="class"),
)
def _(folder: Path, write: Writer) -> Path:
    for split, premises in (("test", 20), ("train", 110), ("validation", 20)):
        rows = [
            {"premise": p, "hypothesis": h, "label": -1 if write.random.random() < 0.015 else each}
            for p, h, each in inference(write, premises)
        ]
        parquet(folder / "plain_text" / f"{split}-00000-of-00001.parquet", rows, label=classes(*NLI))
    return folder / "plain_text"


def _parse(sentence: str) -> str:
    words = sentence.rstrip(".").split()
    inner = " ".join(f"(NN {word})" for word in words)
    return f"(ROOT (S (NP {inner}) (. .)))"


def _binary(sentence: str) -> str:
    *words, last = sentence.rstrip(".").split()
    return "( " * len(words) + " ".join([*(words[:1]), *(f"{word} )" for word in words[1:]), last, ")", "."])


@case(
    "multi-nli",
    HUB + "nyu-mll/multi_nli",
    read_as(
        "pair-class",
        roles={
            **dict.fromkeys(("promptID", "pairID", "premise_binary_parse", "premise_parse", "genre"), ASIDE),
            **dict.fromkeys(("hypothesis_binary_parse", "hypothesis_parse"), ASIDE),
            "premise": FIRST,
            "hypothesis": SECOND,
            "label": LABEL,
        },
        label="label",
        kind="class",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, (premise, hypothesis, label) in enumerate(inference(write, 90)):
        prompt = 31193 + 17 * (number // 3)
        rows.append(
            {
                "promptID": prompt,
                "pairID": f"{prompt}{'enc'[label]}",
                "premise": premise,
                "premise_binary_parse": _binary(premise),
                "premise_parse": _parse(premise),
                "hypothesis": hypothesis,
                "hypothesis_binary_parse": _binary(hypothesis),
                "hypothesis_parse": _parse(hypothesis),
                "genre": write.one("fiction", "government", "slate", "telephone", "travel"),
                "label": label,
            }
        )
    write.random.shuffle(rows)
    return parquet(folder / "data" / "train-00000-of-00001.parquet", rows, promptID=INT32, label=classes(*NLI))


@case(
    "anli",
    HUB + "facebook/anli",
    read_as(
        "pair-class",
        roles={"uid": ASIDE, "premise": FIRST, "hypothesis": SECOND, "label": LABEL, "reason": ("ignored",)},
        label="label",
        kind="class",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(180, write.fact):
        label = write.one(0, 1, 2)
        said = (fact, write.fact(fact.name), write.fact())[label]
        rows.append(
            {
                "uid": f"{write.random.getrandbits(128):032x}"[:8] + "-" + f"{write.random.getrandbits(48):012x}",
                "premise": write.passage(fact, 5),
                "hypothesis": said.statement,
                "label": label,
                "reason": write.one("", "", f"The text says nothing of that. {write.sentence()}"),
            }
        )
    return parquet(folder / "train_r1-00000-of-00001.parquet", rows, label=classes(*NLI))


@case(
    "xnli-german",
    HUB + "facebook/xnli (de)",
    read_as("pair-class", roles={"premise": FIRST, "hypothesis": SECOND, "label": LABEL}, label="label", kind="class"),
    language="de",
)
def _(folder: Path, write: Writer) -> Path:
    rows = [{"premise": p, "hypothesis": h, "label": each} for p, h, each in inference(write, 70)]
    return parquet(folder / "de" / "validation-00000-of-00001.parquet", rows, label=classes(*NLI))


@case(
    "xnli-all-languages",
    HUB + "facebook/xnli (all_languages)",
    read_as(
        "pair-class",
        roles={"premise": FIRST, "hypothesis": SECOND, "label": LABEL},
        label="label",
        kind="class",
        refuse="may",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    codes = ("ar", "de", "en", "es", "fr", "ru", "zh")
    spoken = {code: inference(Writer("xnli", code), 40) for code in codes}
    rows = [
        {
            "premise": {code: spoken[code][number][0] for code in codes},
            "hypothesis": {
                "language": list(codes),
                "translation": [spoken[code][number][1] for code in codes],
            },
            "label": number % 3,
        }
        for number in range(120)
    ]
    return parquet(folder / "all_languages" / "train-00000-of-00001.parquet", rows, label=classes(*NLI))


@case(
    "glue-rte",
    HUB + "nyu-mll/glue (rte)",
    read_as(
        "pair-class",
        roles={"sentence1": FIRST, "sentence2": SECOND, "label": LABEL, "idx": ASIDE},
        label="label",
        kind="class",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, fact in enumerate(write.several(200, write.fact)):
        label = write.one(0, 1)
        hypothesis = write.fact(fact.name).statement if label else fact.statement
        rows.append({"sentence1": write.passage(fact, 3), "sentence2": hypothesis, "label": label, "idx": number})
    types = {"label": classes("entailment", "not_entailment"), "idx": INT32}
    return parquet(folder / "rte" / "train-00000-of-00001.parquet", rows, **types)


@case(
    "glue-qnli",
    HUB + "nyu-mll/glue (qnli)",
    read_as(
        "pair-class",
        roles={"question": FIRST, "sentence": SECOND, "label": LABEL, "idx": ASIDE},
        label="label",
        kind="class",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, fact in enumerate(write.several(240, write.fact)):
        label = write.one(0, 1)
        sentence = write.fact(fact.name).statement if label else fact.statement
        rows.append({"question": fact.question, "sentence": sentence, "label": label, "idx": number})
    types = {"label": classes("entailment", "not_entailment"), "idx": INT32}
    return parquet(folder / "qnli" / "train-00000-of-00001.parquet", rows, **types)


@case(
    "glue-qnli-tsv",
    "https://gluebenchmark.com/tasks (QNLIv2.zip)",
    read_as(
        "pair-class",
        "labeled-pair",
        roles={
            "index": ASIDE,
            "question": ("sentence_a", "anchor", "query"),
            "sentence": ("sentence_b", "document"),
            "label": LABEL,
        },
        label="label",
        kind=("class", "binary"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, fact in enumerate(write.several(150, write.fact)):
        follows = write.random.random() < 0.5
        sentence = fact.statement if follows else write.fact(fact.name).statement
        label = "entailment" if follows else "not_entailment"
        rows.append({"index": number, "question": fact.question, "sentence": sentence, "label": label})
    return raw_tsv(folder / "train.tsv", rows)


@case(
    "glue-wnli",
    HUB + "nyu-mll/glue (wnli)",
    read_as(
        "pair-class",
        "labeled-pair",
        roles={
            "sentence1": ("sentence_a", "anchor", "query"),
            "sentence2": ("sentence_b", "document"),
            "label": LABEL,
            "idx": ASIDE,
        },
        label="label",
        kind=("class", "binary"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, (premise, hypothesis, label) in enumerate(inference(write, 40)):
        rows.append({"sentence1": premise, "sentence2": hypothesis, "label": int(label == 0), "idx": number})
    types = {"label": classes("not_entailment", "entailment"), "idx": INT32}
    return parquet(folder / "wnli" / "train-00000-of-00001.parquet", rows, **types)


@case(
    "scitail",
    "https://allenai.org/data/scitail (tsv_format)",
    read_as(
        "pair-class",
        "labeled-pair",
        roles={
            "column_1": ("sentence_a", "anchor", "query"),
            "column_2": ("sentence_b", "document"),
            "column_3": LABEL,
        },
        label="column_3",
        kind=("class", "binary"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(220, write.fact):
        follows = write.random.random() < 0.4
        other = fact if follows else write.fact(fact.name)
        rows.append({"p": write.passage(other, 2), "h": fact.statement, "l": "entails" if follows else "neutral"})
    return raw_tsv(folder / "scitail_1.0_train.tsv", rows, header=False)


@case(
    "vitaminc",
    HUB + "tals/vitaminc",
    read_as(
        "pair-class",
        roles={
            **dict.fromkeys(("unique_id", "case_id", "wiki_revision_id", "revision_type", "page", "FEVER_id"), ASIDE),
            "claim": EITHER,
            "evidence": EITHER,
            "label": LABEL,
        },
        label="label",
        kind="class",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number in range(70):
        fact = write.fact()
        for part, label in enumerate(("SUPPORTS", "REFUTES", "SUPPORTS", "NOT ENOUGH INFO")[: write.one(2, 3, 4)]):
            other = {"SUPPORTS": fact, "REFUTES": write.fact(fact.name)}.get(label) or write.fact()
            rows.append(
                {
                    "unique_id": f"{number:x}c{part}_{part + 1}",
                    "case_id": f"{number:x}c{part}",
                    "wiki_revision_id": str(800_000_000 + 7 * number),
                    "label": label,
                    "revision_type": write.one("real", "real", "synthetic"),
                    "claim": fact.statement,
                    "evidence": other.statement,
                    "page": fact.name,
                    "FEVER_id": write.one("", "", str(write.random.randint(1, 200_000))),
                }
            )
    return jsonl(folder / "train.jsonl", rows)


@case(
    "fever-nli",
    HUB + "pietrolesci/nli_fever",
    read_as(
        "pair-class",
        roles={
            **dict.fromkeys(("cid", "fid", "id", "verifiable", "fever_gold_label"), ASIDE),
            "premise": EITHER,
            "hypothesis": EITHER,
            "label": LABEL,
        },
        label="label",
        kind="class",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(160, write.fact):
        label = write.one(0, 0, 1, 2)
        other = (fact, write.fact(), write.fact(fact.name))[label]
        number = write.random.randint(1000, 229_000)
        rows.append(
            {
                "cid": str(number),
                "fid": f"{number}",
                "id": f"{number}",
                "premise": fact.statement,
                "hypothesis": f"{other.name} . {write.passage(other, 2)}",
                "label": label,
                "verifiable": "NOT VERIFIABLE" if label == 1 else "VERIFIABLE",
                "fever_gold_label": ("SUPPORTS", "NOT ENOUGH INFO", "REFUTES")[label],
            }
        )
    return parquet(folder / "data" / "train-00000-of-00001.parquet", rows, label=classes(*NLI))


@case(
    "ocnli",
    HUB + "clue/clue (ocnli)",
    read_as(
        "pair-class",
        roles={"sentence1": FIRST, "sentence2": SECOND, "label": LABEL, "idx": ASIDE},
        label="label",
        kind="class",
    ),
    language="zh",
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, (premise, hypothesis, label) in enumerate(inference(write, 80)):
        rows.append(
            {
                "sentence1": premise,
                "sentence2": hypothesis,
                "label": -1 if write.random.random() < 0.02 else (1, 0, 2)[label],
                "idx": number,
            }
        )
    types = {"label": classes("neutral", "entailment", "contradiction"), "idx": INT32}
    return parquet(folder / "ocnli" / "train-00000-of-00001.parquet", rows, **types)


@case(
    "klue-nli",
    HUB + "klue/klue (nli)",
    read_as(
        "pair-class",
        roles={"guid": ASIDE, "source": ASIDE, "premise": FIRST, "hypothesis": SECOND, "label": LABEL},
        label="label",
        kind="class",
    ),
    language="ko",
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "guid": f"klue-nli-v1_train_{number:05d}",
            "source": write.one("NSMC", "airbnb", "policy", "wikinews", "wikitree"),
            "premise": premise,
            "hypothesis": hypothesis,
            "label": label,
        }
        for number, (premise, hypothesis, label) in enumerate(inference(write, 60))
    ]
    return saved(folder / "nli", {"train": rows, "validation": rows[:30]}, label=classes(*NLI))


@case(
    "jsnli",
    "https://nlp.ist.i.kyoto-u.ac.jp/?日本語SNLI(JSNLI)データセット",
    read_as(
        "pair-class", roles={"column_1": LABEL, "column_2": FIRST, "column_3": SECOND}, label="column_1", kind="class"
    ),
    language="ja",
)
def _(folder: Path, write: Writer) -> Path:
    def spaced(sentence: str) -> str:
        """Words between blanks, as the corpus has them, for which every two letters pass here."""
        return " ".join(sentence[at : at + 2] for at in range(0, len(sentence), 2))

    lines = [f"{NLI[label]}\t{spaced(p)}\t{spaced(h)}\n" for p, h, label in inference(write, 80)]
    return text(folder / "train_w_filtering.tsv", "".join(lines))


@case(
    "assin2",
    HUB + "nilc-nlp/assin2",
    read_as(
        "pair-score",
        "pair-class",
        roles={
            "sentence_pair_id": ASIDE,
            "premise": FIRST,
            "hypothesis": SECOND,
            "relatedness_score": ("label", "ignored"),
            "entailment_judgment": ("label", "ignored"),
        },
        label=("relatedness_score", "entailment_judgment"),
        kind=("score", "class"),
    ),
    language="pt",
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, (premise, hypothesis, label) in enumerate(inference(write, 70)):
        score = max(1.0, min(5.0, (4.8, 3.2, 1.9)[label] + write.random.choice([-0.5, -0.25, -0.1, 0, 0.1, 0.2])))
        rows.append(
            {
                "sentence_pair_id": number + 1,
                "premise": premise.lower().rstrip("."),
                "hypothesis": hypothesis.lower().rstrip("."),
                "relatedness_score": round(score, 1),
                "entailment_judgment": int(label == 0),
            }
        )
    types = {"entailment_judgment": classes("NONE", "ENTAILMENT"), "relatedness_score": FLOAT64}
    return parquet(folder / "train-00000-of-00001.parquet", rows, **types)
