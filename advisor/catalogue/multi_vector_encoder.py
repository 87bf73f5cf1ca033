"""The losses of multi-vector encoders (late interaction, as in ColBERT)."""

from typing import Final

from advisor.arguments import Plain
from advisor.catalogue import references
from advisor.catalogue.entry import Family, Fit, Loss, Part

_FAMILY: Final[Family] = "multi-vector-encoder"

LOSSES = (
    Loss(
        "MultiVectorMultipleNegativesRankingLoss",
        _FAMILY,
        "Every other document of the batch serves as a negative, compared token by token.",
        {
            "pair": Fit(0.9, "pairs need no labels: the other pairs of the batch are the negatives"),
            "triplet": Fit(0.9, "uses each row's hard negative and, beside it, every other document of the batch"),
            "n-tuple": Fit(0.9, "uses all hard negatives of a row and every other document of the batch"),
        },
        references.COLBERT,
        batch_sampler="no_duplicates",
        batch_size=32,
        learning_rate=1e-5,
    ),
    Loss(
        "CachedMultiVectorMultipleNegativesRankingLoss",
        _FAMILY,
        "In-batch negatives from large batches in little memory: texts go through the model in small batches, twice.",
        {
            "pair": Fit(0.85, "hundreds of negatives an anchor in the memory of a small batch"),
            "triplet": Fit(0.85, "hard negatives and a large batch in little memory, at twice the forward passes"),
            "n-tuple": Fit(0.85, "many hard negatives multiply the batch: this keeps its memory small"),
        },
        references.GRADCACHE,
        batch_sampler="no_duplicates",
        batch_size=256,
        learning_rate=1e-5,
        arguments={"mini_batch_size": Plain(32)},
    ),
    Loss(
        "MultiVectorDistillKLDivLoss",
        _FAMILY,
        "The softmax over a query's documents should equal the teacher's.",
        {
            "triplet-scores": Fit(0.9, "takes the teacher's scores as they are"),
            "n-tuple-scores": Fit(0.9, "takes the teacher's scores as they are, as ColBERTv2 was trained"),
        },
        references.COLBERT_2,
        batch_size=16,
        learning_rate=1e-5,
    ),
    Loss(
        "MultiVectorMarginMSELoss",
        _FAMILY,
        "The margin between positive and negative should equal the teacher's margin.",
        {
            "triplet-margin": Fit(0.9, "made for a teacher's margins"),
            "n-tuple-margins": Fit(0.9, "made for a teacher's margins, one for each negative"),
            "triplet-scores": Fit(0.8, "takes the margins out of the teacher's scores"),
            "n-tuple-scores": Fit(0.8, "takes the margins out of the teacher's scores"),
        },
        references.MARGIN_MSE,
        batch_size=16,
        learning_rate=1e-5,
    ),
)

PARTS: tuple[Part, ...] = ()
