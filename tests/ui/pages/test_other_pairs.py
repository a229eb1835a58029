"""Series about other currencies than the rouble: pages, command line and files speak of them."""

import csv
import io
import json
import math
import random
import re
from datetime import date, timedelta

import pytest

from dashboard.cli import run
from tests.ui.app_in_test import figure_of, open_page, words_of

EVENT_ID = "kellogg-nato-off-table-2025-04-20"
"""Of a Sunday; the Monday after it has the last rate."""
QUOTES = ("weaker", "inverted", "usd")
FIRST = date(2023, 1, 2)
LAST_RATES = {"UAH": (40.0, 41.0), "PLN": (4.40, 4.32)}
"""The last two rates: the hryvnia weaker by ln(41/40), the zloty stronger by ln(4.40/4.32)."""


def file_of(header, steady, last):
    """Business days of a rate that scatters by 0.3 %, then the last two rates."""
    days = [FIRST + timedelta(days=k) for k in range(841)]
    days = [day for day in days if day.weekday() < 5]
    scatter = random.Random(7)
    rates = [steady * math.exp(scatter.gauss(0, 0.003)) for _ in days[:-2]] + list(last)
    rows = (f"{day},{rate}" for day, rate in zip(days, rates, strict=True))
    return f"date,{header}\n" + "\n".join(rows) + "\n", days[-1]


@pytest.fixture
def pairs(dashboard_home, tmp_path):
    """USD/UAH by the name given on import, EUR/PLN by the name of its column; the last day."""
    uah, last_day = file_of("official", 40.0, LAST_RATES["UAH"])
    pln, _ = file_of("EUR/PLN", 4.40, LAST_RATES["PLN"])
    (tmp_path / "nbu.csv").write_text(uah)
    (tmp_path / "nbp.csv").write_text(pln)
    assert run(["rates", "import", str(tmp_path / "nbu.csv"), "--name", "USD/UAH"]) == 0
    assert run(["rates", "import", str(tmp_path / "nbp.csv"), "--name", "eurpln_nbp"]) == 0
    event = "id,date,category,title\n" + f"e1,{last_day - timedelta(days=1)},other,A decision\n"
    (tmp_path / "events.csv").write_text(event)
    return last_day


# 100 (41/40 - 1) = 2.5 %, its inverse -2.44 %; 100 (4.32/4.40 - 1) = -1.82 %, inverse +1.85 %
@pytest.mark.parametrize(
    ("series", "up", "title", "axis"),
    [
        ("own_usd_uah", "weaker", "Hryvnia 2.5\u202f% weaker",
         "UAH per USD (up = weaker hryvnia)"),
        ("own_usd_uah", "inverted", "Hryvnia 2.5\u202f% weaker",
         "UAH per USD (axis inverted: up = stronger hryvnia)"),
        ("own_usd_uah", "usd", "Hryvnia 2.4\u202f% weaker",
         "USD per UAH (up = stronger hryvnia)"),
        ("own_eurpln_nbp", "weaker", "Zloty 1.8\u202f% stronger",
         "PLN per EUR (up = weaker zloty)"),
        ("own_eurpln_nbp", "usd", "Zloty 1.9\u202f% stronger",
         "EUR per PLN (up = stronger zloty)"),
    ],
)  # fmt: skip
def test_explore_names_the_currency_and_its_direction(pairs, series, up, title, axis):
    friday = pairs - timedelta(days=3)
    app = open_page(series=series, up=up, **{"from": str(friday)}, to=str(pairs))
    assert not app.exception
    layout = figure_of(app)["layout"]
    assert app.title[0].value.replace("\u202f", " ").startswith(title.replace("\u202f", " "))
    assert axis in [note["text"] for note in layout["annotations"]]
    assert "ouble" not in str(layout)
    offered = next(box.options for box in app.selectbox if box.label == "Quote")
    assert offered[QUOTES.index(up)].startswith(axis.partition(" (")[0])


@pytest.mark.parametrize(
    ("series", "noun", "log_points"),
    [("own_usd_uah", "hryvnia", -2.4693), ("own_eurpln_nbp", "zloty", 1.8349)],
)
def test_the_command_line_says_whose_move_it_is(pairs, tmp_path, capsys, series, noun, log_points):
    events, out = str(tmp_path / "events.csv"), tmp_path / "out"
    study = ["study", "--rates", series, "--events", events, "--window", "-1:0", "--car", "0:0"]
    assert run([*study, "--estimation", "100"]) == 0
    assert f"positive = the {noun} stronger" in capsys.readouterr().out
    assert run([*study, "--estimation", "100", "--model", "none", "--out", str(out)]) == 0
    (row,) = csv.DictReader(io.StringIO((out / "events.csv").read_text()))
    assert float(row["car"]) == pytest.approx(log_points / 100, abs=1e-5)
    capsys.readouterr()
    assert run(["facts", str(pairs), "--rates", series, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["source_moves"] == []
    change = answer["answers"][0]["changes"][0]
    assert change["log_points"] == pytest.approx(log_points, abs=1e-3)
    assert run(["facts", str(pairs), "--rates", series]) == 0
    text = capsys.readouterr().out
    assert ("weaker" if log_points < 0 else "stronger") in text.split("the week")[0]
    assert "rouble" not in text


@pytest.mark.parametrize(
    ("series", "up", "moved", "log_points"),
    [
        ("own_usd_uah", "weaker", "hryvnia {}2.5\u202f% weaker", "+2.47"),
        ("own_usd_uah", "inverted", "hryvnia {}2.5\u202f% weaker", "+2.47"),
        ("own_usd_uah", "usd", "hryvnia {}2.4\u202f% weaker", "−2.47"),
        ("own_eurpln_nbp", "weaker", "zloty {}1.8\u202f% stronger", "−1.83"),
        ("own_eurpln_nbp", "inverted", "zloty {}1.8\u202f% stronger", "−1.83"),
        ("own_eurpln_nbp", "usd", "zloty {}1.9\u202f% stronger", "+1.83"),
    ],
)
def test_the_event_page_says_whose_move_it_is(pairs, series, up, moved, log_points):
    app = open_page("event", id=EVENT_ID, series=series, up=up)
    assert not app.exception
    arrow = "▲" if log_points.startswith("+") else "▼"
    assert f"{arrow} {moved.format('').capitalize()}" in words_of(app)
    sentence = app.code[0].value
    assert f"the {moved.format('was ')} at the first rate" in sentence.replace(" %", "\u202f%")
    assert f"{log_points} log pts" in sentence
    assert "ouble" not in sentence.replace("Rouble Reaction", "")


@pytest.mark.parametrize(
    ("series", "noun"), [("own_usd_uah", "hryvnia"), ("own_eurpln_nbp", "zloty")]
)
def test_compare_and_method_speak_of_the_currency(pairs, series, noun):
    app = open_page("compare", series=series, **{"from": "2023-09-01"}, to="2025-03-01")
    assert not app.exception
    text = words_of(app)
    assert f"What happened to the {noun}" in text
    assert re.search(rf"{noun} [\d.]+\s% (stronger|weaker) on average", text, re.IGNORECASE)
    assert f"Always the {noun}: stronger = fewer" in words_of(open_page("method", series=series))
