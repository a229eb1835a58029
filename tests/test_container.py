"""The parts of a process: chosen by settings, and opened only when they are used."""

import socket
import subprocess
import sys
from datetime import date

import pytest

from dashboard import container
from dashboard.config import Settings
from dashboard.container import article_from_link, build_context
from dashboard.models.event import Draft
from dashboard.models.people import Reader, Role
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


NOT_FOR_READERS = {
    "notes": {"as_of", "close", "create", "for_user", "recent_actions"},
    "audit": set(),
    "tokens": {"find_token", "record_use"},
    "backups": set(),
    "people": {"end_sign_in", "find_sign_in", "record_use", "start_sign_in"},
    "inbox": set(),
    "feeds": set(),
    "own": set(),
}
"""What no reader is given: it is of the process, or works inside a transaction."""


def guarded_classes():
    from dashboard.sources.feeds.registry import FeedRegistry
    from dashboard.sources.rates.imported import ImportedRates
    from dashboard.storage.audit import AuditRepository
    from dashboard.storage.backups import BackupStore
    from dashboard.storage.inbox import InboxRepository
    from dashboard.storage.notes import NoteRepository
    from dashboard.storage.people import PeopleRepository
    from dashboard.storage.tokens import TokenRepository

    return {
        "notes": (NoteRepository, container.NOTE_RULES),
        "audit": (AuditRepository, container.NOTE_RULES["audit"]),
        "tokens": (TokenRepository, container.NOTE_RULES["tokens"]),
        "backups": (BackupStore, container.NOTE_RULES["backups"]),
        "people": (PeopleRepository, container.NOTE_RULES["people"]),
        "inbox": (InboxRepository, container.INBOX_RULES),
        "feeds": (FeedRegistry, container.FEED_RULES),
        "own": (ImportedRates, container.OWN_RATES_RULES),
    }


@pytest.mark.parametrize("name", NOT_FOR_READERS)
def test_every_method_of_a_repository_has_a_rule_for_readers(name):
    cls, rules = guarded_classes()[name]
    public = {each for each in dir(cls) if not each.startswith("_")} - {"person"}
    assert public - rules.keys() == NOT_FOR_READERS[name]
    assert rules.keys() - public <= {"person", "bundled"}


def test_what_has_no_rule_is_refused_to_every_reader(tmp_path):
    context = container.build_context(Settings(dashboard_home=tmp_path))
    boss = container.context_for(context, Reader("boss", Role.ADMINISTRATOR))
    with pytest.raises(AttributeError, match="for_user"):
        boss.notes.for_user("ann")
    with pytest.raises(AttributeError, match="database"):
        _ = boss.notes.database
