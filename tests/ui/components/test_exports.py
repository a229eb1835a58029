"""Downloads are in the audit log, reports are limited, and a missing database stops no file."""

import pytest

from dashboard import container
from dashboard.config import Settings
from dashboard.models.errors import RateLimited
from dashboard.services.rate_limit import RATE_LIMITS
from dashboard.ui import session
from dashboard.ui.components import exports


@pytest.fixture
def parts(monkeypatch):
    built = container.build_context(Settings())
    monkeypatch.setattr(session, "get_live_context", lambda: built)
    monkeypatch.setattr(session, "get_reader_id", lambda: "page one")
    return built


def on_record(parts):
    result = parts.notes.audit.entries(1_000)
    return [(one.action, one.subject, one.author, one.origin, one.after) for one in result]


def test_audit_an_export_is_on_record_once_it_leaves(parts):
    make = exports.audit_export(lambda: b"a;b", "moves.csv")
    assert on_record(parts) == []
    assert make() == b"a;b"
    assert on_record(parts) == [("export", "moves.csv", "Anna", "page", {"bytes": 3})]


def test_audit_what_could_not_be_made_is_not_on_record(parts):
    def fail():
        raise ValueError

    with pytest.raises(ValueError):
        exports.audit_export(fail, "moves.csv")()
    assert on_record(parts) == []


def test_limits_one_report_too_many_is_refused_and_told_beforehand(parts):
    make = exports.limit_export(lambda: b"%PDF", "report.pdf")
    for _ in range(RATE_LIMITS["export"].most):
        assert make() == b"%PDF"
    with pytest.raises(RateLimited, match="at most 20 exports in an hour"):
        make()
    assert "try again in" in parts.limits.refusal_reason("page one", "export")
    assert len(on_record(parts)) == RATE_LIMITS["export"].most


def test_limits_tables_are_not_counted(parts):
    make = exports.audit_export(lambda: b"", "moves.csv")
    for _ in range(RATE_LIMITS["export"].most + 1):
        make()


def test_a_store_that_is_away_stops_no_file(parts, tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("no folder")
    away = container.build_context(Settings(database_url=f"sqlite:///{tmp_path}/file/notes.db"))
    monkeypatch.setattr(session, "get_live_context", lambda: away)
    assert exports.audit_export(lambda: b"a", "moves.csv")() == b"a"
    assert "the export of moves.csv is not in the audit log" in caplog.text
