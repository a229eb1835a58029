"""Studies and facts over the network, and the description for machines."""

from datetime import date

import pytest

from dashboard.models.event import Draft
from dashboard.services.exports import TABLES, study_table_titles
from dashboard.services.notes import add_note
from tests.api.conftest import rows_of
from tests.shipped_catalogue import COUNT

EVENTS_IN = COUNT


def test_every_event_is_in_the_study_or_skipped_with_its_reason(ask):
    used = {row["event_id"] for row in rows_of(ask("/v1/study.csv"))}
    skipped = rows_of(ask("/v1/study.csv?table=skipped"))
    assert all(row["reason"] for row in skipped)
    assert len(used) + len({row["event_id"] for row in skipped} - used) == EVENTS_IN


@pytest.mark.parametrize("table", study_table_titles())
def test_a_table_has_the_columns_of_the_contract(ask, table):
    header = ask(f"/v1/study.csv?table={table}").body.split(b"\n", 1)[0].decode()
    assert header == ",".join(TABLES[table].header)


def test_windows_and_filters_are_those_requested(ask):
    rows = rows_of(ask("/v1/study.csv?car=0:0&car=-1:1&category=nato_remark&model=none"))
    assert {row["window"] for row in rows} == {"[0,0]", "[-1,1]"}
    (kellogg,) = [
        row
        for row in rows
        if row["event_id"] == "kellogg-nato-off-table-2025-04-20" and row["window"] == "[0,0]"
    ]
    # ln(81.1371 / 80.7597) without a model
    assert round(float(kellogg["car"]), 6) == 0.004662
    assert kellogg["anchor_day"] == "2025-04-21"


def test_the_json_holds_the_same_numbers(ask):
    content = ask("/v1/study.json?category=nato_remark").json
    rows = rows_of(ask("/v1/study.csv?category=nato_remark"))
    content["headline"] = content.pop("headlines")
    assert set(content) == set(study_table_titles()) - {"paths"}
    assert [(row["event_id"], row["car"]) for row in content["events"]] == [
        (row["event_id"], float(row["car"])) for row in rows
    ]


def test_the_tables_named_to_machines_are_those_of_the_files(ask):
    ways = ask("/openapi.json").json["paths"]
    for method in ("/v1/study.csv", "/v1/study.json"):
        (response,) = [p for p in ways[method]["get"]["parameters"] if p["name"] == "table"]
        named = response["schema"].get("enum") or response["schema"]["anyOf"][0]["enum"]
        assert named == list(study_table_titles())


def test_a_table_that_there_is_not_is_refused(ask):
    assert ask("/v1/study.csv?table=specifications").status == 422


def test_a_test_says_in_json_how_it_misleads(ask):
    rows = ask("/v1/study.json?category=nato_remark&table=tests&limit=10000").json["rows"]
    patell = next(row for row in rows if row["test"] == "patell" and row["window"] == "[0,1]")
    # docs/size.md: the worst cell with dense dates, all events together where their days are wild.
    assert patell["dates"] == "dense"
    assert patell["caution"].startswith("rejects 85 % at the 5 % level in 500 simulated studies")
    volatility = next(row for row in rows if row["test"] == "volatility")
    assert volatility["caution"] == ""


def test_the_declared_test_has_its_role_and_a_table_of_its_own(ask):
    whole = ask("/v1/study.json?category=nato_remark").json
    roles = {row["test"]: row["role"] for row in whole["tests"]}
    assert {test for test, role in roles.items() if role} == {"cluster_rank"}
    page = ask("/v1/study.json?category=nato_remark&table=headline").json["rows"]
    assert page == whole["headlines"]
    row = page[0]
    mine = [r for r in whole["tests"] if (r["group"], r["window"]) == (row["group"], "[0,1]")]
    declared = next(r for r in mine if r["role"])
    assert (row["p_value"], row["p_adjusted"]) == (declared["p_value"], declared["p_adjusted"])
    assert row["low"] < row["high"]
    assert row["smallest_visible"] > 0
    file = rows_of(ask("/v1/study.csv?category=nato_remark&table=headline"))
    assert [float(item["mean"]) for item in file] == [item["mean"] for item in page]


def test_a_model_with_a_factor_can_be_requested_for(ask):
    plain = rows_of(ask("/v1/study.csv?category=nato_remark"))
    brent = rows_of(ask("/v1/study.csv?category=nato_remark&model=market&factor=brent_eia"))
    assert {row["event_id"] for row in brent} <= {row["event_id"] for row in plain}
    assert brent[0]["car"] != plain[0]["car"]
    refused = ask("/v1/study.csv?model=market")
    assert refused.status in {400, 422}
    assert "needs a factor" in refused.json["detail"]


def test_a_table_comes_in_pages(ask):
    # 16 offsets an event
    answer = ask("/v1/study.json?category=nato_remark&table=paths&limit=16&offset=16").json
    events = {row["event_id"] for row in ask("/v1/study.json?category=nato_remark").json["events"]}
    assert answer["total"] == 16 * len(events)
    assert [row["offset"] for row in answer["rows"]] == list(range(-5, 11))


def test_the_claim_of_the_journalist_is_answered(ask):
    # 80.7597 against 101.6797, the last record of 2024: -20.574 % and +25.904 %.
    (answer,) = ask("/v1/facts.json?date=2025-04-21").json["answers"]
    year_end = next(change for change in answer["changes"] if change["base"] == "year_end")
    assert answer["rate"] == 80.7597
    assert answer["strongest_since"] == {"day": "2023-05-30", "rate": 80.6872}
    assert year_end["base_rate"] == 101.6797
    assert round(year_end["rub_per_usd_pct"], 3) == -20.574
    assert round(year_end["usd_per_rub_pct"], 3) == 25.904


def test_the_claim_is_answered_by_every_source(ask):
    content = ask("/v1/facts.json?date=2025-04-21").json["source_moves"]
    assert [row["series"] for row in content if not row["reason"]] == [
        "usd_rub_cbr", "usd_rub_by_cny_rub_cbr",
    ]  # fmt: skip
    assert all(row["move_pct_usd_per_rub"] < 40 for row in content if not row["reason"])


def test_the_description_for_machines_names_every_way_and_loads_nothing_from_elsewhere(ask):
    content = ask("/openapi.json").json
    assert set(content["paths"]) == {
        "/v1/rates.csv",
        "/v1/rates.xlsx",
        "/v1/rates.json",
        "/v1/rates/search",
        "/v1/rates/fetch",
        "/v1/episodes.csv",
        "/v1/episodes.json",
        "/v1/episodes.xlsx",
        "/v1/events.csv",
        "/v1/events.xlsx",
        "/v1/events.json",
        "/v1/events",
        "/v1/events/{event_id}",
        "/v1/events/{event_id}/restore",
        "/v1/events/{event_id}/history",
        "/v1/events/{event_id}/window.csv",
        "/v1/events/{event_id}/window.xlsx",
        "/v1/events/{event_id}/window.json",
        "/v1/events/{event_id}/precedents.csv",
        "/v1/events/{event_id}/precedents.json",
        "/v1/events/{event_id}/precedents.xlsx",
        "/v1/events/{event_id}/sources.csv",
        "/v1/events/{event_id}/sources.xlsx",
        "/v1/events/{event_id}/sources.json",
        "/v1/sources.csv",
        "/v1/sources.xlsx",
        "/v1/sources.json",
        "/v1/study.csv",
        "/v1/study.xlsx",
        "/v1/study.json",
        "/v1/study/dose-response.csv",
        "/v1/study/dose-response.json",
        "/v1/study/second-stage.csv",
        "/v1/study/second-stage.json",
        "/v1/baskets.json",
        "/v1/baskets/{name}",
        *(f"/v1/events/{{event_id}}/basket.{kind}" for kind in ("csv", "xlsx", "json")),
        *(f"/v1/split.{kind}" for kind in ("csv", "xlsx", "json")),
        *(f"/v1/regimes.{kind}" for kind in ("csv", "xlsx", "json")),
        *(f"/v1/counterfactual.{kind}" for kind in ("csv", "xlsx", "json")),
        "/v1/drivers.csv",
        "/v1/drivers.xlsx",
        "/v1/drivers.json",
        "/v1/facts.json",
        "/v1/events/upcoming.json",
        "/v1/events.rss",
        "/v1/events.ics",
        "/v1/alerts.rss",
        "/v1/charts/{name}.json",
        "/v1/charts/{name}.{kind}",
        "/v1/value.txt",
    }
    writing = [(m, method) for method, on in content["paths"].items() for m in on if m != "get"]
    assert sorted(writing) == [
        ("delete", "/v1/baskets/{name}"),
        ("delete", "/v1/events/{event_id}"),
        ("patch", "/v1/events/{event_id}"),
        ("post", "/v1/events"),
        ("post", "/v1/events/{event_id}/restore"),
        ("post", "/v1/rates/fetch"),
        ("put", "/v1/baskets/{name}"),
    ]
    assert all("token" in content["paths"][method][m]["security"][0] for m, method in writing)
    assert content["servers"] == [{"url": "/api"}]
    parameters = content["paths"]["/v1/rates.csv"]["get"]["parameters"]
    assert {item["name"] for item in parameters} == {"series", "from", "to", "flavour", "asof"}
    for page in ("/docs", "/redoc"):
        assert ask(page).status == 404


DOSED = {
    "2024-02-16": (16.0, 16.5), "2024-03-22": (16.0, 16.0), "2024-04-26": (16.0, 15.5),
    "2024-06-07": (16.0, 17.0),
}  # fmt: skip


def test_moves_are_set_against_the_doses_of_events(own_client):
    ask, context = own_client
    for day, (actual, expected) in DOSED.items():
        draft = Draft(f"Decision of {day}", date.fromisoformat(day), category="rates",
                      value_actual=actual, value_expected=expected, value_unit="%")  # fmt: skip
        add_note(context.notes, draft)
    address = "/v1/study/dose-response"
    (row,) = [r for r in rows_of(ask(f"{address}.csv?category=rates")) if r["group"] == "rates"]
    assert (row["n"], row["unit"], row["slope"]) == ("4", "%", "")
    assert "fewer than 5" in row["reason"]
    points = ask(f"{address}.json?category=rates&table=dose_events").json["rows"]
    assert [point["value"] for point in points] == [-0.5, 0.0, 0.5, -1.0]
    moves = {r["event_id"]: float(r["car"]) for r in rows_of(ask("/v1/study.csv?category=rates"))}
    assert {point["event_id"]: point["car"] for point in points} == moves
    assert ask(f"{address}.csv?dose=size").status == 422


def test_cars_are_regressed_on_columns_of_events(ask):
    rows = ask("/v1/study/second-stage.json?regress=expected&category=monetary_policy").json["rows"]
    joint = [row for row in rows if row["levels"]]
    assert [(row["term"], row["levels"] > 1) for row in joint] == [("expected", True)]
    refused = ask("/v1/study/second-stage.csv?regress=colour")
    assert refused.status == 400
    assert "no column to regress on" in refused.json["detail"]


def test_regimes_splits_and_counterfactuals_are_those_of_the_commands(ask, run_cli):
    printed = run_cli("rates", "regimes", "usd_rub_cbr", "--trim", "10", "--json").json
    assert ask("/v1/regimes.json?series=usd_rub_cbr&trim=10").json == printed
    rows = rows_of(ask("/v1/regimes.csv?trim=10"))
    assert [row["from"] for row in rows] == [row["from"] for row in printed["regimes"]]

    split = ask("/v1/split.json?split=method-breaks&category=nato_remark").json
    words = ("study", "--split", "method-breaks", "--category", "nato_remark", "--json")
    assert split["rows"] == run_cli(*words).json["split"]

    address = "date=2020-03-09&donor=eur_usd_ecb&donor=usd_cny_ecb"
    words = ("--donors", "eur_usd_ecb", "--donors", "usd_cny_ecb", "--json")
    answer = ask(f"/v1/counterfactual.json?{address}").json
    assert answer == run_cli("counterfactual", "2020-03-09", *words).json
    path = rows_of(ask(f"/v1/counterfactual.csv?{address}&table=counterfactual_path"))
    assert [row["offset"] for row in path if row["actual_index"] == "100.0"] == ["-1"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("counterfactual.json", 400),
        ("counterfactual.json?event=nothing", 404),
        ("counterfactual.json?date=2020-03-09&event=x", 400),
        ("regimes.json?kind=relation", 400),
        ("split.json?split=sometimes", 400),
    ],
)
def test_a_wrong_request_for_periods_is_refused(ask, address, status):
    assert ask(f"/v1/{address}").status == status
