"""``jinzhong world build|describe|play``: a synthetic district with known truth; nothing of it touches the database."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinzhong.cli import Unusable, day

if TYPE_CHECKING:
    from jinzhong_engine.world.build import Built

WIDTH = 24
SHORT_FEATURE = 24


def add(commands: argparse._SubParsersAction) -> None:
    world = commands.add_parser("world", help="a synthetic district with known truth").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    _add_build(world)
    told = world.add_parser("describe", help="compare a world with what is known of real numbers and cases")
    told.add_argument("folder", type=Path, metavar="DIR")
    told.add_argument("--real", type=Path, metavar="FILE", help="table of real numbers with a column label")
    told.add_argument("--pictures", type=Path, metavar="DIR", help="draw the margins there, as SVG")
    told.add_argument("--json", action="store_true")
    told.set_defaults(run=_describe)
    _add_play(world)


def _add_build(world: argparse._SubParsersAction) -> None:
    build = world.add_parser("build", help="build a world; the same command goes on with an unfinished one")
    build.add_argument("--seed", type=int, required=True)
    build.add_argument("--residents", type=int, required=True)
    build.add_argument("--days", type=int, required=True)
    build.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    build.add_argument("--profile", default="fenghua", help="district (default: %(default)s)")
    build.add_argument(
        "--start",
        type=day,
        metavar="DATE",
        help="first day (default: so that the world ends with the profile's register)",
    )
    build.add_argument(
        "--density", type=float, default=1.0, help="fraud numbers and cases, times the real (default: 1)"
    )
    build.add_argument("--workers", type=int, metavar="N", help="processes (default: one per core)")
    build.add_argument("--json", action="store_true")
    build.set_defaults(run=_build)


def _add_play(world: argparse._SubParsersAction) -> None:
    play = world.add_parser("play", help="play the same days under different policies and compare them")
    play.add_argument(
        "--seeds", type=int, default=10, metavar="N", help="worlds 1 to N (default: %(default)s)"
    )
    play.add_argument("--residents", type=int, default=577_505)
    play.add_argument("--days", type=int, default=30)
    play.add_argument("--profile", default="fenghua")
    play.add_argument(
        "--teams", type=float, metavar="N", help="teams a station by day (default: the profile's)"
    )
    play.add_argument("--seats", type=int, metavar="N", help="phone seats (default: the profile's)")
    play.add_argument("--picture", type=Path, metavar="FILE", help="draw the comparison, as SVG")
    play.add_argument("--json", action="store_true")
    play.set_defaults(run=_play)


def _build(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.world import build
    from jinzhong_engine.world.profile import UnknownProfile

    if chosen.workers is not None and chosen.workers < 1:
        raise Unusable(f"--workers {chosen.workers}: give a number of processes from 1")
    bar = _Bar()
    try:
        built = build.build(
            seed=chosen.seed, residents=chosen.residents, days=chosen.days, out=chosen.out, profile=chosen.profile,
            start=chosen.start, density=chosen.density, workers=chosen.workers, progress=bar.show,
        )  # fmt: skip
    except UnknownProfile as problem:
        raise Unusable(f"--profile {problem}") from problem
    except build.BadWorld as problem:
        raise Unusable(str(problem)) from problem
    except OSError as problem:
        where = problem.filename or chosen.out
        raise Unusable(
            f"--out {where}: {problem.strerror or problem}; nothing was left of this world, give it another place"
        ) from problem
    except MemoryError as problem:
        raise Unusable(f"memory ran out ({problem}); nothing was left, try --workers 1") from problem
    finally:
        bar.end()
    print(
        json.dumps(_told(built, bar.seconds), ensure_ascii=False)
        if chosen.json
        else _line(built, bar.seconds)
    )
    return 0


def _told(built: "Built", seconds: float) -> dict[str, Any]:
    return {
        "folder": str(built.folder), "digest": built.digest, "calls": built.calls, "messages": built.messages,
        "fraud_numbers": built.fraud_numbers, "cases": built.cases, "seconds": round(seconds, 1),
        "call_rows_per_second": round(built.new_calls / seconds) if seconds else None,
    }  # fmt: skip


def _line(built: "Built", seconds: float) -> str:
    return (
        f"{built.folder}: {built.calls:,} calls, {built.messages:,} messages, {built.fraud_numbers:,} fraud numbers, "
        f"{built.cases:,} cases in {seconds:.1f} s; digest {built.digest}"
    )


class _Bar:
    """How far it is and how long it will take, on standard error."""

    def __init__(self) -> None:
        self.began = self.first = time.monotonic()
        self.done_before: int | None = None
        self.seconds = 0.0

    def show(self, done: int, of: int, rows: int) -> None:
        now = time.monotonic()
        self.seconds = now - self.began
        if self.done_before is None:
            self.done_before, self.first = done, now
        drawn, since = done - self.done_before, now - self.first
        filled = WIDTH * done // of
        left = f"{since / drawn * (of - done):.0f} s left" if drawn else "planning is done"
        speed = f", {rows / since:,.0f} call rows/s" if rows and since else ""
        end = "\r" if sys.stderr.isatty() else "\n"
        line = f"[{'#' * filled}{'.' * (WIDTH - filled)}] day {done} of {of}{speed}, {left}"
        print(f"{line:<78}", end=end, file=sys.stderr, flush=True)

    def end(self) -> None:
        self.seconds = time.monotonic() - self.began
        if sys.stderr.isatty() and self.done_before is not None:
            print(file=sys.stderr)


def _describe(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.world import build, pictures
    from jinzhong_engine.world.describe import describe
    from jinzhong_engine.world.sketch import UnreadableTable

    try:
        found = describe(chosen.folder, real=chosen.real)
        if chosen.pictures:
            pictures.of_world(found, chosen.pictures)
    except (build.BadWorld, UnreadableTable) as problem:
        raise Unusable(str(problem)) from problem
    print(json.dumps(found, ensure_ascii=False) if chosen.json else "\n".join(_described(found)))
    return 0


def _described(found: dict[str, Any]) -> list[str]:
    lines = [f"{'feature':<{SHORT_FEATURE}} label   real 5 % .. 95 %        25 % / 50 % / 75 % of this world"]
    for one in found["margins"]:
        mine, real = one["simulated"], one["real"]
        lines.append(
            f"{one['feature']:<{SHORT_FEATURE}} {one['label']}  {real['q05']!s:>10} .. {real['q95']!s:<10} "
            f"{mine['q25']} / {mine['q50']} / {mine['q75']}{'' if one['inside_5_95'] else '   MISSED'}"
        )
    lines += [
        f"inside: fraud {found['inside']['fraud']} of 19, ordinary {found['inside']['ordinary']} of 19 ({found['definition']})",
        "", "class         cases   share   source   share of loss   source",
    ]  # fmt: skip
    lines += [
        f"{one['code']:<13} {one['cases']:>5} {one['percent']:>6} % {one['source_percent']:>6} % {one['loss_percent']:>12} % {one['source_loss_percent']:>6} %"
        for one in found["class_shares"]
    ]
    if found["classifier_auc"] is not None:
        went_by = ", ".join(f"{one['feature']} {one['gain']:.0%}" for one in found["classifier_features"][:6])
        lines.append(
            f"classifier between simulated and real fraud numbers: AUC {found['classifier_auc']}; it went by {went_by}"
        )
    return lines


def _play(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.world import pictures, policy
    from jinzhong_engine.world.build import BadWorld
    from jinzhong_engine.world.profile import UnknownProfile

    try:
        found = policy.compare(
            seeds=chosen.seeds, residents=chosen.residents, days=chosen.days, profile=chosen.profile, teams=chosen.teams,
            seats=chosen.seats, progress=lambda done, of: print(f"world {done} of {of}", file=sys.stderr),
        )  # fmt: skip
    except (BadWorld, UnknownProfile) as problem:
        raise Unusable(str(problem)) from problem
    if chosen.picture:
        pictures.of_policies(found, chosen.picture)
    print(json.dumps(found, ensure_ascii=False) if chosen.json else "\n".join(policy.lines(found)))
    return 0
