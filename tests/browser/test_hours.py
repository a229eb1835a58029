"""Bars in a real browser: a click picks a day, Back goes back, the hours are those of Moscow."""

from datetime import UTC, date, datetime

import pytest

from dashboard.config import Settings
from dashboard.container import build_context
from dashboard.models.event import Draft
from dashboard.services.notes import add_note
from tests.browser.conftest import link_of
from tests.services.bar_cache import HOURS, fill_cache
from tests.started_product import Product

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """A product with hours of the yuan, which ask nobody, and a note of a Friday night."""
    home = tmp_path_factory.mktemp("hours")
    fill_cache(home)
    parts = build_context(Settings(dashboard_home=home, database_url=None))
    draft = Draft("Said on Friday night", date(2026, 11, 20),
                  moment=datetime(2026, 11, 20, 19, 40, tzinfo=UTC))  # fmt: skip
    note = add_note(parts.notes, draft)
    parts.notes.close()
    running = Product(home).start()
    running.note = note.id
    yield running
    running.stop()


def test_a_click_on_a_bar_opens_the_card_of_its_day(reader):
    reader.open(f"?series={HOURS}&from=2026-11-14").wait_for_chart()
    reader.click_day("2026-11-18 14:00", height=0.5)
    assert link_of(reader)["sel"] == ["2026-11-18"]
    assert reader.has("Wed 18 Nov 2026")
    assert reader.has("in the last bar of the day, to 19:00 MSK")


def test_the_window_in_hours_is_chosen_and_back_takes_it_back(reader, product):
    reader.open(f"event?id={product.note}&series={HOURS}").wait_for_chart()
    assert reader.window_shown() == [-2.6, 6.6]
    ticks = reader.page.evaluate(
        "document.querySelector('.js-plotly-plot')._fullLayout.xaxis.ticktext"
    )
    # Friday 22:40: the first bar is Saturday's 10:00, two bars before it Friday's to 18:00
    assert ticks[0] == "<b>18:00</b><br>2 h before<br>Fri 20 Nov"
    assert ticks[2] == "<b>11:00</b><br>first bar<br>Sat 21 Nov"
    reader.choose("Window, time of trading", "−6\u00a0h to 12\u00a0h")
    reader.wait_until("() => location.search.includes('wh=-6h')")
    assert reader.window_shown() == [-6.6, 12.6]
    reader.page.go_back()
    reader.wait_until(
        "document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range[0] === -2.6"
    )
    assert "wh" not in link_of(reader)
