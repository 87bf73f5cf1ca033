"""Rules on lists: a query with its documents and a label for each."""

from collections.abc import Iterator

from advisor.arguments import Plain
from advisor.catalogue import Loss
from advisor.commands import convert_command
from advisor.rules.batches import LONG_TEXT
from advisor.rules.engine import BATCH_SIZE, DOCUMENTS_A_BATCH, Advice, rule
from advisor.rules.facts import Facts

#: How many documents a step of a listwise loss may hold, so that it fits into a few GB for a small model.
LONG_DOCUMENTS_A_STEP, SHORT_DOCUMENTS_A_STEP = 16, 64

#: Below how many lists they are few, and how many steps an epoch of them should have.
FEW_LISTS, STEPS_AN_EPOCH = 1000, 50

#: From which label on the gain of NDCG, two to its power, leaves everything else behind.
STEEP_GAIN = 10

#: From how many levels on labels are a teacher's scores and no grades.
MANY_LEVELS = 20

#: Losses that need an order of all documents: equal labels stand in no order.
_WHOLE_ORDERS = ("ListMLELoss", "PListMLELoss", "ADRMSELoss")


@rule
def graded_lists(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Grades are what a ranking metric is made for."""
    if facts.format == "labeled-list" and facts.graded and loss.name == "LambdaLoss" and not _scored(facts):
        yield Advice(reason="the labels are grades: NDCG rewards the better document first, not just any relevant one")


@rule
def lists_fill_memory(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A step on lists keeps the activations of every document: what fits is counted in documents, not in rows."""
    if facts.format != "labeled-list" or not facts.list_length:
        return
    fits = LONG_DOCUMENTS_A_STEP if facts.words > LONG_TEXT else SHORT_DOCUMENTS_A_STEP
    size = int(max(1, min(loss.batch_size, fits // facts.list_length)))
    if size < loss.batch_size and facts.model is None:
        yield Advice(
            reason=f"lists of {facts.list_length:.0f} documents: few of them fit into memory at a time",
            trainer={BATCH_SIZE: size},
        )
    if "mini_batch_size" in loss.arguments and facts.longest_list * loss.batch_size < DOCUMENTS_A_BATCH:
        yield Advice(arguments={"mini_batch_size": Plain(max(1, facts.longest_list * loss.batch_size))})


@rule
def few_lists_want_many_steps(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Few lists make few steps, unless batches are small; and pairs one at a time make more of them (Cranfield)."""
    if facts.format != "labeled-list" or facts.rows >= FEW_LISTS:
        return
    size = max(1, facts.rows // STEPS_AN_EPOCH)
    if size < loss.batch_size:
        yield Advice(
            reason=f"{facts.rows:,} lists are few: small batches make more steps of them",
            trainer={BATCH_SIZE: size},
        )
    if loss.name == "LambdaLoss":
        command = convert_command(facts.dataset, "pair-score", said=facts.said)
        yield Advice(
            suggestion=f"with few lists try BinaryCrossEntropyLoss on their pairs, which learns faster: {command}"
        )


@rule
def one_relevant_document(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """With one relevant document, a softmax over the list is a plain cross-entropy."""
    if facts.format == "labeled-list" and not facts.graded and facts.one_positive > 0.9:
        if loss.name == "ListNetLoss":
            yield Advice(
                weight=0.03,
                reason="nearly every list has one relevant document: the softmax over the list is then the plain "
                "cross-entropy of picking it",
            )
        elif loss.name == "LambdaLoss":
            yield Advice(reason="nearly every list has one relevant document: NDCG then rewards how high it stands")


@rule
def ties_are_no_order(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Binary labels are all ties: losses that want a whole order take a random one for it."""
    if facts.format == "labeled-list" and not facts.graded and facts.list_length > 2 and loss.name in _WHOLE_ORDERS:
        yield Advice(
            weight=-0.1,
            warning="labels of two levels leave most documents tied: it wants an order of all of them, and learns ties "
            "in the order they happen to stand in",
        )


@rule
def scores_of_lists(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A teacher's scores are no grades: NDCG's gains explode with them, orders and softmaxes do not mind."""
    label = facts.label
    if not _scored(facts) or label is None or label.minimum is None or label.maximum is None:
        return
    if loss.name in ("LambdaLoss", "ApproxNDCGLoss") and (label.maximum >= STEEP_GAIN or label.minimum < 0):
        yield Advice(
            weight=-0.3,
            warning=f"labels from {label.minimum:g} to {label.maximum:g} are no grades: a gain of two to the power of "
            "the label lets the highest one decide alone, and a label below 0 gains nothing",
        )
    elif loss.name == "RankNetLoss":
        yield Advice(weight=0.15, reason="the labels are scores, and it uses nothing of them but their order")
    elif loss.name == "ADRMSELoss":
        yield Advice(weight=0.2, reason="the labels are scores that order each list completely, which it copies")
    elif loss.name == "ListNetLoss" and label.maximum - label.minimum > STEEP_GAIN:
        yield Advice(
            weight=-0.1,
            warning=f"labels from {label.minimum:g} to {label.maximum:g}: their softmax puts nearly everything on one "
            "document; divide them by a temperature first",
        )


@rule
def lists_that_teach_nothing(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A list of equal labels has no order: it is read, paid for, and adds nothing."""
    if facts.format == "labeled-list" and facts.flat_lists > 0.05:
        yield Advice(
            warning=f"in {facts.flat_lists:.0%} of the lists all labels are equal: nothing can be ranked there, so "
            "drop them or add other documents"
        )


def _scored(facts: Facts) -> bool:
    """Whether the labels of lists are a teacher's scores: many levels, or a scale that no grade is on."""
    label = facts.label
    if facts.format != "labeled-list" or label is None or label.minimum is None or label.maximum is None:
        return False
    return label.distinct > MANY_LEVELS or (not label.whole and label.distinct > 2) or label.maximum >= STEEP_GAIN
