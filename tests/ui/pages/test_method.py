"""The Method page: the worked example is made of live numbers, and the shelves are told whole."""

from dashboard.services.describe_method import describe_method
from dashboard.ui import session
from tests.ui.app_in_test import figure_of, open_page, words_of


def tables_of(app):
    return [table.value for table in app.table]


def as_read(text):
    """A cell as a reader sees it: without the marks that keep it text."""
    return text.replace("\\", "").replace("\u2060", "")


def example_of(app):
    table = tables_of(app)[0]
    return {step: as_read(here) for step, here in zip(table["Step"], table["Here"], strict=True)}


def cell(app, word):
    return next(text for step, text in example_of(app).items() if word in step)


def test_the_worked_example_is_the_kellogg_event_step_by_step():
    app = open_page("method")
    assert cell(app, "Date the fixing") == "record of 22 Apr 2025, made on Mon 21 Apr 2025"
    assert "Mon 21 Apr 2025, 80.7597 RUB per USD" in cell(app, "Offset 0")
    assert cell(app, "Base") == "Fri 18 Apr 2025, 81.1371 RUB per USD"
    # 100 ln(81.1371 / 80.7597) = 0.4662
    assert "ln(80.7597 / 81.1371) = +0.466 log pts" in cell(app, "Move")
    assert "1²/120" in cell(app, "Its error")
    assert "(N = 120)" in cell(app, "t and its p")
    assert cell(app, "What else").startswith("3: ")


def test_the_steps_of_the_example_follow_from_one_another():
    app = open_page("method")
    numbers = cell(app, "CAR").replace("−", "-").replace("+", "").split()
    # move - (mean) = CAR, to three decimals
    move, mean, car = float(numbers[0]), float(numbers[2].strip("()")), float(numbers[4])
    assert abs(move - mean - car) <= 0.0011


def test_another_event_can_be_the_example():
    assert "record of 1 Mar 2022" in cell(
        open_page("method", id="cbr-2022-02-28"), "Date the fixing"
    )


def test_an_unknown_example_is_told_and_the_usual_one_shown():
    app = open_page("method", id="no-such")
    assert "id=no-such" in words_of(app)
    assert "record of 22 Apr 2025" in cell(app, "Date the fixing")


def test_an_example_outside_the_series_has_its_reason():
    app = open_page("method", id="uk-oil-sanctions-2026-10-08")
    assert "after the data" in words_of(app)


def test_every_model_test_series_and_break_is_in_a_table():
    app = open_page("method")
    text = as_read("\n".join(table.to_string() for table in tables_of(app)))
    method = describe_method()
    for named in (*method.models, *method.tests):
        assert named.title in text
        assert named.id in text
    for card in session.cards():
        assert card.title in text
        assert card.licence in text
        assert all(change.text in text for change in card.breaks)


def test_the_attrition_chart_and_its_table_agree():
    app = open_page("method")
    bars = figure_of(app)["data"][0]["x"]
    table = next(t for t in tables_of(app) if "The others" in t.columns)
    assert [int(n.replace(",", "")) for n in table["Events"]] == bars
    assert bars[0] == 365
    assert bars == sorted(bars, reverse=True)


def test_terms_and_limits_are_told():
    words = words_of(open_page("method"))
    for word in ("offset 0", "base", "event window", "CAR", "placebo p", "quiet date"):
        assert f"**{word}**" in words
    assert "no proof that the event moved the rate" in words
