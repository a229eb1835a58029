"""Charts in a page of another site, in a real browser: two origins on the loopback.

The site that was named in the settings shows them, another one does not.
"""

import html
import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, urlsplit

import pytest

from dashboard.config import Settings
from dashboard.container import build_context
from dashboard.models.event import Draft, Visibility
from dashboard.services.notes import add_note
from tests.started_product import SECONDS, Product

pytestmark = pytest.mark.browser

EVENT = "kellogg-nato-off-table-2025-04-20"
CHARTS = {
    "explore": "from=2025-01-01",
    "event": f"id={EVENT}",
    "compare": "cat=nato_remark",
    "claim": "kind=level&value=80&day=2025-04-21",
}
MAX_BYTES = 300_000


class Site(ThreadingHTTPServer):
    """A site whose page frames the embed that its query names, with the documented script."""

    daemon_threads = True

    def __init__(self, product):
        self.product = product
        super().__init__(("127.0.0.1", 0), _Page)
        self.origin = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
            return
        answer = self.server.product.get(f"oembed?url={urlsplit(self.path).query}")
        markup = json.loads(answer[2])["html"].replace('width="800"', 'width="100%"')
        script = (
            '<script>addEventListener("message",e=>{for(const f of'
            ' document.querySelectorAll("iframe"))if(f.contentWindow===e.source&&e.data&&'
            'e.data.type==="rouble-reaction:height")f.height=e.data.height})</script>'
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<!doctype html><p>News</p>{markup}{script}".encode())

    def log_message(self, *_line):
        """Nothing to the terminal."""


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """A product, the site that may show its charts, and one that may not."""
    home = tmp_path_factory.mktemp("home")
    context = build_context(Settings(dashboard_home=home, dashboard_user="me"))
    for title, seen_by in (
        ("Shared words", Visibility.SHARED),
        ("Secret words", Visibility.PRIVATE),
    ):
        note = Draft(day=date(2025, 4, 22), title=title, visibility=seen_by, author="me")
        add_note(context.notes, note)
    context.notes.close()
    product = Product(home, DASHBOARD_USER="me")
    named, other = Site(product), Site(product)
    product.environment["DASHBOARD_EMBED_ORIGINS"] = named.origin
    product.start()
    yield product, named, other
    product.stop()
    for site in (named, other):
        site.shutdown()
        site.server_close()


def page_of(product, site, name):
    address = quote(f"{product.url}embed/{name}?{CHARTS[name]}", safe="")
    return f"{site.origin}/?{address}"


@pytest.fixture
def tab(chromium):
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    context.set_default_timeout(1_000 * SECONDS)
    yield context.new_page()
    context.close()


def wait_for_picture(tab):
    """The frame once its picture is there."""
    tab.wait_for_selector("iframe")
    frame = tab.frame_locator("iframe")
    frame.locator("img").wait_for()
    for _try in range(SECONDS * 10):
        if frame.locator("img").evaluate("i => i.complete && i.naturalWidth > 0"):
            return frame
        tab.wait_for_timeout(100)
    return pytest.fail("the picture never came")


@pytest.mark.parametrize("name", CHARTS)
def test_a_named_site_shows_a_chart_of_few_bytes_without_a_cookie(sites, tab, name):
    product, site, _other = sites
    received = []
    tab.on("response", lambda answer: received.append(answer))  # noqa: PLW0108 - it sets attributes
    refused = []
    tab.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
    tab.goto(page_of(product, site, name))
    frame = wait_for_picture(tab)
    assert frame.locator("h1").inner_text()
    assert frame.get_by_text("Bank of Russia, data to 1 Sep 2026").count() == 1
    assert frame.locator("img").get_attribute("alt")
    ours = [answer for answer in received if answer.url.startswith(product.url)]
    assert {urlsplit(answer.url).path for answer in ours} == {
        f"/embed/{name}", f"/api/v1/charts/{name}.svg",
    }  # fmt: skip
    assert sum(len(answer.body()) for answer in ours) < MAX_BYTES
    assert not any("set-cookie" in answer.headers for answer in ours)
    assert tab.context.cookies() == []
    assert refused == []
    height = frame.locator("figure").evaluate("f => Math.ceil(f.getBoundingClientRect().height)")
    assert int(tab.locator("iframe").get_attribute("height")) == height


def test_another_site_shows_nothing(sites, tab):
    product, _named, other = sites
    refused = []
    tab.on("console", lambda line: refused.append(line.text))
    tab.goto(page_of(product, other, "event"))
    tab.wait_for_timeout(500)
    assert any("frame-ancestors" in line for line in refused)
    assert tab.frame_locator("iframe").locator("figure").count() == 0


def test_a_narrow_column_and_a_dark_theme_have_pictures_of_their_own(sites, chromium):
    product, site, _other = sites
    context = chromium.new_context(viewport={"width": 320, "height": 700}, color_scheme="dark")
    tab = context.new_page()
    tab.goto(page_of(product, site, "event"))
    frame = wait_for_picture(tab)
    shown = frame.locator("img").evaluate("i => i.currentSrc")
    assert "theme=dark" in shown
    assert "size=narrow" in shown
    assert frame.locator("body").evaluate("b => b.scrollWidth <= innerWidth")
    assert frame.locator("body").evaluate("b => getComputedStyle(b).backgroundColor") == (
        "rgb(16, 18, 20)"
    )
    context.close()


def test_an_unset_product_lets_nobody_frame_it(product_to_read):
    _status, headers, _body = product_to_read.get(f"embed/event?id={EVENT}")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    pages = product_to_read.get("event")[1]
    assert "frame-ancestors 'none'" in pages["Content-Security-Policy"]


def test_pages_are_framed_by_nobody_where_embeds_are(sites):
    headers = sites[0].get("event")[1]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    embed = sites[0].get(f"embed/event?id={EVENT}")[1]
    assert embed["X-Frame-Options"] is None


# ------------------------------------------------------------------ oEmbed, without a browser


def read(product, path):
    status, headers, body = product.get(path)
    return status, headers, json.loads(body)


def test_oembed_answers_with_the_fields_of_its_specification(sites):
    # oEmbed 1.0, section 2.3.4: type and version of every answer; html, width and height of `rich`;
    # a thumbnail needs its width and height, and neither may pass maxwidth and maxheight.
    product = sites[0]
    url = quote(f"{product.url}event?id={EVENT}", safe="")
    status, headers, answer = read(product, f"oembed?url={url}&format=json")
    assert (status, headers.get_content_type()) == (200, "application/json")
    assert (answer["version"], answer["type"]) == ("1.0", "rich")
    assert all(isinstance(answer[name], int) for name in ("width", "height", "cache_age"))
    assert all(isinstance(answer[name], str) for name in ("html", "title", "provider_url"))
    assert answer["html"].startswith(f'<iframe src="{product.url}embed/event?id={EVENT}"')
    assert {"thumbnail_url", "thumbnail_width", "thumbnail_height"} <= set(answer)
    small = read(product, f"oembed?url={url}&maxwidth=400&maxheight=300")[2]
    assert (small["width"], small["height"]) == (400, 300)
    assert 'width="400" height="300"' in small["html"]
    assert "thumbnail_url" not in small


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("url=http%3A%2F%2Fevil.example%2Fevent", 404),
        ("url={url}events", 404),
        ("url={url}event%3Fid%3Dnone", 404),
        ("url={url}event%3Fid%3D" + EVENT + "&format=xml", 501),
        ("url={url}event%3Fid%3D" + EVENT + "&maxwidth=wide", 404),
        ("url={url}%2F%5Ba%5D", 404),
        ("", 404),
    ],
)
def test_oembed_refuses_in_one_line(sites, query, status):
    query = query.replace("{url}", quote(sites[0].url, safe=""))
    answered, _headers, problem = read(sites[0], f"oembed?{query}")
    assert (answered, problem["status"]) == (status, status)
    assert "\n" not in problem["detail"]


@pytest.mark.parametrize("path", [f"event?id={EVENT}", f"embed/event?id={EVENT}"])
def test_a_page_and_its_embed_say_where_their_oembed_is(sites, path):
    product = sites[0]
    page = product.get(path, Accept="text/html")[2].decode()
    found = page.split('type="application/json+oembed" href="')[1].split('"')[0]
    address = html.unescape(found)
    assert address.startswith(f"{product.url}oembed?url=")
    assert read(product, address.removeprefix(product.url))[2]["type"] == "rich"


# ------------------------------------------------------------------ the answers themselves


def test_an_embed_says_what_is_wrong_in_one_line(sites):
    for path, status in {
        "embed/nothing": 404,
        "embed/event?id=none": 404,
        "embed/claim": 400,
        "embed/compare?window=9:1": 400,
    }.items():
        answered, headers, body = sites[0].get(path)
        assert answered == status, path
        assert headers["Cache-Control"] == "no-store"
        assert body.decode().count("<p>") == 1


def test_an_embed_is_answered_from_the_copy_of_a_cache(sites):
    path = f"embed/event?id={EVENT}&asof=2026-08-01"
    headers = sites[0].get(path)[1]
    assert headers["Cache-Control"].startswith("public, max-age=2592000,")
    assert "Set-Cookie" not in headers
    assert sites[0].get(path, If_None_Match=headers["ETag"])[0] == 304


def test_an_embed_and_its_chart_hold_what_is_shared_alone(sites):
    window = "from=2025-04-01&to=2025-05-01"
    figure = f"api/v1/charts/explore.json?{window}&content=figure"
    for path in (
        f"embed/explore?{window}",
        figure,
        f"embed/event?id={EVENT}",
        f"api/v1/charts/event.json?id={EVENT}&content=figure",
    ):
        assert b"Secret words" not in sites[0].get(path)[2], path
    assert b"Shared words" in sites[0].get(figure)[2]
