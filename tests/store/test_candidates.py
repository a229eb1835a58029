"""The inbox on SQLite."""

from tests.store.inbox_form import InboxForm, inbox
from tests.store.sqlite_file import file, soundness, url

__all__ = ["file", "inbox", "soundness", "url"]


class TestInbox(InboxForm):
    pass
