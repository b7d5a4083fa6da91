"""The processes of a running demo: started together, ended together, none restarted in silence."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable

ENDS_WITHIN = 10
NOT_FOR_CHILDREN = ("JINZHONG_CLOCK", "JINZHONG_CLOCK_RATE")
"""The processes of a demo share the anchor in its folder; each would start a clock of its own by these."""
PR_SET_PDEATHSIG = 1


class Processes:
    """Named children, each in a session of its own: Ctrl-C reaches us alone, and we end them in order."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._environment = {name: text for name, text in os.environ.items() if name not in NOT_FOR_CHILDREN}

    def start(self, name: str, *arguments: object, niceness: int = 0) -> None:
        """Run a module of ours: ``start("web", "jinzhong.cli", "web", "--port", 8000)``; ``niceness``: how far behind the others."""
        self._running[name] = subprocess.Popen(
            [sys.executable, "-m", *map(str, arguments)],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_begin(niceness),
        )

    def ended(self) -> str:
        """What ended by itself, in words; empty while all run."""
        for name, process in self._running.items():
            code = process.poll()
            if code is not None:
                return f"{name} ended by itself ({f'signal {-code}' if code < 0 else f'exit {code}'})"
        return ""

    def end(self) -> None:
        """The newest first: the feed before what it talks to."""
        for process in reversed(self._running.values()):
            process.terminate()
        for process in reversed(self._running.values()):
            try:
                process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _begin(niceness: int) -> Callable[[], None]:
    """On Linux a child is told to end when we were killed and can't tell it ourselves."""
    prctl = ctypes.CDLL(None).prctl if sys.platform.startswith("linux") else None

    def begin() -> None:
        os.nice(niceness)
        if prctl:
            with contextlib.suppress(OSError):
                prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return begin
