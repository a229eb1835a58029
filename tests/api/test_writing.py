"""Writing through the API: a token authenticates, a revision guards the note."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard.models.errors import StoreError
from dashboard.models.event import Draft
from dashboard.services.admin import create_token, revoke_token
from dashboard.services.notes import add_note, edit_note, note_history
from dashboard.services.rate_limit import MAX_NOTES
from dashboard.storage.notes import NoteRepository
from tests.asgi_client import get

KELLOGG = {"date": "2025-04-20", "title": "Kellogg on NATO", "category": "nato_remark"}
CATALOGUE = "kellogg-nato-off-table-2025-04-20"


@pytest.fixture
def desk(own_client):
    """A client, its application context, and Ann's token."""
    ask, context = own_client
    secret, _ = create_token(context.notes.tokens, "desk", "Ann")

    def send(method, address, body=None, **headers):
        headers = {"authorization": f"Bearer {secret}", "content_type": "application/json"} | {
            name: value for name, value in headers.items() if value
        }
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        content = content if isinstance(content, bytes) else content.encode()
        return ask(address, method=method, body=content, **headers)

    send.context, send.secret, send.ask = context, secret, ask
    return send


def added(send, **more):
    answer = send("POST", "/v1/events", KELLOGG | more)
    assert answer.status == 201, answer.body
    return answer.json


def test_a_note_is_added_and_its_address_and_revision_are_reported(desk):
    answer = desk("POST", "/v1/events", KELLOGG | {"tags": ["a;b", "c"], "text": "off the table"})
    note = answer.json
    assert answer.status == 201
    assert answer.headers["location"] == f"/api/v1/events/{note['id']}"
    assert answer.headers["etag"] == '"1"'
    assert (note["date"], note["title"], note["author"]) == ("2025-04-20", "Kellogg on NATO", "Ann")
    read = desk.ask(answer.headers["location"].removeprefix("/api"))
    assert read.json == note
    assert read.headers["etag"] == '"1"'
    (stored,) = desk.context.notes.notes()
    assert stored.tags == ("a;b", "c")


def test_values_are_finite_numbers_and_null_takes_one_away(desk):
    note = added(desk, value_actual=21, value_expected=20.5, value_unit="%", story="rates")
    assert (note["value_actual"], note["value_expected"], note["story"]) == (21.0, 20.5, "rates")
    address = f"/v1/events/{note['id']}"
    changed = desk("PATCH", address, {"value_expected": None}, if_match='"1"').json
    assert (changed["value_actual"], changed["value_expected"]) == (21.0, None)
    for wrong in ("21", True, "NaN"):
        assert desk("POST", "/v1/events", KELLOGG | {"value_actual": wrong}).status == 422


def test_a_moment_is_stored_in_utc_and_belongs_to_its_day(desk):
    note = added(desk, time_utc="2025-04-20T18:05:00+03:00")
    assert note["time_utc"] == "2025-04-20T15:05:00Z"
    wrong = desk("POST", "/v1/events", KELLOGG | {"time_utc": "2025-06-20T15:05:00Z"})
    assert wrong.status == 422
    assert "is not on 2025-04-20" in wrong.json["detail"]


def test_a_note_is_its_writers_who_may_keep_it_private(desk):
    context = desk.context  # those of Anna; the token is Ann's
    note = added(desk, visibility="private", category="a word of mine")
    assert (note["visibility"], note["category"]) == ("private", "a word of mine")
    assert context.notes.notes() == ()
    assert desk.ask(f"/v1/events/{note['id']}").status == 404
    (saved,) = context.notes.for_user("Ann").notes()
    assert (saved.owner, saved.visibility) == ("Ann", "private")
    (change,) = context.notes.for_user("Ann").history(saved.id)
    assert (change.author, change.origin) == ("Ann", "api")
    answer = desk("PATCH", f"/v1/events/{note['id']}", {"visibility": "shared"}, if_match='"1"')
    assert answer.status == 200
    assert [item.owner for item in context.notes.notes()] == ["Ann"]


def test_a_visibility_that_is_not_known_is_refused(desk):
    answer = desk("POST", "/v1/events", KELLOGG | {"visibility": "secret"})
    assert answer.status == 422
    assert "visibility" in answer.json["detail"]


def test_only_what_is_sent_is_changed(desk):
    note = added(desk, text="old", time_utc="2025-04-20T15:05:00Z")
    change = {"expected": "stronger", "time_utc": None}
    answer = desk("PATCH", f"/v1/events/{note['id']}", change, if_match='"1"')
    assert answer.status == 200
    assert answer.headers["etag"] == '"2"'
    changed = {name for name in note if answer.json[name] != note[name]}
    # Without its moment a note has no kind of hour either.
    assert changed == {"expected", "time_utc", "hour_kind", "updated", "revision"}
    assert answer.json["time_utc"] is None


def test_a_merge_patch_is_read_as_well(desk):
    note = added(desk)
    answer = desk(
        "PATCH", f"/v1/events/{note['id']}", {"title": "New"}, if_match='"1"',
        content_type="application/merge-patch+json; charset=utf-8",
    )  # fmt: skip
    assert answer.json["title"] == "New"


def test_a_removed_note_is_gone_until_it_is_restored(desk):
    note = added(desk)
    address = f"/v1/events/{note['id']}"
    removed = desk("DELETE", address, if_match='"1"')
    assert (removed.status, removed.body) == (204, b"")
    assert desk.ask(address).status == 410
    assert desk("PATCH", address, {"title": "x"}, if_match='"2"').status == 410
    assert desk("DELETE", address, if_match='"2"').status == 410
    restored = desk("POST", f"{address}/restore")
    assert (restored.status, restored.headers["etag"]) == (200, '"3"')
    assert desk.ask(address).json["title"] == KELLOGG["title"]


def test_the_history_tells_who_did_what(desk):
    note = added(desk)
    desk("PATCH", f"/v1/events/{note['id']}", {"title": "New"}, if_match='"1"')
    rows = desk.ask(f"/v1/events/{note['id']}/history").json["rows"]
    assert [(r["revision"], r["action"], r["who"]) for r in rows] == [
        (1, "create", "Ann"),
        (2, "edit", "Ann"),
    ]
    assert rows[1]["before"]["title"] == KELLOGG["title"]
    assert {change.origin for change in note_history(desk.context.notes, note["id"])} == {"api"}


def test_who_changes_the_note_of_another_signs_the_change_and_not_the_note(desk):
    note = add_note(desk.context.notes, Draft("Bob's", date(2025, 4, 21), author="Bob"))
    answer = desk("PATCH", f"/v1/events/{note.id}", {"text": "more"}, if_match='"1"')
    assert answer.json["author"] == "Bob"
    assert note_history(desk.context.notes, note.id)[-1].author == "Ann"


# ------------------------------------------------------------------ conflicts


def test_a_conflict_tells_both_texts_and_overwrites_nothing(desk):
    note = added(desk, text="first")
    stored = desk.context.notes.get(note["id"])
    theirs = Draft("Theirs", stored.day, text="theirs", author="Bob")
    edit_note(desk.context.notes, stored.id, theirs, 1)
    mine = {"title": "Mine"}
    answer = desk("PATCH", f"/v1/events/{stored.id}", mine, if_match='"1"')
    assert answer.status == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["etag"] == '"2"'
    problem = answer.json
    assert "was changed by Anna at 20" in problem["detail"]
    assert (problem["current"]["title"], problem["current"]["text"]) == ("Theirs", "theirs")
    assert (problem["yours"]["title"], problem["yours"]["text"]) == ("Mine", "first")
    assert desk.context.notes.get(stored.id).title == "Theirs"
    impossible = {"end_date": "2025-04-19"}
    assert desk("PATCH", f"/v1/events/{stored.id}", impossible, if_match='"1"').status == 422
    assert desk("DELETE", f"/v1/events/{stored.id}", if_match='"1"').status == 409
    assert desk("PATCH", f"/v1/events/{stored.id}", mine, if_match='"2"').status == 200


def test_somebody_who_comes_between_the_look_and_the_change_is_reported_too(desk, monkeypatch):
    note = added(desk)
    real = NoteRepository.edit

    def overtaken(notes, changed, revision, author=""):
        real(desk.context.notes, notes.get(changed.id), revision, author="Bob")
        return real(notes, changed, revision, author)

    monkeypatch.setattr(NoteRepository, "edit", overtaken)
    answer = desk("PATCH", f"/v1/events/{note['id']}", {"title": "Mine"}, if_match='"1"')
    assert answer.status == 409
    assert answer.json["current"]["revision"] == 2
    assert answer.json["yours"]["title"] == "Mine"


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_change_without_a_revision_is_refused(desk, method):
    note = added(desk)
    answer = desk(method, f"/v1/events/{note['id']}", {"title": "x"})
    assert answer.status == 428
    assert "If-Match" in answer.json["detail"]
    for tag in ("*", 'W/"1"', '"1", "2"', "1"):
        refused = desk(method, f"/v1/events/{note['id']}", {"title": "x"}, if_match=tag)
        assert refused.status == 400
    assert desk.context.notes.get(note["id"]).revision == 1


# ------------------------------------------------------------------ what is refused

WRONG = {
    b"{": (400, "body: is not JSON"),
    b"\xff": (400, "body: is not JSON"),
    b"": (400, "body: is not JSON"),
    b"[" * 5_000: (400, "body: is not JSON"),
    b"[]": (422, "request: is not a JSON object"),
    b"{}": (422, "date: is missing; title: is missing"),
    b'{"date":"2025-04-20","title":"x","colour":"red"}': (422, 'colour: "red" there is no'),
    b'{"date":"2025-04-20","title":"x","author":"Eve"}': (422, "author:"),
    b'{"date":"2025-04-20","title":7}': (422, "title: is not text"),
    b'{"date":"2025-04-20","title":""}': (422, 'title: "" is empty'),
    b'{"date":"2025-04-20","title":" \\t "}': (422, "title: is empty"),
    b'{"date":"20.04.2025","title":"x"}': (422, 'date: "20.04.2025" is not a date'),
    b'{"date":"1745107200","title":"x"}': (422, "date: is not written as"),
    b'{"date":"2025-04-20","title":"x","time_utc":"1745161500"}': (422, "time_utc:"),
    b'{"date":"1492-10-12","title":"x"}': (422, "day: 1492-10-12 is not between"),
    b'{"date":"2025-04-20","title":"x","tags":"a"}': (422, "tags:"),
    b'{"date":"2025-04-20","title":"x","category":"a word of more than forty characters is no"}': (
        422,
        "category",
    ),
    b'{"date":"2025-04-20","title":"x","zone":"Moscow time"}': (422, "is no time zone"),
    b'{"date":"2025-04-20","title":"x","end_date":"2025-04-19"}': (422, "is before"),
    b'{"date":"2025-04-20","title":"x","source_url":"javascript:a"}': (422, "no web address"),
    b'{"date":"2025-04-20","title":"x","time_utc":"2025-04-20T10:00:00"}': (422, "has no zone"),
}


@pytest.mark.parametrize("body", WRONG, ids=range(len(WRONG)))
def test_a_body_that_cannot_be_meant_is_refused_in_text(desk, body):
    status, message = WRONG[body]
    answer = desk("POST", "/v1/events", body)
    assert (answer.status, answer.json["status"]) == (status, status)
    assert message in answer.json["detail"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert desk.context.notes.notes() == ()


def test_a_body_that_is_too_large_or_no_json_is_refused(desk):
    large = desk("POST", "/v1/events", b'{"title":"' + b"x" * 70_000)
    assert large.status == 413
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json;charset=cp1251",
    ):
        assert desk("POST", "/v1/events", KELLOGG, content_type=kind).status == 415


def test_an_event_of_the_catalogue_cannot_be_changed(desk):
    for method in ("PATCH", "DELETE"):
        answer = desk(method, f"/v1/events/{CATALOGUE}", {"title": "x"}, if_match='"0"')
        assert answer.status == 403
        assert "read-only" in answer.json["detail"]
    assert desk("POST", f"/v1/events/{CATALOGUE}/restore").status == 403


def test_an_unknown_note_is_not_found(desk):
    for method, address in (
        ("PATCH", "/v1/events/note-x"),
        ("DELETE", "/v1/events/note-x"),
        ("POST", "/v1/events/note-x/restore"),
    ):
        assert desk(method, address, {"title": "x"}, if_match='"1"').status == 404
    assert desk.ask("/v1/events/note-x/history").status == 404


def test_every_method_of_an_address_is_named(desk):
    answer = desk("PUT", f"/v1/events/{CATALOGUE}")
    assert (answer.status, answer.headers["allow"]) == (405, "DELETE, GET, PATCH")
    assert desk.ask("/v1/events").headers["allow"] == "POST"


def test_a_store_that_is_down_is_reported_and_nothing_is_lost_in_text(desk, monkeypatch):
    def down(*_, **__):
        raise StoreError("events.sqlite3: the disk is full; nothing was saved")

    monkeypatch.setattr(NoteRepository, "add", down)
    answer = desk("POST", "/v1/events", KELLOGG)
    assert (answer.status, answer.json["detail"]) == (
        503, "events.sqlite3: the disk is full; nothing was saved",
    )  # fmt: skip


# ------------------------------------------------------------------ tokens

WRITES = (
    ("POST", "/v1/events"),
    ("PATCH", "/v1/events/{}"),
    ("DELETE", "/v1/events/{}"),
    ("POST", "/v1/events/{}/restore"),
)


@pytest.mark.parametrize("given", [None, "", "Bearer", "Basic YTpi", "Bearer rr_" + "x" * 43])
def test_without_a_token_that_holds_nothing_is_written(desk, given):
    note = added(desk)
    before = desk.context.notes.version()
    for method, address in WRITES:
        headers = {} if given is None else {"authorization": given}
        answer = desk.ask(
            address.format(note["id"]), method=method, body=json.dumps(KELLOGG).encode(),
            if_match='"1"', content_type="application/json", **headers,
        )  # fmt: skip
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert desk.context.notes.version() == before


def test_a_revoked_token_is_refused_at_once(desk):
    added(desk)
    revoke_token(desk.context.notes.tokens, "desk")
    answer = desk("POST", "/v1/events", KELLOGG)
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert len(desk.context.notes.notes()) == 1


@pytest.mark.clock
def test_a_token_that_has_expired_is_refused(own_client):
    ask, context = own_client
    later = datetime.now(UTC) - timedelta(days=2)
    secret, _ = create_token(context.notes.tokens, "old", days=1, now=lambda: later)
    headers = {"authorization": f"Bearer {secret}", "content_type": "application/json"}
    answer = ask("/v1/events", method="POST", body=json.dumps(KELLOGG).encode(), **headers)
    assert answer.status == 401


def test_a_token_is_in_no_answer_log_or_table(desk, caplog):
    caplog.set_level(0)
    for body in (KELLOGG, {}, b"{", b"x" * 70_000):
        answer = desk("POST", "/v1/events", body)
        assert desk.secret.encode() not in answer.body
        assert desk.secret not in str(answer.headers)
    desk("POST", f"/v1/events?token={desk.secret[:-1]}", KELLOGG, authorization="Bearer rr_x")
    assert desk.secret not in caplog.text
    context = desk.context
    context.notes.close()
    for file in context.settings.dashboard_home.rglob("*"):
        if file.is_file():
            assert desk.secret.encode() not in file.read_bytes()


# ------------------------------------------------------------------ limits


def test_limits_the_sixty_first_change_in_a_minute_is_reported_when_to_come_back(desk):
    for _ in range(60):
        added(desk)
    answer = desk("POST", "/v1/events", KELLOGG)
    assert answer.status == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert "at most 60 changes in a minute" in answer.json["detail"]
    assert len(desk.context.notes.notes()) == 60
    secret, _ = create_token(desk.context.notes.tokens, "other", "Bob")
    others = desk("POST", "/v1/events", KELLOGG, authorization=f"Bearer {secret}")
    assert others.status == 201


def test_limits_nobody_has_more_than_a_hundred_thousand_notes(desk, monkeypatch):
    monkeypatch.setattr(NoteRepository, "count_by_author", lambda *_: MAX_NOTES)
    answer = desk("POST", "/v1/events", KELLOGG)
    assert answer.status == 429
    assert "retry-after" not in answer.headers
    assert "Ann has 100,000 notes" in answer.json["detail"]


# ------------------------------------------------------------------ other sites

ORIGINS = {
    "a program without an origin": ({}, 201),
    "our own page": ({"origin": "http://127.0.0.1:8501"}, 201),
    "our own page, as browsers say today": (
        {"origin": "http://127.0.0.1:8501", "sec_fetch_site": "same-origin"},
        201,
    ),
    "another site": ({"origin": "https://evil.example"}, 403),
    "another program on this machine": ({"origin": "http://127.0.0.1:9999"}, 403),
    "a page without an origin, as in a sandbox": ({"origin": "null"}, 403),
    "another site, without an origin": ({"sec_fetch_site": "cross-site"}, 403),
    "another name of this machine": ({"sec_fetch_site": "same-site"}, 403),
}


@pytest.mark.parametrize("person", ORIGINS)
def test_origins_only_our_own_pages_and_programs_may_write(desk, person):
    headers, status = ORIGINS[person]
    answer = desk("POST", "/v1/events", KELLOGG, **headers)
    assert answer.status == status
    assert len(desk.context.notes.notes()) == (status == 201)
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_origins_a_browser_that_asks_for_leave_gets_none(desk):
    answer = get(
        desk.ask.args[0], "/v1/events", method="OPTIONS", origin="https://evil.example",
        access_control_request_method="POST",
    )  # fmt: skip
    assert answer.status == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


# ------------------------------------------------------------------ audit


def test_audit_every_change_is_on_record_with_its_interface(desk):
    note = added(desk)
    address = f"/v1/events/{note['id']}"
    desk("PATCH", address, {"title": "New"}, if_match='"1"')
    desk("DELETE", address, if_match='"2"')
    desk("POST", f"{address}/restore")
    result = desk.context.notes.audit.entries(10)
    assert [(one.action, one.author, one.origin) for one in reversed(result)] == [
        ("token-create", "Ann", "api"),
        ("create", "Ann", "api"),
        ("edit", "Ann", "api"),
        ("delete", "Ann", "api"),
        ("restore", "Ann", "api"),
    ]
    edit = result[2]
    assert (edit.before["title"], edit.after["title"]) == (KELLOGG["title"], "New")
    assert edit.at.tzinfo is not None


def test_audit_an_action_is_one_line_of_the_log_whatever_its_title_holds(desk, caplog):
    caplog.set_level("INFO", logger="dashboard.actions")
    title = 'x"\n{"action": "delete", "who": "Eve"}\r\u2028\x1b[0m'
    added(desk, title=title)
    (line,) = [r.getMessage() for r in caplog.records if r.name == "dashboard.actions"]
    assert re.search(r"[\x00-\x1f\x7f-\x9f\u2028]", line) is None
    message = json.loads(line)
    assert (message["action"], message["who"], message["origin"]) == ("create", "Ann", "api")
