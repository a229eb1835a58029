"""Who may do what, as the tables in tests/data say it: over the pages and over the API.

The tables were written before the code was tried. Everything that may not be done leaves every row
of the database and every file as it was.
"""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from dashboard.api.app import build_app
from dashboard.api.dependencies import get_live_context
from dashboard.config import Settings
from dashboard.container import BackupArchive, build_context, context_for
from dashboard.models.errors import InputError
from dashboard.models.event import Draft, Visibility
from dashboard.models.inbox import Decision, Publisher
from dashboard.models.people import Action, Forbidden, Identity, Role, Scope, SignInRequired
from dashboard.models.user_files import ImportRecord
from dashboard.services.admin import create_token, make_backup, restore_backup, revoke_token
from dashboard.services.notes import add_note, delete_note, edit_note, restore_note
from dashboard.storage.schema import METADATA
from tests.asgi_client import get
from tests.made_series import made_series
from tests.storage.inbox_form import NOTE, ONE

DATA = Path(__file__).with_name("data")
CATALOGUE = "kellogg-nato-off-table-2025-04-20"
OTHER = "another-event-of-the-catalogue"
DRAFT = Draft("a note", date(2025, 4, 21))
NEWER = replace(DRAFT, title="newer")
PRIVATE = replace(DRAFT, visibility=Visibility.PRIVATE)
FETCHED = datetime(2026, 11, 30, tzinfo=UTC)
A_FILE = ImportRecord("a.csv", "CSV", "0" * 64, rows=1, added=1, duplicates=0, wrong=0)
ROLES = ("nobody", "none", "viewer", "editor", "administrator", "removed", "ended")
TOKENS = (
    "no token", "unknown token", "expired token", "revoked token", "read token of an editor",
    "none", "viewer", "editor", "administrator",
)  # fmt: skip


def cells(name, columns):
    with (DATA / f"permissions_{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        pytest.param(row["action"], row["object"], who, row[who], id=f"{who}-{row['action']}"
                     f"-{row['object']}".replace(" ", "_"))
        for row in rows
        for who in columns
    ]  # fmt: skip


def test_the_tables_have_at_least_a_hundred_and_fifty_cells():
    assert len(cells("page", ROLES)) + len(cells("api", TOKENS)) >= 150


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """A product where people sign in by a proxy, with one person of each role."""
    settings = Settings(
        dashboard_home=tmp_path_factory.mktemp("team"),
        database_url=None,
        dashboard_sign_in="proxy",
        dashboard_default_role="none",
        dashboard_viewers="viewer",
        dashboard_editors="editor,removed,ended,else",
        dashboard_administrators="administrator",
    )
    context = build_context(settings)
    for person in ROLES[1:]:
        with suppress(Forbidden):  # a person without a role has signed in all the same
            context.access.enter(Identity(person, key=person))
    removed = context_for(context, context.access.enter(Identity("removed", key="removed")))
    people = context.notes.people
    people.give_role("removed", Role.VIEWER)
    people.end_all("ended")
    yield Team(context, removed)
    context.notes.close()


class Team:
    """The product, its people, and what is there for them to act on."""

    def __init__(self, context, removed):
        self.context = context
        self._removed = removed  # of a page that was drawn while the person was an editor
        self.numbers = count()
        self.folder = context.settings.dashboard_home / "backups"

    def as_page(self, who):
        """The context that a callback of a page of this person gets."""
        if who == "removed":
            return self._removed
        identity = None if who == "nobody" else Identity(who, key=who)
        return context_for(self.context, self.context.access.enter(identity))

    def notes(self, person="else"):
        return self.context.notes.for_user(person)

    def item(self, state=Decision.NEW):
        item = replace(ONE, id=f"report-{next(self.numbers)}")
        self.context.inbox.ingest([item])
        if state is not Decision.NEW:
            self.context.inbox.decide([item.id], state)
        return item

    def feed(self):
        (self.context.settings.dashboard_home / "feeds.toml").unlink(missing_ok=True)
        name = f"feed_{next(self.numbers)}"
        self.context.feeds.put(Publisher(name, "A feed", f"https://example.org/{name}"))
        return name

    def series(self):
        name = f"own_{next(self.numbers)}"
        series = made_series([80.0, 81.0])
        return name, replace(series, card=replace(series.card, id=name), fetched_at=FETCHED)

    def backup(self, context=None):
        context = context or self.context
        file = self.folder / f"backup-{next(self.numbers)}.zip"
        make_backup(file, context.notes.backups, context.own, BackupArchive())
        return file

    def token(self, person="editor", scope=Scope.WRITE, **options):
        name = f"token-{next(self.numbers)}"
        return name, create_token(self.notes().tokens, name, person, scope=scope, **options)[0]

    def everything(self):
        """Every row, but who was when active, and every file of the home."""
        left_out = {"recent_actions", "sign_ins"}

        def read(connection):
            return [
                [
                    dict(row) | {"last_used": None}
                    for row in connection.execute(t.select()).mappings()
                ]
                for t in METADATA.sorted_tables
                if t.name not in left_out
            ]

        home = self.context.settings.dashboard_home
        files = {p: p.read_bytes() for p in home.rglob("*") if p.suffix in {".toml", ".npz"}}
        return repr(self.notes().database.read(read)), files


def page_actions(team, who, wanted):
    """What a page does for each action on an object; called with the context of the reader."""
    number = next(team.numbers)
    shared, foreign = add_note(team.notes(), DRAFT), add_note(team.notes("stranger"), PRIVATE)
    deleted, edited = add_note(team.notes(), DRAFT), add_note(team.notes(), DRAFT)
    delete_note(team.notes(), deleted.id, 1)
    edit_note(team.notes(), edited.id, replace(DRAFT, title="newer"), 1)
    item, decided = team.item(), team.item(Decision.DISMISSED)
    feed, (stored, _series) = team.feed(), team.series()
    for earlier in team.context.own.series_ids():
        team.context.own.remove(earlier)
    team.context.own.store([_series], "0" * 64)
    new_series = team.series()[1]
    token, person = team.token()[0], f"person-{number}"
    imported = team.notes().import_notes(A_FILE, [NOTE])[0].id
    private = replace(NOTE, visibility=Visibility.PRIVATE)
    foreign_import = team.notes("stranger").import_notes(A_FILE, [private])[0].id
    own = add_note(team.notes(who), PRIVATE)
    team.notes(who).unhide([CATALOGUE])
    team.notes(who).hide([OTHER])
    backup = team.backup() if wanted == ("restore", "a backup") else None
    feed_to_add = Publisher(f"new_{number}", "A feed", f"https://example.org/new_{number}")
    found = replace(item, id=f"{item.id}-found")
    return {
        ("read", "a shared note"): lambda c: seen(c.notes.get(shared.id)),
        ("read", "the own private note"): lambda c: seen(c.notes.get(own.id)),
        ("read", "a private note of somebody else"): lambda c: seen(c.notes.get(foreign.id)),
        ("read", "the history of a shared note"): lambda c: seen(c.notes.history(shared.id)),
        ("add", "a shared note"): lambda c: add_note(c.notes, DRAFT),
        ("add", "a private note"): lambda c: add_note(c.notes, PRIVATE),
        ("edit", "a shared note"): lambda c: edit_note(c.notes, shared.id, NEWER, 1),
        ("edit", "a private note of somebody else"): lambda c: edit_note(
            c.notes, foreign.id, NEWER, 1
        ),
        ("delete", "a shared note"): lambda c: delete_note(c.notes, shared.id, 1),
        ("delete", "a private note of somebody else"): lambda c: delete_note(
            c.notes, foreign.id, 1
        ),
        ("restore", "a deleted note"): lambda c: restore_note(c.notes, deleted.id),
        ("restore", "an earlier revision"): lambda c: c.notes.restore_revision(edited.id, 1),
        ("hide", "an event of the catalogue"): lambda c: c.notes.hide([CATALOGUE]),
        ("show again", "an event of the catalogue"): lambda c: c.notes.unhide([OTHER]),
        ("import", "a file of events"): lambda c: c.notes.import_notes(A_FILE, [NOTE]),
        ("undo", "an import"): lambda c: c.notes.undo_import(imported),
        ("undo", "a private import of somebody else"): lambda c: c.notes.undo_import(
            foreign_import
        ),
        ("read", "the inbox"): lambda c: c.inbox.find(),
        ("accept", "a story"): lambda c: c.inbox.accept([item.id], NOTE),
        ("dismiss", "a story"): lambda c: c.inbox.decide([item.id], Decision.DISMISSED),
        ("put back", "a story"): lambda c: c.inbox.reopen([decided.id]),
        ("add", "a feed"): lambda c: c.feeds.put(feed_to_add),
        ("remove", "a feed"): lambda c: c.feeds.remove(feed),
        ("import", "a series"): lambda c: c.own.store([new_series], "0" * 64),
        ("remove", "a series"): lambda c: c.own.remove(stored),
        ("search", "the archive of news"): lambda c: c.inbox.ingest([found]),
        ("list", "the audit trail"): lambda c: c.notes.audit.entries(5),
        ("list", "tokens"): lambda c: c.notes.tokens.tokens(),
        ("make", "a token"): lambda c: create_token(c.notes.tokens, person),
        ("revoke", "a token"): lambda c: revoke_token(c.notes.tokens, token),
        ("list", "people"): lambda c: c.notes.people.people(),
        ("give", "a role"): lambda c: c.notes.people.give_role(person, Role.EDITOR),
        ("sign out everywhere", "a person"): lambda c: c.notes.people.end_all(person),
        ("remove", "a person"): lambda c: c.notes.people.remove_person(person),
        ("make", "a backup"): team.backup,
        ("restore", "a backup"): lambda c: restore_backup(
            backup, c.notes.backups, c.own, BackupArchive(), backup_folder=team.folder,
            may_replace=True,
        ),
    }  # fmt: skip


def seen(found):
    """What was found; a reader is not told why there is nothing."""
    if not found:
        raise InputError("there is no such note")
    return found


@pytest.mark.parametrize(("action", "target", "who", "expected"), cells("page", ROLES))
def test_over_the_pages(team, action, target, who, expected):
    act = page_actions(team, who, (action, target))[action, target]
    before = None if expected == "yes" else team.everything()
    try:
        act(team.as_page(who))
        outcome = "yes"
    except SignInRequired:
        outcome = "sign-in"
    except Forbidden:
        outcome = "no"
    except InputError as error:
        outcome = "unseen" if "there is no" in str(error) else str(error)
    assert outcome == expected
    if outcome != "yes":
        assert team.everything() == before


@pytest.fixture(scope="module")
def secrets(team):
    made = {who: team.token(who)[1] for who in ("none", "viewer", "editor", "administrator")}
    name, made["revoked token"] = team.token()
    revoke_token(team.notes().tokens, name)
    long_ago = datetime.now(UTC) - timedelta(days=2)
    made["expired token"] = team.token(days=1, now=lambda: long_ago)[1]
    made["read token of an editor"] = team.token(scope=Scope.READ)[1]
    made["unknown token"] = "rr_" + "x" * 43
    return made


@pytest.fixture(scope="module")
def application(team):
    app = build_app()
    app.dependency_overrides[get_live_context] = lambda: team.context
    return app


def api_request(team, action, target):
    """The method, the address, the body and the revision of a request."""
    if target == "the list of events":
        return "GET", "/v1/events.csv", None, None
    if target == "a note":
        return "POST", "/v1/events", {"date": "2025-04-20", "title": "new"}, None
    is_private = target == "a private note of somebody else"
    note = add_note(team.notes("stranger"), PRIVATE if is_private else DRAFT)
    address = f"/v1/events/{note.id}"
    if action == "restore":
        delete_note(team.notes(), note.id, note.revision)
        return "POST", f"{address}/restore", None, None
    return {
        "read": ("GET", f"{address}/history" if "history" in target else address, None, None),
        "change": ("PATCH", address, {"title": "newer"}, '"1"'),
        "remove": ("DELETE", address, None, '"1"'),
    }[action]


@pytest.mark.parametrize(("action", "target", "who", "expected"), cells("api", TOKENS))
def test_over_the_api(team, application, secrets, action, target, who, expected):
    method, address, body, revision = api_request(team, action, target)
    headers = {"content_type": "application/json"}
    if who != "no token":
        headers["authorization"] = f"Bearer {secrets[who]}"
    if revision:
        headers["if_match"] = revision
    before = without_audit(team)
    content = b"" if body is None else json.dumps(body).encode()
    answer = get(application, address, method=method, body=content, **headers)
    assert answer.status == int(expected), answer.body
    if answer.status >= 400:
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert "\n" not in answer.json["detail"]
        assert without_audit(team) == before


def without_audit(team):
    """The notes and their history: a refused token is on record elsewhere."""
    return [team.notes(person).notes(with_deleted=True) for person in ("else", "stranger")]


def test_every_action_of_the_rules_is_in_a_table():
    named = {row.values[0] for row in cells("page", ROLES[:1])}
    assert len(named) >= len(Action)
