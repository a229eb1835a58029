"""The commands about the inbox and the feeds."""

from datetime import UTC, datetime

import pytest

from tests.replica import Replica
from tests.replica.market import Market
from tests.replica.services.news import challenge


@pytest.fixture
def replica(monkeypatch):
    with Replica(market=Market(datetime.now(UTC).replace(microsecond=0))) as replica:
        monkeypatch.setenv("DASHBOARD_OFFLINE", "0")
        monkeypatch.setenv("DASHBOARD_UPSTREAM", replica.url)
        yield replica


@pytest.fixture
def filled(replica, run_cli):
    """A home whose inbox holds what TASS reported."""
    assert run_cli("inbox", "refresh", "--feed", "tass_en").code == 0
    return replica


@pytest.mark.clock
def test_a_refresh_tells_of_each_feed_and_the_inbox_lists_clusters(run_cli, filled):
    (feed,) = run_cli("inbox", "refresh", "--feed", "tass_en", "--json").json
    assert (feed["id"], feed["items"], feed["new"], feed["problem"]) == ("tass_en", 3, 0, None)
    clusters = run_cli("inbox", "list", "--json").json
    assert [cluster["title"] for cluster in clusters] == [
        "Rouble firms before talks",
        "Central bank keeps its rate",
        "Новости рынка",
    ]
    first = clusters[0]
    assert (first["precision"], first["dated_by"], first["publishers"]) == (
        "minute",
        "published",
        ["TASS"],
    )
    assert first["reports"][0]["link"] == "https://news.example/0"
    text = run_cli("inbox", "list").out
    assert "Rouble firms before talks" in text
    assert "3 stories" in text


def test_where_no_feed_answers_it_is_reported_and_the_exit_code_is_3(run_cli, filled):
    filled.feeds.answers(challenge)
    answer = run_cli("inbox", "refresh", "--feed", "tass_en")
    assert answer.code == 3
    assert "a page that keeps programs out instead of a feed" in answer.out
    assert len(run_cli("inbox", "list", "--json").json) == 3
    assert "keeps programs out" in run_cli("feeds", "list").out


def test_a_cluster_becomes_a_note_once(run_cli, filled):
    cluster = run_cli("inbox", "list", "--json").json[0]
    note = run_cli("inbox", "accept", cluster["id"], "--category", "peace_talks", "--json").json
    assert (note["title"], note["category"]) == ("Rouble firms before talks", "peace_talks")
    assert note["source_url"] == "https://news.example/0"
    assert run_cli("events", "list", "--origin", "note", "--json").json[0]["id"] == note["id"]
    again = run_cli("inbox", "accept", cluster["id"])
    assert again.code == 2
    assert "was accepted by Anna" in again.err
    (accepted,) = run_cli("inbox", "list", "--state", "accepted", "--json").json
    assert accepted["note_id"] == note["id"]


def test_clusters_are_dismissed_and_put_back(run_cli, filled):
    ids = [cluster["id"] for cluster in run_cli("inbox", "list", "--json").json]
    assert run_cli("inbox", "dismiss", *ids, "--author", "Ann").out == "3 stories dismissed\n"
    assert run_cli("inbox", "list", "--json").json == []
    gone = run_cli("inbox", "list", "--state", "dismissed", "--json").json
    assert {cluster["decided_by"] for cluster in gone} == {"Anna"}
    assert run_cli("inbox", "dismiss", ids[0], "--undo").code == 0
    assert [cluster["id"] for cluster in run_cli("inbox", "list", "--json").json] == ids[:1]


@pytest.mark.clock
def test_a_search_fills_the_inbox_and_tells_the_tone(run_cli, replica):
    result = run_cli("inbox", "search", "rouble", "--json").json
    assert (result["found"], result["new"], result["told"]) == (3, 3, [])
    assert len(run_cli("inbox", "list", "--source", "gdelt", "--json").json) == 3
    assert "first seen" in run_cli("inbox", "list").out
    line = run_cli("inbox", "search", "rouble", "--tone", "--json").json
    assert line["resolution"] == "day"
    assert [point["tone"] for point in line["points"]] == [-2, -1, 0]
    assert "tone" in run_cli("inbox", "search", "rouble", "--tone").out


def test_offline_nothing_is_requested_and_what_came_can_be_listed(run_cli, filled, monkeypatch):
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
    response = len(filled.requests)
    for command in (["inbox", "refresh"], ["inbox", "search", "rouble"]):
        answer = run_cli(*command)
        assert answer.code == 2
        assert "DASHBOARD_OFFLINE is set, so nothing is asked" in answer.err
    assert len(run_cli("inbox", "list", "--json").json) == 3
    assert len(filled.requests) == response


def test_feeds_are_added_listed_requested_and_removed(run_cli, replica):
    added = run_cli("feeds", "add", "https://feed.example/rss", "--title", "Mine", "--json").json
    assert (added["id"], added["own"], added["enabled"]) == ("mine", True, True)
    assert run_cli("inbox", "refresh", "--feed", "mine").code == 0
    listed = {feed["id"]: feed for feed in run_cli("feeds", "list", "--json").json}
    assert listed["mine"]["items"] == 3
    assert listed["tass_en"]["asked_at"] is None
    assert run_cli("feeds", "remove", "mine").code == 0
    assert run_cli("feeds", "remove", "tass_en").code == 0
    listed = {feed["id"]: feed for feed in run_cli("feeds", "list", "--json").json}
    assert "mine" not in listed
    assert listed["tass_en"]["enabled"] is False


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (["feeds", "add", "http://127.0.0.1/feed"], "not public"),
        (["feeds", "add", "http://169.254.169.254/"], "not public"),
        (["feeds", "add", "file:///etc/passwd"], "http:// or https://"),
        (["feeds", "add", "https://tass.com/rss/v2.xml"], "has this address already"),
        (["feeds", "add", "https://a.example/", "--id", "tass_en"], "a feed of this id already"),
        (["feeds", "add", "https://a.example/", "--zone", "Mars/North"], "is no time zone"),
        (["feeds", "remove", "nobody"], "there is no feed of this id"),
        (["inbox", "refresh", "--feed", "nobody"], "there is no feed of this id"),
        (["inbox", "accept", "nobody"], "there is no report with this id"),
        (["inbox", "dismiss", "nobody"], "there is no report with this id"),
        (["inbox", "search", "ab"], "GDELT takes 3 to 250"),
    ],
)
def test_what_cannot_be_is_reported_in_one_line(run_cli, replica, command, text):
    answer = run_cli(*command)
    assert answer.code == 2
    assert text in answer.err
    assert answer.err.count("\n") == 1


def test_the_doctor_tells_of_the_feeds(run_cli, filled, monkeypatch):
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
    parts = {part["part"]: part for part in run_cli("doctor", "--json").json["parts"]}
    assert parts["Feeds"]["works"]
    assert "7 are on the list, 1 answered, last asked 20" in parts["Feeds"]["told"]
