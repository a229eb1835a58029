"""The terminal: tokens, what is on record, and backups."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from dashboard.domain.access_token import AccessToken
from dashboard.domain.backup import BackupContents, Restored
from dashboard.domain.on_record import OnRecord
from dashboard.services.keep_tokens import token_state
from dashboard.ui.terminal import mention, say, show_table
from dashboard.ui.text import clean
from dashboard.ui.wording import NOTHING, count, stamp


def show_secret(secret: str, token: AccessToken) -> None:
    """Print the secret alone on standard output, and what to know about it beside it."""
    say(secret)
    until = f"until {stamp(token.expires)}" if token.expires else "until it is revoked"
    mention(
        [
            f"token {token.name} writes as {token.person} {until}",
            "keep it now: it is not shown again; send it as `Authorization: Bearer …`",
        ]
    )


def show_tokens(tokens: Iterable[AccessToken], now: datetime) -> None:
    """Print a list of tokens."""
    rows = [
        (t.name, t.person, token_state(t, now), _when(t.created), _when(t.last_used),
         _when(t.expires), _when(t.revoked))
        for t in tokens
    ]  # fmt: skip
    show_table(("name", "person", "state", "made", "last used", "expires", "revoked"), rows)


def show_actions(actions: Iterable[OnRecord]) -> None:
    """Print what is on record."""
    rows = [
        (stamp(one.at), one.who or NOTHING, one.origin or NOTHING, one.action, one.subject,
         _said(one))
        for one in actions
    ]  # fmt: skip
    show_table(("when", "who", "through", "what", "of", "title"), rows)


def show_backup(contents: BackupContents, file: Path) -> None:
    """Say what went into a backup."""
    say(f"{_held(contents)} written to {file}")


def show_restored(done: Restored) -> None:
    """Say what came back, and where that is which was there before."""
    say(f"{_held(done.contents)} put back, as of {done.contents.created_at}")
    if done.kept_before is not None:
        say(f"what was here before is in {done.kept_before}")
    if done.damaged is not None:
        say(f"the database could not be read; it was moved to {done.damaged}")


def _held(contents: BackupContents) -> str:
    notes, changes = (contents.rows.get(name, 0) for name in ("notes", "note_history"))
    series = count(len(contents.series), "series", "series")
    return f"{count(notes, 'note')} with {count(changes, 'change')} and {series} of your own"


def _when(moment: datetime | None) -> str:
    return stamp(moment) if moment is not None else NOTHING


def _said(one: OnRecord) -> str:
    state = one.after or one.before or {}
    return clean(str(state.get("title", "")))
