"""The Method page: the example is made of live numbers, the registries are listed whole."""

from pathlib import Path

from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.presentation.terms import define_terms
from dashboard.services.method import describe_method
from dashboard.ui import session
from tests.shipped_catalogue import COUNT
from tests.ui.app_in_test import figure_of, open_page, page_to_read, press, tables_of, words_of


def as_read(text):
    """A cell as a reader sees it: without the marks that keep it text."""
    return text.replace("\\", "").replace("\u2060", "")


def example_of(app):
    table = tables_of(app)[0]
    return {step: as_read(here) for step, here in zip(table["Step"], table["Here"], strict=True)}


def cell(app, word):
    return next(text for step, text in example_of(app).items() if word in step)


def part_to_read(part):
    return page_to_read("method", part=part)


def test_the_worked_example_is_the_kellogg_event_step_by_step():
    app = part_to_read("example")
    assert cell(app, "Date the fixing") == "record of 22 Apr 2025, made on Mon 21 Apr 2025"
    assert "Mon 21 Apr 2025, 80.7597 RUB per USD" in cell(app, "Offset 0")
    assert cell(app, "Base") == "Fri 18 Apr 2025, 81.1371 RUB per USD"
    # 100 ln(81.1371 / 80.7597) = 0.4662
    assert "ln(80.7597 / 81.1371) = +0.466 log pts" in cell(app, "Move")
    assert "1²/120" in cell(app, "Its error")
    assert "(N = 120)" in cell(app, "t and its p")
    assert cell(app, "What else").startswith("3: ")


def test_the_steps_of_the_example_follow_from_one_another():
    app = part_to_read("example")
    numbers = cell(app, "CAR").replace("−", "-").replace("+", "").split()
    # move - (mean) = CAR, to three decimals
    move, mean, car = float(numbers[0]), float(numbers[2].strip("()")), float(numbers[4])
    assert abs(move - mean - car) <= 0.0011


def test_another_event_can_be_the_example():
    assert "record of 1 Mar 2022" in cell(
        page_to_read("method", id="cbr-2022-02-28"), "Date the fixing"
    )


def test_an_unknown_example_is_told_and_the_usual_one_shown():
    app = page_to_read("method", id="no-such")
    assert "id=no-such" in words_of(app)
    assert "record of 22 Apr 2025" in cell(part_to_read("example"), "Date the fixing")


def test_an_example_outside_the_series_has_its_reason():
    app = page_to_read("method", id="uk-oil-sanctions-2026-10-08")
    assert "after the data" in words_of(app)


def test_every_model_test_series_and_break_is_in_a_table():
    parts = ("dates", "models", "tests", "sources")
    tables = [table for part in parts for table in tables_of(part_to_read(part))]
    text = as_read("\n".join(table.to_string() for table in tables))
    method = describe_method()
    for named in (*method.models, *method.tests):
        assert named.title in text
        assert named.id in text
    for card in session.get_cards():
        assert card.title in text
        assert card.licence in text
        assert all(change.text in text for change in card.breaks)


def test_the_attrition_chart_and_its_table_agree():
    app = part_to_read("sample")
    bars = figure_of(app)["data"][0]["x"]
    table = next(t for t in tables_of(app) if "The others" in t.columns)
    assert [int(n.replace(",", "")) for n in table["Events"]] == bars
    assert bars[0] == COUNT
    assert bars == sorted(bars, reverse=True)


def test_every_term_has_its_anchor_and_its_meaning():
    app = part_to_read("glossary")
    anchors = [item.proto.anchor for item in app.subheader]
    words = as_read(words_of(app))
    for term in define_terms(session.get_cards()[0]):
        assert anchors.count(term.anchor) == 1
        assert term.meaning in words


def test_the_limits_are_told():
    assert "no proof that the event moved the rate" in words_of(part_to_read("limits"))


def document_rows(heading):
    """The first table below a heading of docs/size.md: its head and its rows."""
    text = (Path(__file__).parents[3] / "docs/size.md").read_text(encoding="utf-8")
    lines = text.split(f"## {heading}")[1].split("\n## ")[0].splitlines()
    head, _, *rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]
    return head, rows


def test_the_size_table_is_that_of_the_document_with_its_errors():
    app = part_to_read("size")
    shown = next(t for t in tables_of(app) if "power" in t.columns)
    head, rows = document_rows("Size: nothing happened")
    assert len(shown) == len(rows) == len(SIGNIFICANCE_TESTS)
    for name, cells in zip(shown["Test"], rows, strict=True):
        assert f"({cells[0]})" in name
    for column, title in enumerate(head[1:], start=1):
        for cell, row in zip(shown[title.removeprefix("iid ")], rows, strict=True):
            rate = row[column].strip("*")
            assert cell.strip("*").startswith(f"{rate} ± ")
            # outside 3-7 %: bold and an arrow, so not by colour alone
            mark = ("↑" if float(rate) > 5 else "↓") if row[column].startswith("**") else ""
            assert cell.startswith("**") == bool(mark)
            assert cell.strip("*")[-1] == mark or not mark
    # docs/size.md: cross_section_t 22.1; sqrt(0.221 0.779 / 4000) = 0.0066
    assert shown["real rouble, clustered"][1] == "**22.1 ± 0.7\u00a0↑**"
    words = words_of(app)
    assert "4,000 simulated studies" in words
    assert "0.3 percentage points for a rate of 5" in words
    assert "too often, above 7" in words


def test_which_test_to_read_is_told_for_every_pattern_of_dates():
    app = part_to_read("size")
    shown = next(t for t in tables_of(app) if "Answers" in t.columns)
    _, rows = document_rows("Which test to read")
    for (_, told), row in zip(shown.iterrows(), rows, strict=True):
        assert [cell.strip("*") for cell in told[1:]] == row[1:]
        assert told.iloc[0].replace("*", "") == row[0]
    assert "**cluster_rank** answers for a group" in words_of(app)


def test_every_test_says_what_it_assumes_and_needs():
    app = part_to_read("tests")
    shown = next(t for t in tables_of(app) if "Null hypothesis" in t.columns)
    assert len(shown) == len(SIGNIFICANCE_TESTS)
    for column in ("Null hypothesis", "Assumptions", "Does not apply without", "Reference"):
        assert all(shown[column])
    (bmp,) = [row for _, row in shown.iterrows() if "(bmp)" in as_read(row["Test"])]
    assert "assumes independent events" in bmp["Assumptions"]
    assert bmp["Does not apply without"] == "at least 2 events that differ"


def test_on_a_phone_the_tables_are_lists(monkeypatch):
    monkeypatch.setattr(session, "is_phone", lambda: True)
    app = open_page("method", part="size")
    assert all(len(table.columns) <= 3 for table in tables_of(app))
    words = words_of(app)
    # docs/size.md, cross_section_t
    assert ":gray[clustered:] **20.3\u00a0↑** · **19.9\u00a0↑** · **22.1\u00a0↑**" in words
    assert ":gray[Answers:] **cluster_rank**" in words


def test_the_page_opens_on_the_glossary_and_a_part_is_one_choice_away():
    app = open_page("method")
    assert [item.value for item in app.header] == ["Glossary"]
    app.radio[0].set_value("limits").run()
    assert [item.value for item in app.header] == ["What cannot be known"]
    assert app.query_params == {"part": "limits"}


def test_a_search_finds_every_part_and_ends_with_a_choice():
    app = open_page("method", q="HOLM")
    words = as_read(words_of(app))
    assert "**Holm correction**" in words
    assert "Placebo p" not in words
    assert as_read(words_of(open_page("method", q="cluster_rank"))).count("(cluster_rank)") == 1
    app = open_page("method", q="cause")
    assert "no proof that the event moved the rate" in words_of(app)
    app = press(app, "What cannot be known")
    assert app.query_params == {"part": "limits"}


def test_a_search_without_a_result_says_so():
    app = open_page("method", q="zzzz")
    assert [item.value for item in app.header] == ["Nothing found"]


def test_the_term_of_the_link_is_marked():
    app = open_page("method", term="placebo-p")
    (marked,) = [item for item in app.subheader if "blue-background" in item.value]
    assert marked.proto.anchor == "placebo-p"
    assert "term=plazebo" in words_of(open_page("method", term="plazebo"))
