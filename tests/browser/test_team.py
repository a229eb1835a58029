"""Two people, each with a process of their own, on one store: notes appear, texts survive."""

import re
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from dashboard.storage.notes import NoteRepository
from tests.browser.conftest import Reader, link_of
from tests.browser.test_notes import fill, open_page, save, write_note
from tests.started_product import Product

pytestmark = pytest.mark.browser

DESK = {"viewport": {"width": 1400, "height": 1500}}


class Person(Product):
    """The product as one person of a team runs it."""

    def __init__(self, name, home):
        super().__init__(home)
        self.name = name

    def start(self):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DASHBOARD_USER", self.name)
            return super().start()


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    home = tmp_path_factory.mktemp("team")
    people = [Person(name, home).start() for name in ("ann", "bob")]
    yield people
    for person in people:
        person.stop()


@pytest.fixture
def ann_and_bob(team, chromium):
    contexts = [chromium.new_context(**DESK) for _ in team]
    pairs = zip(contexts, team, strict=True)
    readers = [Reader(context.new_page(), person.url) for context, person in pairs]
    yield readers
    for context, reader in zip(contexts, readers, strict=True):
        assert reader.foreign == []
        context.close()


def appears(reader, text):
    reader.page.get_by_text(text).filter(visible=True).first.wait_for()


def last_change(team):
    """When the newest note was stored; the clock is that of both processes."""
    with closing(NoteRepository(f"sqlite:///{team[0].home / 'events.sqlite3'}")) as store:
        return store.probe().last_change


def test_a_colleagues_note_appears_without_a_reload_and_typed_text_stays(ann_and_bob, team, capsys):
    ann, bob = ann_and_bob
    open_page(ann, "events")
    search = ann.page.get_by_label("Search", exact=True)
    search.press_sequentially("half a wo")
    open_page(bob, "events")
    waits = []
    for number in range(3):
        bob.press("Add note")
        bob.page.get_by_role("dialog").wait_for()
        fill(bob, "Title", f"From Bob {number}")
        bob.page.get_by_role("dialog").get_by_role("button", name="Save note").click()
        words = f"{number + 1} note" + ("" if number == 0 else "s")
        appears(ann, words)
        waits.append((datetime.now(UTC) - last_change(team)).total_seconds())
        bob.page.get_by_role("dialog").wait_for(state="hidden")
        bob.settle()
    with capsys.disabled():
        told = ", ".join(f"{wait:.2f} s" for wait in waits)
        sys.stdout.write(
            f"\nfrom the moment a note was stored to a page of another process: {told}\n"
        )
    assert search.input_value() == "half a wo"


def test_a_colleagues_note_waits_while_a_form_is_open(ann_and_bob):
    ann, bob = ann_and_bob
    open_page(ann, "events")
    ann.press("Add note")
    dialog = ann.page.get_by_role("dialog")
    dialog.wait_for()
    title = dialog.get_by_label("Title", exact=True)
    title.press_sequentially("In the middle of a sen")
    write_note(bob, "Written meanwhile")
    ann.page.wait_for_timeout(4_000)
    assert title.input_value() == "In the middle of a sen"
    title.press_sequentially("tence")
    title.press("Tab")
    ann.settle()
    save(ann)
    appears(ann, "In the middle of a sentence")
    open_page(ann, "events?q=meanwhile")
    appears(ann, "1 of")


def test_a_private_note_is_on_no_page_of_a_colleague(ann_and_bob):
    ann, bob = ann_and_bob
    open_page(ann, "events")
    ann.press("Add note")
    ann.page.get_by_role("dialog").wait_for()
    fill(ann, "Title", "Zanzibar, for Ann alone")
    ann.page.get_by_role("dialog").get_by_text("Only me", exact=True).click()
    ann.settle()
    appears(ann, "Only ann sees it")
    save(ann)
    appears(ann, "your note, only you see it")
    ann.page.wait_for_url(re.compile("sel=note-"))
    (note_id,) = link_of(ann)["sel"]
    for path in (
        "events?q=Zanzibar", f"events?sel={note_id}", f"event?id={note_id}", "",
        "events?show=deleted", "data?table=notes",
    ):  # fmt: skip
        bob.open(path)
        bob.has("Not investment advice")
        assert bob.page.get_by_text("Zanzibar, for Ann").count() == 0
    open_page(ann, f"event?id={note_id}")
    appears(ann, "Zanzibar, for Ann alone")


def test_the_second_of_two_browsers_sees_both_texts_and_puts_hers_on_top(ann_and_bob):
    ann, bob = ann_and_bob
    write_note(bob, "As both read it")
    ann.page.goto(ann.url + "events?" + bob.page.url.partition("?")[2])
    ann.settle()
    ann.press("Edit", exact=True)
    bob.press("Edit", exact=True)
    fill(bob, "Text", "A text of Bob")
    fill(bob, "Title", "The title Bob wants")
    save(bob)
    fill(ann, "Title", "The title Ann wants")
    dialog = ann.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Save note").click()
    for text in ("was changed by bob at", "The title Bob wants", "The title Ann wants"):
        dialog.get_by_text(text).first.wait_for()
    dialog.get_by_text("A text of Bob").first.wait_for()
    assert dialog.get_by_label("Title", exact=True).input_value() == "The title Ann wants"
    dialog.get_by_role("button", name="Keep mine on top of theirs").click()
    dialog.wait_for(state="hidden")
    ann.settle()
    appears(ann, "The title Ann wants")
    appears(ann, "A text of Bob")
    appears(bob, "The title Ann wants")


@pytest.mark.parametrize("path", ["", "events", "event?id=kellogg-nato-off-table-2025-04-20"])
def test_key_a_opens_the_form(ann_and_bob, path):
    ann, _ = ann_and_bob
    open_page(ann, path)
    ann.hit("a")
    dialog = ann.page.get_by_role("dialog")
    dialog.get_by_text("What this note will say").wait_for()
    assert dialog.get_by_label("Title", exact=True).input_value() == ""
