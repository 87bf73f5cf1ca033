"""Rules on labels: classes, yes and no, scores."""

from collections.abc import Iterator

from advisor.arguments import FromLosses, Plain, TensorOf
from advisor.catalogue import Loss
from advisor.commands import convert_command
from advisor.rules.engine import Advice, rule
from advisor.rules.facts import Facts
from converters.conversions import CONVERSIONS

#: From how many classes on a classifier on pairs is the wrong tool for embeddings.
MANY_CLASSES = 20

#: Below how many pairs scores are few.
FEW_SCORES = 10_000

#: How steeply few scores are compared, instead of 20.
GENTLE_SCALE = 5.0

#: Below how many texts a class is small: few triplets can be made of it.
SMALL_CLASS = 8

#: By how much more a negative should be away than the positive, in cosine distance.
MARGIN = 0.2

#: Up to how many levels scores are grades rather than numbers.
FEW_LEVELS = 6


@rule
def classes_need_outputs(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A classifier has as many outputs as there are classes."""
    if facts.classes and loss.outputs == "classes":
        yield Advice(model={"num_labels": facts.classes}, reason=f"the model needs {facts.classes} outputs")
    if facts.classes and loss.name == "SoftmaxLoss":
        yield Advice(
            arguments={"num_labels": Plain(facts.classes)},
            warning="its classifier is thrown away after training; where one class means similar, "
            "a ranking loss on those pairs gives better embeddings",
        )
        for target in ("triplet", "pair"):
            if ("pair-class", target) in CONVERSIONS:
                command = convert_command(facts.dataset, target, said=facts.said)
                yield Advice(suggestion=f"where one class means similar, train on those pairs instead: {command}")
                break


@rule
def few_scores_are_compared_gently(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """The steeper two pairs are compared, the more a batch teaches its worst ordered pairs alone.

    With the usual scale of 20 that is little to learn from few rows: after an epoch of the STS benchmark CoSENTLoss is
    ahead of CosineSimilarityLoss with a scale of 5, and behind it with 20 (docs/training.md).
    """
    if facts.format == "pair-score" and facts.rows < FEW_SCORES and loss.name in ("CoSENTLoss", "AnglELoss"):
        yield Advice(
            arguments={"scale": Plain(GENTLE_SCALE)},
            reason=f"a scale of {GENTLE_SCALE:g} learns from all pairs of a batch; the default of 20 learns from the "
            f"worst ordered ones, which is little for fewer than {FEW_SCORES:,} rows",
        )


@rule
def many_classes_of_pairs(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Classes of pairs are few (entailment, neutral, contradiction); many of them are probably something else."""
    if facts.format == "pair-class" and facts.classes > MANY_CLASSES:
        yield Advice(
            weight=-0.2 if loss.name == "SoftmaxLoss" else 0.0,
            warning=f"{facts.classes} classes of pairs are many: make sure that they describe the pair and not one "
            "of its texts",
        )


@rule
def rare_classes_are_hardly_learned(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A classifier gains little by ever naming a class that makes up a few rows in a thousand."""
    if facts.format == "pair-class" and facts.classes > 1 and facts.label is not None and facts.label.filled:
        share = facts.smallest_class / facts.label.filled
        if 0 < share < 0.2 / facts.classes:
            yield Advice(
                warning=f"the rarest class makes up {share:.1%} of the rows: judge the model by the macro average of "
                "F1, which counts all classes alike"
            )


@rule
def triplets_of_normalised_embeddings(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """The usual margin of 5 is more than two normalised embeddings can be apart: every triplet pulls for ever."""
    if loss.name == "TripletLoss" and loss.family == "sentence-transformer":
        yield Advice(
            reason="cosine distance suits models that normalise their embeddings, which are at most 2 apart: the "
            "default margin of 5 would be out of reach",
            arguments={
                "distance_metric": FromLosses(loss.module, "TripletDistanceMetric.COSINE"),
                "triplet_margin": Plain(MARGIN),
            },
        )


@rule
def triplets_need_two_of_a_class(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Triplets from classes: normalised embeddings want a cosine margin, rare classes cannot serve as anchors."""
    if loss.batch_sampler != "group_by_label":
        return
    if "Triplet" in loss.name:
        cosine = FromLosses(loss.module, "BatchHardTripletLossDistanceFunction.cosine_distance")
        margin = {} if loss.name == "BatchHardSoftMarginTripletLoss" else {"margin": Plain(MARGIN)}
        yield Advice(
            reason="cosine distance suits models that normalise their embeddings",
            arguments={"distance_metric": cosine, **margin},
        )
    if facts.classes < 2:
        yield Advice(weight=-0.5, warning="one class allows no triplet at all")
    elif facts.smallest_class == 1:
        yield Advice(warning="classes with one example never are an anchor")


@rule
def the_size_of_classes_chooses_the_triplets(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Small classes want the hardest triplet of each text; large ones fill a batch with positives of each other."""
    if facts.format != "single-class" or facts.classes < 2:
        return
    if facts.members < SMALL_CLASS and loss.name == "BatchHardSoftMarginTripletLoss":
        yield Advice(
            weight=0.1,
            reason=f"about {facts.members:.0f} texts a class make few triplets: it takes the hardest one of each text, "
            "and needs no margin",
        )
    if facts.members >= 50 and loss.name == "SupervisedContrastiveLoss":
        yield Advice(
            weight=0.05, reason=f"about {facts.members:,.0f} texts a class: it learns from all positives of a batch"
        )
    if facts.classes > loss.batch_size // 2:
        yield Advice(
            reason=f"a batch of {loss.batch_size} holds texts of at most {loss.batch_size // 2} of the "
            f"{facts.classes:,} classes: larger batches compare more of them"
        )


@rule
def unbalanced_pairs(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Few positives among many negatives: weigh them up, so that saying no to everything does not pay."""
    if facts.format != "labeled-pair":
        return
    if 0 < facts.positives < 0.4 and loss.name == "BinaryCrossEntropyLoss":
        weight = round((1 - facts.positives) / facts.positives, 1)
        yield Advice(
            arguments={"pos_weight": TensorOf(weight)},
            reason=f"{facts.positives:.0%} of the labels are 1: each counts {weight:g} times, or 0 would win",
        )
    if 0 < facts.positives < 0.2 and loss.name == "OnlineContrastiveLoss":
        yield Advice(
            reason=f"{facts.positives:.0%} of the labels are 1: of the many negatives it only counts the hard ones"
        )
    if 0 < facts.positives < 0.2 and loss.name == "ContrastiveLoss":
        yield Advice(
            weight=-0.1, warning=f"{facts.positives:.0%} of the labels are 1: easy negatives make up most of the loss"
        )
    if not 0.02 < facts.positives < 0.98:
        yield Advice(warning=f"{facts.positives:.0%} of the labels are 1: there is hardly anything to tell apart")


@rule
def labels_of_one_query_make_lists(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Rows of one query with different labels are a list that somebody took apart."""
    listed = facts.format in ("labeled-pair", "pair-score") and facts.repeated_anchors > 0.6
    if listed and loss.family == "cross-encoder" and (facts.format, "labeled-list") in CONVERSIONS:
        yield Advice(
            suggestion=f"{facts.repeated_anchors:.0%} of the rows repeat a query: as lists they suit LambdaLoss, which "
            f"ranks them against each other: {convert_command(facts.dataset, 'labeled-list', said=facts.said)}"
        )


@rule
def scores_off_the_unit_scale(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Scores beyond 0 to 1 are scaled for losses that compute with them; a reranker's logits are copied as they are."""
    label = facts.label
    if facts.format != "pair-score" or label is None or label.minimum is None or label.maximum is None:
        return
    if label.minimum >= 0 and label.maximum <= 1:
        return
    logits = label.minimum < -1 or (not label.whole and label.maximum > 10 and label.maximum < 60)
    span = f"scores from {label.minimum:g} to {label.maximum:g}"
    if logits and loss.family == "cross-encoder" and loss.name == "MSELoss":
        yield Advice(
            weight=0.25, reason=f"{span} look like the logits of another reranker: they are copied as they are"
        )
    elif loss.name in ("BinaryCrossEntropyLoss", "CosineSimilarityLoss", "SparseCosineSimilarityLoss"):
        command = convert_command(facts.dataset, "pair-score", said=facts.said)
        yield Advice(
            warning=f"it computes with scores between 0 and 1, and these are {span}: scale them with {command}"
        )
    elif "CoSENT" in loss.name or "AnglE" in loss.name:
        yield Advice(reason=f"{span} are no hindrance: only their order counts")


@rule
def the_shape_of_scores(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Scores at both ends are labels, few levels are grades, and scores that are all high are no cosines."""
    label = facts.label
    if facts.format != "pair-score" or label is None or label.minimum is None or label.maximum is None:
        return
    ranks = "CoSENT" in loss.name or "AnglE" in loss.name
    fits_values = "CosineSimilarity" in loss.name
    if facts.extremes > 0.8:
        if loss.name == "BinaryCrossEntropyLoss":
            yield Advice(
                weight=0.05, reason=f"{facts.extremes:.0%} of the scores stand at an end of the scale, like yes and no"
            )
        elif ranks:
            yield Advice(
                reason=f"{facts.extremes:.0%} of the scores stand at an end of the scale: it compares those ends, and "
                "does not press every pair to the very value"
            )
    if 2 < label.distinct <= FEW_LEVELS and ranks:
        yield Advice(
            reason=f"{label.distinct} levels of scores: pairs with equal scores are not compared, the others in order"
        )
    if 2 < label.distinct <= FEW_LEVELS and fits_values:
        yield Advice(
            weight=-0.05,
            warning=f"{label.distinct} levels of scores are grades: that one of them means a cosine of exactly its "
            "value is more than anybody measured",
        )
    low, high = (facts.quantiles[0], facts.quantiles[-1]) if facts.quantiles else (0.0, 1.0)
    if label.minimum >= 0 and label.maximum <= 1 and low > 0.5:
        if fits_values:
            yield Advice(
                weight=-0.1,
                warning=f"nine in ten scores are above {low:.2f}: as cosines they would push all texts together",
            )
        elif ranks:
            yield Advice(reason=f"nine in ten scores are above {low:.2f}: the order still tells them apart")
        elif loss.name == "BinaryCrossEntropyLoss":
            yield Advice(
                warning=f"nine in ten scores are above {low:.2f}: the model is told that nearly all pairs belong "
                "together; rescale them, or add pairs that do not"
            )
    elif label.minimum >= 0 and label.maximum <= 1 and high < 0.4 and loss.family != "cross-encoder" and fits_values:
        yield Advice(
            weight=-0.1, warning=f"nine in ten scores are below {high:.2f}: as cosines they would push all texts apart"
        )
