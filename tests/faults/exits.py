"""Walk a path again and again, ending the process at its 1st, 2nd, 3rd … statement, commit, file write and send.

Run as ``python -m tests.faults.exits alert`` in an instance of its own (``tests.running``). After each death the path is
walked once more, as a client or another worker would, and what is there is counted. Prints {"ends", "bad"}: how many
places there were to end at, and what was lost, doubled or half there.

Django is loaded once; each walk is a forked child, because only a process that really ends loses its memory.
"""

import gc
import json
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import django

django.setup()

from django.db import connection, connections
from django.test import Client

from jinzhong import flow
from jinzhong.agenda.models import Answer, Deadline, Outbox
from jinzhong.audit import queries as audit
from jinzhong.config import instance
from jinzhong.dispatch import operations as dispatch
from jinzhong.dispatch.models import Assignment, Order, OrderStep
from jinzhong.district import queries as district
from jinzhong.intake.models import Alert, Arrival
from jinzhong.intake.sources.bank_alert.parse import parse
from jinzhong.vault import queries as vault
from jinzhong.vault import seal
from jinzhong.warning.models import Source, Warning
from jinzhong.wire import worker
from tests.district import at

ENDED = 99
MOST = 400
CLIENT = Client()
BEGINNING = at("08:05")
BETWEEN_WALKS = timedelta(minutes=4)


class Ends:
    """Ends this process at the n-th place where it could be killed; 0: never."""

    def __init__(self, chosen: int):
        self.chosen, self.passed = chosen, 0
        connection.execute_wrappers.append(self._statement)
        for owner, name in ((connection, "_commit"), (os, "pwrite"), (os, "fsync")):
            setattr(owner, name, self._around(getattr(owner, name)))
        worker.DELIVER["ring"] = self._around(worker.DELIVER["ring"])

    def place(self) -> None:
        self.passed += 1
        if self.passed == self.chosen:
            os._exit(ENDED)

    def _statement(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.place()
        return execute(*arguments)

    def _around(self, do: Callable[..., Any]) -> Callable[..., Any]:
        def walked(*arguments: Any, **named: Any) -> Any:
            self.place()
            done = do(*arguments, **named)
            self.place()
            return done

        return walked


def in_child(do: Callable[[], Any], *, end_at: int = 0) -> tuple[bool, Any]:
    """(whether it came to its end, what it returned) of a forked child."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            ends = Ends(end_at)
            result = do()
            ends.chosen = 0
            os.write(writer, json.dumps(result, default=str).encode())
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        text = answer.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, ENDED):
        raise SystemExit(f"a walk failed with {code}")
    return code == 0, json.loads(text) if text else None


# -- what is there after a walk -----------------------------------------------------------------------------


def customer(walk: int) -> dict[str, Any]:
    return {
        "customer_name": "张桂兰",
        "customer_phone": f"138{walk:08d}",
        "amount": "86000",
        "payee_account": "7731",
    }


def there(walk: int) -> dict[str, Any]:
    """Everything about this walk's customer, counted."""
    people = vault.find("phone", customer(walk)["customer_phone"])
    alerts = Alert.objects.filter(person__in=people)
    warnings = Warning.objects.filter(sources__alert__in=alerts).distinct()
    orders = list(Order.objects.filter(warning__in=warnings))
    things = [*alerts, *(one.first_arrival for one in alerts), *warnings, *orders]
    told = Counter(line.kind for line in audit.events_on([one.pk for one in things]))
    return {
        "people": len(people),
        "alerts": len(alerts),
        "warnings": len(warnings),
        "orders": len(orders),
        "escalations": [one.escalations for one in orders],
        "states": [one.state for one in orders],
        "asked": sorted(Assignment.objects.filter(order__in=orders).values_list("part", flat=True)),
        "steps": sorted(OrderStep.objects.filter(order__in=orders).values_list("step", flat=True)),
        "deadlines": sorted(
            f"{one.kind} {one.step} {one.outcome or 'open'}"
            for one in Deadline.objects.filter(on_id__in=[one.pk for one in orders])
        ),
        "rings": Outbox.objects.filter(key__in=_keys(orders)).count(),
        "sent": sum(Counter(_sent(orders)).values()),
        "sent_keys": len(set(_sent(orders))),
        "log": dict(sorted(told.items())),
    }


def whole() -> str:
    """What is wrong with the database as a whole, whoever it is about."""
    stray = Arrival.objects.count() - Alert.objects.count() or Alert.objects.count() - Source.objects.count()
    return audit.verify().broken or ("something stands alone" if stray else "")


def _keys(orders: list[Order]) -> list[str]:
    asked = Assignment.objects.filter(order__in=orders).values_list("order", "account")
    return [f"ring:{order}:{account}:red" for order, account in asked]


def _sent(orders: list[Order]) -> list[str]:
    """Keys of the messages that really went out, as the other side noted them."""
    path = instance.data_folder() / "outgoing" / "ring.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    ours = {str(one.pk) for one in orders}
    return [told["key"] for told in map(json.loads, lines) if told["order"] in ours]


RAISED = {
    "people": 1,
    "alerts": 1,
    "warnings": 1,
    "orders": 1,
    "asked": ["first", "together"],
    "deadlines": ["order.feedback 0 open", "order.meet 0 open", "order.sign 0 open"],
    "rings": 2,
    "log": {
        "dispatch.sent": 1,
        "intake.alert": 1,
        "intake.arrived": 1,
        "warning.graded": 1,
        "warning.opened": 1,
    },
}
NOTHING = {"people": 0, "alerts": 0, "warnings": 0, "orders": 0, "rings": 0, "log": {}}


def differs(found: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name, value in wanted.items() if found[name] != value}


# -- the paths ----------------------------------------------------------------------------------------------


def alert(walk: int) -> tuple[bool, list[Any]]:
    """A teller's alert through the API; dead on the way, the bank's machine sends it again with the same key."""
    came, _ = in_child(lambda: _post(walk), end_at=walk)
    _, bad = in_child(lambda: _after_alert(walk, came))
    return came, bad


def _after_alert(walk: int, came: bool) -> list[Any]:
    left, broken = there(walk), whole()
    all_or_nothing = differs(left, NOTHING) and differs(left, RAISED)
    status, found = _post(walk), there(walk)
    answers = Answer.objects.filter(key=seal.digest(f"walk-{walk}".encode())).count()
    bad = [
        broken,
        all_or_nothing,
        status not in (200, 201) and status,
        differs(found, RAISED),
        answers != 1,
        whole(),
    ]
    return [one for one in bad if one]


def _post(walk: int) -> int:
    token = os.environ["TELLER"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"walk-{walk}"}
    answer = CLIENT.post("/api/v1/alerts", customer(walk), content_type="application/json", headers=headers)
    return answer.status_code


def _raise(walk: int, now: datetime) -> None:
    given = customer(walk)
    teller = district.account("teller")
    flow.raise_alert(source="bank_alert", fields=parse(given), raw=given, by=teller, sent_at=now, now=now)
    _turn("first", now)


def _turn(name: str, now: datetime) -> None:
    """A worker works until nothing is left to do."""
    while flow.work_once(worker=name, now=now, deliver=worker.DELIVER):
        pass


def _close(walk: int, now: datetime) -> None:
    """Done with this walk, so that its later deadlines don't come due in the next ones."""
    order = Order.objects.get(warning__person__in=vault.find("phone", customer(walk)["customer_phone"]))
    chief = district.account("chief")
    dispatch.close(order=order, by=chief, happened_at=now, now=now, outcome="not_found")
    _turn("last", now + timedelta(minutes=1))


def escalate(walk: int) -> tuple[bool, list[Any]]:
    """Nobody signs within a minute: the next officer is asked, once, whenever the worker dies."""
    began = BEGINNING + walk * BETWEEN_WALKS
    in_child(lambda: _raise(walk, began))
    wanted = {
        "escalations": [1],
        "asked": ["first", "next", "together"],
        "steps": ["escalated", "sent"],
        "deadlines": [
            "order.feedback 0 open",
            "order.meet 0 open",
            "order.sign 0 missed",
            "order.sign 1 open",
        ],
        "rings": 3,
        "sent_keys": 3,
        "log": {**RAISED["log"], "dispatch.escalated": 1},
    }
    return _work_twice(walk, began + timedelta(seconds=61), wanted)


def chief(walk: int) -> tuple[bool, list[Any]]:
    """The next officer doesn't sign either: the duty chief is asked, once."""
    began = BEGINNING + walk * BETWEEN_WALKS
    in_child(lambda: (_raise(walk, began), _turn("first", began + timedelta(seconds=61))))
    wanted = {
        "escalations": [2],
        "asked": ["first", "leader", "next", "together"],
        "steps": ["escalated", "escalated", "sent"],
        "rings": 4,
        "sent_keys": 4,
        "log": {**RAISED["log"], "dispatch.escalated": 2},
    }
    return _work_twice(walk, began + timedelta(seconds=182), wanted)


def _work_twice(walk: int, now: datetime, wanted: dict[str, Any]) -> tuple[bool, list[Any]]:
    """A worker that dies, and another one after the lease of the dead one ran out."""
    came, _ = in_child(lambda: _turn("dies", now), end_at=walk)
    wanted = wanted if not came else {**wanted, "sent": wanted["sent_keys"]}

    def live_and_judge() -> list[Any]:
        _turn("lives", now + timedelta(seconds=31))
        found = differs(there(walk), wanted), whole()
        _close(walk, now + timedelta(seconds=32))
        return [one for one in found if one]

    return came, in_child(live_and_judge)[1]


def close(walk: int) -> tuple[bool, list[Any]]:
    """The officer reports the outcome from a phone; the answer is lost, the phone sends it again."""
    in_child(lambda: _raise(walk, BEGINNING + walk * BETWEEN_WALKS))
    came, _ = in_child(lambda: _report(walk), end_at=walk)
    wanted = {
        "states": ["closed"],
        "steps": ["closed", "sent"],
        "deadlines": ["order.feedback 0 met", "order.meet 0 dropped", "order.sign 0 dropped"],
        "log": {**RAISED["log"], "dispatch.closed": 1, "warning.closed": 1},
    }

    def judge() -> list[Any]:
        status = _report(walk)
        return [one for one in (status != 200 and status, differs(there(walk), wanted), whole()) if one]

    return came, in_child(judge)[1]


def _report(walk: int) -> int:
    order = Order.objects.get(warning__person__in=vault.find("phone", customer(walk)["customer_phone"]))
    report = {"outcome": "dissuaded", "amount_protected": "86000.00", "evidence": "counter_cancelled"}
    report |= {"met_by": ["officer_217", "officer_226"], "at": order.sent_at.isoformat()}
    headers = {"Authorization": f"Bearer {os.environ['CHIEF']}", "Idempotency-Key": f"close-{walk}"}
    path = f"/api/v1/orders/{order.pk}/close"
    return CLIENT.post(path, report, content_type="application/json", headers=headers).status_code


def _warm_up() -> None:
    """Load everything once, here and not in every child; no connection is open while forking."""
    _post(0)
    whole()
    connections.close_all()
    gc.freeze()


def main(name: str) -> None:
    path = {"alert": alert, "escalate": escalate, "chief": chief, "close": close}[name]
    _warm_up()
    bad = {}
    for walk in range(1, MOST):
        came, faults = path(walk)
        if faults:
            bad[walk] = faults
        if came:
            break
    print(json.dumps({"ends": walk - 1, "came": came, "bad": bad}, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
