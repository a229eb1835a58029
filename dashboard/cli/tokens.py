"""The commands about tokens, with which programs write over the network, and about the record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from dashboard.cli.groups import group
from dashboard.cli.house import parts_of_house
from dashboard.cli.options import Arg, AsJson, Opt

commands = group("Make, list and revoke the tokens with which programs write.")

TokenName = Annotated[str, Arg(metavar="NAME", help="What you call it; each name is used once.")]


@commands.command("create")
def create(
    name: TokenName,
    *,
    person: Annotated[str, Opt(help="Who writes with it; else its name.")] = "",
    days: Annotated[int | None, Opt(help="How long it holds; else until it is revoked.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a token and print it, this once: only its hash is kept."""
    from dashboard.services.keep_tokens import create_token, token_json
    from dashboard.ui import terminal, terminal_record

    secret, token = create_token(parts_of_house().notes.beside, name, person, days)
    if as_json:
        terminal.show_json({"token": secret, **token_json(token, _now())})
    else:
        terminal_record.show_secret(secret, token)


@commands.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """List the tokens: whose, since when, last used, until when."""
    from dashboard.services.keep_tokens import list_tokens, token_json
    from dashboard.ui import terminal, terminal_record

    tokens = list_tokens(parts_of_house().notes.beside)
    if as_json:
        terminal.show_json([token_json(token, _now()) for token in tokens])
    else:
        terminal_record.show_tokens(tokens, _now())


@commands.command("revoke")
def revoke(name: TokenName, *, as_json: AsJson = False) -> None:
    """Refuse a token from its next request on."""
    from dashboard.services.keep_tokens import revoke_token, token_json
    from dashboard.ui import terminal

    token = revoke_token(parts_of_house().notes.beside, name)
    if as_json:
        terminal.show_json(token_json(token, _now()))
    else:
        terminal.say(f"token {token.name} is revoked: it is refused from now on")


def audit(
    *,
    most: Annotated[int, Opt("--most", min=1, max=100_000, help="Only so many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List what is on record, the newest first: who did what, when, through which door."""
    from dashboard.services.list_actions import actions_json, list_actions
    from dashboard.ui import terminal, terminal_record

    actions = list_actions(parts_of_house().notes.beside, most)
    if as_json:
        terminal.show_json(actions_json(actions))
    else:
        terminal_record.show_actions(actions)


def _now() -> datetime:
    return datetime.now(UTC)
