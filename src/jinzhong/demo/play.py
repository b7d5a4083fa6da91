"""Letting an episode happen on the timeline, through the operations that people and machines use."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from jinzhong import flow
from jinzhong.bulletin import sending
from jinzhong.demo.episodes import CHECKS, Episode
from jinzhong.demo.timeline import Timeline
from jinzhong.dispatch import operations as dispatch
from jinzhong.dispatch.models import Order
from jinzhong.district.models import Account
from jinzhong.intake.sources.bank_alert import parse as bank_alert
from jinzhong.intake.sources.hotline_call import parse as hotline_call

SECOND = timedelta(seconds=1)


class Player:
    """Plays the parts of tellers, callers, officers and desk."""

    def __init__(self, line: Timeline, people: Mapping[str, Account], towns: set[str]):
        self.line, self.people, self.towns = line, people, towns

    def prepare(self, episode: Episode) -> None:
        """Note it down for its time."""
        self.line.at(episode.at, lambda now: self._raise(episode, now))

    def _raise(self, episode: Episode, now: datetime) -> None:
        raised = self._tell(episode.source, episode.given, episode.by, now)
        if episode.more:
            after, by, given = episode.more
            self.line.at(now + after, lambda later: self._tell("bank_alert", given, by, later))
        if episode.settled:
            after, outcome = episode.settled
            self.line.at(
                now + after,
                lambda later: flow.settle_warning(
                    warning=raised.warning, outcome=outcome, by=self.people["office_seat_1"], now=later
                ),
            )
        if raised.order:
            self._follow(episode, raised.order, now)

    def _tell(self, source: str, given: dict[str, Any], by: str, now: datetime) -> flow.Raised:
        fields = (
            bank_alert.parse(given) if source == "bank_alert" else hotline_call.parse(given, towns=self.towns)
        )
        return flow.raise_alert(
            source=source, fields=fields, raw=given, by=self.people[by], sent_at=now, now=now
        )

    def _follow(self, episode: Episode, order: Order, now: datetime) -> None:
        """The officers' steps at their times; the worker rings phones and acts on what is missed."""
        self.line.at(now + SECOND, _work)
        for step, due in (("sign", order.sign_by), ("arrive", order.meet_by), ("close", order.feedback_by)):
            if due and (step not in episode.steps or now + episode.steps[step] > due):
                self.line.at(due + SECOND, _work)
        for step, after in episode.steps.items():
            self.line.at(now + after, partial(self._step, episode, order, step))

    def _step(self, episode: Episode, order: Order, step: str, now: datetime) -> None:
        order.refresh_from_db()
        going = list(order.assignments.filter(released_at=None).select_related("account"))
        signed = [one.account for one in going if one.signed_at]
        officer = signed[0] if signed else going[-1 if order.escalations else 0].account
        if step != "close":
            getattr(dispatch, step)(order=order, by=officer, happened_at=now, now=now)
            return
        met = [one.account.staff_no for one in going[:2]] if episode.outcome != "not_found" else []
        dispatch.close(
            order=order, by=officer, happened_at=now, now=now, outcome=episode.outcome, amount_protected=episode.protected,
            evidence=episode.evidence, met_by=met, checks=list(CHECKS),
        )  # fmt: skip


def _work(now: datetime) -> None:
    """One turn of the worker. Phones that rang months ago ring nobody now; what was issued lay before its receivers."""

    def hand_over(_key: str, payload: dict[str, Any]) -> None:
        sending.hand_over(delivery=UUID(payload["delivery"]), now=now)

    flow.work_once(worker="demo", now=now, deliver={"ring": lambda key, payload: None, "notice": hand_over})
