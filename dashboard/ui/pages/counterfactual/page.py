"""The Counterfactual page: what a currency would have done, had it moved as others did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import streamlit as st

from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import current_language, deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.presentation.charts.counterfactual import build_counterfactual_figure
from dashboard.presentation.counterfactual import (
    describe_counterfactual,
    describe_fit,
    describe_left_out,
    describe_limits,
    donors_view,
    gaps_view,
    get_subject,
    summarize_weights,
)
from dashboard.presentation.escaping import escape_label, escape_markdown, plain_text
from dashboard.presentation.formatting import capitalize_first, date_field_format, format_day
from dashboard.presentation.palette import LIGHT_PALETTE, Palette, get_palette
from dashboard.presentation.tables import View, build_text_columns
from dashboard.services.counterfactual import (
    MAX_DONORS,
    Counterfactual,
    build_counterfactual,
    default_donors,
    is_valued,
    load_dollar_rates,
    possible_donors,
)
from dashboard.services.exports import TABLES, FileFormat, table_file
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.components.elements import (
    Shortcut,
    draw_copy_link,
    draw_figure,
    draw_heading,
    draw_page_link,
    draw_shortcuts,
    draw_text_table,
    toggle_expander,
)
from dashboard.ui.components.exports import (
    ChartPicture,
    Downloads,
    draw_download_menu,
)
from dashboard.ui.components.view_controls import draw_series_choice
from dashboard.ui.pages.base import Page
from dashboard.ui.url_state import UrlState, day_param, name_param, names_param

DEFAULT_DAY: Final = date(2018, 4, 9)
"""The first market day after the American sanctions of 6 April 2018."""
TEXT_LIMIT: Final = 500
TITLE_LIMIT: Final = 70
DONORS_KEY: Final = "counterfactual.donors"
PARAMS: Final = (
    name_param("id", "", "cbr-2022-02-28"),
    day_param("day", "2022-02-24"),
    name_param("series", DEFAULT_SERIES, "eur_rub_ecb", shared=True),
    names_param("donors", (), ("eur_usd_ecb", "usd_cny_ecb"), "usual"),
)


@dataclass(frozen=True, slots=True)
class CounterfactualState:
    """What the page is drawn from; `refused` says why there is no answer."""

    series: RateSeries
    event: Event | None
    day: date
    donors: tuple[str, ...]
    possible: tuple[SeriesCard, ...]
    answer: Counterfactual | None
    refused: str = ""


def read_state(view: UrlState) -> CounterfactualState:
    """The state for a link; settings that do not fit are ignored."""
    cards = session.get_cards()
    if view["series"] not in {card.id for card in cards if _can_be_explained(card)}:
        view.ignore("series")
    series = session.load_series(view["series"])
    event = None
    if view["id"]:
        event = next((e for e in session.get_known_events().events if e.id == view["id"]), None)
        if event is None:
            view.ignore("id")
    possible = possible_donors(series.card, cards)
    known = {card.id for card in possible}
    view.ignore_part("donors", [name for name in view["donors"] if name not in known])
    chosen = tuple(name for name in view["donors"] if name in known)
    donors = chosen or tuple(name for name in default_donors(cards) if name in known)
    day = view["day"] or DEFAULT_DAY
    answer, refused = None, ""
    try:
        answer = _compute(series, event or day, donors)
    except InputError as error:
        refused = str(error)
    return CounterfactualState(series, event, day, donors, possible, answer, refused)


def _can_be_explained(card: SeriesCard) -> bool:
    return card.is_price and not card.bar_minutes and is_valued(card)


def _compute(series: RateSeries, when: date | Event, donors: tuple[str, ...]) -> Counterfactual:
    loaded = tuple(session.load_series(name) for name in donors)
    crosses = load_dollar_rates(session.get_context().rates)
    versions = tuple(map(session.build_series_version, (series, *loaded, *crosses)))
    return _cached_counterfactual(versions, when, series, loaded, crosses)


@st.cache_resource(show_spinner=False, max_entries=32)
def _cached_counterfactual(
    versions: tuple[str, ...],  # noqa: ARG001 - it names the versions of all data
    when: date | Event,
    _series: RateSeries,
    _donors: tuple[RateSeries, ...],
    _crosses: tuple[RateSeries, ...],
) -> Counterfactual:
    return build_counterfactual(_series, when, _donors, _crosses)


# ------------------------------------------------------------------ the page


def draw(view: UrlState) -> None:
    """Draw the question, the answer with its chart, and what it rests on."""
    state = read_state(view)
    answer = state.answer
    question = _("What would it have done without the event?")
    draw_heading(
        escape_markdown(describe_counterfactual(answer) if answer else question, TEXT_LIMIT),
        f":small[{escape_markdown(_describe_question(state), TEXT_LIMIT)}]",
    )
    _draw_controls(view, state)
    if answer is None:
        st.warning(escape_markdown(state.refused, TEXT_LIMIT), icon=":material/block:")
    else:
        _draw_answer(state, answer)
    draw_shortcuts((Shortcut("T", _("Donors"), partial(toggle_expander, DONORS_KEY)),))
    draw_copy_link("counterfactual", view)


def _describe_question(state: CounterfactualState) -> str:
    what = state.event.title if state.event else format_day(state.day)
    if state.answer is None:
        return what
    weights = summarize_weights(state.answer)
    return _(
        "{what}. The synthetic series: {weights}.", what=plain_text(what, TITLE_LIMIT),
        weights=weights,
    )  # fmt: skip


def _draw_controls(view: UrlState, state: CounterfactualState) -> None:
    """Draw the series, the day or event, the donors and the downloads in one row."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        cards = tuple(card for card in session.get_cards() if _can_be_explained(card))
        draw_series_choice(view, cards, width=230)
        st.date_input(
            _("Day"),
            format=date_field_format(),
            min_value=date.fromisoformat(str(state.series.day[0])),
            max_value=date.fromisoformat(str(state.series.day[-1])),
            width=140,
            disabled=state.event is not None,
            **view.widget("day", state.day),
        )
        known = session.get_known_events()
        names = _cached_event_names(known.version, current_language(), known.events)
        st.selectbox(
            _("Or an event"),
            ["", *names],
            format_func=lambda name: names.get(name, _("none: the day")),
            width=330,
            **view.widget("id"),
        )
        with st.popover(_("Donors ({count})", count=len(state.donors)), icon=":material/tune:"):
            _draw_donor_choice(view, state)
        if state.answer is not None:
            draw_download_menu(_list_downloads(view, state, state.answer), "counterfactual.files")


@st.cache_resource(show_spinner=False, max_entries=16)
def _cached_event_names(
    version: str,  # noqa: ARG001
    language: str,  # noqa: ARG001
    _events: tuple[Event, ...],
) -> dict[str, str]:
    """Day and title of every event by its id, the latest first."""
    return {
        event.id: plain_text(f"{format_day(event.day)} · {event.title}", TITLE_LIMIT)
        for event in reversed(_events)
    }


def _draw_donor_choice(view: UrlState, state: CounterfactualState) -> None:
    titles = {card.id: card.label for card in state.possible}
    st.multiselect(
        _("Donors"),
        list(titles),
        format_func=lambda name: escape_label(titles[name]),
        max_selections=MAX_DONORS,
        placeholder=_("the usual ones"),
        help=_("Daily prices that the event did not move; none chosen: the usual ones."),
        width=360,
        **view.widget("donors"),
    )


def _draw_answer(state: CounterfactualState, answer: Counterfactual) -> None:
    phone = session.is_phone()
    draw_figure(
        build_counterfactual_figure(answer, get_palette(dark=session.is_dark()), phone=phone),
        "counterfactual.chart",
        _summarize_chart(answer),
        phone=phone,
    )
    st.caption(_("Grey: where 95 % of the gaps of other dates lie, scaled to the fit of this one."))
    draw_text_table(
        _text_columns("counterfactual", answer, gaps_view()),
        _("The gap between the currency and its synthetic series after the date"),
    )
    st.markdown(
        "\n".join(f"- {escape_markdown(text, TEXT_LIMIT)}" for text in describe_fit(answer))
    )
    with st.expander(_("Table of the donors"), icon=":material/table:", key=DONORS_KEY):
        draw_text_table(
            _text_columns("counterfactual_donors", answer, donors_view(answer)),
            _("The donors with their weights, and the answer without each"),
        )
        left_out = describe_left_out(answer)
        if left_out:
            st.caption(escape_markdown(_("No donors: {list}", list=left_out), TEXT_LIMIT))
    st.caption(escape_markdown(describe_limits(), TEXT_LIMIT))
    if state.event is not None:
        draw_page_link(
            "event", _("The event on its page"), icon=":material/event:",
            id=state.event.id, series=state.series.card.id,
        )  # fmt: skip


def _text_columns(name: str, answer: Counterfactual, view: View) -> dict[str, list[str]]:
    columns = build_text_columns(TABLES[name], [answer], view)
    return {
        escape_markdown(title): [escape_markdown(str(cell)) for cell in cells]
        for title, cells in columns.items()
    }


def _summarize_chart(answer: Counterfactual) -> str:
    return _(
        "Line chart: {subject} and its synthetic series around {day}. {answer} The table below"
        " holds the gaps.",
        subject=get_subject(answer).name,
        day=format_day(answer.day),
        answer=describe_counterfactual(answer),
    )


# ------------------------------------------------------------------ files


def _list_downloads(
    view: UrlState, state: CounterfactualState, answer: Counterfactual
) -> Downloads:
    return Downloads(
        (state.series.card.id, "counterfactual", answer.requested),
        "counterfactual",
        view,
        _build_picture(state, answer, LIGHT_PALETTE),
        {
            "counterfactual": (_("Gaps"), partial(_table_bytes, "counterfactual", answer)),
            "counterfactual_donors": (
                _("Donors"),
                partial(_table_bytes, "counterfactual_donors", answer),
            ),
            "counterfactual_path": (
                _("Every day"),
                partial(_table_bytes, "counterfactual_path", answer),
            ),
        },
        has_embed=False,
    )


def _table_bytes(name: str, answer: Counterfactual, dialect: FileFormat) -> bytes:
    return table_file(name, [answer], dialect)


def _build_picture(
    state: CounterfactualState, answer: Counterfactual, palette: Palette
) -> ChartPicture:
    subject = capitalize_first(get_subject(answer).name)
    loaded = (state.series, *(session.load_series(card.id) for card in answer.cards))
    return ChartPicture(
        lambda: build_counterfactual_figure(answer, palette),
        describe_counterfactual(answer),
        _("{subject} and a synthetic series: {weights}", subject=subject,
          weights=summarize_weights(answer)),
        _summarize_chart(answer),
        loaded,
        " ".join(describe_fit(answer)[:2]),
    )  # fmt: skip


PAGE = Page(
    "counterfactual", deferred("Counterfactual"), ":material/alt_route:", "counterfactual", draw,
    PARAMS,
)  # fmt: skip
