"""``jinzhong audit verify``."""

import argparse


def add(commands: argparse._SubParsersAction) -> None:
    audit = commands.add_parser("audit", help="the event log").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    verify = audit.add_parser(
        "verify",
        help="recompute the hash chain; exit 1 when anything was edited, deleted, inserted, swapped or cut off",
    )
    verify.set_defaults(run=_verify)


def _verify(chosen: argparse.Namespace) -> int:
    from jinzhong.audit import queries

    verdict = queries.verify()
    if verdict.broken:
        print(f"broken at {verdict.broken}")
    print(f"{verdict.events} events, head {verdict.head}")
    return 1 if verdict.broken else 0
