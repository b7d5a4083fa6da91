"""A day's list is kept, and what another model says beside it."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.district.models import Unit
from jinzhong.operation import operation
from jinzhong.scoring import queries, rules
from jinzhong.scoring.given import Judged, Rival, Scored
from jinzhong.scoring.models import (
    Challenge,
    DailyList,
    Entry,
    Naming,
    Opinion,
    Reached,
)
from jinzhong.vault import operations as vault
from jinzhong.vault import queries as vault_queries

if TYPE_CHECKING:
    from jinzhong_engine.evaluate.reached import Resident
from jinzhong.scoring.operations.faults import Unfit
from jinzhong.scoring.operations.forgetting import FORGET, FORGET_AFTER

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OWN = 2000
"""So many of the gravest numbers that a challenger alone would list are kept."""


@operation
def keep_list(*, operator: Unit, day: date, given: Judged, by: str, now: datetime) -> tuple[DailyList, bool]:
    """Keep a day's list; (list, whether it is new). The same input again changes nothing; another one is the day's next revision."""
    audit.take_turn()
    before, digest = queries.same_day(operator, day), given.fingerprint()
    if before and before.digest == digest:
        return before, False
    _check_model(given.model, day)
    if before:
        before.superseded_at = now
        before.save(update_fields=["superseded_at"])
    line = queries.in_force(day)
    threshold = line.value if line else given.default_line
    listed = [one for one in given.chances if one >= threshold]
    by_rule = given.by_rule(rules.live(day), threshold)
    rows = _ranked(given.rows, by_rule, listed=len(listed))
    told = _expected([*listed, *(one.score for one in by_rule)])
    made = DailyList.objects.create(
        operator=operator,
        day=day,
        revision=before.revision + 1 if before else 1,
        cut_off=given.cut_off,
        model=given.model,
        model_made_on=given.made_on,
        threshold=threshold,
        threshold_set=line,
        prevalence=given.prevalence,
        scored=given.scored,
        listed=len(listed) + len(by_rule),
        kept=len(rows),
        expected=told["expected_precision"],
        low=told["low"],
        high=told["high"],
        knows_reached=given.reached is not None,
        plain_limit=given.plain_limit,
        drift=given.drift,
        named=None if given.named is None else {signal: one.numbers for signal, one in given.named.items()},
        simulated=given.simulated,
        digest=digest,
        by=by,
        at=now,
    )
    for rank, row in rows:
        is_listed = rank <= made.listed
        entry = Entry.objects.create(
            of=made,
            number=vault.keep("number", at=now, phone=row.number),
            rank=rank,
            score=row.score,
            listed=is_listed,
            reasons=row.reasons,
            **(_behind(given, row.number) if is_listed else {}),
        )
        if is_listed and given.reached:
            _reach(entry, given.reached.get(row.number, []), now=now)
    _name(made, given, now=now)
    agenda.watch(on_id=made.pk, due={FORGET: now + FORGET_AFTER}, at=now)
    audit.record(
        "scoring.list_kept", on=made, by=by, at=now, unit=operator.pk, date=day, revision=made.revision,
        rows=given.scored, listed=made.listed,
    )  # fmt: skip
    return made, True


def _ranked(rows: list[Scored], by_rule: list[Scored], *, listed: int) -> list[tuple[int, Scored]]:
    """What is kept of a list, each with its place: the listed ones by their chance, those a rule names below the line, the rest."""
    named = {one.number for one in by_rule}
    rest = [one for one in rows[listed:] if one.number not in named]
    after = listed + len(by_rule)
    return [*enumerate(rows[:listed], 1), *enumerate(by_rule, listed + 1), *enumerate(rest, after + 1)]


def _name(made: DailyList, given: Judged, *, now: datetime) -> None:
    """What the rules say of the list's numbers, and of others."""
    scores = {one.number: one.score for one in (*given.rows, *given.others)}
    named = sorted({number for one in (given.named or {}).values() for number in one.reasons})
    subjects = {number: vault.keep("number", at=now, phone=number) for number in named}
    Naming.objects.bulk_create(
        Naming(of=made, number=subjects[number], signal=signal, reason=reason, score=scores[number])
        for signal, one in (given.named or {}).items()
        for number, reason in one.reasons.items()
    )


def _check_model(model: str, day: date) -> None:
    """Lists of a promoted model alone are taken from its day on."""
    promoted = queries.promoted(day)
    if promoted and promoted.model != model:
        raise Unfit(
            _("%(since)s 起只收模型 %(model)s 的名单，这份是 %(other)s 的：换成在用的模型重新打分")
            % {"since": promoted.since, "model": promoted.model[:12], "other": model[:12]}
        )


def _expected(chances: list[float]) -> dict[str, Any]:
    """The precision a list with these chances expects, and the bounds that hold nine times of ten."""
    from jinzhong_engine.evaluate.precision import stated  # computes with numpy, which pages start without

    return stated(chances, [False] * len(chances))


def _behind(given: Judged, number: str) -> dict[str, Any]:
    """What the calls say of a listed number: values behind its reasons, how many it rang, how early it was found."""
    rung = (given.rung or {}).get(number)
    return {
        "measures": (given.measures or {}).get(number),
        "rung": asdict(rung) if rung else None,
        "early": (given.early or {}).get(number),
    }


def _reach(entry: Entry, residents: list["Resident"], *, now: datetime) -> None:
    """Whom the number got hold of. A shallow one is counted and not kept: nobody is going to act on it."""
    deep = [one for one in residents if one.pattern != "shallow"]
    entry.shallow = len(residents) - len(deep)
    entry.save(update_fields=["shallow"])
    for one in deep:
        Reached.objects.get_or_create(
            entry=entry,
            person=vault.keep("person", at=now, phone=one.number),
            defaults={
                "pattern": one.pattern,
                "talks": one.talks,
                "seconds": one.seconds,
                "last_at": EPOCH + timedelta(microseconds=one.last_at),
            },
        )


@operation
def challenge(*, kept: DailyList, given: Rival, by: str, now: datetime) -> tuple[Challenge, bool]:
    """Keep what another model says beside a list; (challenge, whether it is new). Another file of it takes the place of the one before."""
    audit.take_turn()
    kept.refresh_from_db()
    before = queries.challenge_of(kept, given.model)
    if before and before.digest == given.digest:
        return before, False
    if given.model == kept.model:
        raise Unfit(_("这天的名单就是这个模型出的，挑战者要是另一个模型"))
    if kept.superseded_at or now >= kept.at + FORGET_AFTER:
        raise Unfit(_("这份名单有了新一版，或者满了 30 天、号码已经删了，不能再比"))
    if before:
        before.superseded_at = now
        before.save(update_fields=["superseded_at"])
    listed = [number for number, one in given.chances.items() if one >= given.line]
    made = Challenge.objects.create(
        of=kept,
        model=given.model,
        model_made_on=given.made_on,
        threshold=given.line,
        scored=len(given.chances),
        listed=len(listed),
        digest=given.digest,
        by=by,
        at=now,
    )
    _opine(made, given, listed, now=now)
    audit.record(
        "scoring.challenged", on=made, by=by, at=now, unit=kept.operator_id, date=kept.day, rows=made.scored,
        listed=made.listed,
    )  # fmt: skip
    return made, True


def _opine(made: Challenge, given: Rival, listed: list[str], *, now: datetime) -> None:
    """Its chance of the numbers kept with the list, as far as it scored them, and of the gravest that it would list besides."""
    entries = made.of.entries.select_related("number")
    subjects = {vault_queries.plain(one.number).get("phone", ""): one.number for one in entries}
    own = sorted(set(listed) - subjects.keys(), key=lambda number: (-given.chances[number], number))
    subjects |= {number: vault.keep("number", at=now, phone=number) for number in own[:OWN]}
    Opinion.objects.bulk_create(
        Opinion(challenge=made, number=subject, score=score, listed=score >= given.line)
        for number, subject in subjects.items()
        if (score := given.chances.get(number)) is not None
    )
