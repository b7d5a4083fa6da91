"""Where a revision differs from the one before, and which late case, correction or report is the reason."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from jinzhong.bulletin.content import Content
from jinzhong.cases.models import CaseRevision
from jinzhong.district.models import Account
from jinzhong.situation import drill

NAMED = 3
TABLES = ("towns", "classes")
SPARSE = ("lifted_on", "lifted_to")
"""Columns that a line has only where there is something to tell."""
ELSEWHERE = "对比的数字变了"
"""A share or change whose own rows are the same: what it is held against has changed."""
COUNTED_ANEW = "统计规则变了"
"""The rows are the same, and the revision before was counted by other rules."""


def figures(before: Content, after: Content, *, viewer: Account | None) -> list[dict[str, Any]]:
    """Every figure that differs, with the reason."""
    return [
        {
            "figure": key,
            "name": new["name"],
            "before": old["value"],
            "after": new["value"],
            "before_text": old["text"],
            "after_text": new["text"],
            "because": _because(new.get("rows"), before, after, viewer),
        }
        for key, new in after["figures"].items()
        if (old := before["figures"].get(key)) and (old["value"], old["text"]) != (new["value"], new["text"])
    ]


def tables(before: Content, after: Content) -> list[dict[str, Any]]:
    """Every cell of the tables that differs."""
    return [
        {
            "table": table,
            "code": new["code"],
            "name": new["name"],
            "column": column,
            "before": old,
            "after": value,
        }
        for table in TABLES
        for new in after[table]
        for column, value in new.items()
        if (old := _cell(_line(before, table, new["code"]), column, value)) != value
    ]


def words(before: Content, after: Content) -> list[dict[str, Any]]:
    """Every passage whose words differ; their figures are told among the figures."""
    old = {one["key"]: one for one in before.get("passages", [])}
    return [
        {"passage": one["key"], "head": one["head"], "before": old[one["key"]]["text"], "after": one["text"]}
        for one in after["passages"]
        if one["key"] in old and old[one["key"]]["text"] != one["text"]
    ]


def _cell(line: dict[str, Any], column: str, value: Any) -> Any:
    """What stood there; a column that bulletins didn't have then has not changed."""
    return line.get(column, None if line and column in SPARSE else value)


def _line(content: Content, table: str, code: str) -> dict[str, Any]:
    return next((one for one in content[table] if one["code"] == code), {})


# -- reasons --------------------------------------------------------------------------------------------


def _because(said: dict[str, str] | None, before: Content, after: Content, viewer: Account | None) -> str:
    told = reasons(drill.meant(said), _moment(before), _moment(after), viewer) if said else ""
    return told or (ELSEWHERE if before.get("rules") in (None, after["rules"]) else COUNTED_ANEW)


def reasons(rows: drill.Rows, before: datetime, after: datetime, viewer: Account | None) -> str:
    """What came, went or changed among these rows between two moments; empty where they are the same."""
    find = {"cases": _cases, "warnings": _warnings, "orders": _orders}[rows.of]
    return _listed(find(rows, before, after, viewer))


def _moment(content: Content) -> datetime:
    return datetime.fromisoformat(content["as_of"])


def _listed(reasons: Iterable[str]) -> str:
    found = list(reasons)
    more = f"等 {len(found)} 项" if len(found) > NAMED else ""
    return "、".join(found[:NAMED]) + more


def _cases(rows: drill.Rows, before: datetime, after: datetime, viewer: Account | None) -> list[str]:
    old, new = ({one.case_id: one for one in _read(rows, cut, viewer)} for cut in (before, after))
    late = [_late(one, before) for key, one in new.items() if key not in old]
    changed = [
        f"案件 {one.case.number} 更正" for key, one in new.items() if key in old and old[key].pk != one.pk
    ]
    gone = [f"案件 {one.case.number} 更正后不再计入" for key, one in old.items() if key not in new]
    return late + changed + gone


def _read(rows: drill.Rows, cut: datetime, viewer: Account | None) -> Iterable[CaseRevision]:
    return rows.cases(viewer=viewer, as_of=cut).select_related("case").order_by("reported_at", "case__number")


def _late(one: CaseRevision, before: datetime) -> str:
    """Why a case wasn't counted before: reported since, known too late, or corrected into the period."""
    number, known = one.case.number, one.case.first_known_at
    if one.reported_at >= before:
        return f"案件 {number} 在上一版之后报案"
    if known >= before:
        return f"案件 {number} 迟到（{_told(one.reported_at)}报案，{_told(known)}录入）"
    return f"案件 {number} 更正后计入"


def _told(moment: datetime) -> str:
    """5月31日 23:10."""
    return f"{timezone.localtime(moment):%-m月%-d日 %H:%M}"


def _warnings(rows: drill.Rows, before: datetime, after: datetime, viewer: Account | None) -> list[str]:
    old, new = (
        {one.pk: one.number for one in rows.warnings(viewer=viewer, as_of=cut)} for cut in (before, after)
    )
    came = [f"预警 {number} 后来录入或改了等级" for key, number in new.items() if key not in old]
    return came + [f"预警 {number} 后来合并或改了等级" for key, number in old.items() if key not in new]


def _orders(rows: drill.Rows, before: datetime, after: datetime, viewer: Account | None) -> list[str]:
    old, new = (
        {one.order.number: one for one in rows.orders(viewer=viewer, as_of=cut)} for cut in (before, after)
    )
    differing = [number for number in sorted(old | new) if not _same(old.get(number), new.get(number))]
    return [f"派单 {number} 的记录后来才到" for number in differing]


def _same(old: Any, new: Any) -> bool:
    return bool(
        old and new and (old.happened, old.amount, old.outcome) == (new.happened, new.amount, new.outcome)
    )
