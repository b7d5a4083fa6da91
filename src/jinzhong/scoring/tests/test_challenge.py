"""What another model says beside a list is compared by people's verdicts, and forgotten as the list is."""

from datetime import date, timedelta

import pytest

from jinzhong import flow
from jinzhong.scoring import duel, operations
from jinzhong.scoring.given import Rival, Scored
from jinzhong.scoring.models import Challenge, Opinion
from jinzhong.scoring.operations import Unfit
from jinzhong.vault import queries as vault
from tests.number_list import DAY, NOW, ROWS, judged

from .test_judge import say

OWN = "15400002099"


def rival(chances, *, digest="other", model="b" * 64):
    return Rival(chances, model=model, made_on=date(2021, 5, 25), line=0.5, digest=digest)


def put(kept, *, own=(OWN,), now=NOW, **more):
    """The challenger lists the first number of the list and its own."""
    chances = {ROWS[0].number: 0.8, ROWS[1].number: 0.1} | dict.fromkeys(own, 0.7)
    return operations.challenge(kept=kept, given=rival(chances, **more), by="risk_1", now=now)[0]


def phones():
    return {vault.plain(one.number).get("phone", "") for one in Opinion.objects.select_related("number")}


def test_of_twenty_verdicts_a_share_and_its_bounds_are_told(operators):
    rows = [Scored(f"154000030{one:02}", 0.9, []) for one in range(25)]
    kept, _fresh = operations.keep_list(
        operator=operators.operator_1, day=DAY, given=judged(rows, reached=None), by="risk_1", now=NOW
    )
    chances = {one.number: 0.9 for one in rows[6:]}
    operations.challenge(kept=kept, given=rival(chances), by="risk_1", now=NOW)
    for at, one in enumerate(kept.entries.all()):
        say(one, operators.desk, *(("innocent", "courier") if at < 5 else ("fraud", "script")))

    [told] = duel.duels(viewer=operators.desk, today=DAY)
    theirs, others, _both, only_theirs, only_others = told.parts
    assert (theirs.judged, theirs.fraud) == (25, 20)
    assert tuple(round(one, 3) for one in theirs.bounds) == (0.609, 0.911)  # Wilson, 20 of 25
    assert (others.judged, others.fraud, others.bounds) == (19, 19, None)
    assert (only_theirs.numbers, only_theirs.fraud, only_others.numbers) == (6, 1, 0)
    assert told.unscored == 6
    assert not duel.duels(viewer=operators.risk_2, today=DAY)
    assert not duel.duels(viewer=operators.desk, today=DAY + timedelta(days=30))


def test_its_own_numbers_are_deleted_with_the_list(kept, operators):
    put(kept)
    assert phones() == {ROWS[0].number, ROWS[1].number, OWN}
    say(kept.entries.first(), operators.desk)
    flow.work_once(worker="w", now=NOW + timedelta(days=30), deliver={})
    assert phones() == {ROWS[0].number, ""}
    assert vault.find("phone", OWN) == []
    with pytest.raises(Unfit, match="满了 30 天"):
        put(kept, digest="late", now=NOW + timedelta(days=30))


def test_another_file_takes_the_place_of_the_one_before(kept, operators):
    put(kept)
    put(kept, own=(), digest="second")
    put(kept, model="c" * 64)
    assert Challenge.objects.filter(superseded_at=None).count() == 2
    found = {one.model[0]: one.parts[1].numbers for one in duel.duels(viewer=operators.desk, today=DAY)}
    assert found == {"b": 1, "c": 2}
    operations.keep_list(
        operator=operators.operator_1, day=DAY, given=judged(digest="new"), by="risk_1", now=NOW
    )
    assert not duel.duels(viewer=operators.desk, today=DAY)
    with pytest.raises(Unfit, match="新一版"):
        put(kept, digest="third")


def test_a_model_that_lists_nobody_is_not_promoted(kept, operators):
    operations.challenge(kept=kept, given=rival({one.number: 0.1 for one in ROWS}), by="risk_1", now=NOW)

    with pytest.raises(Unfit, match="在比过的 1 份名单上一个号码也没有列"):
        operations.promote(model="b" * 64, since=DAY, why="新", by=operators.desk, now=NOW)

    [told] = duel.duels(viewer=operators.desk, today=DAY)
    assert told.lists_nobody


def test_finding_less_of_what_people_confirmed_is_told(kept, operators):
    """The list has two numbers, both fraud by what people said; the challenger has the first alone: half of them, and no innocent less."""
    put(kept)
    for one in kept.entries.filter(listed=True):
        say(one, operators.desk)

    [told] = duel.duels(viewer=operators.desk, today=DAY)

    assert [part.fraud for part in told.parts[:2]] == [2, 1]
    assert told.finds_less


def test_leaving_the_innocent_out_is_no_worse(kept, operators):
    """Of the list's two numbers the first is fraud, the second a shop: the challenger has the first alone."""
    put(kept)
    first, second = kept.entries.filter(listed=True)
    say(first, operators.desk)
    say(second, operators.desk, "innocent", "shop")

    [told] = duel.duels(viewer=operators.desk, today=DAY)

    assert not told.finds_less
