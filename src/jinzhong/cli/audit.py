"""``jinzhong audit verify``."""

import argparse
from pathlib import Path

from jinzhong.cli import Unusable


def add(commands: argparse._SubParsersAction) -> None:
    audit = commands.add_parser("audit", help="the event log").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    verify = audit.add_parser(
        "verify",
        help="recompute the hash chain; exit 1 when anything was edited, deleted, inserted, swapped or cut off",
    )
    verify.add_argument(
        "--kept",
        type=Path,
        metavar="FILE",
        help="a copy of audit.head kept on another machine; shows also that all was put back to an older state",
    )
    verify.set_defaults(run=_verify)


def _verify(chosen: argparse.Namespace) -> int:
    from jinzhong.audit import chain, queries

    try:
        verdict = queries.verify(chosen.kept)
    except chain.HeadLost as problem:
        raise Unusable(f"{chosen.kept}: not a copy of audit.head of this instance") from problem
    if verdict.broken:
        print(f"broken at {verdict.broken}")
    print(f"{verdict.events} events, head {verdict.head}")
    return 1 if verdict.broken else 0
