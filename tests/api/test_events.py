"""Events over the network: the catalogue, notes, one event and its window."""

from datetime import UTC, date, datetime

from dashboard.models.event import Draft
from dashboard.services.exports import table_file
from dashboard.services.notes import add_note, delete_note
from dashboard.sources.events.schedule import Schedule
from tests.api.conftest import rows_of
from tests.shipped_catalogue import CATALOGUE

KELLOGG = "kellogg-nato-off-table-2025-04-20"


def test_the_file_holds_the_whole_catalogue(ask):
    rows = rows_of(ask("/v1/events.csv"))
    assert sorted((r["id"], r["date"], r["category"]) for r in rows) == sorted(
        (r["id"], r["date"], r["category"]) for r in CATALOGUE
    )


def test_filters_are_and_a_repeated_one_is_or(ask):
    address = "/v1/events.json?category=nato_remark&category=peace_talks&from=2025-01-01"
    result = {row["id"] for row in ask(address).json["rows"]}
    assert result == {
        row["id"]
        for row in CATALOGUE
        if row["category"] in {"nato_remark", "peace_talks"} and row["date"] >= "2025-01-01"
    }
    assert KELLOGG in result


def test_a_search_finds_text_of_the_title(ask):
    rows = ask("/v1/events.json?q=off+the+TABLE").json["rows"]
    assert KELLOGG in {row["id"] for row in rows}
    assert len(rows) < 10


def test_one_event_is_reported_with_its_source(ask):
    (line,) = [row for row in CATALOGUE if row["id"] == KELLOGG]
    event = ask(f"/v1/events/{KELLOGG}").json
    assert event["date"] == "2025-04-20"
    assert event["title"] == line["title"]
    assert event["source_url"] == line["source_url"]


def test_the_window_of_an_event_starts_at_the_first_fixing_that_can_contain_it(ask):
    # Said on Sunday 20 April 2025. Base: the fixing of Friday the 18th, 81.1371 (record of
    # the 19th); offset 0: that of Monday the 21st, 80.7597 (record of the 22nd).
    # 100 ln(81.1371 / 80.7597) = 0.4662
    rows = {row["offset"]: row for row in rows_of(ask(f"/v1/events/{KELLOGG}/window.csv"))}
    assert (rows["-1"]["day"], float(rows["-1"]["rate"])) == ("2025-04-18", 81.1371)
    assert (rows["0"]["day"], float(rows["0"]["rate"])) == ("2025-04-21", 80.7597)
    assert round(float(rows["0"]["move_log_pts"]), 4) == 0.4662
    content = ask(f"/v1/events/{KELLOGG}/window.json").json
    assert content["timing"]["first"]["record"] == "2025-04-22"
    assert content["timing"]["base"]["day"] == "2025-04-18"
    assert [move["window"] for move in content["moves"]][:2] == ["[0,0]", "[0,1]"]
    assert content["path"][5]["move_log_pts"] == float(rows["0"]["move_log_pts"])


def test_a_note_is_there_as_soon_as_it_is_saved_and_gone_when_deleted(own_client):
    ask, context = own_client
    before = ask("/v1/events.json?origin=note")
    note = add_note(context.notes, Draft("Something was said", date(2025, 4, 21)))
    after = ask("/v1/events.json?origin=note", if_none_match=before.headers["etag"])
    assert before.json["total"] == 0
    assert [row["id"] for row in after.json["rows"]] == [note.id]
    assert ask(f"/v1/events/{note.id}").json["title"] == "Something was said"

    delete_note(context.notes, note.id, note.revision)
    gone = ask(f"/v1/events/{note.id}")
    assert gone.status == 410
    assert "was deleted on" in gone.json["detail"]
    assert ask("/v1/events.json?origin=note").json["total"] == 0


def test_the_file_is_the_one_the_page_gives(own_client):
    ask, context = own_client
    note = add_note(
        context.notes, Draft("=1+1 \u202eevil", date(2025, 4, 21), text='=cmd|"/C calc"')
    )
    answer = ask("/v1/events.csv?origin=note")
    assert answer.body == table_file("event_list", [note])
    assert rows_of(answer)[0]["title"].startswith("'=1+1")
    assert ask("/v1/events.json?origin=note").json["rows"][0]["title"] == note.title


def test_an_event_is_compared_on_every_source_of_the_dollar(ask):
    # [0,0] from Friday 18 April (81.1371) to Monday 21 April 2025 (80.7597).
    content = ask(f"/v1/events/{KELLOGG}/sources.json?window=0:0").json["rows"]
    official = next(row for row in content if row["series"] == "usd_rub_cbr")
    assert (official["event_id"], official["window"]) == (KELLOGG, "[0,0]")
    assert (official["base_rate"], official["end_rate"]) == (81.1371, 80.7597)
    assert official["end_known_at"] == "2025-04-21T12:30:00Z"
    assert round(official["move_log_pts"], 4) == 0.4662
    ended = next(row for row in content if row["series"] == "usd_rub_ecb")
    assert (ended["reason"], ended["move_log_pts"]) == ("the series ended on 2022-03-01", None)
    rows = rows_of(ask(f"/v1/events/{KELLOGG}/sources.csv?window=0:0"))
    assert [row["series"] for row in rows] == [row["series"] for row in content]
    assert float(rows[0]["move_log_pts"]) == official["move_log_pts"]


def test_events_are_compared_on_every_source_with_the_filters_of_the_list(ask):
    content = ask("/v1/sources.json?q=off+the+table&window=0:0&limit=2").json
    assert content["total"] == 3 * ask("/v1/events.json?q=off+the+table").json["total"]
    assert len(content["rows"]) == 2
    rows = rows_of(ask("/v1/sources.csv?q=off+the+table&window=0:0"))
    kellogg = [row for row in rows if row["event_id"] == KELLOGG]
    assert kellogg == rows_of(ask(f"/v1/events/{KELLOGG}/sources.csv?window=0:0"))


def test_a_window_of_sources_that_ends_before_it_starts_is_refused(ask):
    answer = ask(f"/v1/events/{KELLOGG}/sources.json?window=3:1")
    assert answer.status == 400
    assert "ends before it starts" in answer.json["detail"]
    assert ask("/v1/events/nothing/sources.csv").status == 404


def test_what_is_scheduled_is_listed_found_by_its_id_and_has_no_move_yet(ask):
    now = datetime.now(UTC)
    rows = ask("/v1/events/upcoming.json").json["rows"]
    assert [row["id"] for row in rows] == [e.id for e in Schedule().events() if e.moment > now]
    for row in rows:
        assert row["in_days"] >= 0
        assert (row["usual"]["category"], row["usual"]["rates"]) == ("monetary_policy", 88)
    last = "/v1/events/cbr-2027-12-17"
    assert ask(last).json["hour_kind"] == "scheduled"
    window = ask(f"{last}/window.json").json
    assert window["moves"] == []
    assert window["reason"].startswith("after the data")
    frozen = ask("/v1/events/upcoming.json?asof=2026-06-01").json
    assert frozen["rows"] == []
    assert "cbr-2027-12-17" not in {row["id"] for row in rows_of(ask("/v1/events.csv"))}


def test_precedents_are_listed_with_what_followed_and_with_the_reason_of_each_left_out(ask):
    address = f"/v1/events/{KELLOGG}/precedents"
    content = ask(f"{address}.json?number=5").json
    rows = rows_of(ask(f"{address}.csv?number=5"))
    assert [row["precedent_id"] for row in rows] == [
        row["precedent_id"] for row in content["precedents"]
    ]
    taken = [row for row in content["precedents"] if row["taken"]]
    assert len(taken) == 5
    assert content["verdict"] is False
    assert all(row["event_day"] < "2025-04-20" for row in taken)
    assert all(row["reason"] for row in content["precedents"] if not row["taken"])
    paths = rows_of(ask(f"{address}.csv?number=5&table=precedent_paths"))
    assert {row["precedent_id"] for row in paths} == {
        KELLOGG, *(row["precedent_id"] for row in taken),
    }  # fmt: skip
    assert ask(f"{address}.json?number=41").status == 422
    assert ask("/v1/events/no-such-event/precedents.json").status == 404
