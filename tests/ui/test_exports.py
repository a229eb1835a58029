"""What leaves a page is on record, and reports are counted; a store that is away stops no file."""

import pytest

from dashboard import assembly
from dashboard.config import Settings
from dashboard.domain.errors import TooOften
from dashboard.services.limit_use import LIMITS
from dashboard.ui import exports, session


@pytest.fixture
def parts(monkeypatch):
    made = assembly.assemble(Settings())
    monkeypatch.setattr(session, "live_parts", lambda: made)
    monkeypatch.setattr(session, "reader", lambda: "page one")
    return made


def on_record(parts):
    found = parts.notes.beside.on_record(1_000)
    return [(one.action, one.subject, one.who, one.origin, one.after) for one in found]


def test_audit_an_export_is_on_record_once_it_leaves(parts):
    make = exports.told_of(lambda: b"a;b", "moves.csv")
    assert on_record(parts) == []
    assert make() == b"a;b"
    assert on_record(parts) == [("export", "moves.csv", "Anna", "page", {"bytes": 3})]


def test_audit_what_could_not_be_made_is_not_on_record(parts):
    def fail():
        raise ValueError

    with pytest.raises(ValueError):
        exports.told_of(fail, "moves.csv")()
    assert on_record(parts) == []


def test_limits_one_report_too_many_is_refused_and_told_beforehand(parts):
    make = exports.counted(lambda: b"%PDF", "report.pdf")
    for _ in range(LIMITS["export"].most):
        assert make() == b"%PDF"
    with pytest.raises(TooOften, match="at most 20 exports in an hour"):
        make()
    assert "try again in" in parts.limits.why_not("page one", "export")
    assert len(on_record(parts)) == LIMITS["export"].most


def test_limits_tables_are_not_counted(parts):
    make = exports.told_of(lambda: b"", "moves.csv")
    for _ in range(LIMITS["export"].most + 1):
        make()


def test_a_store_that_is_away_stops_no_file(parts, tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("no folder")
    away = assembly.assemble(Settings(database_url=f"sqlite:///{tmp_path}/file/notes.db"))
    monkeypatch.setattr(session, "live_parts", lambda: away)
    assert exports.told_of(lambda: b"a", "moves.csv")() == b"a"
    assert "the export of moves.csv is not on record" in caplog.text
