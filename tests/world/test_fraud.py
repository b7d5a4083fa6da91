"""Offenders do what was planned for them, and their victims' stories hang together with the calls."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jinzhong_engine.world import manners


def read(folder, name):
    return pq.read_table(folder / name)


def test_numbers_come_to_the_calls_parties_hours_and_days_drawn_for_them(world):
    calls, targets = world.fraud_calls, world.numbers.targets
    answered = calls.seconds > 0
    for n in np.unique(calls.number):
        mine = answered & (calls.number == n)
        count = int(targets.calls[n])
        assert mine.sum() == count
        assert len(np.unique(calls.party[mine])) == targets.parties[n]
        assert len(np.unique(calls.t[mine] // 3600)) == min(targets.hours[n], count)
        assert len(np.unique(calls.day[mine])) == min(targets.days[n], count)
        by_hour = np.bincount(calls.t[mine] // 3600, minlength=24)
        assert by_hour[targets.hour_mode[n]] == by_hour.max()
        assert calls.is_out[mine].sum() == round(float(targets.out_share[n]) * count)


def test_a_quarter_of_fraud_numbers_is_long_lived_and_the_rest_short(fenghua):
    drawn = manners.draw(fenghua.manners, np.random.default_rng(3), 4_000, days=30)

    assert 0.22 < (drawn.days >= 27).mean() < 0.30
    assert 0.4 < (drawn.days <= 6).mean() < 0.6


def test_a_suspended_number_is_replaced_by_a_less_loud_one_of_its_gang(world):
    these, found = world.numbers, 0
    for n, before in enumerate(these.replaces):
        if before >= 0:
            found += 1
            assert these.is_suspended[before]
            assert these.gang[n] == these.gang[before]
            loud = these.targets.calls / these.targets.days
            assert loud[n] <= loud[before]
    assert found


def test_boxes_share_handsets_and_a_cell_between_numbers(world):
    boxes = [n for n, one in enumerate(world.gangs) if one.is_box]
    for box in boxes:
        mine = np.isin(world.fraud_calls.number, np.flatnonzero(world.numbers.gang == box))
        used = mine & (world.fraud_calls.cell >= 0)
        assert len(np.unique(world.fraud_calls.cell[used])) <= 1
    assert boxes


def test_hard_negatives_are_more_than_one_number_in_a_hundred(folder):
    roles = read(folder, "truth/numbers.parquet")["role"].to_pylist()
    kinds = set(roles) - {"resident", "fraud"}

    assert kinds == {
        "courier", "driver", "call_centre", "hospital", "school", "bank", "merchant", "seller", "estate_agent", "grid_worker",
    }  # fmt: skip
    assert sum(one in kinds for one in roles) >= 0.01 * len(roles)


def test_a_victims_first_contact_is_a_call_of_that_number_in_the_calls(folder):
    victims = [one for one in read(folder, "truth/victims.parquet").to_pylist() if one["fraud_number"]]
    calls = pa.concat_tables([pq.read_table(path) for path in sorted((folder / "calls").glob("*.parquet"))])

    for one in victims:
        mask = pc.and_(
            pc.or_(
                pc.equal(calls["caller"], one["fraud_number"]), pc.equal(calls["callee"], one["fraud_number"])
            ),
            pc.or_(pc.equal(calls["caller"], one["number"]), pc.equal(calls["callee"], one["number"])),
        )
        assert min(calls.filter(mask)["start"].to_pylist()) == one["contacted_at"]
    assert len(victims) > 5


def test_stories_run_from_contact_to_report(folder):
    for one in read(folder, "truth/victims.parquet").to_pylist():
        steps = [one[k] for k in ("contacted_at", "believed_at", "paid_at", "reported_at") if one[k]]
        assert steps == sorted(steps)
        assert (one["case"] is not None) == (one["outcome"] == "paid")


def test_payments_sum_to_the_loss_and_no_tier_passes_on_more_than_it_got(folder):
    paid = [one for one in read(folder, "transfers.parquet").to_pylist() if one["case"]]
    for case in read(folder, "cases.parquet").to_pylist():
        mine = [one for one in paid if one["case"] == case["case"]]
        tiers = [sum(one["amount_yuan"] for one in mine if one["tier"] == n) for n in range(1, 6)]
        assert tiers[0] == case["loss_yuan"]
        assert tiers == sorted(tiers, reverse=True)


def test_cases_of_a_gang_share_identifiers_and_singles_do_not(folder):
    values: dict[str, set[str]] = {}
    for one in read(folder, "identifiers.parquet").to_pylist():
        if one["kind"] in ("account", "chat", "url"):
            values.setdefault(one["value"], set()).add(one["case"])
    gang_of = {
        case: one["gang"] for one in read(folder, "truth/gangs.parquet").to_pylist() for case in one["cases"]
    }
    within = [{gang_of[case] for case in cases} for cases in values.values() if len(cases) > 1]

    assert sum(len(gangs) == 1 for gangs in within) > 5
    assert sum(len(gangs) > 1 for gangs in within) <= 3  # the hubs: accounts rented out to anybody
