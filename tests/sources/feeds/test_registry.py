"""The list of feeds: what ships, what a person changes, and what cannot stand in it."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from dashboard.models.errors import InputError
from dashboard.models.inbox import Publisher
from dashboard.sources.feeds.registry import MAX_FEEDS, FeedRegistry
from dashboard.sources.public_url import parse_public_url

OWN = Publisher("mine", "My “own” feed\\", "https://feed.example/rss", "Europe/Kyiv", "uk", "free")


def by_id(feeds):
    return {item.id: item for item in feeds.publishers()}


def test_every_feed_that_ships_says_whose_it_is_by_which_clock_and_on_what_terms(tmp_path):
    shipped = FeedRegistry(tmp_path).publishers()
    assert len(shipped) >= 5
    for item in shipped:
        assert all((item.title, item.language, item.terms))
        assert not item.is_imported
        assert ZoneInfo(item.zone)
        assert parse_public_url(item.url).url == item.url
    assert list(tmp_path.iterdir()) == []


def test_a_feed_that_was_added_comes_back_as_it_was_and_is_guarded(tmp_path):
    FeedRegistry(tmp_path).put(OWN)
    assert by_id(FeedRegistry(tmp_path))["mine"] == replace(OWN, is_imported=True)


def test_one_that_ships_is_switched_off_and_on_and_stays_one_that_ships(tmp_path):
    feeds = FeedRegistry(tmp_path)
    tass = by_id(feeds)["tass_en"]
    feeds.remove("tass_en")
    assert by_id(FeedRegistry(tmp_path))["tass_en"] == replace(tass, enabled=False)
    feeds.put(replace(tass, enabled=True))
    assert by_id(FeedRegistry(tmp_path))["tass_en"] == tass


def test_another_address_under_a_shipped_id_is_guarded(tmp_path):
    feeds = FeedRegistry(tmp_path)
    feeds.put(replace(by_id(feeds)["tass_en"], url="https://feed.example/rss"))
    assert by_id(FeedRegistry(tmp_path))["tass_en"].is_imported


def test_a_removed_one_is_gone_and_an_unknown_one_is_told(tmp_path):
    feeds = FeedRegistry(tmp_path)
    feeds.put(OWN)
    feeds.remove("mine")
    assert "mine" not in by_id(feeds)
    with pytest.raises(InputError, match="nobody: there is no feed of this id"):
        feeds.remove("nobody")


WRONG = [
    ("[[feed", "is not TOML"),
    ("feed = 3", r"begins with \[\[feed\]\]"),
    ('[[feed]]\nid = "a"\ntitle = "A"', "feed 1: url is missing"),
    ('[[feed]]\nid = "a"\ntitle = "A"\nurl = "http://127.0.0.1/"', "not public"),
    ('[[feed]]\nid = "a"\ntitle = "A"\nurl = "file:///etc/passwd"', "http:// or https://"),
    ('[[feed]]\nid = "A b"\ntitle = "A"\nurl = "https://a.example/"', "id: is no id"),
    ('[[feed]]\nid = "a"\ntitle = "A"\nurl = "https://a.example/"\nzone = "Mars"', "no time zone"),
    ('[[feed]]\nid = "a"\ntitle = "A"\nurl = "https://a.example/"\nhour = 3', "hour is no field"),
    ('[[feed]]\nid = "a"\ntitle = 3\nurl = "https://a.example/"', "title: is no text"),
    ('[[feed]]\nid = "a"\ntitle = "A"\nurl = "https://a.example/"\nenabled = 1', "true or false"),
]


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_file_that_cannot_be_read_is_told_with_place_and_field(tmp_path, text, message):
    (tmp_path / "feeds.toml").write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        FeedRegistry(tmp_path).publishers()
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_bytes_that_are_no_text_are_told(tmp_path):
    (tmp_path / "feeds.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"feeds\.toml: cannot be read"):
        FeedRegistry(tmp_path).publishers()


def test_there_are_at_most_a_hundred_of_ones_own(tmp_path):
    feeds = FeedRegistry(tmp_path)
    for number in range(MAX_FEEDS):
        feeds.put(replace(OWN, id=f"f{number}", url=f"https://feed.example/{number}"))
    with pytest.raises(InputError, match="no more are kept"):
        feeds.put(OWN)
