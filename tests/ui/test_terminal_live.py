"""The bar of a refresh: on a terminal, and nowhere else."""

import io
import sys

import pytest

from dashboard.domain.remembered import Kept
from dashboard.services.refresh_rates import Outcome, Refreshed
from dashboard.ui.terminal_live import outcome_words, progress_bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "shown"), [(Terminal(), True), (io.StringIO(), False)],
                         ids=["terminal", "pipe"])  # fmt: skip
def test_progress_is_shown_on_a_terminal_only(stream, shown, monkeypatch, capsys):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_bar() as progress:
        progress(3, 21, "cny_rub_moex")
    assert ("cny_rub_moex" in stream.getvalue(), "3/21" in stream.getvalue()) == (shown, shown)
    assert capsys.readouterr().out == ""


def test_what_came_is_told_in_words():
    made = Refreshed("a", "b", Outcome.NEW, Kept(new=1_203, revised=1))
    assert outcome_words(made) == "1,203 new, 1 revised"
    assert outcome_words(Refreshed("a", "b", Outcome.UNCHANGED)) == "nothing new"
    assert outcome_words(Refreshed("a", "b", Outcome.NEW, Kept(settled=2))) == "2 now final"
