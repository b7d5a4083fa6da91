"""Keeping a day's list, saying what a number is, and setting the line."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.clock import ZONE, midnight
from jinzhong.district.models import Account, Unit
from jinzhong.district.permissions import NotAllowed
from jinzhong.intake.models import Alert
from jinzhong.operation import operation
from jinzhong.scoring import live, queries
from jinzhong.scoring.given import Judged, LiveLine, Rival
from jinzhong.scoring.models import (
    Challenge,
    DailyList,
    Entry,
    LiveChange,
    LivePulse,
    Opinion,
    Promotion,
    Reached,
    Taken,
    Threshold,
    Verdict,
)
from jinzhong.scoring.pulse import Pulse
from jinzhong.scoring.words import BECAUSE
from jinzhong.vault import operations as vault
from jinzhong.vault import queries as vault_queries
from jinzhong.vault.models import Subject

if TYPE_CHECKING:
    from jinzhong_engine.evaluate.reached import Resident

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOTE = 200
WHY = 200
OWN = 2000
"""So many of the gravest numbers that a challenger alone would list are kept."""
FORGET = "scoring.forget"
"""The deadline of a list: by then its numbers are confirmed, or deleted."""
FORGET_LIVE = "scoring.forget_live"
"""The same for what the live watch told on one day."""
FORGET_AFTER = timedelta(days=30)
NUMBERED = (Entry, LiveChange, Opinion, Verdict)
"""Rows that refer to a number and stay countable without it."""

Setting = TypeVar("Setting", Threshold, Promotion)


class Unfit(Exception):
    """It can't be done like this; the message says why, in the user's words."""


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
    told = _expected(listed)
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
        listed=len(listed),
        kept=len(given.rows),
        expected=told["expected_precision"],
        low=told["low"],
        high=told["high"],
        knows_reached=given.reached is not None,
        drift=given.drift,
        simulated=given.simulated,
        digest=digest,
        by=by,
        at=now,
    )
    for rank, row in enumerate(given.rows, 1):
        is_listed = rank <= len(listed)
        entry = Entry.objects.create(
            of=made,
            number=vault.keep("number", at=now, phone=row.number),
            rank=rank,
            score=row.score,
            listed=is_listed,
            reasons=row.reasons,
        )
        if is_listed and given.reached:
            _reach(entry, given.reached.get(row.number, []), now=now)
    agenda.watch(on_id=made.pk, due={FORGET: now + FORGET_AFTER}, at=now)
    audit.record(
        "scoring.list_kept", on=made, by=by, at=now, unit=operator.pk, date=day, revision=made.revision,
        rows=given.scored, listed=len(listed),
    )  # fmt: skip
    return made, True


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


@operation
def forget_unconfirmed(*, on_id: UUID, step: int, due_at: datetime, now: datetime) -> None:
    """A list is thirty days old: of its numbers that nobody confirmed, the number is deleted, and whom it reached, unless they
    were warned. Rank, chance and verdict stay without the number, so that shares of the right ones stay true.

    What a challenger would list besides goes the same way. A number that a younger list names, or its challenger, waits for
    that one; a confirmed one is looked at again after as long.
    """
    audit.take_turn()
    if not agenda.settle_one(kind=FORGET, on_id=on_id, step=step, outcome="met", at=now):
        return
    kept = DailyList.objects.get(pk=on_id)
    confirmed = {one.number for one in queries.labels(viewer=None) if one.fraud}
    opinions = Opinion.objects.filter(challenge__of=kept)
    numbers = set(kept.entries.values_list("number", flat=True)) | set(
        opinions.values_list("number", flat=True)
    )
    numbers -= confirmed
    met = Reached.objects.filter(entry__of=kept, entry__number__in=numbers, alert=None)
    people = set(met.values_list("person", flat=True))
    met.delete()
    gone = _forget(numbers, now=now)
    people = vault.forget(subjects=people)
    audit.record(
        "scoring.forgotten", on=kept, by="clock", at=now, happened_at=due_at, rows=len(gone), people=len(people)
    )  # fmt: skip
    if any(
        found.filter(number__identifiers__isnull=False).exists() for found in (kept.entries.all(), opinions)
    ):
        agenda.watch(on_id=kept.pk, due={FORGET: now + FORGET_AFTER}, at=now, step=step + 1)


def _forget(numbers: set[UUID], *, now: datetime) -> set[UUID]:
    """Delete these numbers, but for those that were told of again meanwhile; which they were."""
    since = now - FORGET_AFTER
    younger = (
        Entry.objects.filter(number__in=numbers, of__at__gt=since),
        Opinion.objects.filter(number__in=numbers, challenge__of__at__gt=since),
        LiveChange.objects.filter(number__in=numbers, kept_at__gt=since),
    )
    told = {one for found in younger for one in found.values_list("number", flat=True)}
    gone = vault.forget(subjects=numbers - told, apart_from=NUMBERED)
    Verdict.objects.filter(number__in=gone).update(note="")
    return gone


@operation
def keep_live(
    *, operator: Unit, file: str, lines: Sequence[LiveLine], simulated: bool, by: str, now: datetime
) -> None:
    """Keep what the live watch told, the next lines of its file; a line that was kept meanwhile isn't kept twice."""
    audit.take_turn()
    nth = _file_of(operator, file, first=lines[0].line, simulated=simulated)
    for one in lines:
        number = vault.keep("number", at=now, phone=one.number)
        LiveChange.objects.filter(operator=operator, nth=nth, number=number, stands=True).update(stands=False)
        made = LiveChange.objects.create(
            operator=operator, nth=nth, file=file, line=one.line, ends=one.ends, digest=one.digest, number=number,
            at=one.at, listed=one.listed, score=one.score, reasons=one.reasons, reached=one.reached,
            simulated=simulated, by=by, kept_at=now,
        )  # fmt: skip
    day = now.astimezone(ZONE).date()
    due = midnight(day + timedelta(days=1)) + FORGET_AFTER
    agenda.watch(on_id=operator.pk, due={FORGET_LIVE: due}, at=now, step=day.toordinal())
    audit.record(
        "scoring.live_kept", on=made, by=by, at=now, unit=operator.pk, rows=len(lines),
        listed=sum(one.listed for one in lines),
    )  # fmt: skip


@operation
def hear_live(*, operator: Unit, file: str, pulse: Pulse | None, now: datetime) -> None:
    """Note that the file was looked at, and what its watch says of itself; of a file that a newer one followed, nothing."""
    last = live.last(operator)
    if last and last.file != file and live.last(operator, file=file):
        return
    known = LivePulse.objects.filter(operator=operator, file=file)
    told: dict[str, Any] = {}
    if pulse and not known.filter(told_at=pulse.at).exists():
        told = {"told_at": pulse.at, "newest": pulse.newest, "counted": pulse.counted, "heard_at": now}
    if not known.update(looked_at=now, **told):
        LivePulse.objects.filter(operator=operator).delete()
        LivePulse.objects.create(operator=operator, file=file, looked_at=now, **told)


def _file_of(operator: Unit, file: str, *, first: int, simulated: bool) -> int:
    """Which of the operator's files this is, the newest or the next; refused where line ``first`` isn't what comes next."""
    last = live.last(operator)
    same = last if last and last.file == file else None
    if last and same is None and live.last(operator, file=file):
        raise Unfit(_("%(file)s 之后已经收过 %(newer)s，不再往回收") % {"file": file, "newer": last.file})
    if same and same.simulated != simulated:
        raise Unfit(_("%(file)s 前后不一样：--simulated 要么都写，要么都不写") % {"file": file})
    if first != (same.line if same else 0) + 1:
        raise Unfit(_("%(file)s 另有一个命令正在收，这一个停下") % {"file": file})
    return (last.nth + (same is None)) if last else 1


@operation
def forget_live(*, on_id: UUID, step: int, due_at: datetime, now: datetime) -> None:
    """What the live watch told on a day is thirty days old: of its numbers that nobody confirmed, the number is deleted.

    A number that was told of again waits; a confirmed one stands on a daily list, which looks at it again.
    """
    audit.take_turn()
    if not agenda.settle_one(kind=FORGET_LIVE, on_id=on_id, step=step, outcome="met", at=now):
        return
    told = LiveChange.objects.filter(operator=on_id, kept_at__lt=due_at - FORGET_AFTER)
    confirmed = {one.number for one in queries.labels(viewer=None) if one.fraud}
    gone = _forget(set(told.values_list("number", flat=True)) - confirmed, now=now)
    audit.record(
        "scoring.forgotten", on=Unit.objects.get(pk=on_id), by="clock", at=now, happened_at=due_at, rows=len(gone)
    )  # fmt: skip


@operation
def judge(*, entry: Entry, word: str, because: str, note: str, by: Account, now: datetime) -> Verdict:
    """Say what a number is. It takes the place of what the same side said before, which stays on record."""
    audit.take_turn()
    side = queries.side_of(by)
    if not side:
        raise NotAllowed("number.judge")
    if because not in BECAUSE.get(word, {}):
        raise Unfit(_("选一条凭据"))
    if because == "other" and not note.strip():
        raise Unfit(_("选了“别的”，请在备注里写一句"))
    if queries.is_forgotten(entry):
        raise Unfit(_("30 天没有确认，号码已经删了，不能再判"))
    queries.own_word(entry, of=by).update(ended_at=now, ended_by=by.username)
    made = Verdict.objects.create(
        entry=entry,
        number=entry.number,
        word=word,
        because=because,
        note=note.strip()[:NOTE],
        side=side,
        unit=by.unit,
        by=by.username,
        at=now,
    )
    audit.record(
        "scoring.judged", on=entry, by=by.username, at=now, verdict=word, because=because, unit=entry.of.operator_id
    )  # fmt: skip
    return made


@operation
def take_back(*, entry: Entry, by: Account, now: datetime) -> None:
    """What one's own side said of this number no longer stands; that it was said stays."""
    audit.take_turn()
    standing = queries.own_word(entry, of=by).first()
    if standing is None:
        raise Unfit(_("没有可以收回的判断"))
    standing.ended_at, standing.ended_by = now, by.username
    standing.save(update_fields=["ended_at", "ended_by"])
    audit.record("scoring.taken_back", on=entry, by=by.username, at=now, verdict=standing.word)


@operation
def note_warned(*, reached: Reached, alert: Alert, by: str, now: datetime) -> None:
    """A resident whom a number got hold of has become a warning."""
    reached.alert = alert
    reached.save(update_fields=["alert"])
    audit.record("scoring.warned", on=reached.entry, by=by, at=now, alert=alert.pk, pattern=reached.pattern)


@operation
def set_line(*, value: float, since: date, by: Account, now: datetime) -> Threshold:
    """List from this chance on, from a day on; kept with the trial that was seen. Lists that are kept don't change."""
    audit.take_turn()
    today = now.date()
    if not 0 < value < 1:
        raise Unfit(_("阈值要在 0 和 1 之间，例如 0.3"))
    if since < today:
        raise Unfit(_("启用日期不能早于今天：收过的名单不改"))
    tried = queries.trial(value, today=today)
    if not tried.lists:
        raise Unfit(_("近 30 天没有名单可以试算，先收名单再换阈值"))
    made = Threshold.objects.create(value=value, since=since, trial=tried.told(), by=by.username, at=now)
    audit.record("scoring.line_set", on=made, by=by.username, at=now, line=value, since=since)
    return made


@operation
def roll_back(*, by: Account, now: datetime) -> Threshold:
    """The line set last no longer counts; the one before it is in force again."""
    audit.take_turn()
    last = _withdrawn(Threshold, by=by, now=now, none=_("没有可以退回的阈值：现在用的是模型自带的"))
    audit.record("scoring.line_rolled_back", on=last, by=by.username, at=now, line=last.value)
    return last


def _withdrawn(kind: type[Setting], *, by: Account, now: datetime, none: str) -> Setting:
    """The one set last, which counts no longer; ``none``: what is said when there isn't any."""
    last: Setting | None = kind.objects.filter(withdrawn_at=None).order_by("-at", "-pk").first()
    if last is None:
        raise Unfit(none)
    last.withdrawn_at, last.withdrawn_by = now, by.username
    last.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return last


@operation
def promote(*, model: str, since: date, why: str, by: Account, now: datetime) -> Promotion:
    """Take lists of this model alone, from a day on. Lists that are kept don't change."""
    audit.take_turn()
    if since < now.date():
        raise Unfit(_("启用日期不能早于今天：收过的名单不改"))
    if not why.strip():
        raise Unfit(_("写一句为什么换"))
    if not Challenge.objects.filter(model=model, superseded_at=None).exists():
        raise Unfit(_("这个模型没有和名单比过，先收它的分数再换"))
    made = Promotion.objects.create(model=model, since=since, why=why.strip()[:WHY], by=by.username, at=now)
    audit.record("scoring.promoted", on=made, by=by.username, at=now, digest=model, since=since)
    return made


@operation
def demote(*, by: Account, now: datetime) -> Promotion:
    """The model promoted last is so no longer; the one before it counts again, or any."""
    audit.take_turn()
    last = _withdrawn(Promotion, by=by, now=now, none=_("没有可以退回的：现在哪个模型的名单都收"))
    audit.record("scoring.demoted", on=last, by=by.username, at=now, digest=last.model)
    return last


@operation
def take_labels(
    *, viewer: Account | None, by: str, purpose: str, now: datetime
) -> list[tuple[str, bool, date]]:
    """(number, is it fraud, said on) of every standing label, plain, for fitting a model; logged with its purpose."""
    audit.take_turn()
    found = queries.labels(viewer=viewer)
    numbers = {one.pk: one for one in Subject.objects.filter(pk__in=[one.number for one in found])}
    phones = {pk: vault_queries.plain(one).get("phone") for pk, one in numbers.items()}
    known = [(phone, one.fraud, one.on) for one in found if (phone := phones[one.number])]
    made = Taken.objects.create(rows=len(known), purpose=purpose, by=by, at=now)
    audit.record("scoring.labels_taken", on=made, by=by, at=now, rows=len(known))
    return known
