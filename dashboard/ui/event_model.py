"""What a link of the Event page takes for ordinary: the model and its factor, or why not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dashboard.domain.errors import InputError
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.services.choose_factors import factors_for
from dashboard.services.choose_windows import PAGE_REQUEST
from dashboard.services.describe_method import check_model, wants_factor
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.event_words import sentence_case
from dashboard.ui.wording import days

OPTION: Final = re.compile(r"--(\w[\w-]*)")


@dataclass(frozen=True, slots=True)
class Ordinary:
    """The model of an ordinary move and its factors; `notice` says what cannot be had."""

    model: str = PAGE_REQUEST.model
    factors: tuple[RateSeries, ...] = ()
    notice: str = ""


def read_ordinary(link: View, card: SeriesCard) -> Ordinary:
    """The model and the factor of a link; those that cannot be together are ignored and told."""
    try:
        check_model(link["model"])
    except InputError:
        link.ignore("model")
    model = link["model"]
    if not wants_factor(model):
        notice = _unused_factor(link, model) if link["factor"] else ""
        return Ordinary(model, notice=notice)
    choices = {each.id: each for each in factors_for(card, session.cards(), model)}
    if not choices:
        link.ignore("model", "factor")
        return Ordinary(
            notice=f"No series here can explain {card.title}, so the model {model} cannot be used."
        )
    notice = ""
    if link["factor"] and link["factor"] not in choices:
        notice = f"{_title(link['factor'])} cannot explain {card.title}: {_why(link['factor'])}."
        link.ignore("factor")
    chosen = link["factor"] or next(iter(choices))
    return Ordinary(model, (session.series(chosen),), notice)


def refused(link: View, error: InputError) -> Ordinary:
    """What is shown instead of a model that does not fit the series, and why."""
    link.ignore("model", "factor")
    said = OPTION.sub(r"\1", str(error).partition("; use ")[0])
    return Ordinary(notice=f"{sentence_case(said)}. Shown with the constant mean instead.")


def reach_words(card: SeriesCard) -> str:
    """How far the factor of a model goes, where an event could not be studied with it."""
    first, last = (day.astype(object) for day in session.series(card.id).day[[0, -1]])
    return f"The model looks at {card.title} too: {days(first, last)}."


def _unused_factor(link: View, model: str) -> str:
    title = _title(link["factor"])
    link.ignore("factor")
    return f"The model {model} looks at no other series, so {title} was left out."


def _title(series_id: str) -> str:
    return next((card.title for card in session.cards() if card.id == series_id), series_id)


def _why(series_id: str) -> str:
    card = next((card for card in session.cards() if card.id == series_id), None)
    if card is None:
        return "there is no such series"
    if card.is_rouble:
        return "it moves with the rouble itself, so it would take the answer away"
    return "it is the series itself, or counts in other steps"
