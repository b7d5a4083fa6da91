"""What can't be done, and why."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


class Unfit(Exception):
    """It can't be done like this; the message says why, in the user's words."""
