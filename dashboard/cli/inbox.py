"""Commands of news: the inbox, its feeds, and the analysis of one article."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from dashboard.cli import options
from dashboard.cli.context import (
    EXIT_FAILED,
    get_context,
    get_online_context,
    list_known_events,
    select_series,
)
from dashboard.cli.options import Arg, JsonOption, Opt, command_group, note_options
from dashboard.models.errors import InputError
from dashboard.models.messages import (
    deferred,
    plural,
    translate_in_context,
)
from dashboard.models.messages import translate as _
from dashboard.services.notes import utc_now

if TYPE_CHECKING:
    from dashboard.container import AppContext
    from dashboard.models.article import Article
    from dashboard.models.inbox import Publisher


InboxState: TypeAlias = Literal["new", "accepted", "dismissed"]
SearchPeriod: TypeAlias = Literal["1d", "3d", "7d", "30d", "90d"]
ItemIdArgument: TypeAlias = Annotated[
    str, Arg(metavar="ID", help=deferred("As `inbox list` prints it."))
]
ItemIdsArgument: TypeAlias = Annotated[
    list[str], Arg(metavar="ID…", help=deferred("As `inbox list` prints it."))
]
FeedOption: TypeAlias = Annotated[
    str, Opt("--feed", metavar="ID", help=deferred("Only this feed."))
]

inbox_commands = command_group(
    deferred("Read what feeds and searches reported, and make notes of it.")
)


@inbox_commands.command("list")
def list_inbox_items(  # noqa: PLR0913
    *,
    state: Annotated[InboxState, Opt(help=deferred("What was decided."))] = "new",
    source: Annotated[str, Opt(metavar="ID", help=deferred("Only this feed, or gdelt."))] = "",
    text: Annotated[
        str, Opt("--text", metavar="WORDS", help=deferred("Words in title or source."))
    ] = "",
    since: options.SinceOption = None,
    until: options.UntilOption = None,
    as_json: JsonOption = False,
) -> None:
    """List stories, the newest first, each with who reported it and how exact its time is."""
    from dashboard.cli import listings, output
    from dashboard.models.inbox import Decision
    from dashboard.services.inbox import InboxFilter, cluster_json, list_inbox

    period = options.read_period(since, until)
    inbox_filter = InboxFilter(Decision(state), source, text, *period)
    clusters = list_inbox(get_context().inbox, inbox_filter)
    if as_json:
        output.print_json([cluster_json(cluster) for cluster in clusters])
    else:
        listings.show_inbox(clusters)


@inbox_commands.command("refresh")
def refresh_inbox(*, feed: FeedOption = "", as_json: JsonOption = False) -> int:
    """Ask the feeds for what they hold now; what fails is reported and loses nothing.

    Exit code 3 where no feed has answered.
    """
    from dashboard.cli import listings, output
    from dashboard.container import enabled_feeds
    from dashboard.services.inbox import feed_json, list_feed_statuses
    from dashboard.services.news import refresh_news

    context = get_online_context("inbox refresh")
    feeds = enabled_feeds(context.feeds, context.feed_client, context.settings, feed)
    if not feeds:
        msg = _("inbox refresh: no feed is switched on; see `feeds list`")
        raise InputError(msg)
    with listings.refresh_progress() as progress:
        states = refresh_news(feeds, context.inbox, utc_now, progress)
    statuses = list_feed_statuses([feed.publisher for feed in feeds], states)
    if as_json:
        output.print_json([feed_json(status) for status in statuses])
    else:
        listings.show_feeds(statuses)
    return EXIT_FAILED if all(state.problem for state in states) else 0


@inbox_commands.command("search")
def search_inbox(
    query: Annotated[
        str, Arg(metavar="WORDS", help=deferred('As GDELT takes them: rouble "key rate".'))
    ],
    *,
    period: Annotated[SearchPeriod, Opt(help=deferred("How far back."))] = "3d",
    tone: Annotated[
        bool, Opt("--tone", help=deferred("Only how the tone of the articles went."))
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask GDELT for articles and keep them in the inbox, or print how their tone went."""
    from dashboard.cli import listings, output
    from dashboard.services.news import search_news, tone_timeline

    context = get_online_context("inbox search")
    if tone:
        timeline = tone_timeline(context.search, query, period, utc_now)
        if as_json:
            output.print_json(listings.tone_json(timeline))
        else:
            listings.show_tone_timeline(timeline)
        return
    result = search_news(context.search, context.inbox, query, period, utc_now)
    if as_json:
        output.print_json({"found": result.found, "new": result.new, "told": list(result.messages)})
    else:
        output.print_notices(result.messages)
        output.print_line(
            _(
                "{found:,} articles, {new:,} of them new; see inbox list",
                found=result.found,
                new=result.new,
            )
        )


@inbox_commands.command("accept")
@note_options(
    "end_day",
    "source_url",
    "visibility",
    title=deferred("In place of the headline."),
    day=deferred("In place of its day."),
)
def accept_item(item_id: ItemIdArgument, *, as_json: JsonOption = False, **fields: Any) -> None:
    """Make a note of a story, as it is or with fields changed; `--time none` takes it away."""
    from dashboard.cli import output
    from dashboard.services.inbox import accept_cluster, draft_from_cluster, find_cluster
    from dashboard.services.serializers import table_json

    context = get_context()
    cluster = find_cluster(item_id, context.inbox)
    draft = draft_from_cluster(cluster, guess_day=fields["day"] is not None)
    draft = options.fill_draft(draft, fields)
    note = accept_cluster(cluster, context.inbox, draft)
    if as_json:
        output.print_json(table_json("event_list", [note])[0])
    else:
        output.show_note_change(note, translate_in_context("done", "added"))


@inbox_commands.command("dismiss")
def dismiss_items(
    item_ids: ItemIdsArgument,
    *,
    undo: Annotated[bool, Opt("--undo", help=deferred("Put what was dismissed back."))] = False,
    author: options.AuthorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Dismiss stories, or put them back; a feed that brings them again changes nothing."""
    from dashboard.cli import output
    from dashboard.services.inbox import dismiss_news, find_cluster, undo_dismissal

    inbox = get_context().inbox
    clusters = [find_cluster(item_id, inbox) for item_id in item_ids]
    ids = list(dict.fromkeys(item.id for cluster in clusters for item in cluster.reports))
    if undo:
        undo_dismissal(ids, inbox)
    else:
        dismiss_news(ids, inbox, author=author or "")
    action = "put back" if undo else "dismissed"
    if as_json:
        output.print_json({"done": action, "reports": ids})
    else:
        stories = plural("{n:,} story", "{n:,} stories", len(clusters))
        output.print_line(
            _("{stories} put back", stories=stories)
            if undo
            else _("{stories} dismissed", stories=stories)
        )


# ------------------------------------------------------------------ feeds

FeedIdArgument: TypeAlias = Annotated[
    str, Arg(metavar="ID", help=deferred("As `feeds list` prints it."))
]

feed_commands = command_group(deferred("List, add and remove the feeds that the inbox asks."))


@feed_commands.command("list")
def list_feeds(*, as_json: JsonOption = False) -> None:
    """List the feeds: whose they are, when they were last read, what went wrong."""
    from dashboard.cli import listings, output
    from dashboard.services.inbox import feed_json, list_feed_statuses

    context = get_context()
    feeds = list_feed_statuses(context.feeds.publishers(), context.inbox.feed_states())
    if as_json:
        output.print_json([feed_json(feed) for feed in feeds])
    else:
        listings.show_feeds(feeds)


@feed_commands.command("add")
def add_feed(
    url: Annotated[
        str, Arg(metavar="URL", help=deferred("Of RSS, Atom or iCalendar, at a public address."))
    ],
    *,
    title: Annotated[str, Opt(help=deferred("Whose feed it is."))] = "",
    feed_id: Annotated[
        str, Opt("--id", metavar="ID", help=deferred("A short name of your own."))
    ] = "",
    zone: Annotated[
        str, Opt("--zone", metavar="NAME", help=deferred("Clock of its times without a zone."))
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Add a feed, or switch one that ships on again; nothing is fetched yet."""
    from dashboard.services.news import NewFeed, register_feed

    context = get_context()
    added = register_feed(context.feeds, NewFeed(url, title, feed_id, zone))
    context.notes.audit.write("feed-add", added.id, (None, {"url": added.url}))
    _print_feed(added, "added", as_json=as_json)


@feed_commands.command("remove")
def remove_feed(feed: FeedIdArgument, *, as_json: JsonOption = False) -> None:
    """Remove a feed; one that ships is switched off, and what came stays in the inbox."""
    from dashboard.cli import output
    from dashboard.services.news import unregister_feed

    context = get_context()
    unregister_feed(context.feeds, feed)
    context.notes.audit.write("feed-remove", feed)
    if as_json:
        output.print_json({"removed": feed})
    else:
        output.print_line(_("{id} removed", id=feed))


def _print_feed(publisher: Publisher, action: str, *, as_json: bool) -> None:
    from dashboard.cli import output
    from dashboard.services.inbox import FeedStatus, feed_json

    if as_json:
        output.print_json(feed_json(FeedStatus(publisher, None)))
    else:
        output.print_line(f"{publisher.id} {action}: {publisher.title}, {publisher.url}")


# ------------------------------------------------------------------ articles

_LINK_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def analyse_article(
    source: Annotated[
        str, Arg(metavar="FILE|URL|-", help=deferred("A page or a text; - is standard input."))
    ],
    *,
    published: Annotated[
        str | None,
        Opt(
            metavar="DATETIME", help=deferred("As 2025-04-22 or 2025-04-22T10:15, in Moscow time.")
        ),
    ] = None,
    rates: options.RatesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose dated events from an article and check what it claims about the rate."""
    from dashboard.cli import listings, output
    from dashboard.services.article import article_json, read_article
    from dashboard.services.rates import get_series, list_cards

    publication = options.read_published("published", published) if published is not None else None
    context = get_context()
    article = _read_source(context, source)
    if rates:
        series = select_series(context, rates).series
    else:
        series = tuple(get_series(context.rates, card.id) for card in list_cards(context.rates))
    reading = read_article(article, series, publication, list_known_events(context))
    if as_json:
        output.print_json(article_json(reading))
        return
    output.print_notices(reading.article.messages)
    listings.show_article(reading)


def _read_source(context: AppContext, source: str) -> Article:
    from dashboard.container import article_from_bytes, article_from_file, article_from_link

    if source == "-":
        return article_from_bytes(sys.stdin.buffer.read(20_000_000), "standard input")
    if _LINK_PATTERN.match(source):
        return article_from_link(source, context.settings)
    return article_from_file(Path(source))
