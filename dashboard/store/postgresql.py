"""PostgreSQL, set up so that a restart is not seen and a silent server holds nobody up.

A server that freezes in the middle of a statement answers nothing, and its system still takes
what is sent, so neither its own limits nor those of the network end the wait: the client must.
"""

from __future__ import annotations

import time
from functools import cache
from selectors import EVENT_READ, DefaultSelector
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DisconnectionError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from dashboard.store.address import Address

CONNECT_SECONDS: Final = 3
ANSWER_SECONDS: Final = 1.5
SILENCE_SECONDS: Final = 3.0
"""How much longer than for another writer a statement may take before it is given up."""


def postgresql_engine(address: Address, pool: dict[str, Any], wait: float) -> Engine:
    """An engine on a server; a connection is used only after the server answered through it.

    (SQLAlchemy's own `pool_pre_ping` waits without end for a server that says nothing.)

    Args:
        address: the database.
        pool: the pool's arguments of `create_engine`.
        wait: how many seconds a writer waits for another.
    """
    network = {"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": round(wait * 1000)}
    engine = create_engine(address.url, connect_args=network, **pool)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, arguments: Any, named: Any) -> Any:
        return _patient_for(wait + SILENCE_SECONDS).connect(*arguments, **named)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.execute(f"SET lock_timeout = '{wait}s'")
        connection.commit()

    @event.listens_for(engine, "checkout")
    def check(connection: Any, _record: object, _proxy: object) -> None:
        if not _answers(connection.pgconn, time.monotonic() + ANSWER_SECONDS):
            raise DisconnectionError

    return engine


@cache
def _patient_for(seconds: float) -> Any:
    """A class of connections that are closed when one statement takes longer than that."""
    from psycopg import Connection, OperationalError
    from psycopg.errors import _WaitTimeout

    class Patient(Connection[Any]):
        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            try:
                return super().wait(gen, interval, seconds if timeout is None else timeout)
            except _WaitTimeout:
                self.pgconn.finish()  # whatever it was about to say, nobody waits for it now
                msg = f"the server said nothing for {seconds:g} seconds"
                raise OperationalError(msg) from None

    return Patient


def _answers(connection: Any, give_up: float) -> bool:
    """Whether the server answers an empty query on this libpq connection in time."""
    from psycopg import Error
    from psycopg.pq import ConnStatus

    try:
        connection.send_query(b"")
        connection.flush()
        while connection.is_busy():
            if not _has_news(connection.socket, give_up - time.monotonic()):
                return False
            connection.consume_input()
        while connection.get_result() is not None:
            continue
    except Error:
        return False
    return bool(connection.status == ConnStatus.OK)


def _has_news(socket: int, seconds: float) -> bool:
    with DefaultSelector() as selector:
        selector.register(socket, EVENT_READ)
        return bool(selector.select(max(seconds, 0.0)))
