"""The parts of a process: chosen by settings, and opened only when they are used."""

import socket
import subprocess
import sys
from datetime import date

from dashboard.config import Settings
from dashboard.container import article_from_link, build_context
from dashboard.models.event import Draft
from dashboard.services.notes import add_note, all_events
from dashboard.sources.safe_fetch import ConnectionPolicy
from tests.shipped_catalogue import COUNT, RATES


def test_assembling_reads_and_writes_nothing(dashboard_home):
    build_context()
    assert not dashboard_home.exists()


def test_notes_live_in_the_data_directory_of_the_user(dashboard_home):
    parts = build_context()
    note = add_note(parts.notes, Draft("a note", date(2025, 4, 21)))
    parts.notes.close()
    assert (dashboard_home / "events.sqlite3").is_file()
    again = build_context()
    events = all_events(again.catalogue, again.notes)
    again.notes.close()
    assert len(events) == COUNT + 1
    assert note in events


def test_notes_live_where_the_settings_say(tmp_path, dashboard_home):
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    parts = build_context(Settings(database_url=url))
    add_note(parts.notes, Draft("a note", date(2025, 4, 21)))
    parts.notes.close()
    assert (tmp_path / "elsewhere.db").is_file()
    assert not dashboard_home.exists()


def test_the_default_series_ships(dashboard_home):
    cards = [card.id for source in build_context().rates for card in source.cards()]
    assert cards[0] == "usd_rub_cbr"
    assert len(cards) == len(RATES)


def test_a_link_is_followed_and_read():
    body = "".join(
        f"<p>Putin said on Monday that talks go on, part {n} of it.</p>" for n in range(9)
    )
    page = f"<html><head><title>Talks</title></head><body><article>{body}</article></body></html>"
    statements = page.encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(statements)}\r\n\r\n"
    )

    ours, theirs = socket.socketpair()
    theirs.sendall(head.encode() + statements)
    way = ConnectionPolicy(
        lambda host, port: ["93.184.215.14"], lambda address, port, timeout: ours
    )
    article = article_from_link("http://news.example.org/a", Settings(), way)
    theirs.close()
    assert (article.title, article.url) == ("Talks", "http://news.example.org/a")
    assert "part 8 of it." in article.text


def test_assembling_imports_no_library_of_stores_or_networks():
    heavy = "{'sqlalchemy', 'requests', 'urllib3', 'yfinance', 'curl_cffi', 'pyarrow.dataset'}"
    code = (
        "import sys; from dashboard.container import build_context; build_context();"
        f"print({heavy} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert output.strip() == "set()"
