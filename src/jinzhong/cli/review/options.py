"""A month and a period as typed."""

import argparse
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jinzhong.situation.periods import Period


def month(text: str) -> date:
    """A month as typed. Raises what argparse turns into one line."""
    try:
        year, number = text.split("-")
        return date(int(year), int(number), 1)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"{text}: write a month as 2021-05") from problem


class Asked(NamedTuple):
    """A period by the name it was asked for."""

    name: str
    days: "Period"


def period(text: str) -> Asked:
    """A year, quarter or month as typed. Raises what argparse turns into one line."""
    from jinzhong.situation.periods import Period, add_months

    try:
        year, _, part = text.partition("-")
        since = date(int(year), 1, 1)
        months = 12
        if part.upper().startswith("Q"):
            since, months = date(int(year), [1, 4, 7, 10][int(part[1:]) - 1], 1), 3
        elif part:
            since, months = month(text), 1
        return Asked(text, Period(since, add_months(since, months)))
    except (ValueError, IndexError, argparse.ArgumentTypeError) as problem:
        raise argparse.ArgumentTypeError(f"{text}: write a period as 2021, 2021-Q2 or 2021-05") from problem
