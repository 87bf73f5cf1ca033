"""The losses of rerankers."""

from typing import Final

from advisor.arguments import Plain
from advisor.catalogue import references
from advisor.catalogue.entry import Family, Fit, Loss, Part

_FAMILY: Final[Family] = "cross-encoder"

#: Documents of lists that go through the model at a time.
_CHUNKS = {"mini_batch_size": Plain(16)}

LOSSES = (
    Loss(
        "BinaryCrossEntropyLoss",
        _FAMILY,
        "The model's one output is the log odds that the pair belongs together.",
        {
            "labeled-pair": Fit(0.9, "one output, trained to tell 1 from 0; hard to beat on labeled pairs"),
            "pair-score": Fit(0.8, "scores between 0 and 1 serve as probabilities"),
        },
        references.CROSS_ENCODERS,
        outputs="one",
    ),
    Loss(
        "CrossEntropyLoss",
        _FAMILY,
        "The model has an output for each class and predicts the class of the pair.",
        {"pair-class": Fit(0.9, "reads both texts together and predicts their class")},
        references.CROSS_ENCODERS,
        outputs="classes",
    ),
    Loss(
        "MSELoss",
        _FAMILY,
        "The model's output should equal a teacher's score of the pair.",
        {"pair-score": Fit(0.6, "copies scores as they are, also logits outside of 0 to 1")},
        references.MARGIN_MSE,
        outputs="one",
    ),
    Loss(
        "LambdaLoss",
        _FAMILY,
        "Weighs each pair of documents by what swapping them would change in NDCG.",
        {"labeled-list": Fit(0.9, "sees a query's whole list and optimises the ranking metric itself, graded or not")},
        references.LAMBDA_LOSS,
        outputs="one",
        batch_size=8,
        arguments=_CHUNKS,
    ),
    Loss(
        "PListMLELoss",
        _FAMILY,
        "The likelihood of the ideal order, the top of the list weighing most.",
        {"labeled-list": Fit(0.8, "sees a query's whole list and cares most for its top")},
        references.PLIST_MLE,
        outputs="one",
        batch_size=8,
        arguments=_CHUNKS,
    ),
    Loss(
        "ListNetLoss",
        _FAMILY,
        "The softmax over a query's documents should equal that of their labels.",
        {"labeled-list": Fit(0.75, "a softmax over each list: simple, fast and steady")},
        references.LIST_NET,
        outputs="one",
        batch_size=8,
        arguments=_CHUNKS,
    ),
    Loss(
        "RankNetLoss",
        _FAMILY,
        "Each pair of documents in a list should be in the right order, all pairs alike.",
        {"labeled-list": Fit(0.7, "counts every pair of documents that stands the wrong way round")},
        references.RANK_NET,
        outputs="one",
        batch_size=8,
        arguments=_CHUNKS,
    ),
    Loss(
        "ListMLELoss",
        _FAMILY,
        "The likelihood of the ideal order of a list.",
        {"labeled-list": Fit(0.65, "wants the whole order right, the bottom of the list as much as the top")},
        references.LIST_MLE,
        outputs="one",
        batch_size=8,
        arguments=_CHUNKS,
    ),
    Loss(
        "ApproxNDCGLoss",
        _FAMILY,
        "NDCG itself, with ranks smoothed so that they have a gradient.",
        {"labeled-list": Fit(0.6, "optimises a smooth NDCG directly; wants a model that ranks reasonably already")},
        references.APPROX_NDCG,
        outputs="one",
        batch_size=8,
        arguments=_CHUNKS,
        own=True,
    ),
    Loss(
        "ADRMSELoss",
        _FAMILY,
        "The smoothed rank of each document should equal its rank by label.",
        {"labeled-list": Fit(0.55, "copies a ranking, as of a large language model; ties teach it little")},
        references.RANK_DISTILLM,
        outputs="one",
        batch_size=8,
        arguments=_CHUNKS,
    ),
    Loss(
        "MultipleNegativesRankingLoss",
        _FAMILY,
        "The pair must score higher than the query with documents drawn from the rest of the batch.",
        {
            "pair": Fit(0.6, "pairs need no labels: documents of the rest of the batch are the negatives"),
            "triplet": Fit(0.7, "uses each row's hard negative and some of the rest of the batch"),
            "n-tuple": Fit(0.7, "uses a row's hard negatives and some of the rest of the batch"),
        },
        references.INFONCE,
        outputs="one",
        batch_sampler="no_duplicates",
        batch_size=16,
    ),
    Loss(
        "CachedMultipleNegativesRankingLoss",
        _FAMILY,
        "Drawn in-batch negatives from large batches in little memory: pairs go through the model in small batches.",
        {
            "pair": Fit(0.55, "more negatives a query in the memory of a small batch, at twice the forward passes"),
            "triplet": Fit(0.65, "hard negatives and a larger batch in little memory, at twice the forward passes"),
            "n-tuple": Fit(0.65, "hard negatives and a larger batch in little memory, at twice the forward passes"),
        },
        references.GRADCACHE,
        outputs="one",
        batch_sampler="no_duplicates",
        batch_size=64,
        arguments={"mini_batch_size": Plain(16)},
    ),
    Loss(
        "MarginMSELoss",
        _FAMILY,
        "The margin between positive and negative should equal the teacher's margin.",
        {
            "triplet-margin": Fit(0.9, "made for a teacher's margins"),
            "n-tuple-margins": Fit(0.9, "made for a teacher's margins, one for each negative"),
            "triplet-scores": Fit(0.9, "takes the margins out of the teacher's scores"),
            "n-tuple-scores": Fit(0.9, "takes the margins out of the teacher's scores"),
        },
        references.MARGIN_MSE,
        outputs="one",
        batch_size=16,
    ),
)

PARTS: tuple[Part, ...] = ()
