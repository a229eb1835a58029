"""What a person types is cleaned without changing its meaning, or refused with a fix."""

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.models.errors import InputError
from dashboard.models.event import Draft
from dashboard.services.notes import clean_draft, clean_line, clean_text

TODAY = date(2026, 11, 23)
DRAFT = Draft("Kellogg on NATO", date(2025, 4, 20))


def cleaned(**fields):
    return clean_draft(replace(DRAFT, **fields), TODAY)


def refusal(**fields):
    with pytest.raises(InputError) as caught:
        cleaned(**fields)
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 250
    return line


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  two   spaces\tand a tab ", "two spaces and a tab"),
        ("line\r\nends\rof\nall\x0bkinds\x0c\x85\u2028\u2029.", "line ends of all kinds ."),
        ("nul\x00bell\x07escape\x1b[31mdelete\x7f", "nulbellescape[31mdelete"),
        ("cafe\u0301", "café"),
        (
            "lone \ud800surrogate, \ufffenon\uffffcharacter \U0001fffe",
            "lone surrogate, noncharacter",
        ),
        ("\u202eright to left\u202c", "\u202eright to left\u202c"),
        ("<b>bold</b> [link](http://x.org) =1+1 $x$", "<b>bold</b> [link](http://x.org) =1+1 $x$"),
        ("🧑‍🚀 flags 🇷🇺", "🧑‍🚀 flags 🇷🇺"),
    ],
)
def test_a_title_is_cleaned_but_keeps_its_words(typed, stored):
    assert cleaned(title=typed).title == stored


def test_a_text_keeps_its_lines():
    typed = "\n first\r\n\r\nthird\rfourth\u2028fifth\tend\x00 \n"
    assert cleaned(text=typed).text == "first\n\nthird\nfourth\nfifth end"


@pytest.mark.parametrize("title", ["", " ", "\n\t", "\x00\x01", "\u200b\u200d", "\u202e", "\u0301"])
def test_a_title_without_a_visible_letter_is_refused(title):
    assert refusal(title=title).startswith("title: is empty; ")


def test_a_title_of_500_characters_is_kept_and_501_are_refused():
    assert len(cleaned(title="x" * 500).title) == 500
    assert refusal(title="x" * 501) == "title: 501 characters, at most 500 are kept; shorten it"
    assert refusal(title="x" * 10_000).startswith("title: 10,000 characters")


def test_the_other_texts_have_limits_too():
    assert len(cleaned(text="x" * 2_000).text) == 2_000
    assert refusal(text="x" * 2_001).startswith("text: 2,001 characters, at most 2,000")
    assert len(cleaned(author="x" * 80).author) == 80
    assert refusal(author="x" * 81).startswith("author: 81 characters, at most 80")


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org",
        "http://example.org:8080/a%20b?q=1&r=[2]#top",
        "https://ru.wikipedia.org/wiki/Рубль",
        "https://[2001:db8::1]/page",
        "HTTPS://EXAMPLE.ORG/",
    ],
)
def test_a_web_address_is_kept_as_it_is(link):
    assert cleaned(source_url=f" {link}\n").source_url == link


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://example.org/%0aalert(1)",
        "data:text/html,<script>",
        "ftp://example.org/",
        "file:///etc/passwd",
        "//example.org/page",
        "example.org",
        "https://",
        "https:///page",
        "http://[::1",
        "https://example.org:port/",
        "https://example.org:99999/",
        "https://user:password@example.org/",
        "https://example.org/two words",
        'https://example.org/"onmouseover="x',
        "https://example.org/<script>",
        "https://example.org\\@evil.example/",
        "https://example.org/\nhttps://evil.example",
    ],
)
def test_what_is_no_web_address_is_refused(link):
    line = refusal(source_url=link)
    assert line.startswith('link: "')
    assert line.endswith("is no web address; write it like https://example.org/page")


def test_a_link_has_a_limit():
    assert refusal(source_url="https://example.org/" + "x" * 2_000).startswith("link: 2,020 char")


def test_no_link_is_no_link():
    assert cleaned(source_url="  ").source_url == ""


@pytest.mark.parametrize(
    ("day", "is_taken"),
    [
        (date(1899, 12, 31), False),
        (date(1900, 1, 1), True),
        (date(2028, 11, 23), True),
        (date(2028, 11, 24), False),
        (date(9999, 12, 31), False),
    ],
)
def test_a_day_lies_between_1900_and_two_years_ahead(day, is_taken):
    if is_taken:
        assert cleaned(day=day).day == day
    else:
        assert refusal(day=day) == (
            f"day: {day} is not between 1900-01-01 and 2028-11-23; check the year"
        )


def test_two_years_ahead_of_a_leap_day_is_the_day_before_march():
    draft = replace(DRAFT, day=date(2026, 2, 28))
    assert clean_draft(draft, date(2024, 2, 29)).day == date(2026, 2, 28)


def test_a_range_ends_on_its_start_or_later():
    assert cleaned(end_day=DRAFT.day).end_day == DRAFT.day
    assert cleaned(end_day=date(2025, 4, 25)).end_day == date(2025, 4, 25)
    assert refusal(end_day=date(2025, 4, 19)) == (
        "end: 2025-04-19 is before the start 2025-04-20; swap them or leave it out"
    )
    assert refusal(end_day=date(2030, 1, 1)).startswith("end: 2030-01-01 is not between")


NEW_YORK = timezone(timedelta(hours=-4))


def test_a_moment_is_kept_in_utc():
    moment = datetime(2025, 4, 20, 21, 30, tzinfo=NEW_YORK)
    stored = cleaned(moment=moment, zone="America/New_York").moment
    assert stored == moment
    assert stored.tzinfo is UTC


def test_a_moment_lies_on_its_day_in_its_zone_or_in_utc():
    late = datetime(2025, 4, 20, 22, 30, tzinfo=UTC)  # 01:30 on the 21st in Moscow
    assert cleaned(moment=late).moment == late
    assert cleaned(moment=late, day=date(2025, 4, 21)).moment == late
    assert refusal(moment=late, day=date(2025, 4, 22)) == (
        "time: 2025-04-21 01:30 in Europe/Moscow is not on 2025-04-22; change the day or time"
    )


def test_a_moment_without_a_zone_is_refused():
    assert refusal(moment=datetime(2025, 4, 20, 9, 5)) == (  # noqa: DTZ001 - the case
        "time: 09:05 has no time zone; give it in UTC or name the zone"
    )


@pytest.mark.parametrize("edge", [datetime.min, datetime.max])  # noqa: DTZ901 - the cases
def test_a_moment_at_the_edge_of_the_calendar_is_refused(edge):
    for zone in (timezone(timedelta(hours=14)), timezone(timedelta(hours=-14))):
        assert refusal(moment=edge.replace(tzinfo=zone)).startswith("time: ")


@pytest.mark.parametrize(
    "zone", ["Europe/Atlantis", "", "America", "../../etc/passwd", "/etc/passwd", "x" * 999, "\x00"]
)
def test_a_zone_that_does_not_exist_is_refused(zone):
    assert refusal(zone=zone).endswith("is no time zone; write it like Europe/Moscow")


def test_a_category_may_be_a_word_of_ones_own_and_expected_comes_from_its_list():
    assert cleaned(category="nato_remark", expected="stronger").category == "nato_remark"
    assert cleaned(category=" NATO <b> ").category == "NATO <b>"
    assert refusal(category="x" * 41).startswith("category: 41 characters, at most 40")
    assert refusal(expected="up").endswith("take one of stronger, weaker, unclear")


def test_tags_are_cleaned_and_kept_once():
    assert cleaned(tags=(" a ", "", "b\nc", "A", "рубль")).tags == ("a", "b c", "рубль")
    assert len(cleaned(tags=tuple(map(str, range(20)))).tags) == 20
    assert refusal(tags=tuple(map(str, range(21)))) == (
        "tags: 21 tags, at most 20 are kept; drop some"
    )
    assert refusal(tags=("x" * 41,)).startswith("tags: 41 characters, at most 40")


@given(st.text(st.characters(exclude_categories=[])))
def test_cleaned_text_is_nfc_without_controls_and_cleaning_again_changes_nothing(typed):
    for clean, stored in ((clean_line, ""), (clean_text, "\n")):
        once = clean(typed)
        assert clean(once) == once
        assert once == unicodedata.normalize("NFC", once).strip()
        assert all(
            letter in stored or unicodedata.category(letter) not in {"Cc", "Cs"} for letter in once
        )
        once.encode()
