"""A replica of every data service on the loopback, for tests and for trying by hand.

    replica.cbr.answers(html_with_200)

makes one service misbehave; `replica.cbr.requests` has its requests. By hand:

    python -m tests.replica --port 8600 --misbehave cbr=html_with_200
    DASHBOARD_UPSTREAM=http://127.0.0.1:8600 python -m dashboard rates refresh

All numbers are made here, after the layouts the services are documented to have; only the
rates that ship with the program are answered as they are.
"""

from tests.replica.server import Replica

__all__ = ["Replica"]
