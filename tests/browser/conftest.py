"""The real product in the system's Chromium: a server of its own, and no network but the loopback.

Chromium that is missing fails these tests; it never skips them. A test whose page ran out of time
is run once more, since a crowded machine can be that slow; `make test` lists it as rerun. An
assertion that fails is never tried again.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from time import monotonic
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Error, sync_playwright

from tests.browser.script_runs import ScriptRuns
from tests.proxies import NAME as PROXIED_NAME
from tests.started_product import SECONDS, Product

STILL = 30  # a run that the server merged with another has no end of its own
OUT_OF_TIME = ["TimeoutError", "never came true", "was not drawn within", "no option .* within"]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {PROXIED_NAME} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148",
    "has_touch": True,
    "is_mobile": True,
}


def pytest_collection_modifyitems(items):
    """Run a test of this folder again where its page ran out of time."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=OUT_OF_TIME))


class Reader:
    """One tab of a browser, and the requests it sent to other hosts."""

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.foreign = []
        self.runs = ScriptRuns(page)
        page.set_default_timeout(1_000 * SECONDS)
        page.on("request", self._note_foreign)  # a route would switch the browser's cache off

    def _note_foreign(self, request):
        address = urlsplit(request.url)
        own = {"127.0.0.1", urlsplit(self.url).hostname}
        if address.scheme in {"http", "https"} and address.hostname not in own:
            self.foreign.append(request.url)

    def open(self, path=""):
        self.page.goto(self.url + path)
        return self.settle()

    def wait_until(self, expression, arg=None):
        """Wait until an expression of the page holds.

        Playwright's own `wait_for_function` evaluates text in the page, which its policy forbids.
        """
        ends = monotonic() + SECONDS
        while not self._holds(expression, arg):
            if monotonic() > ends:
                pytest.fail(f"never came true within {SECONDS} s: {expression}")
            self.page.wait_for_timeout(50)

    def _holds(self, expression, arg):
        try:
            return self.page.evaluate(expression, arg)
        except Error:  # the page went to another address meanwhile
            return False

    def settle(self, pause=300):
        """Wait until every requested run has ended and the page stands still.

        `pause`, in milliseconds, is what the page gets to send a run that it owes to a control.
        """
        ends, counted, still = monotonic() + SECONDS, self.runs.count, monotonic() + STILL
        while True:
            self.wait_until("""() => {
                const app = document.querySelector('[data-testid=stApp]');
                return app && app.dataset.testScriptState === 'notRunning'
                    && !document.querySelector('[data-stale=true]');
            }""")
            asked = self.runs.count
            self.page.wait_for_timeout(pause)
            if not self.runs.is_owed and self.runs.count == asked:
                return self
            if self.runs.count != counted:
                counted, still = self.runs.count, monotonic() + STILL
            elif monotonic() > still:
                return self
            if monotonic() > ends:
                pytest.fail(f"the page was not drawn within {SECONDS} s: {self.page.url}")

    def press(self, name, *, exact=False):
        """Click a button of a page that stands still, and wait for what it draws.

        While a page is drawn a button can be there twice, at its old place and at its new one.
        """
        self.settle(100).page.get_by_role("button", name=name, exact=exact).click()
        return self.settle()

    def choose(self, label, option):
        """Open a list and choose an option; a part that is drawn anew can close an opened list."""
        choice = self.page.get_by_role("option", name=option, exact=True)
        ends = monotonic() + SECONDS
        while not choice.is_visible():
            if monotonic() > ends:
                pytest.fail(f"no option {option!r} within {SECONDS} s: {label}")
            self.settle().page.get_by_role("combobox", name=label).click()
            self.page.wait_for_timeout(2_000)
        choice.click()
        return self.settle()

    def wait_for_chart(self):
        self.page.wait_for_selector(".js-plotly-plot .nsewdrag", state="attached")
        return self.settle()

    def pixel_of(self, day, height=0.9):
        """The pixel of a day in the rate pane; `height` 0 is its top, 1 its foot."""
        return self.page.evaluate(
            """([day, height]) => {
                const plot = document.querySelector('.js-plotly-plot');
                const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
                return [box.x + xaxis._offset + xaxis.d2p(day),
                        box.y + yaxis._offset + height * yaxis._length];
            }""",
            [day, height],
        )

    def click_day(self, day, height=0.9):
        before = self.page.url
        x, y = self.pixel_of(day, height)
        self.page.mouse.move(x - 3, y)
        self.page.mouse.move(x, y)
        self.page.wait_for_timeout(250)  # as a hand does: Plotly looks where the mouse rests
        self.page.mouse.click(x, y)
        self.wait_until("before => location.href !== before", arg=before)
        return self.settle()

    def window_shown(self):
        """The range of the x axis, as days."""
        return self.page.evaluate(
            "document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range"
        )

    def lanes(self):
        return self.page.evaluate(
            "document.querySelector('.js-plotly-plot')._fullLayout.yaxis2.ticktext"
        )

    def add_note(self, title):
        page = self.page
        self.press("Add note")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Title").fill(title)
        dialog.get_by_label("Title").press("Tab")
        dialog.get_by_role("button", name="Save note").click()
        dialog.wait_for(state="hidden")
        return self.settle()

    def has(self, text):
        self.page.get_by_text(text, exact=False).filter(visible=True).first.wait_for()
        return True

    def hit(self, key):
        """Press the key of a shortcut, once its button is drawn and the page listens to it."""
        self.page.get_by_label(f"Shortcut {key.upper()}").first.wait_for(state="attached")
        self.page.evaluate(
            "new Promise(go => requestAnimationFrame(() => requestAnimationFrame(() => go())))"
        )
        self.page.keyboard.press(key)

    def press_key(self, key):
        before = self.page.url
        self.hit(key)
        self.wait_until("before => location.href !== before", arg=before)
        return self.settle()


def link_of(reader):
    """The settings in the link, as the page itself has it: Playwright hears of it later."""
    return parse_qs(urlsplit(reader.page.evaluate("location.href")).query)


@pytest.fixture(scope="module")
def chromium():
    """The system's Chromium, driven by Playwright.

    Playwright's event loop counts as running in its thread for as long as this lasts, and the same
    worker runs tests with a loop of their own afterwards: it ends with the file.
    """
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def product_to_read(tmp_path_factory):
    """A product for all files whose tests write nothing."""
    running = Product(tmp_path_factory.mktemp("home")).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """One running product for a file of tests."""
    running = Product(tmp_path_factory.mktemp("home")).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def desk(chromium):
    """One browser profile for all readers at a desk: the second one finds the scripts cached."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1500})
    yield context
    context.close()


@pytest.fixture
def new_reader(chromium, desk, product):
    """Makes readers, each with a session of its own; none may ask anything elsewhere."""
    made = []

    def make(**settings):
        context = chromium.new_context(**settings) if settings else desk
        made.append((context, Reader(context.new_page(), product.url)))
        return made[-1][1]

    yield make
    for context, reader in made:
        assert reader.foreign == []
        reader.page.close()
        if context is not desk:
            context.close()


@pytest.fixture
def reader(new_reader):
    """A reader at a desk."""
    return new_reader()


@pytest.fixture
def own_product(tmp_path):
    """A product of one test alone, which may stop and start it."""
    running = Product(tmp_path / "home").start()
    yield running
    running.stop()
