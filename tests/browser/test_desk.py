"""The event desk in a real browser: a large file imported and undone, an article read."""

import csv
from urllib.request import urlopen

import pytest

from benchmarks.imports import files
from dashboard.ui.pages.article import state as article_state
from tests.started_product import Product

HEADS = (
    "20 Apr 2025 · Keith Kellogg", "21 Apr 2025 · Dmitry Peskov", "18 Apr 2025 · Donald Trump",
    "3 claims about the rate", "not since then", "false",
)  # fmt: skip

pytestmark = pytest.mark.browser


@pytest.fixture
def product(tmp_path):
    """A product for each test: none counts the notes that another left."""
    running = Product(tmp_path / "home").start()
    yield running
    running.stop()


def count_notes(product):
    """How many notes the product keeps, by its API."""
    with urlopen(f"{product.url}api/v1/events.csv?origin=note") as answer:
        return len(list(csv.DictReader(answer.read().decode("utf-8").splitlines())))


def open_page(reader, path):
    reader.open(path)
    assert reader.has("Not investment advice")
    return reader.settle()


def test_ten_thousand_rows_are_looked_at_taken_and_undone_by_one_click(reader, product):
    open_page(reader, "import")
    upload = {"name": "big.csv", "mimeType": "text/csv", "buffer": files()["CSV"]}
    reader.page.locator("input[type=file]").set_input_files(upload)
    assert reader.has("9,863 new, 0 already there, 137 wrong")
    reader.settle().page.get_by_text("Wrong 137").click()
    reader.press("Add the good rows only (9,863)")
    assert reader.has("9,863 notes added from big.csv, 137 wrong and left out")
    with reader.page.expect_download() as saved:
        reader.press("CSV (137 wrong rows)")
    lines = saved.value.path().read_text(encoding="utf-8").splitlines()
    assert (lines[0], len(lines)) == ("row,column,reason", 138)
    assert lines[1].startswith('"big.csv, row 51 (line 52)",date,')
    reader.press("Undo this import")
    assert reader.has("9,863 notes of big.csv removed")
    assert count_notes(product) == 0


def test_a_pasted_text_becomes_notes_only_by_a_click(reader, product):
    open_page(reader, "article?published=2025-04-22")
    field = reader.page.get_by_label("The text of the article, in English or Russian")
    field.fill(article_state.EXAMPLE_TEXT)
    field.blur()
    reader.press("Read", exact=True)
    for head in HEADS:
        assert reader.has(head)
    assert count_notes(product) == 0
    assert reader.has("Accept all 0 ticked")  # the catalogue lists all three
    for statement in HEADS[:3]:
        reader.settle().page.get_by_text(statement, exact=False).first.click()
    reader.press("Accept all 3 ticked")
    assert reader.has("3 notes saved")
    assert count_notes(product) == 3
    reader.settle().page.get_by_role("button", name="Undo", exact=True).first.click()
    reader.settle()
    assert count_notes(product) == 2
