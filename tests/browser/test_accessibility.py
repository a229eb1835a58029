"""axe-core finds nothing serious on any page, on a desk and a phone, in light and in dark.

What only Streamlit could mend is in `ONLY_STREAMLIT`, by rule and place, with its reason.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

from dashboard.ui.pages import PAGES
from dashboard.ui.pages.compare.state import PART_TITLES
from tests.browser.conftest import PHONE, Reader

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def product(product_to_read):
    return product_to_read


AXE = Axe()
SERIOUS = {"serious", "critical"}
EXAMPLES = {"event": "?id=kellogg-nato-off-table-2025-04-20"}
ONLY_STREAMLIT = {
    # It writes white on the primary colour, which must be bright to be read as text in the dark.
    ("color-contrast", "[data-testid=stMultiSelect] [title]"),
    # WCAG lets the label of a control that is switched off be pale; axe-core cannot tell it.
    ("color-contrast", "label[data-testid=stWidgetLabel][disabled] p"),
    # A date that must be given: not only the parts of its field carry this, but what holds them.
    ("aria-allowed-attr", "[data-testid=stDateInput] [aria-required]"),
}
LOOKS = {
    "desk-light": {"viewport": {"width": 1400, "height": 1500}, "color_scheme": "light"},
    "desk-dark": {"viewport": {"width": 1400, "height": 1500}, "color_scheme": "dark"},
    "phone": PHONE,
}


OTHER_ON_A_PHONE = {"explore", "event", "compare", "events", "facts", "inbox"}
"""Pages with a layout of their own on a phone, where they are looked at in light."""
BACKGROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"


@pytest.fixture(scope="module")
def profiles(chromium):
    """One browser profile a look: whoever comes second finds the scripts cached."""
    made = {look: chromium.new_context(**settings) for look, settings in LOOKS.items()}
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def reader_of(profiles, product):
    """Makes a reader of a look, who may ask nothing elsewhere."""
    made = []

    def make(look):
        made.append(Reader(profiles[look].new_page(), product.url))
        return made[-1]

    yield make
    for reader in made:
        assert reader.foreign == []
        reader.page.close()


def told(violation):
    """One violation as a person reads it: the rule and the elements that break it."""
    places = [
        f"{node['html'][:160]} {[check['message'] for check in node['any']]}"
        for node in violation["nodes"]
    ]
    return f"{violation['impact']} {violation['id']} ({violation['help']})\n  " + "\n  ".join(
        places
    )


def ours(reader, violation):
    """Whether an element breaks the rule where the project could mend it."""
    excused = [place for rule, place in ONLY_STREAMLIT if rule == violation["id"]]
    violation["nodes"] = [
        node
        for node in violation["nodes"]
        if not reader.page.evaluate(
            "([target, places]) => places.some(p => document.querySelector(target)?.matches(p))",
            [node["target"][0], excused],
        )
    ]
    return bool(violation["nodes"])


def serious(reader):
    """What axe-core finds serious or critical on the page as it stands."""
    found = AXE.run(reader.page).response["violations"]
    return [told(each) for each in found if each["impact"] in SERIOUS and ours(reader, each)]


def finish(reader):
    """Wait until nothing is a placeholder or on its way, and the script rests."""
    reader.wait_until("""() => {
        const app = document.querySelector('[data-testid=stApp]');
        const busy = app.dataset.testScriptState !== 'notRunning'
            || document.querySelector('[data-testid=stSkeleton], [data-testid=stProgress]');
        if (busy || !window.quietSince) window.quietSince = Date.now();
        return !busy && Date.now() - window.quietSince > 600;
    }""")
    return reader


def turn_dark(reader):
    """Let the system of the reader turn dark, and the page be drawn again for it."""
    light, runs = reader.page.evaluate(BACKGROUND), reader.runs.count
    reader.page.emulate_media(color_scheme="dark")
    reader.wait_until(f"light => {BACKGROUND} !== light", arg=light)
    reader.page.keyboard.press("r")  # Streamlit's own key; the colours of figures are chosen anew
    reader.settle()
    assert reader.runs.count > runs
    return reader


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_nothing_serious_is_found_on_a_page_in_light_and_in_dark(reader_of, page):
    reader = reader_of("desk-light")
    reader.open(page.url_path + EXAMPLES.get(page.id, ""))
    assert serious(finish(reader)) == []
    assert serious(finish(turn_dark(reader))) == []


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.id in OTHER_ON_A_PHONE], ids=lambda page: page.id
)
def test_nothing_serious_is_found_on_a_page_on_a_phone(reader_of, page):
    reader = reader_of("phone")
    reader.open(page.url_path + EXAMPLES.get(page.id, ""))
    assert serious(finish(reader)) == []


def test_what_cannot_be_read_would_be_found(reader_of):
    reader = reader_of("desk-light").open("method")
    reader.page.locator("h2, h3").first.evaluate("e => e.style.color = '#e0e0e0'")
    assert "color-contrast" in "".join(serious(reader))


@pytest.mark.parametrize(
    "part", [part for part in PART_TITLES if part in {"tests", "when", "lost"}]
)
def test_nothing_serious_is_found_on_two_groups_compared(reader_of, part):
    reader = reader_of("desk-dark")
    reader.open(f"compare?cat=escalation&bcat=peace_talks&part={part}")
    assert serious(finish(reader)) == []


@pytest.mark.parametrize("look", ["desk-dark"])
def test_nothing_serious_is_found_on_an_article_that_was_read(reader_of, look):
    reader = reader_of(look)
    finish(reader.open("article"))
    reader.press("Try an example")
    reader.wait_until("location.search.includes('published=')")
    finish(reader)
    reader.press("Read", exact=True)
    reader.has("3 candidates.")
    assert serious(finish(reader)) == []


@pytest.mark.parametrize("look", ["desk-dark"])
def test_nothing_serious_is_found_on_a_file_before_it_is_imported(reader_of, look, tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("date,title,category\n2025-04-20,Mine,energy\n2025-13-01,Wrong day,energy\n")
    reader = reader_of(look)
    finish(reader.open("import"))
    reader.page.locator("input[type=file]").set_input_files(table)
    reader.has("1 wrong")
    assert serious(finish(reader)) == []


@pytest.mark.parametrize("look", ["desk-dark"])
def test_nothing_serious_is_found_on_the_form_of_a_note(reader_of, look):
    reader = reader_of(look)
    finish(reader.open("events"))
    reader.page.get_by_role("button", name="Add note").first.click()
    reader.page.get_by_role("dialog").get_by_label("Title").wait_for()
    assert serious(finish(reader)) == []
