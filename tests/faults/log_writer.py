"""Write the event log in children that are killed, and verify it after each death.

Run in an instance of its own. Prints {"first": verdicts after ending at every place of the very first line,
"random": verdicts after a SIGKILL at random moments of a busy writer, "lines": how many lines there were}.
"""

import json
import os
import random
import signal
import time

import django

django.setup()

from django.db import connection, connections, transaction

from jinzhong import clock
from jinzhong.audit import chain, queries
from jinzhong.audit import operations as audit
from jinzhong.config import instance
from jinzhong.district import queries as district
from tests import flush
from tests.faults.exits import in_child

KILLS = 25


def write_one() -> None:
    with transaction.atomic():
        audit.record("test.line", on=district.towns()[0], by="test", at=clock.now())


def write_on(begun: int) -> None:
    """Write without end; ``begun`` is told after the first line, however slow the machine is."""
    write_one()
    os.write(begun, b".")
    while True:
        write_one()


def forget_all() -> None:
    """A log as on the first day."""
    with flush.without_guards(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event")
    (instance.data_folder() / chain.FILE).unlink(missing_ok=True)


def first_line() -> list[str]:
    """End at every place of the first line ever, then write on."""
    verdicts = []
    for place in range(1, 100):
        in_child(forget_all)
        came, _ = in_child(write_one, end_at=place)
        verdicts.append(in_child(lambda: queries.verify().broken)[1])
        verdicts.append(in_child(lambda: (write_one(), queries.verify().broken)[1])[1])
        if came:
            return verdicts
    raise SystemExit("the first line has no end")


def random_kills() -> list[str]:
    chance = random.Random(7)
    verdicts = []
    for _ in range(KILLS):
        told, begun = os.pipe()
        child = os.fork()
        if not child:
            write_on(begun)
        os.read(told, 1)
        time.sleep(chance.random() * 0.08)
        os.close(told)
        os.close(begun)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        verdicts.append(in_child(lambda: queries.verify().broken)[1])
    return verdicts


def main() -> None:
    connections.close_all()
    found = {"first": first_line(), "random": random_kills(), "lines": in_child(queries.newest_seq)[1]}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
