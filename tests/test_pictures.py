"""A stranger's photo comes back small, upright and bare, or not at all."""

import zlib
from io import BytesIO
from struct import pack

import pytest
from PIL import Image

from jinzhong.pictures import BadPicture, redrawn

UPRIGHT_AFTER_A_TURN = 6
"""EXIF: to be turned by 90 degrees to the right."""
HUGE = 20_000


def photo(size=(400, 200), **more) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, "JPEG", **more)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of 400 million pixels in a few hundred kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    head = pack(">IIBBBBB", HUGE, HUGE, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((HUGE // 8 + 1) * HUGE), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_what_the_camera_wrote_into_it_is_gone_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = UPRIGHT_AFTER_A_TURN, "Made by somebody"
    exif.get_ifd(0x8825)[2] = (29.0, 39.0, 0.0)
    given = photo(exif=exif) + b"PK\x03\x04 something behind the picture"

    drawn = redrawn(given)

    with Image.open(BytesIO(drawn)) as found:
        assert (found.size, found.format, dict(found.getexif())) == ((200, 400), "JPEG", {})
    for left in (b"Exif", b"somebody", b"behind the picture"):
        assert left in given
        assert left not in drawn


def test_a_large_one_is_made_small():
    with Image.open(BytesIO(redrawn(photo((4000, 3000))))) as found:
        assert found.size == (1600, 1200)


@pytest.mark.parametrize(
    "given",
    [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", photo()[:600], bytes(13 * 2**20), bomb()],
    ids=["empty", "text", "svg", "cut off", "too large", "bomb"],
)
def test_what_is_no_photo_is_refused(given):
    with pytest.raises(BadPicture):
        redrawn(given)
