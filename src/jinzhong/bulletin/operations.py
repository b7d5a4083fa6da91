"""Issuing a bulletin: from then on it says what it says. A late case makes the next revision, never another first one."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from jinzhong.audit import operations as audit
from jinzhong.bulletin import content as contents
from jinzhong.bulletin import queries, reports, sending, wording
from jinzhong.bulletin.content import Content
from jinzhong.bulletin.models import Campaign, File, Issue, Submission, Wording
from jinzhong.bulletin.paper import ENDINGS
from jinzhong.district.models import Account
from jinzhong.district.permissions import require
from jinzhong.ids import new_id
from jinzhong.operation import operation
from jinzhong.situation.periods import YEARS

LONGEST_TITLE = 60
LONGEST_CAMPAIGN = timedelta(days=366)


class Changed(Exception):
    """Since it was looked at something has come in: what would be signed is not what was read."""


class NotSubmitted(Exception):
    """Nobody has put forward what would be signed: nothing at all, or something that has changed since."""


class SamePerson(Exception):
    """Whoever put it forward can't sign it."""


class NoSuchPassage(Exception):
    """The bulletin has no such passage."""


class BadCampaign(ValueError):
    """There can be no such campaign; the message says why, in the user's words."""


class Issued(NamedTuple):
    """The newest revision; ``fresh``: it was made just now."""

    issue: Issue
    fresh: bool


def issue(*, kind: str, day: date, by: str, signed: str, now: datetime, read: str = "") -> Issued:
    """Freeze the bulletin of a day as its next revision; when nothing changed since the newest one, that one stays.

    ``read``: the mark of what was looked at before; raises Changed when it would not say the same any more. A kind that
    takes two persons must have been put forward, as it stands, by somebody else: raises NotSubmitted, SamePerson.

    The files are drawn before the turn to write is taken: drawing takes a second, and alerts mustn't wait for it. Should
    somebody else issue meanwhile, it is done over.
    """
    newest = queries.issued(kind, day)
    cut = max(queries.cut_off(now), newest.as_of) if newest else queries.cut_off(now)
    put = queries.submission(kind, day) if reports.of(kind).TWO_PERSONS else None
    drafted = put.signed if put else ""
    content = queries.draft(kind, day, as_of=cut, now=now, signed=signed, drafted=drafted)
    if newest and contents.substance(newest.told()) == contents.substance(content):
        return Issued(newest, fresh=False)
    if read and read != contents.read_mark(content):
        raise Changed
    if reports.of(kind).TWO_PERSONS:
        _must_be_put_forward(put, content, by)
    files = {ending: queries.drawn(content, ending) for ending in ENDINGS}
    made = _write(content, files, newest, cut=cut, by=by, now=now)
    return (
        Issued(made, fresh=True)
        if made
        else issue(kind=kind, day=day, by=by, signed=signed, now=now, read=read)
    )


def _must_be_put_forward(put: Submission | None, content: Content, by: str) -> None:
    if put is None or put.read != contents.read_mark(content):
        raise NotSubmitted
    if put.by == by:
        raise SamePerson


@operation
def open_campaign(
    *, title: str, since: date, until: date, classes: Sequence[str], towns: Sequence[str], by: Account, now: datetime
) -> Campaign:  # fmt: skip
    """Set up a campaign (专项行动), so that there is a report about it. It stays as it is: another one is another campaign.

    ``until``: the day after the last. Raises BadCampaign."""
    require(by, "bulletin.issue")
    said = " ".join(title.split())
    _must_fit(said, since, until)
    known_towns, known_classes = (queries.campaign_choices()[name] for name in ("towns", "classes"))
    if not set(towns) <= set(known_towns) or not set(classes) <= set(known_classes):
        raise BadCampaign(_("选的镇（街道）或类别不在名册里"))
    audit.take_turn()
    newest = Campaign.objects.order_by("number").last()
    made = Campaign.objects.create(
        number=newest.number + 1 if newest else 1, title=said, since=since, until=until, by=by.username, at=now,
        classes=[one for one in known_classes if one in classes], towns=[one for one in known_towns if one in towns],
    )  # fmt: skip
    audit.record(
        "bulletin.campaign_opened", on=made, by=by.username, at=now, bulletin=made.kind, classes=made.classes, towns=made.towns,
    )  # fmt: skip
    return made


def _must_fit(title: str, since: date, until: date) -> None:
    if not 0 < len(title) <= LONGEST_TITLE:
        raise BadCampaign(_("写明行动的名称，%(n)s 字以内") % {"n": LONGEST_TITLE})
    if since.year not in YEARS or until.year not in YEARS or not since < until:
        raise BadCampaign(_("最后一天不能早于第一天"))
    if until - since > LONGEST_CAMPAIGN:
        raise BadCampaign(_("一次行动最长一年"))


@operation
def submit(*, kind: str, day: date, by: str, signed: str, now: datetime, read: str = "") -> Submission:
    """Put the draft forward for signing (送审). The same draft put forward again changes nothing. Raises Changed."""
    audit.take_turn()
    mark = contents.read_mark(queries.draft(kind, day, as_of=queries.cut_off(now), now=now))
    if read and read != mark:
        raise Changed
    newest = queries.submission(kind, day)
    if newest and (newest.read, newest.by) == (mark, by):
        return newest
    made = Submission.objects.create(kind=kind, date=day, read=mark, signed=signed, by=by, at=now)
    audit.record("bulletin.submitted", on=made, by=by, at=now, bulletin=kind, date=day, digest=mark)
    return made


@operation
def reword(*, kind: str, day: date, passage: str, text: str, by: str, now: datetime) -> Wording | None:
    """Put other words in the place of a drafted passage. Its figures stand in braces, by name, and are filled in by us.

    The same words again change nothing (None). Raises NoSuchPassage, BadWords.
    """
    audit.take_turn()
    content = queries.draft(kind, day, as_of=queries.cut_off(now), now=now)
    drafted = {one["key"]: one["text"] for one in content["passages"]}
    if passage not in drafted:
        raise NoSuchPassage(passage)
    said = wording.checked(text, {one["name"] for one in content["figures"].values()})
    if said == drafted[passage]:
        return None
    made = Wording.objects.create(kind=kind, date=day, passage=passage, text=said, by=by, at=now)
    audit.record("bulletin.reworded", on=made, by=by, at=now, bulletin=kind, date=day, passage=passage)
    return made


@transaction.atomic
def _write(
    content: Content, files: dict[str, bytes], newest: Issue | None, *, cut: datetime, by: str, now: datetime
) -> Issue | None:
    """None: another revision came in between."""
    audit.take_turn()
    if queries.issued(content["kind"], date.fromisoformat(content["date"])) != newest:
        return None
    made = Issue.objects.create(
        id=new_id(),
        kind=content["kind"],
        date=date.fromisoformat(content["date"]),
        revision=content["revision"],
        as_of=cut,
        rules=content["rules"],
        content=contents.written(content).decode(),
        digest=content["digest"],
        issued_by=by,
        issued_at=now,
    )
    File.objects.bulk_create(
        File(issue=made, ending=ending, content=drawn, digest=hashlib.sha256(drawn).hexdigest())
        for ending, drawn in files.items()
    )
    audit.record(
        "bulletin.issued", on=made, by=by, at=now, bulletin=made.kind, date=made.date, revision=made.revision, digest=made.digest,
    )  # fmt: skip
    sending.send(made, now=now)
    return made
