"""A plugin of pytest for runs under libfaketime, whose `time.sleep` fails while seconds stay true.

(libfaketime 0.9.10 turns the end of a sleep on the monotonic clock into a moment that cannot be.)
"""

import threading
import time


def _sleep(seconds):
    threading.Event().wait(seconds)


time.sleep = _sleep
