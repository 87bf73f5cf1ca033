"""The losses of sparse encoders."""

from typing import Final

from advisor.arguments import CopyOfModel, Plain
from advisor.catalogue import references
from advisor.catalogue.entry import Family, Fit, Loss, Part

_FAMILY: Final[Family] = "sparse-encoder"

#: What the recommended wrapper starts from.
_WEIGHTS = {"document_regularizer_weight": Plain(3e-5), "query_regularizer_weight": Plain(5e-5)}

LOSSES = (
    Loss(
        "SparseMultipleNegativesRankingLoss",
        _FAMILY,
        "Every other document of the batch serves as a negative, compared by dot product of sparse vectors.",
        {
            "pair": Fit(0.9, "pairs need no labels: the other pairs of the batch are the negatives"),
            "triplet": Fit(0.9, "uses each row's hard negative and, beside it, every other document of the batch"),
            "n-tuple": Fit(0.9, "uses all hard negatives of a row and every other document of the batch"),
        },
        references.SPLADE_2,
        batch_sampler="no_duplicates",
        batch_size=32,
        wrapper="SpladeLoss",
        wrapper_arguments=_WEIGHTS,
    ),
    Loss(
        "SparseCachedMultipleNegativesRankingLoss",
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
        arguments={"mini_batch_size": Plain(16)},
        wrapper="SpladeLoss",
        wrapper_arguments=_WEIGHTS,
        own=True,
    ),
    Loss(
        "SparseGISTEmbedLoss",
        _FAMILY,
        "In-batch negatives, less those that a guide model finds closer to the anchor than its positive.",
        {
            "pair": Fit(0.7, "a guide drops in-batch negatives that are likely positives; give it a strong one"),
            "triplet": Fit(0.7, "a guide drops hard negatives that are likely positives; give it a strong one"),
            "n-tuple": Fit(0.7, "a guide drops hard negatives that are likely positives; give it a strong one"),
        },
        references.GIST,
        batch_sampler="no_duplicates",
        batch_size=32,
        arguments={"guide": CopyOfModel()},
        wrapper="SpladeLoss",
        wrapper_arguments=_WEIGHTS,
        own=True,
    ),
    Loss(
        "SparseCachedGISTEmbedLoss",
        _FAMILY,
        "Guided in-batch negatives from large batches in little memory.",
        {
            "pair": Fit(0.65, "guided negatives from large batches, in the memory of a small one"),
            "triplet": Fit(0.65, "guided negatives from large batches, in the memory of a small one"),
            "n-tuple": Fit(0.65, "guided negatives from large batches, in the memory of a small one"),
        },
        references.GIST,
        batch_sampler="no_duplicates",
        batch_size=256,
        arguments={"guide": CopyOfModel(), "mini_batch_size": Plain(16)},
        wrapper="SpladeLoss",
        wrapper_arguments=_WEIGHTS,
        own=True,
    ),
    Loss(
        "SparseTripletLoss",
        _FAMILY,
        "The negative must be further from the anchor than the positive, by a margin.",
        {"triplet": Fit(0.4, "looks at one negative a row only")},
        references.SBERT,
        wrapper="SpladeLoss",
        wrapper_arguments=_WEIGHTS,
    ),
    Loss(
        "SparseCoSENTLoss",
        _FAMILY,
        "Pairs with a higher score must be more similar than pairs with a lower one, over all pairs of the batch.",
        {"pair-score": Fit(0.9, "learns the order of the scores, which is what Spearman's correlation measures")},
        references.COSENT,
        wrapper="SpladeLoss",
        wrapper_arguments=_WEIGHTS,
    ),
    Loss(
        "SparseAnglELoss",
        _FAMILY,
        "CoSENT with the angle between complex embeddings, whose gradient does not fade where the cosine saturates.",
        {"pair-score": Fit(0.7, "learns the order of the scores; worth comparing with SparseCoSENTLoss")},
        references.ANGLE,
        wrapper="SpladeLoss",
        wrapper_arguments=_WEIGHTS,
    ),
    Loss(
        "SparseCosineSimilarityLoss",
        _FAMILY,
        "The cosine similarity of a pair should equal its score.",
        {"pair-score": Fit(0.6, "fits the scores' very values; choose it when you will threshold the cosine")},
        references.SBERT,
        wrapper="SpladeLoss",
        wrapper_arguments=_WEIGHTS,
    ),
    Loss(
        "SparseMarginMSELoss",
        _FAMILY,
        "The margin between positive and negative should equal the teacher's margin.",
        {
            "triplet-margin": Fit(0.9, "made for a teacher's margins, as the best SPLADE models were trained"),
            "n-tuple-margins": Fit(0.9, "made for a teacher's margins, one for each negative"),
            "triplet-scores": Fit(0.9, "takes the margins out of the teacher's scores"),
            "n-tuple-scores": Fit(0.85, "takes the margins out of the teacher's scores"),
        },
        references.SPLADE_DISTILLATION,
        batch_size=16,
        wrapper="SpladeLoss",
        wrapper_arguments=_WEIGHTS,
    ),
    Loss(
        "SparseDistillKLDivLoss",
        _FAMILY,
        "The softmax over a query's documents should equal the teacher's.",
        {
            "triplet-scores": Fit(0.8, "takes the teacher's scores as they are"),
            "n-tuple-scores": Fit(0.9, "takes the teacher's scores as they are, and sees the whole list at once"),
        },
        references.TIGHT_COUPLING,
        batch_size=16,
        wrapper="SpladeLoss",
        wrapper_arguments=_WEIGHTS,
    ),
    Loss(
        "SparseMSELoss",
        _FAMILY,
        "The embedding should equal that of a sparse teacher with the same vocabulary.",
        {"text-embedding": Fit(0.8, "copies a sparse teacher's embeddings, dimension by dimension")},
        references.MULTILINGUAL,
    ),
)

PARTS = (
    Part(
        "SpladeLoss",
        _FAMILY,
        "Another loss, and regularizers that keep the embeddings sparse.",
        "SpladeLoss(model, loss, document_regularizer_weight=3e-5, query_regularizer_weight=5e-5)",
        references.SPLADE_DISTILLATION,
    ),
    Part(
        "CachedSpladeLoss",
        _FAMILY,
        "SpladeLoss in little memory, around any loss of embeddings.",
        "CachedSpladeLoss(model, loss, document_regularizer_weight=3e-5, query_regularizer_weight=5e-5)",
        references.GRADCACHE,
    ),
    Part(
        "FlopsLoss",
        _FAMILY,
        "The regularizer of SpladeLoss: the squared mean activation of each dimension.",
        "SpladeLoss(model, loss, 3e-5, 5e-5, document_regularizer=FlopsLoss(model, threshold=64))",
        references.FLOPS,
    ),
    Part(
        "CSRLoss",
        _FAMILY,
        "For a sparse autoencoder on a dense model: another loss, and the reconstruction of the dense embedding.",
        "CSRLoss(model, loss)",
        references.CSR,
    ),
    Part(
        "CSRReconstructionLoss",
        _FAMILY,
        "The part of CSRLoss that reconstructs the dense embedding; used nowhere else.",
        "CSRLoss(model, loss, beta=0.1)",
        references.CSR,
    ),
)
