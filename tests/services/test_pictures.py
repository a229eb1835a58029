"""Pictures: drawn once for what they show, few at a time, bounded in memory."""

import threading
from dataclasses import replace

import pytest

from dashboard.models.errors import RateLimited
from dashboard.services.pictures import PictureCache, caching_headers, picture_key
from dashboard.services.rate_limit import HeavyReadQueue
from tests.made_report import FIGURE, made_report


class Drawn:
    """A renderer that counts, and gives as many bytes as it was told."""

    def __init__(self, size=10):
        self.calls, self.size = [], size

    def __call__(self, report, kind, size):
        self.calls.append((report.title, kind, size))
        return b"x" * self.size


def test_the_same_picture_is_drawn_once_whenever_it_is_asked_for():
    drawn = Drawn()
    pictures = PictureCache(drawn)
    report = made_report()
    later = replace(report, made_at="2026-11-27T08:00:00Z", made_on="made later")
    assert pictures.get(report, "svg", "web") == pictures.get(later, "svg", "web")
    assert len(drawn.calls) == 1


@pytest.mark.parametrize(("kind", "size"), [("png", "web"), ("svg", "square"), ("svg", "embed")])
def test_another_format_or_size_is_another_picture(kind, size):
    drawn = Drawn()
    pictures = PictureCache(drawn)
    pictures.get(made_report(), "svg", "web")
    pictures.get(made_report(), kind, size)
    assert len(drawn.calls) == 2


def test_the_caption_counts_only_where_it_is_in_the_picture():
    chart = made_report().charts[0]
    renamed = made_report(charts=(replace(chart, title="Another"),))
    assert picture_key(made_report(), "svg", "web") != picture_key(renamed, "svg", "web")
    assert picture_key(made_report(), "svg", "embed") == picture_key(renamed, "svg", "embed")


def test_a_changed_figure_is_another_picture():
    other = made_report(figure={**FIGURE, "layout": {**FIGURE["layout"], "height": 301}})
    assert picture_key(made_report(), "svg", "embed") != picture_key(other, "svg", "embed")


def test_the_one_unused_longest_is_dropped_at_the_limit_of_bytes():
    drawn = Drawn(size=40)
    pictures = PictureCache(drawn, max_bytes=100)
    first, second, third = (made_report(f"Event {n}") for n in range(3))
    for report in (first, second, first, third):  # the second is the oldest by use
        pictures.get(report, "svg", "web")
    pictures.get(first, "svg", "web")
    assert len(drawn.calls) == 3
    pictures.get(second, "svg", "web")
    assert len(drawn.calls) == 4


def test_who_comes_when_too_many_wait_is_told_to_come_again():
    started, go = threading.Event(), threading.Event()

    def slow(*_chart):
        started.set()
        go.wait(10)
        return b"x"

    pictures = PictureCache(slow, HeavyReadQueue(1, 0, 5, busy="other charts; in {n} seconds"))
    worker = threading.Thread(target=pictures.get, args=(made_report(), "svg", "web"))
    worker.start()
    assert started.wait(10)
    try:
        with pytest.raises(RateLimited, match="other charts; in 10 seconds") as refused:
            pictures.get(made_report("Another"), "svg", "web")
        assert refused.value.seconds == 10
    finally:
        go.set()
        worker.join()


def test_what_follows_the_data_is_held_for_minutes_and_what_is_frozen_for_weeks():
    assert "max-age=300," in caching_headers("a", is_frozen=False)["Cache-Control"]
    assert "max-age=2592000," in caching_headers("a", is_frozen=True)["Cache-Control"]
