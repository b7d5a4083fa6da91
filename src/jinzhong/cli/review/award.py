"""``jinzhong review award``: whether a place without a case has earned it or been lucky."""

import argparse
import json

from jinzhong.cli import Unusable


def add_award(award: argparse.ArgumentParser) -> None:
    for name, kind, words in (
        ("--residents", int, "people living there"),
        ("--days", int, "days looked at"),
        ("--cases", int, "cases in them"),
        ("--district-rate", float, "cases per person and day in the district"),
        ("--areas", int, "areas that could have been named"),
    ):
        award.add_argument(name, type=kind, required=True, help=words)
    award.add_argument("--json", action="store_true")
    award.set_defaults(run=_award)


def _award(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.surveillance import luck

    for name, least in (("residents", 1), ("days", 1), ("cases", 0), ("areas", 1)):
        if not least <= getattr(chosen, name) <= 10**9:
            raise Unusable(f"--{name} {getattr(chosen, name)}: use a whole number of {least} or more")
    if not 0 < chosen.district_rate <= 1:
        raise Unusable(
            f"--district-rate {chosen.district_rate}: use cases per person and day, such as 0.0000064"
        )
    found = luck.award(
        residents=chosen.residents,
        days=chosen.days,
        cases=chosen.cases,
        district_rate=chosen.district_rate,
        areas=chosen.areas,
    )
    if chosen.json:
        print(json.dumps(found._asdict()))
    else:
        print(
            f"不做任何工作预期 {found.expected:.2f} 起；一起也没有的可能 {found.p_zero * 100:.1f}%，"
            f"{chosen.areas} 个地方里最好的一个碰上的可能 {found.p_best_of * 100:.1f}%：{'可以表彰' if found.award else '不表彰'}"
        )
    return 0
