"""The client that is made at the first question."""

import subprocess
import sys

from dashboard.sources.web_forms import Ask
from dashboard.sources.web_later import WebLater
from tests.replica import Replica

ASK = Ask("https://fred.stlouisfed.org/graph/fredgraph.csv", "FRED", "csv", {"id": "VIXCLS"})


def test_it_asks_as_the_client_does():
    with Replica() as replica:
        web = WebLater(replica.url)
        assert web.states() == ()
        assert web.ask(ASK).status == 200
        assert [state.name for state in web.states()] == ["fred.stlouisfed.org"]
        web.session.close()


def test_making_it_imports_no_network_library():
    code = (
        "import sys; from dashboard.sources.web_later import WebLater; WebLater();"
        "print({'requests', 'urllib3'} & set(sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "set()"
