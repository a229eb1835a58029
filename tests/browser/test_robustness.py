"""A run of Robustness in a real browser: it shows how far it is, ends on request, and leads on."""

import re

import pytest

from dashboard.ui.pages import PAGES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def product(product_to_read):
    return product_to_read


LONG = "robustness?cat=all&" + "&".join(
    f"{key}={value}"
    for key, values in {
        "car": ("0:0", "0:1", "-1:1", "0:2", "0:5", "-1:5", "0:10", "-5:-1"),
        "estimation": ("60", "120", "250", "500"),
        "gap": ("0", "5", "10", "20"),
        "model": ("none", "mean", "market"),
        "overlap": ("keep", "first", "exclude"),
        "events": ("all", "alone"),
    }.items()
    for value in values
)
SMALL = "robustness?car=0:0&car=0:1&estimation=120&gap=10&overlap=keep&events=all"


def test_a_long_run_tells_how_far_it_is_and_ends_when_told(reader):
    page = reader.page
    reader.open(LONG)
    page.get_by_role("button", name="Run 2,304 specifications").click()
    page.get_by_test_id("stProgress").get_by_text(re.compile(r"[1-9]\d* of 2,304")).wait_for()
    page.get_by_role("button", name="Cancel").click()
    assert reader.has("Cancelled after")
    assert page.get_by_role("button", name="Run again").is_visible()


def test_a_click_on_a_point_leads_to_that_specification(reader):
    page = reader.page
    reader.open(SMALL)
    page.wait_for_selector(".js-plotly-plot .nsewdrag", state="attached")
    reader.settle()
    x, y = page.evaluate(
        """() => {
            const plot = document.querySelector('.js-plotly-plot');
            const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
            const points = plot._fullData.find(trace => trace.customdata);
            return [box.x + xaxis._offset + xaxis.d2p(points.x[1]),
                    box.y + yaxis._offset + yaxis.d2p(points.y[1])];
        }"""
    )
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    page.wait_for_timeout(250)
    page.mouse.click(x, y)
    if any(each.id == "compare" for each in PAGES):
        page.wait_for_url(re.compile(r"/compare\?.*window=0"))
    else:
        assert reader.has("Specification 2 of 4")
