"""The shipped files are what data/datapackage.json says, and say what is known elsewhere."""

import csv
import hashlib
import itertools
import json
import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from dashboard.models.event import TITLE_LIMIT, Category, Expected, HourKind
from dashboard.models.publication import PUBLICATION_RULES

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
PACKAGE = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES = {resource["name"]: resource for resource in PACKAGE["resources"]}
RATES = [name for name, resource in RESOURCES.items() if resource["kind"] == "rates"]
PRICES = [name for name in RATES if "change" not in RESOURCES[name]]
CORRECTED = {  # the day in an id stays; the day of the event is that of the announcement
    "gas-cut-pl-bg-2022-04-27": "2022-04-26",
    "opec-surprise-cut-2023-04-03": "2023-04-02",
}


def rows(name):
    with (DATA / RESOURCES[name]["path"]).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


EVENTS = rows("catalogue")


def day_of(row):
    return next((row[name] for name in ("date", "day", "time_utc") if name in row), "")[:10]


def dates(name):
    return [date.fromisoformat(day_of(row)) for row in rows(name)]


def rate_on(name, day):
    (rate,) = [row["rate"] for row in rows(name) if row["date"] == day]
    return float(rate)


@pytest.mark.parametrize("name", RESOURCES)
def test_a_file_is_byte_for_byte_the_one_described(name):
    content = (DATA / RESOURCES[name]["path"]).read_bytes()
    assert RESOURCES[name]["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
    assert RESOURCES[name]["bytes"] == len(content)


@pytest.mark.parametrize("name", RESOURCES)
def test_a_file_is_plain_utf8_with_one_kind_of_line_end(name):
    content = (DATA / RESOURCES[name]["path"]).read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")
    content.decode("utf-8")


@pytest.mark.parametrize("name", RESOURCES)
def test_rows_and_range_are_those_described(name):
    assert RESOURCES[name]["rows"] == len(rows(name))
    if name in {"baskets", "ticker_names"}:  # names have no day
        assert "range" not in RESOURCES[name]
        return
    days = dates(name)
    assert RESOURCES[name]["range"] == {"first": str(min(days)), "last": str(max(days))}


@pytest.mark.parametrize("name", RESOURCES)
def test_the_header_is_that_of_the_schema_and_every_row_has_its_cells(name):
    with (DATA / RESOURCES[name]["path"]).open(encoding="utf-8", newline="") as lines:
        header, *cells = csv.reader(lines, strict=True)
    assert header == [field["name"] for field in RESOURCES[name]["schema"]["fields"]]
    assert {len(row) for row in cells} == {len(header)}


@pytest.mark.parametrize("name", RESOURCES)
def test_every_cell_keeps_the_type_and_the_limits_of_its_field(name):
    wrong = [
        (day_of(row), field["name"], row[field["name"]])
        for row in rows(name)
        for field in RESOURCES[name]["schema"]["fields"]
        if not cell_fits(row[field["name"]], field)
    ]
    assert wrong == []


def cell_fits(cell, field):
    limits = field.get("constraints", {})
    if cell == "":
        return not limits.get("required", False)
    readers = {
        "string": str,
        "number": float,
        "date": lambda text: date.fromisoformat(text) if len(text) == 10 else 1 / 0,
        "datetime": lambda text: datetime.strptime(text, field["format"]),  # noqa: DTZ007
    }
    try:
        value = readers[field["type"]](cell)
    except (ValueError, ZeroDivisionError):
        return False
    return (
        cell in limits.get("enum", [cell])
        and bool(re.fullmatch(limits.get("pattern", ".*"), cell))
        and len(cell) <= limits.get("maxLength", len(cell))
        and ("exclusiveMinimum" not in limits or value > limits["exclusiveMinimum"])
        and ("minimum" not in limits or value >= limits["minimum"])
    )


@pytest.mark.parametrize("name", RESOURCES)
def test_every_file_names_its_source_and_its_terms(name):
    resource = RESOURCES[name]
    assert resource["title"]
    assert resource["description"].endswith(".")
    for entry in (*resource["sources"], *resource["licenses"]):
        assert entry["title"]
        assert entry["path"].startswith("https://")
    for field in resource["schema"]["fields"]:
        assert field["title"]
        assert field["description"].endswith(".")


def test_every_shipped_file_is_described_and_nothing_else_lies_there():
    described = {DATA / resource["path"] for resource in RESOURCES.values()}
    there = {path for path in DATA.rglob("*") if path.is_file()}
    assert there == described | {DATA / "datapackage.json"}


def test_nothing_of_yahoo_or_the_exchange_ships():
    words = json.dumps([[r["sources"], r["path"]] for r in PACKAGE["resources"]]).lower()
    assert "yahoo" not in words
    assert "moex" not in words


def test_the_descriptor_is_what_the_script_measures():
    check = [sys.executable, "tools/describe_data.py", "--check"]
    answer = subprocess.run(check, check=False, cwd=ROOT, capture_output=True, text=True)
    assert (answer.returncode, answer.stdout + answer.stderr) == (0, "")


@pytest.mark.parametrize("name", RATES)
def test_dates_ascend_without_a_duplicate(name):
    days = dates(name)
    assert all(earlier < later for earlier, later in itertools.pairwise(days))


@pytest.mark.parametrize("name", RATES)
def test_the_date_rule_is_a_known_one_in_its_own_words(name):
    rule = PUBLICATION_RULES[RESOURCES[name]["dateRule"]]
    assert RESOURCES[name]["dateRuleText"] == rule.description


@pytest.mark.parametrize("name", RATES)
def test_a_series_says_what_it_counts_what_it_cannot_say_and_who_publishes_it(name):
    resource = RESOURCES[name]
    for key in ("title", "publisher", "unit", "quantity", "limits", "dateRuleText"):
        assert resource[key].strip(), key
    assert resource["limits"].endswith(".")
    assert all(resource["schema"]["fields"][1][key] for key in ("title", "description", "unit"))


@pytest.mark.parametrize("name", PRICES)
def test_a_rate_says_its_unit_both_ways_round_and_whose_moves_it_counts(name):
    resource = RESOURCES[name]
    upper, lower = resource["unit"].split(" per ")
    assert [word.rstrip("s") for word in resource["inverseUnit"].split(" per ")] == [lower, upper]
    assert resource["moveSign"] == (-1 if upper in {"RUB", "PLN", "HUF", "CZK", "TRY"} else 1)
    assert resource["schema"]["fields"][1]["unit"] == resource["unit"]


# Numbers known from elsewhere: the Bank of Russia's own pages and press reports of the day,
# the ECB's last rouble fixing, and the figures in the design of this product.
@pytest.mark.parametrize(
    ("name", "day", "rate"),
    [
        ("usd_rub_cbr", "2025-04-22", 80.7597),
        ("usd_rub_cbr", "2023-05-31", 80.6872),
        ("usd_rub_cbr", "2024-12-29", 101.6797),
        ("usd_rub_cbr", "2022-03-11", 120.3785),
        ("eur_rub_ecb", "2022-03-01", 117.201),
        ("eur_rub_ecb", "2022-02-28", 115.4842),
        ("brent_eia", "2022-03-08", 133.18),
        # EIA, the lowest day of April 2020; the ECB on the day before the invasion and the last.
        ("brent_eia", "2020-04-21", 9.12),
        ("brent_eia", "2013-01-02", 112.98),
        ("eur_pln_ecb", "2026-04-13", 4.2543),
        ("eur_huf_ecb", "2026-04-13", 366.9),
        ("eur_czk_ecb", "2024-03-06", 25.359),
        ("key_rate_cbr", "2013-09-17", 5.5),
        ("key_rate_cbr", "2022-02-28", 20.0),
        ("key_rate_cbr", "2024-10-28", 21.0),
    ],
)
def test_a_number_known_from_elsewhere_is_in_the_file(name, day, rate):
    assert rate_on(name, day) == rate


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("usd_rub_cbr", 3370),
        ("cny_rub_cbr", 1399),
        ("eur_rub_cbr", 1390),
        ("usd_rub_ecb", 4333),
        ("eur_rub_ecb", 4333),
        ("eur_usd_ecb", 4310),
        ("usd_cny_ecb", 4310),
        ("eur_pln_ecb", 4167),
        ("eur_huf_ecb", 4167),
        ("eur_czk_ecb", 4167),
        ("eur_try_ecb", 4167),
        ("brent_eia", 3467),
        ("key_rate_cbr", 3240),
        ("ruonia_cbr", 3959),
        ("gpr_daily", 4894),
        ("catalogue", 499),
        ("event_hours", 201),
        ("event_calendar", 10),
        ("consensus", 37),
    ],
)
def test_a_file_has_as_many_rows_as_its_origin(name, count):
    assert len(rows(name)) == count


def test_the_cross_is_the_quotient_of_the_two_fixings():
    dollars = {row["date"]: float(row["rate"]) for row in rows("eur_usd_ecb")}
    roubles = {row["date"]: float(row["rate"]) for row in rows("eur_rub_ecb")}
    cross = {row["date"]: float(row["rate"]) for row in rows("usd_rub_ecb")}
    common = dollars.keys() & roubles.keys() & cross.keys()
    assert len(common) > 3000
    assert all(abs(roubles[day] / dollars[day] - cross[day]) < 1e-3 for day in common)


def test_saturday_records_of_the_bank_of_russia_are_kept():
    weekdays = [day.weekday() for day in dates("usd_rub_cbr")]
    assert weekdays.count(5) > 600
    assert weekdays.count(0) < 20


def test_events_have_unique_ids_that_end_with_their_day():
    assert len({event["id"] for event in EVENTS}) == len(EVENTS)
    moved = {e["id"]: e["date"] for e in EVENTS if not e["id"].endswith(e["date"])}
    assert moved == CORRECTED


def test_events_are_in_order_of_their_day():
    days = dates("catalogue")
    assert days == sorted(days)


def test_events_use_the_closed_lists_of_the_program():
    fields = {field["name"]: field for field in RESOURCES["catalogue"]["schema"]["fields"]}
    assert set(fields["category"]["constraints"]["enum"]) == {str(c) for c in Category}
    assert set(fields["expected"]["constraints"]["enum"]) == {str(e) for e in Expected}
    assert fields["title"]["constraints"]["maxLength"] == TITLE_LIMIT


def test_a_moment_lies_on_the_day_of_its_event_give_or_take_the_time_zone():
    day = {event["id"]: date.fromisoformat(event["date"]) for event in EVENTS}
    timed = [*(event for event in EVENTS if event["time_utc"]), *rows("event_hours")]
    apart = [(date.fromisoformat(row["time_utc"][:10]) - day[row["id"]]).days for row in timed]
    assert len(timed) == 81 + 201
    assert min(apart) == -1
    assert max(apart) == 1


def test_an_hour_belongs_to_an_event_and_is_told_once():
    hours = rows("event_hours")
    assert {hour["id"] for hour in hours} <= {event["id"] for event in EVENTS}
    told = [(hour["id"], hour["time_utc"], hour["kind"]) for hour in hours]
    assert len(told) == len(set(told))
    assert not {hour["id"] for hour in hours} & {e["id"] for e in EVENTS if e["time_utc"]}


def test_the_kinds_of_hours_are_those_of_the_program():
    fields = {field["name"]: field for field in RESOURCES["event_hours"]["schema"]["fields"]}
    assert fields["kind"]["constraints"]["enum"] == [str(kind) for kind in HourKind]


def test_no_event_is_there_twice_under_another_id():
    titles = [(event["date"], event["title"].casefold()) for event in EVENTS]
    assert len(titles) == len(set(titles))


def test_the_numbers_in_the_words_of_the_catalogue_are_those_of_the_file():
    text = RESOURCES["catalogue"]["description"]
    weekend = sum(date.fromisoformat(event["date"]).isoweekday() > 5 for event in EVENTS)
    cited = sum("Wikipedia" in event["source_name"] for event in EVENTS)
    unlinked = sum(not event["source_url"] for event in EVENTS)
    for told in (
        f"{len(EVENTS)} dated news",
        f"{weekend} events fall on a weekend",
        f"{cited} rows cite Wikipedia",
        f"{unlinked} rows have no link",
        f"Nothing after {max(event['date'] for event in EVENTS)[8:].lstrip('0')} October",
    ):
        assert told in text  # fmt: skip


def test_the_key_rate_is_that_of_the_decisions_of_the_catalogue():
    key = {date.fromisoformat(row["date"]): float(row["rate"]) for row in rows("key_rate_cbr")}
    checked = 0
    for event in EVENTS:
        said = re.search(
            r"^Bank of Russia .*key rate .*?(?:to|at) (\d+(?:\.\d+)?)%", event["title"]
        )
        after = [day for day in key if day > date.fromisoformat(event["date"])]
        if said and after:
            # A decision of an emergency is in force the same day; others from the next week on.
            in_force = [key[day] for day in sorted(after)[:3]]
            assert float(said.group(1)) in in_force, event["title"]
            checked += 1
    assert checked == 82


def test_the_geopolitical_risk_index_names_its_authors_and_their_paper():
    risk = RESOURCES["gpr_daily"]
    for told in (
        "Dario Caldara and Matteo Iacoviello",
        "American Economic Review 112(4), 2022",
        "https://www.matteoiacoviello.com/gpr.htm",
        "provisional",
    ):
        assert told in risk["description"]  # fmt: skip
    assert "CC BY" in risk["licenses"][0]["title"]


def test_the_known_doubts_about_dates_are_told_and_use_the_chosen_date():
    text = RESOURCES["catalogue"]["description"]
    chosen = re.findall(r"(\d{4}-\d\d-\d\d) \(or", text)
    assert len(chosen) == 9
    assert set(chosen) <= {event["date"] for event in rows("catalogue")}


def test_the_event_of_the_strategist_is_a_sunday():
    (event,) = [e for e in rows("catalogue") if e["id"] == "kellogg-nato-off-table-2025-04-20"]
    assert date.fromisoformat(event["date"]).isoweekday() == 7
    assert (event["category"], event["expected"]) == ("nato_remark", "stronger")


def test_expected_key_rates_are_of_decisions_of_the_catalogue_in_order():
    decisions = {e["id"]: e for e in EVENTS if e["id"] == f"cbr-{e['date']}"}
    assert [row["event_id"] for row in rows("consensus")] == sorted(
        row["event_id"] for row in rows("consensus")
    )
    for row in rows("consensus"):
        event = decisions[row["event_id"]]
        assert row["day"] == event["date"]
        (level,) = re.findall(r"key rate (?:to|at) (\d+(?:\.\d+)?)%", event["title"])
        assert float(row["value_actual"]) == float(level)


def test_what_was_decided_less_what_was_before_is_the_step_of_the_key_rate():
    key = [(row["date"], float(row["rate"])) for row in rows("key_rate_cbr")]
    for row in rows("consensus"):
        before = [rate for day, rate in key if day <= row["day"]][-1]
        # In force from the next day or the next Monday on: the second record has it in any case.
        in_force = [rate for day, rate in key if day > row["day"]][1]
        actual, previous = float(row["value_actual"]), float(row["value_previous"])
        assert previous == before, row["event_id"]
        assert actual - previous == pytest.approx(in_force - before), row["event_id"]


def test_an_expected_key_rate_is_as_of_the_days_before_the_decision_and_within_its_range():
    for row in rows("consensus"):
        ahead = date.fromisoformat(row["day"]) - date.fromisoformat(row["expected_as_of"])
        assert 0 <= ahead.days <= 14, row["event_id"]
        assert bool(row["expected_low"]) == bool(row["expected_high"])
        if row["expected_low"]:
            low, high = float(row["expected_low"]), float(row["expected_high"])
            assert low <= float(row["value_expected"]) <= high
        assert (float(row["value_expected"]) * 4).is_integer()  # steps of 25 points


def test_the_numbers_in_the_words_of_the_expected_key_rates_are_those_of_the_file():
    text = RESOURCES["consensus"]["description"]
    surprises = [r for r in rows("consensus") if r["value_actual"] != r["value_expected"]]
    assert f"of {len(rows('consensus'))} decisions" in text
    assert f"{len(surprises)} decisions differ" in text
