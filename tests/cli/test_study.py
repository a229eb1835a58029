"""`study`: its options, its files and its JSON, on files small enough for a pencil."""

from __future__ import annotations

import json
import math

import pytest

from tests.cli.conftest import table
from tests.shipped_catalogue import COUNT

COLUMNS = {
    "moves.csv": "event_day title category source move_pct direction subject quote window base_day"
    " base_rate end_day end_rate percentile series event_id source_url",
    "paths.csv": "event_id series offset day rate return normal abnormal abnormal_se car"
    " ordinary_low ordinary_high",
    "events.csv": "event_id series event_day anchor_day shift_days window car car_se car_t df"
    " p_value bhar placebo_p percentile n_estimation crowd crowd_ids flags percentile_by_move"
    " pool_size pool_first_day pool_last_day",
    "averages.csv": "group offset n aar aar_se caar caar_low caar_high supt_low supt_high",
    "headline.csv": "group window n rates clusters mean median mean_without_largest low high"
    " p_value p_adjusted smallest_visible reason statistic largest_share",
    "tests.csv": "group window test statistic df p_value p_adjusted n null_hypothesis reference"
    " role",
    "skipped.csv": "event_id series reason",
    "correlation.csv": "group lag method r low high n p_value p_adjusted",
    "regression.csv": "term estimate se t p_value n lags p_adjusted",
    "direction.csv": "group window n hits share low high p_value unclear unmoved p_adjusted",
    "intervals.csv": "group window method low high clusters draws",
    "projections.csv": "group series horizon n events rates rates_dropped estimate se_hc1 se_hac"
    " lags low high supt_low supt_high p_value p_adjusted dropped dropped_by pretrend_wald"
    " pretrend_df pretrend_df_error pretrend_p reason",
}

# Eight days; the returns from the second on are +10 %, -10 % of 110, 0, +10 %, +20 %, -50 %, +10 %.
RATES = (
    "date,X\n2024-01-01,100\n2024-01-02,110\n2024-01-03,99\n2024-01-04,99\n2024-01-05,108.9\n"
    "2024-01-08,130.68\n2024-01-09,65.34\n2024-01-10,71.874\n"
)
# A Saturday: its first rate is Monday the 8th, row 5.
EVENTS = "id,date,category,title\nweekend,2024-01-06,talks,Something\nlate,2024-02-01,talks,Later\n"
SMALL = ("--model", "none", "--window", "0:1", "--car", "0:1", "--car", "0:0", "--estimation", "4",
         "--gap", "0", "--min-estimation", "3")  # fmt: skip


@pytest.fixture
def small(write_file):
    return ("--rates", write_file("x.csv", RATES), "--events", write_file("e.csv", EVENTS), *SMALL)


def test_the_files_have_the_columns_of_the_contract(run_cli, small, tmp_path):
    assert run_cli("study", *small, "--out", tmp_path / "out").code == 0
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {*COLUMNS, "manifest.json", "study.xlsx"}
    for name, columns in COLUMNS.items():
        assert table(tmp_path / "out" / name)[0] == columns.split()


def test_an_event_by_hand(run_cli, small, tmp_path):
    run_cli("study", *small, "--returns", "simple", "--out", tmp_path)
    first, second = table(tmp_path / "events.csv")[1]
    assert (first["event_id"], first["series"], first["window"]) == ("weekend", "X", "[0,1]")
    assert (first["event_day"], first["anchor_day"]) == ("2024-01-06", "2024-01-08")
    assert first["shift_days"] == "2"
    # No-change model: CAR = 0.2 - 0.5; sigma^2 = (0.01 + 0.01 + 0 + 0.01) / 4 with 4 df
    se = math.sqrt(0.03 / 4)
    assert float(first["car"]) == pytest.approx(0.2 - 0.5)
    assert float(first["car_se"]) == pytest.approx(se * math.sqrt(2))
    assert float(first["car_t"]) == pytest.approx(-0.3 / (se * math.sqrt(2)))
    assert (first["df"], first["n_estimation"]) == ("4.0", "4")
    # Held over both days: 1.2 x 0.5 - 1
    assert float(first["bhar"]) == pytest.approx(1.2 * 0.5 - 1)
    assert (first["crowd"], first["crowd_ids"]) == ("0", "")
    assert "date_only" in first["flags"].split()
    assert (second["window"], float(second["car"])) == ("[0,0]", pytest.approx(0.2))
    assert table(tmp_path / "skipped.csv")[1] == [
        {"event_id": "late", "series": "X",
         "reason": "after the data: the last observation describes 2024-01-10"}
    ]  # fmt: skip


def test_a_path_by_hand(run_cli, small, tmp_path):
    run_cli("study", *small, "--returns", "simple", "--out", tmp_path)
    _, rows = table(tmp_path / "paths.csv")
    assert [(row["offset"], row["day"], row["rate"]) for row in rows] == [
        ("0", "2024-01-08", "130.68"), ("1", "2024-01-09", "65.34"),
    ]  # fmt: skip
    assert [float(row["return"]) for row in rows] == pytest.approx([0.2, -0.5])
    assert [float(row["normal"]) for row in rows] == [0.0, 0.0]
    assert [float(row["car"]) for row in rows] == pytest.approx([0.2, -0.3])
    # 97.5 % quantile of Student's t with 4 df: 2.7764451
    assert float(rows[0]["ordinary_high"]) == pytest.approx(
        2.7764451051977987 * math.sqrt(0.03 / 4)
    )


def test_log_returns_are_the_default_and_have_no_buy_and_hold(run_cli, small, tmp_path):
    run_cli("study", *small, "--out", tmp_path)
    first = table(tmp_path / "events.csv")[1][0]
    assert float(first["car"]) == pytest.approx(math.log(65.34 / 108.9))
    assert first["bhar"] == ""


@pytest.mark.parametrize(
    ("quote", "sign"), [("as-quoted", 1), ("usd-per-rub", 1), ("rub-per-usd", -1)]
)
def test_only_roubles_per_dollar_turn_the_sign(run_cli, small, tmp_path, quote, sign):
    run_cli("study", *small, "--quote", quote, "--out", tmp_path)
    first = table(tmp_path / "events.csv")[1][0]
    assert float(first["car"]) == pytest.approx(sign * math.log(65.34 / 108.9))


INPUT = {"x.csv", "e.csv"}


def test_the_json_is_the_rows_of_the_files(run_cli, small, tmp_path):
    answer = run_cli("study", *small, "--json", "--out", tmp_path)
    assert (answer.code, answer.err) == (0, "")
    text = answer.json
    text["headline"] = text.pop("headlines")
    assert {f"{name}.csv" for name in text} == {
        path.name for path in tmp_path.glob("*.csv") if path.name not in INPUT | {"paths.csv"}
    }
    for row in text["tests"]:  # the remark of a test is not in its file
        assert all(
            isinstance(row.pop(neighbours), str) for neighbours in ("note", "dates", "caution")
        )
    for name, rows in text.items():
        columns, written = table(tmp_path / f"{name}.csv")
        assert len(rows) == len(written)
        for row, line in zip(rows, written, strict=True):
            assert list(row) == columns
            for column, value in row.items():
                if value is None:
                    assert line[column] == ""
                elif isinstance(value, str):
                    assert value == line[column]
                else:
                    assert value == float(line[column])


def test_the_terminal_says_what_the_declared_test_says_and_where_the_others_are(run_cli, tmp_path):
    message = run_cli("study", "--category", "nato_remark").out.splitlines()
    run_cli("study", "--category", "nato_remark", "--out", tmp_path)
    row = table(tmp_path / "headline.csv")[1][0]
    at = next(k for k, line in enumerate(message) if line.startswith(f"{row['group']} [0,1]: "))
    numbers = {name: 100 * float(row[name]) for name in ("mean", "low", "high")}
    shown = {name: f"{value:+.2f}".replace("-", "\u2212") for name, value in numbers.items()}
    assert message[at].startswith(
        f"{row['group']} [0,1]: not unusual; mean {shown['mean']} log pts stronger"
        f" (95 % {shown['low']} to {shown['high']}); p {float(row['p_value']):.4f}, holm "
    )
    assert (
        f"N = {row['n']} events on {row['rates']} rates, {row['clusters']} clusters"
        in message[at + 1]
    )
    seen = 100 * float(row["smallest_visible"])
    shown_least = f"{seen:.1f}" if seen >= 1 else f"{seen:.2f}"
    assert f"means under about {shown_least} log pts would not be seen" in message[at + 1]
    assert message[at + 2].startswith("    median ")
    assert "without the three largest moves" in message[at + 2]
    assert any(line.startswith("The other tests, as orientation: tests.csv") for line in message)
    assert not any("cross_section_t" in line for line in message)


def test_a_small_group_has_no_verdict_in_the_terminal(run_cli, small):
    message = run_cli("study", *small).out
    assert "too few separate episodes for a verdict (8 clusters are needed)" in message
    assert "N = 1 event on 1 rate, 1 cluster" in message
    assert "unusual" not in message


def test_numbers_are_numbers_and_what_is_missing_is_null(run_cli, small):
    row = run_cli("study", *small, "--json").json["events"][0]
    assert isinstance(row["car"], float)
    assert isinstance(row["shift_days"], int)
    assert row["bhar"] is None


@pytest.mark.parametrize("options", [["--window", "-1:1"], ["--window=-1:1"]])
def test_a_window_may_start_with_a_minus(run_cli, options):
    answer = run_cli("study", *options, "--car", "-1:1", "--car=-1:0", "--json")
    assert answer.code == 0
    assert {row["window"] for row in answer.json["events"]} == {"[-1,1]", "[-1,0]"}
    assert {row["offset"] for row in answer.json["averages"]} == {-1, 0, 1}


def test_a_window_requested_twice_is_answered_once(run_cli, small):
    rows = run_cli("study", *small, "--car", "0:1", "--json").json["events"]
    assert [row["window"] for row in rows] == ["[0,1]", "[0,0]"]


# ------------------------------------------------------------------ what goes in


def test_columns_of_a_file_are_picked(run_cli, write_file):
    lines = RATES.splitlines()
    rates = write_file(
        "two.csv", "\n".join([f"{lines[0]},Y", *(f"{line},1" for line in lines[1:])])
    )
    events = write_file("e.csv", EVENTS)
    both = run_cli("study", "--rates", rates, "--events", events, *SMALL, "--json").json
    one = run_cli("study", "--rates", rates, "--events", events, "--series", "X", *SMALL, "--json")
    assert {row["series"] for row in both["events"]} == {"X", "Y"}
    assert {row["series"] for row in one.json["events"]} == {"X"}


def test_a_column_that_is_not_picked_may_hold_anything(run_cli, write_file):
    rates = write_file("two.csv", "date,X,remark\n" + "".join(
        f"2024-01-{day:02d},{100 + day},text\n" for day in range(1, 20)))  # fmt: skip
    events = write_file("e.csv", "id,date\na,2024-01-10\n")
    answer = run_cli("study", "--rates", rates, "--events", events, "--series", "X", *SMALL)
    assert answer.code == 0
    every = run_cli("study", "--rates", rates, "--events", events, *SMALL)
    assert every.code == 0
    assert "two.csv, column remark: holds no number and was left out" in every.err


def test_an_event_is_studied_on_the_series_it_names(run_cli, write_file):
    rates = write_file("x.csv", RATES)
    events = write_file("e.csv", "id,date,series\nmine,2024-01-08,X\nother,2024-01-08,Z\n")
    answer = run_cli("study", "--rates", rates, "--events", events, *SMALL, "--json").json
    assert {row["event_id"] for row in answer["events"]} == {"mine"}
    assert answer["skipped"] == [
        {"event_id": "other", "series": "Z", "reason": "no series Z in this study"}
    ]


def test_a_category_is_studied_while_all_events_stay_known(run_cli, write_file):
    rates = write_file("x.csv", RATES)
    events = write_file(
        "e.csv", "id,date,category\na,2024-01-08,talks\nb,2024-01-09,other things\n"
    )
    answer = run_cli("study", "--rates", rates, "--events", events, "--category", "talks", *SMALL,
                   "--json").json  # fmt: skip
    assert {(row["event_id"], row["window"], row["crowd_ids"]) for row in answer["events"]} == {
        ("a", "[0,1]", "b"), ("a", "[0,0]", ""),
    }  # fmt: skip


def test_an_event_file_stands_alone(run_cli, write_file):
    # The catalogue has an event on 2025-04-20; a file's event of that day is not crowded by it.
    events = write_file("e.csv", "id,date\nmine,2025-04-20\n")
    answer = run_cli("study", "--events", events, "--json").json
    assert [row["crowd"] for row in answer["events"]] == [0]


def test_a_note_is_an_event_like_any_other_and_can_be_left_out(run_cli):
    run_cli("events", "add", "A note", "--date", "2025-04-21")
    every = run_cli("study").out.splitlines()[-1]
    catalogue = run_cli("study", "--origin", "catalogue").out.splitlines()[-1]
    notes = run_cli("study", "--origin", "note").out.splitlines()[-1]
    assert every.startswith(f"{COUNT + 1} events: ")
    assert catalogue.startswith(f"{COUNT} events: ")
    assert notes == "1 event: 1 studied + 0 skipped = 1"


# ------------------------------------------------------------------ the sum


def test_an_event_that_misses_one_window_is_in_both_files_and_the_sum_holds(
    run_cli, write_file, tmp_path
):
    rates = write_file("x.csv", RATES)
    events = write_file("e.csv", "id,date\nwhole,2024-01-08\ncut,2024-01-10\nlate,2025-01-01\n")
    message = run_cli("study", "--rates", rates, "--events", events, *SMALL, "--out", tmp_path).out
    lines = message.splitlines()
    assert lines[0] == "3 events: 2 in events.csv + 1 in skipped.csv = 3"
    assert lines[1] == "1 of the 2 also in skipped.csv, for a window or a series they miss"
    answered = {row["event_id"] for row in table(tmp_path / "events.csv")[1]}
    skipped = {row["event_id"] for row in table(tmp_path / "skipped.csv")[1]}
    assert (answered, skipped) == ({"whole", "cut"}, {"cut", "late"})


@pytest.mark.parametrize("overlap", ["keep", "first", "exclude"])
def test_the_sum_holds_under_every_overlap_rule(run_cli, overlap):
    message = run_cli("study", "--overlap", overlap).out.splitlines()[-1]
    total, used, skipped, again = (int(word) for word in message.split() if word.isdigit())
    assert total == used + skipped == again == COUNT


# ------------------------------------------------------------------ the manifest


def test_the_same_study_twice_is_the_same_bytes(run_cli, small, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1745193600")
    for name in ("one", "two"):
        run_cli("study", *small, "--out", tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text())
    assert manifest["created_at"] == "2025-04-21T00:00:00Z"


def test_the_manifest_names_the_files_by_name_and_hash(run_cli, small, tmp_path):
    import hashlib

    run_cli("study", *small, "--out", tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert {file["name"]: file["sha256"] for file in manifest["data_files"]} == {
        "x.csv": hashlib.sha256(RATES.encode()).hexdigest(),
        "e.csv": hashlib.sha256(EVENTS.encode()).hexdigest(),
    }
    assert manifest["counts"]["events_in"] == 2
    assert str(tmp_path) not in json.dumps(manifest)


def test_what_lies_in_the_folder_already_stays(run_cli, small, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    run_cli("study", *small, "--out", tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_groups_can_be_those_of_the_expected_direction(run_cli, write_file):
    rates = "date,X\n" + "".join(f"2024-01-{k:02d},{100 + k * k % 7}\n" for k in range(1, 31))
    events = "id,date,category,expected\n" + "".join(
        f"e{k},2024-01-{k},talks,{'weaker' if k % 2 else 'stronger'}\n" for k in range(20, 25)
    )
    response = ("study", "--rates", write_file("r.csv", rates), "--events",
                write_file("e.csv", events), "--window=0:0", "--car=0:0", "--estimation", "10",
                "--gap", "0", "--min-estimation", "5", "--json")  # fmt: skip

    def counts(*more):
        rows = run_cli(*response, *more).json["tests"]
        return {row["group"]: row["n"] for row in rows if row["test"] == "cross_section_t"}

    assert counts("--by", "expected") == {"all": 5, "stronger": 3, "weaker": 2}
    assert counts() == {"all": 5, "talks": 5}
