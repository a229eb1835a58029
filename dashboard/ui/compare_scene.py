"""What Compare shows for one link: the comparison, its scale, its groups and what cannot be had."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard.domain.comparison import Comparison, Group, GroupAnswer
from dashboard.domain.errors import InputError
from dashboard.domain.event import Event
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.domain.study import StudyRequest
from dashboard.services.choose_factors import factors_for
from dashboard.services.compare_groups import compare_groups
from dashboard.services.describe_method import check_model, wants_factor
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.compare_link import AskedGroup, asked_groups, has_second, read_request
from dashboard.ui.compare_scale import Scale
from dashboard.ui.event_words import sentence_case
from dashboard.ui.palette import GROUP_LOOKS, GroupLook
from dashboard.ui.quoting import Quote, Quoting
from dashboard.ui.session import KnownEvents

OPTION: Final = re.compile(r"--(\w[\w-]*)")
FEWEST: Final = 5
"""Of fewer events the figure draws each by itself and no mean."""


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """One group as the page shows it: what was asked for, what was found, how it looks."""

    asked: AskedGroup
    found: GroupAnswer
    look: GroupLook

    @property
    def is_judged(self) -> bool:
        """Whether the declared test gives a verdict."""
        return self.found.headline is not None and not self.found.headline.reason


@dataclass(frozen=True, slots=True)
class CompareScene:
    """Everything the page is drawn from; `answer` is None where `refusal` says why.

    `known` are all events that are shown, `factors` the series that explain normal moves.
    """

    link: View
    card: SeriesCard
    scale: Scale
    asked: tuple[AskedGroup, ...]
    listed: tuple[tuple[Event, ...], ...]
    request: StudyRequest | None
    answer: Comparison | None
    refusal: str
    notices: tuple[str, ...]
    dark: bool
    phone: bool
    known: tuple[Event, ...] = ()
    factors: tuple[RateSeries, ...] = ()

    @property
    def groups(self) -> tuple[ShownGroup, ...]:
        """The groups of the answer; none where there is no answer."""
        found = self.answer.groups if self.answer else ()
        return tuple(
            ShownGroup(asked, each, look)
            for asked, each, look in zip(self.asked, found, GROUP_LOOKS, strict=False)
        )

    @property
    def events(self) -> dict[str, Event]:
        """The events of the groups by their ids."""
        return {event.id: event for listed in self.listed for event in listed}


def read_scene(link: View) -> CompareScene:
    """The scene of a link; what cannot be is ignored and told, or refused with one sentence."""
    if link["series"] not in {card.id for card in session.prices()}:
        link.ignore("series")
    series, known = session.series(link["series"]), session.known_events()
    asked, notices = _asked(link)
    factors, told = _factors(link, series.card)
    groups = [Group(each.name, each.events(known.events)) for each in asked]
    request, answer, refusal = None, None, ""
    try:
        request = read_request(link, series.card)
        answer = _answer(series, groups, known, request, factors)
    except InputError as error:
        refusal = sentence_case(OPTION.sub(r"\1", str(error)))
    return CompareScene(
        link=link,
        card=series.card,
        scale=Scale(Quoting(series.card, Quote(link["up"])), link["returns"] == "simple"),
        asked=asked,
        listed=tuple(group.events for group in groups),
        request=request,
        answer=answer,
        refusal=refusal,
        notices=(*notices, *told),
        dark=session.is_dark(),
        phone=session.is_phone(),
        known=known.events,
        factors=factors,
    )


def _asked(link: View) -> tuple[tuple[AskedGroup, ...], tuple[str, ...]]:
    asked = asked_groups(link)
    if len({each.name for each in asked}) == len(asked):
        return asked, ()
    return asked[:1], ("Both groups ask for the same events, so only one is shown.",)


def _factors(link: View, card: SeriesCard) -> tuple[tuple[RateSeries, ...], tuple[str, ...]]:
    """The factors of the model, and a sentence on each that cannot be one."""
    try:
        check_model(link["model"])
    except InputError:
        link.ignore("model")
    if not wants_factor(link["model"]):
        unused = f"The model {link['model']} looks at no other series; the factor is not used."
        return (), ((unused,) if link["factor"] else ())
    choices = {each.id for each in factors_for(card, session.cards())}
    strange = [name for name in link["factor"] if name not in choices]
    told = tuple(f"{name} cannot explain {card.title}, so it was left out." for name in strange)
    return tuple(session.series(name) for name in link["factor"] if name in choices), told


def _answer(
    series: RateSeries,
    groups: Sequence[Group],
    known: KnownEvents,
    request: StudyRequest,
    factors: Sequence[RateSeries],
) -> Comparison:
    versions = [session.series_version(each) for each in (series, *factors)]
    version = f"{versions}/{known.version}/{request}"
    names = tuple(group.name for group in groups)
    return _kept((series, tuple(groups), known.events, request, tuple(factors)), version, names)


Asked = tuple[
    RateSeries, tuple[Group, ...], tuple[Event, ...], StudyRequest, tuple[RateSeries, ...]
]


@st.cache_resource(show_spinner=False, max_entries=16)
def _kept(_asked: Asked, version: str, names: tuple[str, ...]) -> Comparison:  # noqa: ARG001 - the keys of the cache
    series, groups, known, request, factors = _asked
    return compare_groups(series, groups, known, request, factors)


def second_is_asked(scene: CompareScene) -> bool:
    """Whether the link asks for a second group, shown or not."""
    return has_second(scene.link)
