"""The bar of a refresh: on a terminal, and nowhere else."""

import io
import sys

import pytest

from dashboard.cli.listings import outcome_text, refresh_progress
from dashboard.models.series import CacheUpdate
from dashboard.services.live_rates import RefreshOutcome, RefreshResult


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "shown"), [(Terminal(), True), (io.StringIO(), False)],
                         ids=["terminal", "pipe"])  # fmt: skip
def test_progress_is_shown_on_a_terminal_only(stream, shown, monkeypatch, capsys):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream)
    with refresh_progress() as progress:
        progress(3, 21, "cny_rub_moex")
    assert ("cny_rub_moex" in stream.getvalue(), "3/21" in stream.getvalue()) == (shown, shown)
    assert capsys.readouterr().out == ""


def test_what_came_is_told_in_words():
    built = RefreshResult("a", "b", RefreshOutcome.NEW, CacheUpdate(new=1_203, revised=1))
    assert outcome_text(built) == "1,203 new, 1 revised"
    assert outcome_text(RefreshResult("a", "b", RefreshOutcome.UNCHANGED)) == "nothing new"
    assert (
        outcome_text(RefreshResult("a", "b", RefreshOutcome.NEW, CacheUpdate(settled=2)))
        == "2 now final"
    )
