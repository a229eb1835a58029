"""Private notes in the API: their owner's token alone reads them, whoever runs the process."""

import io
import json
import logging
import re
import zipfile
from datetime import date

import pytest

from dashboard.api.dependencies import get_live_context
from dashboard.config import Settings, configure_json_logging
from dashboard.container import build_context
from dashboard.models.event import Draft
from dashboard.services.admin import create_token, revoke_token
from dashboard.services.events import hide_events
from dashboard.services.notes import add_note, delete_note, edit_note
from tests.api.conftest import build_client
from tests.asgi_client import get

SECRET_WORD = "quicksilver"
EVERY_READ = (
    "/v1/events.xlsx", "/v1/events/{id}/window.xlsx", "/v1/events/{near}/window.xlsx",
    "/v1/events/{id}/sources.xlsx", "/v1/study.xlsx?origin=note", "/v1/sources.xlsx?origin=note",
    "/v1/events.rss", "/v1/events.ics", "/v1/events/upcoming.json",
    "/v1/events.json", "/v1/events.csv", "/v1/events.csv?flavour=excel",
    f"/v1/events.json?q={SECRET_WORD}", f"/v1/events.json?category={SECRET_WORD}%20plans",
    f"/v1/events.json?tag={SECRET_WORD}", "/v1/events.json?origin=note",
    "/v1/events/{id}", "/v1/events/{id}/history", "/v1/events/{id}/window.json",
    "/v1/events/{id}/window.csv", "/v1/events/{id}/sources.json", "/v1/events/{id}/sources.csv",
    "/v1/episodes.json", "/v1/episodes.csv", "/v1/episodes.xlsx",
    "/v1/events/{id}/precedents.json", "/v1/events/{near}/precedents.csv",
    "/v1/events/{near}/precedents.xlsx?table=precedent_paths",
    "/v1/events/{id}/basket.json?basket=rouble", "/v1/events/{near}/basket.csv?basket=rouble",
    "/v1/events/{near}/basket.xlsx?basket=rouble", "/v1/baskets.json",
    "/v1/split.json?origin=note", "/v1/split.csv?origin=note", "/v1/split.xlsx?origin=note",
    "/v1/regimes.json", "/v1/regimes.csv", "/v1/regimes.xlsx",
    "/v1/counterfactual.json?event={id}", "/v1/counterfactual.csv?event={near}",
    "/v1/counterfactual.xlsx?event={near}", "/v1/drivers.json?driver=brent_eia",
    "/v1/drivers.csv?driver=brent_eia", "/v1/drivers.xlsx?driver=brent_eia",
    "/v1/events/{near}/window.json", "/v1/events/{near}/window.csv", "/v1/study.json?origin=note",
    "/v1/study.csv?origin=note", "/v1/study.csv?table=skipped", "/v1/study.csv?table=averages",
    "/v1/study/dose-response.csv?table=dose_events&dose=intensity",
    "/v1/study/dose-response.json?table=dose_events&dose=intensity",
    "/v1/study/second-stage.csv?regress=author", "/v1/study/second-stage.json?regress=author",
    "/v1/sources.json?origin=note", "/v1/sources.csv?origin=note", "/v1/facts.json?date=2025-04-21",
    "/v1/events.json?asof=2099-01-01", "/v1/events/{id}?asof=2099-01-01",
    "/v1/events/{id}/history?asof=2099-01-01", "/v1/study.csv?origin=note&asof=2099-01-01",
)  # fmt: skip
"""Every address that reads events; `near` is an event of the catalogue in the same days."""


@pytest.fixture
def desk(tmp_path):
    """The application of Ann's process, with a private note of hers, and a reader of it."""
    settings = Settings(dashboard_home=tmp_path, database_url=None, dashboard_user="Ann")
    context = build_context(settings, interface="api")
    app, unused = build_client(tmp_path)
    app.dependency_overrides[get_live_context] = lambda: context
    draft = Draft(
        f"The {SECRET_WORD} deal", date(2025, 4, 21), text=SECRET_WORD, tags=(SECRET_WORD,),
        category=f"{SECRET_WORD} plans", visibility="private",
    )  # fmt: skip
    note = add_note(context.notes, draft)

    def read(address, person=None):
        headers = {}
        if person is not None:
            name = f"{person}-{len(context.notes.tokens.tokens())}"
            secret, _ = create_token(context.notes.tokens, name, person)
            headers = {"authorization": f"Bearer {secret}"}
        near = "kellogg-nato-off-table-2025-04-20"
        return get(app, address.format(id=note.id, near=near), **headers)

    read.context, read.note, read.app = context, note, app
    yield read
    context.notes.close()
    unused.notes.close()


def text_of(body):
    """A body as text; of a workbook that of its parts."""
    if not body.startswith(b"PK"):
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


@pytest.mark.parametrize("person", [None, "Bob"])
def test_nobody_but_the_owner_reads_a_word_of_a_private_note(desk, person):
    for address in EVERY_READ:
        answer = desk(address, person)
        asked = f"{answer.headers.get('link', '')}{text_of(answer.body)}"
        if "?q=" in address or "category=" in address or "tag=" in address:
            continue  # the parameters are in the links of an empty list
        assert SECRET_WORD not in asked, address
        if desk.note.id not in address.format(id=desk.note.id, near=""):
            assert desk.note.id not in asked, address


@pytest.mark.parametrize("person", [None, "Bob"])
def test_a_search_does_not_find_the_private_note_of_another(desk, person):
    assert desk(f"/v1/events.json?q={SECRET_WORD}", person).json["total"] == 0
    assert desk(f"/v1/events.json?tag={SECRET_WORD}", person).json["total"] == 0
    # An unknown category is an error, and the message lists the known ones.
    answer = desk("/v1/events.json?category=zinc", person)
    assert answer.status == 400
    assert SECRET_WORD not in answer.body.decode()


@pytest.mark.parametrize("person", [None, "Bob"])
def test_a_private_note_of_another_is_as_unknown_as_one_that_never_was(desk, person):
    for end in ("", "/history", "/window.json", "/sources.csv"):
        hidden = desk(f"/v1/events/{{id}}{end}", person)
        missing = desk(f"/v1/events/note-2025-04-21-00000000{end}", person)
        assert (hidden.status, missing.status) == (404, 404)
        same = missing.json["detail"].replace("note-2025-04-21-00000000", desk.note.id)
        assert hidden.json["detail"] == same
    deleted = delete_note(desk.context.notes, desk.note.id, 1)
    assert desk("/v1/events/{id}", person).status == 404
    assert deleted.deleted is not None


def test_the_owner_reads_it_with_a_token(desk):
    assert SECRET_WORD in desk("/v1/events/{id}", "Ann").json["title"]
    assert desk(f"/v1/events.json?q={SECRET_WORD}", "Ann").json["total"] == 1
    assert desk("/v1/events/{id}/history", "Ann").json["total"] == 1
    assert desk("/v1/events/{id}/window.json", "Ann").status == 200
    assert desk.note.id in desk("/v1/study.csv?origin=note", "Ann").body.decode()
    assert SECRET_WORD in text_of(desk("/v1/events.xlsx", "Ann").body)
    assert desk("/v1/events/{id}?asof=2099-01-01", "Ann").status == 200


def test_the_token_of_another_reads_its_own_private_notes(desk):
    own = add_note(
        desk.context.notes.for_user("Bob"), Draft("Bob's", date(2025, 4, 21), visibility="private")
    )
    assert desk(f"/v1/events/{own.id}", "Bob").json["title"] == "Bob's"
    assert desk(f"/v1/events/{own.id}", "Ann").status == 404
    assert desk(f"/v1/events/{own.id}").status == 404


def test_a_note_that_was_private_does_not_show_what_it_said_then(desk):
    shared = Draft("It is public now", date(2025, 4, 21), visibility="shared")
    edit_note(desk.context.notes, desk.note.id, shared, 1)
    answer = desk("/v1/events/{id}/history")
    assert answer.json["total"] == 1
    assert SECRET_WORD not in answer.body.decode()
    assert SECRET_WORD in desk("/v1/events/{id}/history", "Ann").body.decode()


def test_an_answer_is_of_the_token_it_was_asked_with(desk):
    assert desk("/v1/events.json", "Ann").headers["vary"] == "Authorization"


def test_events_a_person_hides_are_hidden_from_this_person_only(desk):
    hidden = desk.context.catalogue.events()[0].id
    hide_events(desk.context.catalogue, desk.context.notes, [hidden])
    assert hidden not in desk("/v1/events.csv", "Ann").body.decode()
    assert hidden in desk("/v1/events.csv", "Bob").body.decode()
    assert hidden in desk("/v1/events.csv").body.decode()


def test_a_wrong_token_reads_nothing_and_is_on_record(desk):
    secret, token = create_token(desk.context.notes.tokens, "old", "Ann")
    revoke_token(desk.context.notes.tokens, token.name)
    for wrong in (secret, "rr_" + "x" * 43, "nonsense"):
        answer = get(desk.app, "/v1/events.json", authorization=f"Bearer {wrong}")
        assert answer.status == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert wrong not in answer.body.decode()
    entries = [e for e in desk.context.notes.audit.entries(10) if e.action == "token-refused"]
    assert [entry.subject for entry in entries] == ["", "", "old"]
    assert {(entry.author, entry.origin) for entry in entries} == {("", "api")}


def test_a_flood_of_wrong_tokens_does_not_fill_the_record(desk):
    for _ in range(70):
        assert get(desk.app, "/v1/events.json", authorization="Bearer x").status == 401
    entries = desk.context.notes.audit.entries(1_000)
    assert sum(entry.action == "token-refused" for entry in entries) == 60


def test_the_title_of_a_private_note_is_in_no_line_of_the_log(desk, capsys):
    actions = logging.getLogger("dashboard")
    before = actions.handlers, actions.propagate, actions.level
    configure_json_logging()
    try:
        note = add_note(
            desk.context.notes,
            Draft(f"More {SECRET_WORD}", date(2025, 4, 22), visibility="private"),
        )
        delete_note(desk.context.notes, note.id, 1)
        add_note(desk.context.notes, Draft("Everybody's", date(2025, 4, 22)))
    finally:
        actions.handlers, actions.propagate, actions.level = before
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logged = [(line["action"], line.get("title")) for line in lines]
    assert logged == [("create", None), ("delete", None), ("create", "Everybody's")]
    assert SECRET_WORD not in str(lines)


def test_every_address_that_reads_events_is_among_those_that_were_tried(desk):
    described = json.loads(get(desk.app, "/openapi.json").body)["paths"]
    reading = {
        re.sub(r"\{\w+\}", "{event_id}", path)
        for path, methods in described.items()
        if "get" in methods
    }
    tried = {re.sub(r"\{\w+\}", "{event_id}", path.partition("?")[0]) for path in EVERY_READ} | {
        "/v1/alerts.rss",  # of a person only, see test_feeds
        "/v1/charts/{event_id}.json",  # what is shared only, see tests/browser/test_embeds.py
        "/v1/charts/{event_id}.{event_id}",
        "/v1/value.txt",  # a rate
        "/v1/rates/search",
        "/v1/rates.csv",
        "/v1/rates.json",
        "/v1/rates.xlsx",
    }
    assert reading == tried
