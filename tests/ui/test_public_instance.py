"""A public, read-only instance as its visitors meet it: a product of its own, and its rules."""

import json
import sqlite3
from datetime import date
from http.client import HTTPConnection
from operator import attrgetter

import pytest

from dashboard.config import Settings, check_reach, read_settings
from dashboard.container import INBOX_RULES, NOTE_RULES, build_context, context_for
from dashboard.models.errors import InputError
from dashboard.models.event import Draft, Visibility
from dashboard.models.people import Action, Forbidden
from dashboard.services.admin import create_token
from dashboard.services.notes import add_note
from tests.started_product import Product

NOTE = json.dumps({"date": "2025-04-20", "title": "Written by a visitor"}).encode()
JSON = {"Content_Type": "application/json"}


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    """A public instance on a store with a shared and a private note; a token of its owner."""
    home = tmp_path_factory.mktemp("home")
    context = build_context(Settings(dashboard_home=home, dashboard_user="me"), "cli")
    for title, seen_by in (
        ("Shared words", Visibility.SHARED),
        ("Secret words", Visibility.PRIVATE),
    ):
        note = Draft(day=date(2025, 4, 22), title=title, visibility=seen_by, author="me")
        add_note(context.notes, note)
    secret, _token = create_token(context.notes.tokens, "desk", "me")
    context.notes.close()
    product = Product(home, DASHBOARD_PUBLIC="1", DASHBOARD_USER="me").start()
    yield product, secret
    product.stop()


def rows(product):
    """The rows of every table: a visitor leaves none."""
    with sqlite3.connect(f"file:{product.home / 'events.sqlite3'}?mode=ro", uri=True) as store:
        listed = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: store.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in listed}


def test_nothing_is_written_through_the_api_with_the_token_of_the_owner_either(public):
    product, secret = public
    before = rows(product)
    for headers in (JSON, {**JSON, "Authorization": f"Bearer {secret}"}):
        status, _headers, body = product.get("api/v1/events", method="POST", body=NOTE, **headers)
        assert status == 403
        assert json.loads(body)["detail"] == (
            "this is a public, read-only instance: nothing is changed, uploaded or fetched here"
        )
    for _again in range(3):
        product.get("api/v1/events.json", Authorization="Bearer rr_forged")
        assert product.get("api/v1/study.json?category=nato_remark")[0] == 200
    assert rows(product) == before


def test_what_is_private_stays_private_whoever_asks(public):
    product, secret = public
    for headers in ({}, {"Authorization": f"Bearer {secret}"}):
        body = product.get("api/v1/events.csv?from=2025-04-22&to=2025-04-22", **headers)[2]
        assert b"Shared words" in body
        assert b"Secret words" not in body


def test_an_upload_is_refused_before_it_is_read(public):
    status, _headers, body = public[0].get(
        "_stcore/upload_file/session/file", method="PUT", body=b"date,title\n2025-04-20,x\n"
    )
    assert (status, json.loads(body)["title"]) == (403, "Forbidden")


@pytest.mark.parametrize(
    ("agent", "opens"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", False),
        ("facebookexternalhit/1.1", False),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", True),
    ],
)
def test_a_crawler_opens_no_session(public, agent, opens):
    connection = HTTPConnection("127.0.0.1", public[0].port, timeout=60)
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": public[0].url.rstrip("/"),
        "User-Agent": agent,
    }
    connection.request("GET", "/_stcore/stream", headers=headers)
    assert connection.getresponse().status == (101 if opens else 403)
    connection.close()


def test_crawlers_are_told_what_to_read(public):
    product = public[0]
    text = product.get("robots.txt")[2].decode()
    assert "Disallow: /api/\n" in text
    assert f"Allow: /\nSitemap: {product.url}sitemap.xml" in text
    listed = product.get("sitemap.xml")[2].decode()
    assert f"<loc>{product.url}event?id=kellogg-nato-off-table-2025-04-20</loc>" in listed
    assert product.get("embed/explore")[1]["X-Robots-Tag"] == "noindex"
    assert product.get("compare")[1]["X-Robots-Tag"] is None


def test_files_and_pictures_of_numbers_work(public):
    product = public[0]
    assert product.get("api/v1/rates.csv?from=2025-04-21&to=2025-04-21")[0] == 200
    assert product.get("api/v1/value.txt?on=2025-04-21")[2] == b"80.7597"
    assert product.get("embed/event?id=kellogg-nato-off-table-2025-04-20")[0] == 200


def test_a_private_product_tells_crawlers_to_stay_away(monkeypatch):
    from starlette.requests import Request

    from dashboard.ui import embeds, session

    monkeypatch.setattr(session, "is_public", lambda: False)
    scope = {"type": "http", "headers": [], "path": "/robots.txt", "query_string": b""}
    assert embeds.robots(Request(scope)).body == b"User-agent: *\nDisallow: /\n"


# ------------------------------------------------------------------ the rules, one by one


def changing(rules, path=()):
    """Every method that changes something, by its path below the repository."""
    for name, rule in rules.items():
        if isinstance(rule, Action):
            if rule is not Action.READ:
                yield (*path, name)
        else:
            yield from changing(rule, (*path, name))


@pytest.fixture
def visited(tmp_path, monkeypatch):
    """What a page of a public instance is given for its visitor."""
    context = build_context(Settings(dashboard_home=tmp_path, dashboard_public=True))
    yield context_for(context, context.access.enter(None))
    context.notes.close()


@pytest.mark.parametrize("path", sorted(changing(NOTE_RULES)))
def test_a_replayed_message_of_a_widget_changes_no_note(visited, path):
    # A message reaches the same method as a click: what the page hands out refuses it.
    with pytest.raises(Forbidden, match="public, read-only instance"):
        attrgetter(".".join(path))(visited.notes)()


@pytest.mark.parametrize("path", sorted(changing(INBOX_RULES)))
def test_nor_the_inbox(visited, path):
    with pytest.raises(Forbidden, match="public, read-only instance"):
        getattr(visited.inbox, path[0])()


def test_nothing_is_fetched_for_a_visitor(visited):
    assert visited.refresher.is_offline
    assert visited.news.is_offline
    with pytest.raises(Forbidden):
        visited.access.authorize(visited.access.enter(None), Action.FETCH)


def test_commands_are_the_owners(tmp_path):
    context = build_context(
        Settings(dashboard_home=tmp_path, dashboard_public=True, dashboard_user="me"), "cli"
    )
    assert not context.access.policy.is_public
    assert not context.refresher.is_offline or context.settings.dashboard_offline
    assert context.notes.person == "me"
    context.notes.close()


def test_it_may_listen_for_others_and_signs_nobody_in(monkeypatch):
    check_reach(Settings(dashboard_public=True, dashboard_listen="0.0.0.0"))
    monkeypatch.setenv("DASHBOARD_PUBLIC", "1")
    monkeypatch.setenv("DASHBOARD_SIGN_IN", "proxy")
    with pytest.raises(InputError, match="contradict one another"):
        read_settings()
