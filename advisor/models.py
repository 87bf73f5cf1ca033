"""What a model says about itself in its small files: no weights are loaded, and no code of it runs.

A model is a folder, or a name on the Hugging Face hub, of which only the small JSON files are fetched. Torch and
transformers stay out of it: `advisor inspect --model` costs a few milliseconds.
"""

import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from advisor.catalogue.entry import Family
from converters.errors import InputError, quote
from converters.sources.network import is_hub_reachable

#: What kind of vectors a sparse encoder makes: over a vocabulary, or over the features of a sparse autoencoder.
SparseKind = Literal["splade", "csr"]

#: Larger than any honest configuration; a file beyond it is not read.
_LARGEST_FILE = 20_000_000

#: A tokenizer without a limit says so with a number like 1e30.
_NO_LIMIT = 1_000_000

#: What sentence-transformers writes under `model_type`.
_TYPES: Mapping[str, Family] = {
    "SentenceTransformer": "sentence-transformer",
    "CrossEncoder": "cross-encoder",
    "SparseEncoder": "sparse-encoder",
    "MultiVectorEncoder": "multi-vector-encoder",
}

#: Transformers that know how far apart two tokens are, not where they stand: what their files name is no limit.
_RELATIVE = frozenset({"deberta-v2", "mt5", "t5", "umt5", "xlnet"})

#: Transformers whose positions count from the one after padding: two of them are for no token.
_OFFSET = frozenset(
    {"camembert", "data2vec-text", "longformer", "mpnet", "roberta", "roberta-prelayernorm", "xlm-roberta"}
)

#: Transformers that read from left to right: what they say about a text stands in its last token.
_DECODERS = frozenset(
    {
        *("bloom", "falcon", "gemma", "gemma2", "gpt2", "gpt_neo", "gpt_neox", "gptj", "granite", "llama", "mistral"),
        *("mixtral", "olmo", "olmo2", "opt", "phi", "phi3", "qwen2", "qwen3", "smollm3", "stablelm"),
    }
)


@dataclass(frozen=True)
class ModelFacts:
    """What is known about a model before it is loaded.

    Attributes:
        name: what the caller called it.
        family: the kind of model it was made to be; None for a plain transformer, from which any can be made.
        architecture: the transformer's type, such as `bert`; empty where the files do not tell.
        hidden_size: width of its token embeddings.
        layers: number of its layers.
        intermediate_size: width inside a layer's feed-forward part.
        vocabulary: number of tokens it knows.
        parameters: number of its parameters; None where no header of its weights is at hand.
        dimension: length of the embeddings that come out; None for a reranker.
        max_seq_length: tokens of a text that it reads (of a pair, for a reranker).
        positions: tokens for which it has positions, special ones included: more of a text cannot be read. None where
            its files name no such limit.
        prompts: what it puts before a text, by name.
        similarity: the similarity that its embeddings are made for.
        num_labels: outputs of a reranker.
        decoder: whether it reads from left to right only.
        masked_head: whether it brings the head that SPLADE needs, which scores every token of the vocabulary.
        sparse: which kind of sparse vectors it makes.
        normalizes: whether its embeddings all have length 1.
        custom_code: whether it needs Python code of its own, which has to be trusted.
        tokenizer_file: the local path of its `tokenizer.json`, which counts tokens without loading the model.
    """

    name: str
    family: Family | None = None
    architecture: str = ""
    hidden_size: int | None = None
    layers: int | None = None
    intermediate_size: int | None = None
    vocabulary: int | None = None
    parameters: int | None = None
    dimension: int | None = None
    max_seq_length: int | None = None
    positions: int | None = None
    prompts: Mapping[str, str] = field(default_factory=dict)
    similarity: str | None = None
    num_labels: int | None = None
    decoder: bool = False
    masked_head: bool = False
    sparse: SparseKind | None = None
    normalizes: bool = False
    custom_code: bool = False
    tokenizer_file: str | None = field(default=None, compare=False)

    @property
    def weight(self) -> int | None:
        """Its number of parameters, counted where they can be, else estimated from its shape."""
        if self.parameters is not None or not (self.hidden_size and self.layers):
            return self.parameters
        inner = self.intermediate_size or 4 * self.hidden_size
        layer = 4 * self.hidden_size**2 + 2 * self.hidden_size * inner
        return self.layers * layer + (self.vocabulary or 0) * self.hidden_size

    def dimension_as(self, family: Family) -> int | None:
        """The length of the embeddings of what is made of it; None where that is not known before it is made."""
        if family in (self.family, "sentence-transformer"):
            return self.dimension
        return self.vocabulary if family == "sparse-encoder" and self.family is None and self.masked_head else None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        shown = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "tokenizer_file"}
        return {**shown, "prompts": dict(self.prompts)}


def describe(name: str) -> ModelFacts:
    """Reads what a model says about itself.

    Args:
        name: the path of a folder, or a name on the hub. Of a model on the hub the small files are taken from the
            cache or fetched.

    Raises:
        InputError: there is no such model, the hub cannot be reached, or a file of it cannot be read.
    """
    if not name.strip() or not name.isprintable():
        raise InputError(f"{quote(name)} is no name of a model: give one of the hub, or the path of a folder")
    files = _files_of(name)
    config = files.mapping("config.json")
    modules = files.modules()
    if not config and not modules:
        raise InputError(f"{quote(name, 200)} holds no model: neither config.json nor modules.json is there")
    return _facts(name, files, config, modules)


def refuse_too_long(model: str | ModelFacts, max_length: int | None) -> None:
    """Refuses a greatest length beyond the positions of a model, which ends a training; generated scripts call this.

    Args:
        model: the model, or its name. One that cannot be looked at has no limit that is known.
        max_length: tokens after which texts are cut off; None where nothing is asked for.

    Raises:
        InputError: the model cannot read that much.
    """
    if isinstance(model, str):
        try:
            model = describe(model)
        except InputError:
            return
    if max_length is not None and model.positions is not None and max_length > model.positions:
        raise InputError(
            f"the model {quote(model.name, 200)} reads {model.positions:,} tokens at most, and the greatest length is "
            f"to be {max_length:,}: name {model.positions} or less"
        )


def _facts(name: str, files: "_Files", config: Mapping[str, Any], modules: "list[_Module]") -> ModelFacts:
    own = files.mapping("config_sentence_transformers.json")
    nested = config.get("text_config")
    text = nested if isinstance(nested, dict) and not _number(config, "hidden_size", "dim", "d_model") else config
    architectures = [str(each) for each in _list(config.get("architectures"))]
    kinds = [each.kind for each in modules]
    family = _family(name, architectures, own, kinds)
    sparse: SparseKind | None = None
    if family == "sparse-encoder":
        sparse = "csr" if "SparseAutoEncoder" in kinds else "splade"
    hidden = _number(text, "hidden_size", "dim", "d_model", "n_embd")
    kind = str(text.get("model_type") or config.get("model_type") or "")
    vocabulary = _number(text, "vocab_size")
    prompts = {str(key): value for key, value in _mapping(own.get("prompts")).items() if isinstance(value, str)}
    return ModelFacts(
        name=name,
        family=family,
        architecture=kind,
        hidden_size=hidden,
        layers=_number(text, "num_hidden_layers", "n_layers", "num_layers", "n_layer"),
        intermediate_size=_number(text, "intermediate_size", "hidden_dim", "d_ff", "n_inner"),
        vocabulary=vocabulary,
        parameters=files.parameters(),
        dimension=None if family == "cross-encoder" else _dimension(files, modules, sparse, hidden, vocabulary),
        max_seq_length=_max_length(files, own, text, modules),
        positions=_limit(kind, text),
        prompts={key: value for key, value in prompts.items() if value},
        similarity=own.get("similarity_fn_name") if isinstance(own.get("similarity_fn_name"), str) else None,
        num_labels=_num_labels(config, family),
        decoder=_is_decoder(architectures, kind, text),
        masked_head=any(each.endswith("ForMaskedLM") for each in architectures),
        sparse=sparse,
        normalizes="Normalize" in kinds,
        custom_code=bool(config.get("auto_map")) or any(each.foreign for each in modules),
        tokenizer_file=_tokenizer_file(files, modules),
    )


def _tokenizer_file(files: "_Files", modules: "list[_Module]") -> str | None:
    """Beside the configuration, or in the folder of the transformer, which comes first."""
    found = files.find("tokenizer.json")
    if found is None and modules and modules[0].path:
        found = files.find(f"{modules[0].path}/tokenizer.json")
    return str(found) if found is not None else None


def _family(name: str, architectures: list[str], own: Mapping[str, Any], kinds: list[str]) -> Family | None:
    """Which kind of model it is: by what it says, by its modules, by its head, by its name; in this order."""
    said = _TYPES.get(str(own.get("model_type")))
    if said is not None:
        return said
    if {"SpladePooling", "SparseAutoEncoder", "SparseStaticEmbedding"} & set(kinds):
        return "sparse-encoder"
    if "HF_ColBERT" in architectures or "MultiVectorMask" in kinds or "query_prefix" in own:  # the last is PyLate's
        return "multi-vector-encoder"
    if kinds and any(each in kinds for each in ("Pooling", "StaticEmbedding", "WordEmbeddings", "CLIPModel", "BoW")):
        return "sentence-transformer"
    if any(each.endswith("ForSequenceClassification") for each in architectures):
        return "cross-encoder"
    if any(each.endswith("ForMaskedLM") for each in architectures) and "splade" in name.lower():
        return "sparse-encoder"
    return "sentence-transformer" if kinds else None


def _is_decoder(architectures: list[str], kind: str, config: Mapping[str, Any]) -> bool:
    if config.get("use_bidirectional_attention") or config.get("is_causal") is False:
        return False
    return kind in _DECODERS or any(each.endswith("ForCausalLM") for each in architectures)


def _num_labels(config: Mapping[str, Any], family: Family | None) -> int | None:
    if family != "cross-encoder":
        return None
    names = config.get("id2label")
    return len(names) if isinstance(names, dict) and names else _number(config, "num_labels") or 2


def _dimension(
    files: "_Files",
    modules: "list[_Module]",
    sparse: SparseKind | None,
    hidden: int | None,
    vocabulary: int | None,
) -> int | None:
    """What comes out of the last module that changes the width."""
    if sparse == "splade":
        return vocabulary
    width = hidden
    for each in modules:
        own = files.mapping(f"{each.path}/config.json") if each.path else {}
        if each.kind == "Pooling":
            width = _number(own, "embedding_dimension", "word_embedding_dimension") or width
            modes = [key for key, value in own.items() if key.startswith("pooling_mode_") and value is True]
            width = width * len(modes) if width and len(modes) > 1 else width
        elif each.kind in ("Dense", "SparseAutoEncoder"):
            width = _number(own, "out_features", "hidden_dim") or width
    return width


def _max_length(
    files: "_Files", own: Mapping[str, Any], config: Mapping[str, Any], modules: "list[_Module]"
) -> int | None:
    """How much is read: what the model was set to, else the least of what its tokenizer and its positions allow."""
    transformer = next((each.path for each in modules if each.kind in ("Transformer", "MLMTransformer")), "")
    for name in ("sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json"):
        found = _number(files.mapping(f"{transformer}/{name}" if transformer else name), "max_seq_length")
        if found:
            return found
    said = _number(own, "document_length")  # PyLate's
    if said:
        return said
    tokenizer = _number(files.mapping("tokenizer_config.json"), "model_max_length")
    known = [each for each in (tokenizer, _positions(config)) if each and each < _NO_LIMIT]
    return min(known) if known else None


def _positions(config: Mapping[str, Any]) -> int | None:
    """For how many tokens the configuration has positions."""
    positions = _number(config, "max_position_embeddings", "n_positions")
    return positions - 2 if positions and config.get("model_type") in _OFFSET else positions


def _limit(kind: str, config: Mapping[str, Any]) -> int | None:
    """How many tokens can be read at all; None where positions are relative or stretched beyond it."""
    rotary = _mapping(config.get("rope_scaling") or config.get("rope_parameters"))
    if kind in _RELATIVE or config.get("position_embedding_type") == "alibi" or "factor" in rotary:
        return None
    return _positions(config)


# -- where the files are ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Module:
    """A row of `modules.json`: the class's own name, its folder, and whether its code comes with the model."""

    kind: str
    path: str
    foreign: bool


class _Files:
    """The small files of a model in a folder."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder

    def find(self, path: str) -> Path | None:
        """The local path of a file of the model, or None."""
        found = self.folder / path
        return found if found.is_file() else None

    def weights(self) -> Iterable[Path]:
        """The files with the weights, as far as they are at hand."""
        whole = self.folder / "model.safetensors"
        return [whole] if whole.is_file() else sorted(self.folder.glob("model-*.safetensors"))

    def mapping(self, path: str) -> dict[str, Any]:
        """A JSON file that holds an object; empty where it is not there."""
        value = self._json(path)
        return value if isinstance(value, dict) else {}

    def modules(self) -> list[_Module]:
        """The modules of a model of sentence-transformers; none for a plain transformer."""
        value, found = self._json("modules.json"), []
        for each in value if isinstance(value, list) else []:
            kind, path = str(_mapping(each).get("type", "")), str(_mapping(each).get("path", ""))
            inside = not path or (not path.startswith("/") and ".." not in PurePosixPath(path).parts)
            known = kind.startswith(("sentence_transformers.", "pylate."))
            found.append(_Module(kind.rsplit(".", 1)[-1], path if inside else "", not known))
        return found

    def parameters(self) -> int | None:
        """The number of parameters, from the headers of the weights."""
        counts = [_counted(path) for path in self.weights()]
        return sum(each for each in counts if each) if counts and all(counts) else None

    def _json(self, path: str) -> Any:
        found = self.find(path)
        if found is None:
            return None
        try:
            if found.stat().st_size > _LARGEST_FILE:
                raise InputError(f"{quote(path)} of the model {quote(self.name, 200)} is too large to be what it says")
            return json.loads(found.read_bytes())
        except (ValueError, RecursionError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"{quote(path)} of the model {quote(self.name, 200)} is no JSON: fetch it anew") from error
        except OSError as error:
            reason = error.strerror or error
            raise InputError(
                f"{quote(path)} of the model {quote(self.name, 200)} cannot be read: {quote(reason, 160)}"
            ) from error


class _HubFiles(_Files):
    """The small files of a model on the hub: from the cache, else fetched."""

    def __init__(self, name: str, repository: str) -> None:
        super().__init__(name, Path(repository))
        self.repository = repository

    def find(self, path: str) -> Path | None:
        """The local path of a file of the model, or None."""
        return _from_hub(self.repository, path)

    def weights(self) -> Iterable[Path]:
        """The weights, if they are in the cache already: they are never fetched."""
        from huggingface_hub import try_to_load_from_cache

        found = try_to_load_from_cache(self.repository, "model.safetensors")
        return [Path(found)] if isinstance(found, str) else []


def _files_of(name: str) -> _Files:
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _Files(name, folder)
    if folder.exists():
        raise InputError(f"{quote(name, 200)} is a file: a model is a folder, or a name on the hub")
    if name.startswith(("/", ".", "~")) or name.count("/") > 1:
        raise InputError(f"there is no folder {quote(name, 200)}: give the path of a model, or its name on the hub")
    # A bare name belongs to sentence-transformers first, as its own loading has it.
    names = [name] if "/" in name else [f"sentence-transformers/{name}", f"cross-encoder/{name}", name]
    for repository in names:
        for path in ("config.json", "modules.json"):
            if _from_hub(repository, path) is not None:
                return _HubFiles(name, repository)
    if not is_hub_reachable():
        raise InputError(
            f"there is no folder {quote(name, 200)}, and the hub cannot be reached: give the path of a folder, "
            "or fetch the model first"
        )
    raise InputError(f"the hub has no model {quote(name, 200)} that you may read, and no folder has that name")


@lru_cache(maxsize=1024)
def _from_hub(repository: str, path: str) -> Path | None:
    """A small file of a repository; None where it is not there, or the hub cannot be reached."""
    from huggingface_hub import hf_hub_download, try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        known = try_to_load_from_cache(repository, path)
        if isinstance(known, str):
            return Path(known)
        return Path(hf_hub_download(repository, path)) if is_hub_reachable() else None
    except HFValidationError as error:
        raise InputError(
            f"{quote(repository, 200)} can be no name of a model on the hub: check its spelling"
        ) from error
    except Exception:  # not there, not allowed, offline: many classes, of several libraries, and all mean the same
        return None


def _counted(path: Path) -> int | None:
    """The number of parameters in a safetensors file: the sizes stand in its header."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > _LARGEST_FILE:
                return None
            header = json.loads(file.read(length))
        total = 0
        for name, each in header.items():
            if name != "__metadata__":
                count = 1
                for size in each["shape"]:
                    count *= int(size)
                total += count
        return total
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, struct.error):
        return None  # what is estimated instead is good enough


# -- JSON that may hold anything -------------------------------------------------------------------------------------


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(config: Mapping[str, Any], *names: str) -> int | None:
    """The first of these entries that is a positive number."""
    for name in names:
        value = config.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e15:
            return int(value)
    return None
