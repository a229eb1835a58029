"""Read an article: dated statements as candidates, claims with verdicts; nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from dashboard.domain.article import Article, Claim, Published, SaidDate, Statement
from dashboard.domain.claim_check import CheckedClaim, ClaimVerdict, NeededBase
from dashboard.domain.day_facts import Observation
from dashboard.domain.errors import InputError
from dashboard.domain.event import MOSCOW
from dashboard.domain.series import RateSeries
from dashboard.reading.article_text import read_text
from dashboard.reading.dateline import day_in_text
from dashboard.services.check_claims import check_claims
from dashboard.services.clean_draft import TAG_LIMIT, Draft

NO_DAY: Final = (
    "the day of publication is not known, so that days like “on Sunday” stay open;"
    " say it with --published 2025-04-22"
)


@dataclass(frozen=True, slots=True)
class ArticleReading:
    """An article, what is proposed from it, and what the rates say to its claims."""

    article: Article
    statements: tuple[Statement, ...]
    claims: tuple[CheckedClaim, ...]


def read_article(
    article: Article, series: Sequence[RateSeries], given: Published | None = None
) -> ArticleReading:
    """What an article says.

    Args:
        article: as it was read.
        series: what its claims are held against.
        given: when it was published, where a person says so; else what the page or the text says.
    """
    published = given or article.published or _in_text(article.text)
    messages = article.messages if published else (*article.messages, NO_DAY)
    article = replace(article, published=published, messages=messages)
    found = read_text(article.text, published.day if published else None)
    return ArticleReading(article, found.statements, check_claims(found.claims, series))


def draft_of(statement: Statement, article: Article) -> Draft:
    """A candidate as the draft of a note, for a person to change, save or drop.

    Raises:
        InputError: its day is open; a person has to say it.
    """
    said = statement.said
    if said.day is None:
        msg = f"day: “{said.phrase}” is open ({said.doubt}); say which day it was"
        raise InputError(msg)
    # A note's day is that of its moment in Moscow; the words may have meant that of Washington.
    day = said.moment.astimezone(ZoneInfo(MOSCOW)).date() if said.moment else said.day
    return Draft(
        title=statement.title,
        day=day,
        moment=said.moment,
        end_day=None if said.moment else statement.end_day,
        category=statement.category,
        text=statement.sentence,
        source_url=article.url,
        tags=(statement.actor[:TAG_LIMIT],) if statement.actor else (),
    )


def _in_text(text: str) -> Published | None:
    day = day_in_text(text)
    return Published(day, "text") if day else None


# ---------------------------------------------------------------- JSON


def article_json(reading: ArticleReading) -> dict[str, Any]:
    """What `article --json` prints."""
    article = reading.article
    return {
        "title": article.title,
        "url": article.url,
        "author": article.author,
        "site": article.site,
        "published": _published(article.published),
        "messages": list(article.messages),
        "statements": [_statement(each) for each in reading.statements],
        "claims": [_checked(each) for each in reading.claims],
    }


def _published(published: Published | None) -> dict[str, Any] | None:
    if published is None:
        return None
    return {
        "day": published.day.isoformat(),
        "moment": published.moment.isoformat().replace("+00:00", "Z") if published.moment else None,
        "precision": str(published.precision),
        "origin": published.origin,
    }


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        **_said(statement.said),
        "actor": statement.actor,
        "category": str(statement.category),
        "title": statement.title,
        "sentence": statement.sentence,
    }


def _said(said: SaidDate) -> dict[str, Any]:
    return {
        "day": said.day.isoformat() if said.day else None,
        "end_day": said.end_day.isoformat() if said.end_day else None,
        "moment": said.moment.isoformat().replace("+00:00", "Z") if said.moment else None,
        "precision": str(said.precision),
        "phrase": said.phrase,
        "doubt": said.doubt,
    }


def _checked(checked: CheckedClaim) -> dict[str, Any]:
    return {
        **_claim(checked.claim),
        "verdicts": [_verdict(each) for each in checked.verdicts],
        "needed": [_needed(each) for each in checked.needed],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "kind": str(claim.kind),
        "value": claim.value,
        "exactness": str(claim.exactness),
        "currency": claim.currency,
        "subject": claim.subject,
        "day": claim.day.isoformat() if claim.day else None,
        "since": _said(claim.since) if claim.since else None,
        "base": claim.base,
        "phrase": claim.phrase,
        "sentence": claim.sentence,
    }


def _verdict(verdict: ClaimVerdict) -> dict[str, Any]:
    return {
        "series": verdict.card.id,
        "verdict": str(verdict.truth),
        "claimed_base": verdict.is_claimed,
        "base": verdict.base_name,
        "quote": verdict.quote,
        "at": _observation(verdict.at),
        "from": _observation(verdict.base),
        "found": verdict.found,
        "reason": verdict.reason,
    }


def _needed(needed: NeededBase) -> dict[str, Any]:
    return {
        "series": needed.card.id,
        "quote": needed.quote,
        "base_rate": needed.rate,
        "last_there": _observation(needed.reached),
        "data_from": needed.data_from.day.isoformat(),
    }


def _observation(observation: Observation | None) -> dict[str, Any] | None:
    if observation is None:
        return None
    return {"day": observation.day.isoformat(), "rate": observation.rate}
