"""What can't be done, and why."""


class Unfit(Exception):
    """It can't be done like this; the message says why, in the user's words."""
