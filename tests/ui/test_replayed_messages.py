"""What an editor's browser sends is sent again by others: nothing changes, and one line says why.

The cells are those of tests/data/permissions_replay.csv, written before.
"""

from __future__ import annotations

import csv
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from dashboard.models.event import Draft
from dashboard.models.inbox import Decision
from dashboard.models.people import Role
from dashboard.services.admin import create_token
from dashboard.services.notes import add_note
from dashboard.storage.inbox import InboxRepository
from dashboard.storage.notes import NoteRepository
from tests.started_product import Product
from tests.storage.inbox_form import ONE
from tests.team_websocket import PageSocket, rerun_message

TABLE = Path(__file__).parents[1] / "data" / "permissions_replay.csv"
CATALOGUE = "kellogg-nato-off-table-2025-04-20"
PEOPLE = ("nobody", "none", "viewer", "ended", "removed", "editor")
"""In the order in which they try; the editor, who may, is the last."""


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    running = Product(
        tmp_path_factory.mktemp("team"),
        DASHBOARD_SIGN_IN="proxy",
        DASHBOARD_TRUSTED_PROXIES="127.0.0.1",
        DASHBOARD_DEFAULT_ROLE="none",
        DASHBOARD_VIEWERS="viewer",
        DASHBOARD_EDITORS="editor,ended,removed",
    ).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def store(product):
    with closing(NoteRepository(f"sqlite:///{product.home / 'events.sqlite3'}")) as store:
        yield store


@dataclass
class Target:
    """Where a button is, its key, and whether it was pressed to an effect."""

    page: str
    query: str
    button: str
    has_changed: object


@pytest.fixture(scope="module")
def targets(store):
    note = add_note(store, Draft("a note", date(2025, 4, 21)))
    inbox = InboxRepository(store)
    inbox.ingest([ONE])
    return {
        "delete": Target("event", f"id={note.id}", ".delete", lambda: store.get(note.id).deleted),
        "hide": Target(
            "event", f"id={CATALOGUE}", ".hide",
            lambda: any(CATALOGUE in store.for_user(p).hidden() for p in (*PEOPLE, "")),
        ),
        "dismiss": Target(
            "inbox", "", f"inbox.dismiss.{ONE.id}",
            lambda: inbox.by_ids([ONE.id])[0].state is Decision.DISMISSED,
        ),
    }  # fmt: skip


def read_table():
    with TABLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def end_or_remove(store, who):
    """What happens to a person while the page is open."""
    if who == "ended":
        store.people.end_all(who)
    elif who == "removed":
        store.people.give_role(who, Role.VIEWER)


@pytest.mark.parametrize("row", read_table(), ids=lambda row: row["action"])
def test_a_message_of_an_editor_sent_by_others(product, store, targets, row):
    target, outcomes = targets[row["action"]], {}
    with PageSocket(product.port, "editor") as editor:
        editor.open(target.page, target.query)
        button = next(name for key, name in editor.buttons.items() if key.endswith(target.button))
    message = rerun_message(target.page, target.query, button)
    for who in PEOPLE:
        store.people.give_role("removed", None)
        with PageSocket(product.port, "" if who == "nobody" else who) as socket:
            socket.open(target.page, target.query)
            assert (button in socket.buttons.values()) == (who in {"ended", "removed", "editor"})
            end_or_remove(store, who)
            socket.send(message)
            outcomes[who] = "yes" if target.has_changed() else "no"
            if who in {"nobody", "none", "ended"}:
                assert len(socket.texts) == 1, socket.texts
    assert outcomes == {who: row[who] for who in PEOPLE}


def test_the_headers_of_nobody_who_is_a_proxy_sign_nobody_in(tmp_path):
    """The same product that trusts a proxy elsewhere: a forged header is as none."""
    stranger = Product(
        tmp_path, DASHBOARD_SIGN_IN="proxy", DASHBOARD_TRUSTED_PROXIES="192.0.2.1",
        DASHBOARD_ADMINISTRATORS="boss",
    )  # fmt: skip
    stranger.start()
    try:
        with PageSocket(stranger.port, "boss") as socket:
            socket.open("events")
            assert socket.texts == ["You are not signed in. Sign in to go on; nothing was changed."]
        status, _headers, body = stranger.get("api/v1/events.csv", X_Forwarded_Email="boss")
        assert status == 401
        assert b"not signed in" in body
    finally:
        stranger.stop()


def test_requests_of_nobody_to_the_api_and_to_uploads_are_refused(product, store):
    assert product.get("api/v1/events.csv")[0] == 401
    assert product.get("api/v1/events.csv", X_Forwarded_Email="viewer")[0] == 200
    assert product.get("api/v1/events.csv", X_Forwarded_Email="none")[0] == 403
    assert product.get("media/0000.csv")[0] == 401
    secret = create_token(store.tokens, "desk", "viewer")[0]
    assert product.get("api/v1/events.csv", Authorization=f"Bearer {secret}")[0] == 200
