"""What a person has written is there after a crash."""

import pytest

from tests.browser.conftest import Reader

pytestmark = pytest.mark.browser


def test_a_note_survives_kill_9_a_moment_after_it_was_saved(own_product, chromium):
    page = chromium.new_page(viewport={"width": 1400, "height": 1500})
    reader = Reader(page, own_product.url)
    reader.open("?from=2025-01-01&to=2025-12-31").wait_for_chart()
    reader.click_day("2025-06-20")
    reader.add_note("Written just before the lights went out")
    own_product.kill()
    own_product.start()
    again = Reader(chromium.new_page(), own_product.url)
    again.open("?sel=2025-06-20&from=2025-01-01&to=2025-12-31").wait_for_chart()
    assert again.has("Written just before the lights went out")
    assert again.lanes()[0] == "Your notes"
    assert reader.foreign == again.foreign == []
