"""Export and import are inverse: what was written is read back as it was (R8)."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dashboard.export.csv_tables import csv_bytes
from dashboard.export.schemas import EVENT_LIST
from dashboard.models.event import Category, Event, Expected, Origin
from dashboard.models.user_files import EventFileOptions
from dashboard.sources.files.event_file import read_events

NASTY = (
    "=1+1",
    "'=1",
    "@x",
    "a;=1",
    'say "no"',
    "NA",
    "null",
    "007",
    "-",
    "a,b",
    "a\\;b",
    "＝1",
    "it's",
    "שלום",
    "é",
)


def stored(text, lines=False):
    """Text as the store keeps it: NFC, no control characters, blanks tidied."""
    kept = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cs"} or c == "\n")
    kept = unicodedata.normalize("NFC", kept)
    return kept.strip() if lines else " ".join(kept.split())


# U+FFFD stands for a letter lost before; a file that holds it is read with a warning.
letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd")
line = st.one_of(
    st.sampled_from(NASTY), st.text(st.one_of(letters, st.sampled_from("=+-@'\",;|")), max_size=40)
).map(stored)
filled = line.filter(bool)
block = st.text(st.one_of(letters, st.sampled_from("\n=-;'")), max_size=80).map(
    lambda text: stored(text, lines=True)
)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
links = st.sampled_from(["", "https://example.org/a?b=1&c=%20#d", "http://example.org/=1;+2"])


@st.composite
def events(draw):
    moment = draw(st.none() | moments)
    day = (
        (moment + timedelta(hours=3)).date()
        if moment
        else draw(st.dates(date(1990, 1, 1), date(2030, 1, 1)))
    )
    return Event(
        id=draw(filled),
        day=day,
        moment=moment,
        zone=draw(st.sampled_from(["Europe/Moscow", "America/New_York", "UTC"])),
        end_day=draw(st.none() | st.integers(0, 30).map(lambda n: day + timedelta(days=n))),
        title=draw(filled),
        category=draw(st.sampled_from(list(Category))),
        expected=draw(st.sampled_from(list(Expected))),
        text=draw(block),
        actor=draw(line),
        source_name=draw(line),
        source_url=draw(links),
        confidence=draw(st.sampled_from(["", "high", "medium"])),
        tags=tuple(draw(st.lists(filled, max_size=3, unique=True))),
        author=draw(line),
        series=draw(st.none() | filled),
        origin=Origin.FILE,
        created=draw(st.none() | moments),
        updated=draw(st.none() | moments),
        revision=draw(st.integers(0, 10_000)),
    )


HOSTILE = Event(
    id="=1+1",
    day=date(2024, 1, 5),
    title="'@SUM(1);=2",
    text="+a\n-b\n'=c",
    tags=("a;b", "\\", "=x"),
    origin=Origin.FILE,
)


@given(
    flavour=st.sampled_from(["plain", "excel"]),
    found=st.lists(events(), min_size=1, max_size=6, unique_by=lambda event: event.id),
)
@example(flavour="excel", found=[HOSTILE])
@example(flavour="excel-ru", found=[HOSTILE])
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_roundtrip_of_events(flavour, found):
    data = csv_bytes(EVENT_LIST, EVENT_LIST.rows(found), flavour)
    table = read_events(data, EventFileOptions(), date(2026, 11, 30))
    assert list(table.events) == sorted(found, key=lambda event: event.day)
    assert table.messages == ()
