"""The loss table, declared once: which loss of which family takes which format, with what, and why.

The rule engine, the command line, the documentation and the tests all read this table and nothing else. A loss is in
it if and only if it can be imported from `losses`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from advisor.arguments import Argument, OfModel, Plain

Family = Literal["sentence-transformer", "cross-encoder", "sparse-encoder", "multi-vector-encoder"]
FAMILIES: tuple[Family, ...] = get_args(Family)

#: Where the losses of a family live.
MODULES: Mapping[Family, str] = {family: "losses." + family.replace("-", "_") for family in FAMILIES}


@dataclass(frozen=True)
class Fit:
    """How well a loss suits a format.

    Attributes:
        preference: 0 to 1, before anything is known about the data but its format. Only the order counts.
        reason: why, in a sentence.
    """

    preference: float
    reason: str


@dataclass(frozen=True)
class Loss:
    """A row of the table.

    Attributes:
        name: the class's name.
        family: which kind of model it trains.
        summary: what it does, in a sentence.
        formats: the formats that it takes, with how well it suits each.
        outputs: how many outputs a cross-encoder needs: 1, or one for each class; None for encoders.
        batch_sampler: value of the trainer's argument of that name.
        batch_size: value of `per_device_train_batch_size` to start from.
        learning_rate: a learning rate to start from.
        arguments: arguments beside the model, where the defaults do not do.
        wrapper: name of the loss that this one has to be wrapped in, if any.
        wrapper_arguments: arguments of the wrapper beside the model and the wrapped loss.
        reference: title and address of the paper or page it comes from.
    """

    name: str
    family: Family
    summary: str
    formats: Mapping[str, Fit]
    reference: tuple[str, str]
    outputs: Literal["one", "classes"] | None = None
    batch_sampler: str = "batch_sampler"
    batch_size: int = 32
    learning_rate: float = 2e-5
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    wrapper: str | None = None
    wrapper_arguments: Mapping[str, Argument] = field(default_factory=dict)

    @property
    def module(self) -> str:
        """Where it is imported from."""
        return MODULES[self.family]

    @property
    def imports(self) -> str:
        """The line that imports it, with its wrapper where it has one."""
        return f"from {self.module} import {', '.join(filter(None, [self.name, self.wrapper]))}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        shown = {
            "loss": self.name,
            "family": self.family,
            "summary": self.summary,
            "import": self.imports,
            "formats": {name: fit.reason for name, fit in self.formats.items()},
            "outputs": self.outputs,
            "arguments": {name: each.as_json() for name, each in self.arguments.items()},
            "trainer": self.trainer,
            "reference": {"title": self.reference[0], "url": self.reference[1]},
        }
        if self.wrapper:
            around = {name: each.as_json() for name, each in self.wrapper_arguments.items()}
            shown["wrapper"] = {"loss": self.wrapper, "arguments": around}
        return shown

    @property
    def settings(self) -> dict[str, str]:
        """Arguments and training arguments to start from, as code."""
        arguments = {name: each.as_code() for name, each in self.arguments.items()}
        return arguments | {name: repr(value) for name, value in self.trainer.items()}

    @property
    def wrapping(self) -> str | None:
        """The wrapper with its arguments, as code; None where there is none."""
        if self.wrapper is None:
            return None
        return (
            f"{self.wrapper}({', '.join(f'{name}={each.as_code()}' for name, each in self.wrapper_arguments.items())})"
        )

    @property
    def trainer(self) -> dict[str, Any]:
        """Training arguments to start from."""
        return {
            "batch_sampler": self.batch_sampler,
            "per_device_train_batch_size": self.batch_size,
            "learning_rate": self.learning_rate,
        }


_INFONCE = ("Representation Learning with Contrastive Predictive Coding", "https://arxiv.org/abs/1807.03748")
_SBERT = ("Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks", "https://arxiv.org/abs/1908.10084")
_CONTRASTIVE = (
    "Dimensionality Reduction by Learning an Invariant Mapping",
    "http://yann.lecun.com/exdb/publis/pdf/hadsell-chopra-lecun-06.pdf",
)

_TABLE = (
    Loss(
        "MultipleNegativesRankingLoss",
        "sentence-transformer",
        "Every other document of the batch serves as a negative: the anchor must rank its own positive first.",
        {
            "pair": Fit(0.9, "pairs need no labels: the other pairs of the batch are the negatives"),
            "triplet": Fit(0.9, "uses each row's hard negative and, beside it, every other document of the batch"),
            "n-tuple": Fit(0.9, "uses all hard negatives of a row and every other document of the batch"),
        },
        _INFONCE,
        batch_sampler="no_duplicates",
        batch_size=64,
    ),
    Loss(
        "TripletLoss",
        "sentence-transformer",
        "The negative must be further from the anchor than the positive, by a margin.",
        {
            "triplet": Fit(
                0.4, "looks at one negative a row only; worth a try where other rows' positives may also be right"
            )
        },
        _SBERT,
    ),
    Loss(
        "CoSENTLoss",
        "sentence-transformer",
        "Pairs with a higher score must be more similar than pairs with a lower one, over all pairs of the batch.",
        {"pair-score": Fit(0.9, "learns the order of the scores, which is what Spearman's correlation measures")},
        ("CoSENT: a supervised sentence embedding scheme (in Chinese)", "https://kexue.fm/archives/8847"),
    ),
    Loss(
        "CosineSimilarityLoss",
        "sentence-transformer",
        "The cosine similarity of a pair should equal its score.",
        {"pair-score": Fit(0.6, "fits the scores' very values; choose it when you will threshold the cosine")},
        _SBERT,
    ),
    Loss(
        "SoftmaxLoss",
        "sentence-transformer",
        "A classifier on both embeddings and their difference predicts the class of the pair.",
        {"pair-class": Fit(0.5, "takes classes of pairs as they are")},
        _SBERT,
        arguments={"embedding_dimension": OfModel("get_embedding_dimension")},
    ),
    Loss(
        "OnlineContrastiveLoss",
        "sentence-transformer",
        "Pulls together the positives and pushes apart the negatives that are hard in the batch, ignoring the rest.",
        {"labeled-pair": Fit(0.8, "takes pairs labeled 1 and 0 and spends the batch on the hard ones")},
        _CONTRASTIVE,
    ),
    Loss(
        "ContrastiveLoss",
        "sentence-transformer",
        "Pulls positives together and pushes negatives apart until they are a margin away.",
        {"labeled-pair": Fit(0.6, "takes pairs labeled 1 and 0, and counts all of them")},
        _CONTRASTIVE,
    ),
    Loss(
        "BatchAllTripletLoss",
        "sentence-transformer",
        "All valid triplets that the classes of a batch allow: two texts of one class, one of another.",
        {"single-class": Fit(0.8, "makes its triplets from the classes, so single texts are enough")},
        ("In Defense of the Triplet Loss for Person Re-Identification", "https://arxiv.org/abs/1703.07737"),
        batch_sampler="group_by_label",
        batch_size=64,
    ),
    Loss(
        "BinaryCrossEntropyLoss",
        "cross-encoder",
        "The model's one output is the log odds that the pair belongs together.",
        {
            "labeled-pair": Fit(0.9, "one output, trained to tell 1 from 0; hard to beat on labeled pairs"),
            "pair-score": Fit(0.8, "scores between 0 and 1 serve as probabilities"),
        },
        (
            "Sentence Transformers, cross-encoder losses",
            "https://sbert.net/docs/package_reference/cross_encoder/losses.html",
        ),
        outputs="one",
    ),
    Loss(
        "CrossEntropyLoss",
        "cross-encoder",
        "The model has an output for each class and predicts the class of the pair.",
        {"pair-class": Fit(0.9, "reads both texts together and predicts their class")},
        (
            "Sentence Transformers, cross-encoder losses",
            "https://sbert.net/docs/package_reference/cross_encoder/losses.html",
        ),
        outputs="classes",
    ),
    Loss(
        "LambdaLoss",
        "cross-encoder",
        "Weighs each pair of documents by what swapping them would change in NDCG.",
        {"labeled-list": Fit(0.9, "sees a query's whole list and optimises the ranking metric itself, graded or not")},
        (
            "The LambdaLoss Framework for Ranking Metric Optimization",
            "https://marc.najork.org/papers/cikm2018.pdf",
        ),
        outputs="one",
        batch_size=8,
        arguments={"mini_batch_size": Plain(16)},
    ),
    Loss(
        "MultipleNegativesRankingLoss",
        "cross-encoder",
        "The pair must score higher than the query with documents drawn from the rest of the batch.",
        {
            "pair": Fit(0.6, "pairs need no labels: documents of the rest of the batch are the negatives"),
            "triplet": Fit(0.7, "uses each row's hard negative and some of the rest of the batch"),
            "n-tuple": Fit(0.7, "uses a row's hard negatives and some of the rest of the batch"),
        },
        _INFONCE,
        outputs="one",
        batch_sampler="no_duplicates",
        batch_size=16,
    ),
    Loss(
        "SparseMultipleNegativesRankingLoss",
        "sparse-encoder",
        "Every other document of the batch serves as a negative, compared by dot product of sparse vectors.",
        {
            "pair": Fit(0.9, "pairs need no labels: the other pairs of the batch are the negatives"),
            "triplet": Fit(0.9, "uses each row's hard negative and, beside it, every other document of the batch"),
            "n-tuple": Fit(0.9, "uses all hard negatives of a row and every other document of the batch"),
        },
        ("SPLADE v2: Sparse Lexical and Expansion Model for Information Retrieval", "https://arxiv.org/abs/2109.10086"),
        batch_sampler="no_duplicates",
        batch_size=32,
        wrapper="SpladeLoss",
        wrapper_arguments={"document_regularizer_weight": Plain(3e-5), "query_regularizer_weight": Plain(5e-5)},
    ),
)

#: Losses that are never recommended by themselves: wrappers and regularizers of others.
PARTS: Mapping[str, Family] = {"SpladeLoss": "sparse-encoder", "FlopsLoss": "sparse-encoder"}

LOSSES: Mapping[tuple[Family, str], Loss] = {(each.family, each.name): each for each in _TABLE}


def losses_for(format_name: str, family: Family) -> list[Loss]:
    """The losses of a family that take a format, best fit first."""
    fitting = [each for each in LOSSES.values() if each.family == family and format_name in each.formats]
    return sorted(fitting, key=lambda each: -each.formats[format_name].preference)
