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

JsonObject: TypeAlias = dict[str, Any]
"""What JSON can carry, by key."""

REFUSAL: Final = "refused"
_PROJECT_ROOT: Final = Path(dashboard.__file__).parents[1]


def run_in_subprocess(module: str, told: JsonObject, content: bytes, seconds: float) -> JsonObject:
    """What a module answers to the bytes that its own process is given.

    Args:
        module: its name, as in `python -m`.
        told: what it must know about the bytes.
        content: the bytes.
        seconds: after which it is given up.

    Returns:
        Its answer; under `REFUSED` alone, in words, where it refuses the bytes.

    Raises:
        ChildProcessError: it was not done within its time and memory.
    """
    try:
        done = subprocess.run(  # noqa: S603 - every word is ours
            [sys.executable, "-m", module],
            input=json.dumps(told).encode() + b"\n" + content,
            cwd=_PROJECT_ROOT,
            capture_output=True,
            check=True,
            timeout=seconds,
        )
        answer: JsonObject = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError, OSError) as error:
        raise ChildProcessError(module) from error
    return answer


def serve_subprocess(read: Callable[[JsonObject, bytes], JsonObject], memory: int) -> None:
    """Read what `run_in_subprocess` sent to this process, and answer.

    Args:
        read: makes the answer from what is told and the bytes; it may raise `InputError` or
            `SourceError` to refuse them.
        memory: bytes of address space that the process may take, where the system can limit it.
    """
    _limit_memory(memory)
    told = json.loads(sys.stdin.buffer.readline())
    try:
        answer = read(told, sys.stdin.buffer.read())
    except (InputError, SourceError) as refused:
        answer = {REFUSAL: str(refused)}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _limit_memory(memory: int) -> None:
    try:
        import resource
    except ImportError:  # not on every system
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
