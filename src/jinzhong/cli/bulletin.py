"""``jinzhong bulletin daily|weekly|monthly``: a bulletin as files; ``submit``: put it forward; ``issue``: freeze it."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from jinzhong import clock
from jinzhong.cli import Unusable, actor, add_as_of, add_by, day

if TYPE_CHECKING:
    from jinzhong.bulletin.content import Content


KINDS = {
    "daily": (["--date"], "a day"),
    "weekly": (["--date", "--week"], "the week that holds a day"),
    "monthly": (["--date", "--month"], "the month that holds a day"),
}
"""Each kind, how its day may be given, and what it is about."""


def add(commands: argparse._SubParsersAction) -> None:
    bulletin = commands.add_parser("bulletin", help="bulletins").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    for kind, (flags, about) in KINDS.items():
        one = bulletin.add_parser(kind, help=f"write the bulletin about {about}: JSON, HTML, PDF and DOCX")
        _add_date(one, flags, about)
        one.add_argument("--out", type=Path, required=True, metavar="DIR")
        one.add_argument(
            "--revision", type=int, metavar="N", help="an issued revision (default: the newest, else a draft)"
        )
        add_as_of(one)
        one.add_argument("--json", action="store_true", help="print its content too")
        one.set_defaults(run=_write, kind=kind)
    submit = bulletin.add_parser("submit", help="put a draft forward, for another person to issue")
    submit.add_argument("kind", choices=["weekly", "monthly"])
    _add_date(submit, ["--date"], "any day of it")
    add_by(submit)
    submit.set_defaults(run=_submit)

    issue = bulletin.add_parser("issue", help="freeze a bulletin as its next revision")
    issue.add_argument("kind", choices=list(KINDS))
    _add_date(issue, ["--date"], "any day of it")
    issue.add_argument("--json", action="store_true", help="print its content")
    add_by(issue)
    issue.set_defaults(run=_issue)


def _add_date(command: argparse.ArgumentParser, flags: list[str], about: str) -> None:
    command.add_argument(
        *flags, dest="date", type=_named, required=True, metavar="YYYY-MM-DD", help=f"about {about}"
    )


def _named(text: str) -> date:
    """A day, or a month as 2021-05."""
    return day(f"{text}-01" if len(text) == len("2021-05") else text)


def _write(chosen: argparse.Namespace) -> int:
    from jinzhong.bulletin.paper import ENDINGS
    from jinzhong.bulletin.paper.pdf import FontsMissing

    if chosen.revision is not None and chosen.as_of:
        raise Unusable("--revision and --as-of: an issued revision has its own cut-off; give one of the two")
    try:
        files = _files(chosen)
    except FontsMissing as problem:
        raise Unusable(str(problem)) from problem
    chosen.out.mkdir(parents=True, exist_ok=True)
    for ending in ENDINGS:
        target = chosen.out / f"{chosen.kind}-{chosen.date}.{ending}"
        target.write_bytes(files[ending])
        print(target, file=sys.stderr)
    if chosen.json:
        print(files["json"].decode(), end="")
    return 0


def _files(chosen: argparse.Namespace) -> dict[str, bytes]:
    """The issued revision as it was given out, or a draft drawn now."""
    from jinzhong.bulletin import queries
    from jinzhong.bulletin.paper import ENDINGS

    about = _about(chosen)
    issue = None if chosen.as_of else queries.issued(chosen.kind, about, chosen.revision)
    if issue:
        return {ending: queries.file_of(issue, ending) for ending in ENDINGS}
    if chosen.revision is not None:
        raise Unusable(f"--revision {chosen.revision}: {_known(chosen.kind, about)}")
    content = _draft(chosen)
    return {ending: queries.drawn(content, ending) for ending in ENDINGS}


def _about(chosen: argparse.Namespace) -> date:
    """The day by which it is kept."""
    from jinzhong.bulletin import queries

    try:
        return queries.about(chosen.kind, chosen.date)
    except queries.NotAskable as problem:
        raise Unusable(f"--date {chosen.date}: {problem}") from problem


def _known(kind: str, about: date) -> str:
    from jinzhong.bulletin import queries

    found = [str(one.revision) for one in reversed(queries.revisions(kind, about))]
    return (
        f"of {about} there are revisions {', '.join(found)}" if found else f"none is issued about {about} yet"
    )


def _draft(chosen: argparse.Namespace) -> "Content":
    from jinzhong.bulletin import queries

    now = clock.now()
    try:
        return queries.draft(chosen.kind, _about(chosen), as_of=chosen.as_of or queries.cut_off(now), now=now)
    except queries.NotAskable as problem:
        raise Unusable(f"--date {chosen.date}: {problem}") from problem


def _submit(chosen: argparse.Namespace) -> int:
    from jinzhong.bulletin import operations, queries

    who, signed = _signing(chosen)
    try:
        made = operations.submit(kind=chosen.kind, day=_about(chosen), by=who, signed=signed, now=clock.now())
    except queries.NotAskable as problem:
        raise Unusable(f"--date {chosen.date}: {problem}") from problem
    print(f"{made.kind} {made.date} put forward by {made.by}; another person issues it")
    return 0


def _signing(chosen: argparse.Namespace) -> tuple[str, str]:
    """The username, and the name as it is printed."""
    from jinzhong.bulletin import queries
    from jinzhong.district.models import Account

    by = actor(chosen.by, "bulletin.issue")
    return (by.username, queries.signature(by)) if isinstance(by, Account) else (by, by)


def _issue(chosen: argparse.Namespace) -> int:
    from jinzhong.bulletin import operations, queries
    from jinzhong.bulletin.paper.pdf import FontsMissing

    who, signed = _signing(chosen)
    try:
        made = operations.issue(kind=chosen.kind, day=_about(chosen), by=who, signed=signed, now=clock.now())
    except queries.NotAskable as problem:
        raise Unusable(f"--date {chosen.date}: {problem}") from problem
    except operations.NotSubmitted as problem:
        raise Unusable(
            f"{chosen.kind} {chosen.date}: not put forward as it stands now; "
            f"run jinzhong bulletin submit {chosen.kind} --date {chosen.date} --by ANOTHER first"
        ) from problem
    except operations.SamePerson as problem:
        raise Unusable(f"--by {who}: put it forward; another person has to issue it") from problem
    except FontsMissing as problem:
        raise Unusable(str(problem)) from problem
    words = "issued" if made.fresh else "unchanged"
    line = (
        f"{chosen.kind} {made.issue.date} revision {made.issue.revision} {words}, digest {made.issue.digest}"
    )
    if chosen.json:
        print(json.dumps(made.issue.told() | {"fresh": made.fresh}, ensure_ascii=False))
        print(line, file=sys.stderr)
    else:
        print(line)
    return 0
