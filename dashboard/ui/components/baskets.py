"""Baskets on pages: the choice of one, one event on its series, categories of events on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import streamlit as st

from dashboard.container import shipped_baskets
from dashboard.models.analyses import CrossCell
from dashboard.models.baskets import AssetMove, Basket, BasketMember, BasketMoves, create_basket
from dashboard.models.errors import RoubleReactionError, StoreError
from dashboard.models.event import Event
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.people import Action
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import (
    MAX_SHARE_OF_ONE_RATE,
    MIN_CLUSTERS,
    MIN_RATES,
    StudyRequest,
    read_window,
)
from dashboard.presentation.baskets import (
    BASKET_VIEW,
    describe_basket,
    describe_basket_method,
)
from dashboard.presentation.charts.baskets import (
    MAX_PANELS,
    build_basket_figure,
    list_panels,
    summarize_basket,
)
from dashboard.presentation.charts.correlation import build_cross_series_figure
from dashboard.presentation.charts.theme import Figure
from dashboard.presentation.correlation import (
    build_cell_mark,
    describe_cross_series,
    ends_before_most,
    format_group_title,
)
from dashboard.presentation.escaping import escape_label, escape_markdown, escape_plot
from dashboard.presentation.formatting import format_number, format_window
from dashboard.presentation.palette import LIGHT_PALETTE, get_palette
from dashboard.presentation.quoting import QuoteMode
from dashboard.presentation.tables import TextColumns, View, build_text_columns
from dashboard.services.baskets import (
    DEFAULT_BASKET,
    WINDOW_OPTIONS,
    list_baskets,
    load_members,
    measure_basket,
    put_basket,
    window_request,
)
from dashboard.services.compare import relate_across_series
from dashboard.services.exports import TABLES, table_file
from dashboard.ui import session
from dashboard.ui.components.elements import (
    draw_figure,
    draw_text_table,
    set_flash,
    term_help,
)
from dashboard.ui.components.exports import ChartPicture, Downloads, draw_download_menu
from dashboard.ui.session import KnownEvents
from dashboard.ui.url_state import UrlParam, UrlState, choice_param, name_param

SENTENCE_LIMIT: Final = 900
CELL_LIMIT: Final = 300
FULL_COLOUR: Final = 2.0
"""The SCAR at which a cell has its full colour."""
BASKET_PARAM: Final = name_param("basket", "", "energy")
BASKET_PARAMS: Final[tuple[UrlParam, ...]] = (
    BASKET_PARAM,
    choice_param("bw", WINDOW_OPTIONS, "0:1"),
)
"""The settings of a link: which basket, and the window in which its series are compared."""


# ------------------------------------------------------------------ which basket


def get_baskets() -> tuple[Basket, ...]:
    """The baskets that ship and those of the reader; the shipped ones without a database."""
    try:
        return list_baskets(shipped_baskets(), session.get_context().baskets)
    except StoreError:
        return shipped_baskets()


def read_basket_choice(link: UrlState) -> Basket:
    """The basket of a link; an unknown one is ignored and listed in the notice."""
    baskets = {basket.name: basket for basket in get_baskets()}
    if link["basket"] and link["basket"] not in baskets:
        link.ignore("basket")
    return baskets[link["basket"] or DEFAULT_BASKET]


def load_basket(basket: Basket) -> tuple[BasketMember, ...]:
    """The members of a basket as this reader's view has them; nothing is fetched."""
    context = session.get_context()
    return load_members(context.rates, basket, {card.id for card in context.known.all_cards()})


def draw_basket_choice(link: UrlState, basket: Basket) -> None:
    """Draw the choice of a basket, and the way to make one."""
    titles = {one.name: one.label for one in get_baskets()}
    st.selectbox(
        _("Basket"),
        list(titles),
        format_func=lambda name: escape_label(titles[name]),
        width=260,
        help=_("Baskets of your own are made on *Data*, or by `rates basket add`."),
        **link.widget("basket", basket.name),
    )


def _build_members_version(members: Sequence[BasketMember]) -> str:
    """A key that differs whenever a number of a member, or the reason without one, does."""
    return "/".join(
        session.build_series_version(member.series)
        if member.series is not None
        else f"{member.name}: {member.reason}"
        for member in members
    )


# ------------------------------------------------------------------ one event


def get_basket_moves(
    basket: Basket, event: Event, known: KnownEvents, request: StudyRequest
) -> BasketMoves:
    """One event on every series of a basket, cached by the versions of their data."""
    members = load_basket(basket)
    version = f"{_build_members_version(members)}/{known.version}/{event.id}/{event.revision}"
    key = f"{basket.name}/{'/'.join(basket.members)}/{request}/{version}"
    return _cached_basket_moves(basket, members, (event, known.events), request, key)


@st.cache_resource(show_spinner=False, max_entries=32)
def _cached_basket_moves(
    _basket: Basket,
    _members: tuple[BasketMember, ...],
    _events: tuple[Event, tuple[Event, ...]],
    _request: StudyRequest,
    version: str,  # noqa: ARG001 - the key of the cache
) -> BasketMoves:
    return measure_basket(_basket, _members, *_events, _request)


def draw_event_basket(link: UrlState, event: Event) -> None:
    """Draw one event on every series of the chosen basket: answer, panels, table, files."""
    basket = read_basket_choice(link)
    answer = get_basket_moves(basket, event, session.get_known_events(), window_request(link["bw"]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_basket_choice(link, basket)
        st.selectbox(
            _("Window of the move"),
            list(WINDOW_OPTIONS),
            format_func=lambda text: format_window(read_window("bw", text)),
            width=150,
            help=term_help("window"),
            **link.widget("bw"),
        )
        draw_download_menu(partial(_list_downloads, link, answer), "event.basket.download")
    st.markdown(f"**{escape_markdown(describe_basket(answer), SENTENCE_LIMIT)}**")
    panels = list_panels(answer)
    if panels:
        phone, dark = session.is_phone(), session.is_dark()
        figure = build_basket_figure(answer, get_palette(dark=dark), dark=dark, phone=phone)
        draw_figure(figure, "event.basket.chart", summarize_basket(answer), phone=phone)
        _draw_caption(answer, len(panels))
    draw_text_table(_build_columns(answer.moves), _("The event on every series, one row each"))
    _draw_missing(load_basket(basket))


def _draw_caption(answer: BasketMoves, drawn: int) -> None:
    left = sum(not move.reason for move in answer.moves) - drawn
    sentences = [
        _("Shaded: the ordinary range. A filled mark: corrected p below 0.05."),
        *([_("The {most} least ordinary are drawn.", most=MAX_PANELS)] if left > 0 else []),
        *describe_basket_method(answer),
    ]
    st.caption(escape_markdown(" ".join(sentences), SENTENCE_LIMIT))


def _draw_missing(members: Sequence[BasketMember]) -> None:
    """Draw the command that fetches what is missing."""
    names = [f"--series {member.name}" for member in members if member.is_fetchable]
    if names:
        st.caption(_("What is not fetched comes by this command:"))
        command = " ".join(["python -m dashboard rates refresh", *names])
        st.code(command, language="bash", wrap_lines=True)


def _build_columns(moves: Sequence[AssetMove]) -> dict[str, list[str]]:
    return _escape_columns(build_text_columns(TABLES["basket"], moves, BASKET_VIEW))


def _escape_columns(columns: TextColumns) -> dict[str, list[str]]:
    return {
        escape_markdown(name): [escape_markdown(str(cell), CELL_LIMIT) for cell in cells]
        for name, cells in columns.items()
    }


def _list_downloads(link: UrlState, answer: BasketMoves) -> Downloads:
    series = [move.card.id for move in answer.moves if move.card is not None]
    picture = ChartPicture(
        lambda: build_basket_figure(answer, LIGHT_PALETTE, dark=False, phone=False),
        describe_basket(answer),
        _(
            "{event}: each series by its own clock, in forecast errors of the window",
            event=answer.event.title,
        ),
        summarize_basket(answer),
        tuple(session.load_series(name) for name in series),
        " ".join(describe_basket_method(answer)),
    )
    label = _("Every series, {rows} rows", rows=len(answer.moves))
    tables = {"basket": (label, partial(table_file, "basket", answer.moves))}
    name = (answer.event.id, answer.basket.name)
    return Downloads(name, "event", link, picture, tables, has_embed=False)


# ------------------------------------------------------------------ categories of events


def get_basket_cells(
    members: Sequence[BasketMember],
    events: tuple[Event, ...],
    known: KnownEvents,
    request: StudyRequest,
) -> tuple[CrossCell, ...]:
    """Every category on every series of a basket, cached by the versions of their data."""
    series = tuple(member.series for member in members if member.series is not None)
    if not series:
        return ()
    ids = "/".join(event.id for event in events)
    key = f"{_build_members_version(members)}/{known.version}/{request}/{hash(ids)}"
    return _cached_basket_cells(series, (events, known.events), request, key)


@st.cache_resource(show_spinner=False, max_entries=16)
def _cached_basket_cells(
    _series: tuple[RateSeries, ...],
    _events: tuple[tuple[Event, ...], tuple[Event, ...]],
    _request: StudyRequest,
    version: str,  # noqa: ARG001 - the key of the cache
) -> tuple[CrossCell, ...]:
    return relate_across_series(_series, *_events, _request)


def draw_category_basket(link: UrlState, events: tuple[Event, ...], request: StudyRequest) -> None:
    """Draw every category of some events on every series of the chosen basket, as a heat map."""
    basket = read_basket_choice(link)
    members = load_basket(basket)
    cells = get_basket_cells(members, events, session.get_known_events(), request)
    cards = tuple(member.series.card for member in members if member.series is not None)
    mode = QuoteMode(link["up"])
    sentence = describe_cross_series(cells, cards, mode)
    picture = _build_map_picture(cells, (cards, events), mode, sentence)
    tables = {
        "across_series": (
            _("Cells, {rows} rows", rows=len(cells)),
            partial(table_file, "across_series", cells),
        )
    }
    downloads = Downloads(
        (basket.name, "categories"), "compare", link, picture, tables, has_embed=False
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_basket_choice(link, basket)
        draw_download_menu(downloads, "compare.basket.download")
    st.markdown(f"**{escape_markdown(sentence, SENTENCE_LIMIT)}**")
    if cells:
        phone = session.is_phone()
        build_figure = _build_map(cells, (cards, events), mode)
        figure = build_figure(get_palette(dark=session.is_dark()), phone=phone)
        draw_figure(figure, "compare.basket.chart", picture.alt, phone=phone)
        _draw_cells(cells, cards, picture.alt)
    _draw_missing(members)


def _draw_cells(cells: Sequence[CrossCell], cards: Sequence[SeriesCard], alt: str) -> None:
    """Draw what the map says, and its table when it is opened."""
    st.caption(escape_markdown(_describe_map(cells), SENTENCE_LIMIT))
    table = st.expander(
        _("The table of the map"), icon=":material/table:", key="compare.basket.table",
        on_change="rerun",
    )  # fmt: skip
    if table.open:
        with table:
            draw_text_table(_build_cell_columns(cells, cards), alt)


def _describe_map(cells: Sequence[CrossCell]) -> str:
    return _(
        "Cells: mean move in forecast errors (SCAR), in brackets log points, of rates in per cent"
        " points; a rate counts once. • marks a corrected p below 0.05, by Holm over {count:,}"
        " cells with a verdict. Grey, no verdict: fewer than {rates} distinct rates or {clusters}"
        " clusters, or one rate with more than {share} % of the sum of all moves.",
        count=sum(cell.has_verdict for cell in cells),
        rates=MIN_RATES,
        clusters=MIN_CLUSTERS,
        share=format_number(100 * MAX_SHARE_OF_ONE_RATE, 0),
    )


def _build_map(
    cells: Sequence[CrossCell],
    of: tuple[Sequence[SeriesCard], tuple[Event, ...]],
    mode: QuoteMode,
) -> Callable[..., Figure]:
    cards, events = of
    by_place = {(cell.group, cell.series): cell for cell in cells}
    rows = [
        (
            escape_plot(format_group_title(group), 24, 1),
            [
                build_cell_mark(
                    card,
                    by_place.get((group, card.id)),
                    (mode, "scar"),
                    is_ended=ends_before_most(card, events),
                )
                for card in cards
            ],
        )
        for group in dict.fromkeys(cell.group for cell in cells)
    ]
    columns = [escape_plot(card.label.partition(",")[0], 13, 2) for card in cards]
    return partial(build_cross_series_figure, rows, columns, FULL_COLOUR)


def _build_map_picture(
    cells: Sequence[CrossCell],
    of: tuple[Sequence[SeriesCard], tuple[Event, ...]],
    mode: QuoteMode,
    sentence: str,
) -> ChartPicture:
    alt = _(
        "Mean move of every category on {cards} series. {sentence}",
        cards=len(of[0]),
        sentence=sentence,
    )
    return ChartPicture(
        lambda: _build_map(cells, of, mode)(LIGHT_PALETTE, phone=False),
        sentence,
        _("Mean move of each kind of event on each series, in forecast errors (SCAR)"),
        alt,
        tuple(session.load_series(card.id) for card in of[0]),
        _describe_map(cells),
    )


def _build_cell_columns(
    cells: Sequence[CrossCell], cards: Sequence[SeriesCard]
) -> dict[str, list[str]]:
    titles = {card.id: card.label for card in cards}
    view: View = {
        deferred("group"): lambda cell: format_group_title(cell.group),
        deferred("series"): lambda cell: titles[cell.series],
        deferred("mean SCAR"): "mean_scar",
        deferred("mean, log pts or points"): "caar",
        deferred("events"): "n",
        deferred("distinct rates"): "n_rates",
        deferred("p"): "p_value",
        deferred("corrected p"): "p_adjusted",
        deferred("why no verdict"): "reason",
    }
    return _escape_columns(build_text_columns(TABLES["across_series"], cells, view))


# ------------------------------------------------------------------ lists of one's own


def draw_baskets() -> None:
    """Draw the baskets with their series, and the form for one's own."""
    with st.container(border=True):
        st.subheader(_("Baskets"), anchor=False)
        st.markdown(
            _("Named lists of series: one event on everything you watch, on *Event* and *Compare*.")
        )
        baskets = {basket.name: basket for basket in get_baskets()}
        columns = {
            _("basket"): [escape_markdown(basket.label) for basket in baskets.values()],
            _("from"): [_("shipped") if b.is_shipped else _("yours") for b in baskets.values()],
            _("series"): [escape_markdown(", ".join(b.members), 900) for b in baskets.values()],
        }
        draw_text_table(columns, _("Baskets and their series"))
        if session.may(Action.BASKET):
            fold = st.expander(
                _("A basket of your own"), icon=":material/playlist_add:", key="data.basket.form",
                on_change="rerun",
            )  # fmt: skip
            if fold.open:
                with fold:
                    _draw_basket_form([b for b in baskets.values() if not b.is_shipped])


def _draw_basket_form(own: Sequence[Basket]) -> None:
    titles = {card.id: card.label for card in session.get_cards() if not card.bar_minutes}
    st.text_input(
        _("Name"), key="data.basket.name", max_chars=40, help=_("Small letters, digits, -")
    )
    st.multiselect(
        _("Series that are here"),
        list(titles),
        format_func=lambda name: escape_label(titles[name]),
        key="data.basket.series",
    )
    st.text_input(
        _("Tickers, blanks between"),
        key="data.basket.tickers",
        help=_("Such as moex:RGBI yahoo:UAH=X; they are listed as not fetched until they are."),
    )
    st.button(_("Save basket"), key="data.basket.save", on_click=_save_basket)
    for basket in own:
        st.button(
            _("Remove {name}", name=escape_label(basket.name)),
            key=f"data.basket.remove.{basket.name}",
            icon=":material/delete:",
            on_click=_remove_basket,
            args=(basket.name,),
        )


def _save_basket() -> None:
    state = st.session_state
    members = [*state["data.basket.series"], *state["data.basket.tickers"].split()]
    try:
        basket = create_basket(state["data.basket.name"], members)
        put_basket(session.get_live_context().baskets, shipped_baskets(), basket)
    except RoubleReactionError as error:
        set_flash(_("Not saved: {error}", error=error))
        return
    set_flash(_("Saved: {name}", name=basket.name))


def _remove_basket(name: str) -> None:
    try:
        session.get_live_context().baskets.remove(name)
    except RoubleReactionError as error:
        set_flash(_("Not removed: {error}", error=error))
        return
    set_flash(_("Removed: {name}", name=name))
