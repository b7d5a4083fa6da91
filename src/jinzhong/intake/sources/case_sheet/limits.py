"""What a spreadsheet may cost us; used by the child that opens it and by the parent that doesn't trust the child."""

MAX_FILE = 30 * 2**20
MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELL = 20_000
MAX_SENT = 64 * 2**20

MAX_PARTS = 2_000
MAX_UNPACKED = 300 * 2**20
MAX_RATIO = 200
RATIO_FROM = 20 * 2**20
"""A small sheet may compress very well; the ratio is looked at only beyond this many bytes."""

LAST_ROW = 1_048_576
"""The last row a spreadsheet can have; a row numbered beyond it is a lie."""

MEMORY = 700 * 2**20
CPU_SECONDS = 60
WALL_SECONDS = 90


class Refusal(Exception):
    """The file can't be read: a code for the sentence, and the facts that go into it."""

    def __init__(self, code: str, **facts: int | str):
        super().__init__(code)
        self.code = code
        self.facts = facts
