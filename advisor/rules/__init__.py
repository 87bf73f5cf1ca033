"""The rule engine: which losses fit a dataset, in what order, with what settings, and why.

Every loss of the catalogue that takes the dataset's format is a candidate, with the catalogue's preference as its
starting weight. Rules then look at the facts of the data, the task and the model, and give advice: a change of weight
with its reason, an argument, a training argument, a warning, a suggestion. A rule is one small function; what it says
reaches the user word for word.
"""

from advisor.rules import (  # noqa: F401 - importing them registers their rules
    batches,
    distillation,
    labels,
    lists,
    starting,
    tasks,
    texts,
    training,
)
from advisor.rules.engine import RULES, SIZINGS, Advice, epochs, recommend
from advisor.rules.facts import TASKS, Facts, Task, Wanted, known_family, known_task
from advisor.rules.offers import offers

__all__ = [
    "RULES",
    "SIZINGS",
    "TASKS",
    "Advice",
    "Facts",
    "Task",
    "Wanted",
    "epochs",
    "known_family",
    "known_task",
    "offers",
    "recommend",
]
