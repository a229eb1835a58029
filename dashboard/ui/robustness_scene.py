"""What the Robustness page asks for one link: the group of events and the grid of choices."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from dashboard.domain.event import Event
from dashboard.domain.robustness import EVENT_FILTERS, OVERLAPS, Grid, Specification
from dashboard.domain.series import RateSeries
from dashboard.domain.spans import read_window
from dashboard.domain.study import StudyRequest, window_text
from dashboard.services.choose_factors import factors_for
from dashboard.services.describe_method import wants_factor
from dashboard.services.find_events import EventFilter, find_events
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.services.run_robustness_behind import (
    MOST_SPECIFICATIONS,
    Asked,
    count_specifications,
)
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.events_scene import ANY, CATEGORIES, EXPECTED
from dashboard.ui.view import (
    Param,
    PartlyRead,
    a_day,
    a_name,
    a_text,
    many_names,
    one_of,
    some_of,
)

WINDOWS: Final = ("0:0", "0:1", "-1:1", "0:2", "0:5", "-1:5", "0:10", "-5:-1")
ESTIMATIONS: Final = ("60", "120", "250", "500")
GAPS: Final = ("0", "5", "10", "20")
MODELS: Final = ("none", "mean", "market-adjusted", "market", "scholes-williams", "garch")
DEFAULTS: Final = Grid(series=(DEFAULT_SERIES,))
PLAIN: Final = StudyRequest()
"""The study that the command line makes where nobody chooses anything."""
AT_ONCE: Final = 1_000
"""Up to so many specifications run without being asked for."""
LONGEST: Final = 100_000
"""Rows of a series on which one specification is a matter of milliseconds."""

EVERY_CATEGORY: Final = "all"
FIRST_KINDS: Final = ("nato_remark",)


def kinds_param() -> Param:
    """Some categories; none of them chosen is every category, which a link calls `all`."""

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        chosen = tuple(kind for kind in CATEGORIES if kind in texts)
        strange = [text for text in texts if text not in (*CATEGORIES, EVERY_CATEGORY)]
        if strange and not chosen:
            raise ValueError(strange[0])
        if strange:
            raise PartlyRead(chosen, strange)
        return () if EVERY_CATEGORY in texts else chosen

    def write(value: Sequence[str]) -> list[str]:
        return list(value) or [EVERY_CATEGORY]

    return Param("cat", FIRST_KINDS, read, write, ("sanctions", "monetary_policy"))


PARAMS: Final[tuple[Param, ...]] = (
    kinds_param(),
    one_of("exp", EXPECTED, ANY),
    a_day("from", "2022-01-01"),
    a_day("to", "2022-06-30"),
    a_text("tag", "geneva"),
    some_of("car", WINDOWS, [f"{a}:{b}" for a, b in DEFAULTS.windows]),
    some_of("estimation", ESTIMATIONS, [str(n) for n in DEFAULTS.estimations]),
    some_of("gap", GAPS, [str(n) for n in DEFAULTS.gaps]),
    some_of("model", MODELS, DEFAULTS.models),
    a_name("factor", "", "eur_usd_ecb"),
    some_of("overlap", OVERLAPS, DEFAULTS.overlaps),
    some_of("events", tuple(EVENT_FILTERS), DEFAULTS.event_filters),
    one_of("returns", ("log", "simple"), "log"),
    many_names("also", (), ("cny_rub_cbr",), "none"),
    a_name("series", DEFAULT_SERIES, "cny_rub_cbr", shared=True),
)
CHOICES: Final = ("car", "estimation", "gap", "model", "overlap", "events")
"""The choices whose combinations are run, by their key in the link."""


@dataclass(frozen=True, slots=True)
class Group:
    """Which events are asked about, in the words of a link."""

    categories: tuple[str, ...] = ()
    expected: str = ANY
    since: date | None = None
    until: date | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class RobustnessScene:
    """Everything the page is drawn from; `refused` says why nothing can be run."""

    group: Group
    events: tuple[Event, ...]
    series: tuple[RateSeries, ...]
    factors: tuple[RateSeries, ...]
    grid: Grid
    key: Hashable
    dark: bool
    phone: bool
    notice: str = ""
    refused: str = ""

    @property
    def total(self) -> int:
        """How many specifications there are."""
        grid = self.grid
        choices = (grid.series, grid.windows, grid.estimations, grid.gaps, grid.models,
                   grid.overlaps, grid.event_filters)  # fmt: skip
        return count_specifications([len(each) for each in choices])

    @property
    def asked(self) -> Asked:
        """What a run is about."""
        return Asked(self.grid, self.series, self.events, self.factors)


def read_robustness_scene(view: View) -> RobustnessScene:
    """The scene of a link; settings that cannot be together are ignored and told."""
    known = session.known_events()
    group = read_group(view)
    events = events_of(group, known.events)
    series = _series(view)
    factors, notice = _factors(view, series[0])
    grid = Grid(
        series=tuple(each.card.id for each in series),
        windows=tuple(read_window("car", text) for text in view["car"]),
        estimations=tuple(int(text) for text in view["estimation"]),
        gaps=tuple(int(text) for text in view["gap"]),
        models=view["model"],
        overlaps=view["overlap"],
        event_filters=view["events"],
        returns=view["returns"],
    )
    versions = tuple(session.series_version(each) for each in (*series, *factors))
    scene = RobustnessScene(
        group, events, series, factors, grid, (grid, versions, known.version, group),
        session.is_dark(), session.is_phone(), notice,
    )  # fmt: skip
    return _refused(scene)


def read_group(view: View) -> Group:
    """The group of events of a link; a period that ends before it starts is ignored and told."""
    if view["from"] and view["to"] and view["to"] < view["from"]:
        view.ignore("from", "to")
    kinds = tuple(kind for kind in CATEGORIES if kind in view["cat"])
    return Group(kinds, view["exp"], view["from"], view["to"], view["tag"])


def events_of(group: Group, known: tuple[Event, ...]) -> tuple[Event, ...]:
    """The events of a group."""
    asked = EventFilter(
        categories=group.categories,
        since=group.since,
        until=group.until,
        expected=None if group.expected == ANY else group.expected,
        tags=(group.tag,) if group.tag else (),
    )
    return find_events(known, asked)


def is_plain(specification: Specification) -> bool:
    """Whether these are the choices of the plain study, on all events."""
    return (
        specification.window == PLAIN.cars[0]
        and specification.estimation == PLAIN.estimation
        and specification.gap == PLAIN.gap
        and specification.model == PLAIN.model
        and specification.overlap == PLAIN.overlap
        and specification.event_filter == "all"
        and specification.returns == PLAIN.returns
    )


def window_label(text: str) -> str:
    """`0:1` as tables write it: `[0,1]`."""
    first, last = read_window("car", text)
    return window_text((first, last))


def _series(view: View) -> tuple[RateSeries, ...]:
    """The series of the link and the others beside it, each counting roubles like the first."""
    cards = {card.id: card for card in session.prices()}
    if view["series"] not in cards:
        view.ignore("series")
    first = cards[view["series"]]
    others = [
        name
        for name in view["also"]
        if name in cards and name != first.id and cards[name].is_rouble == first.is_rouble
        and cards[name].bar_minutes == first.bar_minutes
    ]  # fmt: skip
    if len(others) < len(view["also"]):
        view.ignore("also")
        others = []
    return tuple(session.series(name) for name in (first.id, *others))


def _factors(view: View, series: RateSeries) -> tuple[tuple[RateSeries, ...], str]:
    """The factor for the models that want one; those models are left out where there is none."""
    if not any(wants_factor(model) for model in view["model"]):
        return (), ""
    choices = [card.id for card in factors_for(series.card, session.cards())]
    if view["factor"] and view["factor"] not in choices:
        view.ignore("factor")
    if not choices:
        view.ignore("model")
        return (), f"No series here can explain {series.card.title}: models without a factor only."
    chosen = view["factor"] or ("eur_usd_ecb" if "eur_usd_ecb" in choices else choices[0])
    return (session.series(chosen),), ""


def _refused(scene: RobustnessScene) -> RobustnessScene:
    """The same scene, with the reason where it cannot be run."""
    longest = max(len(each) for each in scene.series)
    if not scene.events:
        return replace(scene, refused="No event fits this choice. Take another category or period.")
    if scene.total > MOST_SPECIFICATIONS:
        return replace(
            scene,
            refused=f"{scene.total:,} specifications are more than {MOST_SPECIFICATIONS:,},"
            " the most that this page runs. Take fewer choices.",
        )
    if longest > LONGEST:
        return replace(
            scene,
            refused=f"A series of {longest:,} rows is too long for this page;"
            " the command `robustness` takes it.",
        )
    return scene
