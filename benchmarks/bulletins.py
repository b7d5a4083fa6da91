"""A year of bulletins: ``python3 dev.py bench bulletins [--days 365] [--seed 1]``. All simulated: the cases are a synthetic register's.

The district's register of a year is dealt and comes in as it would: most cases the same night, one in twenty up to nine days
late, one in fifty corrected to another class. Each morning the daily is issued, each Saturday the weekly (put forward by one,
signed by another), on each first the monthly. Then

1. every issued revision is computed again from the log and drawn again: JSON, HTML, PDF and DOCX must be equal to the byte;
2. every figure of cases and loss is counted again by DuckDB from the bare rows (``recounted``, which shares no code with us);
3. one more case comes in late: every bulletin whose days hold it must differ by it, name it as the reason, and no other one may
   differ; the day's, the week's and the month's are issued again, and revision 1 must still be as it was given out.

Prints one JSON object. There are no warnings and orders in it: those figures are zero throughout.
"""

import argparse
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

SINCE = date(2021, 1, 1)
LATE, CORRECTED = 0.05, 0.02
KINDS = ("daily", "weekly", "monthly")


# -- living through the year ------------------------------------------------------------------------------


def arrivals(days: int, seed: int) -> list[tuple[datetime, Any]]:
    """(when it becomes known, the row of the sheet) in order."""
    from jinzhong.clock import ZONE, midnight
    from jinzhong.intake.sources.case_sheet.told import CaseRow, VictimRow
    from jinzhong_engine.world import register
    from jinzhong_engine.world.profile import load

    fenghua, dice = load("fenghua"), random.Random(seed)
    until = SINCE + timedelta(days=days)
    margins = register.margins(fenghua, residents=fenghua.residents, since=SINCE, until=until)
    classes = sorted(margins.classes)
    found = []
    for one in register.deal(fenghua, margins, seed=seed):
        reported = one.reported_at.astimezone(ZONE)
        row = CaseRow(
            number=f"W{one.place:05d}", reported_at=reported, town=one.town, fraud_class=one.fraud_class,
            raw_class=one.fraud_class, loss=one.loss, area=one.area,
            victims=tuple(VictimRow(sex=sex, age=age, occupation=job) for sex, age, job in one.people),
        )  # fmt: skip
        known = midnight(reported.date() + timedelta(days=1)) + timedelta(minutes=30)
        if dice.random() < LATE:
            known += timedelta(days=dice.randint(1, 9))
        found.append((known, row))
        if dice.random() < CORRECTED:
            other = dice.choice([code for code in classes if code != one.fraud_class])
            changed = CaseRow(**vars(row) | {"fraud_class": other, "raw_class": other})
            found.append((known + timedelta(days=dice.randint(1, 20)), changed))
    return sorted(found, key=lambda pair: (pair[0], pair[1].number))


def live(days: int, seed: int) -> Iterator[tuple[str, float, float]]:
    """Issue every bulletin in its time; of each (kind, seconds, processor seconds)."""
    from jinzhong.bulletin import operations, queries
    from jinzhong.cases import operations as cases
    from jinzhong.clock import midnight

    coming = arrivals(days, seed)
    for n in range(1, days + 1):
        today = SINCE + timedelta(days=n)
        now = midnight(today) + timedelta(hours=8, minutes=30)
        while coming and coming[0][0] < now:
            known = coming[0][0]
            rows = [row for at, row in coming if at == known]
            coming = coming[len(rows) :]
            cases.file_rows(rows, arrival=None, by="bench", now=known)
        for kind in KINDS:
            day = today - timedelta(days=1)
            if queries.about(kind, day) == day:
                began, cpu = time.perf_counter(), time.process_time()
                if kind != "daily":
                    operations.submit(kind=kind, day=day, by="office", signed="周*", now=now)
                operations.issue(kind=kind, day=day, by="leader", signed="林*", now=now)
                yield kind, time.perf_counter() - began, time.process_time() - cpu


# -- again, and beside ------------------------------------------------------------------------------------


def differing_bytes(issues: list[Any]) -> list[str]:
    """The files that don't come out as they were given out."""
    from jinzhong.bulletin import queries
    from jinzhong.bulletin.paper import ENDINGS

    wrong = []
    for one in issues:
        content = queries.again(one)
        wrong += [
            f"{one}.{ending}" for ending in ENDINGS if queries.drawn(content, ending) != queries.file_of(one, ending)
        ]  # fmt: skip
    return wrong


def bare_rows(target: Path) -> None:
    """Every revision of every case, as it lies in the table."""
    from django.utils import timezone

    from jinzhong.cases.models import CaseRevision

    columns = ("reported_at", "known_at", "superseded_at", "town_id", "fraud_class", "loss", "status")
    lines = ["reported,known,superseded,town,class,loss,status"]
    for row in CaseRevision.objects.values_list(*columns):
        told = [timezone.localtime(one).replace(tzinfo=None).isoformat() if one else "" for one in row[:3]]
        lines.append(",".join([*told, *map(str, row[3:])]))
    target.write_text("\n".join(lines) + "\n", "utf-8")


def recounted(
    rows: Path, asked: list[tuple[str, str, str, str, str]]
) -> dict[tuple[str, str, str], tuple[int, Decimal]]:
    """By DuckDB, from the rows alone: (bulletin, period, group) → cases and loss. ``asked``: (bulletin, period, since, until,
    as of). Group: ``*``, ``town/CODE`` or ``class/CODE``; groups without a case are left out."""
    import duckdb

    base = duckdb.connect()
    base.execute(
        "CREATE TABLE r AS SELECT * FROM read_csv(?, header = true, types = {"
        "'reported': 'TIMESTAMP', 'known': 'TIMESTAMP', 'superseded': 'TIMESTAMP', 'town': 'VARCHAR', 'loss': 'DECIMAL(14, 2)'})",
        [str(rows)],
    )
    base.execute("CREATE TABLE a (b VARCHAR, p VARCHAR, since TIMESTAMP, until TIMESTAMP, cut TIMESTAMP)")
    base.executemany("INSERT INTO a VALUES (?, ?, ?, ?, ?)", asked)
    found = base.execute("""
        WITH hit AS (
            SELECT b, p, town, class, loss FROM a JOIN r
            ON reported >= since AND reported < until AND known < cut
            AND (superseded IS NULL OR superseded >= cut) AND status <> 'withdrawn'
        ), grouped AS (
            SELECT b, p, '*' AS g, loss FROM hit
            UNION ALL SELECT b, p, 'town/' || town, loss FROM hit
            UNION ALL SELECT b, p, 'class/' || class, loss FROM hit
        )
        SELECT b, p, g, count(*), sum(loss) FROM grouped GROUP BY b, p, g
    """).fetchall()
    return {(b, p, g): (int(cases), Decimal(loss)) for b, p, g, cases, loss in found}


def spans(kind: str, day: date) -> dict[str, tuple[date, date]]:
    """The periods a bulletin counts, spelled out once more and by the calendar alone."""
    after = day + timedelta(days=1)
    month, year = day.replace(day=1), day.replace(month=1, day=1)
    if kind == "daily":
        return {"now": (day, after), "before": (day - timedelta(days=1), day), "week": (day - timedelta(days=6), after),
                "month": (month, after), "year": (year, after)}  # fmt: skip
    if kind == "weekly":
        first = day - timedelta(days=6)
        return {"now": (first, after), "before": (first - timedelta(days=7), first), "month": (month, after), "year": (year, after),
                "fifteen": (first - timedelta(days=105), first)}  # fmt: skip
    return {"now": (month, after), "before": ((month - timedelta(days=1)).replace(day=1), month), "month": (month, after), "year": (year, after)}  # fmt: skip


def disagreeing(issues: list[Any], rows: Path) -> tuple[int, list[str]]:
    """How many figures were compared, and those on which DuckDB and the bulletin differ."""
    bare_rows(rows)
    asked = [
        (str(one), period, f"{since}", f"{until}", _plain(one.as_of))
        for one in issues
        for period, (since, until) in spans(one.kind, one.date).items()
    ]
    ours, theirs, wrong = 0, recounted(rows, asked), []
    for one in issues:
        for place, period, group, said in told(one.told()):
            cases, loss = theirs.get((str(one), period, group), (0, Decimal(0)))
            counted = {"cases": cases, "loss": f"{loss:.2f}", "mean": f"{max(cases / 15, 0.5):.1f}"}[
                place.rpartition(".")[2]
            ]
            ours += 1
            if said != counted:
                wrong.append(f"{one} {place} {group}: {said}, DuckDB {counted}")
    return ours, wrong


def _plain(moment: datetime) -> str:
    from django.utils import timezone

    return timezone.localtime(moment).replace(tzinfo=None).isoformat(sep=" ")


def told(content: dict[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    """(place, period, group, what the bulletin says) of every figure of cases and loss; the place ends in what it is."""
    figures = content["figures"]
    names = {
        "cases": "now",
        "cases_previous_day": "before",
        "cases_previous": "before",
        "cases_month": "month",
        "cases_year": "year",
    }
    for key, period in names.items():
        if key in figures:
            yield f"{key}.cases", period, "*", figures[key]["value"]
    for key, period in {"loss": "now", "loss_previous": "before", "loss_year": "year"}.items():
        if key in figures:
            yield f"{key}.loss", period, "*", figures[key]["value"]
    for table, word in (("towns", "town"), ("classes", "class")):
        for line in content[table]:
            group = f"{word}/{line['code']}"
            for column, period in {
                "cases": "now",
                "cases_month": "month",
                "cases_year": "year",
                "cases_previous": "before",
            }.items():
                if column in line:
                    yield f"{table}.{column}.cases", period, group, line[column]
            yield f"{table}.loss.loss", "now", group, line["loss"]
            yield f"{table}.loss_year.loss", "year", group, line["loss_year"]
    for line in content.get("alarms", {}).get("towns", []):
        if line["expected"] is not None:
            yield "alarms.mean", "fifteen", f"town/{line['code']}", line["expected"]


# -- a late case ------------------------------------------------------------------------------------------


def after_a_late_case(issues: list[Any], now: datetime, reported: datetime) -> dict[str, Any]:
    """File one more case of a past day; what differs, what shouldn't, and whether revision 1 stands."""
    from jinzhong.bulletin import changes, operations, queries
    from jinzhong.bulletin.content import substance
    from jinzhong.bulletin.paper import ENDINGS
    from jinzhong.cases import operations as cases
    from jinzhong.intake.sources.case_sheet.told import CaseRow

    earlier = {str(one): queries.draft(one.kind, one.date, as_of=now, now=now) for one in issues}
    row = CaseRow(
        number="LATE",
        reported_at=reported,
        town="330213002",
        fraud_class="loan",
        raw_class="loan",
        loss=Decimal(12_345),
    )
    cases.file_rows([row], arrival=None, by="bench", now=now + timedelta(minutes=1))
    later, wrong, affected = now + timedelta(minutes=2), [], 0
    for one in issues:
        before = earlier[str(one)]
        after = queries.draft(one.kind, one.date, as_of=later, now=later)
        holds = any(since <= reported.date() < until for since, until in _windows(one))
        if holds != (substance(before) != substance(after)):
            wrong.append(f"{one}: {'does not differ' if holds else 'differs'}")
        if holds:
            affected += 1
            found = {each["figure"]: each for each in changes.figures(before, after, viewer=None)}
            grown = (
                found["cases_year"]["after"] - found["cases_year"]["before"] if "cases_year" in found else 0
            )
            if grown != 1 or "LATE" not in found["cases_year"]["because"]:
                wrong.append(f"{one}: {found.get('cases_year')}")
    again = []
    for kind in KINDS:
        day = queries.about(kind, reported.date())
        first = queries.issued(kind, day, 1)
        given = {ending: queries.file_of(first, ending) for ending in ENDINGS}
        if kind != "daily":
            operations.submit(kind=kind, day=day, by="office", signed="周*", now=later)
        second = operations.issue(kind=kind, day=day, by="leader", signed="林*", now=later).issue
        again.append(f"{second}")
        if {ending: queries.file_of(first, ending) for ending in ENDINGS} != given or differing_bytes(
            [first]
        ):
            wrong.append(f"{first}: not as it was given out")
    return {
        "affected": affected,
        "unaffected": len(issues) - affected,
        "issued_again": again,
        "wrong": wrong[:10],
        "wrongs": len(wrong),
    }


def _windows(one: Any) -> Iterator[tuple[date, date]]:
    """The days whose cases anything of the bulletin is counted from: its year, and what its colours look back to."""
    day = one.date
    yield day.replace(month=1, day=1), day + timedelta(days=1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "JINZHONG_DATA": folder,
            "JINZHONG_INSTANCE": "test",
            "DJANGO_SETTINGS_MODULE": "jinzhong.config.settings",
        }
        sys.path[:0] = [str(Path(__file__).resolve().parents[1])]
        import django

        django.setup()
        from django.core.management import call_command

        from jinzhong.bulletin.models import Issue
        from jinzhong.clock import ZONE
        from jinzhong.demo import fenghua

        call_command("migrate", verbosity=0)
        fenghua.lay_out(at=datetime(2020, 12, 28, 9, tzinfo=ZONE))
        load_before = os.getloadavg()[0]
        taken: dict[str, list[tuple[float, float]]] = {kind: [] for kind in KINDS}
        for number, (kind, seconds, cpu) in enumerate(live(chosen.days, chosen.seed), 1):
            taken[kind].append((seconds, cpu))
            if number % 50 == 0:
                print(f"· {number} issued", file=sys.stderr, flush=True)
        issues = list(Issue.objects.order_by("date", "kind"))
        print("· again, to the byte", file=sys.stderr, flush=True)
        began = time.perf_counter()
        wrong_bytes = differing_bytes(issues)
        again_seconds = time.perf_counter() - began
        print("· counted by DuckDB", file=sys.stderr, flush=True)
        compared, wrong_figures = disagreeing(issues, Path(folder) / "rows.csv")
        print("· a late case", file=sys.stderr, flush=True)
        last = SINCE + timedelta(days=chosen.days)
        noon = datetime(last.year, last.month, last.day, 12, tzinfo=ZONE)
        middle = noon - timedelta(days=chosen.days // 2)
        late = after_a_late_case(issues, noon, middle)
        result = {
            "simulated": True,
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load_before:.1f} before, {os.getloadavg()[0]:.1f} after",
            "days": chosen.days,
            "seed": chosen.seed,
            "issued": {kind: len(found) for kind, found in taken.items()},
            "seconds": {kind: _spread([one for one, _cpu in found]) for kind, found in taken.items() if found},
            "cpu_seconds": {kind: _spread([cpu for _one, cpu in found]) for kind, found in taken.items() if found},
            "again": {"files": 4 * len(issues), "differing": wrong_bytes[:10], "differ": len(wrong_bytes), "seconds": round(again_seconds, 1)},
            "duckdb": {"figures": compared, "disagreeing": wrong_figures[:10], "disagree": len(wrong_figures)},
            "late_case": late,
        }  # fmt: skip
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return 1 if wrong_bytes or wrong_figures or late["wrongs"] else 0


def _spread(found: list[float]) -> dict[str, float]:
    ordered = sorted(found)
    return {"median": round(ordered[len(ordered) // 2], 2), "longest": round(ordered[-1], 2)}


if __name__ == "__main__":
    sys.exit(main())
