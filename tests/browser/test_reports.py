"""Reports in the browser: from the page to the file; a hostile text in one can do nothing."""

import json
import math
import threading
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import numpy as np
import pytest

from dashboard.export.report.chart_svg import FONT
from dashboard.export.report.render import render_in_subprocess
from dashboard.models.event import Origin
from dashboard.presentation.escaping import plain_text
from dashboard.presentation.reports import ReportContext
from dashboard.services.events import EventFilter
from dashboard.ui.pages.compare.report import build_compare_report
from tests.browser.conftest import PHONE
from tests.browser.test_downloads import shell, taken
from tests.made_report import HOSTILE, made_report
from tests.made_series import event_at_row, series_of_returns
from tests.ui.pages.made_comparison import build_compare_state

pytestmark = pytest.mark.browser

MOMENT = datetime(2026, 11, 26, 9, tzinfo=UTC)
EVENT = "kellogg-nato-off-table-2025-04-20"
KINDS = {
    "Web page (HTML)": b"<!DOCTYPE html>",
    "PDF": b"%PDF",
    "PNG, web": b"\x89PNG",
    "SVG, print": b"<?xml",
    "Bundle to reproduce it (ZIP)": b"PK",
}


@pytest.fixture
def tab(chromium):
    """A tab that writes down every request, script, dialog and navigation."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.seen = {"requests": [], "dialogs": [], "moves": [], "errors": []}
    page.on("request", lambda request: page.seen["requests"].append(request.url))
    page.on("dialog", lambda dialog: page.seen["dialogs"].append(dialog.message))
    page.on("framenavigated", lambda frame: page.seen["moves"].append(frame.url))
    page.add_init_script("window.ran = 0")
    yield page
    context.close()


def opened(tab, content, tmp_path):
    file = tmp_path / "report.html"
    file.write_bytes(content)
    address = f"file://{quote(str(file))}"
    tab.goto(address)
    tab.wait_for_timeout(700)  # as long as a refresh or a beacon would need
    return address


def outside(tab, address):
    """The requests other than the file itself and the pictures inside it."""
    return [url for url in tab.seen["requests"] if url != address and not url.startswith("data:")]


def test_hostile_texts_run_ask_and_move_nothing_and_read_back_whole(tab, tmp_path):
    report = made_report(HOSTILE[0])
    table = report.tables[0]
    rows = tuple((str(k), text) for k, text in enumerate(HOSTILE))
    report = made_report(
        HOSTILE[0],
        paragraphs=HOSTILE,
        cautions=HOSTILE,
        parameters=tuple((text, text) for text in HOSTILE),
        tables=(type(table)(HOSTILE[4], ("Offset", HOSTILE[1]), rows),),
    )
    address = opened(tab, render_in_subprocess(report, "html"), tmp_path)
    assert outside(tab, address) == []
    assert tab.seen["dialogs"] == []
    assert tab.seen["moves"] == [address]
    assert tab.title() == HOSTILE[0]
    assert tab.evaluate("document.scripts.length") == 0
    assert tab.evaluate("document.querySelectorAll('iframe,object,embed,form,base').length") == 0
    cells = tab.evaluate(
        "[...document.querySelectorAll('td:nth-child(2)')].map(x => x.textContent)"
    )
    assert cells == list(HOSTILE)
    links = tab.evaluate("[...document.querySelectorAll('a')].map(a => new URL(a.href).protocol)")
    assert set(links) == {"https:", "http:"}
    wide = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0


def test_a_comparison_of_notes_with_hostile_titles_runs_asks_and_moves_nothing(tab, tmp_path):
    events = [
        replace(
            event_at_row(row, f"note-{row}", origin=Origin.NOTE), title=text, tags=(HOSTILE[1],)
        )
        for row, text in zip(range(60, 60 + 8 * len(HOSTILE), 8), HOSTILE, strict=True)
    ]
    returns = np.random.default_rng(3).normal(0, 0.01, 60 + 8 * len(HOSTILE))
    # A tag is a person's word too, and the name of a group holds it.
    tagged = EventFilter(tags=(HOSTILE[1],), choices={"expected": "unclear"})
    series = series_of_returns(returns, move_sign=-1)
    scene = build_compare_state(series, events, EventFilter(), tagged)
    live = "http://127.0.0.1:8501/compare?cat=all"
    report = build_compare_report(
        scene, scene.answer, ReportContext(MOMENT, live, f"{live}&asof=2026-11-26")
    )
    address = opened(tab, render_in_subprocess(report, "html"), tmp_path)
    assert outside(tab, address) == []
    assert tab.seen["dialogs"] == []
    assert tab.seen["moves"] == [address]
    assert tab.title() == report.title
    assert tab.evaluate("document.scripts.length") == 0
    assert tab.evaluate("document.querySelectorAll('iframe,object,embed,form,base').length") == 0
    widths = tab.evaluate("[...document.querySelectorAll('img')].map(x => x.naturalWidth)")
    assert len(widths) == len(report.charts)
    assert min(widths) > 500
    cells = tab.evaluate("[...document.querySelectorAll('td')].map(x => x.textContent)")
    assert {plain_text(text, 500) for text in HOSTILE} <= set(cells)
    assert tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_no_line_of_a_caption_leaves_the_picture_and_it_runs_nothing(tab, tmp_path):
    file = tmp_path / "chart.svg"
    file.write_bytes(render_in_subprocess(made_report(" ".join(HOSTILE)), "svg"))
    tab.goto(f"file://{quote(str(file))}")
    widest = """family => Math.max(...[...document.querySelectorAll('svg > text')].map(line => {
        line.setAttribute('font-family', family);
        return line.getBBox().x + line.getBBox().width;
    }))"""
    # in Source Sans, which a reader may have, and in what has the widths of Arial
    for family in (FONT, "Liberation Sans"):
        assert 500 < tab.evaluate(widest, family) <= 1_000
    assert tab.seen["requests"] == [f"file://{quote(str(file))}"]
    assert tab.seen["dialogs"] == []


@pytest.fixture
def listener():
    """A server of this machine that counts who asks it."""
    asked = []

    class Counting(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *words):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Counting) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("guarded", [True, False])
def test_the_policy_stops_what_would_get_through(tab, tmp_path, listener, guarded):
    """The last wall: markup of a careless hand in the page; without the policy it would run."""
    address, asked = listener
    evil = (
        f"<script>document.title='ran'</script><img src='{address}/beacon.png'>"
        f"<link rel=stylesheet href='{address}/x.css'>"
    ).encode()
    content = render_in_subprocess(made_report(charts=()), "html").replace(
        b"<main>", b"<main>" + evil
    )
    if not guarded:
        content = content.replace(b"Content-Security-Policy", b"x-nothing")
    opened(tab, content, tmp_path)
    assert (tab.title() == "ran") is not guarded
    assert (asked == []) is guarded


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_chart_is_seen_and_the_ground_follows_the_reader(tab, tmp_path, look):
    tab.emulate_media(color_scheme=look)
    opened(tab, render_in_subprocess(made_report(), "html"), tmp_path)
    assert tab.evaluate("document.querySelector('img').naturalWidth") > 500
    ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(16, 18, 20)"}[look]


def test_every_file_of_the_page_is_one_click_behind_download(product, reader):
    reader.open(f"event?id={EVENT}").wait_for_chart()
    reader.press("Download", exact=True)
    names = {}
    for label, begins in KINDS.items():
        content, name = taken(reader, label)
        assert content.startswith(begins), label
        names[name.rpartition(".")[2]] = name
        if begins == b"<!DOCTYPE html>":
            page = content.decode("utf-8")
            assert f"event?id={EVENT}" in page
            # In the page as HTML writes it: the link as known at the moment of making.
            assert f"event?id={EVENT}&amp;asof=20" in page
            assert "127.0.0.1" not in page
            assert "0.5\u202f% stronger" in page
    assert names["html"] == f"{EVENT}_usd_rub_cbr_report.html"
    assert names["zip"] == f"{EVENT}_usd_rub_cbr_bundle.zip"


def test_the_bundle_of_the_page_is_computed_again_by_the_command_line(product, reader, tmp_path):
    reader.open(f"event?id={EVENT}&w=-10:20&model=market&factor=eur_usd_ecb").wait_for_chart()
    reader.press("Download", exact=True)
    content, _ = taken(reader, "Bundle to reproduce it (ZIP)")
    (tmp_path / "page.zip").write_bytes(content)
    told = json.loads(shell(product, "reproduce", str(tmp_path / "page.zip"), "--json"))
    assert (told["status"], told["files"]) == ("equal", 2)


def test_a_comparison_gives_its_report_and_a_bundle_of_each_group(product, reader, tmp_path):
    reader.open("compare?bcat=peace_talks").wait_for_chart()
    reader.press("Download", exact=True)
    page, name = taken(reader, "Web page (HTML)")
    assert name == "usd_rub_cbr_compare_nato_remark_peace_talks_report.html"
    text = page.decode("utf-8").replace("\u202f", " ")
    # The mean of `study --category nato_remark`, each first rate once, as the change of the quote.
    study = json.loads(shell(product, "study", "--category", "nato_remark", "--json"))
    mean = study["headlines"][0]["mean"]
    change = abs(100 * math.expm1(-mean))
    assert f"rouble {change:.1f} % {'stronger' if mean > 0 else 'weaker'} on average" in text
    assert "compare?bcat=peace_talks&amp;asof=20" in text
    for number, label in (("1", ": ● NATO remarks"), ("2", ": ◆ Peace talks")):
        content, name = taken(reader, f"Bundle to reproduce it (ZIP){label}")
        assert name.endswith(f"_bundle_{number}.zip")
        (tmp_path / name).write_bytes(content)
        told = json.loads(shell(product, "reproduce", str(tmp_path / name), "--json"))
        assert told["status"] == "equal"


def test_a_claim_check_gives_its_report_with_a_link_for_each_claim(reader, product, tmp_path):
    reader.open("facts?example=1").wait_for_chart()
    reader.press("Download", exact=True)
    page, name = taken(reader, "Web page (HTML)")
    assert name == "usd_rub_cbr_claim_2025-04-21_report.html"
    text = page.decode("utf-8")
    assert "Strongest since June 2024? Not since then." in text
    assert "facts?day=2025-04-21&amp;kind=strongest&amp;since=2024-06&amp;asof=20" in text
    content, _ = taken(reader, "PNG, web")
    assert content.startswith(b"\x89PNG")
    content, name = taken(reader, "Bundle to reproduce it (ZIP)")
    (tmp_path / name).write_bytes(content)
    told = json.loads(shell(product, "reproduce", str(tmp_path / name), "--json"))
    assert (told["status"], told["files"]) == ("equal", 2)


def test_on_a_phone_the_files_are_one_tap_away(new_reader):
    reader = new_reader(**PHONE)
    reader.open(f"event?id={EVENT}")
    reader.page.get_by_role("button", name="Download", exact=True).tap()
    box = reader.page.get_by_role("button", name="PDF").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
