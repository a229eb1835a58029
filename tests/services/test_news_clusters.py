"""Clusters: which headlines are about one event, and which only look alike."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard.models.article import Precision
from dashboard.models.inbox import Decision, NewsItem
from dashboard.services.news import cluster_news, group_by_cluster, inbox_item_from_news, page_key

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)


def report(title, link="", publisher="", hour=10, day=26, guid=""):
    moment = datetime(2026, 11, day, hour, tzinfo=UTC)
    return NewsItem(
        guid, link, title, day=moment.date(), moment=moment, precision=Precision.MINUTE,
        publisher=publisher,
    )  # fmt: skip


def made(*reports, kind="feed"):
    return [inbox_item_from_news(each, kind, f"feed_{n}", AT) for n, each in enumerate(reports)]


def together(first, second):
    one, two = cluster_news(made(first, second), ())
    return one.cluster == two.cluster


def titles_of(candidates):
    return {frozenset(r.report.title for r in s.reports) for s in group_by_cluster(candidates)}


SAME = [
    ("Bank of Russia keeps key rate at 14%", "Bank of Russia keeps key rate at 14 %"),
    ("Bank of Russia keeps key rate at 14.00%", "Bank of Russia keeps the key rate at 14.00%"),
    ("Top Apple-related stories for the week", "Top Apple - related stories for the week"),
    ("Rouble firms to 80 as talks begin in Geneva", "Rouble firms to 80 as talks begin in Geneva"
     " - The Moscow Times"),
    ("Rouble firms to 80 as talks begin in Geneva | Reuters", "Rouble firms to 80 as talks begin in"
     " Geneva"),
    ("Банк России сохранил ключевую ставку на уровне 14,00%", "Банк России сохранил ключевую"
     " ставку на уровне 14,00% годовых"),
    ("Песков: переговоры с США продолжатся на следующей неделе", "Песков: переговоры с США"
     " продолжатся на следующей неделе – Интерфакс"),
    ("Курс рубля укрепился к доллару на открытии торгов", "Курс рубля на открытии торгов"
     " укрепился к доллару"),
    ("EU adopts twentieth sanctions package against Russia",
     "EU adopts its twentieth package of sanctions against Russia"),
    ("Trump ' s envoy Witkoff arrives in Moscow for talks",
     "Trump's envoy Witkoff arrives in Moscow for talks"),
]  # fmt: skip
OTHERS = [
    ("Bank of Russia raises key rate to 16%", "Bank of Russia keeps key rate at 16%"),
    ("Bank of Russia cuts key rate by 25 basis points", "Bank of Russia cuts key rate by 50 basis"
     " points"),
    ("Kremlin confirms talks with Washington on Ukraine this week",
     "Kremlin denies talks with Washington on Ukraine this week"),
    ("Банк России повысил ключевую ставку до 16%", "Банк России снизил ключевую ставку до 14%"),
    ("Кремль подтвердил переговоры с США в Женеве", "Кремль опроверг переговоры с США в Женеве"),
    ("Rouble firms", "Rouble firms after rate decision"),
    ("EU discusses sanctions against Russian oil tankers and banks",
     "EU lifts sanctions on two men"),
    ("Evening address by the President", "Morning address by the Speaker"),
    ("Dollar rate set at 81.13 roubles", "Dollar rate set at 80.94 roubles"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), SAME)
def test_headlines_of_one_story_are_one(first, second):
    assert together(report(first), report(second, hour=15))


@pytest.mark.parametrize(("first", "second"), OTHERS)
def test_headlines_of_two_stories_are_two(first, second):
    assert not together(report(first), report(second))


def test_the_same_headline_three_days_later_is_another_story():
    title = "Evening address by the President of Ukraine"
    assert together(report(title, day=25), report(title, day=26))
    assert not together(report(title, day=23), report(title, day=26))


def test_one_page_is_one_story_although_its_headline_was_changed():
    link = "https://www.news.example//press/1/?utm_source=rss"
    first = report("Rate decision of the Bank expected today at noon", link)
    second = report("Bank keeps its rate: decision of today", "http://news.example/press/1#top")
    assert together(first, second)
    assert not together(first, replace(second, link="https://news.example/press/2"))


def test_a_home_page_makes_no_story():
    link = "https://news.example/"
    assert page_key(link) == ""
    assert not together(report("One thing was said", link), report("Another was done", link))


def test_the_order_in_which_reports_come_does_not_matter():
    titles = [title for pair in SAME[:3] for title in pair] + [OTHERS[0][0]]
    reports = made(*(report(title, hour=n) for n, title in enumerate(titles)))
    wanted = titles_of(cluster_news(reports, ()))
    for order in itertools.islice(itertools.permutations(reports), 0, 5_040, 97):
        assert titles_of(cluster_news(order, ())) == wanted


def test_five_reports_are_one_story_that_names_its_sources_and_leads_with_the_exact_time():
    title = "Bank of Russia keeps key rate at 14%"
    named = ("TASS", "Interfax", "Reuters", "The Moscow Times", "Bank of Russia")
    reports = [report(title, publisher=name, hour=12 + n) for n, name in enumerate(named)]
    day_only = replace(
        reports[0],
        moment=None,
        precision=Precision.DAY,
        publisher="Kremlin",
        day=date(2026, 11, 26),
    )
    (cluster,) = group_by_cluster(cluster_news(made(day_only, *reports), ()))
    assert len(cluster.reports) == 6
    assert set(cluster.publishers) == {*named, "Kremlin"}
    assert cluster.lead.report.publisher == "TASS"


def test_a_further_report_of_a_dismissed_story_is_dismissed_with_it():
    first, second = made(report("EU adopts new sanctions against Russia"),
                         report("EU adopts new sanctions against Russia - Reuters"))  # fmt: skip
    gone = replace(first, state=Decision.DISMISSED, decided_by="Ann", decided_at=AT)
    (joined,) = cluster_news([second], [gone])
    assert (joined.cluster, joined.state, joined.decided_by) == (
        gone.cluster,
        Decision.DISMISSED,
        "Ann",
    )


def test_a_further_report_of_an_accepted_story_belongs_to_its_note():
    first, second = made(report("EU adopts new sanctions against Russia"),
                         report("EU adopts new sanctions against Russia - Reuters"))  # fmt: skip
    taken = replace(first, state=Decision.ACCEPTED, note_id="note-1", decided_at=AT)
    (joined,) = cluster_news([second], [taken])
    assert (joined.state, joined.note_id) == (Decision.ACCEPTED, "note-1")


def test_a_report_has_the_same_id_each_time_and_others_have_others():
    one = report("A", "https://news.example/1", guid="g")
    assert inbox_item_from_news(one, "feed", "tass", AT).id == (
        inbox_item_from_news(
            replace(one, excerpt="more"), "feed", "tass", AT + timedelta(days=1)
        ).id
    )
    ids = {
        inbox_item_from_news(one, "feed", "tass", AT).id,
        inbox_item_from_news(one, "feed", "interfax", AT).id,
        inbox_item_from_news(replace(one, guid="h"), "feed", "tass", AT).id,
        inbox_item_from_news(
            replace(one, title="B"), "feed", "tass", AT
        ).id,  # one guid for everything
        inbox_item_from_news(one, "gdelt", "rouble", AT).id,
    }
    assert len(ids) == 5
    assert (
        inbox_item_from_news(one, "gdelt", "rouble", AT).id
        == inbox_item_from_news(one, "gdelt", "rate", AT).id
    )
