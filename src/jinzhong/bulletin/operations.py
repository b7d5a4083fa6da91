"""Issuing a bulletin: from then on it says what it says. A late case makes the next revision, never another first one."""

import hashlib
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from jinzhong.audit import operations as audit
from jinzhong.bulletin import content as contents
from jinzhong.bulletin import queries, wording
from jinzhong.bulletin.content import Content
from jinzhong.bulletin.models import File, Issue, Submission, Wording
from jinzhong.bulletin.paper import ENDINGS
from jinzhong.bulletin.reports import known
from jinzhong.ids import new_id
from jinzhong.operation import operation


class Changed(Exception):
    """Since it was looked at something has come in: what would be signed is not what was read."""


class NotSubmitted(Exception):
    """Nobody has put forward what would be signed: nothing at all, or something that has changed since."""


class SamePerson(Exception):
    """Whoever put it forward can't sign it."""


class NoSuchPassage(Exception):
    """The bulletin has no such passage."""


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
    put = queries.submission(kind, day) if known()[kind].TWO_PERSONS else None
    drafted = put.signed if put else ""
    content = queries.draft(kind, day, as_of=cut, now=now, signed=signed, drafted=drafted)
    if newest and contents.substance(newest.told()) == contents.substance(content):
        return Issued(newest, fresh=False)
    if read and read != contents.read_mark(content):
        raise Changed
    if known()[kind].TWO_PERSONS:
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
    return made
