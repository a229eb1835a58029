"""`asof` over the network: every address answers as things were known at a moment."""

import csv
import io
import json

import pytest


def test_rates_end_where_they_did_then(ask):
    answer = ask("/v1/rates.csv?asof=2025-04-20")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8"))))
    # The last fixing before Sunday 20 April 2025 is dated Saturday the 19th.
    assert (rows[-1]["date"], float(rows[-1]["rate"])) == ("2025-04-19", 81.1371)


def test_facts_and_events_are_those_of_then(ask):
    facts = json.loads(ask("/v1/facts.json?date=2025-04-22&asof=2025-04-20T23:00Z").body)
    assert facts["answers"][0]["day"] == "2025-04-18"
    body = ask("/v1/events.csv?asof=2014-12-31").body.decode("utf-8")
    days = [row["date"] for row in csv.DictReader(io.StringIO(body))]
    assert days
    assert max(days) <= "2014-12-31"
    assert ask("/v1/events/kellogg-nato-off-table-2025-04-20?asof=2014-12-31").status == 404


def test_the_far_future_is_now(ask):
    live, later = ask("/v1/rates.csv"), ask("/v1/rates.csv?asof=2099-01-01")
    assert later.body == live.body


@pytest.mark.parametrize("asof", ["tomorrow", "2013-01-01", ""])
def test_what_is_no_moment_is_refused_in_text(ask, asof):
    answer = ask(f"/v1/rates.csv?asof={asof}")
    assert answer.status in {400, 422}
    assert "asof" in json.loads(answer.body)["detail"]
