"""A product below a path behind nginx and Caddy with TLS, its log and metrics, and its end."""

import json
import re
import signal
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.browser.conftest import Reader
from tests.browser.test_downloads import taken
from tests.proxies import NAME, Caddy, Nginx, free_port
from tests.started_product import SECONDS, Product

pytestmark = pytest.mark.browser
BASE = "/rouble"
PRIVATE = "canary-word"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("proxies")


@pytest.fixture(scope="module")
def proxied(place):
    """The product, nginx in front of it, and the address of its metrics."""
    port, metrics = free_port(), f"127.0.0.1:{free_port()}"
    product = Product(
        place / "home",
        DASHBOARD_PUBLIC_URL=f"https://{NAME}:{port}{BASE}",
        DASHBOARD_BASE_PATH=BASE,
        DASHBOARD_TRUSTED_PROXIES="127.0.0.1",
        DASHBOARD_REQUEST_LOG="1",
        DASHBOARD_METRICS=metrics,
        DASHBOARD_DRAIN_SECONDS="1.5",
    ).start()
    nginx = Nginx(place / "nginx", [product.port], base_path=BASE, port=port)
    try:
        yield product, nginx.start(), metrics
    finally:
        nginx.stop()
        product.stop()


@pytest.fixture
def visitor(chromium, proxied):
    """A reader who types the public address."""
    context = chromium.new_context(
        viewport={"width": 1400, "height": 1000}, ignore_https_errors=True
    )
    reader = Reader(context.new_page(), proxied[1].url)
    yield reader
    assert reader.foreign == []
    context.close()


def logged(product, headers):
    """The line of the request that was answered with these headers; it is written afterwards."""
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        for line in map(json.loads, product.log.read_text().splitlines()):
            is_line = line["logger"] == "dashboard.requests"
            if is_line and line["request_id"] == headers["X-Request-Id"]:
                return line
        time.sleep(0.05)
    return pytest.fail("the request is not in the log")


def test_pages_links_and_files_are_below_the_path(proxied, visitor):
    nginx = proxied[1]
    page = visitor.open().wait_for_chart().page
    assert page.url.startswith(nginx.url)
    assert page.title().startswith("Explore")
    page.get_by_role("link", name="Compare").first.click()
    visitor.settle()
    assert page.url.startswith(f"{nginx.url}compare")
    visitor.open(f"event?id=none&q={PRIVATE}")  # a link of somebody else, without a session
    assert page.url.startswith(f"{nginx.url}event?")
    visitor.open("data")
    content, name = taken(visitor, "CSV", "Download rates")
    assert name.endswith(".csv")
    assert content == nginx.get("api/v1/rates.csv")[2]
    fold = page.get_by_text("Rows, columns, API and code").first
    tab = page.get_by_role("tab", name="API address").first
    ends = time.monotonic() + SECONDS
    while not tab.is_visible() and time.monotonic() < ends:
        fold.click()  # a click while a busy page is drawn anew is lost
        visitor.settle(1_000)
    tab.click()
    address = page.get_by_text(re.compile(rf"^{re.escape(nginx.url)}api/v1/rates\.csv"))
    address.first.wait_for()
    cookies = visitor.page.context.cookies()
    assert cookies
    assert all(cookie["secure"] for cookie in cookies)


def test_the_stream_of_a_page_is_a_websocket_through_the_proxy(proxied, visitor):
    opened = []
    visitor.page.on("websocket", lambda socket: opened.append(socket.url))
    visitor.open("compare")
    assert opened == [f"wss://{NAME}:{proxied[1].port}{BASE}/_stcore/stream"]


def test_a_page_opens_through_caddy(proxied, place, chromium):
    caddy = Caddy(place / "caddy", [proxied[0].port], base_path=BASE).start()
    try:
        context = chromium.new_context(ignore_https_errors=True)
        reader = Reader(context.new_page(), caddy.url)
        reader.open("events")
        assert reader.has("Events and notes")
        assert reader.page.url.startswith(f"{caddy.url}events")
        assert json.loads(caddy.get("api/v1/facts.json?date=2025-04-21")[2])["answers"][0]["rate"]
        context.close()
    finally:
        caddy.stop()


def test_every_answer_tells_the_browser_what_it_may_do(proxied):
    nginx = proxied[1]
    for path in ("", "event", "api/v1/facts.json?date=2025-04-21", "healthz", "readyz", "api/none",
                 "static/none.js", "_stcore/metrics"):  # fmt: skip
        _, headers, _ = nginx.get(path)
        assert headers["Strict-Transport-Security"] == "max-age=31536000", path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-Id"])  # of nginx
        assert headers["Server"] == "nginx"  # no version


def test_another_host_is_refused_and_only_probes_are_answered_under_any(proxied):
    product, nginx, _ = proxied
    for path in ("", "healthz", "api/v1/rates.csv", "_stcore/health"):
        assert nginx.get(path, host="evil.example")[0] == 400, path
    for path in ("livez", "readyz"):
        assert nginx.get(path, host="evil.example")[0] == 200
        assert product.get(path, Host="10.0.0.1")[0] == 200  # as a container's health check asks


def test_a_forwarded_address_is_believed_of_the_proxy_only(proxied):
    product, nginx, _ = proxied
    _, headers, _ = nginx.get(f"api/v1/facts.json?q={PRIVATE}", X_Forwarded_For="203.0.113.9")
    assert logged(product, headers)["client"] == "127.0.0.1"  # as nginx saw it
    for source, believed in (("127.0.0.1", "203.0.113.9"), ("127.0.0.9", "127.0.0.9")):
        connection = HTTPConnection("127.0.0.1", product.port, source_address=(source, 0))
        connection.request("GET", f"{BASE}/", headers={"X-Forwarded-For": "203.0.113.9"})
        answer = connection.getresponse()
        assert logged(product, answer.headers)["client"] == believed
        connection.close()


def test_the_log_and_the_metrics_count_and_tell_nothing_private(proxied, visitor):
    product, nginx, metrics = proxied
    status, headers, _ = nginx.get(f"api/v1/events/{PRIVATE}?q={PRIVATE}", Authorization=PRIVATE)
    assert status == 404
    line = logged(product, headers)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/v1/events/*", 404)
    visitor.open("compare")
    with urllib.request.urlopen(f"http://{metrics}/metrics", timeout=20) as answer:
        shown = answer.read().decode()
    values = dict(re.findall(r"^(\w+(?:\{[^}]*\})?) ([\d.e+-]+)$", shown, re.MULTILINE))
    assert float(values['dashboard_sessions{state="connected"}']) >= 1
    assert float(values["dashboard_rerun_seconds_count"]) >= 1
    assert float(values['dashboard_requests_total{method="GET",route="api",status="404"}']) >= 1
    assert float(values['dashboard_websocket_messages_total{direction="sent"}']) >= 1
    assert float(values["dashboard_store_up"]) == 1
    assert {
        'dashboard_heavy_reads{state="waiting"}',
        'dashboard_refreshes_total{kind="rates"}',
    } <= (values.keys())
    assert PRIVATE not in shown
    assert PRIVATE not in product.log.read_text()


def test_sigterm_lets_what_runs_end_and_takes_it_from_the_proxy(proxied, visitor):
    product, nginx, _ = proxied
    visitor.open("compare")  # an open WebSocket must not hold it up
    with ThreadPoolExecutor(1) as pool:
        slow = "api/v1/study.json?model=garch&category=sanctions&from=2025-01-01"
        study = pool.submit(nginx.get, slow)
        time.sleep(0.3)
        started = time.monotonic()
        product.process.send_signal(signal.SIGTERM)
        while product.get(f"{BASE[1:]}/readyz")[0] != 503:
            assert time.monotonic() < started + 1.4
            time.sleep(0.05)
        assert product.get("livez")[0] == 200
        assert nginx.get("")[0] == 200  # it still takes requests
        product.process.communicate(timeout=SECONDS)
        took = time.monotonic() - started
        assert study.result()[0] == 200
    assert 1.5 <= took < 1.5 + 10 + 3
    with pytest.raises(urllib.error.URLError):
        product.get("livez")
    assert "Traceback" not in product.log.read_text()
    assert not list(Path("/proc").glob(f"{product.process.pid}/stat"))
