"""The client that is made with the first request."""

import subprocess
import sys

from dashboard.sources.http_client import LazyClient, Request
from dashboard.sources.http_transport import new_session
from dashboard.sources.polite_client import PoliteClient
from tests.replica import Replica

ASK = Request("https://fred.stlouisfed.org/graph/fredgraph.csv", "FRED", "csv", {"id": "VIXCLS"})


def test_it_sends_as_the_polite_client_does():
    with Replica() as replica:
        client = LazyClient(lambda: PoliteClient(new_session(replica.url)))
        assert client.send(ASK).status == 200
        assert len(replica.fred.requests) == 1
        client.session.close()


def test_its_module_imports_no_network_library():
    code = (
        "import sys; import dashboard.sources.http_client;"
        "print({'requests', 'urllib3'} & set(sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "set()"
