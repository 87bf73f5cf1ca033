"""How each loss is written with the functions of `losses.functional`, for the loop in plain PyTorch.

A recipe is the body of `loss_of(model, rows)`: rows are the columns of a batch, each a list. Each gives the very number
that the loss's class gives, which the tests hold; where it cannot, it is not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from advisor.script.pieces import call, clean


@dataclass(frozen=True)
class Recipe:
    """The body of `loss_of`: what is prepared, and the call that ends it.

    Attributes:
        setup: the code before the call.
        function: the function of `losses.functional` that is called.
        given: what it is called with.
        settings: keywords it is called with.
        arguments: which arguments of the class it takes, and what the function calls them.
        others: what else is used of `losses.functional`.
    """

    setup: str
    function: str
    given: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()


#: Arguments of classes that say how to go about it, and change no number.
_IMMATERIAL = frozenset({"mini_batch_size", "num_labels", "embedding_dimension"})

#: Where the function is not to have the argument: it is worked into what it is given.
_INSIDE = ""


def recipe_of(family: str, loss: str, format: str) -> Recipe | None:
    """The recipe of a loss on data of a format; None where it has none."""
    if family == "cross-encoder":
        return _CROSS.get(loss)
    if family == "multi-vector-encoder":
        return _MULTI_VECTOR.get(loss)
    if family == "sparse-encoder":
        return _SPARSE.get(loss)
    if (loss, format) == ("DenoisingAutoEncoderLoss", "single"):
        return None
    return _DENSE.get(loss)


def why_without(loss: str, format: str) -> str:
    """Why a loss has no recipe for data of a format, as the end of a sentence; empty where there is no more to say."""
    if (loss, format) == ("DenoisingAutoEncoderLoss", "single"):
        return ", which would have to damage the texts (converted to damaged-pair they are)"
    reasons = {
        "Cached": ", which embeds a batch in parts",
        "GIST": ", which asks a guide",
        "MegaBatch": ", which looks for its negatives in steps of its own",
        "InBatchNegatives": ", which trains its temperature",
        "Sigmoid": ", which trains its temperature and its bias",
    }
    return next((reason for part, reason in reasons.items() if part in loss), "")


def takes(recipe: Recipe, arguments: Mapping[str, Any]) -> bool:
    """Whether the recipe can take all the arguments that matter."""
    return all(name in recipe.arguments or name in _IMMATERIAL for name in arguments)


def body_of(recipe: Recipe, arguments: Mapping[str, Any]) -> str:
    """The code of a recipe with the arguments that are recommended."""
    more = {recipe.arguments[name]: each.as_code() for name, each in arguments.items() if name in recipe.arguments}
    more.pop(_INSIDE, None)
    end = call("return ", recipe.function, {**recipe.settings, **more}, *recipe.given)
    body = "\n".join(filter(None, [clean(recipe.setup), end]))
    return body.replace("_euclidean_distance", "_cosine_distance") if "distance_metric" in arguments else body


def functions_of(recipe: Recipe, body: str) -> set[str]:
    """What the body imports from `losses.functional`."""
    found = {recipe.function, *recipe.others}
    return {name if name in body else name.replace("_euclidean_distance", "_cosine_distance") for name in found}


_EMBEDDED = "anchors, *documents = [model(rows[name]) for name in TEXTS]\n"
_TWO_EMBEDDED = "first, second = [model(rows[name]) for name in TEXTS]\n"
_LABELS = 'labels = torch.tensor(rows["label"], device=model.device)\n'
_SCORES = 'labels = torch.tensor(rows["score"], device=model.device)\n'
_DOTS = _EMBEDDED + "scores = torch.stack([pairwise_dot_score(anchors, each) for each in documents], 1)\n"
_TEACHER = 'teacher = torch.tensor(rows["scores"], device=model.device)\n'
_MARGINS = """
teacher = torch.tensor(rows[LABEL], device=model.device).reshape(len(scores), -1)
if teacher.shape == scores.shape:  # scores, of which the margins are wanted
    teacher = teacher[:, :1] - teacher[:, 1:]
"""
_TEMPERATURES = {
    "student_temperature": "temperature",
    "teacher_temperature": "teacher_temperature",
}


def _in_batch(function: str, settings: Mapping[str, str] | None = None, others: tuple[str, ...] = ()) -> Recipe:
    return Recipe(_EMBEDDED, function, ("anchors", "documents"), settings or {}, {"scale": "scale"}, others)


def _compared(function: str, similarity: str, labels: str) -> Recipe:
    given = (f"{similarity}(first, second)", "labels")
    return Recipe(_TWO_EMBEDDED + labels, function, given, {}, {"margin": "margin", "scale": "scale"}, (similarity,))


def _by_class(function: str) -> Recipe:
    setup = 'embeddings = model(rows["text"])\n' + _LABELS
    given = ("mutual_euclidean_distance(embeddings)", "labels")
    arguments = {"margin": "margin", "distance_metric": _INSIDE}
    return Recipe(setup, function, given, {}, arguments, ("mutual_euclidean_distance",))


def _teaching(scores: str, *others: str, temperature: str = "1.0") -> dict[str, Recipe]:
    """The two losses that follow a teacher's scores, from the scores of the model."""
    both = {"temperature": temperature, "teacher_temperature": temperature}
    given = ("scores[:, 0]", "scores[:, 1:]", "teacher")
    return {
        "DistillKLDivLoss": Recipe(
            scores + _TEACHER, "distill_kl_div_loss", ("scores", "teacher"), both, _TEMPERATURES, others
        ),
        "MarginMSELoss": Recipe(scores + _MARGINS, "margin_mse_loss", given, {}, {}, others),
    }


def _copied(**settings: str) -> Recipe:
    setup = 'teacher = torch.tensor(rows["label"], device=model.device)\n'
    return Recipe(setup, "embed_distill_loss", ('model(rows["text"])', "teacher"), settings)


_SHARED: Mapping[str, Recipe] = {
    "TripletLoss": Recipe(
        _EMBEDDED
        + "to_positive = paired_euclidean_distance(anchors, documents[0])\n"
        + "to_negative = paired_euclidean_distance(anchors, documents[1])\n",
        "triplet_loss",
        ("to_positive", "to_negative"),
        {},
        {"triplet_margin": "margin", "distance_metric": _INSIDE},
        ("paired_euclidean_distance",),
    ),
    "CoSENTLoss": _compared("cosent_loss", "pairwise_cos_sim", _SCORES),
    "AnglELoss": _compared("cosent_loss", "pairwise_angle_sim", _SCORES),
    "CosineSimilarityLoss": Recipe(_TWO_EMBEDDED + _SCORES, "cosine_similarity_loss", ("first", "second", "labels")),
    **_teaching(_DOTS, "pairwise_dot_score"),
}

_DENSE: Mapping[str, Recipe] = {
    **_SHARED,
    "MultipleNegativesRankingLoss": _in_batch("multiple_negatives_ranking_loss"),
    "MultipleNegativesSymmetricRankingLoss": _in_batch(
        "multiple_negatives_ranking_loss",
        {"directions": '("query_to_doc", "doc_to_query")', "partition_mode": '"per_direction"'},
    ),
    "DebiasedMultipleNegativesRankingLoss": _in_batch("debiased_multiple_negatives_ranking_loss"),
    "SoftmaxLoss": Recipe(_TWO_EMBEDDED + _LABELS, "softmax_loss", ("first", "second", "labels", "model.classifier")),
    "ContrastiveLoss": _compared("contrastive_loss", "paired_cosine_distance", _LABELS),
    "OnlineContrastiveLoss": _compared("online_contrastive_loss", "paired_cosine_distance", _LABELS),
    "BatchAllTripletLoss": _by_class("batch_all_triplet_loss"),
    "BatchHardTripletLoss": _by_class("batch_hard_triplet_loss"),
    "BatchSemiHardTripletLoss": _by_class("batch_semi_hard_triplet_loss"),
    "BatchHardSoftMarginTripletLoss": _by_class("batch_hard_soft_margin_triplet_loss"),
    "SupervisedContrastiveLoss": Recipe(
        'embeddings = model(rows["text"])\n' + _LABELS,
        "supervised_contrastive_loss",
        ("embeddings", "labels"),
        {},
        {"temperature": "temperature"},
    ),
    "MSELoss": _copied(distance='"mse"'),
    "EmbedDistillLoss": _copied(),
    "ContrastiveTensionLoss": Recipe(
        """
texts = rows["text"]
first, second = model(texts, copied=True), model(texts)
# Each text is compared with itself, and with up to seven others of its batch.
others = [second.roll(-i, 0) for i in range(min(8, len(second)))]
scores = torch.stack([pairwise_dot_score(first, each) for each in others])
same = torch.zeros_like(scores)
same[0] = 1
""",
        "contrastive_tension_loss",
        ("scores", "same"),
        others=("pairwise_dot_score",),
    ),
    "DenoisingAutoEncoderLoss": Recipe(
        """
memory = model(rows["damaged"])
tokens = model.tokenized(rows["original"])["input_ids"]
logits = model.decoder(
    input_ids=tokens[:, :-1],
    encoder_hidden_states=memory[:, None],
    encoder_attention_mask=torch.ones_like(tokens[:, :1]),
    use_cache=False,
).logits
wanted = tokens[:, 1:].flatten()
""",
        "cross_entropy_loss",
        ("logits.float().flatten(0, 1)", "wanted"),
        {"ignore_index": "model.tokenizer.pad_token_id"},
        {"tie_encoder_decoder": _INSIDE},
    ),
}

_SPARSE: Mapping[str, Recipe] = {
    **{f"Sparse{name}": recipe for name, recipe in _SHARED.items()},
    "SparseDistillKLDivLoss": _teaching(_DOTS, "pairwise_dot_score", temperature="2.0")["DistillKLDivLoss"],
    "SparseMSELoss": _copied(distance='"mse"'),
    "SparseMultipleNegativesRankingLoss": _in_batch(
        "multiple_negatives_ranking_loss", {"scale": "1.0", "similarity": "dot_score"}, ("dot_score",)
    ),
}

_TWO = "first, second = [rows[name] for name in TEXTS]\n"
_EACH_DOCUMENT = """
queries, *documents = [rows[name] for name in TEXTS]
scores = torch.stack([model(queries, each).squeeze(1) for each in documents], 1)
"""
_LISTED = """
lengths = [len(documents) for documents in rows["documents"]]
pairs = zip(rows["query"], lengths, strict=True)
queries = [query for query, count in pairs for _ in range(count)]
documents = [text for documents in rows["documents"] for text in documents]
scores = model(queries, documents).squeeze(1).split(lengths)
scores = pad_sequence(scores, batch_first=True)
there = pad_sequence([torch.ones(n, dtype=torch.bool) for n in lengths], True)
there = there.to(model.device)
"""
_LIST_LABELS = """
labels = [torch.tensor(each, dtype=scores.dtype) for each in rows["labels"]]
labels = pad_sequence(labels, batch_first=True).to(model.device)
"""


def _listwise(function: str, *, labeled: bool = True) -> Recipe:
    setup = clean(_LISTED) + (f"\n{clean(_LIST_LABELS)}" if labeled else "")
    return Recipe(setup, function, ("scores", "labels") if labeled else ("scores",), {"where": "there"})


_CROSS: Mapping[str, Recipe] = {
    "BinaryCrossEntropyLoss": Recipe(
        _TWO + "labels = torch.tensor(rows[LABEL], dtype=torch.float, device=model.device)\n",
        "binary_cross_entropy_loss",
        ("model(first, second).squeeze(1)", "labels"),
        {},
        {"pos_weight": "pos_weight"},
    ),
    "CrossEntropyLoss": Recipe(_TWO + _LABELS, "cross_entropy_loss", ("model(first, second)", "labels")),
    "MSELoss": Recipe(_TWO + _SCORES, "score_mse_loss", ("model(first, second).squeeze(1)", "labels")),
    "LambdaLoss": _listwise("lambda_loss"),
    "RankNetLoss": _listwise("rank_net_loss"),
    "ListNetLoss": _listwise("list_net_loss"),
    "ListMLELoss": _listwise("list_mle_loss", labeled=False),
    "PListMLELoss": _listwise("plist_mle_loss", labeled=False),
    "ApproxNDCGLoss": _listwise("approx_ndcg_loss"),
    "ADRMSELoss": _listwise("adr_mse_loss"),
    "MultipleNegativesRankingLoss": Recipe(
        """
anchors, *documents = [rows[name] for name in TEXTS]
positives = documents[0]
# The positives of the next rows serve as negatives.
for i in range(1, min(5, len(anchors))):
    documents.append(positives[i:] + positives[:i])
scores = torch.stack([model(anchors, each).squeeze(1) for each in documents], 1)
""",
        "softmax_ranking_loss",
        ("10 * torch.sigmoid(scores)",),
    ),
    "MarginMSELoss": _teaching(_EACH_DOCUMENT)["MarginMSELoss"],
}

_TOKENS = "queries, *documents = [model(rows[name]) for name in TEXTS]\n"
_MAXIMA = _TOKENS + "scores = torch.stack([maxsim_pairwise(queries, each) for each in documents], 1)\n"

_MULTI_VECTOR: Mapping[str, Recipe] = {
    "MultiVectorMultipleNegativesRankingLoss": Recipe(
        _TOKENS
        + "scores = torch.cat([maxsim(queries, each) for each in documents], 1)\n"
        + "own = torch.arange(len(scores), device=model.device)\n",
        "cross_entropy_loss",
        ("scores", "own"),
        {},
        {},
        ("maxsim",),
    ),
    **{f"MultiVector{name}": recipe for name, recipe in _teaching(_MAXIMA, "maxsim_pairwise").items()},
}
