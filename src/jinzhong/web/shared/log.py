"""The auditor's page: the event log, as it is; and whether its chain holds."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock
from jinzhong.audit import queries
from jinzhong.cases import queries as cases
from jinzhong.district import queries as district
from jinzhong.situation import sentences
from jinzhong.vault import queries as vault
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.people import known_accounts
from jinzhong.web.shared.request import Request, day_in
from jinzhong.web.shared.times import second
from jinzhong.web.shared.words import code_words, fact_word, kind_word, room_word, rules_word, thing_word

LINES = 100
TOLD_FOR = timedelta(days=7)
"""So long too many reveals stand above the log, and so long they are counted beside its menu entry."""
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(rf"{DATE.pattern}[ T][\d:.]+(Z|[+-]\d\d:\d\d)", re.ASCII)
SAID = ("kind", "by", "on", "since", "until")


def _unusual(since: datetime) -> Any:
    return queries.search(kind="vault.unusual", since=since)


def to_look_at(viewer: Any) -> int:
    """How many times lately somebody looked at too many people."""
    return int(_unusual(clock.now() - TOLD_FOR).count())


@page("audit", name="audit-log", may="audit.read", menu=(90, gettext_lazy("留痕")), count=to_look_at)
def audit_log(request: Request) -> HttpResponse:
    """The lines that fit, newest first; with ``verify``, the whole chain is recomputed."""
    said = {name: request.GET.get(name, "").strip()[:150] for name in SAID}
    since, until = _midnight(said["since"]), _midnight(said["until"])
    found = queries.search(
        kind=said["kind"],
        by=said["by"],
        on=said["on"],
        since=since,
        until=until + timedelta(days=1) if until else None,
    )
    rows = Paginator(found, LINES).get_page(request.GET.get("page"))
    by = {row.by for row in rows}
    known_accounts(request).update(dict.fromkeys(by) | district.accounts_named(by))
    shown = {
        "said": said,
        "rows": rows,
        "lines": _lines(rows),
        "kinds": list(_choices()),
        "verdict": _verdict(queries.verify()) if request.GET.get("verify") else None,
        "unusual": [(row, json.loads(row.facts)) for row in _unusual(clock.now() - TOLD_FOR)[:10]],
        "at": clock.now(),
    }
    return render(request, "shared/log.html", shown)


def _midnight(text: str) -> datetime | None:
    day = day_in(text)
    return clock.midnight(day) if day else None


def _choices() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """(word of the room, its kinds): what the log holds, for choosing."""
    kinds = queries.kinds()
    for room in sorted({kind.split(".")[0] for kind in kinds}):
        here = [kind for kind in kinds if kind.split(".")[0] == room]
        yield room_word(room), [(f"{room}.", _("全部")), *((kind, kind_word(kind)) for kind in here)]


def _lines(rows: Iterable[Any]) -> list[dict[str, Any]]:
    exports = cases.export_purposes(row.on_id for row in rows if row.on_type == "export")
    purposes, codes = dict(vault.purposes()), code_words()
    return [_line(row, purposes | {"": exports.get(row.on_id, "")}, codes) for row in rows]


def _line(row: Any, purposes: dict[str, str], codes: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {
        "event": row,
        "word": kind_word(row.kind),
        "thing": thing_word(row.on_type),
        "purpose": purposes.get(row.purpose, row.purpose),
        "facts": [_told(name, value, codes) for name, value in _facts(row) if value not in (None, "", [])],
    }


def _facts(row: Any) -> list[tuple[str, Any]]:
    try:
        return list(json.loads(row.facts).items())
    except ValueError:
        return [("?", row.facts)]


def _told(name: str, value: Any, codes: dict[str, dict[str, str]]) -> str:
    """One fact in words; what it counts by name, one after the other."""
    if isinstance(value, dict):
        return _("、").join(_told(each, count, codes) for each, count in value.items())
    word = rules_word(str(value)) if name == "rules" else codes.get(name, {}).get(str(value)) or _short(value)
    return f"{fact_word(name)} {word}"


def _short(value: Any) -> str:
    """Ids by their end (the beginning is the time they were made); lists by their length when they are long."""
    if isinstance(value, list):
        return _("、").join(map(_short, value)) if len(value) <= 3 else str(len(value))
    text = str(value)
    return _time(text) or (text[-8:] if re.fullmatch(r"[0-9a-f-]{36}", text) else text[:60])


def _time(text: str) -> str:
    """A day or a moment as pages write it; empty for what is neither."""
    try:
        if DATE.fullmatch(text):
            return sentences.whole_day(date.fromisoformat(text))
        return second(datetime.fromisoformat(text)) if MOMENT.fullmatch(text) else ""
    except ValueError:
        return ""


def _verdict(found: queries.Verdict) -> dict[str, Any]:
    place = re.search(r"event (\d+)", found.broken)
    return {
        "events": found.events,
        "head": found.head,
        "broken": found.broken,
        "line": place[1] if place else "",
    }
