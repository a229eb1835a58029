"""Write requirements.txt and requirements-dev.txt, with hashes, from pyproject.toml.

`python tools/lock_requirements.py` keeps what is pinned where it still fits; with `--upgrade`
it takes the newest versions that fit.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--fork-strategy=fewest",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-annotate",
    "--no-header",
    "--quiet",
)


def lock(target: str, *options: str) -> None:
    """Resolve pyproject.toml into one lock file."""
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv) if uv.exists() else shutil.which("uv") or "uv", "pip", "compile"]
    command += ["pyproject.toml", *OPTIONS, *options, "--output-file", target]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - every word stands above


if __name__ == "__main__":
    lock("requirements.txt", *sys.argv[1:])
    lock("requirements-dev.txt", "--extra=dev", "--constraints=requirements.txt", *sys.argv[1:])
