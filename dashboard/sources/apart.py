"""Reading in a process of its own, which is ended when it takes too long or too much.

Nothing bounds the libraries that read feeds and pages: a megabyte can keep them busy for
minutes. A module that is read apart calls `serve_apart` when it is run, and `ask_apart` runs
it: a line of JSON and the bytes on standard input, a line of JSON on standard output.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import dashboard
from dashboard.domain.errors import InputError, SourceError

Words: TypeAlias = dict[str, Any]
"""What JSON can carry, by key."""

REFUSED: Final = "refused"
_ROOT: Final = Path(dashboard.__file__).parents[1]


def ask_apart(module: str, told: Words, content: bytes, seconds: float) -> Words:
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
        done = subprocess.run(  # noqa: S603 - the name of a module of ours
            [sys.executable, "-m", module],
            input=json.dumps(told).encode() + b"\n" + content,
            cwd=_ROOT,
            capture_output=True,
            check=True,
            timeout=seconds,
        )
        answer: Words = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError, OSError) as error:
        raise ChildProcessError(module) from error
    return answer


def serve_apart(read: Callable[[Words, bytes], Words], memory: int) -> None:
    """Read what `ask_apart` sent to this process, and answer.

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
        answer = {REFUSED: str(refused)}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _limit_memory(memory: int) -> None:
    try:
        import resource
    except ImportError:  # not on every system
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
