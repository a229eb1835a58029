"""Links, dialogs, messages with Undo, buttons, shortcuts, figures and tables of every page."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.models.article import Claim, ClaimKind
from dashboard.models.errors import RoubleReactionError
from dashboard.models.event import Event
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.presentation.charts.theme import Figure, build_chart_config, is_zoomable
from dashboard.presentation.escaping import escape_label, escape_markdown
from dashboard.presentation.formatting import capitalize_first
from dashboard.presentation.terms import Term, find_term
from dashboard.services.claims import CLAIM_BASES, query_from_claim
from dashboard.services.events import unhide_events
from dashboard.services.notes import delete_note, restore_note, undo_edit
from dashboard.ui import session
from dashboard.ui.url_state import UrlState, get_link_language

# ------------------------------------------------------------------ heading


def draw_heading(text: str, purpose: str = "") -> None:
    """Draw the one heading of the first level of a page, and one line below it.

    Args:
        text: safe Markdown, see `escape_markdown`.
        purpose: safe Markdown; empty draws no line.
    """
    st.title(text, anchor=False)
    if purpose:
        st.markdown(f":gray[{purpose}]")


# ------------------------------------------------------------------ links


TARGETS_KEY: Final = "shell.pages"
TERM_LIMIT: Final = 400  # characters of a meaning
FIRST_PATHS: Final = {"explore": ""}
"""The path of the page that opens first, where no page is registered."""


def register_pages(targets: Mapping[str, st.Page]) -> None:
    """Store Streamlit's page objects of this run, so that links can name pages by id."""
    st.session_state[TARGETS_KEY] = dict(targets)


def get_targets() -> Mapping[str, st.Page]:
    """Streamlit's page objects of this run, by the id of the page."""
    targets: Mapping[str, st.Page] = st.session_state.get(TARGETS_KEY, {})
    return targets


def draw_page_link(page_id: str, label: str, *, icon: str | None = None, **params: str) -> None:
    """Draw a link to a page; `label` may hold a user's text, `params` go into the address.

    A page that is not registered is written as plain text.
    """
    target = get_targets().get(page_id)
    if target is None:
        st.markdown(escape_label(label))
        return
    st.page_link(target, label=f":primary[{escape_label(label)}]", icon=icon, query_params=params)


def open_page(page_id: str, **params: str) -> None:
    """Go to another page now, with these settings in its address."""
    st.switch_page(get_targets()[page_id], query_params=params)


def build_page_url(page_id: str, **params: str) -> str:
    """The whole address of a page on this server, for copying."""
    targets = get_targets()
    path = targets[page_id].url_path if page_id in targets else FIRST_PATHS.get(page_id, page_id)
    current = urlsplit(session.get_address())
    folder, _slash, last = current.path.rpartition("/")
    if last and last not in {target.url_path for target in targets.values()}:
        folder = current.path.rstrip("/")
    query = urlencode(params, doseq=True)
    return f"{current.scheme}://{current.netloc}{folder}/{path}{'?' if query else ''}{query}"


def build_event_url(event_id: str, series_id: str) -> str:
    """The whole address of the page of an event, on a series."""
    return build_page_url("event", id=event_id, series=series_id)


def build_claim_query(claim: Claim) -> dict[str, str] | None:
    """The settings of a link that checks this claim; None where its day or period is unknown.

    For any page that shows a claim: `draw_page_link("facts", "Check", **settings)`.
    """
    query = query_from_claim(claim)
    if query is None:
        return None
    params = {"day": query.day.isoformat(), "kind": str(query.kind)}
    if query.value is not None:
        params |= {"value": format_link_number(query.value), "how": str(query.exactness)}
    if query.base:
        params["base"] = query.base if query.base in CLAIM_BASES else "year_start"
    if query.since:
        params["since"] = query.since
    if query.currency != "USD":
        params["cur"] = query.currency
    return params


def build_level_query(on: date, rate: float, series_id: str) -> dict[str, str]:
    """The settings of a link that checks the level of a rate on a day."""
    level = {
        "kind": str(ClaimKind.LEVEL),
        "value": format_link_number(round(rate, 4)),
        "how": "exact",
    }
    return {"day": on.isoformat(), **level, "series": series_id}


def format_link_number(value: float) -> str:
    """A number as links write it, without zeros at its end."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


# ------------------------------------------------------------------ help of terms


def term_help(*keys: str, text: str = "") -> str:
    """The `help=` of anything that shows a term: its meaning, and a link to the glossary.

    Args:
        *keys: keys of `dashboard.presentation.terms.TERMS`, in the order of the explanation.
        text: what to say first about this place; safe Markdown.

    Raises:
        KeyError: there is no such term.
    """
    link = _("Method")
    meanings = [
        f"**{capitalize_first(escape_markdown(term.name))}.** "
        f"{escape_markdown(term.meaning, TERM_LIMIT)} [{link}]({_build_term_url(term)})"
        for term in map(find_term, keys)
    ]
    return "\n\n".join(filter(None, (text, *meanings)))


def term_link(key: str, label: str = "") -> str:
    """A term for a sentence or the heading of a text table, linked to the glossary.

    The result is safe Markdown; the meaning appears on hover. `label` is the text to link, the
    name of the term by default.

    Raises:
        KeyError: there is no such term.
    """
    term = find_term(key)
    meaning = term.meaning.replace('"', "”")
    return f'[{escape_label(label or term.name)}]({_build_term_url(term)} "{meaning}")'


def _build_term_url(term: Term) -> str:
    language = get_link_language()
    params = {"term": term.anchor} | ({"lang": language} if language else {})
    address = build_page_url("method", **params)
    return f"{address}#{term.anchor}"


# ------------------------------------------------------------------ link of the current view


def draw_copy_link(page_path: str, view: UrlState) -> None:
    """Draw a folded block with the live and the frozen link to exactly this view."""
    block = st.expander(_("Copy link"), icon=":material/link:", key="copy_link", on_change="rerun")
    if block.open:
        with block:
            draw_links(page_path, view)


def draw_links(page_path: str, view: UrlState) -> None:
    """Draw both links, each with its own copy button."""
    moment = session.get_as_of() or session.get_view_time().replace(microsecond=0)
    live, frozen = build_links(page_path, view, moment)
    st.markdown(_("**Live**: it follows the data"))
    st.code(live, language=None, wrap_lines=True)
    st.markdown(_("**Frozen**: what is known now, whatever is fetched or revised later"))
    st.code(frozen, language=None, wrap_lines=True)


EMBED_NAMES: Final = {
    "explore": "explore",
    "event": "event",
    "compare": "compare",
    "facts": "claim",
}
"""The pages whose chart can be shown on other sites, with the last part of its address there."""
EMBED_HEIGHT: Final = 620
FRAME: Final = (
    '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" style="border:0"></iframe>'
)
RESIZE_SCRIPT: Final = (
    '<script>addEventListener("message",e=>{for(const f of document.querySelectorAll("iframe"))'
    'if(f.contentWindow===e.source&&e.data&&e.data.type==="rouble-reaction:height")'
    "f.height=e.data.height})</script>"
)
"""What a page adds once, so that each frame is as high as its chart."""


def embed_code(
    address: str, title: str, width: int | None = None, height: int = EMBED_HEIGHT
) -> str:
    """The markup that puts a chart into a page.

    Args:
        address: of the embed.
        title: of the frame, for those who cannot see it.
        width: in pixels; None: as wide as the column.
        height: in pixels, before the chart says its own.
    """
    return FRAME.format(html.escape(address), html.escape(title), width or "100%", height)


def draw_embed_code(page_id: str, view: UrlState, title: str) -> None:
    """Draw the markup of the live and of the frozen chart, and who may show it."""
    settings = session.get_context().settings
    public, path = settings.dashboard_public_url, f"embed/{EMBED_NAMES[page_id]}"
    address = f"{public.rstrip('/')}/{path}" if public else build_page_url(path)
    moment = session.get_as_of() or session.get_view_time().replace(microsecond=0)
    for name, query in (
        (_("**Live**: it follows the data"), view.query(asof=None)),
        (_("**Frozen**: as known now"), view.query(asof=moment)),
    ):
        st.markdown(name)
        code = embed_code(f"{address}?{query}" if query else address, title)
        st.code(f"{code}\n{RESIZE_SCRIPT}", language="html", wrap_lines=True)
    if settings.dashboard_embed_origins:
        origins = escape_markdown(settings.dashboard_embed_origins)
        st.caption(_("Pages of these sites may show it: {origins}", origins=origins))
    else:
        st.caption(
            _(
                "No site may show it yet: whoever runs this server names those that may in"
                " DASHBOARD_EMBED_ORIGINS."
            )
        )


def build_links(page_path: str, view: UrlState, moment: datetime) -> tuple[str, str]:
    """The live link of a view, and its link frozen at a moment."""
    address = build_page_url(page_path)
    queries = view.query(asof=None), view.query(asof=moment)
    live, frozen = (f"{address}?{query}" if query else address for query in queries)
    return live, frozen


# ------------------------------------------------------------------ dialogs


DIALOG_OPEN_KEY: Final = "dialog.open"
FLASH_KEY: Final = "flash"
UndoAction = Literal["delete", "edit", "restore", "unhide"]


def open_dialog(title: str, icon: str, draw: Callable[..., None], *args: Any) -> None:
    """Open a wide dialog; when it is dismissed, the page is brought up to date."""
    st.session_state[DIALOG_OPEN_KEY] = True
    st.dialog(title, width="large", icon=icon, on_dismiss="rerun")(draw)(*args)


def mark_dialogs_closed() -> None:
    """Record that a page is drawn from its beginning, which closes every dialog."""
    st.session_state[DIALOG_OPEN_KEY] = False


def is_dialog_open() -> bool:
    """Whether a dialog is open, in which a person may be writing."""
    return bool(st.session_state.get(DIALOG_OPEN_KEY))


def rerun_page() -> None:
    """Rerun the whole page from a fragment; not while a dialog is open, which a rerun closes."""
    if not is_dialog_open():
        st.rerun()


# ------------------------------------------------------------------ messages with Undo


def set_flash(text: str, note: Event | None = None, undo: UndoAction | None = None) -> None:
    """Set the message of the next run; `undo` is the action that reverts the change to `note`."""
    st.session_state[FLASH_KEY] = (text, note, undo)


def draw_flash() -> None:
    """Draw the last message; it stays until it is closed or undone."""
    if FLASH_KEY not in st.session_state:
        return
    text, note, undo = st.session_state[FLASH_KEY]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: {escape_markdown(text)}", width="stretch")
        if undo is not None:
            st.button(_("Undo"), key="flash.undo", on_click=_undo_change, args=(note, undo))
        st.button(
            _("Close"),  # read out; shell.css shows the icon alone
            icon=":material/close:",
            key="flash.close",
            type="tertiary",
            on_click=_close_flash,
        )


def _close_flash() -> None:
    st.session_state.pop(FLASH_KEY, None)


def _undo_change(note: Event, undo: UndoAction) -> None:
    notes = session.get_context().notes
    try:
        session.count_against_limit("write")
        if undo == "delete":
            delete_note(notes, note.id, note.revision)
            done = _("Taken back")
        elif undo == "edit":
            undo_edit(notes, note)
            done = _("Changed back")
        elif undo == "unhide":
            unhide_events(session.get_context().catalogue, notes, [note.id])
            done = _("Shown again")
        else:
            restore_note(notes, note.id)
            done = _("Restored")
    except RoubleReactionError as error:
        set_flash(_("Not undone: {error}", error=error))
        return
    set_flash(f"{done}: {note.title}")


# ------------------------------------------------------------------ buttons


def button_type(*, strong: bool = True) -> Literal["primary", "secondary"]:
    """The Streamlit type of a button, filled with the primary colour where it is prominent."""
    return "primary" if strong else "secondary"


# ------------------------------------------------------------------ keyboard shortcuts


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One shortcut: the key, what it does, and the callback.

    A key without a callback belongs to a button elsewhere on the page, and is only listed.
    """

    key: str
    description: str
    action: Callable[[], None] | None = None


SHORTCUT_LIST_KEY: Final = "shortcuts.list"
COMMON_SHORTCUTS: Final = (
    Shortcut("/", deferred("Search")),
    Shortcut("?", deferred("Show shortcuts")),
)


def set_shortcut_list(place: DeltaGenerator) -> None:
    """Say where the page lists its shortcuts: in the settings, which `?` opens."""
    st.session_state[SHORTCUT_LIST_KEY] = place
    _list_shortcuts(place, COMMON_SHORTCUTS)


def draw_shortcuts(keys: Sequence[Shortcut]) -> None:
    """Draw the buttons that carry the shortcuts, out of sight, and list them in the settings."""
    with st.container(key="shortcuts"):
        for shortcut in keys:
            if shortcut.action is not None:
                st.button(
                    translate_deferred(shortcut.description),
                    key=f"key.{shortcut.key}",
                    shortcut=shortcut.key,
                    on_click=shortcut.action,
                )
    if SHORTCUT_LIST_KEY in st.session_state:
        _list_shortcuts(st.session_state[SHORTCUT_LIST_KEY], keys)


def _list_shortcuts(place: DeltaGenerator, keys: Sequence[Shortcut]) -> None:
    lines = (f"`{each.key}` {translate_deferred(each.description)}" for each in keys)
    place.markdown("  \n".join(lines))


def toggle_expander(key: str) -> None:
    """Open or close an expander that keeps its state under a key; call it in a callback."""
    st.session_state[key] = not st.session_state.get(key, False)


# ------------------------------------------------------------------ drawing figures and tables


MAX_PHONE_COLUMNS: Final = 3


def draw_figure(
    figure: Figure,
    key: str,
    alt: str,
    *,
    phone: bool = False,
    height: Literal["content", "stretch"] = "content",
) -> None:
    """Draw a figure that is only looked at; where a time axis is not fixed, it zooms and pans.

    On a phone touch scrolls the page over it.
    """
    zooms = is_zoomable(figure) and not phone
    layout = figure["layout"] | {
        "dragmode": "pan" if zooms else False,
        "hovermode": figure["layout"].get("hovermode", "closest"),
    }
    if phone:
        axes = {name: axis for name, axis in layout.items() if name.startswith("xaxis")}
        layout |= {name: axis | {"fixedrange": True} for name, axis in axes.items()}
    st.plotly_chart(
        {**figure, "layout": layout},
        theme=None,
        key=key,
        alt=alt,
        height=height,
        config=build_chart_config(figure, interactive=not phone),
    )


def draw_selectable_figure(
    figure: Figure,
    key: str,
    alt: str,
    on_select: Callable[[Any], None],
) -> None:
    """Draw a figure on which a reader picks a point, or a window where its drag mode says so.

    `on_select` is called with the state of the selection, ready for `get_picked_day` and
    `get_picked_window` of `dashboard.presentation.charts.theme`.
    """
    brush = figure["layout"]["dragmode"] == "select"
    st.plotly_chart(
        figure,
        theme=None,
        key=key,
        alt=alt,
        on_select=lambda: on_select(st.session_state[key]),
        selection_mode="box" if brush else "points",
        config=build_chart_config(figure),
    )


def draw_text_table(columns: dict[str, list[str]], alt: str) -> None:
    """Draw a table of safe Markdown; on a phone more than three columns become a list."""
    if not session.is_phone() or len(columns) <= MAX_PHONE_COLUMNS:
        st.table(columns, hide_index=True, border="horizontal", alt=alt)
        return
    first, *others = columns.values()
    names = list(columns)[1:]
    for head, *cells in zip(first, *others, strict=True):
        lines = [f":gray[{name}:] {cell}" for name, cell in zip(names, cells, strict=True)]
        st.markdown("  \n".join([head, *lines]))
