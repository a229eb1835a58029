"""Controls of the Event page: series, quote, window, normal model, placebo pool."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.models.currencies import currency_subject
from dashboard.models.messages import deferred, join_and, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import EventView
from dashboard.models.series import SeriesCard
from dashboard.presentation.formatting import format_number
from dashboard.presentation.moves import POOL_TITLES, format_window_label, observation_name
from dashboard.services.method import describe_method
from dashboard.services.study import needs_factor
from dashboard.services.study_inputs import available_factors, codes_without_factors, event_windows
from dashboard.ui import session
from dashboard.ui.components.elements import term_help
from dashboard.ui.components.view_controls import draw_quote_switch, draw_series_choice
from dashboard.ui.pages.event.state import POOL_OPTIONS, get_window_key
from dashboard.ui.url_state import UrlState

BARS_HELP: Final = deferred(
    "For hours and minutes you need a series of bars: fetch one with `python -m dashboard rates"
    " refresh --series cny_rub_moex_60m` (Moscow Exchange; also `_10m` and `_1m`) or bring a file"
    " on *Data*, then choose it as the series."
)


def draw_event_controls(link: UrlState, view: EventView) -> None:
    """Draw series, quote and window in one row that wraps; how it is measured is folded."""
    card = view.card
    of_bars = card.bar_minutes > 0
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_series_choice(link, session.get_price_cards())
        draw_quote_switch(link, card)
        st.selectbox(
            _("Window, time of trading")
            if of_bars
            else _("Window, {observations}", observations=observation_name(card, many=True)),
            list(event_windows(card.bar_minutes)),
            format_func=format_window_label,
            width=130,
            help=_("Bars are counted, not hours by the clock: a night has none.")
            if of_bars
            else None,
            **link.widget(get_window_key(card)),
        )
        with st.popover(_("How it is measured"), icon=":material/tune:"):
            _draw_model_choice(link, card)
            _draw_pool_choice(link, view)
            st.caption(
                _("Shaded: the range of ordinary moves before the event, which is no forecast."),
                help=term_help("ordinary_range"),
            )
            if not of_bars:
                st.caption(translate_deferred(BARS_HELP))


def _draw_model_choice(link: UrlState, card: SeriesCard) -> None:
    """Draw the choice of the normal model and of its factor."""
    models = {model.id: translate_deferred(model.title) for model in describe_method().models}
    choice = link.widget("model")
    choice["on_change"], choice["args"] = _change_model, (link, choice["key"])
    st.selectbox(
        _("Expected move"),
        list(models),
        format_func=models.__getitem__,
        width=220,
        help=_(
            "What is taken off before a move is compared: nothing, the mean daily move of the"
            " estimation window, or what the move of another series explains. See Method."
        ),
        **choice,
    )
    if not needs_factor(link["model"]):
        return
    offered = available_factors(card, session.get_cards(), link["model"])
    factors = {item.id: item.title for item in offered}
    refused = join_and([currency_subject(code).name for code in codes_without_factors(card)])
    st.selectbox(
        _("Explained by"),
        list(factors),
        format_func=factors.__getitem__,
        width=200,
        help=_(
            "Its move on the same market day; a day without it is left empty. Rates of"
            " {currencies} are not offered: they move with the event itself.",
            currencies=refused,
        ),
        **link.widget("factor", link["factor"] or next(iter(factors))),
    )


def _change_model(link: UrlState, key: str) -> None:
    """Set the chosen model, with a factor only where the model has one."""
    model = st.session_state[key]
    link.set(model=model, factor=link["factor"] if needs_factor(model) else "")


def _draw_pool_choice(link: UrlState, view: EventView) -> None:
    """Draw the choice of the placebo pool, with the size of each."""
    ranks = view.moves[0].ranks if view.moves else ()
    sizes = {rank.pool: f" ({format_number(rank.size, 0)})" for rank in ranks}
    st.segmented_control(
        _("Compare with"),
        list(POOL_OPTIONS),
        format_func=lambda pool: f"{translate_deferred(POOL_TITLES[pool])}{sizes.get(pool, '')}",
        required=True,
        help=_(
            "Nearest: within 250 observations of the event, its own window left out. Of all"
            " years: quiet dates, whose event window touches no listed event; all dates; those"
            " of similar volatility on the eve."
        ),
        **link.widget("pool"),
    )
