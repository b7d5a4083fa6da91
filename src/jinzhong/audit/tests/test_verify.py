"""Verifying the event log: every attack on it is found, and named."""

from collections.abc import Callable, Iterator
from itertools import combinations

import pytest
from django.db import connection, transaction

from jinzhong.audit import chain, queries
from jinzhong.audit.models import Event
from jinzhong.config import instance
from tests import flush

LINES = 12
EVERY_COLUMN = (*queries.COLUMNS, "hash")


@pytest.fixture
def log(write_log) -> Iterator[None]:
    """Twelve lines in a table whose guard was taken off, as an attacker with the database's password would."""
    write_log(LINES)
    with flush.without_guards(connection):
        yield


def after(attack: Callable[..., object], *given: object, **more: object) -> queries.Verdict:
    """What verifying says after an attack, which is then taken back."""
    with transaction.atomic():
        attack(*given, **more)
        verdict = queries.verify()
        transaction.set_rollback(True)
    return verdict


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def rows() -> dict[int, tuple]:
    return {row[0]: row for row in Event.objects.order_by("seq").values_list(*EVERY_COLUMN)}


def put(row: tuple) -> None:
    Event(**dict(zip(EVERY_COLUMN, row, strict=True))).save(force_insert=True)


def test_an_untouched_log_holds(log):
    verdict = queries.verify()

    assert verdict.broken == ""
    assert verdict.events == LINES
    assert verdict.head == chain.kept_head().hash


def edits() -> Iterator[tuple[str, str]]:
    """(column, SQL of a new value) for every column of a line."""
    yield "seq", "seq + 100"
    yield "hash", "substr(hash, 2) || 'x'"
    yield "hash", "''"
    for column in ("kind", "on_type", "on_id", "by", "purpose", "town", "facts"):
        yield column, f"\"{column}\" || 'x'"
        yield column, "''"
    moved = "+ interval '1 second'" if connection.vendor == "postgresql" else ""
    for column in ("happened_at", "recorded_at"):
        yield column, f"{column} {moved}" if moved else f"datetime({column}, '+1 second')"


def test_every_single_edit_is_found_at_its_place(log):
    before = rows()
    missed = []
    for seq in before:
        for column, value in edits():
            verdict = after(run, f'UPDATE audit_event SET "{column}" = {value} WHERE seq = %s', seq)
            changed = not (value == "''" and before[seq][EVERY_COLUMN.index(column)] == "")
            if changed and not verdict.broken.startswith(f"event {seq}:"):
                missed.append((seq, column, value, verdict.broken))

    assert missed == []


@pytest.mark.parametrize("value", ["'garbage'", "x'00ff'", "'2021-13-45 00:00:00'", "12345", "''"])
def test_a_column_of_another_kind_is_a_bad_place_not_a_crash(log, value):
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL keeps the kinds of its columns")
    for column in EVERY_COLUMN:
        verdict = after(run, f'UPDATE audit_event SET "{column}" = {value} WHERE seq = 6')

        assert verdict.broken, column


def test_every_deletion_is_found(log):
    for seq in range(1, LINES):
        verdict = after(run, "DELETE FROM audit_event WHERE seq = %s", seq)

        assert verdict.broken == f"event {seq}: missing; the next one is event {seq + 1}"


def test_every_deletion_with_the_gap_closed_is_found(log):
    def close_the_gap(seq: int) -> None:
        run("DELETE FROM audit_event WHERE seq = %s", seq)
        for later in range(seq + 1, LINES + 1):
            run("UPDATE audit_event SET seq = %s WHERE seq = %s", later - 1, later)

    for seq in range(1, LINES):
        assert after(close_the_gap, seq).broken.startswith(f"event {seq}:")


def test_every_insertion_is_found(log):
    def squeeze_in(seq: int) -> None:
        for later in range(LINES, seq - 1, -1):
            run("UPDATE audit_event SET seq = %s WHERE seq = %s", later + 1, later)
        put((seq, *rows()[seq + 1 if seq <= LINES else seq - 1][1:]))

    for seq in range(1, LINES + 2):
        assert after(squeeze_in, seq).broken, seq


def test_a_line_before_the_first_is_found(log):
    first = rows()[1]

    for seq in (0, -5):
        assert after(put, (seq, *first[1:])).broken


def test_every_swap_is_found(log):
    kept = rows()

    def swap(one: int, other: int, *, with_hash: bool) -> None:
        run("DELETE FROM audit_event WHERE seq IN (%s, %s)", one, other)
        for seq, source in ((one, other), (other, one)):
            put((seq, *kept[source][1:-1], kept[source if with_hash else seq][-1]))

    for one, other in combinations(kept, 2):
        for with_hash in (True, False):
            assert after(swap, one, other, with_hash=with_hash).broken.startswith(f"event {one}:")


def test_cutting_off_any_number_of_the_newest_lines_is_found(log):
    for first_gone in range(1, LINES + 1):
        verdict = after(run, "DELETE FROM audit_event WHERE seq >= %s", first_gone)

        assert verdict.broken.startswith(f"event {first_gone}: cut off"), first_gone


def test_a_cut_with_the_head_file_removed_is_found(log):
    (instance.data_folder() / chain.FILE).unlink()

    for first_gone in range(2, LINES + 2):
        verdict = after(run, "DELETE FROM audit_event WHERE seq >= %s", first_gone)

        assert verdict.broken.startswith("audit.head:")


@pytest.mark.parametrize("text", ["", "x", "00000000000000000005 abc def\n", "\0" * 151, "0" * 5000])
def test_a_replaced_head_file_is_found(log, text):
    (instance.data_folder() / chain.FILE).write_text(text)

    assert queries.verify().broken.startswith("audit.head:")


def test_a_cut_with_the_head_file_made_to_fit_is_found(log):
    """Number and hash of the new last line stand in the table; the seal of the head file needs the key."""
    newest = Event.objects.get(seq=8)
    path = instance.data_folder() / chain.FILE
    path.write_text(f"{8:020d} {newest.hash} {path.read_text().split()[2]}\n")

    assert after(run, "DELETE FROM audit_event WHERE seq > 8").broken.startswith("audit.head:")


def test_a_replaced_head_file_is_not_healed_by_the_next_line(log, write_log):
    (instance.data_folder() / chain.FILE).write_text("not ours\n")
    write_log(1)

    assert queries.verify().broken.startswith("audit.head:")


def test_a_log_made_with_another_key_is_found(log, monkeypatch):
    """Rewriting the whole log and its head needs the key, which is not in the database."""
    monkeypatch.setattr(instance, "key", lambda name, version=None: (1, b"k" * 32))

    assert queries.verify().broken == "event 1: changed or out of place"


def test_lines_behind_the_kept_head_are_no_attack(write_log, django_capture_on_commit_callbacks):
    """Killed between the commit and the head file, the file is behind: that is fine."""
    write_log(3)
    behind = (instance.data_folder() / chain.FILE).read_text()
    write_log(2)
    (instance.data_folder() / chain.FILE).write_text(behind)

    assert queries.verify().broken == ""


def test_the_command_ends_with_count_and_head(log, jinzhong, capsys):
    assert jinzhong("audit verify") == 0
    assert capsys.readouterr().out == f"{LINES} events, head {rows()[LINES][-1]}\n"


def test_the_command_names_the_first_bad_place(log, jinzhong, capsys):
    run("UPDATE audit_event SET purpose = 'x' WHERE seq IN (4, 9)")

    assert jinzhong("audit verify") == 1
    assert capsys.readouterr().out.splitlines() == [
        "broken at event 4: changed or out of place",
        f"{LINES} events, head {rows()[LINES][-1]}",
    ]


def test_the_command_on_an_empty_log(db, jinzhong, capsys):
    assert jinzhong("audit verify") == 0
    assert capsys.readouterr().out == f"0 events, head {'0' * 64}\n"
