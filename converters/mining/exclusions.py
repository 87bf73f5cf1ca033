"""What may not be mined for a query: its known positives, its own text, and whatever else it was told to leave out."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.mining.large import Rows, keys_of
from converters.mining.texts import Ids, Pairs

#: Codes of a query up to which it is quicker to compare with each than to look every candidate up.
FEW = 8


@dataclass(frozen=True)
class Exclusions:
    """Which documents are excluded for which query.

    Texts are compared by key: two texts have one key when they differ in nothing but case, white space around and
    between words, and Unicode composition. Queries of one key share their exclusions.

    Attributes:
        query_keys: key of each query, (queries,).
        document_keys: key of each document, (documents,).
        keys: how many keys there are.
        positives: sorted codes `query key * keys + document key` of the known positives.
        others: sorted codes of what else to leave out; the query's own text is left out without standing here.
    """

    query_keys: Ids
    document_keys: Ids
    keys: int
    positives: Ids
    others: Ids

    def positive(self, query_ids: Ids, document_ids: Ids) -> NDArray[np.bool_]:
        """Tells which candidates (b, k) of b queries are known positives of them; -1 stands for no candidate."""
        return self._among(self.positives, query_ids, document_ids)

    def other(self, query_ids: Ids, document_ids: Ids) -> NDArray[np.bool_]:
        """Tells which candidates (b, k) of b queries are excluded for another reason; -1 stands for no candidate."""
        own = self.document_keys[document_ids] == self.query_keys[query_ids][:, None]
        excluded: NDArray[np.bool_] = (own & (document_ids >= 0)) | self._among(self.others, query_ids, document_ids)
        return excluded

    def count(self) -> Ids:
        """How many documents are excluded for each query: (queries,)."""
        codes = np.union1d(self.positives, self.others) if self.others.size else self.positives
        query, document = np.divmod(codes, self.keys)
        another = query != document  # its own text is counted anyway
        documents_of_key = np.bincount(self.document_keys, minlength=self.keys)
        weights = documents_of_key[document[another]]
        per_key = documents_of_key + np.bincount(query[another], weights=weights, minlength=self.keys)
        counted: Ids = per_key[self.query_keys].astype(np.int64)
        return counted

    def _among(self, codes: Ids, query_ids: Ids, document_ids: Ids) -> NDArray[np.bool_]:
        if not codes.size:
            return np.zeros(document_ids.shape, dtype=np.bool_)
        query, document = self.query_keys[query_ids], self.document_keys[document_ids]
        starts, ends = (np.searchsorted(codes, (query + step) * self.keys) for step in (0, 1))
        most = int((ends - starts).max(initial=0))
        found = np.zeros(document_ids.shape, dtype=np.bool_)
        if most > FEW:
            wanted = query[:, None] * self.keys + document
            found = codes[np.minimum(np.searchsorted(codes, wanted), codes.size - 1)] == wanted
        else:  # one look at all candidates for each code that a query may have
            for nth in range(most):
                code = codes[np.minimum(starts + nth, codes.size - 1)] - query * self.keys
                found |= document == np.where(starts + nth < ends, code, -1)[:, None]
        return found & (document_ids >= 0)


def exclusions_of(
    queries: pa.Array, documents: pa.Array | Rows, pairs: Pairs | None, anchors: pa.Array, excluded: pa.Array
) -> Exclusions:
    """Finds the keys of all texts and the codes of what is excluded.

    Args:
        queries: different texts, (queries,).
        documents: different texts, (documents,).
        pairs: the known positives; None where they are allowed as candidates.
        anchors: texts for which `excluded` are to be left out too, (n,).
        excluded: a text for each of `anchors`, (n,).
    """
    query_keys, document_keys, anchor_keys, excluded_keys = keys = keys_of(queries, documents, anchors, excluded)
    count = 1 + max(int(each.max(initial=-1)) for each in keys)
    positives = np.empty(0, dtype=np.int64)
    if pairs is not None:
        positives = np.unique(query_keys[pairs.query_ids] * count + document_keys[pairs.document_ids])
    others = np.unique(anchor_keys * count + excluded_keys)
    return Exclusions(query_keys, document_keys, count, positives, others)
