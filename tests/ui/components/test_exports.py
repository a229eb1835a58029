"""Downloads are in the audit log, reports are limited, and a missing database stops no file."""

import asyncio

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.testing.v1 import AppTest

from dashboard import container
from dashboard.config import Settings
from dashboard.models.errors import InputError, RateLimited, RoubleReactionError
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


def test_what_fails_once_is_made_the_second_time_and_counted_once(parts):
    answers = [RoubleReactionError("the browser does not start"), b"PNG"]

    def make():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert exports.limit_export(make, "chart.png")() == b"PNG"
    assert len(on_record(parts)) == 1


def test_what_cannot_be_made_is_tried_once(parts):
    tries = []

    def make():
        tries.append(1)
        msg = "no chart"
        raise InputError(msg)

    with pytest.raises(InputError):
        exports.limit_export(make, "chart.png")()
    assert tries == [1]


# ---- files outlive runs of pages


@pytest.fixture
def files(monkeypatch):
    """The files of a server whose clock stands at 0 until a test moves it."""
    made = exports.LastingFiles(MemoryMediaFileStorage("/media"))
    made.clock = 0.0
    monkeypatch.setattr(exports.time, "monotonic", lambda: made.clock)
    return made


def offered(files, make=lambda: b"content"):
    return files.add_deferred(make, "text/csv", "1.2", "file.csv")


def run_pages(files, times=5):
    """What Streamlit does at the beginning and at the end of each run of a page."""
    for _ in range(times):
        files.clear_session_refs()
        files.remove_orphaned_files()


def stored(files, url):
    return files.read_file(url.rpartition("/")[2])


def test_a_made_file_outlives_the_runs_of_pages_for_ten_minutes(files):
    url = files.execute_deferred(offered(files))
    run_pages(files)
    files.clock = 599
    run_pages(files)
    assert stored(files, url).content == b"content"
    files.clock = 601
    run_pages(files)
    assert stored(files, url) is None


def test_a_file_that_is_made_again_lasts_from_then_on(files):
    url = files.execute_deferred(offered(files))
    run_pages(files)
    files.clock = 500
    assert files.execute_deferred(offered(files)) == url
    run_pages(files)
    files.clock = 700
    run_pages(files)
    assert stored(files, url).content == b"content"


def test_the_button_of_a_run_before_still_gives_its_file(files):
    button = offered(files)
    run_pages(files)
    assert stored(files, files.execute_deferred(button)).content == b"content"
    files.clock = 121
    run_pages(files)
    with pytest.raises(MediaFileStorageError, match="not found"):
        files.execute_deferred(button)


def test_a_picture_of_a_page_is_not_stored_longer_than_streamlit_does(files):
    url = files.add(b"\x89PNG", "image/png", "1.2")
    run_pages(files)
    assert stored(files, url) is None


def answer_of(files, file_id):
    request = BackendOperationRequest(request_id="1")
    request.deferred_file.file_id = file_id
    handler = exports.FileRequestHandler(lambda: files)
    return asyncio.run(handler.handle(request, "a session"))


def test_a_click_is_answered_with_the_address_of_the_file(files):
    answer = answer_of(files, offered(files))
    assert answer.deferred_file.url.startswith("/media/")
    assert not answer.error_msg


def test_a_refusal_is_answered_with_its_reason_and_a_fault_without_its_own(files):
    def refuse():
        raise RateLimited("at most 20 exports in an hour", 60)

    def fail():
        msg = "/secret/path"
        raise OSError(msg)

    assert "at most 20 exports in an hour" in answer_of(files, offered(files, refuse)).error_msg
    told = answer_of(files, offered(files, fail)).error_msg
    assert told == "The file was not made. Click again; if it fails again, reload the page."
    assert answer_of(files, "unknown").error_msg == told


# ---- the menu


def draw_menu():
    from dashboard.services.exports import table_file
    from dashboard.ui import session
    from dashboard.ui.components.exports import ChartPicture, Downloads, draw_download_menu
    from dashboard.ui.url_state import open_url_state

    series = session.load_series("usd_rub_cbr")
    picture = ChartPicture(lambda: {}, "A finding", "RUB per USD", "A line", (series,))
    tables = {"rates": ("Rates", lambda dialect: table_file("rates", [series], dialect))}
    downloads = Downloads(
        ("a", "b"),
        "event",
        open_url_state("event", ()),
        picture=picture,
        tables=tables,
        report=lambda: None,
        bundles={"Bundle": lambda: b"PK"},
        warning="Careful",
    )
    draw_download_menu(downloads, "menu")


def test_a_menu_is_filled_when_it_is_opened():
    page = AppTest.from_function(draw_menu, default_timeout=60).run()
    assert not page.get("download_button")
    page.session_state["menu"] = True
    page.run()
    assert not page.exception
    assert [button.label for button in page.get("download_button")] == [
        "PNG, web",
        "PNG, print",
        "PNG, square",
        "SVG, web",
        "SVG, print",
        "SVG, square",
        "CSV",
        "Excel",
        "CSV for Excel",
        "CSV for Russian Excel",
        "PDF",
        "Web page (HTML)",
        "Bundle",
    ]
    assert page.warning[0].value == "Careful"
    assert any("asof=" in code.value for code in page.code)
