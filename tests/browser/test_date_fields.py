"""A date is taken from the keyboard: by Enter, by Tab, in both orders, in pages and in dialogs."""

import pytest
from playwright.sync_api import expect

from tests.started_product import SECONDS

PARTS = "[data-testid=stDateInputField] [role=spinbutton]"
CALENDAR = "[data-testid=stDateInputCalendar]"


def shown(parts):
    return "-".join(parts.all_inner_texts()[:3])


def type_date(reader, parts, text, *keys):
    parts.first.click()
    reader.page.keyboard.type(text)
    for key in keys:
        reader.page.keyboard.press(key)


def wait_for_link(reader, day):
    reader.wait_until("day => location.search.includes(`day=${day}`)", day)
    return reader.settle()


@pytest.mark.parametrize(
    ("text", "keys"),
    [("20251231", ["Enter"]), ("2025-12-31", ["Tab"]), ("31.12.2025", [])],
    ids=["enter", "tab", "day first"],
)
def test_a_typed_date_is_taken(reader, text, keys):
    parts = reader.open("facts").page.locator(PARTS)
    type_date(reader, parts, text, *keys)
    wait_for_link(reader, "2025-12-31")
    assert shown(parts) == "2025-12-31"
    if keys:
        assert reader.page.locator(CALENDAR).count() == 0


def test_a_date_is_taken_again_without_leaving_the_field(reader):
    parts = reader.open("facts").page.locator(PARTS)
    type_date(reader, parts, "20250101", "Enter")
    wait_for_link(reader, "2025-01-01").page.keyboard.press("ArrowUp")
    expect(parts.nth(2)).to_have_text("02", timeout=1_000 * SECONDS)
    reader.page.keyboard.press("Enter")
    wait_for_link(reader, "2025-01-02")
    assert reader.page.locator(CALENDAR).count() == 0


def test_a_pasted_date_may_begin_with_its_day(reader):
    parts = reader.open("facts").page.locator(PARTS)
    parts.first.click()
    reader.page.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", "31.12.2025");
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", {bubbles: true, cancelable: true, clipboardData}));
        }"""
    )
    reader.wait_until("() => location.search.includes('day=2025-12-31')")


def test_enter_takes_the_date_of_a_dialog_and_leaves_it_open(reader):
    reader.open().wait_for_chart().page.keyboard.press("a")
    dialog = reader.page.get_by_role("dialog").filter(has=reader.page.locator(PARTS))
    dialog.wait_for()
    parts = reader.settle().page.get_by_role("dialog").locator(PARTS)
    type_date(reader, parts, "20251112", "Enter")
    reader.wait_until("() => !document.querySelector('[data-testid=stDateInputCalendar]')")
    assert reader.settle().page.get_by_role("dialog").count() == 1
    assert shown(parts) == "2025-11-12"
