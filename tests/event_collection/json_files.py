"""JSON files of the collection."""

from __future__ import annotations

import json

from tests.event_collection.form import cases_of

TWO = [("2024-03-05", "Talks in Riyadh"), ("2024-03-06", "Rate kept")]
ONE = TWO[:1]
EVENTS = [{"date": day, "title": title} for day, title in TWO]
PLAIN = json.dumps(EVENTS)


def one(**fields):
    return json.dumps([{"date": "2024-03-05", "title": "Talks in Riyadh"} | fields])


CASES = cases_of(
    "f.json",
    ("a list", PLAIN, "accept", TWO),
    ("a list under events", json.dumps({"events": EVENTS}), "accept", TWO),
    ("a list under items", json.dumps({"items": EVENTS, "total": 2}), "accept", TWO),
    ("a list under another name", json.dumps({"stuff": EVENTS}), "reject", "no list of events"),
    ("two lists", json.dumps({"events": EVENTS, "rows": EVENTS}), "reject", "which list"),
    ("columns, not rows", json.dumps({"date": ["2024-03-05"], "title": ["x"]}), "reject",
     "no list of events"),
    ("laid out", json.dumps(EVENTS, indent=2), "accept", TWO),
    ("byte order mark", b"\xef\xbb\xbf" + PLAIN.encode(), "accept", TWO),
    ("utf-16", b"\xff\xfe" + PLAIN.encode("utf-16-le"), "accept", TWO),
    ("windows-1251", '[{"date": "2024-03-05", "title": "Переговоры в Эр-Рияде"}]'.encode("cp1251"),
     "warn", [("2024-03-05", "Переговоры в Эр-Рияде")], "windows-1251"),
    ("an object a line", "\n".join(map(json.dumps, EVENTS)), "reject", "second document"),
    ("a comma at the end", PLAIN.replace("}]", "},]"), "reject", "is no JSON here"),
    ("single quotes", PLAIN.replace('"', "'"), "reject", "is no JSON here"),
    ("a remark", "[ // mine\n" + PLAIN[1:], "reject", "is no JSON here"),
    ("cut off", PLAIN[:-5], "reject", "cut off"),
    ("a word after the end", PLAIN + "x", "reject", "second document"),
    ("NaN", one(weight=1).replace('"weight": 1', '"weight": NaN'), "reject", "NaN"),
    ("1e400", one(title=1).replace('"title": 1', '"title": 1e400'), "reject", "title"),
    ("a number of 5,000 digits", "[" + "9" * 5_000 + "]", "reject", "too many digits"),
    ("100,000 brackets", "[" * 100_000, "reject", "nested too deeply"),
    ("an empty list", "[]", "reject", "empty list"),
    ("an empty object", "{}", "reject", "no list of events"),
    ("a list of words", '["Talks", "Rate"]', "reject", "no column date"),
    ("a list of lists", '[["2024-03-05", "Talks"]]', "reject", "no column date"),
    ("a word among objects", json.dumps([*EVENTS, "x"]), "reject", "item 3: is 'x', no object"),
    ("a name twice", '[{"date": "2024-03-05", "title": "One", "title": "Two"}]', "reject",
     "has title twice"),
    ("a title of null", one(title=None), "reject", "title: is empty"),
    ("no title", '[{"date": "2024-03-05", "title": "x"}, {"date": "2024-03-06"}]', "reject",
     "item 2, title: is empty"),
    ("a title that is a number", one(title=7), "accept", [("2024-03-05", "7")]),
    ("a title that is true", one(title=True), "reject", "true or false"),
    ("a title that is an object", one(title={"en": "Talks"}), "reject", "holds an object"),
    ("the title null in letters", one(title="null"), "accept", [("2024-03-05", "null")]),
    ("a list of tags", one(tags=["a", "b"]), "accept", ONE, {"tags": "a;b"}),
    ("a list of numbers", one(tags=[1, 2]), "reject", "holds a list"),
    ("a date as a number", one(date=20240305), "accept", ONE),
    ("a Unix time", one(date=1709596800), "reject", "Unix time"),
    ("a Unix time in milliseconds", one(date=1709596800000), "reject", "Unix time"),
    ("a date that does not exist", one(date="2024-02-30"), "reject", "item 1, column date"),
    ("a date with two meanings", one(date="03/04/2025"), "reject",
     "which order"),
    ("a moment in UTC", one(date="2024-03-05T10:30:00.000Z"), "accept", ONE,
     {"time_utc": "2024-03-05T10:30:00Z"}),
    ("a NUL in letters", one(title="Tal\0ks in Riyadh"), "accept", ONE),
    ("a lone surrogate in letters", '[{"date":"2024-03-05","title":"Talks in Riyadh\\ud800"}]',
     "accept", ONE),
    ("an emoji as a pair", '[{"date":"2024-03-05","title":"\\ud83d\\ude80"}]', "accept",
     [("2024-03-05", "🚀")]),
    ("names in capitals", '[{"DATE": "2024-03-05", "Title": "Talks in Riyadh"}]', "accept", ONE),
    ("names in Russian", '[{"дата": "05.03.2024", "событие": "Переговоры"}]', "accept",
     [("2024-03-05", "Переговоры")]),
    ("names nobody knows", one(colour="red", __proto__="x"), "warn", ONE, "not used"),
    ("names that are said", '[{"wann": "2024-03-05", "was": "Talks in Riyadh"}]', "accept", ONE,
     ("--map", "date=wann", "--map", "title=was")),
    ("two events that are one", json.dumps([*EVENTS, EVENTS[0]]), "warn", TWO, "already there"),
    ("one bad of three, the good ones wanted", json.dumps([*EVENTS, {"date": "x", "title": "x"}]),
     "warn", TWO, "item 3, column date", ("--good-rows",)),
    ("50,001 objects", "[" + ",".join(["{}"] * 50_001) + "]", "reject", "more than 50,000 rows"),
    ("our own list", json.dumps([{
        "id": "note-1", "date": "2024-03-05", "time_utc": None, "zone": "Europe/Moscow",
        "end_date": None, "title": "'=1", "actor": None, "category": "other",
        "expected": "unclear", "text": None, "source_name": None, "source_url": None,
        "tags": "a;b", "series": None, "author": None, "origin": "note", "confidence": None,
        "created": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:00Z", "revision": 1}]),
     "accept", [("2024-03-05", "'=1")], {"tags": "a;b"}),
    ("a name that lies", PLAIN, "warn", TWO, "is JSON whatever", {"name": "f.csv"}),
)  # fmt: skip
