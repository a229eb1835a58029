"""The terminal: tokens, and what is on record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dashboard.domain.access_token import AccessToken
from dashboard.domain.on_record import OnRecord
from dashboard.services.keep_tokens import token_state
from dashboard.ui.terminal import mention, say, show_table
from dashboard.ui.text import clean
from dashboard.ui.wording import NOTHING, stamp


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


def _when(moment: datetime | None) -> str:
    return stamp(moment) if moment is not None else NOTHING


def _said(one: OnRecord) -> str:
    state = one.after or one.before or {}
    return clean(str(state.get("title", "")))
