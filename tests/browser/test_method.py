"""The Method page in a browser: the anchor of a term, the contents, the search."""

from tests.browser.conftest import link_of

BELOW_THE_NAVIGATION = """() => {
    const box = document.getElementById('placebo-p')?.getBoundingClientRect();
    return box !== undefined && box.top > 40 && box.bottom < innerHeight;
}"""


def test_the_link_of_a_term_ends_at_its_place(reader):
    reader.open("method?term=placebo-p#placebo-p")
    reader.wait_until(BELOW_THE_NAVIGATION)
    assert reader.page.evaluate("location.hash") == "#placebo-p"


def test_a_part_is_chosen_in_the_contents_and_back_returns(reader):
    reader.open("method")
    reader.page.get_by_text("What cannot be known").click()
    reader.wait_until("location.search.includes('part=limits')")
    reader.page.get_by_role("heading", name="What cannot be known").wait_for()
    reader.settle().page.go_back()
    reader.page.get_by_role("heading", name="Glossary").wait_for()


def test_a_search_shows_what_it_found(reader):
    reader.open("method")
    field = reader.page.get_by_label("Search the method")
    field.fill("Holm")
    field.press("Enter")
    reader.wait_until("location.search.includes('q=Holm')")
    assert link_of(reader) == {"q": ["Holm"]}
    assert reader.has("Holm correction")
