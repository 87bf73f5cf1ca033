"""Texts that are nearly the same: but for case, punctuation and spaces, or in nearly all of their phrases.

A long text is the set of its shingles, of three words each (of three characters, in scripts without spaces). Two texts
are nearly the same if they share nine in ten of their shingles (the Jaccard index of the sets). Candidates come from
MinHash with bands (Broder, 1997), in one permutation (Li, Owen and Zhang, 2012); each candidate is then compared
exactly.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from converters.wording.code_points import CODE_POINTS, Mask, Places, Points, kept, pieces, spread

Hashes = npt.NDArray[np.uint64]

#: Share of all their shingles that two texts have in common, from which they are nearly the same.
NEAR = 0.9

#: Shorter texts are compared by their normal form only: a word more or less says something else.
FEWEST_SHINGLES = 20

#: Characters of a text that are looked at.
LONGEST = 4_000

#: Arrays of hashes are many times as large as their text: smaller pieces stay in the processor's cache.
_PIECE = 400_000

_WORDS = 3
_BANDS, _WIDTH = 8, 4
_BINS = _BANDS * _WIDTH

#: Share of bins with the same hash from which two texts are compared exactly: it scatters about what they share.
_LIKELY = 0.6

#: Punctuation that changes what is said: C# is not C, and 5% is not 5.
_TELLING = frozenset("#%&@*/\\_-")

_UNKNOWN, _DROPPED, _SPACE = 0xFFFFFFFF, 0xFFFFFFFE, 0x20
_BASE = 0x9E3779B97F4A7C15 | 1


@dataclass(frozen=True)
class Sketch:
    """What is compared of the texts of a column.

    Attributes:
        digests: a hash of each text's normal form; 0 where nothing is left of it.
        sizes: number of its shingles.
        smallest: in each bin, the smallest hash of its shingles; the largest number where there is none.
    """

    digests: Hashes
    sizes: Places
    smallest: npt.NDArray[np.uint32]


def sketch(texts: pa.StringArray) -> Sketch:
    """What is compared of each text."""
    digests, sizes, smallest = [np.empty(0, np.uint64)], [np.empty(0, np.int64)], [np.empty((0, _BINS), np.uint32)]
    for piece in pieces(_cut(texts), _PIECE):
        own, hashes, rows = _hashed(piece)
        counts = np.bincount(rows, minlength=len(piece))
        lowest = np.full(len(piece) * _BINS, 0xFFFFFFFF, np.uint32)
        bins = rows * _BINS + (hashes >> np.uint64(59)).astype(np.int64)
        np.minimum.at(lowest, bins, (hashes & np.uint64(0xFFFFFFFE)).astype(np.uint32))
        digests.append(own)
        sizes.append(counts)
        smallest.append(lowest.reshape(-1, _BINS))
    return Sketch(np.concatenate(digests), np.concatenate(sizes), np.concatenate(smallest))


def near_rows(columns: list[pa.StringArray], also: npt.NDArray[np.int64] | None = None) -> tuple[Places, Places]:
    """Rows that nearly repeat an earlier one, in every column, and the row that each one repeats.

    Args:
        columns: the texts of the rows; at least one column.
        also: a number for each row that has to be the same too, such as one for its label.
    """
    digests, keys, usable = _rows(columns, also)
    later, earlier = _same(digests)
    candidates = [_neighbours(keys[:, band], usable) for band in range(_BANDS)]
    one, other = (np.concatenate(each) for each in zip(*candidates, strict=True))
    known = np.isin(one, later)
    one, other = one[~known], other[~known]
    if also is not None:
        alike = also[one] == also[other]
        one, other = one[alike], other[alike]
    pairs = np.unique(one.astype(np.int64) << 32 | other)
    one, other = pairs >> 32, pairs & 0xFFFFFFFF
    for column in columns:
        close = _close(column, one, other)
        one, other = one[close], other[close]
    one, places = np.unique(one, return_index=True)
    return np.concatenate([later, one]), np.concatenate([earlier, other[places]])


def near_pairs(one: pa.StringArray, other: pa.StringArray) -> Mask:
    """True for each row whose two texts are nearly the same; those that are the very same count too."""
    found = np.zeros(len(one), dtype=bool)
    lengths = [np.asarray(pc.fill_null(pc.binary_length(each), 0)) for each in (one, other)]
    rows = np.flatnonzero(2 * np.minimum(*lengths) >= np.maximum(*lengths))
    if not len(rows):
        return found
    one, other = one.take(pa.array(rows)), other.take(pa.array(rows))
    first, second = sketch(one), sketch(other)
    same = (first.digests == second.digests) & (first.digests != 0)
    empty = np.uint32(0xFFFFFFFF)
    shared = ((first.smallest == second.smallest) & (first.smallest != empty)).sum(axis=1)
    either = ((first.smallest != empty) | (second.smallest != empty)).sum(axis=1)
    long = np.minimum(first.sizes, second.sizes) >= FEWEST_SHINGLES
    likely = np.flatnonzero(long & ~same & (shared >= _LIKELY * either))
    if len(likely):
        both = pa.concat_arrays([one.take(pa.array(likely)), other.take(pa.array(likely))])
        same[likely] = _close(both, np.arange(len(likely)), np.arange(len(likely)) + len(likely))
    found[rows] = same
    return found


def _rows(columns: list[pa.StringArray], also: npt.NDArray[np.int64] | None) -> tuple[Hashes, Hashes, Mask]:
    """For each row a hash of all its normal forms, a key in each band, and whether keys say anything."""
    count = len(columns[0])
    digests, void = np.zeros(count, np.uint64), np.zeros(count, dtype=bool)
    keys, usable = np.zeros((count, _BANDS), np.uint64), np.zeros(count, dtype=bool)
    step = 20_000
    for begin in range(0, count, step):
        chosen = slice(begin, min(begin + step, count))
        lowest = np.full((chosen.stop - begin, _BINS), 0xFFFFFFFF, np.uint32)
        sizes = np.zeros(chosen.stop - begin, np.int64)
        for number, column in enumerate(columns):
            own = sketch(column.slice(begin, step))
            void[chosen] |= own.digests == 0
            digests[chosen] = _mixed(digests[chosen] * np.uint64(_BASE) + own.digests)
            salt = np.uint32(0x9E3779B1 * (number + 1) & 0xFFFFFFFE)
            lowest = np.minimum(lowest, np.where(own.smallest == 0xFFFFFFFF, own.smallest, own.smallest ^ salt))
            sizes = np.maximum(sizes, own.sizes)
        powers = np.uint64(_BASE) ** np.arange(1, _WIDTH + 1, dtype=np.uint64)
        bands = lowest.reshape(-1, _BANDS, _WIDTH).astype(np.uint64)
        keys[chosen] = _mixed((bands * powers).sum(axis=2, dtype=np.uint64) + np.arange(_BANDS, dtype=np.uint64))
        usable[chosen] = sizes >= FEWEST_SHINGLES
    if also is not None:
        digests = _mixed(digests * np.uint64(_BASE) + also.astype(np.uint64))
    return np.where(void, np.uint64(0), digests), keys, usable & ~void


def _same(digests: Hashes) -> tuple[Places, Places]:
    """Rows with the digest of an earlier row, and that row."""
    _, first, own = np.unique(digests, return_index=True, return_inverse=True)
    earlier = first[own]
    later = np.flatnonzero((earlier != np.arange(len(digests))) & (digests != 0))
    return later, earlier[later]


def _neighbours(keys: Hashes, usable: Mask) -> tuple[Places, Places]:
    """Rows with the key of an earlier row, and the row before them and the first one with that key."""
    rows = np.flatnonzero(usable)
    order = rows[np.argsort(keys[rows], kind="stable")]
    again = np.flatnonzero(keys[order[1:]] == keys[order[:-1]]) + 1
    begins = np.ones(len(order), dtype=bool)
    begins[again] = False
    heads = np.flatnonzero(begins)[np.cumsum(begins) - 1] if len(order) else order
    return np.concatenate([order[again]] * 2), np.concatenate([order[again - 1], order[heads[again]]])


def _close(texts: pa.StringArray, one: Places, other: Places) -> Mask:
    """Which pairs of texts share nearly all of their shingles, or have the same normal form."""
    found = np.zeros(len(one), dtype=bool)
    lengths = np.asarray(pc.fill_null(pc.binary_length(texts), 0), dtype=np.int64)
    # As many pairs at a time as have about a piece of text.
    weights = np.cumsum(lengths[one] + lengths[other] + 1)
    parts = np.split(
        np.arange(len(one)), np.searchsorted(weights, np.arange(_PIECE * 4, weights[-1:].sum(), _PIECE * 4))
    )
    for part in parts:
        if not len(part):
            continue
        needed, places = np.unique(np.concatenate([one[part], other[part]]), return_inverse=True)
        digests, hashes, rows = _hashed(_cut(texts.take(pa.array(needed))))
        places = places.reshape(2, -1)
        ordered, rows = _distinct(hashes, rows)
        sizes = np.bincount(rows, minlength=len(needed))
        starts = np.cumsum(sizes) - sizes
        counts = sizes[places]
        owners = np.concatenate([np.repeat(np.arange(len(part)), counts[side]) for side in (0, 1)])
        spots = np.concatenate([_ranges(starts[places[side]], counts[side]) for side in (0, 1)])
        keys = np.sort(owners.astype(np.uint64) << np.uint64(40) | ordered[spots] >> np.uint64(24))
        twice = keys[1:][keys[1:] == keys[:-1]]
        shared = np.bincount((twice >> np.uint64(40)).astype(np.int64), minlength=len(part))
        union = counts.sum(axis=0) - shared
        enough = counts.min(axis=0) >= FEWEST_SHINGLES
        same = digests[places[0]] == digests[places[1]]
        found[part] = same | (enough & (shared >= NEAR * union))
    return found


def _ranges(starts: Places, counts: Places) -> Places:
    """The places of ranges, one after the other."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts) + np.repeat(starts, counts)


def _distinct(hashes: Hashes, rows: Places) -> tuple[Hashes, Places]:
    """The different hashes of each row, and the row of each."""
    order = np.lexsort((hashes, rows))
    hashes, rows = hashes[order], rows[order]
    first = np.ones(len(hashes), dtype=bool)
    first[1:] = (hashes[1:] != hashes[:-1]) | (rows[1:] != rows[:-1])
    return hashes[first], rows[first]


def _cut(texts: pa.StringArray) -> pa.StringArray:
    """The texts, none longer than what is looked at."""
    longest = pc.max(pc.binary_length(texts)).as_py() or 0
    return pc.utf8_slice_codeunits(texts, 0, LONGEST) if longest > LONGEST else texts


def _hashed(texts: pa.StringArray) -> tuple[Hashes, Hashes, Places]:
    """A hash of each text's normal form, the hashes of all shingles, and the text of each shingle."""
    points, places = _normal(texts)
    powers, inverse = _powers(len(points))
    sums = np.zeros(len(points) + 1, np.uint64)
    np.cumsum((points + np.uint32(1)) * powers, out=sums[1:])
    whole = _mixed((sums[places[1:]] - sums[places[:-1]]) * inverse[places[:-1]])
    digests = np.where(places[1:] > places[:-1], whole | np.uint64(1), np.uint64(0))
    words = _words(points, places)
    rows = np.searchsorted(places, words, side="right") - 1
    bounds = np.concatenate([words, [len(points)] * _WORDS])
    ends = np.minimum(bounds[_WORDS : _WORDS + len(words)], places[rows + 1])
    last = bounds[_WORDS - 1 : _WORDS - 1 + len(words)]
    full = last < places[rows + 1]
    begins, ends = words[full], ends[full]
    return digests, _mixed((sums[ends] - sums[begins]) * inverse[begins]), rows[full]


def _normal(texts: pa.StringArray) -> tuple[Points, Places]:
    """Normal forms as code points: NFKC, lower case, no punctuation, one space behind each word."""
    table = _normal_table()
    ended = pc.binary_join_element_wise(pc.fill_null(texts, ""), pa.scalar(" "), "")
    points, places = spread(ended)
    if ((points >= 0x300) & (points <= 0x36F)).any():  # accents that stand beside their letters
        points, places = spread(pc.utf8_normalize(ended, "NFKC"))
    found = table[points]
    unknown = found == _UNKNOWN
    if unknown.any():
        for code in np.unique(points[unknown]).tolist():
            table[code] = _normal_form(code)
        found = table[points]
    spaces = found == _SPACE
    keep = found != _DROPPED
    before = np.ones(len(found), dtype=bool)
    before[1:] = spaces[:-1]
    before[places[:-1][places[:-1] < len(found)]] = True
    return kept(found, places, keep & ~(spaces & before))


def _words(points: Points, places: Places) -> Places:
    """Where words begin; in scripts without spaces every character is one."""
    solid = points != _SPACE
    wide = (points >= 0x0E00) & (
        (points >= 0x2E80) | (points <= 0x0EFF) | ((points >= 0x1000) & (points <= 0x109F)) | (points >> 7 == 0x2F)
    )
    begins = wide.copy()
    begins[1:] |= solid[1:] & (~solid[:-1] | wide[:-1])
    begins[places[:-1][places[:-1] < len(points)]] = True
    return np.flatnonzero(begins & solid)


@lru_cache(maxsize=1)
def _normal_table() -> Points:
    """For each code point its normal form; filled in as characters turn up."""
    return np.full(CODE_POINTS, _UNKNOWN, np.uint32)


def _normal_form(code: int) -> int:
    """The normal form of a character; itself where that is several characters, or another number."""
    char = chr(code)
    form = unicodedata.normalize("NFKC", char).strip().lower() if not 0xD800 <= code <= 0xDFFF else ""
    if not form or all(unicodedata.category(each)[0] == "P" and each not in _TELLING for each in form):
        return _SPACE
    if len(form) > 1 or unicodedata.decomposition(char).startswith(("<super>", "<sub>", "<fraction>")):
        return code
    kind = unicodedata.category(form)
    if kind == "Cf" or 0xFE00 <= code <= 0xFE0F:
        return _DROPPED
    return _SPACE if kind[0] in "ZC" else ord(form)


_TABLES: list[Hashes] = [np.ones(1, np.uint64), np.ones(1, np.uint64)]


def _powers(count: int) -> tuple[Hashes, Hashes]:
    """The powers of the base and of its inverse, modulo 2 to the 64."""
    if len(_TABLES[0]) < count + 1:
        for number, base in enumerate((_BASE, pow(_BASE, -1, 1 << 64))):
            steps = np.full(2 * count + 1, base, np.uint64)
            steps[0] = 1
            _TABLES[number] = np.cumprod(steps, dtype=np.uint64)
    return _TABLES[0][:count], _TABLES[1]


def _mixed(values: Hashes) -> Hashes:
    """Hashes spread over all bits (the finalizer of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
