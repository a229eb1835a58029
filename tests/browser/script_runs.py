"""Whether Streamlit has finished the runs of a page, read from the messages of its WebSocket.

The page itself does not know: between a click and the first answer of a busy server it stands as
still as after the last one, with the elements of the run before.
"""

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PAGE = ""
"""What a request for the whole page has in place of the id of a fragment."""


class ScriptRuns:
    """The last run that a tab requested: `count` counts them, `is_owed` says it has not ended.

    Runs that a fragment asks for by itself, at its rhythm, are not waited for.
    """

    def __init__(self, page):
        self.count = 0
        self._fragment = None
        self._has_begun = False
        page.on("websocket", self._listen)

    @property
    def is_owed(self):
        return self._fragment is not None

    def _listen(self, socket):
        self._fragment = None  # a page that was loaded anew, or a server that was started anew
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame):
        if isinstance(frame, str):
            return  # the handshake, and what Streamlit's own watcher says
        message = BackMsg.FromString(frame)
        if not message.HasField("rerun_script") or message.rerun_script.is_auto_rerun:
            return
        self.count += 1
        waits_for_page = self._fragment == PAGE and not self._has_begun
        self._fragment = PAGE if waits_for_page else message.rerun_script.fragment_id
        self._has_begun = False

    def _received(self, frame):
        if isinstance(frame, str) or self._fragment is None:
            return
        message = ForwardMsg.FromString(frame)
        if message.HasField("new_session"):
            drawn = message.metadata.run.fragment_ids  # none: the whole page
            self._has_begun |= not drawn or self._fragment in drawn
        elif message.HasField("script_finished") and self._has_begun:
            self._has_begun = message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            self._fragment = None if self._has_begun else self._fragment
