"""A stranger's photo as one of our own: drawn anew, small, upright, without what the camera wrote into it (place, owner).

It is opened by a child that may do nothing else; the parent believes no more than that a small JPEG came back.
"""

import os

from jinzhong import confined

MAX_FILE = 12 * 2**20
MAX_PIXELS = 60_000_000
LONG_SIDE = 1600
QUALITY = 80
MAX_DRAWN = 2 * 2**20
MEMORY, CPU_SECONDS, WALL_SECONDS = 700 * 2**20, 20, 30

BEGIN, END = b"\xff\xd8\xff", b"\xff\xd9"
"""Of a JPEG: a child that was stopped while it wrote leaves one without its end."""


class BadPicture(ValueError):
    """It isn't a photo that could be drawn."""


def redrawn(raw: bytes) -> bytes:
    """A JPEG of at most ``LONG_SIDE`` pixels. Raises BadPicture."""
    if not 0 < len(raw) <= MAX_FILE:
        raise BadPicture
    with os.fdopen(os.memfd_create("picture", os.MFD_CLOEXEC), "w+b") as file:
        file.write(raw)
        file.seek(0)
        with confined.child("jinzhong.pictures.child", file=file, seconds=WALL_SECONDS) as told:
            drawn = told.read(MAX_DRAWN + 1)
    if not drawn.startswith(BEGIN) or not drawn.endswith(END) or len(drawn) > MAX_DRAWN:
        raise BadPicture
    return drawn
