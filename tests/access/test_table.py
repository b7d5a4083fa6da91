"""Every door, tried by everybody on every kind of object, against the reviewed tables; and what must hold whatever they say."""

import pytest

from tests.access import table
from tests.access.world import CASES, NUMBERS, WARNINGS

pytestmark = pytest.mark.django_db
TABLES = ((table.EXPECTED, table.expected), (table.FIELDS, table.fields))

ITS_OWN = {"/me · me", "/logout · logout", "/login · login"}
"""Changing one's own password, or trying to log in, is nobody else's business."""


@pytest.mark.parametrize(("path", "drawn"), TABLES, ids=lambda one: getattr(one, "name", ""))
def test_everything_is_as_reviewed(measured, request, path, drawn):
    now = drawn(measured)
    if request.config.getoption("--propose", default=False):
        path.write_text(now, "utf-8")
    kept = path.read_text("utf-8") if path.exists() else ""

    found = list(table.differences(kept, now))
    assert not found, "\n".join(
        [*found[:40], f"{len(found)} cells differ; python -m tests.access, then review"]
    )


def test_nobody_sees_a_record_beyond_their_sight(measured):
    for (door, _state, verb), seen in measured.items():
        for actor, one in seen.items():
            beyond = {letter for letter, _field, _plain in one.told} - set(
                WARNINGS[actor]
                + CASES.get(actor, "")
                + NUMBERS.get(actor, "")
                + "r" * (actor in ("office", "auditor"))
            )
            assert not beyond, (door, verb, actor, beyond)


def test_no_answer_is_a_failure_and_every_write_acts_for_somebody(measured):
    acts = {}
    for (door, _state, verb), seen in measured.items():
        assert all(one.status < 500 for one in seen.values()), (door, verb)
        acts[door, verb] = acts.get((door, verb), False) or any(one.wrote for one in seen.values())
    idle = [place for place, acted in acts.items() if place[1] != "GET" and not acted]

    assert [one for one in idle if one[0].split(" · ")[1] not in ("language", "logout")] == [], (
        "give these a form in tests/access/routes.py"
    )


def test_the_auditor_changes_nothing_and_the_administrator_sees_nobody(measured):
    for (door, _state, verb), seen in measured.items():
        assert not seen["auditor"].changes or door in ITS_OWN, (door, verb)
        assert not seen["admin"].told, (door, verb)
        assert not seen["visitor"].told, (door, verb)
        assert not any(letter == "s" for one in seen.values() for letter, _field, _plain in one.told), door


def test_refused_means_that_nothing_was_written(measured):
    for (door, _state, verb), seen in measured.items():
        for actor, one in seen.items():
            refused = one.status in (403, 404, 405) or (one.is_login and actor == "visitor")
            assert not (refused and one.wrote), (door, verb, actor, one.wrote)
