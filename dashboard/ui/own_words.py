"""What a page says about a person's own file of rates: the verdict, the rows, what to choose."""

from __future__ import annotations

from typing import Final

from dashboard.domain.rate_file import DateOrder, Quote, Stamps
from dashboard.domain.series import RateSeries
from dashboard.ui.wording import count, days, number

QUOTES: Final[dict[Quote, str]] = {
    "as-quoted": "As it is: moves of the number",
    "rub-per-usd": "Roubles for one dollar",
    "usd-per-rub": "Dollars for one rouble",
}
ORDERS: Final[dict[DateOrder, str]] = {
    "": "As the file shows",
    "dmy": "The day",
    "mdy": "The month",
}
STAMPS: Final[dict[Stamps, str]] = {
    "": "Not known: taken as begin",
    "begin": "When it begins",
    "end": "When it ends",
}
NO_ZONE: Final = "Each stamp has its own, or there are no times"
ZONES: Final = (
    "Europe/Moscow", "UTC", "Europe/London", "Europe/Berlin", "America/New_York", "Asia/Shanghai",
)  # fmt: skip
OPTIONS: Final = {
    "say --dates dmy or --dates mdy": "choose what comes first",
    "say --dates if they are not": "choose what comes first if they are not",
    "say --zone Europe/Moscow": "choose a time zone",
    "say --stamps begin, or --stamps end": "choose when a bar is stamped",
    "give --replace or another --name, or rates remove": "choose another short name, or remove",
    "--name ": "the short name ",
}


def on_page(message: str) -> str:
    """A message of the reader, with the controls of the page instead of options."""
    for option, control in OPTIONS.items():
        message = message.replace(option, control)
    return message


def verdict(n_messages: int, *, refused: bool) -> str:
    """What becomes of a file, in a sentence."""
    if refused:
        return "This file is not taken as it is. Nothing was kept; correct it or choose below."
    if n_messages:
        return f"This file can be kept, with {count(n_messages, 'thing')} to know first."
    return "This file was read without a doubt."


def series_words(series: RateSeries) -> str:
    """How many rows a series has, of which days, how long its bars are, what is missing."""
    first, last = (day.astype(object) for day in series.day[[0, -1]])
    minutes = series.card.bar_minutes
    told = [count(len(series), "row"), days(first, last)]
    if minutes:
        told.append(f"bars of {count(minutes, 'minute')}")
    missing = int((series.rate != series.rate).sum())
    if missing:
        told.append(f"{missing:,} missing")
    return " · ".join(told)


def preview_columns(series: RateSeries, most: int = 5) -> dict[str, list[str]]:
    """The first and the last rows of a series, with the moment each was known (UTC)."""
    n = len(series)
    rows = list(range(n)) if n <= 2 * most else [*range(most), *range(n - most, n)]
    known = [str(series.known_at[row]).replace("T", " ")[:16] for row in rows]
    return {
        "Market day": [str(series.day[row]) for row in rows],
        "Known at (UTC)": known,
        "Rate": [number(float(series.rate[row]), 6) for row in rows],
    }
