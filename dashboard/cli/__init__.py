"""The command line: parses arguments, calls the services, prints their results.

Exit codes: 0 done, 2 the input or the request is wrong, 3 a source or the store failed; an
error is one line on standard error. Heavy modules are imported inside the commands.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from dashboard import __version__
from dashboard.cli import admin, alerts, baskets, drivers, events, inbox, rates, study
from dashboard.cli.context import error_text
from dashboard.cli.options import command_group, show_help
from dashboard.models.errors import RoubleReactionError
from dashboard.models.messages import (
    deferred,
    set_default_language,
    translate_deferred,
)
from dashboard.models.messages import translate as _

ServePages: TypeAlias = Callable[..., None]

COMMAND = "rouble-reaction"
PROGRAM = COMMAND if Path(sys.argv[0]).name == COMMAND else "python -m dashboard"
TRACEBACK_OPTION = "--traceback"
LANGUAGE_VARIABLE = "DASHBOARD_LANGUAGE"

app = command_group(deferred("What the news did to the exchange rate of the rouble."))
app.command("open")(admin.open_pages)
app.command("study")(study.study)
app.command("robustness")(study.robustness)
app.command("facts")(study.facts)
app.command("counterfactual")(study.counterfactual)
app.command("drivers")(drivers.drivers)
app.command("article")(inbox.analyse_article)
app.command("export")(study.export_everything)
app.command("report")(study.report)
app.command("precedents")(events.precedents)
app.command("reproduce")(study.reproduce)
app.command("doctor")(rates.doctor)
app.command("watch")(alerts.watch)
app.command("mcp")(admin.serve_agents)
app.command("backup")(admin.backup)
app.command("restore")(admin.restore)
app.command("migrate")(admin.migrate)
app.command("audit")(admin.list_audit_log)
events.event_commands.command("copy")(events.copy_event)
events.event_commands.command("hide")(events.hide_catalogue_events)
events.event_commands.command("unhide")(events.unhide_catalogue_events)
app.add_typer(events.event_commands, name="events")
rates.rate_commands.add_typer(baskets.basket_commands, name="basket")
app.add_typer(rates.rate_commands, name="rates")
app.add_typer(inbox.inbox_commands, name="inbox")
app.add_typer(inbox.feed_commands, name="feeds")
app.add_typer(alerts.alert_commands, name="alerts")
app.add_typer(admin.token_commands, name="tokens")
app.add_typer(admin.people_commands, name="people")


@app.callback()
def main_callback(
    context: typer.Context,
    *,
    version: Annotated[
        bool, typer.Option("--version", help=deferred("Print the version."))
    ] = False,
    traceback: Annotated[  # noqa: ARG001 - `run` looks for it
        bool,
        typer.Option(
            TRACEBACK_OPTION, help=deferred("Before a command: show where a fault of ours is.")
        ),
    ] = False,
) -> None:
    """What the news did to the exchange rate of the rouble."""
    if version:
        typer.echo(__version__)
    else:
        show_help(context)


def main(serve: ServePages) -> None:
    """Run the command line and leave with its exit code.

    Args:
        serve: serves the pages for the command `open`: a port, and whether to open a browser.
    """
    sys.exit(run(sys.argv[1:], serve))


def run(arguments: Sequence[str], serve: ServePages | None = None) -> int:
    """Run a command.

    Returns:
        The exit code; an error is printed in one line, never raised.
    """
    _use_utf8_streams()
    try:
        command = typer.main.get_command(app)
        _use_language_of_environment(command)
        code = command(list(arguments), prog_name=PROGRAM, standalone_mode=False, obj=serve)
        sys.stdout.flush()
    except RoubleReactionError as error:
        return _print_error(error_text(error), error.exit_code)
    except typer.TyperException as error:
        message, command_help = error.format_message(), _help_command(error)
        return _print_error(
            _("{message} (see {command})", message=message, command=command_help), 2
        )
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except (BrokenPipeError, SystemExit):
        # The reader closed the pipe; Python would report it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if TRACEBACK_OPTION in arguments:
            raise
        kind = type(error).__name__
        return _print_error(
            _(
                "this should not happen ({kind}: {error}); see where with {option}",
                kind=kind,
                error=error,
                option=TRACEBACK_OPTION,
            ),
            3,
        )
    return int(code or 0)


def _use_language_of_environment(command: Any) -> None:
    """Translate the help; the settings, which are slow to import, only where one is set."""
    if LANGUAGE_VARIABLE not in os.environ:  # noqa: TID251 - its value is read by the settings
        return
    from pydantic import ValidationError

    from dashboard.config import Settings

    with suppress(ValidationError):  # reported when the context of the command is built
        set_default_language(Settings().dashboard_language)
        _translate_help(command)


def _translate_help(command: Any) -> None:
    command.help = translate_deferred(command.help or "")
    for param in command.params:
        if getattr(param, "help", None):
            param.help = translate_deferred(param.help)
    for subcommand in getattr(command, "commands", {}).values():
        _translate_help(subcommand)


def _use_utf8_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _help_command(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context else PROGRAM} --help"


def _print_error(message: str, code: int) -> int:
    line = "".join(c if c.isprintable() else " " for c in message)
    sys.stderr.write(_("error: {message}", message=" ".join(line.split())) + "\n")
    return code
