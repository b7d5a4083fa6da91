"""What a policy costs and saves, on the same days."""

import json
from dataclasses import replace

from jinzhong.cli import main
from jinzhong_engine.world.policy import POLICIES, Staff, play

USUAL = Staff(teams=1, night=0.6, seats=4, free=0.4)


def test_nobody_sent_means_nobody_reached_and_no_minute_spent(world):
    nothing = play(world, POLICIES[0], USUAL)

    assert (nothing.persons_reached, nothing.minutes) == (0, 0)
    assert nothing.yuan_lost > 0


def test_whoever_goes_saves_something_and_more_staff_never_loses_more(world):
    nothing, first_come, by_grade = (play(world, one, USUAL) for one in POLICIES)
    many = replace(USUAL, teams=20, seats=50, free=1.0)

    assert first_come.yuan_lost <= nothing.yuan_lost
    assert by_grade.minutes < first_come.minutes
    for policy in POLICIES[1:]:
        assert play(world, policy, many).yuan_lost <= play(world, policy, USUAL).yuan_lost


def test_play_prints_means_with_intervals_and_draws_one_picture(tmp_path, capsys):
    picture = tmp_path / "policies.svg"
    asked = ["--seeds", "2", "--residents", "2000", "--days", "3", "--picture", str(picture), "--json"]

    assert main(["world", "play", *asked]) == 0

    told = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in told["policies"]] == [one.name for one in POLICIES]
    for one in told["policies"]:
        assert one["yuan_lost"]["low"] <= one["yuan_lost"]["mean"] <= one["yuan_lost"]["high"]
    assert "模拟数据" in picture.read_text("utf-8")


def test_one_seed_has_no_interval(capsys):
    assert main(["world", "play", "--seeds", "1", "--residents", "2000", "--days", "3"]) == 2
    assert "--seeds 1" in capsys.readouterr().err
