"""The Python interface: the numbers and the words of command line and pages, from data frames."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import dashboard
from dashboard import (
    InputError,
    check_claim,
    compare,
    facts,
    load_events,
    load_rates,
    plot_compare,
    plot_event,
    read_article,
    robustness,
    study,
)
from dashboard.cli import run

ROOT = Path(__file__).parents[2]
THIN = "\u202f"
TABLES = ("events", "paths", "averages", "headline", "tests", "skipped")
FUNCTIONS = [getattr(dashboard, name) for name in dashboard.__all__ if name[0].islower()]


def plain(text):
    """A text with plain spaces."""
    return text.replace("\xa0", " ").replace(THIN, " ")


@pytest.fixture
def nato():
    return study(load_rates(), load_events(category="nato_remark"))


@pytest.fixture(scope="module")
def own():
    """400 days of two series, one of which follows the other, and ten events."""
    draws = np.random.default_rng(5).normal(0, 0.01, (400, 2))
    draws[:, 1] = 0.5 * draws[:, 0] + 0.5 * draws[:, 1]
    days = pd.bdate_range("2024-01-01", periods=400, tz="Europe/Moscow")
    levels = np.exp(np.cumsum(draws, axis=0)) * 50
    frame = pd.DataFrame(np.round(levels, 6), index=days, columns=["one", "two"])
    dates = days[100:390:29].tz_localize(None)
    events = pd.DataFrame({"date": dates, "title": [f"event {k}" for k in range(len(dates))]})
    return frame, events


# ---- importing


def test_the_import_is_fast_and_brings_nothing_heavy():
    code = (
        "import sys, time; start = time.process_time(); import dashboard;"
        "print(time.process_time() - start);"
        "print(sorted({'numpy', 'pandas', 'plotly', 'pydantic', 'dashboard.container'}"
        " & {*sys.modules}))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    seconds, heavy = result.stdout.splitlines()
    assert float(seconds) < 0.3
    assert heavy == "[]"


def test_the_stub_declares_what_is_exported():
    stub = ast.parse((ROOT / "dashboard/__init__.pyi").read_text(encoding="utf-8"))
    names = {
        alias.asname
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert {*dashboard.__all__} - {"__version__"} == names - {None}
    assert {*dashboard.__all__} <= {*dir(dashboard)}
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = dashboard.nothing


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_every_parameter_is_described_as_numpydoc_has_it(function):
    described = inspect.getdoc(function)
    head, _line, rest = described.partition("\nParameters\n----------\n")
    assert head
    parameters = rest.partition("\nReturns\n-------\n")[0]
    names = re.findall(r"^\*{0,2}([\w, ]+?)(?: :.*)?$", parameters, re.M)
    listed = {name.strip() for line in names for name in line.split(",")}
    assert {*inspect.signature(function).parameters} <= listed
    assert "\nRaises\n------\n" in described


def test_nothing_is_written_by_a_study(tmp_path, monkeypatch):
    monkeypatch.setenv("DASHBOARD_HOME", str(tmp_path))
    study(category="domestic").summary()
    facts("2025-04-21", asof="2025-04-22").summary()
    assert [*tmp_path.rglob("*")] == []


# ---- the numbers of the command line


def read_csv(path, frame):
    """A CSV file with the types of a data frame, which has the same columns."""
    written = pd.read_csv(path, keep_default_na=False, na_values=[""])
    assert [*written.columns] == [*frame.columns]
    for name, kind in frame.dtypes.items():
        if pd.api.types.is_datetime64_any_dtype(kind):
            written[name] = pd.to_datetime(written[name], utc=getattr(kind, "tz", None) is not None)
        elif kind != "str":
            written[name] = written[name].astype(kind)
    return written


def test_every_table_is_that_of_the_command_line(nato, tmp_path):
    assert run(["study", "--category", "nato_remark", "--out", str(tmp_path)]) == 0
    for name in TABLES:
        frame = getattr(nato, name)
        written = read_csv(tmp_path / f"{name}.csv", frame)
        for column in frame.columns:
            if frame[column].dtype == "str":
                assert frame[column].fillna("").tolist() == list(
                    map(str, written[column].astype(object).fillna(""))
                )
            else:
                pd.testing.assert_series_equal(
                    frame[column], written[column], check_dtype=False, rtol=0, atol=0
                )
    assert len(nato.events) == 70


def test_a_frame_of_own_levels_gives_what_its_file_gives(own, tmp_path):
    levels, events = own
    file, event_file = tmp_path / "levels.csv", tmp_path / "events.csv"
    levels.rename(index=lambda day: day.date()).rename_axis("date").to_csv(file)
    events.to_csv(event_file, index=False)
    options = {"series": "two", "factor": "one", "model": "market", "quote": "rub-per-usd"}
    of_frame, of_file = study(levels, events, **options), study(file, event_file, **options)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(of_frame, name), getattr(of_file, name))
    assert len(of_frame.events) == len(events)


@pytest.mark.parametrize(
    "convert",
    [
        lambda frame: frame.rename_axis("date").reset_index(),
        lambda frame: frame.tz_localize(None),
        lambda frame: frame.tz_localize(None).to_period("D"),
        lambda frame: frame.iloc[::-1],
        lambda frame: pl.from_pandas(frame.tz_localize(None).rename_axis("date").reset_index()),
        lambda frame: pa.Table.from_pandas(frame.rename_axis("date").reset_index()),
        lambda frame: frame.tz_localize(None).rename_axis("when").reset_index(),
    ],
    ids=["column", "naive", "period", "descending", "polars", "arrow", "other-name"],
)
def test_one_panel_in_every_form_gives_the_same_numbers(own, convert):
    levels, events = own
    expected = study(levels, events).events
    pd.testing.assert_frame_equal(study(convert(levels), events).events, expected)
    assert expected["series"].unique().tolist() == ["one", "two"]


def test_events_with_hours_keep_them_in_a_frame(own):
    levels, _events = own
    hours = levels.index[[120, 180]].tz_localize(None) + pd.Timedelta(hours=20, minutes=30)
    zoned = pd.DataFrame({"date": hours.tz_localize("Europe/Moscow"), "title": ["one", "two"]})
    polars = pl.from_pandas(zoned)
    utc = pd.DataFrame(
        {"date": hours.normalize(), "time_utc": ["17:30", "17:30"], "title": ["one", "two"]}
    )
    expected = study(levels, utc, estimation=60).events
    assert expected["flags"].str.contains("date_only").sum() == 0
    for frame in (zoned, polars):
        pd.testing.assert_frame_equal(study(levels, frame, estimation=60).events, expected)


def test_rows_of_ours_are_recognised_and_part_of_them_studied():
    rates = load_rates(since="2024-01-01", until="2025-06-30")
    assert rates["series"].unique().tolist() == ["usd_rub_cbr"]
    part = study(rates, load_events(category="nato_remark", since="2025-01-01"))
    whole = study(category="nato_remark")
    both = part.events.merge(whole.events, on=["event_id", "window"], suffixes=("", "_whole"))
    assert len(both) == len(part.events) > 5
    # The estimation window of 120 rows is within the part, so that the numbers are the same.
    np.testing.assert_allclose(both["car"], both["car_whole"], rtol=1e-9)
    assert part.series[0].card.move_sign == -1


# ---- the words of the pages


def test_a_comparison_says_what_the_page_says():
    said = compare("monetary_policy").verdicts[0]
    assert said[0].startswith(
        f"Not unusual: rouble 0.6{THIN}% weaker on average over the first two"
    )
    assert "p = 0.53 (one question here, nothing to correct)" in said[1]
    assert "N = 89 events on 88 rates, 76 clusters." in said[1]
    both = compare("peace_talks", "escalation")
    assert "Different beyond chance: 1.3" in both.summary()
    assert "73 and 52 events on 119 rates, 39 joint clusters" in both.summary()
    assert "“Third round of talks ends without a ceasefire” carries the most" in both.summary()
    assert {"peace_talks", "escalation", "difference"} <= {*both.tests["group"]}
    assert len(plot_compare("peace_talks", "escalation").data) == len(both.plot().data) > 4


def test_facts_and_claims_say_what_the_page_says():
    text = "The rouble is at about 80, its highest since June 2024, up more than 40 % this year"
    check = check_claim(text, "2025-04-21")
    for sentence in (
        "80.7597 RUB per USD on 21 Apr 2025.",
        "It was last this strong on 30 May 2023 (80.6872).",
        "(RUB per USD −20.57 %, USD per RUB +25.90 %) than the last rate of the year",
        "counted in USD per RUB needs a base of 113.0636; last there on 14 Mar 2022 (115.1963)",
    ):
        assert sentence in plain(check.summary())
    assert (
        "81.1371 RUB per USD on 18 Apr"
        in check_claim(text, "2025-04-21", asof="2025-04-20").summary()
    )
    day = facts("2025-04-21")
    assert day.facts.set_index("base").loc["year_end", "usd_per_rub_pct"] == pytest.approx(
        25.9, abs=0.01
    )
    assert "80.7597 RUB per USD on 21 Apr 2025" in day.summary()


def test_a_specification_curve_says_what_the_page_says():
    grid = {"windows": [(0, 0), (0, 1)], "estimations": [120], "gaps": [10], "models": ["mean"]}
    answer = robustness(category="nato_remark", grid=grid)
    assert len(answer.specifications) == 2 * 2 * 4  # windows, overlap rules, choices of events
    assert "at the median after NATO remarks" in answer.summary()
    assert len(answer.plot().data) >= 3


def test_an_article_gives_dated_events_and_claims():
    text = (
        "Keith Kellogg said on Sunday that NATO membership was off the table."
        " The rouble rose to 80."
    )
    found = read_article(text, published="2025-04-22")
    assert found.events["date"].dt.date.astype(str).tolist() == ["2025-04-20"]
    assert found.events["category"].tolist() == ["nato_remark"]
    with pytest.raises(InputError, match=r"^article https://example\.org: links are not followed"):
        read_article("https://example.org")


def test_the_figure_of_an_event_is_that_of_its_page():
    figure = plot_event("kellogg-nato-off-table-2025-04-20")
    texts = [plain(note.text) for note in figure.layout.annotations]
    assert "<b>▼ −0.47 % stronger</b>" in texts
    assert figure.layout.xaxis.range[0] <= -5


# ---- texts


def test_what_a_frame_says_is_escaped(own):
    levels, events = own
    hostile = "<script>alert(1)</script>|$x_1$\\"
    result = study(levels[["one"]], events.assign(category=hostile[:38]), model="none")
    assert "<script>" not in result._repr_html_()
    assert "&lt;script&gt;" in result._repr_html_()
    assert "<script>" not in result.to_markdown()
    widths = {len(re.split(r"(?<!\\)\|", line)) for line in result.to_markdown().splitlines()}
    assert len(widths) == 1
    assert r"\textless{}script" in result.to_latex()
    assert r"\$x\_1\$" in result.to_latex()


def test_every_answer_carries_its_caution_and_the_last_day(nato):
    assert "A move near an event is no proof of its cause." in nato.summary()
    assert re.search(r"usd_rub_cbr: data to \d+ \w+ \d{4}$", nato.summary())
    assert nato.to_latex().startswith(r"\begin{tabular}{lrrr")


# ---- errors


NO_DATES = pd.DataFrame({"one": [1.0, 2.0]})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: study("no_such"), "rates no_such: is neither a file nor one of"),
        (lambda: study(window="5:1"), "window 5:1: the window ends before it starts"),
        (lambda: study(car=(0, 99)), "car 0:99: lies outside the event window"),
        (lambda: study(estimation=1), "estimation 1: too short"),
        (lambda: study(category="no_such"), "category no_such: no event has it"),
        (lambda: study(factor="no_such", model="market"), "factor no_such: is no column and no"),
        (lambda: study(NO_DATES), "rates: has no dates; set a DatetimeIndex, or name"),
        (lambda: study(NO_DATES, date="when"), "date when: is no column; choose one of one"),
        (lambda: study(7), "rates int: is no data frame"),
        (lambda: study(events=object()), "events object: is no data frame"),
        (lambda: study(asof="never"), "asof never: is no moment"),
        (lambda: study().table("nothing"), "name nothing: is no table; choose one of moves"),
        (lambda: compare("no_such"), "first no_such: no event has it"),
        (lambda: compare("energy", rates=["usd_rub_cbr", "cny_rub_cbr"]), "rates: a comparison"),
        (lambda: facts("yesterday"), "day yesterday: is no day"),
        (lambda: check_claim("Nothing.", "2025-04-21"), "text Nothing.: holds no claim"),
        (lambda: robustness(grid={"windows": [(0, 1)], "x": 1}), "grid x: is no choice"),
        (lambda: plot_event("none"), "event none: is no event"),
    ],
)  # fmt: skip
def test_an_error_names_the_argument_and_what_to_do(call, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        call()


def test_a_rate_below_zero_is_refused_with_its_place(own):
    levels, events = own
    wrong = levels.copy()
    wrong.iloc[6, 0] = -1.0
    with pytest.raises(InputError, match=r"row 7 .*column one: -1 is no rate"):
        study(wrong, events)
