"""Two replicas on one PostgreSQL behind nginx: what one writes the other shows; one may die."""

import json
import sys
import time
from datetime import UTC, datetime

import pytest

from dashboard.storage.notes import NoteRepository
from tests.browser.conftest import Reader, link_of
from tests.own_postgres import own_postgres
from tests.proxies import NAME, Nginx, free_port
from tests.started_product import SECONDS, Product

pytestmark = pytest.mark.browser

COOKIE = "rouble_replica"
WITHIN = 2.0


class SigningNginx(Nginx):
    """nginx that tells the product who a reader is, as oauth2-proxy would: here by a cookie."""

    def command(self):
        command = super().command()
        site = self.folder / "site.conf"
        text = site.read_text(encoding="utf-8")
        for variable in ("$rouble_user;", "$rouble_email;"):
            assert variable in text
            text = text.replace(variable, "$cookie_person;")
        site.write_text(text, encoding="utf-8")
        return command


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """nginx, two replicas behind it, and their notes."""
    place, port = tmp_path_factory.mktemp("replicas"), free_port()
    with own_postgres() as server:
        replicas = [
            Product(
                place / name,
                DATABASE_URL=server.url,
                DASHBOARD_PUBLIC_URL=f"https://{NAME}:{port}",
                DASHBOARD_TRUSTED_PROXIES="127.0.0.1",
                DASHBOARD_REQUEST_LOG="1",
                DASHBOARD_SIGN_IN="proxy",
                DASHBOARD_DEFAULT_ROLE="editor",
            ).start()
            for name in "ab"
        ]
        nginx = SigningNginx(place / "nginx", [each.port for each in replicas], port=port)
        notes = NoteRepository(server.url)
        try:
            yield nginx.start(), replicas, notes
        finally:
            notes.close()
            nginx.stop()
            for replica in replicas:
                replica.stop()


def replica_of(name, nginx, replicas):
    """The number of the replica to which nginx sends a browser with this cookie."""
    headers = nginx.get("livez", Cookie=f"{COOKIE}={name}")[1]
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        for number, replica in enumerate(replicas):
            lines = map(json.loads, replica.log.read_text().splitlines())
            if any(line.get("request_id") == headers["X-Request-Id"] for line in lines):
                return number
        time.sleep(0.05)
    return pytest.fail("no replica logged the request")


@pytest.fixture
def readers(team, chromium):
    """Ann on the first replica, Bob on the second."""
    nginx, replicas, _ = team
    names = [f"browser-{number}" for number in range(20)]
    of = {replica_of(name, nginx, replicas): name for name in names}
    assert set(of) == {0, 1}
    contexts, readers = [], []
    for number, person in enumerate(("ann", "bob")):
        context = chromium.new_context(
            viewport={"width": 1400, "height": 1500}, ignore_https_errors=True
        )
        cookies = {COOKIE: of[number], "person": f"{person}@example.org"}
        context.add_cookies(
            [{"name": name, "value": value, "url": nginx.url} for name, value in cookies.items()]
        )
        contexts.append(context)
        readers.append(Reader(context.new_page(), nginx.url))
    yield readers
    for context, reader in zip(contexts, readers, strict=True):
        assert reader.foreign == []
        context.close()


def test_a_note_of_one_replica_is_on_a_page_of_the_other_within_two_seconds(readers, team, capsys):
    ann, bob = readers
    notes = team[2]
    ann.open("events")
    bob.open("events")
    waits = []
    for number in range(3):
        bob.add_note(f"From the other replica {number}")
        stored = notes.probe().last_change
        ann.has(f"{number + 1} note" + ("" if number == 0 else "s"))
        waits.append((datetime.now(UTC) - stored).total_seconds())
    with capsys.disabled():
        times = ", ".join(f"{wait:.2f} s" for wait in waits)
        sys.stdout.write(f"\nfrom the store to a page of the other replica: {times}\n")
    assert min(waits) <= WITHIN
    (first, *_) = [note for note in notes.notes() if note.title == "From the other replica 0"]
    assert notes.history(first.id)[0].author == "bob@example.org"


def test_where_a_replica_is_killed_its_readers_go_on_at_the_other(readers, team):
    nginx, replicas, notes = team
    ann, bob = readers
    opened = []
    ann.page.on("websocket", lambda socket: opened.append(socket.url))
    ann.open("events?q=Kellogg")
    before = len(opened)
    replicas[0].kill()
    try:
        for number in range(20):  # whatever replica a browser had
            cookie = f"{COOKIE}=browser-{number}"
            assert nginx.get("readyz", Cookie=cookie)[0] == 200
        bob.open("events")
        ends = time.monotonic() + SECONDS
        while len(opened) == before:  # it connects again by itself, to the one that lives
            assert time.monotonic() < ends
            ann.page.wait_for_timeout(200)
        assert link_of(ann)["q"] == ["Kellogg"]
        ann.add_note("Written after the kill")
        assert link_of(ann)["q"] == ["Kellogg"]
        (note,) = [each for each in notes.notes() if each.title == "Written after the kill"]
        assert notes.history(note.id)[0].author == "ann@example.org"
        bob.open("events?q=after+the+kill")
        bob.has("1 of")
    finally:
        replicas[0].start()
    assert replicas[0].get("readyz")[0] == 200
