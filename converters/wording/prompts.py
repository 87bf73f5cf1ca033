"""A prompt that all texts of a column begin with: `query: `, `Represent this sentence for retrieval: `."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Share of the texts that begin with a prompt, from which it is one, and how many texts it takes to tell.
_SHARE = 0.9
_FEWEST = 10

#: Texts that a prompt is looked for in, and characters at their beginning.
_LOOKED_AT = 64
_LONGEST = 400

#: What prompts end with. An address ends with something else behind its colon.
_END = r"^(?P<prompt>(?s:.*)(?:[:：][ \t\n]+|\n+|[:：|>\]][ \t]*))"

#: Prompts are no tags of HTML and no tokens: those are found, and mended, for themselves.
_NO_PROMPT = r"^\s*(?:[<\[{]|https?:)"


def shared_prompt(texts: pa.StringArray) -> str | None:
    """What nearly all texts begin with, if it is a prompt; None else."""
    texts = texts.drop_null()
    if len(texts) < _FEWEST:
        return None
    places = np.linspace(0, len(texts) - 1, min(_LOOKED_AT, len(texts))).astype(np.int64)
    some = pc.utf8_slice_codeunits(texts.take(pa.array(places)), 0, _LONGEST).to_pylist()
    prompt = _ended(_majority(some))
    if prompt is None:
        return None
    begins = pc.starts_with(texts, prompt)
    longer = pc.not_equal(pc.utf8_trim_whitespace(texts), prompt.strip())
    share = float(pc.mean(pc.cast(pc.and_(begins, longer), pa.float64())).as_py())
    return prompt if share >= _SHARE else None


def without_prompt(texts: pa.StringArray, prompt: str) -> pa.StringArray:
    """The texts without a prompt at their beginning."""
    begins = pc.starts_with(texts, prompt)
    return pc.if_else(begins, pc.utf8_slice_codeunits(texts, len(prompt)), texts)


def common_beginning(texts: list[str]) -> str:
    """What all of some texts begin with."""
    low, high = min(texts), max(texts)  # all others stand between them
    length = next((place for place, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), len(low))
    return low[:length]


def _majority(texts: list[str]) -> str:
    """The longest beginning that nine in ten texts share: among sorted texts, those stand together."""
    ordered = sorted(texts)
    width = int(np.ceil(_SHARE * len(ordered)))
    shared = (common_beginning(ordered[place : place + width]) for place in range(len(ordered) - width + 1))
    return max(shared, key=len)


def _ended(beginning: str) -> str | None:
    """A shared beginning up to where a prompt ends; None where none does."""
    if pc.match_substring_regex(pa.array([beginning]), _NO_PROMPT)[0].as_py():
        return None
    found = pc.extract_regex(pa.array([beginning]), _END)[0].as_py()
    prompt = found["prompt"] if found else ""
    return prompt if any(char.isalnum() for char in prompt) else None
