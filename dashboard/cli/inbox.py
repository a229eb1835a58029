"""The commands about the inbox: what feeds and searches reported, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from dashboard.cli.groups import group
from dashboard.cli.house import parts_of_house
from dashboard.cli.options import (
    Arg,
    AsJson,
    Author,
    Awaited,
    Clock,
    OneOfKind,
    Opt,
    Since,
    Tags,
    Until,
    Words,
    Zone,
)
from dashboard.domain.errors import InputError

if TYPE_CHECKING:
    from dashboard.assembly import Parts

FAILED = 3
State: TypeAlias = Literal["new", "accepted", "dismissed"]
Period: TypeAlias = Literal["1d", "3d", "7d", "30d", "90d"]
ReportId: TypeAlias = Annotated[str, Arg(metavar="ID", help="As `inbox list` prints it.")]
ReportIds: TypeAlias = Annotated[list[str], Arg(metavar="ID…", help="As `inbox list` prints it.")]
FeedOf: TypeAlias = Annotated[str, Opt("--feed", metavar="ID", help="Only this feed.")]

commands = group("Read what feeds and searches reported, and make notes of it.")


@commands.command("list")
def show_inbox(  # noqa: PLR0913 - the fields of a search
    *,
    state: Annotated[State, Opt(help="What was decided.")] = "new",
    source: Annotated[str, Opt(metavar="ID", help="Only this feed, or gdelt.")] = "",
    text: Annotated[str, Opt("--text", metavar="WORDS", help="Words in title or source.")] = "",
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """List stories, the newest first, each with who reported it and how exact its time is."""
    from dashboard.domain.candidate import Decision
    from dashboard.services.list_inbox import InboxFilter, list_inbox, story_json
    from dashboard.ui import terminal, terminal_inbox, typed

    days = typed.read_day_if("--since", since), typed.read_day_if("--until", until)
    asked = InboxFilter(Decision(state), source, text, *days)
    stories = list_inbox(parts_of_house().inbox, asked)
    if as_json:
        terminal.show_json([story_json(each) for each in stories])
    else:
        terminal_inbox.show_stories(stories)


@commands.command("refresh")
def refresh_inbox(*, feed: FeedOf = "", as_json: AsJson = False) -> int:
    """Ask the feeds for what they hold now; what fails is told and loses nothing.

    Exit code 3 where no feed has answered.
    """
    from dashboard.assembly import feeds_to_ask
    from dashboard.services.list_inbox import feed_json, report_feeds
    from dashboard.services.refresh_news import refresh_news
    from dashboard.ui import terminal, terminal_inbox, terminal_live

    parts = _parts_on_line("inbox refresh")
    feeds = feeds_to_ask(parts.feeds, parts.feed_client, parts.settings, feed)
    if not feeds:
        msg = "inbox refresh: no feed is switched on; see `feeds list`"
        raise InputError(msg)
    with terminal_live.progress_bar() as progress:
        states = refresh_news(feeds, parts.inbox, _now, progress)
    asked = report_feeds([each.publisher for each in feeds], states)
    if as_json:
        terminal.show_json([feed_json(each) for each in asked])
    else:
        terminal_inbox.show_feeds(asked)
    return FAILED if all(each.problem for each in states) else 0


@commands.command("search")
def search_inbox(
    query: Annotated[str, Arg(metavar="WORDS", help='As GDELT takes them: rouble "key rate".')],
    *,
    period: Annotated[Period, Opt(help="How far back.")] = "3d",
    tone: Annotated[bool, Opt("--tone", help="Only how the tone of the articles went.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask GDELT for articles and keep them in the inbox, or print how their tone went."""
    from dashboard.services.search_news import search_news, tone_timeline
    from dashboard.ui import terminal, terminal_inbox

    parts = _parts_on_line("inbox search")
    if tone:
        timeline = tone_timeline(parts.search, query, period, _now)
        if as_json:
            terminal.show_json(terminal_inbox.tone_json(timeline))
        else:
            terminal_inbox.show_tone(timeline)
        return
    found = search_news(parts.search, parts.inbox, query, period, _now)
    if as_json:
        terminal.show_json({"found": found.found, "new": found.new, "told": list(found.told)})
    else:
        terminal.mention(found.told)
        terminal.say(f"{found.found:,} articles, {found.new:,} of them new; see inbox list")


@commands.command("accept")
def accept_report(  # noqa: PLR0913 - the fields of a note
    report: ReportId,
    *,
    title: Annotated[str | None, Opt(help="In place of the headline.")] = None,
    day: Annotated[str | None, Opt("--date", metavar="DATE", help="In place of its day.")] = None,
    time: Clock = None,
    zone: Zone = None,
    category: OneOfKind = None,
    expected: Awaited = None,
    text: Words = None,
    tags: Tags = None,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Make a note of a story, as it is or with fields changed; `--time none` takes it away."""
    from dashboard.services.answer_json import event_list_rows_json
    from dashboard.services.decide_news import accept_story, draft_of, story_named
    from dashboard.ui import terminal, typed

    parts = parts_of_house()
    story = story_named(report, parts.inbox)
    draft = typed.fill(
        draft_of(story, guess_day=day is not None), time=time, end=None, title=title, day=day,
        zone=zone, category=category, expected=expected, text=text, tags=tags, author=author,
    )  # fmt: skip
    note = accept_story(story, parts.inbox, draft)
    if as_json:
        terminal.show_json(event_list_rows_json([note])[0])
    else:
        terminal.show_note(note, "added")


@commands.command("dismiss")
def dismiss_reports(
    reports: ReportIds,
    *,
    undo: Annotated[bool, Opt("--undo", help="Put what was dismissed back.")] = False,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Dismiss stories, or put them back; a feed that brings them again changes nothing."""
    from dashboard.services.decide_news import dismiss, story_named, undo_dismiss
    from dashboard.ui import terminal

    inbox = parts_of_house().inbox
    stories = [story_named(each, inbox) for each in reports]
    ids = list(dict.fromkeys(each.id for story in stories for each in story.reports))
    if undo:
        undo_dismiss(ids, inbox)
    else:
        dismiss(ids, inbox, who=author or "")
    done = "put back" if undo else "dismissed"
    if as_json:
        terminal.show_json({"done": done, "reports": ids})
    else:
        terminal.say(f"{len(stories)} {'story' if len(stories) == 1 else 'stories'} {done}")


def _now() -> datetime:
    return datetime.now(UTC)


def _parts_on_line(command: str) -> Parts:
    parts = parts_of_house()
    if parts.settings.dashboard_offline:
        msg = f"{command}: DASHBOARD_OFFLINE is set, so nothing is asked; unset it first"
        raise InputError(msg)
    return parts
