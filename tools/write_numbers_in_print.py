"""Write `docs/numbers_in_print.md`: claims of the press and of papers, checked on the shipped data.

Every verdict is what the claim check says on the Bank of Russia's rate; nothing is typed by hand
but what was printed. Run after a change of data or claim check:
`python -m tools.write_numbers_in_print`; `tests/test_numbers_in_print.py` compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from dashboard.models.article import (
    Claim,
    ClaimKind,
    ClaimTruth,
    DateMention,
    Exactness,
    Market,
    Precision,
)
from dashboard.models.series import RateSeries
from dashboard.presentation.claims import (
    MARKET_LABELS,
    describe_answer,
    describe_common_base,
    format_verdict,
    get_overall_truth,
    is_record_claim,
    list_needed_bases,
)
from dashboard.presentation.formatting import capitalize_first, format_day, format_number
from dashboard.services.claims import answer_claim, solve_common_bases
from dashboard.sources.rates.bundled import BundledRates

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "numbers_in_print.md"
SERIES: Final = "usd_rub_cbr"
INTRODUCTION: Final = """# Numbers in print

Claims about the rouble from the press and from papers, each checked on the Bank of Russia's
official rate as it ships (`usd_rub_cbr`). Days are market days: a record dated a day was set the
calendar day before, so that "the rate of 15 May" is of the market of 14 May. A number of another
market (over the counter, the exchange) is *another number*: the difference is given, the claim is
neither confirmed nor refuted. Where the sentence names no market it is judged on the official rate.
`python -m tools.write_numbers_in_print` writes this page; what it says is what
[Check a claim](guide/claims.md) says.
"""


@dataclass(frozen=True)
class PrintedClaim:
    """A claim as it was printed: our sentence for it, the source, and what it says about the rate.

    `remark` is what a reader should know about the comparison.
    """

    sentence: str
    source: str
    claim: Claim
    remark: str = ""


def since(day: str) -> DateMention:
    """A day, or a month as `2024-06`, as the period that a claim names."""
    if len(day) > len("2024-06"):
        one = date.fromisoformat(day)
        return DateMention(format_day(one), 0, Precision.DAY, one, one)
    first = np.datetime64(day, "M")
    start, end = first.astype("datetime64[D]"), (first + 1).astype("datetime64[D]") - 1
    name = f"{start.astype(object):%B %Y}"
    return DateMention(name, 0, Precision.MONTH, start.astype(object), end.astype(object))


def level(day: str, value: float, decimals: int, market: Market | None, about: str = "") -> Claim:
    """A level; `about` is an `Exactness` where it is not exact."""
    exactness = Exactness(about) if about else Exactness.EXACT
    return Claim(ClaimKind.LEVEL, "USD", "", "", value, exactness, decimals,
                 day=date.fromisoformat(day), market=market)  # fmt: skip


def strongest(day: str, period: str, market: Market | None, first_day: str = "") -> Claim:
    """A record since a period, on a day or within days."""
    return Claim(
        ClaimKind.STRONGEST, "USD", "", "", since=since(period), day=date.fromisoformat(day),
        first_day=date.fromisoformat(first_day) if first_day else None, market=market,
    )  # fmt: skip


def change(
    day: str, per_cent: float, base: str, market: Market | None, how: str = "exact"
) -> Claim:
    """A change, negative for a weaker rouble, from a named base or from a day."""
    is_day = base[:1].isdigit()
    return Claim(
        ClaimKind.UP if per_cent > 0 else ClaimKind.DOWN, "USD", "", "", abs(per_cent),
        Exactness(how), since=since(base) if is_day else None, base="since" if is_day else base,
        day=date.fromisoformat(day), market=market,
    )  # fmt: skip


NEW_DAY: Final = (
    "[RIA Novy Den](https://investmentscorner.top/en/"
    "russian-central-bank-decreased-dollar-and-chinese-yuan-exchange-rates), 14 May 2025"
)
BCS: Final = (
    "[BCS Express](https://bcs-express.ru/novosti-i-analitika/"
    "ofitsial-nyi-kurs-rublia-snizilsia-vpervye-s-proshlogo-ponedel-nika), 24 Feb 2025"
)
PRAVDA: Final = "[a market note](https://news-pravda.com/usa/2025/03/19/1157989.html), 19 Mar 2025"
MOSCOW_TIMES: Final = (
    "[The Moscow Times](https://www.themoscowtimes.com/2022/03/29/"
    "ruble-surges-10-after-peace-talks-in-turkey-a77129), 29 Mar 2022"
)
COIN: Final = (
    "[a reference page](https://stashofcoins.com/coin/46420-russian-federation-3-rubles-2022)"
)
WORKING_PAPER: Final = (
    "[Dreger et al. (2015)](https://papers.ssrn.com/sol3/papers.cfm?abstract_id=2617202), working"
    " paper, June 2015"
)
DEVDISCOURSE: Final = (
    "[Devdiscourse](https://www.devdiscourse.com/article/business/"
    "3311498-rouble-rallies-amid-high-stakes-talks), 18 Mar 2025"
)
RECORDER: Final = (
    "[Business Recorder](https://www.brecorder.com/news/40353724/"
    "russian-rouble-weakens-after-trump-putin-call), 19 Mar 2025"
)
CYPRUS_MAIL: Final = (
    "[Cyprus Mail](https://cyprus-mail.com/2025/04/18/"
    "russian-rouble-hits-10-month-high-amid-oil-price-surge), 18 Apr 2025"
)
BELL: Final = (
    "[The Bell](https://en.thebell.io/soaring-ruble-set-to-come-back-down-to-earth/), spring 2025"
)
AGENCIES_APRIL: Final = "agency reports, 21 Apr 2025"
AGENCIES_LATE_APRIL: Final = "agency reports, 23 Apr 2025"
AGENCIES_MAY: Final = "agency reports of the Bank of Russia's data, 15 May 2025"

OFFICIAL_CLAIMS: Final = (
    PrintedClaim("80.2237 for 15 May", NEW_DAY, level("2025-05-14", 80.2237, 4, Market.OFFICIAL)),
    PrintedClaim(
        "strongest since the record of 31 May 2023", AGENCIES_MAY,
        strongest("2025-05-14", "2023-05-30", Market.OFFICIAL),
        "By one record: none from that of 31 May 2023 on is as strong, the last that is, 80.0555,"
        " is dated 30 May.",
    ),
    PrintedClaim("88.2065 for 25 February", BCS, level("2025-02-24", 88.2065, 4, Market.OFFICIAL)),
    PrintedClaim(
        "the dollar down 25.6 % from the rate of 29 November to that of 19 March", PRAVDA,
        replace(change("2025-03-18", 25.6, "2024-11-28", Market.OFFICIAL), decimals=1),
    ),
    PrintedClaim(
        "up more than 10 % on 29 March 2022", MOSCOW_TIMES,
        change("2022-03-30", 10, "2022-03-28", Market.OFFICIAL, "more"),
        "Said of the exchange on one day; in the official rate it took two fixings, those of 29"
        " and 30 March.",
    ),
    PrintedClaim(
        "lost nearly half its value in March 2022", COIN,
        change("2022-03-10", -50, "2022-02-22", Market.OFFICIAL, "about"),
        "From the record of 23 February 2022 to the weakest, that of 11 March. What loses half its"
        " value doubles the dollar; the dollar rose by half.",
    ),
    PrintedClaim(
        "lost 50 % since January 2014 (to 31 March 2015)", WORKING_PAPER,
        change("2015-03-30", -50, "2013-12-31", Market.OFFICIAL),
        "From the record of 1 January 2014 to that of 31 March 2015, where the paper's data end.",
    ),
    PrintedClaim(
        "up about 21 % since the beginning of 2025", BELL,
        change("2025-04-30", 21, "year_start", Market.OFFICIAL, "about"),
    ),
)  # fmt: skip
SPRING_CLAIMS: Final = (
    PrintedClaim("81.40", DEVDISCOURSE, level("2025-03-18", 81.40, 2, Market.OTC)),
    PrintedClaim(
        "strongest since 27 June 2024", DEVDISCOURSE,
        strongest("2025-03-18", "2024-06-27", Market.OTC),
    ),
    PrintedClaim("82.80", RECORDER, level("2025-03-19", 82.80, 2, Market.OTC)),
    PrintedClaim(
        "strongest levels since June 2024 this week", RECORDER,
        strongest("2025-03-19", "2024-06", Market.OTC, "2025-03-17"),
    ),
    PrintedClaim(
        "up 27 % this year", RECORDER, change("2025-03-19", 27, "year_start", Market.OTC)
    ),
    PrintedClaim("80.90", CYPRUS_MAIL, level("2025-04-18", 80.90, 2, Market.OTC)),
    PrintedClaim(
        "up more than 40 % this year", CYPRUS_MAIL,
        change("2025-04-18", 40, "year_start", Market.OTC, "more"),
    ),
    PrintedClaim(
        "around 80", AGENCIES_APRIL, level("2025-04-21", 80, 0, None, "about")
    ),
    PrintedClaim(
        "highest since June 2024", AGENCIES_APRIL, strongest("2025-04-21", "2024-06", None)
    ),
    PrintedClaim(
        "up more than 40 % this year", AGENCIES_APRIL,
        change("2025-04-21", 40, "year_start", None, "more"),
    ),
    PrintedClaim("82.70", AGENCIES_LATE_APRIL, level("2025-04-23", 82.70, 2, Market.OTC)),
    PrintedClaim(
        "up 38 % this year", AGENCIES_LATE_APRIL,
        change("2025-04-23", 38, "year_start", Market.OTC),
    ),
)  # fmt: skip
LARGEST_FALL: Final = (date(2018, 4, 9), date(2018, 4, 11))
"""Market days of the fall that newspapers of April 2018 call the largest since January 2015."""
GUARDIAN: Final = (
    "[The Guardian](https://www.theguardian.com/business/2018/apr/09/"
    "russian-firms-and-rouble-hit-heavily-by-trump-sanctions), 9 Apr 2018"
)


@dataclass(frozen=True)
class Fall:
    """A fall of the rouble in per cent of RUB per USD, and the last one before as large."""

    first: date
    last: date
    per_cent: float
    before: date
    before_per_cent: float


def largest_fall(series: RateSeries, days: tuple[date, date]) -> Fall:
    """The fall over the fixings of some days, and the last of as many fixings that was as large."""
    first, last = (series.row_on_or_before(day) for day in days)
    fixings = last - first + 1
    rates, market_days = series.rate, series.day.astype("datetime64[D]")
    changes = 100 * (rates[fixings:] / rates[:-fixings] - 1)  # ending at row `fixings + k`
    at = last - fixings
    as_large = np.flatnonzero(changes[: at - fixings + 1] >= changes[at])
    row = int(as_large[-1])
    return Fall(
        days[0], days[1], float(changes[at]), market_days[row + fixings].astype(object),
        float(changes[row]),
    )  # fmt: skip


def format_row(printed: PrintedClaim, series: RateSeries) -> str:
    """A row of the table: day, sentence, source, quantity, our number and verdict."""
    claim = printed.claim
    answer = answer_claim(claim, [series])
    truth = answer.of_main[0].verdict.truth if is_record_claim(claim) else get_overall_truth(answer)
    assert claim.day is not None
    quantity = MARKET_LABELS[claim.market] if claim.market else "not named"
    numbers = describe_answer(answer)
    needed = list_needed_bases(answer) if truth == ClaimTruth.FALSE else ()
    needs = " ".join(f"{capitalize_first(base)}." for base in needed)
    numbers = " ".join(part for part in (numbers, needs, printed.remark) if part)
    cells = (
        format_day(claim.day), printed.sentence, printed.source, quantity,
        numbers, f"**{format_verdict(claim, truth)}**",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def write_page(series: RateSeries) -> str:
    """The whole page."""
    head = ["| market day | claim | printed in | quantity | our number | verdict |",
            "|---|---|---|---|---|---|"]  # fmt: skip
    fall = largest_fall(series, LARGEST_FALL)
    is_so = (fall.before.year, fall.before.month) <= (2015, 1)
    single = largest_fall(series, (date(2018, 4, 10), date(2018, 4, 10)))
    claims = [printed.claim for printed in SPRING_CLAIMS]
    (base,) = solve_common_bases(claims, [series])
    lines = [
        INTRODUCTION,
        "## Of the official rate",
        "",
        *head,
        *(format_row(printed, series) for printed in OFFICIAL_CLAIMS),
        "",
        "## The largest fall since January 2015",
        "",
        f"Printed in {GUARDIAN}, of the exchange on 9 April 2018 (3.7 %). The official rate fell"
        f" over the three fixings of 9 to 11 April by {format_number(fall.per_cent, 2)} % (RUB per"
        f" USD). The last three fixings with as large a fall before end on"
        f" {format_day(fall.before)} ({format_number(fall.before_per_cent, 2)} %):"
        f" **{'true' if is_so else 'false'}** of three fixings. Its largest fall of one fixing,"
        f" {format_number(single.per_cent, 2)} % on 10 April, was the largest since"
        f" {format_day(single.before)} ({format_number(single.before_per_cent, 2)} %).",
        "",
        "## The sentences of spring 2025",
        "",
        *head,
        *(format_row(printed, series) for printed in SPRING_CLAIMS),
        "",
        " ".join(describe_common_base(base)),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(write_page(BundledRates().get(SERIES)), encoding="utf-8")


if __name__ == "__main__":
    main()
