"""Any attack or mixture of attacks on the event log is found, and the first bad place named."""

import hashlib
import json
import shutil
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jinzhong.audit import chain, queries
from jinzhong.audit.models import Event
from jinzhong.config import instance
from tests import flush

LINES = 9
ALL = (*queries.COLUMNS, "hash")
TEXTS = ("kind", "on_type", "on_id", "by", "purpose", "town", "facts")
Row = dict[str, object]
Attack = Callable[[list[Row]], list[Row]]
place = st.integers(0, LINES - 1)


def edit(where: int, column: str, text: str) -> Attack:
    def attack(rows: list[Row]) -> list[Row]:
        return [{**row, column: text} if n == where else row for n, row in enumerate(rows)]

    return attack


def renumbered(rows: list[Row]) -> list[Row]:
    return [{**row, "seq": n} for n, row in enumerate(rows, 1)]


def delete(where: int, close_gap: bool) -> Attack:
    return lambda rows: (renumbered if close_gap else list)(rows[:where] + rows[where + 1 :])


def insert(where: int, like: int) -> Attack:
    return lambda rows: renumbered([*rows[:where], rows[like % len(rows)], *rows[where:]]) if rows else rows


def swap(one: int, other: int) -> Attack:
    def attack(rows: list[Row]) -> list[Row]:
        rows = list(rows)
        if max(one, other) < len(rows):
            rows[one], rows[other] = rows[other], rows[one]
        return renumbered(rows)

    return attack


def cut(where: int) -> Attack:
    """Also what the replay of an older backup of the database is."""
    return lambda rows: rows[:where]


def rehash(where: int) -> Attack:
    """Hashes made to fit from a line on, by somebody without the key."""

    def attack(rows: list[Row]) -> list[Row]:
        before, made = chain.GENESIS, []
        for n, row in enumerate(rows):
            said = json.dumps([before, {name: str(row[name]) for name in queries.COLUMNS}], sort_keys=True)
            before = str(row["hash"]) if n < where else hashlib.sha256(said.encode()).hexdigest()
            made.append({**row, "hash": before})
        return made

    return attack


attacks = st.lists(
    st.one_of(
        st.builds(edit, place, st.sampled_from(TEXTS), st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)),
        st.builds(delete, place, st.booleans()),
        st.builds(insert, place, place),
        st.builds(swap, place, place),
        st.builds(cut, place),
        st.builds(rehash, place),
    ),
    min_size=1,
    max_size=3,
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(attacks)
def test_whatever_is_done_to_the_rows_is_found_at_its_first_place(write_log, made):
    if not Event.objects.exists():
        write_log(LINES)
    before = list(Event.objects.order_by("seq").values(*ALL))
    after = before
    for attack in made:
        after = attack(after)
    with flush.without_guards(connection), transaction.atomic():
        Event.objects.all().delete()
        Event.objects.bulk_create([Event(**row) for row in after])
        verdict = queries.verify()
        transaction.set_rollback(True)

    pairs = zip([*before, *[None] * LINES], [*after, *[None] * LINES], strict=False)
    differs = next((n for n, (old, new) in enumerate(pairs, 1) if old != new), None)
    assert verdict.broken.startswith(f"event {differs}:" if differs else "") and bool(verdict.broken) == bool(
        differs
    )


def test_an_old_backup_put_back_with_its_head_is_shown_by_the_copy_elsewhere(
    write_log, jinzhong, tmp_path, capsys
):
    """Database and data folder as they were at event 4: only who remembered a later head can tell."""
    write_log(4)
    old = (instance.data_folder() / chain.FILE).read_bytes()
    write_log(3)
    copy = tmp_path / "audit.head"
    shutil.copy(instance.data_folder() / chain.FILE, copy)
    assert jinzhong(f"audit verify --kept {copy}") == 0

    (instance.data_folder() / chain.FILE).write_bytes(old)
    with flush.without_guards(connection):
        Event.objects.filter(seq__gt=4).delete()
    connection.run_on_commit.clear()  # what is written next is another transaction's, which looks at the log anew
    assert jinzhong("audit verify") == 0
    assert jinzhong(f"audit verify --kept {copy}") == 1
    assert (
        "broken at event 5: cut off; the head kept outside the database is event 7" in capsys.readouterr().out
    )

    write_log(2)
    write_log(2)
    assert jinzhong(f"audit verify --kept {copy}") == 1
    assert "broken at event 7: differs from the head kept outside the database" in capsys.readouterr().out


def test_a_copy_that_is_none_is_wrong_use(write_log, jinzhong, tmp_path, capsys):
    write_log(1)
    (tmp_path / "x").write_text("not ours")

    for name in ("x", "none"):
        assert jinzhong(f"audit verify --kept {tmp_path / name}") == 2
        assert "not a copy of audit.head" in capsys.readouterr().err


@pytest.mark.parametrize("moment", ["2021-05-31 06:00:01", "2021-05-31T06:00:00", "2021-05-31 06:00:00.000"])
def test_a_time_written_otherwise_is_an_edit(write_log, moment):
    if connection.vendor == "postgresql" and moment != "2021-05-31 06:00:01":
        pytest.skip("PostgreSQL keeps the moment, not its spelling")
    write_log(2)
    with flush.without_guards(connection), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_event SET recorded_at = %s WHERE seq = 1",
            [moment + ("+00" if connection.vendor == "postgresql" else "")],
        )

    assert queries.verify().broken == "event 1: changed or out of place"
