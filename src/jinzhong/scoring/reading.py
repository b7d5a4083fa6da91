"""What ``numbers score`` wrote, read and checked before anything is kept."""

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from jinzhong.scoring.asking import asked
from jinzhong.scoring.given import BadList, Judged, Rival, Scored
from jinzhong.vault import forms, seal
from jinzhong_engine import signals
from jinzhong_engine.backends import native
from jinzhong_engine.backends.files import read_events, read_table
from jinzhong_engine.backends.register import NOTHING, Register
from jinzhong_engine.evaluate.early import early, plain_limit
from jinzhong_engine.evaluate.made import made_by, of_week
from jinzhong_engine.evaluate.reached import reached
from jinzhong_engine.evaluate.rung import rung
from jinzhong_engine.features.windows import SECOND
from jinzhong_engine.models.boosting import Model
from jinzhong_engine.models.card import digest_of
from jinzhong_engine.models.drift import state
from jinzhong_engine.models.measured import measured
from jinzhong_engine.models.score import scored_with
from jinzhong_engine.tables import CALLS, MESSAGES

LISTED_FPR = 0.001
"""Where nobody set a line: one innocent number in a thousand may be listed."""
KEPT_FPR = 0.01
KEPT = 2000
"""So many of the gravest are kept, also below the line, so that another line can be tried later: what one innocent number in a
hundred would reach. Counts and expected precision are of all that are listed."""


@dataclass(frozen=True)
class Scores:
    """What ``numbers score`` wrote, row by row; every row was checked."""

    file: Path
    numbers: list[str]
    chances: list[float]
    told: list[Any]
    """The reasons, as they stand in the file."""
    made_with: tuple[str, float] | None = None
    """The model and the prevalence, where the file keeps them."""

    def row(self, at: int) -> Scored:
        reasons = [one for one in str(self.told[at] or "").split("；") if one]
        return Scored(self.numbers[at], self.chances[at], reasons)

    def by_number(self) -> dict[str, Scored]:
        return {number: self.row(at) for at, number in enumerate(self.numbers)}


def read(
    scores: Scores,
    model: Model,
    *,
    cut_off: datetime,
    prevalence: float | None,
    line: float | None,
    drift: Path | None = None,
    simulated: bool = False,
) -> Judged:
    """Raises BadList. ``line``: the one that is set, where one is; ``drift``: what ``score`` wrote beside it."""
    chances, written = scores.chances, scores.file.read_bytes()
    share = _share(scores, model, prevalence)
    lowest = min(model.line(KEPT_FPR, share), line if line is not None else 1.0)
    order = sorted((at for at, chance in enumerate(chances) if chance >= lowest), key=lambda at: -chances[at])
    return Judged(
        rows=[scores.row(at) for at in order[:KEPT]],
        chances=[chances[at] for at in order],
        scored=len(chances),
        model=model.card["model_sha256"],
        made_on=date.fromisoformat(model.card["made_on"]),
        prevalence=share,
        default_line=model.line(LISTED_FPR, share),
        digest=seal.digest(written),
        cut_off=cut_off,
        simulated=simulated,
        drift=_drift(drift, model.card["model_sha256"], digest_of(written)) if drift else None,
    )


def with_calls(
    given: Judged,
    model: Model,
    calls: Path,
    messages: Path | None,
    *,
    line: float,
    as_of: int,
    latest: int,
    live: Mapping[str, datetime],
    register: Register = NOTHING,
    asks: Scores | None = None,
    switched_on: Collection[str] = (),
    memory: int = 0,
) -> Judged:
    """What the calls say of the listed numbers; those below the line are nobody's business. ``as_of``, ``latest``: microseconds; ``live``:
    when the watch first listed a number in the seven days before; ``register``: what is said of numbers beside their calls.

    ``asks``: the scores again, where the readable rules are asked; what those ``switched_on`` name is listed too. ``memory``: bytes the
    process may take while they are.
    """
    table = read_events(calls, CALLS, latest)
    texts = read_events(messages, MESSAGES, latest) if messages else None
    features = native.features(table, texts, as_of, register=register)
    if asks:
        given = asked(given, asks.by_number(), signals.found(table, texts, features, as_of, memory=memory))
    above = [one for one in given.rows if one.score >= line]
    listed = {one.number: one.reasons for one in (*above, *given.by_rule(switched_on, line))}
    moments = {one: round(live[one].timestamp() * SECOND) if one in live else as_of for one in listed}
    week = of_week(table, as_of)
    made, limit = made_by(week, listed), plain_limit(week, len(listed), as_of=as_of)
    behind = measured(model, features, told=listed)
    return replace(
        given,
        reached=reached(week, made, is_resident=forms.is_residents),
        rung=rung(made, as_of=as_of),
        early={
            number: {"live": number in live, **asdict(one)}
            for number, one in early(made, moments, as_of=as_of, limit=limit).items()
        },
        plain_limit=limit,
        measures={number: [asdict(one) for one in them] for number, them in behind.items()},
    )


def rival(scores: Scores, model: Model, *, prevalence: float) -> Rival:
    """Another model's scores of the same day; ``prevalence``: the list's. Raises BadList."""
    _share(scores, model, prevalence)
    return Rival(
        chances=dict(zip(scores.numbers, scores.chances, strict=True)),
        model=model.card["model_sha256"],
        made_on=date.fromisoformat(model.card["made_on"]),
        line=model.line(LISTED_FPR, prevalence),
        digest=seal.digest(scores.file.read_bytes()),
    )


def _share(scores: Scores, model: Model, given: float | None) -> float:
    """The prevalence of the scores: the one given, the file's own, or the model's. What the file says of itself must agree."""
    file, told = scores.file.name, scores.made_with
    if told and told[0] != model.card["model_sha256"]:
        raise BadList(
            _("%(file)s 是另一个模型（%(other)s）打的分：--model 要写打分用的那一个")
            % {"file": file, "other": told[0][:12]}
        )
    if told and given and not math.isclose(told[1], given):
        raise BadList(
            _("%(file)s 是按比例 %(told)s 打的分，这里写的是 %(given)s：--prevalence 要一样")
            % {"file": file, "told": f"{told[1]:.4g}", "given": f"{given:.4g}"}
        )
    return given or (told[1] if told else float(model.card["prevalence"]))


def read_scores(path: Path) -> Scores:
    """Raises BadList or the engine's BadTable."""
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
    numbers = _numbers([one[0] for one in found], path)
    chances = [_score(one[1], path, at) for at, one in enumerate(found, 2)]
    return Scores(path, numbers, chances, [one[2] for one in found], scored_with(table))


def _drift(path: Path, model: str, scores: str) -> dict[str, Any]:
    """What ``numbers score --drift`` wrote, if it is of this model and of this very file."""
    try:
        told = json.loads(path.read_text("utf-8"))
        if (told["model"], told["scores_sha256"]) != (model, scores):
            raise BadList(
                _("%(file)s 不是这份打分的：模型或打分文件不同，重新 numbers score --drift")
                % {"file": path.name}
            )
        features = [
            {"name": str(one["name"]), "title": str(one["title"]), **_moved(one)} for one in told["features"]
        ]
        score = _moved(told["score"])
        return {
            "rows": int(told["rows"]),
            "fitted_rows": int(told["fitted_rows"]),
            "state": score["state"],
            "score": score,
            "features": features,
        }
    except BadList:
        raise
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BadList(
            _("%(file)s 读不出来：要 numbers score --drift 写的文件") % {"file": path.name}
        ) from problem


def _moved(one: dict[str, Any]) -> dict[str, Any]:
    """One feature, or the score: its state is worked out here, not believed."""
    told = {name: float(one[name]) for name in ("psi", "by_chance", "missing", "missing_before")}
    if not all(math.isfinite(value) for value in told.values()):
        raise ValueError(told)
    return {**told, "state": state(told["psi"], told["by_chance"])}


def _score(value: Any, path: Path, row: int) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 <= value <= 1
        or math.isnan(value)
    ):
        raise BadList(_("%(file)s 第 %(row)s 行：score 要在 0 到 1 之间") % {"file": path.name, "row": row})
    return float(value)


def _numbers(written: list[Any], path: Path) -> list[str]:
    """In canonical form, each once. A number is never repeated in what is told: it may be somebody's."""
    rows: dict[str, int] = {}
    for row, one in enumerate(written, 2):
        try:
            number = forms.phone(str(one))
        except ValueError as problem:
            raise BadList(
                _("%(file)s 第 %(row)s 行：number %(problem)s")
                % {"file": path.name, "row": row, "problem": problem}
            ) from problem
        if rows.setdefault(number, row) != row:
            raise BadList(
                _("%(file)s 第 %(row)s 行：和第 %(first)s 行是同一个号码，一个号码只写一行")
                % {"file": path.name, "row": row, "first": rows[number]}
            )
    return list(rows)
