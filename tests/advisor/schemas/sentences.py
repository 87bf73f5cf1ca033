"""A seeded writer of varied, natural texts: scenes, paraphrases, facts with questions, reviews, chats, code."""

import random
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import TypeVar

from tests.advisor.schemas.languages import LANGUAGES

T = TypeVar("T")


@dataclass(frozen=True)
class Scene:
    """Somebody does something somewhere; changing a part of it changes what the sentence means."""

    subject: str
    action: str
    place: str
    time: str


@dataclass(frozen=True)
class Fact:
    """A question, the statement that answers it, and the short answer, about a name."""

    name: str
    question: str
    statement: str
    answer: str


def capital(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


class Writer:
    """Writes texts of one language; the same seed writes the same texts.

    Args:
        seed: what the texts depend on.
        language: a key of `LANGUAGES`.
    """

    def __init__(self, seed: Hashable, language: str = "en") -> None:
        self.random = random.Random(str(seed) + language)
        self.language = LANGUAGES[language]

    def one(self, *choices: T) -> T:
        """One of the choices."""
        return self.random.choice(choices)

    def several(self, count: int, make: Callable[[], T]) -> list[T]:
        """So many different results of `make`."""
        found: dict[T, None] = {}
        for _ in range(200 * count):
            found.setdefault(make())
            if len(found) == count:
                break
        return list(found)

    def name(self) -> str:
        """A made-up name of a town, a river or a person."""
        first, last = self.language.names
        return self.random.choice(first) + self.random.choice(last)

    # Scenes

    def scene(self) -> Scene:
        """A scene of daily life."""
        parts = self.language
        return Scene(*(self.random.choice(part) for part in (parts.subjects, parts.actions, parts.places, parts.times)))

    def tell(self, scene: Scene, way: int | None = None) -> str:
        """A sentence about a scene; without `way` in any order of words."""
        order = self.random.choice(self.language.orders) if way is None else self.language.orders[way]
        return capital(order.format(s=scene.subject, a=scene.action, p=scene.place, t=scene.time))

    def sentence(self) -> str:
        """Any sentence."""
        return self.tell(self.scene())

    def paraphrase(self, scene: Scene, way: int = 0) -> str:
        """The same scene in other words than `way`."""
        return self.tell(scene, self.random.choice([each for each in range(4) if each != way]))

    def change(self, scene: Scene, parts: int = 1) -> Scene:
        """The scene with so many parts exchanged."""
        fields = self.random.sample(["subject", "action", "place"], parts)
        other = self.scene()
        return replace(scene, **{field: getattr(other, field) for field in fields})

    # Facts

    def fact(self, name: str | None = None) -> Fact:
        """A fact about a name."""
        return self._fact(name or self.name(), self.random.choice(self.language.facts))

    def _fact(self, name: str, pattern: tuple[str, str, str]) -> Fact:
        values = {"n": name, "t": self.name(), "y": self.random.randint(1702, 2019), "k": self.random.randint(12, 9800)}
        return Fact(name, *(part.format(**values) for part in pattern))

    def passage(self, about: Fact | None = None, sentences: int = 4) -> str:
        """A passage; about a fact it holds its statement and others about the same name."""
        name = about.name if about else self.name()
        patterns = self.random.sample(self.language.facts, min(sentences, len(self.language.facts)))
        told = [self._fact(name, each).statement for each in patterns]
        told += [self.sentence() for _ in range(sentences - len(told))]
        if about:
            told = [each for each in told if each[:12] != about.statement[:12]]
            told.insert(self.random.randint(0, min(2, len(told))), about.statement)
        return self.language.gap.join(told)

    def title(self, about: Fact | None = None) -> str:
        """The title of a page."""
        name = about.name if about else self.name()
        return name if self.random.random() < 0.6 else f"{name} ({self.name()})"

    # English only

    def task(self) -> tuple[str, str]:
        """Something people want to do, and how it is done."""
        return (
            f"{self.one(*_VERBS)} {self.one(*_THINGS)} {self.one(*_SYSTEMS)}",
            f"{self.one(*_FIRST)} {self.one(*_THEN)}",
        )

    def ask(self, task: str, way: int | None = None) -> str:
        """A question about a task, as people put it."""
        return (self.random.choice(_ASKING) if way is None else _ASKING[way]).format(task)

    def answer(self, how: str) -> str:
        """An answer of two or three sentences."""
        return f"{self.one(*_HELLO)} {how} {self.one(*_LAST)}".strip()

    def review(self, stars: int) -> str:
        """A review that fits one to five stars."""
        good, bad = self.random.sample(_GOOD, 3), self.random.sample(_BAD, 3)
        kept = {1: bad, 2: [*bad[:2], good[0]], 3: [good[0], bad[0]], 4: [*good[:2], bad[0]], 5: good}[stars]
        told = [*kept, self.one(*_CONTEXT), self.one(*_CONTEXT)]
        self.random.shuffle(told)
        return " ".join(told)

    def headline(self, topic: int) -> str:
        """A headline of one of four topics: the world, sports, business, science."""
        return self.one(*_HEADLINES[topic]).format(
            self.name(), self.name(), self.random.randint(2, 90), self.one(*_NEWS[topic])
        )

    def research(self) -> tuple[str, str]:
        """The title of a paper and its abstract."""
        method, field, aim = self.one(*_METHODS), self.one(*_FIELDS), self.one(*_AIMS)
        title = self.one("{m} for {a} in {f}", "On {a} of {f}: {m}", "{m} and {a}: evidence from {f}", "{m} in {f}")
        text = [
            f"{capital(aim)} remains a central question for {field}.",
            f"Here we study {method.lower()} on {self.random.randint(12, 900)} samples collected in {self.name()}.",
            self.one(*_FINDINGS).format(self.random.randint(3, 60)),
            self.one(*_FINDINGS).format(self.random.randint(3, 60)),
            self.one(*_CONCLUSIONS),
        ]
        return title.format(m=method, a=aim, f=field), " ".join(text)

    def function(self) -> tuple[str, str, str]:
        """A function's name, its docstring and its code."""
        verb, noun, by = self.one(*_CODE_VERBS), self.one(*_CODE_NOUNS), self.one(*_CODE_BY)
        name = f"{verb}_{noun}_{by}"
        told = f":param {noun}: the {noun} to {verb}\n:return: {self.one(*_RETURNS)}"
        doc = f"{capital(verb)} the {noun} by {by}.\n\n{told}"
        code = (
            f'def {name}({noun}, {by}=None):\n    """{doc}"""\n    found = []\n    for each in {noun}:\n'
            f"        if {by} is None or each.{by} == {by}:\n            found.append(each)\n    return found"
        )
        return name, doc, code

    def product(self) -> tuple[str, str]:
        """The title of a product and a query that finds it."""
        brand, noun = self.name(), self.one(*_PRODUCTS)
        quality, colour = self.one(*_QUALITIES), self.one(*_COLOURS)
        size = self.random.randint(2, 48)
        title = f"{brand} {capital(quality)} {noun.title()}, {colour.title()}, Pack of {size}"
        return title, self.one(f"{quality} {noun}", f"{colour} {noun}", f"{noun} {brand.lower()}", f"{noun} for kids")


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|"))


_VERBS = _list("reset|change|recover|export|delete|share|print|synchronise|upgrade|disable|find|move|encrypt|restore")
_THINGS = _list(
    "my password|the mailing list|a broken partition|the wireless driver|my photos|two-factor login|the boot menu"
    "|an old invoice|the calendar|a shared folder|the screen resolution|my contacts|the printer queue|a backup"
)
_SYSTEMS = _list(
    "on Ubuntu|on an Android phone|in a spreadsheet|without admin rights|from the command line"
    "|on a Mac|in the web version|after an update"
)
_ASKING = (
    "How do I {}?",
    "What is the best way to {}?",
    "Is it possible to {}?",
    "Can anybody explain how to {}?",
    "Need help: I want to {}",
    "Why can't I {}?",
)
_FIRST = _list(
    "Open the settings and choose the third tab.|Start a terminal as root."
    "|Log out first and log in again.|You need version four or later for that."
    "|Click on the small gear in the corner.|Remove the old configuration file."
)
_THEN = _list(
    "Then tick the box and confirm with your password.|After that, restart the machine."
    "|The change is stored at once.|If a warning appears, you can ignore it safely."
    "|It takes a few minutes until everybody sees it."
    "|Make a copy first, in case something goes wrong."
)
_HELLO = _list(
    "|Yes, you can.|I had the same problem last week.|That depends on your version.|It is easier than it looks."
)
_LAST = _list("|Hope this helps!|Otherwise, ask your administrator.|Works for me.|See the manual for the details.")
_GOOD = list(
    _list(
        "The colours are brilliant.|I would buy it again at once.|Great acting and a clever plot."
        "|The staff went out of their way to help us.|It works exactly as promised."
        "|The food was fresh and full of flavour.|Delivery took only two days.|My children love it."
        "|The ending moved me to tears.|Excellent value for the price."
    )
)
_BAD = list(
    _list(
        "It broke after one week.|The plot makes no sense at all.|We waited an hour for cold soup."
        "|A complete waste of money.|The sound is terrible.|Nobody answered my three emails."
        "|The dialogue is painfully dull.|The room smelled of smoke."
        "|It is much smaller than in the picture.|I want my two hours back."
    )
)
_CONTEXT = _list(
    "I bought this for my sister.|We went there on a Friday evening.|A friend had told me about it."
    "|I watched it with my family last night.|This is my second one.|We had booked months ago."
    "|I had read the book before.|It came in a plain box.|We were a party of six."
)
_HEADLINES = (
    _list(
        "{0} and {1} sign treaty after {2} days of talks on {3}|Thousands march in {0} over {3}"
        "|Envoy leaves {0} as {3} collapses|{0} elects new parliament, {3} the main issue"
    ),
    _list(
        "{0} beats {1} in {3}, {2} to 1|Injured captain of {0} misses {3}"
        "|{0} wins gold in {3} after {2} years|Coach of {1} resigns over {3}"
    ),
    _list(
        "{0} Corp. shares fall {2} percent on {3}|{0} buys rival {1} to grow in {3}"
        "|Profit at {0} rises {2} percent as {3} recovers|Regulator fines {0} over {3}"
    ),
    _list(
        "Researchers in {0} find {3} after {2} years|New chip from {0} speeds up {3}"
        "|Probe sends back first pictures of {3}|{0} releases tool for {3}, {2} bugs fixed"
    ),
)
_NEWS = (
    _list("the border|water rights|the ceasefire|fishing quotas|the refugee camps|the new constitution"),
    _list("the cup final|the relay|the first round|the derby|the mountain stage|extra time"),
    _list("oil prices|the housing market|steel|online retail|weak demand|pension funds"),
    _list("a frozen moon|speech recognition|a new species of frog|encrypted mail|protein folding|dark matter"),
)
_METHODS = _list(
    "Sparse regression|A randomized trial|Graph networks|Bayesian inference|Contrastive training"
    "|Field observation|Spectral analysis|Gene silencing|Monte Carlo sampling"
)
_FIELDS = _list(
    "coastal ecology|clinical oncology|machine translation|soil chemistry|stellar dynamics"
    "|cardiac imaging|urban transport|bird migration|protein design"
)
_AIMS = _list(
    "early detection of relapse|long-range dependence|the origin of variability"
    "|uncertainty under shift|the cost of annotation|the role of dispersal|transfer between domains"
)
_FINDINGS = _list(
    "We observed an improvement of {} percent over the strongest baseline."
    "|The effect vanished in {} percent of the controls.|Results were stable for {} months."
    "|Error fell by {} percent when the model saw both sources."
    "|Only {} of the sites showed a clear trend."
)
_CONCLUSIONS = _list(
    "These results suggest that simpler models deserve a second look.|Our data and code are public."
    "|We discuss the limits of the approach and further work."
    "|This has consequences for how such studies are planned."
)
_CODE_VERBS = _list("filter|load|merge|validate|sort|count|remove|render|parse|update")
_CODE_NOUNS = _list("users|orders|nodes|files|events|tokens|records|images|routes|sessions|layers")
_CODE_BY = _list("owner|date|status|prefix|language|size|region|version")
_RETURNS = _list("a list of matches|the matching entries|nothing if there are none|all that remain")
_PRODUCTS = _list(
    "water bottle|desk lamp|hiking socks|phone case|coffee grinder|yoga mat|rain jacket|storage box"
    "|garden hose|notebook"
)
_QUALITIES = _list("insulated|waterproof|foldable|wireless|organic|heavy duty|lightweight|vintage|rechargeable")
_COLOURS = _list("black|forest green|navy blue|rose gold|white|grey|orange")
