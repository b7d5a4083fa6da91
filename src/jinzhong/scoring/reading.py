"""What ``numbers score`` wrote, read and checked before anything is kept."""

import math
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from jinzhong.scoring.given import BadList, Judged, Scored
from jinzhong.vault import forms, seal
from jinzhong_engine.backends.files import read_table
from jinzhong_engine.models.boosting import Model

LISTED_FPR = 0.001
"""Where nobody set a line: one innocent number in a thousand may be listed."""
KEPT_FPR = 0.01
KEPT = 2000
"""Kept below the line, so that another line can be tried later: what one innocent number in a hundred would reach, at most so many."""


def read(
    path: Path,
    model: Model,
    *,
    cut_off: datetime,
    prevalence: float | None,
    line: float | None,
    simulated: bool = False,
) -> Judged:
    """Raises BadList or the engine's BadTable. ``line``: the one that is set, where one is."""
    table = read_table(path)
    missing = [name for name in ("number", "score", "reasons") if name not in table.column_names]
    if missing:
        raise BadList(
            _("%(file)s 不是 numbers score 写出的名单：缺 %(columns)s 列")
            % {"file": path.name, "columns": _("、").join(missing)}
        )
    found = list(zip(*(table[name].to_pylist() for name in ("number", "score", "reasons")), strict=True))
    if not found:
        raise BadList(_("%(file)s 里一个号码也没有") % {"file": path.name})
    scores = [_score(one[1], path, at) for at, one in enumerate(found, 2)]
    share = prevalence or float(model.card["prevalence"])
    lowest = min(model.line(KEPT_FPR, share), line if line is not None else 1.0)
    order = sorted((at for at, score in enumerate(scores) if score >= lowest), key=lambda at: -scores[at])
    rows = [_row(found[at], scores[at], path, at + 2) for at in order[:KEPT]]
    if len({one.number for one in rows}) < len(rows):
        raise BadList(_("%(file)s 里同一个号码写了两行") % {"file": path.name})
    return Judged(
        rows=rows,
        scored=len(found),
        model=model.card["model_sha256"],
        made_on=date.fromisoformat(model.card["made_on"]),
        prevalence=share,
        default_line=model.line(LISTED_FPR, share),
        digest=seal.digest(path.read_bytes()),
        cut_off=cut_off,
        simulated=simulated,
    )


def _score(value: Any, path: Path, row: int) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 <= value <= 1
        or math.isnan(value)
    ):
        raise BadList(_("%(file)s 第 %(row)s 行：score 要在 0 到 1 之间") % {"file": path.name, "row": row})
    return float(value)


def _row(found: tuple[Any, ...], score: float, path: Path, row: int) -> Scored:
    """The number is never repeated in what is told: it may be somebody's."""
    try:
        number = forms.phone(str(found[0]))
    except ValueError as problem:
        raise BadList(
            _("%(file)s 第 %(row)s 行：number %(problem)s")
            % {"file": path.name, "row": row, "problem": problem}
        ) from problem
    return Scored(number, score, [one for one in str(found[2] or "").split("；") if one])
