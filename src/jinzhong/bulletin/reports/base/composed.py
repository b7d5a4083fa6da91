"""What a week or a month says: figures, tables, lists, passages; a function of the period, the viewer and the cut-off."""

from typing import Any

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.reports.base import judged as grounds
from jinzhong.bulletin.reports.base import listed, lists, passages, stretch
from jinzhong.bulletin.reports.base.judged import Judged
from jinzhong.bulletin.reports.base.look import Look


def composed(look: Look, judged: list[Judged]) -> Content:
    """The part that weeks and months have in common."""
    towns, stations = lists.towns(look), lists.stations(look)
    figures = stretch.figures(look) | grounds.figures(look, judged, towns) | grounds.orders(stations, look)
    told: dict[str, Any] = {
        "complete": look.is_over,
        "since": look.period.since.isoformat(),
        "until": look.period.until.isoformat(),
        "figures": {key: one.as_json() for key, one in figures.items()},
        "towns": towns,
        "listing": listed.told(look.period, towns),
        "classes": lists.classes(look),
        "groups": lists.groups(look),
        "matrix": lists.matrix(look),
        "days": lists.days(look, look.period),
        "cases": lists.cases(look, lists.SHOWN_CASES),
        "stations": stations,
        "banks": lists.banks(look),
        "overdue": lists.overdue(look),
    }
    quiet = {
        one["code"]: float(figures[key].value or 0)
        for one in towns
        if (key := f"town_zero_expected/{one['code']}") in figures
    }
    return told | {"passages": passages.drafted(look, judged, towns, stations, quiet)}
