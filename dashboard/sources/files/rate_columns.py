"""Columns of rates as publishers name them: the header of a table, its dates, what is a rate.

The names are data: the exports of the Bank of Russia, MOEX, the ECB, FRED, Yahoo, Investing,
TradingView, Stooq, Finam, MetaTrader, Google Finance, Bloomberg, Dukascopy and Alpha Vantage differ
in them and in nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from dashboard.models.currencies import CurrencyPair, pair_of_name
from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _
from dashboard.models.series import QUOTE_IS_SUBJECT, SeriesCard
from dashboard.models.user_files import RateFileOptions
from dashboard.sources.files.delimited_file import Header
from dashboard.sources.files.event_grid import normalize_column_name
from dashboard.sources.files.text import display_text, is_date_like

ColumnRole: TypeAlias = Literal["date", "time", "close", "price", "nominal", "key", "other", ""]

_NAMES: Final[dict[ColumnRole, str]] = {
    "date": (
        "date|tradedate|trade date|observation date|дата|дата торгов|data|dates|day|день"
        "|datetime|date time|дата и время|timestamp|gmt time|utc time|time utc|local time|end|begin"
        "|time period|exchange date|as of date|as of|quote date|value date|valuation date"
        "|price date|close time|open time|period|период|unix|unixtime|epoch|datum|fecha|when"
        "|timestamp utc|date utc|start time|end period ts"
    ),
    "time": "time|время|tradetime|hour|час|clock",
    "close": (
        "close|closing|closing price|close price|close last|close last price|price|last|last price"
        "|px last|px close|px mid|settle|settlement price|zamkniecie|zamknięcie|schluss"
        "|цена|закрытие|закр|цена закрытия|последняя|последняя цена|curs|курс|obs value"
    ),
    "price": (
        "open|high|low|adj close|adjusted close|open price|high price|low price|px open|px high"
        "|px low|откр|открытие|цена открытия|макс|максимум|мин|минимум|otwarcie|najwyzszy|najniższy"
        "|najwyższy|najnizszy|waprice|weighted average|vwap|average|legalcloseprice"
    ),
    "nominal": "nominal|номинал|единиц|units|unit|количество|кол во|количество единиц",
    "key": (
        "ticker|secid|symbol|boardid|series|cdx|currency|валюта|instrument|pair|key|iso|code|код"
        "|букв код|буквенный код|shortname|наименование|series id|security"
    ),
    "other": (
        "volume|vol|volume ma|объем|wolumen|tickvol|tick volume|tickvolume|spread|change|change %"
        "|chg|chg %|% chg|%|изм|изм %|изменение|изменение %|change percent|percent change|dividends"
        "|stock splits|capital gains|openint|open interest|numtrades|volrur|turnover|оборот|сделок"
        "|per|freq|currency denom|exr type|exr suffix|obs status|obs conf|obs pre break|obs com"
        "|time format|breaks|collection|compiling org|diss org|dom ser ids|publ ecb|publ mu"
        "|publ public|unit index base|compilation|coverage|decimals|nat title|source agency"
        "|source pub|title compl|unit mult|realtime start|realtime end|цифр код|tradingsession"
        "|question id|forecaster id|forecaster username|end time|forecaster count|probability no"
        "|quote asset volume|number of trades|taker buy base asset volume"
        "|taker buy quote asset volume|ignore|№"
    ),
}
_ROLES: Final[dict[str, ColumnRole]] = {
    name: role for role, names in _NAMES.items() for name in names.split("|")
}
_DATE_ORDER: Final = {name: place for place, name in enumerate(_NAMES["date"].split("|"))}
_UTC_COLUMNS: Final = frozenset({"gmt time", "utc time", "time utc", "date utc", "timestamp utc"})
_HEADERLESS: Final = ("Date", "Time", "Open", "High", "Low", "Close", "Volume")
"""MetaTrader and HistData write no header; the time may stand in the cell of the date."""

_NAMELESS: Final = re.compile(r"column [0-9]+")
_NUMBER_CELL: Final = re.compile(r"[+-]?[0-9][0-9.,\s'’]*(?:[eE][+-]?[0-9]+)?%?")

_PAIR: Final = re.compile(r"(?<![A-Z])[A-Z]{3}[/_.\s-]?[A-Z]{3}(?![A-Z])")
_PAIR_SUFFIX: Final = re.compile(r"(?<=[A-Z])(?:000UTS|000)?(?:TOM|TOD)$|=X$")
_PAIR_ALIASES: Final = {"USD": "USDRUB", "EUR": "EURRUB", "CNY": "CNYRUB"}
"""Of the MOEX codes USD000UTSTOM and EUR000TODTOM."""
_MORE_THAN_A_ROUBLE: Final = frozenset({"USD", "EUR", "GBP", "CHF", "CNY"})


# ---- header


def find_header(records: Sequence[Sequence[str]], date_column: str = "") -> Header | None:
    """The header among the first records of a file; None where no record looks like one.

    Args:
        records: trimmed cells, blank records too.
        date_column: the column of the dates, as the user named it.
    """
    stated = normalize_column_name(date_column)
    for index, record in enumerate(records):
        names = [normalize_column_name(cell) for cell in record]
        if stated in names if stated else _names_dates(record, names, index):
            return _joined_header(records, index)
    return None if stated else _header_by_content(records)


def column_role(name: str) -> ColumnRole:
    """What a column of this name holds; empty where the name says nothing."""
    return _ROLES.get(normalize_column_name(name), "other" if _NAMELESS.fullmatch(name) else "")


def _names_dates(record: Sequence[str], names: Sequence[str], index: int) -> bool:
    is_named = any(_ROLES.get(name) == "date" or name == "time" for name in names)
    return is_named and (len(names) > 1 or not index) and not any(map(is_date_like, record))


def _joined_header(records: Sequence[Sequence[str]], index: int) -> Header:
    """The header that ends with a record.

    yfinance writes prices on one line, tickers on the next, and the name of the dates alone on a
    third.
    """
    record = records[index]
    above = [row for row in records[max(index - 2, 0) : index] if len(row) == len(record) > 1]
    is_priced = [any(column_role(cell) in {"close", "price"} for cell in row[1:]) for row in above]
    if any(record[1:]) or not any(is_priced):
        return Header(index, 1, tuple(record))
    prices = above[is_priced.index(True)]
    tickers = next((row for row in above if row is not prices), prices)
    if len(set(tickers[1:])) == 1 or tickers is prices:
        names = list(prices[1:])
    else:
        names = [f"{ticker} {price}" for ticker, price in zip(tickers, prices, strict=True)][1:]
    return Header(index - len(above), len(above) + 1, (record[0], *names))


def _header_by_content(records: Sequence[Sequence[str]]) -> Header | None:
    """The record above the first one with a date and a number, or the names of a headerless file.

    The name of the column of dates is left as it is, even where it is empty.
    """
    for index, record in enumerate(records):
        dates = [place for place, cell in enumerate(record) if is_date_like(cell)]
        if len(dates) != 1 or not _has_number(record, dates[0]):
            continue
        above = records[index - 1] if index else ()
        if len(above) == len(record) and not any(map(_NUMBER_CELL.fullmatch, above)):
            return Header(index - 1, 1, tuple(above), dates[0])
        names = _HEADERLESS if ":" in record[1] else ("Date", *_HEADERLESS[2:])
        is_known = dates[0] == 0 and 5 <= len(record) <= len(names)
        return Header(index, 0, names[: len(record)]) if is_known else None
    return None


def _has_number(record: Sequence[str], date_place: int) -> bool:
    return any(
        _NUMBER_CELL.fullmatch(cell) for place, cell in enumerate(record) if place != date_place
    )


# ---- columns


@dataclass(frozen=True, slots=True)
class RateColumns:
    """Which column of a table holds what.

    Attributes:
        date: the column of the dates.
        time: the column of the times of day; empty where there is none.
        rates: the columns that are read as rates, with the name of each series.
        nominal: the column of units, by which rates are divided; empty where there is none.
        keys: columns of text that distinguish several series of one table.
        unread: further columns, in the order of the table.
        is_bar: whether the rates are the closes of bars.
        ends: whether the dates are stated to be the ends of bars.
        zone: the zone that the name of the date column states; empty where it states none.
    """

    date: str
    time: str
    rates: dict[str, str]
    nominal: str = ""
    keys: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    is_bar: bool = False
    ends: bool = False
    zone: str = ""


def choose_columns(file: str, header: Sequence[str], options: RateFileOptions) -> RateColumns:
    """What the columns of a table hold, by their names and as the user says.

    Args:
        file: in messages.
        header: the names of the columns.
        options: the column of the dates and those of rates, where the user names them.

    Raises:
        InputError: a column that was named does not exist, or no column is left to read.
    """
    date_column, columns = options.date, options.columns
    roles = {name: column_role(name) for name in header}
    date = _find_column(file, header, date_column) if date_column else _date_column(header)
    names = {normalize_column_name(name) for name in header}
    is_end = normalize_column_name(date) in {"end", "close time"} and bool(
        names & {"begin", "open time"}
    )
    time = next((n for n, role in roles.items() if role == "time" and n != date), "")
    left = [name for name in header if name not in {date, time}]
    if not left:
        msg = _(
            "{file}, line 1: has no column of rates beside {date}; add one",
            file=file,
            date=display_text(date),
        )
        raise InputError(msg)
    nominal = next((n for n in left if roles[n] == "nominal"), "") if len(left) > 1 else ""
    if columns is None:
        rates, is_bar = _rates_by_name([name for name in left if name != nominal])
    else:
        chosen = [_find_column(file, left, column) for column in dict.fromkeys(columns)]
        rates = {name: name for name in chosen}
        is_bar = any(roles[name] in {"close", "price"} for name in chosen)
    wanted = {factor.casefold() for factor in options.factors}
    rates |= {name: name for name in left if name.casefold() in wanted}
    return RateColumns(
        date=date,
        time=time,
        rates=rates,
        nominal="" if nominal in rates else nominal,
        keys=tuple(name for name in left if roles[name] == "key" and name not in rates),
        unread=tuple(name for name in left if name not in rates and name != nominal),
        is_bar=is_bar,
        ends=is_end,
        zone="UTC" if normalize_column_name(date) in _UTC_COLUMNS else
        "Europe/Moscow" if is_end and "begin" in names else "",
    )  # fmt: skip


def _find_column(file: str, header: Sequence[str], wanted: str) -> str:
    folded = {name.casefold(): name for name in header}
    normal = {normalize_column_name(name): name for name in header}
    found = folded.get(wanted.casefold()) or normal.get(normalize_column_name(wanted))
    if found is None:
        listed = display_text(", ".join(header), 200)
        msg = _(
            "{file}: has no column {wanted}; choose one of {listed}",
            file=file,
            wanted=display_text(wanted),
            listed=listed,
        )
        raise InputError(msg)
    return found


def _date_column(header: Sequence[str]) -> str:
    """The column of dates by its name; else a column `time`, else the first one."""
    dated = [name for name in header if column_role(name) == "date"]
    if dated:
        return min(dated, key=lambda name: _DATE_ORDER[normalize_column_name(name)])
    return next((name for name in header if column_role(name) == "time"), header[0])


def _rates_by_name(names: Sequence[str]) -> tuple[dict[str, str], bool]:
    """The columns of rates with the names of their series, and whether they are closes of bars.

    Of the columns of bars the close is taken; a table of several tickers has one of each.
    """
    split = {name: _split_role(name) for name in names}
    closes = {name: group for name, (role, group) in split.items() if role == "close"}
    is_bar = bool(closes) and any(role in {"price", "other"} for role, _ in split.values())
    if closes and (is_bar or any(column_role(name) == "key" for name in names)):
        several = len(closes) > 1
        return {name: closes[name] if several and closes[name] else name for name in closes}, is_bar
    rates = {name: name for name in names if split[name][0] in {"", "close", "price"}}
    return rates or {name: name for name in names}, bool(closes)


def _split_role(name: str) -> tuple[ColumnRole, str]:
    """The role of a column, and the ticker in `RUB=X Close`, `close_USDRUB` or `USD Close`."""
    role = column_role(name)
    if role:
        return role, ""
    parts = [part for part in re.split(r"[\s_:,]+", name) if part]
    for part, rest in ((parts[-1], parts[:-1]), (parts[0], parts[1:])) if len(parts) > 1 else ():
        own = column_role(part)
        if own in {"close", "price", "other"} and len(part) > 1:
            return own, " ".join(rest)
    return "", ""


# ---- pairs of currencies


def named_pair(name: str) -> CurrencyPair | None:
    """The pair that a column, ticker or file is named by; None without one.

    Yahoo leaves the dollar out (`RUB=X`), MOEX the rouble (`USD000UTSTOM`).
    """
    text = name.strip().upper().replace("RUR", "RUB")
    if text.endswith("=X") and len(text) == len("RUB=X"):
        text = f"USD{text}"
    if match := _PAIR_SUFFIX.search(text):
        text = _PAIR_ALIASES.get(text[: match.start()], text[: match.start()])
    inner = _PAIR.search(text)
    return pair_of_name(text) or (pair_of_name(inner[0]) if inner else None)


def pair_messages(place: str, card: SeriesCard, level: float) -> Iterator[str]:
    """What the number of a series counts, where its name says so.

    Args:
        place: file and column.
        card: of the series.
        level: a typical number of it.
    """
    pair = card.pair
    if pair is None:
        return
    subject = card.subject.name
    other = pair.base if pair.quote == "RUB" else pair.quote
    is_rouble = "RUB" in {pair.base, pair.quote} and other in _MORE_THAN_A_ROUBLE
    if is_rouble and (level < 1) == (pair.quote == "RUB"):
        yield _(
            "{place}: its name says {unit}, but numbers like {level:g} are those of "
            "{inverse_unit}; say on import what the number counts",
            place=place,
            unit=pair.unit,
            level=level,
            inverse_unit=pair.inverse_unit,
        )
        return
    effect = card.subject.down if card.move_sign == QUOTE_IS_SUBJECT else card.subject.up
    yield _(
        "{place}: read as {unit} by its name: a rise is {subject} {effect}; say on import "
        "what the number counts where it is something else",
        place=place,
        unit=pair.unit,
        subject=subject,
        effect=effect,
    )
