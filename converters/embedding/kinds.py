"""What kind of model a folder or a name on the hub stands for, by the small files that say so."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from converters.errors import InputError, quote

#: Classes of sentence-transformers; "" for a plain transformer, from which any of them can be made.
Kind = Literal["SentenceTransformer", "SparseEncoder", "CrossEncoder", "MultiVectorEncoder", ""]

_KINDS: tuple[Kind, ...] = ("SentenceTransformer", "SparseEncoder", "CrossEncoder", "MultiVectorEncoder")
_SPARSE_MODULES = {"SpladePooling", "SparseAutoEncoder", "SparseStaticEmbedding"}
#: Larger than any honest configuration; a file beyond it is not read.
_LARGEST_FILE = 20_000_000


def kind_of(name: str, *, local: bool) -> Kind | None:
    """What a model was made to be; None where there is no file that could tell.

    Args:
        name: the path of a folder, or a repository of the hub.
        local: whether to look into the hub's cache on this machine only, and fetch nothing.
    """
    own = _mapping(_content(name, "config_sentence_transformers.json", local))
    for kind in _KINDS:
        if own.get("model_type") == kind:
            return kind
    listed = _content(name, "modules.json", local)
    listed = listed if isinstance(listed, list) else []
    modules = {str(each.get("type")).rpartition(".")[2] for each in listed if isinstance(each, dict)}
    if modules & _SPARSE_MODULES:
        return "SparseEncoder"
    if modules:
        return "MultiVectorEncoder" if "MultiVectorMask" in modules else "SentenceTransformer"
    config = _mapping(_content(name, "config.json", local))
    heads = config.get("architectures")
    heads = [str(each) for each in heads] if isinstance(heads, list) else []
    if any(each.endswith("ForSequenceClassification") for each in heads):
        return "CrossEncoder"
    if any(each.endswith("ForMaskedLM") for each in heads) and "splade" in name.lower():
        return "SparseEncoder"
    return "" if config else None


def check_embeds(kind: Kind | None, name: str) -> None:
    """Makes sure that a kind of model gives one vector for a text.

    Raises:
        InputError: it does not.
    """
    if kind == "CrossEncoder":
        raise InputError(
            f"model {quote(name)} is a cross-encoder, which scores pairs and embeds nothing: give it as cross_encoder "
            "(--cross-encoder), and as model one that embeds, or 'lsa'"
        )
    if kind == "MultiVectorEncoder":
        raise InputError(
            f"model {quote(name)} gives several vectors for a text, and mining searches with one: pass a "
            "sentence-transformers model or a sparse encoder, or 'lsa'"
        )


def check_scores_pairs(kind: Kind | None, name: str) -> None:
    """Makes sure that a kind of model scores pairs of texts.

    Raises:
        InputError: it does not.
    """
    if kind not in ("CrossEncoder", None):
        what = f"made to be a {kind}" if kind else "a plain transformer, whose scores would be random"
        raise InputError(
            f"cross_encoder {quote(name)} is no cross-encoder but {what}: pass one that was trained to score pairs, "
            "such as cross-encoder/ms-marco-MiniLM-L6-v2"
        )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _content(name: str, file: str, local: bool) -> Any:
    """The content of a file of JSON; None where there is none, or it is damaged, which loading will tell."""
    try:
        folder = Path(name).expanduser()
        if folder.is_dir():
            path = folder / file
        else:
            from huggingface_hub import hf_hub_download

            path = Path(hf_hub_download(name, file, local_files_only=local))
        if path.stat().st_size > _LARGEST_FILE:
            return None
        return json.loads(path.read_text(encoding="utf-8"))
    except Exception:  # missing, offline, no name of the hub, no JSON
        return None
