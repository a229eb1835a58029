"""Commands of administration: open the pages, backups, access tokens, people, the audit log."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from dashboard.cli.context import DEFAULT_PAGES_URL, get_context
from dashboard.cli.options import Arg, JsonOption, Opt, command_group
from dashboard.models.messages import deferred, plural
from dashboard.models.messages import translate as _
from dashboard.models.people import Scope
from dashboard.services.notes import utc_now


def open_pages(
    context: typer.Context,
    *,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65_535,
            help=deferred("TCP port; without it that of DASHBOARD_PORT, else 8501."),
        ),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help=deferred("Do not open a browser."))
    ] = False,
    token: Annotated[
        bool,
        typer.Option(
            "--token",
            help=deferred("Only who has the printed address may open it: for a shared machine."),
        ),
    ] = False,
) -> None:
    """Open the dashboard in the browser; unless settings say more, this machine alone is served."""
    try:
        context.obj(port, open_browser=not no_browser, with_token=token)
    except SystemExit as stop:
        raise typer.Exit(3 if stop.code else 0) from None


def serve_agents(
    *,
    port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=65_535,
            help=deferred("Serve HTTP at /mcp of this port instead of standard input and output."),
        ),
    ] = None,
    pages: Annotated[
        str, Opt(metavar="URL", help=deferred("Where the pages are, for links."))
    ] = DEFAULT_PAGES_URL,
) -> None:
    """Answer AI assistants by the Model Context Protocol: read-only tools over the same services.

    It needs the extra `agents`. Over HTTP it takes the tokens of the API.
    """
    from dashboard.api import mcp_server
    from dashboard.config import check_reach, read_settings
    from dashboard.container import build_reading_context

    settings = read_settings()
    address = settings.pages_address(pages)
    if port is None:
        mcp_server.serve_stdio(mcp_server.Asking(build_reading_context(settings), address))
        return
    from dashboard.cli.output import print_line

    check_reach(settings)
    application = mcp_server.build_http_app(address)
    import uvicorn

    print_line(_("answers at {address}", address=f"http://{settings.dashboard_listen}:{port}/mcp"))
    uvicorn.run(application, host=settings.dashboard_listen, port=port, log_level="warning")


# ------------------------------------------------------------------ backups

BackupFileArgument = Annotated[Path, Arg(metavar="FILE", help="A .zip.")]


def backup(
    file: BackupFileArgument,
    *,
    everyone: Annotated[
        bool,
        Opt(
            "--everyone",
            help=deferred("Of a PostgreSQL that people share: everyone's private notes too."),
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write notes, their history and your own series to one file, while others go on writing."""
    from dashboard.cli import listings, output
    from dashboard.container import BackupArchive
    from dashboard.services.admin import backup_json, make_backup

    application = get_context()
    contents = make_backup(
        file, application.notes.backups, application.own, BackupArchive(), everyone=everyone
    )
    state = {"rows": dict(contents.rows), "private_of": contents.private_of}
    application.notes.audit.write("backup", file.name, (None, state))
    if as_json:
        output.print_json(backup_json(contents))
    else:
        listings.show_backup(contents, file)


def restore(
    file: BackupFileArgument,
    *,
    replace: Annotated[
        bool,
        Opt("--replace", help=deferred("Put it in the place of what is here, which is backed up.")),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Put a backup back, from SQLite or PostgreSQL into either; tokens stay as they are."""
    from dashboard.cli import listings, output
    from dashboard.container import BackupArchive
    from dashboard.services.admin import backup_json, restore_backup

    application = get_context()
    done = restore_backup(
        file,
        application.notes.backups,
        application.own,
        BackupArchive(),
        backup_folder=application.settings.backup_folder,
        may_replace=replace,
    )
    if as_json:
        output.print_json({**backup_json(done.contents), "kept_before": done.previous_data})
    else:
        listings.show_restored(done)


def migrate(
    *,
    no_backup: Annotated[
        bool,
        Opt("--no-backup", help=deferred("Of a PostgreSQL: without the backup by pg_dump.")),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Upgrade the tables of the database to this release; a backup is made first."""
    from dashboard.cli import listings, output
    from dashboard.container import copy_local_files
    from dashboard.services.admin import migrate_database

    application = get_context()
    done = migrate_database(
        application.notes.database,
        None
        if no_backup
        else lambda target: application.notes.backups.dump_server(
            target, application.settings.dashboard_pg_dump
        ),
        application.settings.backup_folder,
    )
    copied = copy_local_files(application)
    if as_json:
        output.print_json(asdict(done) | {"copied": copied})
    else:
        listings.show_upgrade(done, copied)


# ------------------------------------------------------------------ access tokens and the audit log

token_commands = command_group(
    deferred("Make, list and revoke the tokens with which programs write.")
)

TokenNameArgument = Annotated[
    str, Arg(metavar="NAME", help=deferred("What you call it; each name is used once."))
]


@token_commands.command("create")
def create_access_token(
    name: TokenNameArgument,
    *,
    person: Annotated[str, Opt(help=deferred("Who writes with it; else its name."))] = "",
    days: Annotated[
        int | None, Opt(help=deferred("How long it holds; else until it is revoked."))
    ] = None,
    scope: Annotated[
        Scope, Opt(help=deferred("What it may do: read, or write, which includes reading."))
    ] = Scope.WRITE,
    as_json: JsonOption = False,
) -> None:
    """Make a token and print it, this once: only its hash is stored."""
    from dashboard.cli import listings, output
    from dashboard.services.admin import create_token, token_json

    secret, token = create_token(get_context().notes.tokens, name, person, days, scope=scope)
    if as_json:
        output.print_json({"token": secret, **token_json(token, utc_now())})
    else:
        listings.show_new_token(secret, token)


@token_commands.command("list")
def list_access_tokens(*, as_json: JsonOption = False) -> None:
    """List the tokens: whose, since when, last used, until when."""
    from dashboard.cli import listings, output
    from dashboard.services.admin import token_json

    tokens = get_context().notes.tokens.tokens()
    if as_json:
        output.print_json([token_json(token, utc_now()) for token in tokens])
    else:
        listings.show_tokens(tokens, utc_now())


@token_commands.command("revoke")
def revoke_access_token(name: TokenNameArgument, *, as_json: JsonOption = False) -> None:
    """Refuse a token from its next request on."""
    from dashboard.cli import output
    from dashboard.services.admin import revoke_token, token_json

    token = revoke_token(get_context().notes.tokens, name)
    if as_json:
        output.print_json(token_json(token, utc_now()))
    else:
        output.print_line(_("token {name} is revoked: it is refused from now on", name=token.name))


def list_audit_log(
    *,
    most: Annotated[int, Opt("--most", min=1, max=100_000, help=deferred("Only so many."))] = 100,
    as_json: JsonOption = False,
) -> None:
    """List what is on record, the newest first: who did what, when, through which interface."""
    from dashboard.cli import listings, output
    from dashboard.services.admin import audit_json, list_audit_entries

    actions = list_audit_entries(get_context().notes.audit, most)
    if as_json:
        output.print_json(audit_json(actions))
    else:
        listings.show_audit_log(actions)


# ------------------------------------------------------------------ people

people_commands = command_group(deferred("People who sign in: their roles, sign-ins and data."))

PersonArgument = Annotated[
    str, Arg(metavar="NAME", help=deferred("The name, as the identity provider gives it."))
]


@people_commands.command("list")
def list_known_people(*, as_json: JsonOption = False) -> None:
    """List the people who have signed in or were given a role."""
    from dashboard.cli import listings, output
    from dashboard.services.people import list_people, person_json

    application = get_context()
    people = list_people(application.notes.people, application.access.policy)
    if as_json:
        output.print_json([person_json(person, role) for person, role in people])
    else:
        listings.show_people(people)


@people_commands.command("role")
def set_role(
    name: PersonArgument,
    role: Annotated[
        str,
        Arg(
            metavar="ROLE",
            help=deferred("viewer, editor, administrator, none; or default, that of the settings."),
        ),
    ],
) -> None:
    """Give a person a role from the next action on; it outweighs groups and lists."""
    from dashboard.cli import output
    from dashboard.services.people import give_role, read_role

    application = get_context()
    given = read_role(role)
    person = give_role(application.notes.people, application.access.policy, name, given)
    now = application.access.policy.role(person.person, person)
    output.print_line(_("{person}: the role is {role} now", person=person.person, role=now))


@people_commands.command("sign-out")
def sign_person_out(name: PersonArgument) -> None:
    """End every sign-in of a person from the next action on."""
    from dashboard.cli import output
    from dashboard.services.people import sign_out_everywhere

    count = sign_out_everywhere(get_context().notes.people, name)
    output.print_line(plural("{n} sign-in was ended", "{n} sign-ins were ended", count))


@people_commands.command("remove")
def remove_data_of_person(name: PersonArgument, *, as_json: JsonOption = False) -> None:
    """Delete the private data of a person; what is shared stays under another name."""
    from dataclasses import asdict

    from dashboard.cli import output
    from dashboard.services.people import describe_removal, remove_person

    done = remove_person(get_context().notes.people, name)
    if as_json:
        output.print_json(asdict(done))
    else:
        output.print_line(describe_removal(done))
