"""How fast the event log verifies: ``python3 dev.py bench audit [--rows 1000000]``.

Builds a log of that length in an instance of its own (SQLite in a temporary folder, or a fresh database of the server that
``DATABASE_URL`` names), sealed as ``audit.record`` seals it, and lets ``jinzhong audit verify`` walk it. Prints one JSON object:
seconds of the clock and of the processor, beside those of hashing as many lines of the same length and nothing else.
"""

import argparse
import hashlib
import hmac
import json
import os
import platform
import sys
import tempfile
import time
from datetime import timedelta
from itertools import islice
from pathlib import Path

AT_ONCE = 5000


def build(rows: int) -> None:
    """A chained log, written past the triggers' notice only in that nothing is changed: rows are added, many at a time."""
    from django.db import transaction

    from jinzhong.audit import chain
    from jinzhong.audit.models import Event
    from tests.district import at

    before, start = chain.GENESIS, at("08:00")

    def lines():
        nonlocal before
        for seq in range(1, rows + 1):
            moment = start + timedelta(milliseconds=seq * 40)
            fields = {
                "seq": seq, "kind": "dispatch.signed", "on_type": "order", "on_id": f"01790000-0000-7000-8000-{seq:012d}",
                "by": f"officer_{seq % 97}", "happened_at": moment, "recorded_at": moment, "purpose": "", "town": "330213002",
                "facts": json.dumps({"order": f"01790000-0000-7000-8000-{seq:012d}", "officers": [seq % 97]}),
            }  # fmt: skip
            before = chain.seal(before, fields)
            yield Event(**fields, hash=before)

    found = lines()
    chain.keep_head(chain.EMPTY)
    while some := list(islice(found, AT_ONCE)):
        with transaction.atomic():
            Event.objects.bulk_create(some)
    chain.keep_head(chain.Head(rows, before))


GOAL_SECONDS = 15


def hashing_alone(rows: int, length: int) -> float:
    """Processor seconds of as many keyed hashes of lines of the same length, and of nothing else."""
    line, key, begun = b"x" * length, hmac.new(b"k" * 32, digestmod=hashlib.sha256), time.process_time()
    for _ in range(rows):
        one = key.copy()
        one.update(line)
        one.hexdigest()
    return time.process_time() - begun


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"JINZHONG_DATA": folder, "JINZHONG_INSTANCE": "test"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "jinzhong.config.settings"
        sys.path[:0] = [str(Path(__file__).resolve().parents[1])]
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from jinzhong.audit import chain, queries
        from jinzhong.audit.models import Event

        call_command("migrate", verbosity=0)
        if queries.newest_seq():
            print("DATABASE_URL names a database with an event log; name an empty one", file=sys.stderr)
            return 2
        build(rows)
        begun, worked = time.perf_counter(), time.process_time()
        verdict = queries.verify()
        seconds, processor = time.perf_counter() - begun, time.process_time() - worked
        assert (verdict.events, verdict.broken) == (rows, ""), verdict
        newest = Event.objects.order_by("seq").last()
        length = len(
            chain.hashed(newest.hash, {name: getattr(newest, name) for name in queries.COLUMNS}).encode()
        )
        print(
            json.dumps(
                {
                    "rows": rows, "database": connection.vendor, "seconds": round(seconds, 2), "processor_seconds": round(processor, 2),
                    "hashing_alone_processor_seconds": round(hashing_alone(rows, length), 2), "load": os.getloadavg()[0],
                    "processors": os.cpu_count(), "python": platform.python_version(),
                }
            )
        )  # fmt: skip
    return 0 if seconds <= GOAL_SECONDS * rows / 1_000_000 else 1


if __name__ == "__main__":
    sys.exit(main())
