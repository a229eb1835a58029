"""Articles: dated statements as drafts of notes, and claims with their verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from dashboard.models.article import (
    Article,
    CheckedClaim,
    Claim,
    ClaimVerdict,
    DateMention,
    PublicationTime,
    RequiredBase,
    Statement,
)
from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW
from dashboard.models.moves import Observation
from dashboard.models.series import RateSeries
from dashboard.nlp.dates import publication_day
from dashboard.nlp.statements import read_text
from dashboard.services.claims import check_claims
from dashboard.services.notes import TAG_LIMIT, Draft

NO_PUBLICATION_DATE: Final = (
    "the day of publication is not known, so that days like “on Sunday” stay open;"
    " say when it was published, as 2025-04-22"
)


@dataclass(frozen=True, slots=True)
class ArticleReading:
    """An article, what is proposed from it, and what the rates say to its claims."""

    article: Article
    statements: tuple[Statement, ...]
    claims: tuple[CheckedClaim, ...]


def read_article(
    article: Article, series: Sequence[RateSeries], given: PublicationTime | None = None
) -> ArticleReading:
    """What an article says.

    Args:
        article: as it was read.
        series: what its claims are held against.
        given: when it was published, where a person says so; else what the page or the text says.
    """
    published = given or article.published or _date_in_text(article.text)
    messages = article.messages if published else (*article.messages, NO_PUBLICATION_DATE)
    article = replace(article, published=published, messages=messages)
    found = read_text(article.text, published.day if published else None)
    return ArticleReading(article, found.statements, check_claims(found.claims, series))


def draft_from_statement(statement: Statement, article: Article) -> Draft:
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


def _date_in_text(text: str) -> PublicationTime | None:
    day = publication_day(text)
    return PublicationTime(day, "text") if day else None


# ---------------------------------------------------------------- JSON


def article_json(reading: ArticleReading) -> dict[str, Any]:
    """What `analyse_article --json` prints."""
    article = reading.article
    return {
        "title": article.title,
        "url": article.url,
        "author": article.author,
        "site": article.site,
        "published": _published_json(article.published),
        "messages": list(article.messages),
        "statements": [_statement_json(each) for each in reading.statements],
        "claims": [_checked_claim_json(each) for each in reading.claims],
    }


def _published_json(published: PublicationTime | None) -> dict[str, Any] | None:
    if published is None:
        return None
    return {
        "day": published.day.isoformat(),
        "moment": published.moment.isoformat().replace("+00:00", "Z") if published.moment else None,
        "precision": str(published.precision),
        "origin": published.origin,
    }


def _statement_json(statement: Statement) -> dict[str, Any]:
    return {
        **_date_mention_json(statement.said),
        "actor": statement.actor,
        "category": str(statement.category),
        "title": statement.title,
        "sentence": statement.sentence,
    }


def _date_mention_json(said: DateMention) -> dict[str, Any]:
    return {
        "day": said.day.isoformat() if said.day else None,
        "end_day": said.end_day.isoformat() if said.end_day else None,
        "moment": said.moment.isoformat().replace("+00:00", "Z") if said.moment else None,
        "precision": str(said.precision),
        "phrase": said.phrase,
        "doubt": said.doubt,
    }


def _checked_claim_json(checked: CheckedClaim) -> dict[str, Any]:
    return {
        **_claim_json(checked.claim),
        "verdicts": [_verdict_json(each) for each in checked.verdicts],
        "needed": [_needed_base_json(each) for each in checked.needed],
    }


def _claim_json(claim: Claim) -> dict[str, Any]:
    return {
        "kind": str(claim.kind),
        "value": claim.value,
        "exactness": str(claim.exactness),
        "currency": claim.currency,
        "subject": claim.subject,
        "day": claim.day.isoformat() if claim.day else None,
        "since": _date_mention_json(claim.since) if claim.since else None,
        "base": claim.base,
        "phrase": claim.phrase,
        "sentence": claim.sentence,
    }


def _verdict_json(verdict: ClaimVerdict) -> dict[str, Any]:
    return {
        "series": verdict.card.id,
        "verdict": str(verdict.truth),
        "claimed_base": verdict.is_claimed,
        "base": verdict.base_name,
        "quote": verdict.quote,
        "at": _observation_json(verdict.at),
        "from": _observation_json(verdict.base),
        "found": verdict.found,
        "reason": verdict.reason,
    }


def _needed_base_json(needed: RequiredBase) -> dict[str, Any]:
    return {
        "series": needed.card.id,
        "quote": needed.quote,
        "base_rate": needed.rate,
        "last_there": _observation_json(needed.reached),
        "data_from": needed.data_from.day.isoformat(),
    }


def _observation_json(observation: Observation | None) -> dict[str, Any] | None:
    if observation is None:
        return None
    return {"day": observation.day.isoformat(), "rate": observation.rate}
