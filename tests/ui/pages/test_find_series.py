"""Find a series on Data, its fetch in the background, and the tickers of links."""

import pytest

from dashboard.ui import session, shell
from tests.ui.app_in_test import HOSTILE, has_markup, open_page, press, words_of


@pytest.fixture
def online(live_setup, replica, monkeypatch):
    """The pages may use the network, which is the replica."""
    monkeypatch.setenv("DASHBOARD_OFFLINE", "0")
    monkeypatch.setenv("DASHBOARD_UPSTREAM", replica.url)
    monkeypatch.setattr(shell, "request_background_refresh", lambda: None)
    return live_setup


def search(app, text):
    return app.text_input(key="find.text").set_value(text).run()


def wait():
    session.get_process_context().fetcher.wait(60)


def labels(app):
    return [button.label for button in app.button]


@pytest.mark.clock
def test_a_series_is_found_fetched_and_then_in_every_list(online, replica):
    app = open_page("data")
    search(app, "тенге")
    assert "**KZT/RUB, official rate** · `cbr:KZT` · Bank of Russia" in words_of(app)
    assert replica.requests == []
    app = press(app, "Fetch")
    wait()
    assert "cbr:KZT" in {card.id for card in session.get_process_context().known.cards()}
    app = open_page("data", series="CBR:kzt")
    assert "**KZT/RUB, Bank of Russia**, RUB per KZT" in words_of(app)
    assert not app.get("info")
    (choice,) = [box for box in app.selectbox if box.label == "Series"]
    assert "KZT/RUB, Bank of Russia" in choice.options


@pytest.mark.clock
def test_a_name_that_its_publisher_does_not_have_is_told(online):
    app = search(open_page("data"), "moex:NOPE")
    app = press(app, "Fetch")
    wait()
    assert "Moscow Exchange has nothing of this name" in words_of(app.run())


@pytest.mark.clock
def test_the_publishers_are_asked_only_when_somebody_asks(online, replica):
    app = search(open_page("data"), "Toyota")
    assert "Nothing of this name is on the lists that ship." in words_of(app)
    assert replica.requests == []
    app = press(app, "Ask the publishers too")
    app.session_state["find.online"][1].result(60)
    assert "**Toyota Motor** · `yahoo:7203.T` · Yahoo" in words_of(app.run())


def test_offline_nothing_can_be_fetched_and_the_page_says_so(dashboard_home):
    app = search(open_page("data"), "sber")
    assert "`moex:SBER`" in words_of(app)
    assert (
        "Nothing can be fetched here: your role does not allow it, or the program is offline."
        in words_of(app)
    )
    assert not {"Fetch", "Ask the publishers too"} & set(labels(app))


def test_a_link_to_a_series_that_is_not_here_offers_to_fetch_it(online, replica):
    app = open_page("", series="yahoo:UAH=X")
    assert "is not fetched yet, so the default series is shown" in words_of(app)
    app = press(app, "Fetch it")
    wait()
    app = open_page("", series="yahoo:usduah=x")
    assert "is not fetched yet" not in words_of(app)
    assert "USD/UAH, Yahoo" in words_of(app)


def test_a_link_with_a_ticker_of_a_series_that_ships_shows_that_series(dashboard_home):
    app = open_page("data", series="ecb:USD")
    assert "**EUR/USD, ECB**" in words_of(app)


def test_a_visitor_of_a_public_instance_cannot_fetch(dashboard_home, monkeypatch):
    monkeypatch.setenv("DASHBOARD_PUBLIC", "1")
    app = open_page("", series="yahoo:UAH=X")
    assert "Fetch it" not in labels(app)
    assert "yahoo:UAH=X" in words_of(app).replace("\\", "")


def test_what_is_typed_and_what_a_publisher_answers_is_no_markup(online):
    app = search(open_page("data"), HOSTILE[:60])
    assert not has_markup(app)
