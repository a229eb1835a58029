"""axe-core finds nothing serious on any page, on a desk and a phone, in light and in dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from dashboard.ui.pages import PAGES
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

AXE = Axe()
SERIOUS = {"serious", "critical"}
EXAMPLES = {"event": "?id=kellogg-nato-off-table-2025-04-20"}
LOOKS = {
    "desk-light": {"viewport": {"width": 1400, "height": 1500}, "color_scheme": "light"},
    "desk-dark": {"viewport": {"width": 1400, "height": 1500}, "color_scheme": "dark"},
    "phone": PHONE,
}


def told(violation):
    """One violation as a person reads it: the rule and the elements that break it."""
    places = [
        f"{node['html'][:160]} {[check['message'] for check in node['any']]}"
        for node in violation["nodes"]
    ]
    return f"{violation['impact']} {violation['id']} ({violation['help']})\n  " + "\n  ".join(
        places
    )


def serious(reader):
    """What axe-core finds serious or critical on the page as it stands."""
    found = AXE.run(reader.page).response["violations"]
    return [told(each) for each in found if each["impact"] in SERIOUS]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_nothing_serious_is_found_on_a_page(new_reader, page, look):
    reader = new_reader(**LOOKS[look])
    reader.open(page.url_path + EXAMPLES.get(page.id, ""))
    reader.page.wait_for_timeout(1_500)  # parts that wait for the first chart
    reader.settle()
    assert serious(reader) == []


def test_what_cannot_be_read_would_be_found(reader):
    reader.open("method")
    reader.page.locator("h2, h3").first.evaluate("e => e.style.color = '#e0e0e0'")
    assert "color-contrast" in "".join(serious(reader))
