"""A date is taken from the keyboard: by Enter, by Tab, in both orders, in pages and in dialogs."""

import pytest

PARTS = "[data-testid=stDateInputField] [role=spinbutton]"
CALENDAR = "[data-testid=stDateInputCalendar]"


def shown(parts):
    return "-".join(parts.all_inner_texts()[:3])


def type_date(reader, parts, text, *keys):
    parts.first.click()
    reader.page.keyboard.type(text)
    for key in keys:
        reader.page.keyboard.press(key)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("20251231", ["Enter"]),
        ("2025-12-31", ["Tab"]),
        ("31.12.2025", []),
        ("20250101", ["Enter", "ArrowUp", "Enter"]),
    ],
    ids=["enter", "tab", "day first", "again"],
)
def test_a_typed_date_is_taken(reader, text, keys):
    parts = reader.open("facts").page.locator(PARTS)
    type_date(reader, parts, text, *keys[:1])
    for key in keys[1:]:
        reader.settle().page.keyboard.press(key)
    expected = "2025-01-02" if len(keys) > 1 else "2025-12-31"
    reader.wait_until("day => location.search.includes(`day=${day}`)", expected)
    assert shown(parts) == expected
    if keys:
        assert reader.settle().page.locator(CALENDAR).count() == 0


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
