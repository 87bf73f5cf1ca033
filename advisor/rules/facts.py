"""What the rules know about a dataset, the task and the model."""

from dataclasses import dataclass
from typing import Literal, get_args

from advisor.catalogue import FAMILIES, Family
from advisor.commands import NOTHING, Said
from advisor.models import ModelFacts
from advisor.profiles import ColumnProfile
from converters.errors import InputError, nearest, quote

#: What a model is trained for.
Task = Literal["retrieval", "similarity", "classification", "clustering", "reranking", "distillation"]
TASKS: tuple[Task, ...] = get_args(Task)

#: Memory of the device to train on, in GB, unless told: that of a common graphics card.
MEMORY = 16.0


@dataclass(frozen=True)
class Facts:
    """What the rules know about a dataset.

    Shares are of the rows of the sample, 0 to 1; they are 0 where the data has no such thing.

    Attributes:
        dataset: its path or name; None for an object in memory.
        format: the format or layout it was read as.
        rows: rows of the training split.
        label: the profile of the label column, if there is one.
        classes: number of classes, for a label of kind class or binary.
        smallest_class: examples of the rarest class in the sample.
        lonely_classes: classes with one example in the sample.
        positives: share of positives among binary labels, in the sample.
        words: mean number of words of the longest text column.
        text_words: mean number of words of each text column, in the order of the format.
        text_tokens: for each text column how many tokens 95 of 100 texts stay within, estimated from characters.
        questions: share of texts of the first column that end with a question mark.
        repeated_anchors: share of rows whose anchor stands in an earlier row.
        repeated_positives: share of rows whose positive stands in an earlier row.
        close_pairs: share of pairs that differ in nothing but case, spaces and punctuation.
        graded: whether the labels of lists have more than two levels.
        list_length: mean number of documents of a list.
        longest_list: most documents of a list.
        one_positive: share of lists with exactly one document above the lowest label of all.
        flat_lists: share of lists whose labels are all equal, which have no order to learn.
        quantiles: the 10th, 50th and 90th percentile of the scores, margins or labels; empty where there are none.
        extremes: share of scores in the lowest and the highest fifth of their scale, if both hold at least a tenth.
        turned: share of rows where the teacher scores a negative at least as high as the positive.
        task: what the model is for, if the user said so.
        family: the family that the user asked for, if any.
        model: the model to start from, if the user named one.
        memory: GB of the device to train on.
        said: how the dataset is to be read, where somebody said so.
    """

    dataset: str | None
    format: str
    rows: int
    label: ColumnProfile | None = None
    classes: int = 0
    smallest_class: int = 0
    lonely_classes: int = 0
    positives: float = 0.5
    words: float = 0.0
    text_words: tuple[float, ...] = ()
    text_tokens: tuple[int, ...] = ()
    questions: float = 0.0
    repeated_anchors: float = 0.0
    repeated_positives: float = 0.0
    close_pairs: float = 0.0
    graded: bool = False
    list_length: float = 0.0
    longest_list: int = 0
    one_positive: float = 0.0
    flat_lists: float = 0.0
    quantiles: tuple[float, ...] = ()
    extremes: float = 0.0
    turned: float = 0.0
    task: Task | None = None
    family: Family | None = None
    model: ModelFacts | None = None
    memory: float = MEMORY
    said: Said = NOTHING

    @property
    def asymmetric(self) -> bool:
        """Whether the second texts are of another kind than the first: passages for questions or keywords."""
        if len(self.text_words) < 2 or not self.text_words[0]:
            return False
        ratio = self.text_words[1] / self.text_words[0]
        return ratio > 2.5 or (self.questions > 0.5 and ratio > 1.3)

    @property
    def symmetric(self) -> bool:
        """Whether both texts look alike: about as long, and the first ones no questions."""
        if len(self.text_words) < 2 or not self.text_words[0]:
            return False
        return 0.6 < self.text_words[1] / self.text_words[0] < 1.6 and self.questions < 0.5

    @property
    def autoencoder(self) -> bool:
        """Whether the model, as a sparse encoder, makes its vectors sparse with an autoencoder and not over words."""
        model = self.model
        if model is None or model.sparse == "splade":
            return False
        return model.sparse == "csr" or not model.masked_head

    @property
    def members(self) -> float:
        """Mean number of rows of a class."""
        return self.rows / self.classes if self.classes else 0.0


@dataclass(frozen=True)
class Wanted:
    """What the user said beside the data.

    Attributes:
        task: what the model is for.
        family: the only family to recommend losses of.
        model: the model to start from.
    """

    task: Task | None = None
    family: Family | None = None
    model: ModelFacts | None = None


def known_task(task: str | None) -> Task | None:
    """The task of that name.

    Raises:
        InputError: there is none.
    """
    if task is not None and task not in TASKS:
        raise InputError(f"unknown task {quote(task)}: {nearest(task, list(TASKS))}")
    return task


def known_family(family: str | None) -> Family | None:
    """The family of that name.

    Raises:
        InputError: there is none.
    """
    if family is not None and family not in FAMILIES:
        raise InputError(f"unknown family {quote(family)}: {nearest(family, list(FAMILIES))}")
    return family
