"""What a link of Compare carries: two groups of events, and the study that is made of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, get_args

from dashboard.domain.errors import InputError
from dashboard.domain.event import Category, Event, Expected
from dashboard.domain.series import SeriesCard
from dashboard.domain.spans import read_length
from dashboard.domain.study import Overlap, Pool, Returns, StudyRequest, Window, window_text
from dashboard.services.choose_windows import LONGEST, default_window, page_request
from dashboard.services.find_events import EventFilter, find_events
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.ui.address import View
from dashboard.ui.quoting import Quote
from dashboard.ui.view import NAME, Param, PartlyRead, a_day, a_name, one_of

ALL: Final = "all"
ANY: Final = "any"
KINDS: Final = tuple(category.value for category in Category)
EXPECTED: Final = (ANY, *(each.value for each in Expected))
FIRST_KINDS: Final = (Category.NATO_REMARK.value,)
PREFIXES: Final = ("", "b")
FIELDS: Final = ("cat", "exp", "tag", "from", "to")
MOST_NAMED: Final = 10
TAG_LIMIT: Final = 60
PREFERRED: Final[Window] = (0, 1)
PARTS: Final = {
    "moves": "Event by event",
    "tests": "Tests",
    "placebo": "Placebo",
    "carries": "Leave one out",
    "when": "Heat map",
    "lost": "Listed to used",
    "files": "Files",
}
"""What stands below the paths, one at a time."""

WINDOW: Final = re.compile(r"[+-]?[0-9]{1,4}[hm]?:[+-]?[0-9]{1,4}[hm]?")
LENGTH: Final = re.compile(r"[0-9]{1,6}[hm]?")


def _kinds(key: str, default: tuple[str, ...]) -> Param:
    """Some categories, or the one word `all`; none is the absence of a second group."""

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        chosen = (ALL,) if ALL in texts else tuple(kind for kind in KINDS if kind in texts)
        strange = [text for text in texts if text not in (*KINDS, ALL)]
        if strange:
            raise PartlyRead(chosen or default, strange)
        return chosen

    return Param(key, default, read, list, ("sanctions", "monetary_policy"))


def _names(key: str, example: tuple[str, ...], allowed: re.Pattern[str] | None = None) -> Param:
    """Several short texts, each once, in their order; ids where a pattern says so."""

    def good(text: str) -> bool:
        fits = allowed.fullmatch(text) if allowed else text.isprintable() and text.strip()
        return bool(fits) and len(text) <= TAG_LIMIT

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        chosen = tuple(dict.fromkeys(text for text in texts if good(text)))[:MOST_NAMED]
        strange = [text for text in texts if text not in chosen]
        if strange:
            raise PartlyRead(chosen, strange)
        return chosen

    return Param(key, (), read, list, example)


def _typed(key: str, pattern: re.Pattern[str], example: str) -> Param:
    """A window or a length as it is typed on the command line; "" = the default of the series."""

    def read(texts: Sequence[str]) -> str:
        if not pattern.fullmatch(texts[-1]):
            raise ValueError(key)
        return texts[-1]

    return Param(key, "", read, lambda value: [value], (example,))


def _group(prefix: str, kinds: tuple[str, ...]) -> tuple[Param, ...]:
    return (
        _kinds(f"{prefix}cat", kinds),
        one_of(f"{prefix}exp", EXPECTED, ANY),
        _names(f"{prefix}tag", ("my own", "swift")),
        a_day(f"{prefix}from", "2022-03-01"),
        a_day(f"{prefix}to", "2025-12-31"),
    )


PARAMS: Final[tuple[Param, ...]] = (
    *_group("", FIRST_KINDS),
    *_group("b", ()),
    a_name("series", DEFAULT_SERIES, "eur_rub_ecb", shared=True),
    _typed("window", WINDOW, "-10:20"),
    _typed("car", WINDOW, "0:5"),
    a_name("model", "mean", "none"),
    _names("factor", ("brent_eia",), NAME),
    one_of("overlap", get_args(Overlap), "keep"),
    _typed("estimation", LENGTH, "250"),
    _typed("gap", LENGTH, "5"),
    one_of("returns", get_args(Returns), "log"),
    one_of("clean", ("0", "1"), "0"),
    one_of("pool", get_args(Pool), "near"),
    one_of("up", tuple(quote.value for quote in Quote), Quote.WEAKER.value, shared=True),
    one_of("part", tuple(PARTS), "moves"),
)
DEFAULTS: Final = {param.key: param.default for param in PARAMS}


@dataclass(frozen=True, slots=True)
class AskedGroup:
    """The events that one group of a link asks for."""

    filter: EventFilter

    @property
    def name(self) -> str:
        """What the tables call the group: `nato_remark`, `all expected=stronger tag=swift`."""
        asked = self.filter
        words = [
            "+".join(asked.categories) or ALL,
            *([f"expected={asked.expected}"] if asked.expected else []),
            *(f"tag={tag}" for tag in asked.tags),
            *([f"from={asked.since}"] if asked.since else []),
            *([f"to={asked.until}"] if asked.until else []),
        ]
        return " ".join(words)

    def events(self, known: Sequence[Event]) -> tuple[Event, ...]:
        """Those that fit."""
        return find_events(known, self.filter)


def asked_groups(link: View) -> tuple[AskedGroup, ...]:
    """The first group, and the second where the link says anything about one.

    A period that ends before it starts is ignored and told.
    """
    groups = []
    for prefix in PREFIXES:
        since, until = f"{prefix}from", f"{prefix}to"
        if link[since] and link[until] and link[until] < link[since]:
            link.ignore(since, until)
        if not prefix or has_second(link):
            groups.append(_asked(link, prefix))
    return tuple(groups)


def has_second(link: View) -> bool:
    """Whether a link asks for a second group."""
    return any(link[f"b{field}"] != DEFAULTS[f"b{field}"] for field in FIELDS)


def _asked(link: View, prefix: str) -> AskedGroup:
    kinds, expected = link[f"{prefix}cat"], link[f"{prefix}exp"]
    return AskedGroup(
        EventFilter(
            categories=tuple(kind for kind in kinds if kind != ALL),
            since=link[f"{prefix}from"],
            until=link[f"{prefix}to"],
            expected=None if expected == ANY else expected,
            tags=link[f"{prefix}tag"],
        )
    )


def read_request(link: View, card: SeriesCard) -> StudyRequest:
    """The study that a link asks for, on a series with its bars or its one number a day.

    The CAR window is the one named, else [0,1], else the first usual one that lies inside.

    Raises:
        InputError: a window or length does not fit the series, or one another.
    """
    minutes = card.bar_minutes
    named = [link["car"]] if link["car"] else []
    base = page_request(minutes, link["window"] or default_window(minutes), named)
    if base.window[1] - base.window[0] >= LONGEST:
        msg = (
            f"window {window_text(base.window)}: is longer than {LONGEST} observations; shorten it"
        )
        raise InputError(msg)
    estimation, gap = base.estimation, base.gap
    if link["estimation"]:
        estimation = read_length("estimation", link["estimation"], minutes)
    if link["gap"]:
        gap = read_length("gap", link["gap"], minutes)
    return replace(
        base,
        cars=(PREFERRED,) if not named and PREFERRED in base.cars else base.cars[:1],
        model=link["model"],
        overlap=link["overlap"],
        estimation=estimation,
        min_estimation=min(base.min_estimation, estimation),
        gap=gap,
        returns=link["returns"],
        clean_estimation=link["clean"] == "1",
        pool=link["pool"],
    )
