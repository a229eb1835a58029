"""Compare in a real browser: the groups' buttons, the chart first, dots that lead to events."""

import pytest

from tests.browser.conftest import PHONE, link_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def product(product_to_read):
    return product_to_read


def plots(reader, count):
    """Wait until so many charts are drawn."""
    reader.wait_until(
        "n => [...document.querySelectorAll('.js-plotly-plot')].filter(p => p._fullLayout).length"
        " === n",
        count,
    )


def choose(reader, text, key, value):
    """Click an option in the open popover, and wait until the link has it."""
    reader.page.get_by_test_id("stPopoverBody").get_by_text(text).first.click()
    reader.wait_until(
        "([key, value]) => new URL(location.href).searchParams.get(key) === value", [key, value]
    )
    reader.settle()


def open_group(reader, name):
    """Open the popover of a group, when that of another one has gone."""
    bodies = reader.page.get_by_test_id("stPopoverBody")
    reader.press(name)
    bodies.get_by_text("Sanctions").first.wait_for()
    assert bodies.count() == 1


def close_group(reader):
    reader.page.keyboard.press("Escape")
    reader.page.get_by_test_id("stPopoverBody").first.wait_for(state="detached")


def test_a_click_on_a_dot_opens_its_event_and_back_returns(reader):
    reader.open("compare?up=usd")
    page = reader.page
    plots(reader, 2)
    page.locator(".js-plotly-plot").nth(1).scroll_into_view_if_needed()
    reader.settle()
    event_id, x, y = page.evaluate("""() => {
        const plot = document.querySelectorAll('.js-plotly-plot')[1];
        const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
        const trace = plot.data[0], k = 2;
        return [trace.customdata[k][0], box.x + xaxis._offset + xaxis.d2p(trace.x[k]),
                box.y + yaxis._offset + yaxis.d2p(trace.y[k])];
    }""")
    page.mouse.move(x - 4, y)
    page.mouse.move(x, y)
    page.wait_for_timeout(250)
    page.mouse.click(x, y)
    page.wait_for_url("**/event?**")
    reader.settle()
    assert link_of(reader) == {"id": [event_id], "up": ["usd"]}
    page.go_back()
    page.wait_for_url("**/compare?**")
    reader.settle()
    assert reader.has("What happened to the rouble in the 10 fixings after NATO remarks")


def test_peace_talks_against_sanctions_in_2025_are_five_clicks(reader):
    reader.open("compare")
    open_group(reader, "NATO remarks, all years")
    choose(reader, "Peace talks", "cat", "peace_talks")
    choose(reader, "2025", "to", "2025-12-31")
    assert reader.page.get_by_test_id("stPopoverBody").count() == 1  # it stays open
    close_group(reader)
    open_group(reader, "another group")
    choose(reader, "Sanctions", "bcat", "sanctions")
    year = {"from": ["2025-01-01"], "to": ["2025-12-31"]}
    both = year | {f"b{key}": day for key, day in year.items()}
    assert link_of(reader) == {"cat": ["peace_talks"], "bcat": ["sanctions"], **both}
    # A further click replaces the second group, and does not add to it.
    choose(reader, "Escalation", "bcat", "escalation")
    assert link_of(reader)["bcat"] == ["escalation"]
    assert reader.page.get_by_test_id("stPopoverBody").count() == 1


def test_the_chart_fills_the_first_screen_and_names_its_lines(new_reader):
    reader = new_reader(viewport={"width": 1400, "height": 900})
    reader.open("compare?bcat=sanctions")
    plots(reader, 3)
    share, names, top = reader.page.evaluate("""() => {
        const plot = document.querySelector('.js-plotly-plot');
        const box = plot.getBoundingClientRect(), title = document.querySelector('h1');
        const seen = title.getBoundingClientRect();
        const area = box.width * (Math.min(box.bottom, innerHeight) - box.top)
            + seen.width * seen.height;
        const notes = plot._fullLayout.annotations.map(note => note.text);
        return [area / (innerWidth * innerHeight), notes, box.top];
    }""")
    assert share >= 0.6
    assert top < 300
    for name in ("NATO remarks", "Sanctions decisions"):
        assert any(note.startswith(f"<b>{name}</b>") for note in names)
    assert reader.page.locator("h1").count() == 1
    assert reader.page.locator("h1").bounding_box()["height"] < 50  # one line


def test_a_fold_opens_and_stands_in_the_link(reader):
    reader.open("compare")
    plots(reader, 2)
    reader.page.get_by_text("Heat map", exact=True).first.click()
    plots(reader, 3)
    assert link_of(reader) == {"part": ["when"]}
    reader.open("compare?part=when")
    plots(reader, 3)


def test_nothing_is_off_the_screen_of_a_phone(new_reader):
    reader = new_reader(**PHONE)
    reader.open("compare?bcat=sanctions")
    plots(reader, 3)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = reader.page.evaluate("""() => [...document.querySelectorAll('.js-plotly-plot')]
        .map(plot => plot.getBoundingClientRect()).map(box => [box.left, box.right])""")
    assert all(left >= 0 and right <= 390 for left, right in boxes)
