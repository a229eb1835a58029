"""The command rates record: what it refuses, and that one process records a series."""

import pytest

from dashboard.config import read_settings
from dashboard.container import build_context, fetch_json
from dashboard.models.errors import SourceError
from dashboard.services.record import read_json_number
from dashboard.sources.safe_fetch import ConnectionPolicy
from tests.sources.test_safe_fetch import PAGE, headed, serving, whole


def test_an_address_inside_is_never_asked(run_cli, monkeypatch):
    monkeypatch.setenv("DASHBOARD_OFFLINE", "0")
    answer = run_cli("rates", "record", "http://127.0.0.1/odds", "--json-path", "p", "--once")
    assert answer.code == 2
    assert "not public" in answer.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("https://example.org/x", "--once"), "--json-path"),
        (("usd_rub_cbr", "--json-path", "p", "--once"), "--json-path p: is for an address"),
        (("usd_rub_cbr", "brent_fred", "--name", "x", "--once"), "--name x: is for one source"),
        (("usd_rub_cbr", "--every", "0", "--once"), "--every 0: give minutes"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(run_cli, monkeypatch, arguments, said):
    monkeypatch.setenv("DASHBOARD_OFFLINE", "0")
    answer = run_cli("rates", "record", *arguments)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert said in answer.err


def test_one_recorder_a_series(run_cli, monkeypatch):
    monkeypatch.setenv("DASHBOARD_OFFLINE", "0")
    context = build_context(read_settings(), interface="cli")
    with context.alerts.watch_lock("record-usd_rub_cbr") as is_alone:
        assert is_alone
        answer = run_cli("rates", "record", "usd_rub_cbr", "--once")
    assert answer.code == 3
    assert "another process records usd_rub_cbr" in answer.err


def test_the_json_of_a_public_address_is_read_and_a_page_is_not():
    answers = {"/odds": whole(b'{"p": 0.4}', headed(b"application/json")), "/page": whole(PAGE)}
    settings = read_settings()
    with serving(lambda path: [answers[path]]) as net:
        policy = ConnectionPolicy(net.resolve, net.dial)
        content = fetch_json("http://odds.example.org/odds", settings, policy)
        assert read_json_number(content, "p") == 0.4
        with pytest.raises(SourceError):
            fetch_json("http://odds.example.org/page", settings, policy)
