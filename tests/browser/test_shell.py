"""The frame of the pages in a real browser: navigation, themes, keys, the phone."""

import pytest

from dashboard.ui.pages import PAGES
from tests.browser.conftest import PHONE, link_of

pytestmark = pytest.mark.browser

EXAMPLES = {"event": "?id=kellogg-nato-off-table-2025-04-20"}
MAX_TOP = 100  # pixels
TOP = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    const shown = [...main.querySelectorAll('h1, h2, p, a, button, input')]
        .filter(e => !e.closest('.st-key-shell-header') && e.checkVisibility())
        .map(e => e.getBoundingClientRect())
        .filter(box => box.width > 10 && box.height > 10 && box.top >= 0);
    return Math.min(...shown.map(box => box.top));
}"""
WIDTHS = "[document.querySelector('[data-testid=stMain]').scrollWidth, innerWidth]"
COLOURS = """[getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor,
    document.querySelector('.js-plotly-plot')._fullLayout.paper_bgcolor]"""


@pytest.fixture(scope="module")
def product(product_to_read):
    return product_to_read


def test_the_state_travels_to_another_page_and_back(reader):
    reader.open("?from=2025-01-01&cat=sanctions&up=usd&sel=2025-04-21")
    nav = reader.page.locator(".st-key-shell-pages")
    nav.get_by_role("link", name="Compare").click()
    reader.wait_until("location.pathname === '/compare'")
    assert link_of(reader.settle()) == {"from": ["2025-01-01"], "cat": ["sanctions"], "up": ["usd"]}
    nav.get_by_role("link", name="Explore").click()
    reader.wait_until("location.pathname === '/'")
    assert link_of(reader.settle())["sel"] == ["2025-04-21"]


def test_no_address_of_a_page_is_asked_in_vain(reader):
    refused = []
    reader.page.on("response", lambda each: each.status > 399 and refused.append(each.url))
    reader.open("compare")
    assert refused == []


def test_a_theme_is_chosen_on_the_page_and_stays(new_reader):
    reader = new_reader(color_scheme="light")
    reader.open()
    reader.wait_for_chart()
    light = reader.page.evaluate(COLOURS)
    reader.page.keyboard.press("?")
    reader.page.get_by_role("button", name="Dark").click()
    reader.wait_until(f"light => ({COLOURS}).every((each, k) => each !== light[k])", arg=light)
    reader.open("method")
    assert reader.page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_key_leads_to_the_search_and_another_lists_the_keys(reader):
    reader.open("events")
    reader.page.keyboard.press("/")
    assert reader.page.evaluate("document.activeElement.closest('.st-key-view-q') !== null")
    reader.page.evaluate("document.activeElement.blur()")
    reader.page.keyboard.press("?")
    assert reader.has("Show shortcuts")


def test_the_menu_of_a_phone_closes_after_a_choice(new_reader):
    reader = new_reader(**PHONE)
    reader.open()
    reader.page.get_by_role("button", name="More").tap()
    reader.page.get_by_role("link", name="Inbox").tap()
    reader.wait_until("location.pathname === '/inbox'")
    reader.settle()
    assert reader.page.get_by_test_id("stPopoverBody").count() == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_content_begins_near_the_top_under_one_heading(reader, page):
    reader.open(page.url_path + EXAMPLES.get(page.id, ""))
    reader.wait_until(f"most => ({TOP})() <= most", arg=MAX_TOP)
    assert reader.page.locator("h1").count() == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_nothing_is_off_the_screen_of_a_phone(new_reader, page):
    reader = new_reader(**PHONE)
    reader.open(page.url_path + EXAMPLES.get(page.id, ""))
    content, screen = reader.page.evaluate(WIDTHS)
    assert content <= screen
