"""How alike two events are, by what was known when they happened.

The likeness is a weighted mean (Gower 1971, Biometrics 27) of category, kind of step, actor, words
of the title, expected direction, announced step and volatility on the eve; a part that one of the
events lacks does not count. What followed an event never enters it. The tables below are all that
it knows: see "Precedents" in docs/statistics.md.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeAlias

from dashboard.models.analyses import LikenessPart
from dashboard.models.event import Event, Expected
from dashboard.models.messages import deferred
from dashboard.services.events import fold_case

Shared: TypeAlias = tuple[str, ...]
WEIGHTS: Final = {
    "category": 2.0,
    "kind": 3.0,
    "actor": 2.0,
    "words": 2.0,
    "direction": 2.0,
    "step": 2.0,
    "volatility": 1.0,
}
"""The weight of each part of the likeness; a part that one of the events lacks does not count."""
MIN_LIKENESS: Final = 0.5
"""An event that is less alike is no precedent."""
STEM_LENGTH: Final = 6
"""Words count as the same if so many first letters are."""
_TOKEN: Final = re.compile(r"[^\W\d_]+")
_BRACKETS: Final = re.compile(r"\(.*?\)")
_STOP_LIST: Final = frozenset(
    _TOKEN.findall(
        "a an and are as at be between but by for from has have in into is it its more no not of"
        " off on or over s says say said than that the their them they this to under up will"
        " with would"
        " russia russian ukraine us uk eu"
        " и в во на не о об от по с со за из к до для что как это при россия россии украина украины"
        " сказал заявил"
    )
)
"""Words that are in titles of every kind."""
_KINDS: Final = {
    deferred("rate rise"): r"(?:raise|lift|hike|jump)\w* the (?:key )?rate|повы\w+ .*ставк",
    deferred("rate cut"): r"(?:cut|lower)\w* the (?:key )?rate|сни[жз]\w+ .*ставк",
    deferred("rate kept"): r"(?:keep|hold|leave)\w* the (?:key )?rate|сохран\w+ .*ставк",
    deferred("unscheduled decision"): r"unscheduled|extraordinary|emergency|внеочередн|экстренн",
    deferred(
        "foreign-currency rules"
    ): r"foreign currency|foreign-currency|fx purchase|exporters to|exporter groups"
    r"|float\b|budget rule|валют",
    deferred("ceasefire"): r"ceasefire|cease-fire|truce|halt to strikes|pause in strikes"
    r"|перемири|прекращени\w+ огн",
    deferred(
        "talks"
    ): r"\btalks\b|negotiat|round (?:yields|lasts|starts)|delegation|plan\b|memorand|переговор",
    deferred("meeting of leaders"): r"summit|state visit|oval office|face to face|white house"
    r"|(?:putin|trump|biden|zelensky|xi)\b.*\bmeet|meets? (?:putin|trump|biden|zelensky)|саммит",
    deferred(
        "telephone call"
    ): r"\bcalls?\b(?! for)|telephone|by phone|speak\b|\btells\b|звон|телефон",
    deferred("prisoners"): r"prisoner|\bswap|\bfrees\b|пленны",
    deferred("withdrawal"): r"pullback|back to base|return to base|withdraw|scale back|ends border",
    deferred("grain"): r"\bgrain\b|зерн",
    deferred("NATO membership"): r"\bnato\b|membership|invitation|нато\b",
    deferred("package of sanctions"): r"package|пакет",
    deferred("blacklisting"): r"blacklist|\b(?:us|uk) .*\bsanctions\b"
    r"|sanctions (?:on|about|over|russian)|санкци\w+ против",
    deferred("relief of sanctions"): r"waive|waiver|licen[cs]e|lifts sanctions|sanctions relief"
    r"|easing|послаблен",
    deferred("oil ban or cap"): r"embargo|price cap|\bcap on\b|oil ban"
    r"|bans? .*\b(?:oil|crude)|эмбарго|потолок цен",
    deferred("tariffs or ultimatum"): r"tariff|secondary|deadline|\bdays or\b"
    r"|normal trade status|most-favoured|пошлин|ультиматум",
    deferred("frozen reserves"): r"assets frozen|freeze|frozen (?:russian )?assets|reserves|резерв",
    deferred("strike"): r"missile|drones?\b|strikes? |shelling|attack|shot down|обстрел|ракет|дрон",
    deferred("troops"): r"troops|mobilis|army|nuclear|invad|invasion|offensive|мобилизац|войск",
    deferred("arms for Ukraine"): r"aid (?:bill|package)|weapons|atacms|military deliver"
    r"|hit targets|strike deep|оружи",
    deferred("territory"): r"annex|recognis|accession|referendum|republics|аннекси",
    deferred("oil supply"): r"opec|output|barrel|\bmb/d\b|brent|crude|hormuz|refinery|tanker"
    r"|опек|нпз",
    deferred("gas supply"): r"\bgas\b|nord stream|pipeline|\blng\b|\bгаз\b",
    deferred("rating or default"): r"junk|default|s&p|moody|fitch|рейтинг|дефолт",
    deferred("election"): r"election|presidency|elected|inaugurat|majority|выбор",
}
"""What kind of step a title announces, by its words."""
_KIND_PATTERNS: Final = {kind: re.compile(pattern) for kind, pattern in _KINDS.items()}
_KEY_RATE_LEVEL: Final = re.compile(r"key rate\b.*?\b(?:to|at) (\d+(?:\.\d+)?)\s?%")
_KEY_RATE: Final = "key rate"

_SAME_ACTOR: Final = {
    "council of the eu": "european union",
    "european council": "european union",
    "european commission": "european union",
    "eu": "european union",
    "united states": "us",
    "state": "us state department",
    "uk": "uk government",
    "opec": "opec+",
    "opec and allies": "opec+",
    "sergey lavrov": "sergei lavrov",
    "g7 members": "g7",
    "russian government": "russia",
    "russian authorities": "russia",
}
"""Names of one actor in the catalogue."""
_SIDES: Final = {
    "Bank of Russia": r"bank of russia",
    "Russia": r"^russia|kremlin|putin|peskov|lavrov|shoigu|medvedev|dmitriev|gazprom|^svr$|siluanov"
    r"|novak|separatist|crimean|wagner|prigozhin|federation council",
    "United States": r"^us\b|trump|biden|obama|vance|rubio|blinken|hegseth|austin|witkoff|kushner"
    r"|kellogg|coale|ratcliffe|white house",
    "European Union": r"europ|^eu\b",
    "Ukraine": r"ukrain|zelensky|kuleba|umerov|arakhamia",
    "NATO": r"nato|stoltenberg|rutte|jenssen|rasmussen",
    "United Kingdom": r"^uk\b|johnson|^theresa may|sunak|starmer",
    "Germany": r"german|scholz|merz",
    "France": r"french|france|macron",
    "G7": r"\bg7\b",
    "OPEC+": r"opec|saudi",
    "China": r"china|xi jinping",
    "Turkey": r"turkey|erdogan",
    "Iran": r"\biran",
    "Rating agencies": r"s&p|moody|fitch",
}
"""The side an actor belongs to, by its name."""
_SIDE_PATTERNS: Final = {side: re.compile(pattern) for side, pattern in _SIDES.items()}


class Likeness:
    """Compares events with one; the weights of words come from all known titles."""

    def __init__(self, event: Event, known: Sequence[Event]) -> None:
        """Count in how many titles each word is, and find the steps of the key rate."""
        titles = {other.id: other.title for other in (*known, event)}
        self._count = Counter(word for title in titles.values() for word in title_stems(title))
        self._size = len(titles)
        self._levels = key_rate_changes((*known, event))
        self._event, self._weights = event, self._weigh(event)

    def step(self, event: Event) -> float | None:
        """The announced step: the change of the key rate, else of the released value.

        Without either the intensity that the writer gave.
        """
        change = self._levels.get(event.id, event.value_change)
        return event.intensity if change is None else change

    def _unit(self, event: Event) -> str:
        """What the step counts, so that only steps in one unit are compared."""
        return _KEY_RATE if event.id in self._levels else event.value_unit

    def parts(self, other: Event, terciles: tuple[int | None, int | None]) -> list[LikenessPart]:
        """What the two events have in common, part by part."""
        event = self._event
        same = fold_case(str(event.category)) == fold_case(str(other.category))
        actor, shared_actors = compare_actors(event.actor, other.actor)
        terms, shared_terms = self._compare_titles(other)
        step = compare_steps(self.step(event), self.step(other))
        tercile = None if None in terciles else 1 - abs(terciles[0] - terciles[1]) / 2  # type: ignore[operator]
        values: dict[str, tuple[float | None, Shared]] = {
            "category": (float(same), (str(event.category),) if same else ()),
            "kind": compare_kinds(event.title, other.title),
            "actor": (actor, shared_actors),
            "words": (terms, shared_terms),
            "direction": _compare_directions(event, other),
            "step": (step if same and self._unit(event) == self._unit(other) else None, ()),
            "volatility": (tercile, ()),
        }
        return [LikenessPart(name, WEIGHTS[name], *values[name]) for name in WEIGHTS]

    def _weigh(self, event: Event) -> dict[str, float]:
        """The words of a title by their stem, each with its inverse document frequency."""
        return {
            stem: math.log((1 + self._size) / (1 + self._count[stem])) + 1
            for stem in title_stems(event.title)
        }

    def _compare_titles(self, other: Event) -> tuple[float | None, Shared]:
        """Cosine of the two titles (Salton & Buckley 1988), and the shared words."""
        mine, theirs = self._weights, self._weigh(other)
        if not mine or not theirs:
            return None, ()
        shared = [stem for stem in mine if stem in theirs]
        product = sum(mine[stem] * theirs[stem] for stem in shared)
        lengths = (math.hypot(*weights.values()) for weights in (mine, theirs))
        names = title_stems(self._event.title)
        return product / math.prod(lengths), tuple(names[stem] for stem in shared)


def weighted_likeness(parts: Iterable[LikenessPart]) -> float:
    """The mean of the parts that both events have, by their weights (Gower 1971)."""
    present = [part for part in parts if part.value is not None]
    total = sum(part.weight for part in present)
    return sum(part.weight * (part.value or 0.0) for part in present) / total if total else 0.0


@lru_cache(maxsize=4_096)
def title_stems(title: str) -> Mapping[str, str]:
    """The words of a title that tell something, by their first letters."""
    tokens = (word for word in _TOKEN.findall(fold_case(title)) if word not in _STOP_LIST)
    stems: dict[str, str] = {}
    for word in tokens:
        stems.setdefault(word[:STEM_LENGTH].removesuffix("s"), word)
    return stems


@lru_cache(maxsize=2_048)
def _split_actors(actor: str) -> tuple[Mapping[str, str], frozenset[str]]:
    """The names in a field of actors as they are written, and the sides they belong to."""
    parts = (" ".join(part.split()) for part in _BRACKETS.sub("", actor).split("/"))
    named = {_SAME_ACTOR.get(fold_case(name), fold_case(name)): name for name in parts if name}
    sides = (side for side, of in _SIDE_PATTERNS.items() if any(map(of.search, named)))
    return named, frozenset(sides)


def compare_actors(first: str, second: str) -> tuple[float | None, Shared]:
    """Half for shared names, half for shared sides (Dice 1945), and what is shared."""
    (names, sides), (others, other_sides) = _split_actors(first), _split_actors(second)
    if not names or not others:
        return None, ()
    by_name = _dice(frozenset(names), frozenset(others))
    named = tuple(names[name] for name in sorted(names) if name in others)
    if not sides or not other_sides:
        return by_name, named
    shared = named or tuple(sorted(sides & other_sides))
    return (by_name + _dice(sides, other_sides)) / 2, shared


def _dice(first: frozenset[str], second: frozenset[str]) -> float:
    return 2 * len(first & second) / (len(first) + len(second))


@lru_cache(maxsize=4_096)
def title_kinds(title: str) -> frozenset[str]:
    """The kinds of step that the words of a title announce."""
    text = fold_case(title)
    return frozenset(kind for kind, pattern in _KIND_PATTERNS.items() if pattern.search(text))


def compare_kinds(first: str, second: str) -> tuple[float | None, Shared]:
    """How many of the kinds of two titles are shared (Dice 1945), and which."""
    kinds, others = title_kinds(first), title_kinds(second)
    if not kinds or not others:
        return (None if kinds == others else 0.0), ()
    return _dice(kinds, others), tuple(sorted(kinds & others))


def _compare_directions(event: Event, other: Event) -> tuple[float, Shared]:
    if event.expected == other.expected:
        return 1.0, (str(event.expected),)
    return (0.0 if is_opposite(event, other) else 0.5), ()


def is_opposite(event: Event, other: Event) -> bool:
    """Whether one was expected to make the rouble stronger and the other weaker."""
    return {event.expected, other.expected} == {Expected.STRONGER, Expected.WEAKER}


def compare_steps(first: float | None, second: float | None) -> float | None:
    """The smaller of two steps over the larger, 0 where they go opposite ways."""
    if first is None or second is None:
        return None
    if first == second:
        return 1.0
    small, large = sorted((abs(first), abs(second)))
    return small / large if first * second > 0 else 0.0


def key_rate_changes(events: Iterable[Event]) -> dict[str, float]:
    """The change of the key rate by the id of the event, from the levels that titles state.

    The level before is that of the latest earlier title that states one; the first has none.
    """
    stated = []
    for event in {event.id: event for event in events}.values():
        match = _KEY_RATE_LEVEL.search(event.title) if _KEY_RATE in event.title else None
        if match:
            stated.append((event.starts_at, event.id, float(match[1])))
    stated.sort()
    return {
        event_id: round(level - before[2], 6) for before, (_at, event_id, level) in pairwise(stated)
    }
