"""``jinzhong bulletin daily|weekly|monthly|special``: a bulletin as files; ``submit``: put it forward; ``issue``: freeze it;
``campaign``: set up a special operation; ``campaigns``: those there are."""

import argparse
import json
import sys
from collections.abc import Callable
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
"""Each kind that is kept by its day, how that may be given, and what it is about."""
SPECIAL = "special"
"""The kind that is kept by its campaign."""


def add(commands: argparse._SubParsersAction) -> None:
    bulletin = commands.add_parser("bulletin", help="bulletins").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    for kind, (flags, about) in KINDS.items():
        one = bulletin.add_parser(kind, help=f"write the bulletin about {about}: JSON, HTML, PDF and DOCX")
        one.add_argument(
            *flags, dest="date", type=_named, required=True, metavar="YYYY-MM-DD", help=f"about {about}"
        )
        _add_written(one, kind=kind, campaign=None)
    special = bulletin.add_parser(SPECIAL, help="write the report about a special operation: the same files")
    special.add_argument("--campaign", type=int, required=True, metavar="N", help="its number")
    _add_written(special, kind=SPECIAL, date=None)
    submit = bulletin.add_parser("submit", help="put a draft forward, for another person to issue")
    submit.add_argument("kind", choices=["weekly", "monthly", SPECIAL])
    _add_which(submit)
    add_by(submit)
    submit.set_defaults(run=_by_campaign(_submit))

    issue = bulletin.add_parser("issue", help="freeze a bulletin as its next revision")
    issue.add_argument("kind", choices=[*KINDS, SPECIAL])
    _add_which(issue)
    issue.add_argument("--json", action="store_true", help="print its content")
    add_by(issue)
    issue.set_defaults(run=_by_campaign(_issue))
    _add_campaigns(bulletin)


def _add_written(command: argparse.ArgumentParser, **which: object) -> None:
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.add_argument(
        "--revision", type=int, metavar="N", help="an issued revision (default: the newest, else a draft)"
    )
    add_as_of(command)
    command.add_argument("--json", action="store_true", help="print its content too")
    command.set_defaults(run=_by_campaign(_write), **which)


def _add_which(command: argparse.ArgumentParser) -> None:
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("--date", type=_named, metavar="YYYY-MM-DD", help="about any day of it")
    which.add_argument("--campaign", type=int, metavar="N", help="of a special operation its number")


def _add_campaigns(bulletin: argparse._SubParsersAction) -> None:
    listed = bulletin.add_parser("campaigns", help="the special operations there are, the latest first")
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(run=_list_campaigns)
    made = bulletin.add_parser("campaign", help="set up a special operation; it isn't changed afterwards")
    made.add_argument("--title", required=True)
    made.add_argument("--since", type=day, required=True, metavar="YYYY-MM-DD", help="its first day")
    made.add_argument("--until", type=day, required=True, metavar="YYYY-MM-DD", help="the day after its last")
    made.add_argument(
        "--town", action="append", default=[], metavar="CODE", help="may be repeated; default: all"
    )
    made.add_argument("--class", dest="classes", action="append", default=[], metavar="CODE", help="likewise")
    add_by(made)
    made.set_defaults(run=_open_campaign)


Command = Callable[[argparse.Namespace], int]


def _by_campaign(run: Command) -> Command:
    """Where a special operation is meant: with its own kind (special-3) and last day in the place of its number."""

    def go(chosen: argparse.Namespace) -> int:
        if (chosen.kind == SPECIAL) != (chosen.campaign is not None):
            raise Unusable(f"{chosen.kind}: special goes with --campaign, every other kind with --date")
        if chosen.campaign is not None:
            chosen.kind, chosen.date = _held(chosen.campaign)
        return run(chosen)

    return go


def _held(number: int) -> tuple[str, date]:
    from jinzhong.bulletin import queries

    held = queries.campaign(f"{SPECIAL}-{number}")
    if held is None:
        raise Unusable(f"--campaign {number}: there is none; jinzhong bulletin campaigns lists them")
    return held.kind, held.last


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


def _list_campaigns(chosen: argparse.Namespace) -> int:
    from jinzhong.bulletin import queries

    found = [
        {
            "campaign": one.number, "title": one.title, "since": f"{one.since}", "until": f"{one.until}", "towns": one.towns,
            "classes": one.classes, "revisions": len(queries.revisions(one.kind, one.last)),
        }
        for one in queries.campaigns()
    ]  # fmt: skip
    if chosen.json:
        print(json.dumps({"campaigns": found}, ensure_ascii=False))
        return 0
    for one in found:
        print(
            f"{one['campaign']}  {one['since']} to {one['until']}  {one['title']}  {one['revisions']} issued"
        )
    return 0


def _open_campaign(chosen: argparse.Namespace) -> int:
    from jinzhong.bulletin import operations
    from jinzhong.district.models import Account

    by = actor(chosen.by, "bulletin.issue")
    if not isinstance(by, Account):
        raise Unusable("--by: name the account of the office that sets it up")
    try:
        made = operations.open_campaign(
            title=chosen.title, since=chosen.since, until=chosen.until, towns=chosen.town, classes=chosen.classes, by=by, now=clock.now()
        )  # fmt: skip
    except operations.BadCampaign as problem:
        raise Unusable(str(problem)) from problem
    print(f"campaign {made.number} set up, {made.since} to {made.last}")
    return 0


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


def _said(chosen: argparse.Namespace) -> str:
    """Which one, as it is written on the command line."""
    if chosen.campaign is not None:
        return f"{SPECIAL} --campaign {chosen.campaign}"
    return f"{chosen.kind} --date {chosen.date}"


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
            f"run jinzhong bulletin submit {_said(chosen)} --by ANOTHER first"
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
