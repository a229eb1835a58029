"""The shell door: reads what was typed, asks the services, prints what they answer.

Exit codes: 0 done, 2 the input or the request is wrong, 3 a source or the store failed; what
is wrong is one line on standard error. Heavy modules are imported inside the commands.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, TypeAlias

import typer

from dashboard import __version__
from dashboard.cli import (
    article,
    backups,
    bundles,
    event_choices,
    events,
    feeds,
    inbox,
    live,
    pages,
    rates,
    reports,
    robustness,
    study,
    tokens,
)
from dashboard.cli.groups import group, show_help
from dashboard.domain.errors import RoubleReactionError

Serve: TypeAlias = Callable[..., None]

PROGRAM = "python -m dashboard"
TRACEBACK = "--traceback"

app = group("What the news did to the exchange rate of the rouble.")
app.command("open")(pages.open_pages)
app.command("study")(study.study)
app.command("robustness")(robustness.robustness)
app.command("facts")(study.facts)
app.command("article")(article.article)
app.command("export")(study.export_everything)
app.command("report")(reports.report)
app.command("reproduce")(bundles.reproduce)
app.command("doctor")(live.doctor)
app.command("backup")(backups.backup)
app.command("restore")(backups.restore)
app.command("audit")(tokens.audit)
events.commands.command("copy")(event_choices.copy_event)
events.commands.command("hide")(event_choices.hide_from_me)
events.commands.command("unhide")(event_choices.show_again)
app.add_typer(events.commands, name="events")
app.add_typer(rates.commands, name="rates")
app.add_typer(inbox.commands, name="inbox")
app.add_typer(feeds.commands, name="feeds")
app.add_typer(tokens.commands, name="tokens")


@app.callback()
def front_door(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    traceback: Annotated[  # noqa: ARG001 - `run` looks for it
        bool, typer.Option(TRACEBACK, help="Before a command: show where a fault of ours is.")
    ] = False,
) -> None:
    """What the news did to the exchange rate of the rouble."""
    if version:
        typer.echo(__version__)
    else:
        show_help(context)


def main(serve: Serve) -> None:
    """Run the command line and leave with its exit code.

    Args:
        serve: the browser door, which `open` opens: a port, and whether to open a browser.
    """
    sys.exit(run(sys.argv[1:], serve))


def run(arguments: Sequence[str], serve: Serve | None = None) -> int:
    """Run a command.

    Returns:
        The exit code; what a person did wrong is told in one line, never raised.
    """
    _speak_utf_8()
    try:
        code = app(list(arguments), prog_name=PROGRAM, standalone_mode=False, obj=serve)
        sys.stdout.flush()
    except RoubleReactionError as error:
        return _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        return _fail(f"{error.format_message()} (see {_help_of(error)})", 2)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except (BrokenPipeError, SystemExit):
        # Who reads has had enough; a second complaint at the end of Python helps nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if TRACEBACK in arguments:
            raise
        kind = type(error).__name__
        return _fail(f"this should not happen ({kind}: {error}); see where with {TRACEBACK}", 3)
    return int(code or 0)


def _speak_utf_8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _help_of(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context else PROGRAM} --help"


def _fail(message: str, code: int) -> int:
    line = "".join(c if c.isprintable() else " " for c in message)
    sys.stderr.write(f"error: {' '.join(line.split())}\n")
    return code
