"""The child process that opens a stranger's photo on descriptor 0 and writes it anew to descriptor 1, or nothing at all."""

import sys
from io import BytesIO

from jinzhong.confined import restrict
from jinzhong.pictures import CPU_SECONDS, LONG_SIDE, MAX_PIXELS, MEMORY, QUALITY

FORMATS = ("JPEG", "PNG", "WEBP")


def main() -> None:
    """Whatever the file makes the library raise ends in silence."""
    restrict(memory=MEMORY, cpu_seconds=CPU_SECONDS)
    with open(0, "rb", closefd=False) as file:
        sys.stdout.buffer.write(drawn(file.read()))


def drawn(raw: bytes) -> bytes:
    from PIL import Image, ImageOps

    with Image.open(BytesIO(raw), formats=FORMATS) as found:
        if found.width * found.height > MAX_PIXELS:
            return b""
        found.draft("RGB", (LONG_SIDE, LONG_SIDE))
        upright = ImageOps.exif_transpose(found).convert("RGB")
    upright.thumbnail((LONG_SIDE, LONG_SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    out = BytesIO()
    bare.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
