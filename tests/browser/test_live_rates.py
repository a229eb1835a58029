"""Live rates in a real browser: new days come by themselves, and sick publishers spoil nothing."""

import json
import threading
import urllib.request
from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard.config import Settings
from dashboard.container import build_context
from dashboard.services.live_rates import RefreshRequest, refresh_rates
from tests.browser.conftest import Reader
from tests.replica import Replica, failures
from tests.replica.market import DAY, Market
from tests.started_product import Product

pytestmark = pytest.mark.browser

USD = "usd_rub_cbr"
LAST_SHIPPED = date(2026, 9, 1)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def said(day):
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


@pytest.fixture
def replica():
    """A replica that believes in the time of this machine, as the product does."""
    with Replica(market=Market(datetime.now(UTC))) as running:
        yield running


@pytest.fixture
def home(tmp_path):
    return tmp_path / "live"


@pytest.fixture
def product(home, replica):
    """A product that asks the replica; a test starts it when the replica is as it wants it."""
    made = Product(home, replica.url)
    yield made
    if made.process is not None:
        made.stop()


@pytest.fixture
def open_reader(desk, product):
    opened = []

    def go(path=""):
        opened.append(Reader(desk.new_page(), product.url))
        return opened[-1].open(path)

    yield go
    for reader in opened:
        assert reader.foreign == []
        reader.page.close()


def reaches(reader, day):
    """The header of the page says that the rates go to a day."""
    header = reader.page.locator(".st-key-shell-freshness")
    header.get_by_text(f"to {said(day)}", exact=True).wait_for()
    return True


def new_days(replica):
    """Market day and rate of everything that the Bank of Russia has said since the program."""
    until = replica.market.today + 2 * DAY
    found = replica.market.official("USD", LAST_SHIPPED + 2 * DAY, until)
    return {day - DAY: rate for day, rate in found.items()}


def days_drawn(reader):
    """The market days after the shipped ones that stand in the figure, with their rates."""
    drawn = reader.page.evaluate(
        """() => document.querySelector('.js-plotly-plot').data
            .filter(trace => trace.type === 'scatter' && (trace.x || []).length > 100)
            .map(trace => Array.from(trace.x).map((x, i) => [x, trace.y[i]]))[0]"""
    )
    every = {date.fromisoformat(x[:10]): y for x, y in drawn}
    return {day: rate for day, rate in every.items() if day > LAST_SHIPPED}


def rows_served(product):
    address = f"{product.url}api/v1/rates.json?series={USD}&from=2026-09-02&limit=10000"
    with urllib.request.urlopen(address, timeout=10) as answer:
        rows = json.load(answer)["rows"]
    return {date.fromisoformat(row["day"]): row["rate"] for row in rows}


def fetch_at_a_good_time(home, replica):
    """Three days ago everything was well, and the rates of that time were stored."""
    settings = Settings(
        dashboard_home=home, dashboard_upstream=replica.url, dashboard_offline=False
    )
    parts, then = build_context(settings), datetime.now(UTC) - timedelta(days=3)
    now, replica.market.now = replica.market.now, then
    found = refresh_rates(
        parts.known, parts.rate_cache, RefreshRequest(series=(USD,)), lambda: then
    )
    replica.market.now = now
    return found[0].last_day


def test_new_days_appear_without_a_click_and_exactly_those(product, replica, open_reader):
    expected = new_days(replica)
    last = max(expected)
    product.start()
    reader = open_reader().wait_for_chart()
    assert reaches(reader, last)
    reader.wait_until(
        "last => document.querySelector('.js-plotly-plot')?.data"
        ".some(trace => Array.from(trace.x || []).some(x => String(x).startsWith(last)))",
        arg=str(last),
    )
    assert days_drawn(reader) == expected
    assert rows_served(product) == expected
    asked = [one for one in replica.cbr.requests if one.params.get("VAL_NM_RQ") == "R01235"]
    assert len(asked) == 1


SICK = {
    "hangs": (failures.hang(30), "Bank of Russia did not answer"),
    "429": (failures.too_many(), "Bank of Russia answered that we ask too often (429)"),
    "HTML": (failures.html_with_200, "Bank of Russia answered HTML instead of XML"),
    "truncated": (failures.cut_off(), "Bank of Russia broke off its answer"),
    "garbage": (failures.garbage, "Bank of Russia answered unreadable bytes instead of XML"),
    "gone": (None, "Bank of Russia refused the connection"),
}


@pytest.mark.parametrize("how", SICK)
def test_with_a_sick_publisher_the_chart_and_the_last_good_data_stand(
    home, product, replica, open_reader, how
):
    failure, words = SICK[how]
    good = fetch_at_a_good_time(home, replica)
    if failure is None:
        replica.stop()
    for service in replica.services.values():
        service.answers(failure)
    product.start()
    reader = open_reader().wait_for_chart()
    assert reaches(reader, good)
    reader.page.locator(".st-key-shell-freshness button").click()
    assert reader.has(f"last {said(good)}")
    assert reader.has(words)
    assert reader.has(f"the data of {said(good)} stand")
    assert reader.has("no usable answer from")
    assert max(days_drawn(reader)) == good
    told = open_reader("data")
    assert told.has("fetch failed")
    told.page.get_by_text("What each series is, its last error").click()
    assert told.has(words)
    assert told.has(f"the data of {said(good)} stand")


def test_a_wrong_charset_in_a_header_changes_no_number(product, replica, open_reader):
    replica.cbr.answers(failures.wrong_charset)
    expected = new_days(replica)
    product.start()
    reader = open_reader().wait_for_chart()
    assert reaches(reader, max(expected))
    assert rows_served(product) == expected


@pytest.fixture
def gate(replica):
    """The Bank of Russia answers when the gate is opened, which must be soon."""
    opened = threading.Event()

    def held(question, reply):
        opened.wait(20)
        return reply

    replica.cbr.answers(held)
    yield opened
    opened.set()


def test_half_typed_words_stay_when_new_days_come(product, replica, open_reader, gate):
    product.start()
    reader = open_reader().wait_for_chart()
    field = reader.page.get_by_label("Search events")
    field.press_sequentially("half a wo")
    gate.set()
    assert reaches(reader, max(new_days(replica)))
    reader.settle()
    assert field.input_value() == "half a wo"


def test_a_dialog_stays_open_when_new_days_come(product, replica, open_reader, gate):
    product.start()
    reader = open_reader().wait_for_chart()
    reader.press("Add note")
    title = reader.page.get_by_role("dialog").get_by_label("Title")
    title.press_sequentially("Half a ti")
    gate.set()
    assert reaches(reader, max(new_days(replica)))  # the header itself goes on
    reader.page.wait_for_timeout(3_000)  # longer than the header waits between two looks
    assert title.input_value() == "Half a ti"
    assert max(days_drawn(reader), default=None) is None
    reader.page.keyboard.press("Escape")
    reader.page.get_by_role("dialog").wait_for(state="hidden")
    reader.wait_until(
        "last => document.querySelector('.js-plotly-plot')?.data"
        ".some(trace => Array.from(trace.x || []).some(x => String(x).startsWith(last)))",
        arg=str(max(new_days(replica))),
    )
