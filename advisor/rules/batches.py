"""Rules on what a batch holds: its negatives, repeated texts, its size."""

from collections.abc import Iterator

from advisor.arguments import Plain
from advisor.catalogue import Loss
from advisor.commands import convert_command
from advisor.rules.engine import BATCH_SIZE, Advice, rule
from advisor.rules.facts import Facts
from advisor.rules.memory import is_cached

#: From how many words on a text is long: a hundred words are some 150 tokens.
LONG_TEXT = 120

#: From how many rows on data is large: an epoch is many thousand steps.
MANY_ROWS = 1_000_000

#: Where the bias of a sigmoid loss starts: at its scale of 10, texts of a similarity of 0.5 then are undecided.
BIAS = -5.0


@rule
def in_batch_negatives_want_big_batches(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """In-batch negatives: the batch is the pool of negatives, and a small dataset bounds it."""
    if loss.batch_sampler != "no_duplicates":
        return
    if facts.rows < 4 * loss.batch_size:
        size = max(4, 1 << max(2, (facts.rows // 8).bit_length() - 1))
        yield Advice(
            warning=f"{facts.rows} rows fill few batches; batches of {size} leave more than a handful of steps",
            trainer={BATCH_SIZE: min(size, loss.batch_size)},
        )
    else:
        yield Advice(reason="larger batches hold more negatives and train better, as memory allows")


@rule
def repeated_texts_are_false_negatives(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A text that stands in several rows of a batch is a negative of its own anchor."""
    if loss.batch_sampler != "no_duplicates":
        return
    for share, what in ((facts.repeated_anchors, "an anchor"), (facts.repeated_positives, "a positive")):
        if share > 0.05:
            other = "its other positives" if what == "an anchor" else "the same text"
            yield Advice(
                reason=f"{share:.0%} of the rows repeat {what}: "
                f"the no_duplicates sampler keeps {other} from serving as negatives"
            )
    repeated = max(facts.repeated_anchors, facts.repeated_positives)
    if repeated > 0.3 and ("GIST" in loss.name or "Debiased" in loss.name):
        yield Advice(
            weight=0.05,
            reason=f"{repeated:.0%} of the rows repeat a text, so other rows' texts are often right as well: "
            "this loss is made for that",
        )


@rule
def sigmoids_begin_between_yes_and_no(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """The bias of the paper is for tens of thousands of negatives; with few, it drags all similarities up at first."""
    if loss.name == "SigmoidContrastiveLoss":
        yield Advice(
            reason=f"its bias starts at {BIAS:g}, amid the similarities of a trained model: the usual -10 is "
            "for batches of tens of thousands",
            arguments={"bias": Plain(BIAS)},
        )


@rule
def few_different_texts_bound_the_batch(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """The no_duplicates sampler cannot fill a batch with more rows than there are different texts."""
    if loss.batch_sampler != "no_duplicates" or facts.format not in ("pair", "triplet", "n-tuple"):
        return
    repeated = max(facts.repeated_anchors, facts.repeated_positives)
    different = round(facts.rows * (1 - repeated))
    if repeated > 0.5 and different < 2 * loss.batch_size:
        size = max(2, 1 << max(1, (different // 2).bit_length() - 1))
        side = "positives" if facts.repeated_positives >= facts.repeated_anchors else "anchors"
        yield Advice(
            warning=f"there are about {different} different {side}: a batch without duplicates holds no more, and "
            "they work like classes",
            trainer={BATCH_SIZE: size},
        )


@rule
def long_texts_want_a_gradient_cache(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Long texts leave room for small batches only, unless the gradients are cached."""
    if loss.arguments.get("mini_batch_size") is None or loss.batch_sampler != "no_duplicates":
        return
    if facts.words > LONG_TEXT and facts.rows >= 4 * loss.batch_size:
        yield Advice(
            weight=0.06,
            reason=f"texts of {facts.words:.0f} words leave room for few negatives a batch, unless it is split",
        )


@rule
def long_texts_cost_memory(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Memory of a batch grows with the length of its texts."""
    if facts.words > LONG_TEXT and loss.batch_size >= 32 and facts.model is None:
        yield Advice(trainer={BATCH_SIZE: loss.batch_size // 2})


@rule
def gradient_caches_replace_checkpointing(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A gradient cache computes every forward pass twice; with checkpointing on top it is three times."""
    if is_cached(loss):
        yield Advice(
            warning="leave gradient_checkpointing off: the loss computes each forward pass twice already, and a "
            "smaller mini_batch_size saves the same memory for nothing"
        )


@rule
def guides_decide(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A guide that knows no more than the model can only keep what the model believes already."""
    if "guide" in loss.arguments:
        yield Advice(warning="the guide is a copy of the model unless you give it a stronger one, and it should be")


@rule
def pairs_without_negatives(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A reranker learns little from random negatives: say what mining would unlock."""
    if facts.format == "pair" and loss.family == "cross-encoder":
        yield Advice(
            warning="random negatives are easy for a reranker: mined hard negatives in a labeled-list, for LambdaLoss, "
            f"go further: {convert_command(facts.dataset, 'labeled-list', said=facts.said)}"
        )


@rule
def close_pairs_teach_little(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A positive that is all but its anchor is found without training."""
    if facts.format in ("pair", "triplet", "n-tuple") and facts.close_pairs > 0.2:
        yield Advice(
            warning=f"in {facts.close_pairs:.0%} of the rows anchor and positive differ in case, spaces or punctuation "
            "at most: such pairs are found before training begins"
        )
    if facts.format == "identical-pair" and loss.name == "MultipleNegativesRankingLoss":
        yield Advice(suggestion="dropout makes the two views: keep it at 0.1, where the model has it at all (SimCSE)")


@rule
def large_data_is_seen_once(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Millions of rows: one pass is enough, and an evaluation after it comes too late."""
    if facts.rows > MANY_ROWS:
        yield Advice(
            suggestion=f'{facts.rows:,} rows make long epochs: evaluate and save by steps (eval_strategy="steps"), and '
            "try the settings on 100,000 rows first"
        )
        if loss.batch_sampler == "no_duplicates" and is_cached(loss):
            yield Advice(
                weight=0.04, reason=f"{facts.rows:,} rows are enough for large batches, which contrastive losses like"
            )
