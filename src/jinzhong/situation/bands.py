"""Age bands that serve the panel (20–30, 31–40) and the Ministry (18–40, 41–65) alike."""

from typing import NamedTuple


class Band(NamedTuple):
    """Ages ``low`` to ``high``, both included."""

    code: str
    low: int
    high: int


BANDS = (
    Band("<18", 0, 17),
    Band("18-19", 18, 19),
    Band("20-30", 20, 30),
    Band("31-40", 31, 40),
    Band("41-50", 41, 50),
    Band("51-60", 51, 60),
    Band("61-65", 61, 65),
    Band("66+", 66, 150),
)
BY_CODE = {one.code: one for one in BANDS}
UNKNOWN = "unknown"


def band_of(age: int | None) -> str:
    """The code of the band an age lies in.

    >>> band_of(17), band_of(30), band_of(66), band_of(None)
    ('<18', '20-30', '66+', 'unknown')
    """
    if age is None:
        return UNKNOWN
    return next((one.code for one in BANDS if one.low <= age <= one.high), UNKNOWN)
