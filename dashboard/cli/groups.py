"""The form of a group of commands: plain text, its help where no command is named."""

from __future__ import annotations

import typer


def group(sentence: str) -> typer.Typer:
    """A group of commands with its sentence of help."""
    made = typer.Typer(
        help=sentence,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
    )
    made.callback()(show_help)
    return made


def show_help(context: typer.Context) -> None:
    """Show the help where no command is named."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
