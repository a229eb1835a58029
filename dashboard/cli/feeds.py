"""The commands about the list of feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

from dashboard.cli.groups import group
from dashboard.cli.house import parts_of_house
from dashboard.cli.options import Arg, AsJson, Opt

if TYPE_CHECKING:
    from dashboard.domain.candidate import Publisher

FeedId: TypeAlias = Annotated[str, Arg(metavar="ID", help="As `feeds list` prints it.")]

commands = group("List, add and remove the feeds that the inbox asks.")


@commands.command("list")
def list_feeds(*, as_json: AsJson = False) -> None:
    """List the feeds: whose they are, when they were last asked, what went wrong."""
    from dashboard.services.list_inbox import feed_json, report_feeds
    from dashboard.ui import terminal, terminal_inbox

    parts = parts_of_house()
    feeds = report_feeds(parts.feeds.publishers(), parts.inbox.feed_states())
    if as_json:
        terminal.show_json([feed_json(each) for each in feeds])
    else:
        terminal_inbox.show_feeds(feeds)


@commands.command("add")
def add_feed(
    url: Annotated[str, Arg(metavar="URL", help="Of RSS or Atom, at a public address.")],
    *,
    title: Annotated[str, Opt(help="Whose feed it is.")] = "",
    feed_id: Annotated[str, Opt("--id", metavar="ID", help="A short name of your own.")] = "",
    zone: Annotated[
        str, Opt("--zone", metavar="NAME", help="Clock of its times without a zone.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Add a feed, or switch one that ships on again; nothing is asked yet."""
    from dashboard.services.keep_feeds import NewFeed, add_feed

    added = add_feed(parts_of_house().feeds, NewFeed(url, title, feed_id, zone))
    _tell(added, "added", as_json=as_json)


@commands.command("remove")
def remove_feed(feed: FeedId, *, as_json: AsJson = False) -> None:
    """Remove a feed; one that ships is switched off, and what came stays in the inbox."""
    from dashboard.services.keep_feeds import remove_feed
    from dashboard.ui import terminal

    remove_feed(parts_of_house().feeds, feed)
    if as_json:
        terminal.show_json({"removed": feed})
    else:
        terminal.say(f"{feed} removed")


def _tell(publisher: Publisher, done: str, *, as_json: bool) -> None:
    from dashboard.services.list_inbox import FeedReport, feed_json
    from dashboard.ui import terminal

    if as_json:
        terminal.show_json(feed_json(FeedReport(publisher, None)))
    else:
        terminal.say(f"{publisher.id} {done}: {publisher.title}, {publisher.url}")
