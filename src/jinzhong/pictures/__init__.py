"""A stranger's photo as one of our own: drawn anew, small, upright, without what the camera wrote into it (place, owner).

It is opened by a child that may do nothing else; the parent believes no more than that a small JPEG came back.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

from jinzhong.confined import BARE

MAX_FILE = 12 * 2**20
MAX_PIXELS = 60_000_000
LONG_SIDE = 1600
QUALITY = 80
MAX_DRAWN = 2 * 2**20
MEMORY, CPU_SECONDS, WALL_SECONDS = 700 * 2**20, 20, 30

BEGIN, END = b"\xff\xd8\xff", b"\xff\xd9"
"""Of a JPEG: a child that was stopped while it wrote leaves one without its end."""
SOURCE = Path(__file__).parents[2]
START = "import sys; sys.path.append(sys.argv[1]); from jinzhong.pictures.child import main; main()"


class BadPicture(ValueError):
    """It isn't a photo that could be drawn."""


def redrawn(raw: bytes) -> bytes:
    """A JPEG of at most ``LONG_SIDE`` pixels. Raises BadPicture."""
    if not 0 < len(raw) <= MAX_FILE:
        raise BadPicture
    with os.fdopen(os.memfd_create("picture", os.MFD_CLOEXEC), "w+b") as file:
        file.write(raw)
        file.seek(0)
        drawn = _by_child(file.fileno())
    if not drawn.startswith(BEGIN) or not drawn.endswith(END) or len(drawn) > MAX_DRAWN:
        raise BadPicture
    return drawn


def _by_child(file: int) -> bytes:
    command = [sys.executable, "-I", "-B", "-c", START, str(SOURCE)]
    with subprocess.Popen(
        command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=BARE, cwd="/"
    ) as child:
        watch = threading.Timer(WALL_SECONDS, child.kill)
        watch.start()
        try:
            assert child.stdout
            return child.stdout.read(MAX_DRAWN + 1)
        finally:
            watch.cancel()
            child.kill()
