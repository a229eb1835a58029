"""Calendars of the collection."""

from __future__ import annotations

from tests.event_collection.form import calendar, cases_of

DAY = "DTSTART;VALUE=DATE:20240305\n"
TALKS = "SUMMARY:Talks in Riyadh"
ONE = [("2024-03-05", "Talks in Riyadh")]
TWO = [*ONE, ("2024-03-06", "Rate kept")]
PLAIN = calendar(DAY + TALKS, "DTSTART;VALUE=DATE:20240306\nSUMMARY:Rate kept")
FOLDED = "Переговоры в Эр-Рияде".encode()


def one(lines, **more):
    return calendar(f"{lines}\n{TALKS}", **more)


def repeated(rule, *more):
    return one("\n".join([DAY.strip(), f"RRULE:{rule}", *more]))


def on(*days):
    return [(day, "Talks in Riyadh") for day in days]


def folded(cut, title=FOLDED):
    """A calendar whose title is folded inside a letter of two bytes."""
    text = calendar(DAY + "SUMMARY:@").encode()
    return text.replace(b"@", title[:cut] + b"\r\n " + title[cut:])


ZONE = (
    "BEGIN:VTIMEZONE\nTZID:Own zone\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0300\n"
    "TZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE"
)

CASES = cases_of(
    "f.ics",
    ("whole days", PLAIN, "accept", TWO),
    ("line feeds alone", PLAIN.replace("\r\n", "\n"), "accept", TWO),
    ("carriage returns alone", PLAIN.replace("\r\n", "\r"), "accept", TWO),
    ("byte order mark", b"\xef\xbb\xbf" + PLAIN.encode(), "accept", TWO),
    ("utf-16", b"\xff\xfe" + PLAIN.encode("utf-16-le"), "accept", TWO),
    ("small letters", one("dtstart;value=date:20240305").replace("BEGIN", "begin"), "accept", ONE),
    ("a moment in UTC", one("DTSTART:20240305T103000Z"), "accept", ONE,
     {"time_utc": "2024-03-05T10:30:00Z"}),
    ("a moment in a zone", one("DTSTART;TZID=America/New_York:20240731T140000"), "accept",
     on("2024-07-31"), {"time_utc": "2024-07-31T18:00:00Z", "zone": "America/New_York"}),
    ("a zone in quotes", one('DTSTART;TZID="Europe/Moscow":20240305T103000'), "accept", ONE,
     {"time_utc": "2024-03-05T07:30:00Z"}),
    ("a zone of Windows", one("DTSTART;TZID=Russian Standard Time:20240305T103000"), "accept", ONE,
     {"time_utc": "2024-03-05T07:30:00Z", "zone": "Europe/Moscow"}),
    ("a zone with a path before", one("DTSTART;TZID=/e.example/20240101/Europe/Moscow:"
     "20240305T103000"), "accept", ONE, {"time_utc": "2024-03-05T07:30:00Z"}),
    ("a zone that is a list", one("DTSTART;TZID=Europe,Moscow:20240305T103000"), "warn", ONE,
     "'Europe,Moscow' is unknown"),
    ("kinds of values that are none of a calendar's", calendar(
        "DTSTART;VALUE=INTEGER:20240305\nSUMMARY;VALUE=BINARY:Talks in Riyadh\n"
        "CATEGORIES;VALUE=FLOAT,DATE:gas"), "accept", ONE, {"tags": "gas"}),
    ("a zone nobody knows", one("DTSTART;TZID=Own zone:20240305T103000", before=ZONE), "warn",
     ONE, "'Own zone' is unknown", {"time_utc": None}),
    ("a floating time", one("DTSTART:20240305T103000"), "warn", ONE, "were read as Europe/Moscow",
     {"time_utc": "2024-03-05T07:30:00Z"}),
    ("a floating time, the zone is said", one("DTSTART:20240305T103000"), "accept", ONE,
     ("--zone", "UTC"), {"time_utc": "2024-03-05T10:30:00Z"}),
    ("a floating time in a calendar with a zone",
     one("DTSTART:20240305T103000", before="X-WR-TIMEZONE:Europe/London"), "accept", ONE,
     {"time_utc": "2024-03-05T10:30:00Z", "zone": "Europe/London"}),
    ("an hour that clocks skip", one("DTSTART;TZID=America/New_York:20240310T023000"), "reject",
     "does not exist"),
    ("a date without saying so", one("DTSTART:20240305"), "accept", ONE),
    ("30 February", one("DTSTART;VALUE=DATE:20240230"), "reject", "does not exist"),
    ("a date of another form", one("DTSTART:2024-03-05"), "reject", "is no date"),
    ("half past twenty-five", one("DTSTART:20240305T253000"), "reject", "does not exist"),
    ("no start", calendar(TALKS), "reject", "event 1 (line 4): has no DTSTART"),
    ("the end of a whole day is the next", one(DAY + "DTEND;VALUE=DATE:20240306"), "accept", ONE,
     {"end_date": None}),
    ("three whole days", one(DAY + "DTEND;VALUE=DATE:20240308"), "accept", ONE,
     {"end_date": "2024-03-07"}),
    ("an end on the start", one(DAY + "DTEND;VALUE=DATE:20240305"), "accept", ONE,
     {"end_date": None}),
    ("an end before the start", one(DAY + "DTEND;VALUE=DATE:20240301"), "reject", "is before"),
    ("an end at midnight", one("DTSTART:20240305T200000Z\nDTEND:20240306T000000Z"), "accept", ONE,
     {"end_date": None}),
    ("an end after midnight", one("DTSTART:20240305T200000Z\nDTEND:20240306T010000Z"), "accept",
     ONE, {"end_date": "2024-03-06"}),
    ("three days long", one(DAY + "DURATION:P3D"), "accept", ONE, {"end_date": "2024-03-07"}),
    ("an hour long", one("DTSTART:20240305T103000Z\nDURATION:PT1H"), "accept", ONE,
     {"end_date": None}),
    ("a length that is none", one(DAY + "DURATION:3 days"), "reject", "DURATION"),
    ("signs that are escaped", calendar(DAY + r"SUMMARY:A\, b\; c\\ d\ne"), "accept",
     [("2024-03-05", r"A, b; c\ d e")]),
    ("text, link and words", one(DAY + r"DESCRIPTION:One\nTwo" + "\nURL:https://e.example/a"
     "\nCATEGORIES:gas,oil\nCATEGORIES:talks"), "accept", ONE,
     {"text": "One\nTwo", "source_url": "https://e.example/a", "tags": "gas;oil;talks"}),
    ("no title", calendar(DAY.strip()), "reject", "title: is empty"),
    ("markup for a title", calendar(DAY + "SUMMARY:<img src=x onerror=alert(1)>"), "accept",
     [("2024-03-05", "<img src=x onerror=alert(1)>")]),
    ("a fold inside a letter", folded(1), "accept", [("2024-03-05", "Переговоры в Эр-Рияде")]),
    ("a fold inside a later letter", folded(7), "accept",
     [("2024-03-05", "Переговоры в Эр-Рияде")]),
    ("a fold with a tab", calendar(DAY + "SUMMARY:Talks in\n\t Riyadh"), "accept", ONE),
    ("windows-1251", calendar(DAY + "SUMMARY:Переговоры в Эр-Рияде").encode("cp1251"), "warn",
     [("2024-03-05", "Переговоры в Эр-Рияде")], "windows-1251"),
    ("koi8-r", calendar(DAY + "SUMMARY:Переговоры в Эр-Рияде").encode("koi8-r"), "reject",
     "neither UTF-8 nor"),
    ("a NUL", calendar(DAY + "SUMMARY:Tal\0ks"), "reject", "NUL"),
    ("weekly, three times", repeated("FREQ=WEEKLY;COUNT=3"), "accept",
     on("2024-03-05", "2024-03-12", "2024-03-19")),
    ("daily until a day", repeated("FREQ=DAILY;UNTIL=20240307"), "accept",
     on("2024-03-05", "2024-03-06", "2024-03-07")),
    ("every second month on the last Friday",
     one("DTSTART;VALUE=DATE:20240329\nRRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR;COUNT=3"),
     "accept", on("2024-03-29", "2024-05-31", "2024-07-26")),
    ("the last working day of a month", one("DTSTART;VALUE=DATE:20240329\n"
     "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3"), "accept",
     on("2024-03-29", "2024-04-30", "2024-05-31")),
    ("yearly on 29 February", one("DTSTART;VALUE=DATE:20160229\nRRULE:FREQ=YEARLY;COUNT=3"),
     "accept", on("2016-02-29", "2020-02-29", "2024-02-29")),
    ("without one day", repeated("FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20240306"), "accept",
     on("2024-03-05", "2024-03-07")),
    ("with one day more", one(DAY + "RDATE;VALUE=DATE:20240401"), "accept",
     on("2024-03-05", "2024-04-01")),
    ("one day moved", calendar(
        DAY + TALKS + "\nRRULE:FREQ=DAILY;COUNT=3",
        "RECURRENCE-ID;VALUE=DATE:20240306\nDTSTART;VALUE=DATE:20240320\nSUMMARY:Talks moved",
     ).replace("UID:1@", "UID:0@"), "accept",
     [*on("2024-03-05", "2024-03-07"), ("2024-03-20", "Talks moved")]),
    ("a rule every second", repeated("FREQ=SECONDLY"), "reject", "at most daily"),
    ("a rule every hour", repeated("FREQ=HOURLY;COUNT=2"), "reject", "at most daily"),
    ("an interval of nothing", repeated("FREQ=DAILY;INTERVAL=0"), "reject", "is none; correct"),
    ("an interval below nothing", repeated("FREQ=DAILY;INTERVAL=-1"), "reject", "is none; correct"),
    ("a count and an end", repeated("FREQ=DAILY;COUNT=2;UNTIL=20240401"), "reject", "is none"),
    ("a rule that never happens", repeated("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), "warn", ONE,
     "go on"),
    ("a rule of weeks of the year", one("DTSTART;VALUE=DATE:20240513\n"
     "RRULE:FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3"), "accept",
     on("2024-05-13", "2025-05-12", "2026-05-11")),
    ("a rule of another calendar", repeated("RSCALE=CHINESE;FREQ=YEARLY"), "reject",
     "is not read"),
    ("a rule of hours of a day", repeated("FREQ=DAILY;BYHOUR=9,17"), "reject", "is not read"),
    ("a rule of days to leave out", repeated("FREQ=DAILY;COUNT=3", "EXRULE:FREQ=WEEKLY"), "reject",
     "is not read"),
    ("all later days moved", calendar(
        DAY + TALKS + "\nRRULE:FREQ=DAILY;COUNT=3",
        "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20240306\nDTSTART;VALUE=DATE:20240320\n"
        "SUMMARY:Talks moved",
     ).replace("UID:1@", "UID:0@"), "accept",
     [*ONE, ("2024-03-20", "Talks moved"), ("2024-03-21", "Talks moved")]),
    ("two events of one name", PLAIN.replace("UID:1@", "UID:0@"), "accept", TWO),
    ("an end of repetition in UTC, on a day of its own in Moscow",
     one("DTSTART;TZID=Europe/Moscow:20240305T010000\n"
         "RRULE:FREQ=DAILY;UNTIL=20240306T220000Z"), "accept",
     on("2024-03-05", "2024-03-06", "2024-03-07")),
    ("a day left out in UTC", one("DTSTART;TZID=Europe/Moscow:20240305T010000\n"
     "RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20240305T220000Z"), "accept",
     on("2024-03-05", "2024-03-07")),
    ("an end in another zone", one("DTSTART;TZID=America/New_York:20240305T180000\n"
     "DTEND:20240306T010000Z"), "accept", ONE, {"end_date": None}),
    ("a rule of 10,000 letters", repeated("FREQ=DAILY;BYMONTHDAY=" + ",".join(["1"] * 5_000)),
     "reject", "too long"),
    ("a rule that is no rule", repeated("every day"), "reject", "is not read"),
    ("cancelled", calendar(DAY + TALKS, DAY + "SUMMARY:Off\nSTATUS:CANCELLED"), "warn", ONE,
     "1 cancelled event"),
    ("an alarm inside", one(DAY + "BEGIN:VALARM\nTRIGGER:-PT15M\nSUMMARY:Wake up\nEND:VALARM"),
     "accept", ONE),
    ("a task beside", PLAIN.replace("END:VCALENDAR", "BEGIN:VTODO\r\nSUMMARY:Buy milk\r\n"
     "END:VTODO\r\nEND:VCALENDAR"), "warn", TWO, "no event and was left out"),
    ("tasks alone", "BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nSUMMARY:x\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
     "reject", "holds no event"),
    ("an empty calendar", calendar(), "reject", "holds no event"),
    ("cut off", PLAIN[:-40], "reject", "cut off"),
    ("parts that cross", PLAIN.replace("END:VEVENT", "END:VTODO", 1), "reject", "ends as VTODO"),
    ("a line that is none", one(DAY + "this is no line"), "reject", "is not NAME:VALUE"),
    ("two calendars in one file", PLAIN + calendar("DTSTART:20240307\nSUMMARY:Third"), "accept",
     [*TWO, ("2024-03-07", "Third")]),
    ("an attachment of a file", one(DAY + "ATTACH:file:///etc/passwd"), "accept", ONE),
    ("a link to a file", one(DAY + "URL:file:///etc/passwd"), "warn", ONE, "no web address",
     {"source_url": ""}),
    ("5,001 events", calendar(*["DTSTART:20240305\nSUMMARY:x"] * 5_001), "reject",
     "at most 5,000"),
    ("20,000 events", calendar(*["DTSTART:20240305\nSUMMARY:x"] * 20_000), "reject",
     "holds 20,000 events"),
    ("3,000 rules for 120 years", calendar(*["DTSTART:19050305\nSUMMARY:x\nRRULE:FREQ=YEARLY;"
     "BYMONTH=2;BYMONTHDAY=30"] * 3_000), "reject", "repeat too many days"),
    ("columns that are said", PLAIN, "reject", "leave the mapping out", ("--map", "date=DTSTART")),
    ("a name that lies", PLAIN, "warn", TWO, "is iCalendar whatever", {"name": "f.csv"}),
)  # fmt: skip
