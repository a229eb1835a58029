"""The Administration page: people and roles, tokens, the audit trail, backups, what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit as st

from dashboard.container import BackupArchive
from dashboard.models.errors import RoubleReactionError
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.people import ROLES, Action, Scope
from dashboard.presentation.escaping import escape_markdown, plain_text
from dashboard.presentation.formatting import NO_VALUE, format_number, format_timestamp
from dashboard.services.admin import (
    create_token,
    list_audit_entries,
    make_backup,
    revoke_token,
    token_state,
)
from dashboard.services.exports import table_file
from dashboard.services.people import (
    ROLE_NAMES,
    describe_removal,
    give_role,
    list_people,
    read_role,
    remove_person,
    sign_out_everywhere,
)
from dashboard.ui import session
from dashboard.ui.components.elements import (
    draw_flash,
    draw_page_link,
    draw_text_table,
    set_flash,
)
from dashboard.ui.components.exports import draw_table_buttons
from dashboard.ui.pages.base import Page
from dashboard.ui.url_state import UrlParam, UrlState, text_param

if TYPE_CHECKING:
    from dashboard.container import AppContext
    from dashboard.models.people import Person, Role
    from dashboard.models.records import AccessToken, AuditEntry

PARAMS: Final[tuple[UrlParam, ...]] = (
    text_param("who", "ann@example.org"),
    text_param("action", "token"),
)
SHOWN_ENTRIES: Final = 100
READ_ENTRIES: Final = 10_000
NEW_TOKEN_KEY: Final = "admin.new_token"  # noqa: S105 - a key of the session
DEFAULT_ROLE: Final = "default"
KILOBYTE: Final = 1_000
MEGABYTE: Final = 1_000_000


def draw(view: UrlState) -> None:
    """Draw the page for an administrator; anybody else gets one line."""
    if not session.may(Action.ADMINISTER):
        st.info(_("This page takes the role administrator."))
        return
    context = session.get_live_context()
    draw_flash()
    _draw_people(context)
    _draw_tokens(context)
    _draw_audit(context, view)
    _draw_backups(context)
    _draw_stored(context)


def _attempt(work: Callable[[], str]) -> None:
    """Do something in a callback; say what was done, or in one line why not."""
    try:
        session.require_live_view()
        session.count_against_limit("write")
        set_flash(plain_text(work()))
    except RoubleReactionError as error:
        set_flash(_("Not done: {error}", error=error))


# ------------------------------------------------------------------ people


def _draw_people(context: AppContext) -> None:
    people = list_people(context.notes.people, context.access.policy)
    st.subheader(_("People"), anchor="people")
    if not context.access.policy.is_required:
        st.caption(_("Nobody signs in here: whoever opens the pages is the owner of the machine."))
    if people:
        draw_text_table(_build_people_columns(people), _("People and their roles"))
    with st.expander(_("Change a person"), icon=":material/manage_accounts:"):
        _draw_person_form([person.person for person, _role in people])


def _build_people_columns(people: Iterable[tuple[Person, Role]]) -> dict[str, list[str]]:
    rows = [
        (
            escape_markdown(person.person),
            translate_deferred(ROLE_NAMES[role]),
            _("given here") if person.given_role else _("settings and groups"),
            _format_moment(person.last_active),
        )
        for person, role in people
    ]
    names = (_("Person"), _("Role"), _("By"), _("Last active"))
    return {name: [row[k] for row in rows] for k, name in enumerate(names)}


def _draw_person_form(names: list[str]) -> None:
    """Draw what can be done with a person, also with one who has not signed in yet."""
    person = st.selectbox(
        _("Person"), names, index=None, key="admin.person", accept_new_options=True,
        placeholder=_("A name, as the identity provider gives it"),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        role = st.selectbox(
            _("Role"), [*ROLES, DEFAULT_ROLE], key="admin.role", width=220,
            format_func=_format_role_choice,
        )  # fmt: skip
        st.button(
            _("Give this role"), key="admin.give", disabled=not person,
            on_click=partial(_give_role, person or "", str(role)),
        )  # fmt: skip
        st.button(
            _("Sign out everywhere"), key="admin.sign_out", disabled=not person,
            icon=":material/logout:", on_click=partial(_sign_out, person or ""),
        )  # fmt: skip
        with st.popover(_("Remove the person"), disabled=not person):
            st.markdown(
                _(
                    "Private notes with their history, hidden events, tokens, sign-ins and the role"
                    " are deleted for good. Shared notes stay under another name; the audit trail"
                    " still says who did what."
                )
            )
            st.button(
                _("Delete the data of {person}", person=escape_markdown(person or "")),
                key="admin.remove", on_click=partial(_remove, person or ""),
            )  # fmt: skip


def _format_role_choice(name: str) -> str:
    role = read_role(name)
    return _("by settings and groups") if role is None else translate_deferred(ROLE_NAMES[role])


def _give_role(person: str, role: str) -> None:
    def work() -> str:
        context = session.get_live_context()
        found = give_role(context.notes.people, context.access.policy, person, read_role(role))
        now = context.access.policy.role(found.person, found)
        name = translate_deferred(ROLE_NAMES[now])
        return _("{person}: the role is {role} now", person=found.person, role=name)

    _attempt(work)


def _sign_out(person: str) -> None:
    def work() -> str:
        count = sign_out_everywhere(session.get_live_context().notes.people, person)
        return plural("{n} sign-in was ended", "{n} sign-ins were ended", count)

    _attempt(work)


def _remove(person: str) -> None:
    _attempt(
        lambda: describe_removal(remove_person(session.get_live_context().notes.people, person))
    )


# ------------------------------------------------------------------ tokens


def _draw_tokens(context: AppContext) -> None:
    st.subheader(_("Tokens of programs"), anchor="tokens")
    secret = st.session_state.pop(NEW_TOKEN_KEY, "")
    if secret:
        st.markdown(_("Copy the token now: it is not shown again."))
        st.code(secret, language=None)
    tokens = context.notes.tokens.tokens()
    if tokens:
        draw_text_table(_build_token_columns(tokens), _("Tokens"))
    with st.expander(_("Make or revoke a token"), icon=":material/key:"):
        _draw_token_form()
        valid = [token.name for token in tokens if token.revoked is None]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.selectbox(_("Token"), valid, index=None, key="admin.token", width=260)
            st.button(
                _("Revoke"), key="admin.revoke", disabled=not name,
                on_click=partial(_revoke, name or ""),
            )  # fmt: skip


def _build_token_columns(tokens: Iterable[AccessToken]) -> dict[str, list[str]]:
    now = session.get_wall_time()
    rows = [
        (
            escape_markdown(token.name),
            escape_markdown(token.person),
            translate_deferred(SCOPE_NAMES[token.scope]),
            translate_deferred(STATE_NAMES[token_state(token, now)]),
            _format_moment(token.last_used),
            _format_moment(token.expires),
        )
        for token in tokens
    ]
    names = (_("Token"), _("Person"), _("May"), _("State"), _("Last used"), _("Ends"))
    return {name: [row[k] for row in rows] for k, name in enumerate(names)}


SCOPE_NAMES: Final = {Scope.READ: deferred("read"), Scope.WRITE: deferred("read and write")}
STATE_NAMES: Final = {
    "holds": deferred("valid"),
    "expired": deferred("expired"),
    "revoked": deferred("revoked"),
}


def _draw_token_form() -> None:
    with (
        st.form("admin.new", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(_("Name of the token"), key="admin.token_name", width=200)
        st.text_input(_("Person"), key="admin.token_person", width=220)
        st.selectbox(
            _("May"), list(Scope), key="admin.token_scope", width=170,
            format_func=lambda scope: translate_deferred(SCOPE_NAMES[Scope(scope)]),
        )  # fmt: skip
        st.number_input(
            _("Days"), 1, 3_650, 90, key="admin.token_days", width=130,
        )  # fmt: skip
        st.form_submit_button(_("Make the token"), on_click=_make_token)


def _make_token() -> None:
    state = st.session_state

    def work() -> str:
        secret, token = create_token(
            session.get_live_context().notes.tokens,
            state["admin.token_name"],
            state["admin.token_person"],
            int(state["admin.token_days"]),
            scope=Scope(state["admin.token_scope"]),
            author=session.get_reader().person,
        )
        state[NEW_TOKEN_KEY] = secret
        return _("Token {name} was made", name=token.name)

    _attempt(work)


def _revoke(name: str) -> None:
    def work() -> str:
        token = revoke_token(session.get_live_context().notes.tokens, name)
        return _("token {name} is revoked: it is refused from now on", name=token.name)

    _attempt(work)


# ------------------------------------------------------------------ audit trail


def _draw_audit(context: AppContext, view: UrlState) -> None:
    st.subheader(_("Audit trail"), anchor="audit")
    with st.container(horizontal=True):
        st.text_input(_("Who"), width=260, **view.widget("who"))
        st.text_input(_("Action"), width=220, **view.widget("action"))
    entries = _filter_entries(list_audit_entries(context.notes.audit, READ_ENTRIES), view)
    st.caption(plural("{n:,} entry", "{n:,} entries", len(entries)))
    if entries:
        draw_text_table(_build_audit_columns(entries[:SHOWN_ENTRIES]), _("Audit trail"))
    with st.popover(_("Download"), icon=":material/download:"):
        label = plural("{n:,} entry", "{n:,} entries", len(entries))
        draw_table_buttons(label, ("audit",), partial(table_file, "audit", entries), "admin.audit")


def _filter_entries(entries: Iterable[AuditEntry], view: UrlState) -> tuple[AuditEntry, ...]:
    who, action = view["who"].casefold(), view["action"].casefold()
    return tuple(
        entry
        for entry in entries
        if who in entry.author.casefold() and action in entry.action.casefold()
    )


def _build_audit_columns(entries: Iterable[AuditEntry]) -> dict[str, list[str]]:
    rows = [
        (
            format_timestamp(entry.at),
            escape_markdown(entry.author or NO_VALUE),
            escape_markdown(entry.origin or NO_VALUE),
            escape_markdown(entry.action),
            escape_markdown(entry.subject, 80),
        )
        for entry in entries
    ]
    names = (_("When"), _("Who"), _("Through"), _("Action"), _("Of"))
    return {name: [row[k] for row in rows] for k, name in enumerate(names)}


# ------------------------------------------------------------------ backups and sizes


def _draw_backups(context: AppContext) -> None:
    st.subheader(_("Backups"), anchor="backups")
    files = _list_files(context.settings.backup_folder, "*.zip")
    if files:
        columns = {
            _("File"): [escape_markdown(file.name) for file in files],
            _("Made"): [_format_moment(_modified(file)) for file in files],
            _("Size"): [_format_size(file.stat().st_size) for file in files],
        }
        draw_text_table(columns, _("Backups"))
    st.button(
        _("Make a backup now"), key="admin.backup", icon=":material/save:", on_click=_make_backup
    )
    st.caption(_("A backup is restored by a command, on the machine of the server:"))
    st.code("python -m dashboard restore --replace FILE", language=None)


def _make_backup() -> None:
    def work() -> str:
        context = session.get_live_context()
        stamp = session.get_wall_time().strftime("%Y%m%dT%H%M%SZ")
        file = context.settings.backup_folder / f"manual-{stamp}.zip"
        contents = make_backup(
            file, context.notes.backups, context.own, BackupArchive(), everyone=True
        )
        context.notes.audit.write("backup", file.name, (None, {"rows": dict(contents.rows)}))
        return _("{name} was written", name=file.name)

    _attempt(work)


def _draw_stored(context: AppContext) -> None:
    """Draw how much is stored, and where feeds and own rates are changed."""
    st.subheader(_("What is stored"), anchor="sizes")
    status, database = context.notes.probe(), context.notes.backups.file
    rows = [
        (_("Notes"), f"{status.notes:,} · {status.engine}"),
        (
            _("Database"),
            _format_size(database.stat().st_size)
            if database is not None and database.exists()
            else NO_VALUE,
        ),
        (_("Fetched rates"), _format_size(_folder_size(context.settings.cache_folder))),
        (_("Backups"), _format_size(_folder_size(context.settings.backup_folder))),
        (_("Own rates"), f"{len(context.own.cards()):,}"),
        (_("Feeds"), f"{len(context.feeds.publishers()):,}"),
    ]
    draw_text_table(
        {_("What"): [row[0] for row in rows], _("How much"): [row[1] for row in rows]},
        _("What is stored"),
    )
    with st.container(horizontal=True):
        draw_page_link("inbox", _("Feeds"), icon=":material/rss_feed:")
        draw_page_link("data", _("Own rates"), icon=":material/database:")


def _list_files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern), key=_modified, reverse=True)


def _folder_size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _modified(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _format_size(count: int) -> str:
    if count < MEGABYTE:
        return f"{format_number(count / KILOBYTE, 0)} kB"
    return f"{format_number(count / MEGABYTE, 1)} MB"


def _format_moment(moment: datetime | None) -> str:
    return NO_VALUE if moment is None else format_timestamp(moment)


PAGE = Page(
    "admin", deferred("Administration"), ":material/admin_panel_settings:", "admin", draw, PARAMS,
    heading=deferred("Administration"),
    purpose=deferred("People, roles, tokens, the audit trail and backups"),
)  # fmt: skip
