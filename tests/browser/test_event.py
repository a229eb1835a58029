"""The Event page in a real browser: what its first screen holds, and notes from it."""

import pytest

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

KELLOGG = "event?id=kellogg-nato-off-table-2025-04-20"
MEASURES = """() => {
    const chart = document.querySelector('.js-plotly-plot').getBoundingClientRect();
    const main = document.querySelector('[data-testid=stMainBlockContainer]');
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT), words = [];
    while (walker.nextNode()) {
        const node = walker.currentNode, box = node.parentElement.getBoundingClientRect();
        const hidden = node.parentElement.closest(
            'details:not([open]) > *:not(summary), style, svg, [data-testid=stIconMaterial]');
        if (!hidden && box.width && box.top < innerHeight && box.bottom > 0)
            words.push(...node.textContent.split(/\\s+/).filter(w => /[\\p{L}\\d]/u.test(w)));
    }
    return {
        top: chart.top, bottom: chart.bottom, width: chart.width, words: words.length,
        page: innerWidth, wide: document.documentElement.scrollWidth,
        headings: main.querySelectorAll('h1').length,
    };
}"""


def test_the_chart_is_on_the_first_screen_with_few_words(reader):
    reader.page.set_viewport_size({"width": 1400, "height": 900})
    reader.open(KELLOGG).wait_for_chart()
    found = reader.page.evaluate(MEASURES)
    assert found["top"] < 300
    assert found["bottom"] < 900
    assert found["width"] * (found["bottom"] - found["top"]) >= 0.55 * 1400 * 900
    assert found["words"] <= 280
    assert found["headings"] == 1


def test_nothing_is_off_the_screen_of_a_phone(new_reader):
    reader = new_reader(**PHONE)
    reader.open(KELLOGG).wait_for_chart()
    found = reader.page.evaluate(MEASURES)
    assert found["wide"] == 390
    assert found["width"] >= 350
    assert found["bottom"] < 844


def test_one_menu_shares_and_one_downloads(reader):
    reader.open(KELLOGG).wait_for_chart()
    reader.press("Share")
    assert reader.has("After “Kellogg says NATO membership is off the table for Ukraine”")
    reader.page.keyboard.press("Escape")
    reader.press("Download")
    for kind in ("PNG, web", "SVG, web", "PDF", "CSV", "Excel"):
        reader.page.get_by_role("button", name=kind, exact=True).first.wait_for()


def test_a_note_starts_in_its_title_and_an_edit_can_be_taken_back(reader):
    reader.open(KELLOGG).wait_for_chart()
    reader.hit("a")
    reader.page.get_by_role("dialog").wait_for()
    reader.settle()
    reader.wait_until("() => document.activeElement.ariaLabel === 'Title'")
    reader.page.keyboard.type("First words")
    save(reader, "Add note")
    assert reader.page.get_by_text("Note saved on 20 Apr 2025: First words").count() == 1
    reader.press("First words")
    reader.press("Edit note")
    dialog = reader.page.get_by_role("dialog", name="Edit note")
    title = dialog.get_by_label("Title", exact=True)
    title.wait_for()
    assert title.input_value() == "First words"
    title.fill("Second words")
    save(reader, "Edit note")
    reader.page.get_by_role("heading", name="Second words").wait_for()
    reader.press("Undo")
    reader.page.get_by_role("heading", name="First words").wait_for()


def test_the_header_adds_a_note_on_the_day_of_the_event(reader):
    reader.open(KELLOGG).wait_for_chart()
    reader.press("New note")
    dialog = reader.page.get_by_role("dialog", name="Add note")
    # the preview of an empty note says when the day was, and which rate can contain it
    dialog.get_by_text("Sun 20 Apr 2025").wait_for()
    dialog.get_by_text("Mon 21 Apr 2025").wait_for()


def save(reader, form):
    reader.page.keyboard.press("Tab")
    dialog = reader.settle().page.get_by_role("dialog", name=form)
    dialog.get_by_role("button", name="Save note").click()
    dialog.wait_for(state="hidden")
    return reader.settle()
