"""Running a parser in a subprocess with a time limit and a memory limit.

Nothing bounds the libraries that parse feeds and pages: a megabyte can keep them busy for minutes.
A module that runs in the sandbox calls `serve_subprocess` when it is executed, and
`run_in_subprocess` executes it: a line of JSON and the bytes on standard input, a line of JSON on
standard output.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import dashboard
from dashboard.models.errors import InputError, SourceError
from dashboard.models.messages import (
    ENGLISH,
    choose_language,
    current_language,
    set_default_language,
)

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object."""

REFUSAL: Final = "refused"
_PROJECT_ROOT: Final = Path(dashboard.__file__).parents[1]


def run_in_subprocess(
    module: str, params: JsonObject, content: bytes, seconds: float
) -> JsonObject:
    """Execute a module on some bytes and return its answer.

    Args:
        module: its name, as in `python -m`.
        params: about the bytes.
        content: the bytes.
        seconds: the time limit.

    Returns:
        Its answer; only a message under `REFUSAL` where it refuses the bytes.

    Raises:
        ChildProcessError: it exceeded its time or memory.
    """
    try:
        completed = subprocess.run(  # noqa: S603 - no argument is user input
            [sys.executable, "-m", module],
            input=json.dumps([current_language(), params]).encode() + b"\n" + content,
            cwd=_PROJECT_ROOT,
            capture_output=True,
            check=True,
            timeout=seconds,
        )
        answer: JsonObject = json.loads(completed.stdout)
    except (subprocess.SubprocessError, ValueError, OSError) as error:
        raise ChildProcessError(module) from error
    return answer


def serve_subprocess(read: Callable[[JsonObject, bytes], JsonObject], memory: int) -> None:
    """Read the input of `run_in_subprocess` and write the answer.

    Args:
        read: returns the answer to params and bytes; it raises `InputError` or `SourceError` to
            refuse them.
        memory: bytes of address space of the process, where the system can limit it.
    """
    _limit_memory(memory)
    language, params = json.loads(sys.stdin.buffer.readline())
    set_default_language(choose_language([language]) or ENGLISH)
    try:
        answer = read(params, sys.stdin.buffer.read())
    except (InputError, SourceError) as error:
        answer = {REFUSAL: str(error)}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _limit_memory(memory: int) -> None:
    try:
        import resource
    except ImportError:  # not on every system
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
