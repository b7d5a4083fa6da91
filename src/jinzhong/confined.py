"""The child process that opens a stranger's file: how it is started, and what it gives up before (decision 7)."""

import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

BARE = {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
"""Its whole environment: no database address, no keys."""
SOURCE = Path(__file__).parents[1]


def restrict(*, memory: int, cpu_seconds: int) -> None:
    """Little memory (bytes), little time, no file it could write: before the first byte of the file is read."""
    for limit, amount in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(limit)
        amount = amount if most == resource.RLIM_INFINITY else min(amount, most)
        resource.setrlimit(limit, (amount, amount))


@contextmanager
def child(module: str, *arguments: str, file: BinaryIO, seconds: float) -> Iterator[IO[bytes]]:
    """``main`` of a module in a process of its own, with the file on descriptor 0; yields what it writes. Killed after so many
    seconds, or when nobody listens any more."""
    start = f"import sys; sys.path.append(sys.argv[1]); from {module} import main; main(*sys.argv[2:])"
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-c", start, str(SOURCE), *arguments]
    with subprocess.Popen(
        command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=BARE, cwd="/"
    ) as process:
        watch = threading.Timer(seconds, process.kill)
        watch.start()
        try:
            assert process.stdout
            yield process.stdout
        finally:
            watch.cancel()
            process.kill()
