"""Backups of PostgreSQL by its own program `pg_dump`: one file that `pg_restore` puts back."""

from __future__ import annotations

import logging
import shutil
import subprocess
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, Final

from dashboard.models.errors import StoreError
from dashboard.models.messages import translate as _
from dashboard.storage.schema import ROW_SECURITY_OFF, TABLES_NOT_RESTORED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboard.storage.database import Address

log: Final = logging.getLogger("dashboard.backups")

MAX_DUMP_SECONDS: Final = 3_600


def dump_server(address: Address, output: BinaryIO, program: str) -> None:
    """Write a database to an open file in the custom format of `pg_dump`, of one moment.

    It holds the private notes of everybody and no row of the tokens.

    Args:
        address: the database.
        output: a file of the operating system, open for writing.
        program: `pg_dump`, by its path or its name in the search path.

    Raises:
        StoreError: the program was not found or failed.
    """
    found = shutil.which(program)
    if found is None:
        msg = _(
            "{name}: {program} was not found, so that the database is not backed up; install the "
            "PostgreSQL client or set DASHBOARD_PG_DUMP",
            name=address.name,
            program=Path(program).name,
        )
        raise StoreError(msg)
    _run(found, address, output.fileno())


def _run(program: str, address: Address, output: int) -> None:
    excluded = [f"--exclude-table-data={name}" for name in sorted(TABLES_NOT_RESTORED)]
    options = ["--format=custom", "--no-password", "--no-owner", "--enable-row-security"]
    with _connection_text(address) as connection:
        try:
            done = subprocess.run(  # noqa: S603 - the arguments are ours
                [program, *options, *excluded, f"--dbname={connection}"],
                stdout=output,
                stderr=subprocess.PIPE,
                timeout=MAX_DUMP_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            msg = _(
                "{name}: pg_dump did not finish in an hour; no backup was made", name=address.name
            )
            raise StoreError(msg) from error
    if done.returncode:
        log.warning("pg_dump: %s", done.stderr.decode(errors="replace").strip())
        msg = _(
            "{name}: pg_dump failed ({code}), no backup was made; it must be of the release of the "
            "server, and the user of DATABASE_URL must be allowed to read every table",
            name=address.name,
            code=done.returncode,
        )
        raise StoreError(msg)


@contextmanager
def _connection_text(address: Address) -> Iterator[str]:
    """The URL for libpq; a password is in a file, for everybody can read the arguments."""
    parameters = {
        "connect_timeout": str(address.limits.connect_seconds),
        "options": f"-c {ROW_SECURITY_OFF}",
    }
    url = address.url.set(drivername="postgresql", password=None)
    with ExitStack() as stack:
        if address.url.password is not None:
            file = stack.enter_context(NamedTemporaryFile("w", encoding="utf-8"))
            password = str(address.url.password).replace("\\", r"\\").replace(":", r"\:")
            file.write(f"*:*:*:*:{password}\n")
            file.flush()
            parameters["passfile"] = file.name
        text = url.update_query_dict(parameters).render_as_string(hide_password=False)
        yield text.replace("+", "%20")  # libpq reads no + as a space
