"""``jinzhong import cases`` and ``jinzhong export cases``."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from jinzhong import clock
from jinzhong.cli import Unusable, actor, add_by, add_period, is_text, name_of, period

LONGEST_PURPOSE = 500


def add(commands: argparse._SubParsersAction) -> None:
    coming = commands.add_parser("import", help="take files in").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    take = coming.add_parser("cases", help="file the rows of a case sheet (XLSX or CSV)")
    take.add_argument("file", type=Path)
    take.add_argument("--sheet", default="", help="name of the worksheet (default: the first with rows)")
    take.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    take.add_argument("--strict", action="store_true", help="all rows or none")
    take.add_argument("--json", action="store_true")
    add_by(take)
    take.set_defaults(run=_import)

    going = commands.add_parser("export", help="give files out").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    give = going.add_parser("cases", help="cases reported in a period, people masked (CSV or XLSX)")
    add_period(give)
    give.add_argument("--out", type=Path, required=True)
    give.add_argument("--purpose", required=True, help="what the file is for; goes into the event log")
    add_by(give)
    give.set_defaults(run=_export)


def _import(chosen: argparse.Namespace) -> int:
    from jinzhong import flow
    from jinzhong.intake.sources.case_sheet.read import UnreadableFile

    by, now = actor(chosen.by, "case.import"), clock.now()
    given: dict[str, Any] = {
        "source": chosen.file,
        "name": _called(chosen.file),
        "now": now,
        "strict": chosen.strict,
        "sheet": chosen.sheet,
    }
    try:
        done = flow.read_cases(**given) if chosen.dry_run else flow.import_cases(**given, by=by)
    except UnreadableFile as problem:
        raise Unusable(str(problem)) from problem
    result = done.counts() | {
        "rejected": [
            {"row": one.row, "field": one.field, "message": one.message} for one in done.sheet.rejected
        ]
    }
    print(json.dumps(result, ensure_ascii=False) if chosen.json else _told(result))
    return 1 if result["rejected"] else 0


def _called(file: Path) -> str:
    """Its name as people read it; the file systems of older offices keep names in GBK."""
    return os.fsencode(file.name or file).decode("utf-8" if is_text(str(file)) else "gb18030", "replace")


def _told(result: dict) -> str:
    counts = ", ".join(f"{result[name]} {name}" for name in ("rows", "created", "updated", "unchanged"))
    refused = [f"row {one['row']} {one['field']}: {one['message']}" for one in result["rejected"]]
    return "\n".join([counts, *refused])


def _export(chosen: argparse.Namespace) -> int:
    from jinzhong.cases import export
    from jinzhong.district.models import Account

    if chosen.out.suffix not in export.WRITERS:
        raise Unusable(f"--out {chosen.out}: end it with {' or '.join(export.WRITERS)}")
    if not 0 < len(chosen.purpose.strip()) <= LONGEST_PURPOSE:
        raise Unusable(f"--purpose: say what the file is for, in at most {LONGEST_PURPOSE} characters")
    by = actor(chosen.by, "case.export")
    since, until = period(chosen)
    try:
        count = export.write(
            chosen.out,
            since=since,
            until=until,
            viewer=by if isinstance(by, Account) else None,
            by=name_of(by),
            purpose=chosen.purpose,
            now=clock.now(),
        )
    except OSError as problem:
        raise Unusable(
            f"--out {chosen.out}: {problem.strerror}; name a file in a folder that can be written"
        ) from problem
    print(f"{count} cases written to {chosen.out}", file=sys.stderr)
    return 0
