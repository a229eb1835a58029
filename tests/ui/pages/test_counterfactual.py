"""The Counterfactual page: its answer, its tables, and what cannot be answered."""

import re
from datetime import date

from dashboard.presentation.counterfactual import describe_counterfactual
from dashboard.services.counterfactual import (
    build_counterfactual,
    default_donors,
    load_dollar_rates,
)
from dashboard.services.rates import get_series, list_cards
from dashboard.ui import session
from tests.ui.app_in_test import open_page


def texts(app):
    return "\n".join(
        str(text.value) for text in (*app.title, *app.header, *app.markdown, *app.caption)
    )


def test_the_page_answers_as_the_service_does():
    app = open_page("counterfactual", day="2020-03-09")
    assert not app.exception
    rates = session.get_process_context().rates
    donors = [get_series(rates, name) for name in default_donors(list_cards(rates))]
    answer = build_counterfactual(
        get_series(rates, "usd_rub_cbr"), date(2020, 3, 9), donors, load_dollar_rates(rates)
    )
    shown = re.sub(r"\\(.)", r"\1", texts(app))
    assert describe_counterfactual(answer) in shown
    assert len(app.get("plotly_chart")) == 1
    gaps = app.table[0].value
    assert len(gaps) == len(answer.control.horizons)


def test_an_event_in_the_link_is_the_date():
    app = open_page("counterfactual", id="cbr-2022-02-28")
    assert not app.exception
    assert "28 Feb 2022" in texts(app)


def test_a_date_without_history_is_refused_in_words():
    app = open_page("counterfactual", day="2013-02-01")
    assert not app.exception
    assert "are needed" in app.warning[0].value
    assert not app.get("plotly_chart")
