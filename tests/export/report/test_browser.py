"""What the browser draws, prints and pictures: the same each time, dated, and cut off from all."""

import asyncio
import io
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pypdf
import pytest
from choreographer.browsers.chromium import Chromium
from PIL import Image

from dashboard.export.report.browser import dated, open_browser
from dashboard.export.report.chart_svg import (
    CANVASES,
    PAGE_CANVAS,
    ChartRefused,
    captioned_svg,
    fit_figure,
    svg_size,
)
from dashboard.export.report.page import caption_of, footer_html, report_html
from dashboard.models.errors import RoubleReactionError
from dashboard.models.tables import ReportTable
from tests.made_report import FIGURE, HOSTILE, made_report

HEAT = {
    "data": [{"type": "heatmap", "z": [[0, 1], [None, float("nan")]], "showscale": False}],
    "layout": {"height": 200},
}
WEB = CANVASES["web"]
MAP = {"data": [{"type": "choropleth", "locations": ["RUS"], "z": [1]}]}  # fetches its outlines
ROWS = tuple((str(k), f"Кремль {k}") for k in range(200))
REPORT = made_report(HOSTILE[0], tables=(ReportTable(HOSTILE[4], ("Offset", "Event"), ROWS),))


class Listener(BaseHTTPRequestHandler):
    """Counts who asks it."""

    def do_GET(self):
        self.server.paths.append(self.path)
        self.send_response(404)
        self.end_headers()

    def log_message(self, *parts):
        pass


@pytest.fixture(scope="module")
def listener():
    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        server.paths = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def reaching_out(port):
    """A page without a policy that tries every way out, and a file of this machine."""
    address = f"http://127.0.0.1:{port}"
    return (
        f"<html><head><link rel=stylesheet href='{address}/x.css'></head><body>"
        f"<img src='{address}/beacon.png'><img src='http://localhost:{port}/b.png'>"
        f"<iframe src='{address}/frame'></iframe><iframe src='file:///etc/passwd'></iframe>"
        f"<script>document.body.innerHTML = 'ran'; fetch('{address}/fetched')</script>"
        "<p>printed</p></body></html>"
    )


@pytest.fixture(scope="module")
def made(listener):
    """Everything that these tests look at, by one browser: starting it takes the time."""

    async def make():
        async with open_browser(root=True) as browser:
            caption = caption_of(REPORT, REPORT.charts[0])
            figure = fit_figure(FIGURE, caption, WEB)
            plots = [await browser.draw(figure), await browser.draw(figure)]
            heat = await browser.draw(HEAT)
            svg = captioned_svg(plots[0], caption, WEB)
            page = report_html(REPORT, [svg])
            foot = footer_html(REPORT)
            with pytest.raises(ChartRefused) as refused:
                await browser.draw(MAP)
            return {
                "plots": plots,
                "heat": heat,
                "svg": svg,
                "png": [await browser.picture(svg, WEB), await browser.picture(svg, WEB)],
                "pdf": [await browser.print_pdf(page, foot, REPORT.made_at) for _ in range(2)],
                "outside": await browser.print_pdf(
                    reaching_out(listener.server_port), "", REPORT.made_at
                ),
                "refused": str(refused.value),
            }

    return asyncio.run(make())


def pdf_of(content):
    return pypdf.PdfReader(io.BytesIO(content))


def text_of(content):
    return "\n".join(page.extract_text() for page in pdf_of(content).pages)


def test_a_figure_is_drawn_point_by_point_the_same_each_time(made):
    first, second = made["plots"]
    assert first == second
    assert len(re.findall(rb'class="point"', first)) == 3


def test_a_heat_map_is_a_picture_inside_the_picture(made):
    svg = captioned_svg(made["heat"], caption_of(REPORT, REPORT.charts[0]), PAGE_CANVAS)
    assert b'href="data:image/png;base64,' in svg


def test_what_cannot_be_drawn_is_one_line(made):
    assert made["refused"].startswith("report: the chart cannot be drawn (")
    assert "\n" not in made["refused"]


def test_a_picture_has_the_size_of_its_svg_and_shows_the_line(made):
    assert made["png"][0] == made["png"][1]
    image = Image.open(io.BytesIO(made["png"][0]))
    assert svg_size(made["svg"]) == (960, 540)
    assert image.size == (2400, 1350)
    colors = {color for _, color in image.convert("RGB").getcolors(1_000_000)}
    assert (255, 255, 255) in colors
    assert (31, 119, 180) in colors  # Plotly's first colour, of a line without one


def test_a_pdf_is_the_same_each_time_and_says_when_the_report_was_made(made):
    assert made["pdf"][0] == made["pdf"][1]
    about = pdf_of(made["pdf"][0]).metadata
    assert about["/CreationDate"] == about["/ModDate"] == "D:20261126120000+00'00'"
    assert about.title == HOSTILE[0]


def test_a_pdf_holds_every_row_as_text_in_any_script(made):
    text = " ".join(text_of(made["pdf"][0]).split())
    assert all(f"Кремль {k}" in text for k in range(200))
    assert HOSTILE[0] in text


def test_every_sheet_names_source_day_link_and_its_number(made):
    pages = pdf_of(made["pdf"][0]).pages
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert page.mediabox.width == pytest.approx(595, abs=1)  # A4: 210 mm
        text = page.extract_text()
        assert "A bank, as of 1 Sep 2026" in text
        assert "http://127.0.0.1:8501/event?id=x&pool=all" in text
        assert f"page {number} of {len(pages)}" in " ".join(text.split())


def test_a_pdf_runs_nothing_and_links_to_addresses_alone(made):
    reader = pdf_of(made["pdf"][0])
    actions = [
        note.get_object()["/A"]
        for page in reader.pages
        for note in page.get("/Annots", [])
        if "/A" in note.get_object()
    ]
    assert {action["/S"] for action in actions} == {"/URI"}
    assert {action["/URI"] for action in actions} == {
        "https://bank.example/",
        "https://news.example/?a=1&b=2",
        "http://127.0.0.1:8501/event?id=x&pool=all",
    }
    assert not {"/OpenAction", "/AA"} & set(reader.trailer["/Root"])
    assert b"/JavaScript" not in made["pdf"][0]


def test_the_browser_reaches_no_address_no_file_and_runs_no_script(made, listener):
    assert listener.paths == []
    text = text_of(made["outside"])
    assert "printed" in text
    assert "root:" not in text


def test_dates_are_set_in_place():
    pdf = b"%PDF /CreationDate (D:20200101000000+02'00')\n/ModDate (D:20200101000000-03'00') %%EOF"
    fixed = dated(pdf, "2026-11-26T15:00:00+03:00")
    assert fixed.count(b"(D:20261126120000+00'00')") == 2
    assert len(fixed) == len(pdf)


def test_where_the_sandbox_is_not_allowed_the_browser_starts_without_it(monkeypatch, tmp_path):
    found = Chromium.find_browser(skip_local=False)
    program = tmp_path / "browser"
    program.write_text(
        f"#!/bin/sh\necho started >> {tmp_path / 'starts'}\n"
        f'case "$*" in *--no-sandbox*) exec {found} "$@";; esac\nexit 1\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(program))

    async def draw():
        async with open_browser(root=False) as browser:
            return await browser.draw(FIGURE)

    assert b"<svg" in asyncio.run(draw())
    assert (tmp_path / "starts").read_text() == 2 * "started\n"


@pytest.mark.parametrize("sandboxed", [True, False])
def test_no_browser_is_one_line_that_says_what_to_install(monkeypatch, tmp_path, sandboxed):
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))

    async def start():
        async with open_browser(root=not sandboxed):
            pass

    with pytest.raises(RoubleReactionError, match="install one") as refused:
        asyncio.run(start())
    assert "BROWSER_PATH" in str(refused.value)
    assert "\n" not in str(refused.value)
