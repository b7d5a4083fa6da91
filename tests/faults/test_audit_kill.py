"""SIGKILL at any moment never makes ``jinzhong audit verify`` cry wolf."""

import sqlite3

import pytest

from tests.running import kill


def test_a_killed_writer_leaves_a_log_that_verifies(own):
    found = own.python("tests.faults.log_writer")

    assert set(found["first"]) == {""}
    assert len(found["first"]) > 20
    assert set(found["random"]) == {""}
    assert found["lines"] > 20


def test_verifying_while_others_write_finds_nothing(own, tokens):
    web = own.serve()
    worker = own.start("worker")
    for number in range(5):
        web.post("/alerts", {"customer_phone": f"1380000000{number}"}, token=tokens["teller"])
        assert own.command("audit", "verify").returncode == 0
    kill(worker)


def test_the_command_finds_a_cut_from_outside(own):
    """As an auditor would see it: the command, its exit and its last line; the attacker has the database file."""
    if own.database_url:
        pytest.skip("the attack edits the SQLite file; on PostgreSQL the room's own tests do the same")
    before = own.command("audit", "verify")
    with sqlite3.connect(own.folder / "jinzhong.sqlite3") as database:
        (newest,) = database.execute("SELECT max(seq) FROM audit_event").fetchone()
        database.execute("DROP TRIGGER audit_event_no_DELETE")
        database.execute("DELETE FROM audit_event WHERE seq > ?", [newest - 3])
    after = own.command("audit", "verify")

    assert before.returncode == 0
    assert before.stdout.startswith(f"{newest} events, head ")
    assert after.returncode == 1
    assert after.stdout.splitlines()[0].startswith(f"broken at event {newest - 2}: cut off")
    assert after.stdout.splitlines()[-1].startswith(f"{newest - 3} events, head ")
