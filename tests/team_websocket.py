"""A browser's WebSocket to the pages, without a browser: what it sends can be sent again by others.

Where a trusted proxy signs people in, whoever stands on the loopback is that proxy: a connection
names its person in a header.
"""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from websockets.sync.client import connect

SECONDS = 60


class PageSocket:
    """One session of the pages: `buttons` are the ids of its buttons, by their keys."""

    def __init__(self, port, person=""):
        headers = {"X-Forwarded-Email": person} if person else {}
        self._connection = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            additional_headers=headers,
            subprotocols=["streamlit"],
            max_size=None,
        )
        self.buttons = {}
        self.texts = []

    def __enter__(self):
        self._socket = self._connection.__enter__()
        return self

    def __exit__(self, *error):
        self._connection.__exit__(*error)

    def open(self, url_path, query=""):
        """Draw a page."""
        return self.send(rerun_message(url_path, query))

    def send(self, message):
        """Send a message, and wait until the page is drawn."""
        self.buttons, self.texts = {}, []
        self._socket.send(message)
        has_begun = False
        while True:
            answer = ForwardMsg.FromString(self._socket.recv(timeout=SECONDS))
            if answer.HasField("new_session"):
                has_begun = True
            elif answer.HasField("delta"):
                self._read(answer.delta.new_element)
            is_last = answer.HasField("script_finished")
            is_last &= answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            if has_begun and is_last:
                return self

    def _read(self, element):
        if element.HasField("button"):
            _prefix, _hash, key = element.button.id.split("-", 2)
            self.buttons[key] = element.button.id
        elif element.HasField("text"):
            self.texts.append(element.text.body)
        elif element.HasField("alert"):
            self.texts.append(element.alert.body)


def rerun_message(url_path, query="", button=""):
    """What a browser sends to draw a page, or for a click on a button."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_script_hash = calc_hash(url_path) if url_path else ""
    if button:
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = button, True
    return message.SerializeToString()
