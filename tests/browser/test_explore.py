"""Explore in a real browser: a click anywhere, notes that keep the window, links, swipes."""

import json
import re
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


def test_a_click_beside_the_marks_opens_the_nearest_event(reader):
    reader.open("?cat=sanctions&from=2026-01-01&to=2026-08-31").wait_for_chart()
    marks = reader.page.evaluate("""() => {
        const plot = document.querySelector('.js-plotly-plot');
        return plot.data.filter(trace => trace.yaxis === 'y2').flatMap(trace => trace.x);
    }""")
    x, _ = reader.pixel_of(marks[2])
    box = reader.page.locator(".nsewdrag").nth(1).bounding_box()
    reader.page.mouse.move(x + 4, box["y"] + 2)
    reader.page.wait_for_timeout(250)
    reader.page.mouse.click(x + 4, box["y"] + 2)
    reader.page.wait_for_url(f"**sel={marks[2]}**")
    reader.settle()
    assert reader.has("event on this day")


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
        "&notes=hidden&sel=2022-02-24&series=usd_rub_ecb&drag=window"
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
    assert json.loads(layout) == ["log", "select", "USD per RUB (up = stronger rouble)"]
    assert again.has("Thu 24 Feb 2022")


def test_a_link_with_nonsense_opens_and_says_what_was_ignored(reader):
    reader.open("?cat=foo&win=99").wait_for_chart()
    assert reader.has("cat=foo, win=99.")


def test_a_window_dragged_is_the_window_shown_and_back_undoes_it(reader):
    reader.open("?from=2025-01-01&to=2025-12-31&drag=window").wait_for_chart()
    (left, y), (right, _) = reader.pixel_of("2025-03-14", 0.5), reader.pixel_of("2025-07-02", 0.5)
    reader.page.mouse.move(left, y)
    reader.page.mouse.down()
    reader.page.mouse.move((left + right) / 2, y, steps=5)
    reader.page.mouse.move(right, y, steps=5)
    reader.page.mouse.up()
    reader.page.wait_for_url(re.compile("from=2025-03-1[34]"))
    assert link_of(reader)["to"][0] in {"2025-07-01", "2025-07-02"}
    reader.settle()
    reader.page.go_back()
    reader.page.wait_for_url("**from=2025-01-01&to=2025-12-31**")
    shown = "document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range[0]"
    reader.wait_until(f"{shown}.startsWith('2024-12-2')")


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
    reader.press_key("2")
    assert link_of(reader) == {"from": ["2025-09-01"]}
    server_side[-1].send(before)
    reader.page.wait_for_timeout(2_000)
    assert link_of(reader) == {"from": ["2025-09-01"]}
    assert reader.foreign == []
    reader.page.close()


def test_keys_choose_windows_turn_the_quote_and_open_the_form(reader):
    reader.open().wait_for_chart()
    reader.press_key("2")
    assert link_of(reader) == {"from": ["2025-09-01"]}
    reader.press_key("i")
    assert link_of(reader)["up"] == ["inverted"]
    reader.hit("a")
    reader.page.get_by_role("dialog").wait_for()


def test_the_table_is_the_way_to_a_day_without_a_mouse_on_the_chart(reader):
    reader.open("?from=2022-01-01&to=2022-12-31").wait_for_chart()
    table = reader.page.get_by_test_id("stDataFrame").first
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
