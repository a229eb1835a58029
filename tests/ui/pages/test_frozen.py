"""A frozen view: every page shows what was known at its moment, and the way back."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from dashboard import container
from dashboard.models.event import Draft
from dashboard.models.series import FetchResult, RateSeries
from dashboard.services.notes import add_note
from dashboard.ui import session
from dashboard.ui.pages import PAGES
from dashboard.ui.url_state import COMMON_PARAMS
from tests.ui.app_in_test import figure_of, open_page, press, words_of

NEVER = datetime(2099, 1, 1, tzinfo=UTC)
FETCHED = datetime(2026, 11, 20, 9, tzinfo=UTC)
REVISED = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def fetched(dashboard_home, monkeypatch):
    """Services that fetched 2 and 3 September on the 20th, a revision of the 3rd on the 21st."""
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
    parts = container.build_context()
    keep(parts, ["2026-09-03", "2026-09-04"], [83.1, 83.2], FETCHED)
    keep(parts, ["2026-09-04", "2026-09-05"], [83.9, 83.3], REVISED)
    return parts


def keep(parts, records, rates, at):
    shipped = parts.known.get("usd_rub_cbr")
    record = np.array(records, dtype="datetime64[D]")
    day = record - np.timedelta64(1, "D")
    closes = day.astype("datetime64[s]") + np.timedelta64(12 * 3600 + 1800, "s")
    series = RateSeries(
        shipped.card, record, day, closes - np.timedelta64(5 * 3600 + 1800, "s"), closes,
        np.array(rates), at,
    )  # fmt: skip
    parts.rate_cache.store("usd_rub_cbr", "cbr", FetchResult(series), at)


def last_rates(series, n):
    return series.rate[-n:].tolist()


def test_the_rates_are_those_of_the_moment(fetched):
    shipped = fetched.known.get("usd_rub_cbr").rate[-4]
    then = [
        last_rates(container.context_as_of(fetched, moment).known.get("usd_rub_cbr"), 3)
        for moment in (FETCHED, REVISED, NEVER)
    ]
    assert then[0] == [shipped, 83.1, 83.2]
    assert then[1] == then[2] == [83.1, 83.9, 83.3]


def test_far_in_the_future_everything_is_live(fetched):
    frozen = container.context_as_of(fetched, NEVER)
    assert frozen.known.cards() == fetched.known.cards()
    for card in fetched.known.cards():
        one, other = frozen.known.get(card.id), fetched.known.get(card.id)
        for name in ("record", "day", "opens", "known_at"):
            assert np.array_equal(getattr(one, name), getattr(other, name))
        assert np.array_equal(one.rate, other.rate, equal_nan=True)
    assert frozen.catalogue.events() == fetched.catalogue.events()
    assert frozen.known.files() == fetched.known.files()


def test_a_later_moment_never_loses_an_observation_or_an_event(fetched):
    moments = [datetime(2014, 6, 1, tzinfo=UTC) + timedelta(days=97 * k) for k in range(48)]
    counts = []
    for moment in sorted([*moments, FETCHED, REVISED]):
        then = container.context_as_of(fetched, moment)
        rows = {card.id: len(then.known.get(card.id)) for card in then.known.cards()}
        counts.append((rows, len(then.catalogue.events())))
    for (early, events), (late, more) in pairwise(counts):
        assert events <= more
        assert all(rows <= late[name] for name, rows in early.items())


def test_a_series_that_did_not_begin_yet_is_not_offered(fetched):
    then = container.context_as_of(fetched, datetime(2020, 1, 1, tzinfo=UTC))
    ids = {card.id for card in then.known.cards()}
    assert "usd_rub_cbr" in ids
    assert "cny_rub_cbr" not in ids
    assert "eur_rub_cbr" not in ids


def test_a_file_that_was_known_in_part_has_no_hash(fetched):
    then = container.context_as_of(fetched, datetime(2020, 1, 1, tzinfo=UTC))
    assert "usd_rub_cbr" not in then.known.files()
    assert "brent_eia" in container.context_as_of(fetched, NEVER).known.files()


# ------------------------------------------------------------------ the pages


def test_the_line_says_the_moment_and_how_live_data_differ(fetched):
    app = open_page("", asof="2026-11-20T09:00Z")
    words = words_of(app)
    assert "Frozen: as known on 20 Nov 2026, 12:00 MSK" in words
    # Live has one row more and one that was revised.
    assert "live data differ in 2 rows (1 added, 1 revised)" in words
    assert "notes are read-only" in words
    (table,) = [t.value for t in app.table if "What" in t.value.columns]
    assert table["Then, RUB per USD"].tolist() == ["–", "83.2000"]
    assert table["Live"].tolist() == ["83.3000", "83.9000"]
    assert figure_of(app)["data"]
    press(app, "Back to live")
    assert app.query_params == {}
    assert "Frozen" not in words_of(app)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_every_page_can_be_frozen(page, fetched):
    more = {"id": "kellogg-nato-off-table-2025-04-20"} if page.id == "event" else {}
    app = open_page(page.url_path, asof="2025-12-31", **more)
    assert not app.exception
    words = words_of(app)
    assert "Something went wrong" not in words
    assert "Frozen: as known on 31 Dec 2025, 23:59 MSK" in words
    assert "2025-12-31" in app.query_params["asof"]


def test_notes_and_events_of_later_are_not_there(fetched):
    note = add_note(fetched.notes, Draft(title="Made today", day=date(2025, 12, 1)))
    live, frozen = open_page("events"), open_page("events", asof="2025-12-31")
    assert "1 note" in words_of(live)
    assert "Made today" not in words_of(frozen)
    assert "There is no event with this id" in words_of(
        open_page("event", id=note.id, asof="2025-12-31")
    )


@pytest.mark.parametrize("asof", ["tomorrow", "2013-01-01", "2026-11-20T09:00", "9" * 300])
def test_a_moment_that_is_none_is_told_and_the_view_is_live(asof, fetched):
    words = words_of(open_page("method", asof=asof))
    assert "1 setting in this link is not valid and was ignored: asof=" in words
    assert "Frozen" not in words


def test_the_copied_links_are_live_and_frozen(fetched):
    app = open_page("event", id="kellogg-nato-off-table-2025-04-20", asof="2026-11-20T09:00Z")
    links = [code.value for code in app.code if code.value.startswith("http")]
    assert [("asof" in link) for link in links] == [False, True]
    assert links[1].endswith("asof=2026-11-20T09%3A00Z")


def test_two_readers_do_not_meet_in_a_cache(fetched):
    frozen = open_page("data", asof="2026-11-20T09:00Z")
    live = open_page("data")
    assert "83.2" in frozen_last(frozen)
    assert session.get_as_of() is None
    assert "Frozen" not in words_of(live)


def frozen_last(app):
    return " ".join(str(t.value.to_string()) for t in app.table)


def test_the_moment_belongs_to_every_page_and_to_none_alone():
    common = {param.key: (param.shared, param.default) for param in COMMON_PARAMS}
    assert common == {"asof": (True, None), "lang": (True, "")}
    assert not common.keys() & {own.key for page in PAGES for own in page.params}
