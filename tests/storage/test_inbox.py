"""The inbox on SQLite."""

from tests.storage.inbox_form import InboxForm, inbox
from tests.storage.sqlite_file import file, soundness, url

__all__ = ["file", "inbox", "soundness", "url"]


class TestInbox(InboxForm):
    pass
