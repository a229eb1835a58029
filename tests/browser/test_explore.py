"""Explore in a real browser: a click anywhere, notes that keep the window, links, swipes."""

import json
import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.conftest import PHONE, Reader, link_of

pytestmark = pytest.mark.browser


def test_it_opens_with_the_network_off(reader):
    reader.open().wait_for_chart()
    assert reader.has("Tue 1 Sep 2026")
    assert len(reader.lanes()) > 5
    assert reader.foreign == []


def test_a_click_on_an_empty_part_of_the_chart_opens_the_card_for_that_day(reader):
    reader.open().wait_for_chart()
    # a Friday with a rate of 78.5016; the foot of the pane is far below the line
    reader.click_day("2025-06-20", height=0.97)
    assert link_of(reader) == {"sel": ["2025-06-20"]}
    assert reader.has("Fri 20 Jun 2025")
    assert reader.has("78.5016")


PANE = """name => {
    const plot = document.querySelector('.js-plotly-plot');
    const {xaxis} = plot._fullLayout, pane = plot._fullLayout[name];
    const box = plot.getBoundingClientRect();
    return [box.x + xaxis._offset, box.y + pane._offset, xaxis._length, pane._length];
}"""
"""Left, top, width and height of a pane by its vertical axis."""
MARKS = """() => {
    const plot = document.querySelector('.js-plotly-plot'), {xaxis, yaxis2} = plot._fullLayout;
    const {x, y, text} = plot.data.find(trace => trace.name === 'events');
    const box = plot.getBoundingClientRect();
    return x.map((day, k) => [day, text[k], box.x + xaxis._offset + xaxis.d2p(day),
                              box.y + yaxis2._offset + yaxis2.d2p(y[k])]);
}"""
"""Day, count and pixels of every mark."""


def test_a_click_beside_a_mark_opens_its_card_on_the_same_screen(new_reader):
    reader = new_reader(viewport={"width": 1400, "height": 900})
    reader.open("?cat=sanctions&from=2026-01-01&to=2026-08-31").wait_for_chart()
    day, _, x, y = reader.page.evaluate(MARKS)[2]
    reader.page.mouse.click(x + 4, y + 2)
    reader.page.wait_for_url(f"**sel={day}**")
    reader.settle()
    heading = reader.page.locator(".st-key-explore-card h4").first
    assert heading.bounding_box()["y"] < 900
    assert str(int(day[-2:])) in heading.inner_text()


def test_the_chart_is_three_fifths_of_the_first_screen(new_reader):
    reader = new_reader(viewport={"width": 1400, "height": 900}).open().wait_for_chart()
    box = reader.page.locator("[data-testid=stPlotlyChart]").bounding_box()
    assert box["width"] * box["height"] >= 0.6 * 1400 * 900
    assert box["y"] < 200


def test_adding_a_note_keeps_the_window(reader):
    reader.open("?from=2025-01-01&to=2025-12-31").wait_for_chart()
    before = reader.window_shown()
    reader.click_day("2025-06-20")
    reader.add_note("A note that keeps the window")
    assert link_of(reader) == {"from": ["2025-01-01"], "to": ["2025-12-31"], "sel": ["2025-06-20"]}
    assert reader.window_shown() == before
    assert reader.lanes()[0] == "Your notes"
    assert reader.has("A note that keeps the window")


def test_a_note_just_added_can_be_undone(reader):
    reader.open("?sel=2024-11-01&from=2024-10-01&to=2024-12-31").wait_for_chart()
    reader.add_note("Taken back at once")
    assert reader.has("Note saved on 1 Nov 2024")
    reader.press("Undo")
    assert reader.has("Taken back: Taken back at once")
    assert "Your notes" not in reader.lanes()


def test_a_shared_link_restores_every_control(new_reader):
    link = (
        "?from=2022-01-01&to=2022-06-30&cat=sanctions&cat=energy&q=oil&up=usd&scale=log"
        "&notes=hidden&sel=2022-02-24&series=usd_rub_ecb&over=brent_eia&as=pane&ma=50&band=shown"
    )
    reader = new_reader().open(link).wait_for_chart()
    page = reader.page
    page.get_by_text("Copy link").click()
    copied = page.locator("[data-testid=stCode] code").first.inner_text()
    assert parse_qs(urlsplit(copied).query) == parse_qs(link[1:])
    again = new_reader()
    again.page.goto(copied)
    again.settle().wait_for_chart()
    assert link_of(again) == parse_qs(link[1:])
    assert again.window_shown() == reader.window_shown()
    assert again.page.get_by_label("Search events").input_value() == "oil"
    layout = again.page.evaluate(
        """() => { const l = document.querySelector('.js-plotly-plot')._fullLayout;
        return JSON.stringify([l.yaxis.type, l.dragmode, l.annotations[0].text]); }"""
    )
    assert json.loads(layout) == ["log", "zoom", "USD per RUB (up = stronger rouble)"]
    assert again.has("Thu 24 Feb 2022")


def test_a_link_with_nonsense_opens_and_says_what_was_ignored(reader):
    reader.open("?cat=foo&win=99").wait_for_chart()
    assert reader.has("cat=foo, win=99.")


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, end[1], steps=5)
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def shown_days(reader):
    return [text[:10] for text in reader.window_shown()]


def test_a_window_dragged_is_the_window_shown_and_back_undoes_it(reader):
    reader.open("?from=2025-01-01&to=2025-12-31").wait_for_chart()
    drag(reader.page, reader.pixel_of("2025-03-14", 0.5), reader.pixel_of("2025-07-02", 0.5))
    reader.page.wait_for_url(re.compile("from=2025-03-1[3-6]"))
    assert link_of(reader)["to"][0] in {"2025-06-30", "2025-07-01", "2025-07-02"}
    assert "sel" not in link_of(reader)
    reader.settle()
    reader.page.go_back()
    reader.page.wait_for_url("**from=2025-01-01&to=2025-12-31**")
    shown = "document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range[0]"
    reader.wait_until(f"{shown}.startsWith('2024-12-2')")


def test_the_wheel_zooms_once_for_all_its_turns_and_the_view_stays(reader):
    reader.open("?from=2025-01-01&to=2025-12-31").wait_for_chart()
    runs = reader.runs.count
    reader.page.mouse.move(*reader.pixel_of("2025-07-01", 0.5))
    for _ in range(4):
        reader.page.mouse.wheel(0, -120)
        reader.page.wait_for_timeout(60)
    before = reader.window_shown()
    reader.wait_until("() => !location.search.includes('from=2025-01-01')")
    reader.settle()
    first, last = (
        date.fromisoformat(day) for day in link_of(reader)["from"] + link_of(reader)["to"]
    )
    assert date(2025, 1, 1) < first < date(2025, 7, 1) < last < date(2025, 12, 31)
    ends = [date.fromisoformat(day) for day in shown_days(reader)]
    for end, text in zip(ends, before, strict=True):
        assert abs((end - date.fromisoformat(text[:10])).days) <= 1
    # one run for the zoom; the page looks for notes by itself each second
    assert reader.runs.count - runs < 12


def test_a_drag_with_shift_pans_and_a_double_click_goes_back_to_the_usual_window(reader):
    reader.open("?from=2025-03-01&to=2025-06-01").wait_for_chart()
    reader.page.keyboard.down("Shift")
    drag(reader.page, reader.pixel_of("2025-05-01", 0.5), reader.pixel_of("2025-04-01", 0.5))
    reader.page.keyboard.up("Shift")
    reader.wait_until("() => !location.search.includes('from=2025-03-01')")
    reader.settle()
    assert link_of(reader)["from"][0] in {"2025-03-30", "2025-03-31", "2025-04-01"}
    assert link_of(reader)["to"][0] in {"2025-06-30", "2025-07-01", "2025-07-02"}
    reader.page.mouse.dblclick(*reader.pixel_of("2025-05-01", 0.5))
    reader.wait_until("() => location.search === ''")


def test_a_drag_over_the_overview_shows_that_part(reader):
    reader.open().wait_for_chart()
    left, top, width, height = reader.page.evaluate(PANE, "yaxis4")
    drag(
        reader.page,
        (left + 0.2 * width, top + height / 2),
        (left + 0.5 * width, top + height / 2),
    )
    reader.wait_until("() => location.search.includes('from=')")
    reader.settle()
    # the overview goes from January 2013 to September 2026
    first, last = (link_of(reader)[key][0][:4] for key in ("from", "to"))
    assert (first, last) in {("2015", "2019"), ("2015", "2020"), ("2016", "2019")}


def test_a_window_stays_though_a_look_for_notes_brings_the_old_one(desk, product):
    """The page looks again by itself, and may do so before it has drawn what has just changed."""
    reader, looks, server_side = Reader(desk.new_page(), product.url), [], []

    def relay(page_side):
        server_side.append(page_side.connect_to_server())

        def pass_on(message):
            if BackMsg.FromString(message).rerun_script.fragment_id:
                looks.append(message)
            server_side[-1].send(message)

        page_side.on_message(pass_on)

    reader.page.route_web_socket("**/_stcore/stream", relay)
    reader.open("?from=2025-01-01&to=2025-12-31").wait_for_chart()
    reader.page.wait_for_timeout(2_000)  # it looks every 0.75 seconds
    before = looks[-1]
    reader.press_key("4")
    assert link_of(reader) == {"from": ["2025-09-01"]}
    server_side[-1].send(before)
    reader.page.wait_for_timeout(2_000)
    assert link_of(reader) == {"from": ["2025-09-01"]}
    assert reader.foreign == []
    reader.page.close()


def test_keys_choose_windows_turn_the_quote_and_open_the_form(reader):
    reader.open().wait_for_chart()
    reader.press_key("4")
    assert link_of(reader) == {"from": ["2025-09-01"]}
    reader.press_key("i")
    assert link_of(reader)["up"] == ["inverted"]
    reader.hit("a")
    reader.page.get_by_role("dialog").wait_for()


def test_the_arrows_move_the_day_and_with_shift_to_the_next_event(reader):
    reader.open("?sel=2025-04-21").wait_for_chart()
    page = reader.page
    page.locator("body").press("ArrowLeft")  # Easter Monday: the rate before is Friday's
    page.wait_for_url("**sel=2025-04-18")
    reader.settle()
    page.locator("body").press("ArrowRight")
    page.wait_for_url("**sel=2025-04-21")
    reader.settle()
    page.locator("body").press("Shift+ArrowLeft")  # events of 20 April, a Sunday
    page.wait_for_url("**sel=2025-04-20")


def test_the_table_is_the_way_to_a_day_without_a_mouse_on_the_chart(reader):
    reader.open("?from=2022-01-01&to=2022-12-31").wait_for_chart()
    reader.page.locator("summary").filter(has_text="moves in view").first.click()
    table = reader.settle().page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    reader.page.mouse.click(box["x"] + 17, box["y"] + 36 + 18)  # the first row, under the head
    reader.page.wait_for_url("**sel=2022-**")
    assert reader.settle().has("in a day, from")


def swipe_up(page, x, y):
    """A finger that moves 300 pixels up the screen."""
    finger = page.context.new_cdp_session(page)

    def touch(kind, points):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", [{"x": x, "y": y}])
    for step in range(1, 16):
        touch("touchMove", [{"x": x, "y": y - 20 * step}])
        page.wait_for_timeout(16)
    touch("touchEnd", [])
    page.wait_for_timeout(600)


def test_a_swipe_over_the_chart_scrolls_a_phone(new_reader):
    page = new_reader(**PHONE).open().wait_for_chart().page
    box = page.locator(".js-plotly-plot").bounding_box()
    swipe_up(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") > 200


def test_a_tap_on_a_phone_opens_the_card_as_a_sheet(new_reader):
    reader = new_reader(**PHONE).open().wait_for_chart()
    width = reader.page.locator("[data-testid=stPlotlyChart]").bounding_box()["width"]
    assert width >= 350
    reader.page.touchscreen.tap(*reader.pixel_of("2025-06-20", 0.5))
    reader.page.wait_for_url("**sel=2025-06-**")
    sheet = reader.settle().page.locator(".st-key-explore-sheet")
    box = sheet.bounding_box()
    assert box["y"] + box["height"] == pytest.approx(844, abs=2)
    assert box["height"] <= 0.55 * 844
    sheet.get_by_role("button", name="Close").click()
    reader.wait_until("() => location.search === ''")


def test_a_phone_shows_nothing_wider_than_itself(new_reader):
    reader = new_reader(**PHONE).open().wait_for_chart()
    widths = reader.page.evaluate("""() => {
        const main = document.querySelector('[data-testid=stMain]');
        return [main.scrollWidth, main.clientWidth];
    }""")
    assert widths[0] <= widths[1]


def test_a_dark_reader_gets_a_dark_figure(new_reader):
    reader = new_reader(color_scheme="dark").open().wait_for_chart()
    paper = "document.querySelector('.js-plotly-plot')._fullLayout.paper_bgcolor"
    reader.wait_until(f"{paper}.toLowerCase() === '#101214'")


def test_hostile_text_stays_text(reader):
    title = "<img src=https://evil.example/x.png onerror=document.title='owned'> ![b](https://evil.example/b.png)"
    reader.open("?sel=2026-03-02&from=2026-01-01").wait_for_chart()
    reader.add_note(title)
    x, y = reader.pixel_of("2026-03-02")
    reader.page.mouse.move(x, y)
    reader.page.wait_for_timeout(500)
    assert reader.has("<img src=https")
    assert reader.page.title() != "owned"
    assert reader.foreign == []
