"""Two users changed one note: differences and the three-way merge."""

from dataclasses import replace
from datetime import UTC, date, datetime

from dashboard.models.event import Draft
from dashboard.services.notes import draft_differences, merge_drafts

READ = Draft("title", date(2025, 4, 21), text="text", tags=("a",))


def test_fields_of_different_people_are_put_together():
    mine, theirs = replace(READ, title="mine"), replace(READ, text="theirs")
    assert merge_drafts(READ, theirs, mine) == replace(READ, title="mine", text="theirs")


def test_a_field_that_both_changed_becomes_mine():
    mine, theirs = replace(READ, title="mine"), replace(READ, title="theirs")
    assert merge_drafts(READ, theirs, mine).title == "mine"


def test_days_hour_and_zone_go_together():
    noon = datetime(2025, 4, 22, 12, tzinfo=UTC)
    theirs = replace(READ, day=date(2025, 4, 22), moment=noon, zone="UTC")
    mine = replace(READ, end_day=date(2025, 4, 23))
    merged = merge_drafts(READ, theirs, mine)
    assert (merged.day, merged.moment, merged.zone) == (READ.day, None, READ.zone)
    assert merged.end_day == date(2025, 4, 23)


def test_what_differs_is_named_with_all_three_values():
    mine = replace(READ, title="mine", tags=("b",))
    theirs = replace(READ, title="theirs", text="by them")
    found = {each.field: each for each in draft_differences(READ, theirs, mine)}
    assert list(found) == ["title", "text", "tags"]
    title = found["title"]
    assert (title.base, title.theirs, title.mine) == ("title", "theirs", "mine")
    assert [found[name].is_mine for name in ("title", "text", "tags")] == [True, False, True]


def test_the_same_change_of_both_is_no_difference():
    same = replace(READ, title="agreed")
    assert draft_differences(READ, same, same) == ()
