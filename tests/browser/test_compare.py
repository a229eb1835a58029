"""Compare in a real browser: a dot leads to its event, the part and the groups are in the link."""

import pytest

from tests.browser.conftest import link_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def product(product_to_read):
    return product_to_read


def test_a_click_on_a_dot_opens_its_event_and_back_returns(reader):
    reader.open("compare?up=usd")
    page = reader.page
    reader.wait_until(
        "[...document.querySelectorAll('.js-plotly-plot')].filter(p => p._fullLayout).length === 2"
    )
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
