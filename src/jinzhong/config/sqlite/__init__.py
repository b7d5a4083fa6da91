"""A SQLite database must be safe, or the product does not start: WAL, synchronous FULL, IMMEDIATE, 20 s."""

from django.db import connection

from jinzhong.config.instance import BadInstance

WANTED = {"journal_mode": "wal", "synchronous": 2, "recursive_triggers": 1}


def require_safe() -> None:
    """Raise BadInstance when the open database runs otherwise than the settings demand."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for pragma, wanted in WANTED.items():
            cursor.execute(f"PRAGMA {pragma}")
            found = cursor.fetchone()[0]
            if found != wanted:
                raise BadInstance(
                    f"SQLite runs with {pragma}={found}, needs {wanted}: put JINZHONG_DATA on a local disk that supports WAL"
                )
        cursor.execute("PRAGMA busy_timeout")
        options = connection.settings_dict["OPTIONS"]
        if cursor.fetchone()[0] < 20_000 or options.get("transaction_mode") != "IMMEDIATE":
            raise BadInstance("SQLite needs transaction_mode=IMMEDIATE and a timeout of 20 s")
