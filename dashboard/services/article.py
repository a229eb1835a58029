"""Articles: their dated statements as drafts of notes, and their claims with verdicts."""

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
    CommonBase,
    DateMention,
    PublicationTime,
    RequiredBase,
    Statement,
)
from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW, TAG_LIMIT, Draft, Event, iso_text
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries
from dashboard.nlp.dates import publication_day
from dashboard.nlp.statements import read_text
from dashboard.services.claims import check_claims, observation_json, solve_common_bases
from dashboard.services.events import normalise_title

NO_PUBLICATION_DATE: Final = deferred(
    "the day of publication is not known, so that days like “on Sunday” stay open; "
    "say when it was published, as 2025-04-22"
)


@dataclass(frozen=True, slots=True)
class ArticleReading:
    """An article, its dated statements and its checked claims.

    `known` holds, for each statement, the listed event that it tells again; `common_bases` are
    the bases at which several changes meet.
    """

    article: Article
    statements: tuple[Statement, ...]
    claims: tuple[CheckedClaim, ...]
    known: tuple[Event | None, ...] = ()
    common_bases: tuple[CommonBase, ...] = ()


def read_article(
    article: Article,
    series: Sequence[RateSeries],
    stated: PublicationTime | None = None,
    events: Sequence[Event] = (),
) -> ArticleReading:
    """Extract the statements and claims of an article and check the claims.

    Args:
        article: the article.
        series: the series that its claims are checked against.
        stated: when it was published, according to the user; else as the page or text says.
        events: the events that are listed already.
    """
    published = stated or article.published or _date_in_text(article.text)
    messages = article.messages if published else (*article.messages, NO_PUBLICATION_DATE)
    article = replace(article, published=published, messages=messages)
    extracted = read_text(article.text, published.day if published else None)
    return ArticleReading(
        article,
        extracted.statements,
        check_claims(extracted.claims, series),
        tuple(find_known_event(statement, events) for statement in extracted.statements),
        solve_common_bases(extracted.claims, series),
    )


MIN_SHARED_TERMS: Final = 2
"""Words of more than three letters that a statement shares with an event without its category."""


def find_known_event(statement: Statement, events: Sequence[Event]) -> Event | None:
    """The listed event that a statement tells again: of its days and speaker, most words alike."""
    if statement.day is None or statement.is_background:
        return None
    last = statement.end_day or statement.day
    terms = _content_terms(statement.sentence)
    surname = statement.actor.split()[-1:] or [""]
    alike = [
        (len(terms & _content_terms(event.title)), event.category == statement.category, event)
        for event in events
        if statement.day <= event.day <= last and surname[0] in f"{event.actor} {event.title}"
    ]
    same = [item for item in alike if item[0] >= MIN_SHARED_TERMS or (item[1] and statement.actor)]
    return max(same, key=lambda item: item[:2])[2] if same else None


def _content_terms(text: str) -> set[str]:
    return {word for word in normalise_title(text).split() if len(word) > 3}


def draft_from_statement(statement: Statement, article: Article) -> Draft:
    """A statement as the draft of a note.

    Raises:
        InputError: the day of the statement is unknown.
    """
    mention = statement.mention
    if mention.day is None:
        msg = _(
            "day: “{phrase}” is open ({doubt}); say which day it was",
            phrase=mention.phrase,
            doubt=mention.doubt,
        )
        raise InputError(msg)
    # The day of a note is that of its moment in Moscow; the text may mean a day elsewhere.
    day = mention.moment.astimezone(ZoneInfo(MOSCOW)).date() if mention.moment else mention.day
    return Draft(
        title=statement.title,
        day=day,
        moment=mention.moment,
        end_day=None if mention.moment else statement.end_day,
        category=statement.category,
        text=statement.sentence,
        source_name=article.site,
        source_url=article.url,
        tags=(statement.actor[:TAG_LIMIT],) if statement.actor else (),
    )


def _date_in_text(text: str) -> PublicationTime | None:
    day = publication_day(text)
    return PublicationTime(day, "text") if day else None


def article_json(reading: ArticleReading) -> dict[str, Any]:
    """An article as `article --json` prints it."""
    article = reading.article
    return {
        "title": article.title,
        "url": article.url,
        "author": article.author,
        "site": article.site,
        "published": _published_json(article.published),
        "messages": list(article.messages),
        "statements": [
            {**_statement_json(item), "known": event.id if event else None}
            for item, event in zip(reading.statements, reading.known, strict=True)
        ],
        "claims": [_checked_claim_json(item) for item in reading.claims],
        "common_bases": [_common_base_json(item) for item in reading.common_bases],
    }


def _common_base_json(base: CommonBase) -> dict[str, Any]:
    return {
        "low": base.low,
        "high": base.high,
        "claims": [{"phrase": change.phrase, "quote": quote} for change, quote in base.counted],
        "year_end": [
            {"series": card.id, **(observation_json(rate) or {})} for card, rate in base.held
        ],
    }


def _published_json(published: PublicationTime | None) -> dict[str, Any] | None:
    if published is None:
        return None
    return {
        "day": published.day.isoformat(),
        "moment": iso_text(published.moment),
        "precision": str(published.precision),
        "origin": published.origin,
    }


def _statement_json(statement: Statement) -> dict[str, Any]:
    return {
        **_date_mention_json(statement.mention),
        "actor": statement.actor,
        "category": str(statement.category),
        "title": statement.title,
        "sentence": statement.sentence,
        "background": statement.is_background,
    }


def _date_mention_json(mention: DateMention) -> dict[str, Any]:
    return {
        "day": mention.day.isoformat() if mention.day else None,
        "end_day": mention.end_day.isoformat() if mention.end_day else None,
        "moment": iso_text(mention.moment),
        "precision": str(mention.precision),
        "phrase": mention.phrase,
        "doubt": mention.doubt,
    }


def _checked_claim_json(checked: CheckedClaim) -> dict[str, Any]:
    return {
        **_claim_json(checked.claim),
        "verdicts": [_verdict_json(item) for item in checked.verdicts],
        "needed": [_needed_base_json(item) for item in checked.needed],
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
        "first_day": claim.first_day.isoformat() if claim.first_day else None,
        "market": claim.market,
        "doubt": claim.doubt,
    }


def _verdict_json(verdict: ClaimVerdict) -> dict[str, Any]:
    return {
        "series": verdict.card.id,
        "verdict": str(verdict.truth),
        "claimed_base": verdict.is_claimed,
        "base": verdict.base_name,
        "quote": verdict.quote,
        "at": observation_json(verdict.at),
        "from": observation_json(verdict.base),
        "found": verdict.found,
        "reason": verdict.reason,
    }


def _needed_base_json(needed: RequiredBase) -> dict[str, Any]:
    return {
        "series": needed.card.id,
        "quote": needed.quote,
        "base_rate": needed.rate,
        "last_there": observation_json(needed.reached),
        "data_from": needed.data_from.day.isoformat(),
    }
