"""Paper is made in another process: in time or not at all, and never by too many at once."""

import threading

import pytest

from dashboard.export.paper import apart
from dashboard.export.paper.apart import paper_apart
from dashboard.export.paper.make import make_paper
from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.services.exports import write_report
from tests.made_report import made_report


@pytest.mark.parametrize("kind", ["html", "pdf", "png"])
def test_what_is_made_apart_is_what_would_be_made_here(kind):
    assert paper_apart(made_report(), kind) == make_paper(made_report(), kind)


def test_a_report_that_takes_too_long_is_given_up_in_one_line():
    with pytest.raises(RoubleReactionError, match=r"not made within 0\.05 seconds") as refused:
        paper_apart(made_report(), "html", 0.05)
    assert "\n" not in str(refused.value)


def test_what_cannot_be_drawn_is_told_by_name():
    broken = {"data": [{"type": "pie"}], "layout": {}}
    with pytest.raises(RoubleReactionError, match="trace 'pie' is not known"):
        paper_apart(made_report(figure=broken), "png")


def test_a_picture_of_no_chart_is_refused():
    with pytest.raises(InputError, match="no chart"):
        write_report(made_report(charts=()), "png")


def test_two_are_made_at_once_two_wait_and_the_next_is_told(monkeypatch):
    inside, release = [], threading.Event()
    full = threading.Barrier(apart.AT_ONCE + 1)

    def slow(report, kind, deadline, seconds):
        inside.append(kind)
        if len(inside) <= apart.AT_ONCE:
            full.wait(20)
        release.wait(20)
        return b"made"

    monkeypatch.setattr(apart, "_made", slow)
    readers = [threading.Thread(target=paper_apart, args=(made_report(), "html")) for _ in range(4)]
    for reader in readers:
        reader.start()
    full.wait(20)
    while apart._asked._value:  # the two that wait have come
        release.wait(0.01)
    assert len(inside) == apart.AT_ONCE
    with pytest.raises(RoubleReactionError, match="try again"):
        paper_apart(made_report(), "html")
    release.set()
    for reader in readers:
        reader.join(20)
    assert len(inside) == 4
