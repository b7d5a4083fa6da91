"""Giving cases out as a file: people masked, no cell that a spreadsheet would run, one line in the event log."""

import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from openpyxl import Workbook

from jinzhong.audit import operations as audit
from jinzhong.cases import queries
from jinzhong.cases.models import CaseRevision, Export
from jinzhong.district.models import Account
from jinzhong.ids import new_id
from jinzhong.operation import operation
from jinzhong.vault import queries as vault

HEADERS = (
    "案件编号", "报案时间", "立案时间", "案发时间", "所属镇(街道)", "村(社区)", "城乡", "案件状态", "案件类别", "登记类别", "诈骗渠道",
    "涉案金额(元)", "止付金额(元)", "冻结金额(元)", "返还金额(元)", "受害人姓名", "性别", "年龄", "职业", "联系电话",
)  # fmt: skip
SEXES = {"F": "女", "M": "男"}
RUNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""First characters that make a spreadsheet run a cell; a Chinese one takes the full-width ones too."""


def write(
    target: Path,
    *,
    since: datetime,
    until: datetime,
    viewer: Account | None,
    by: str,
    purpose: str,
    now: datetime,
) -> int:
    """Write the cases reported in a period that the viewer may see (None: the machine's operator, all). Returns how many.

    The file gets its name when the event log has its line: nothing is given out unrecorded.
    """
    draft = target.with_name(f".{target.name}.{new_id()}")
    try:
        with open(draft, "xb", opener=_for_us_only) as out:
            rows = give(
                out,
                ending=target.suffix,
                since=since,
                until=until,
                viewer=viewer,
                by=by,
                purpose=purpose,
                now=now,
            )
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return rows


@operation
def give(
    out: BinaryIO,
    *,
    ending: str,
    since: datetime,
    until: datetime,
    viewer: Account | None,
    by: str,
    purpose: str,
    now: datetime,
) -> int:
    """Write the file's bytes and the line in the event log. Returns how many cases."""
    audit.take_turn()
    rows = WRITERS[ending](out, _table(queries.in_period(viewer=viewer, since=since, until=until)), "案件")
    taken = Export.objects.create(since=since, until=until, rows=rows, by=by, purpose=purpose, at=now)
    audit.record("cases.exported", on=taken, by=by, at=now, rows=rows)
    return rows


def _table(found: QuerySet[CaseRevision]) -> Iterator[Sequence[str]]:
    """The header, then the rows, some at a time."""
    yield HEADERS
    rest = found.iterator(chunk_size=queries.AT_ONCE)
    while some := list(islice(rest, queries.AT_ONCE)):
        people = vault.shown_many(
            victim.subject for one in some for victim in one.victims.all() if victim.subject
        )
        yield from (_row(one, people) for one in some)


def _row(one: CaseRevision, people: Mapping[UUID, vault.Shown]) -> list[str]:
    victims = list(one.victims.all())
    shown = [people[victim.subject_id] for victim in victims if victim.subject_id]
    together = [
        [person.name for person in shown],
        [SEXES.get(victim.sex, "") for victim in victims],
        [str(victim.age) if victim.age is not None else "" for victim in victims],
        [victim.occupation for victim in victims],
        [person.phone for person in shown],
    ]
    return [
        safe(one.case.number),
        *(_time(moment) for moment in (one.reported_at, one.filed_at, one.occurred_from)),
        one.town.name,
        safe(one.community.name if one.community else ""),
        str(one.get_area_display()),
        str(one.get_status_display()),
        str(one.get_fraud_class_display()),
        safe(one.raw_class),
        safe(one.channel),
        *("" if money is None else str(money) for money in (one.loss, one.stopped, one.frozen, one.returned)),
        *(safe("、".join(filter(None, said))) for said in together),
    ]


def _time(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def safe(text: str) -> str:
    """Text that a spreadsheet shows and doesn't run."""
    return f"'{text}" if text.lstrip(" ").startswith(RUNS) else text


def _csv(out: BinaryIO, table: Iterable[Sequence[object]], _sheet: str) -> int:
    text = TextIOWrapper(out, "utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    rows = sum(1 for row in table if writer.writerow(row)) - 1
    text.detach()
    return rows


def _xlsx(out: BinaryIO, table: Iterable[Sequence[object]], sheet_name: str) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_name)
    rows = sum(sheet.append(row) is None for row in table) - 1
    book.save(out)
    return rows


def _for_us_only(path: str, flags: int) -> int:
    """Even masked cases are nobody else's on this machine."""
    return os.open(path, flags, 0o600)


WRITERS = {".csv": _csv, ".xlsx": _xlsx}
"""File endings and how they are written: to what, which rows, and what a workbook calls its sheet."""
