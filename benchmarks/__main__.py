"""`python -m benchmarks`: measure the pages and say which promises hold."""

from __future__ import annotations

import sys

from benchmarks.pages import main

if __name__ == "__main__":
    sys.exit(main())
