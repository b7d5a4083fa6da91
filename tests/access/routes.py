"""Every door of the product, found in the code: pages, operations of the API; with what stands in their addresses and forms.

A page or operation that is new is found by itself. Where its address names something this file doesn't know, or where a
sensible form is needed for it to act, the test says which line to add here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from jinzhong import clock
from jinzhong.bulletin import queries as bulletins
from jinzhong.bulletin.content import read_mark
from jinzhong.web.shared import pages
from jinzhong.wire.rest import api
from tests.access.world import MISSING, PEOPLE, World, sheet
from tests.district import PASSWORD

WITHOUT = "-"
"""The object of an address that names none."""


@dataclass(frozen=True)
class Door:
    """One address pattern and the verbs it is declared with."""

    route: str
    name: str
    verbs: tuple[str, ...]
    is_api: bool = False

    def objects(self, world: World) -> dict[str, str]:
        """State of the object → the address that names it."""
        parameters = re.findall(r"[<{](?:\w+:)?(\w+)[>}]", self.route)
        if not parameters:
            return {WITHOUT: f"/{self.route}"}
        kind = next((kind for start, kind in KINDS if self.route.startswith(start)), None)
        if kind is None:
            raise LookupError(f"/{self.route}: say in tests/access/routes.py what stands in it (KINDS)")
        return {state: self._address(world, state, given) for state, given in OBJECTS[kind](world).items()}

    def _address(self, world: World, state: str, given: Any) -> str:
        """``given``: what stands for the parameter; a tuple where the address has several."""
        values = iter(given if isinstance(given, tuple) else (given,))
        query = QUERY[self.name](world, state) if self.name in QUERY else ""
        return "/" + re.sub(r"[<{][^>}]+[>}]", lambda _: str(next(values)), self.route) + query


def doors() -> list[Door]:
    """All of them: the pages as they are declared, the API as its schema says."""
    pages.discover()
    found = {one.route: Door(one.route, one.name, one.methods) for one in pages.PAGES}
    return [*(found[route] for route in sorted(found)), *_operations()]


def _operations() -> Iterator[Door]:
    for path, verbs in api.get_openapi_schema()["paths"].items():
        for verb, said in verbs.items():
            yield Door(path.lstrip("/"), said["summary"], (verb.upper(),), is_api=True)


KINDS = (
    ("desk/warnings/", "warning"),
    ("desk/duty/swaps/", "swap"),
    ("desk/duty/", "shift"),
    ("field/orders/", "order"),
    ("outlet/alerts/", "alert"),
    ("cases/import/", "sheet"),
    ("cases/", "case"),
    ("accounts/", "account"),
    ("numbers/", "entry"),
    ("bulletins/", "bulletin"),
    ("received/", "delivery"),
    ("inspection/checks/", "check"),
    ("inspection/", "paper"),
    ("review/obligations/", "obligation"),
    ("review/standings/", "standing"),
    ("review/liftings/", "lifting"),
    ("review/towns/", "town"),
    ("review/units/", "unit"),
    ("api/v1/warnings/", "warning"),
    ("api/v1/orders/", "order"),
    ("api/v1/alerts/", "alert"),
)
"""Beginning of an address → what it names; the first that fits."""
NAMES = {
    "a": "own outlet", "b": "own town, other bank", "c": "own bank, other town", "d": "other town and bank", "h": "own town, by phone",
    "k": "closed, own outlet", "y": "own town", "x": "other town",
}  # fmt: skip


def _by_letter(records: dict[str, Any], letters: str) -> dict[str, Any]:
    return {NAMES[letter]: records[letter] for letter in letters} | {"missing": MISSING}


OBJECTS: dict[str, Callable[[World], dict[str, Any]]] = {
    "warning": lambda world: _by_letter({key: one.pk for key, one in world.warnings.items()}, "abck"),
    "alert": lambda world: _by_letter({key: one.pk for key, one in world.alerts.items()}, "abchk"),
    "order": lambda world: _by_letter({key: one.pk for key, one in world.orders.items()}, "abck"),
    "case": lambda world: _by_letter({key: one.case_id for key, one in world.cases.items()}, "yx"),
    "sheet": lambda world: {
        "a sheet": world.fresh_sheet.pk,
        "not a sheet": world.alerts["a"].first_arrival_id,
        "missing": MISSING,
    },
    "swap": lambda world: {
        "the officer's": world.swaps["officer"].pk,
        "others'": world.swaps["others"].pk,
        "missing": MISSING,
    },
    "shift": lambda world: {"now": 2021053108, "next": 2021053116, "no shift": 2021053109},
    "bulletin": lambda world: {
        "a day": ("daily", "2021-05-30", "html"),
        "a week": ("weekly", "2021-05-28", "html"),
        "a campaign": ("special-1", "2021-05-30", "html"),
        "not begun": ("daily", "2022-01-01", "html"),
        "unknown kind": ("nothing", "2021-05-30", "html"),
    },
    "delivery": lambda world: (
        {f"the {actor}'s": (world.deliveries[actor], "html") for actor in ("outlet", "bank_head", "operator")}
        | {"missing": (MISSING, "html")}
    ),
    "entry": lambda world: {
        "own operator": world.entries["n"].pk,
        "other operator": world.entries["m"].pk,
        "own operator, live": world.changes["n"].pk,
        "other operator, live": world.changes["m"].pk,
        "missing": MISSING,
    },
    "obligation": lambda world: (
        _by_letter({key: one.pk for key, one in world.obligations.items()}, "yx")
        | {"own town, waiting": world.obligations["w"].pk}
    ),
    "lifting": lambda world: _by_letter({key: one.pk for key, one in world.liftings.items()}, "yx"),
    "standing": lambda world: _by_letter(
        {key: one.standing_id for key, one in world.obligations.items()}, "yx"
    ),
    "town": lambda world: {
        "own town": world.place.yuelin.pk,
        "other town": world.place.xikou.pk,
        "missing": "999",
    },
    "unit": lambda world: {
        "own outlet": world.place.outlet.code,
        "own bank, other town": world.place.far_outlet.code,
        "own bank": world.place.bank.code,
        "other bank": "bank-02",
        "own station": world.place.station.code,
        "other station": "station-2",
        "own operator": "operator-1",
        "other operator": "operator-2",
        "missing": "999",
    },
    "check": lambda world: {
        "the officer's": (world.checks["officer"].pk, 1),
        "others'": (world.checks["others"].pk, 1),
        "missing": (MISSING, 1),
    },
    "paper": lambda world: {state: one.pk for state, one in world.papers.items()} | {"missing": MISSING},
    "account": lambda world: {"other": "teller_near", "own": "admin", "missing": "nobody"},
}

Form = dict[str, Any]
QUERY: dict[str, Callable[[World, str], str]] = {
    "case-reveal": lambda world, state: f"?of={victim(world, state)}",
    "situation-rows": lambda world, state: "?of=cases&since=2021-05-01&until=2021-06-01",
}
FORMS: dict[str, Callable[[World, str], Form]] = {
    "login": lambda world, state: {"username": "desk", "password": "not-this-one"},
    "language": lambda world, state: {"language": "en", "next": "/field/shell"},
    "me": lambda world, state: {"old": PASSWORD, "new": "another-long-one", "again": "another-long-one"},
    "accounts-add": lambda world, state: {"username": "fresh", "role": "hotline"},
    "desk-queue": lambda world, state: {"words": PEOPLE["d"].phone},
    "desk-send": lambda world, state: {"officer": "officer_226"},
    "desk-grade": lambda world, state: {"grade": "green", "reason": "understood"},
    "desk-merge": lambda world, state: {"number": world.warnings["b" if state != NAMES["b"] else "a"].number},
    "desk-settle": lambda world, state: {"outcome": "false_alarm"},
    "desk-call": lambda world, state: {"answer": "no_answer"},
    "desk-reveal": lambda world, state: {"purpose": "contact"},
    "hotline": lambda world, state: {
        "caller": "hotline_call",
        "phone": "13900001111",
        "signs": "link_opened",
    },
    "duty-assign": lambda world, state: {"post": "patrol", "account": "officer_501"},
    "duty-relieve": lambda world, state: {"duty": world.duties["third"].pk},
    "duty-handover": lambda world, state: {"note": "无"},
    "duty-repeat": lambda world, state: {"week": "2021-06-07"},
    "duty-second": lambda world, state: {
        "account": "inspector",
        "unit": "bank-01",
        "since": "2021-06-01",
        "until": "2021-06-30",
    },
    "duty-swap": lambda world, state: {"duty": world.duties["unasked"].pk, "takes": "officer_226"},
    "duty-answer": lambda world, state: {"answer": "agree"},
    "bulletin-issue": lambda world, state: {
        "read": _as_read("daily", date(2021, 5, 30)) if state == "a day" else "-"
    },
    "bulletin-submit": lambda world, state: {
        "read": _as_read("weekly", date(2021, 5, 28)) if state == "a week" else "-"
    },
    "bulletin-receivers": lambda world, state: {"to": "account:inspector", "kind": "daily"},
    "bulletin-campaign": lambda world, state: {
        "title": "又一次行动",
        "since": "2021-05-01",
        "last": "2021-05-20",
    },
    "bulletin-words": lambda world, state: {"passage": "demand", "text": "宣传照常。"},
    "situation-alarm-act": lambda world, state: {
        "week": "2021-05-22",
        "town": "330213002",
        "text": "已会商",
    },
    "numbers": lambda world, state: {"words": PEOPLE["n"].phone},
    "numbers-judge": lambda world, state: {"word": "innocent", "because": "courier"},
    "numbers-reveal": lambda world, state: {"purpose": "verify"},
    "numbers-line-set": lambda world, state: {"value": "0.4", "since": "2021-06-01"},
    "numbers-promote": lambda world, state: {"model": "b" * 64, "since": "2021-06-01", "why": "多找到一个"},
    "numbers-signals-on": lambda world, state: {
        "signal": "only_calls_out",
        "since": "2021-06-01",
        "why": "试用",
    },
    "numbers-signals-back": lambda world, state: {"rule": str(world.rule.pk), "why": "不准"},
    "listing-publish": lambda world, state: {"month": "2021-04"},
    "listing-index": lambda world, state: {"month": "2021-04", "ending": ".csv"},
    "listing-do": lambda world, state: {"text": "方案已报"},
    "listing-back": lambda world, state: {"why": "没有写时间", "due": "2021-06-10"},
    "listing-lifting": lambda world, state: {"answer": "decline"},
    "listing-reply": lambda world, state: {"month": "2021-04", "text": "已开会"},
    "listing-unit-reply": lambda world, state: {"by": "week", "text": "已开会"},
    "inspection-new": lambda world, state: {
        "to": "town-1",
        "kind": "letter",
        "site": "实地检查",
        "facts": "没有开会",
        "demand": "开会",
        "due": "2021-06-10",
    },
    "inspection-answer": lambda world, state: {"text": "已开会"},
    "inspection-extend": lambda world, state: {"until": "2021-06-20", "text": "等配件"},
    "inspection-extension": lambda world, state: {"answer": "grant"},
    "inspection-review": lambda world, state: {"verdict": "close", "text": "属实"},
    "field-check": lambda world, state: {
        "place": f"outlet:{world.place.outlet.code}",
        "item-alarm_key": "bad",
    },
    "field-close": lambda world, state: {"outcome": "false_alarm"},
    "outlet-raise": lambda world, state: {"amount": "50000"},
    "outlet-alert": lambda world, state: {"story": "补一句"},
    "case-register": lambda world, state: {"words": PEOPLE["x"].phone},
    "case-import": lambda world, state: {"sheet": SimpleUploadedFile("6月.csv", sheet("8"))},
    "case-columns": lambda world, state: {"column-0": "number"},
    "case-reveal": lambda world, state: {"of": victim(world, state), "purpose": "investigate"},
    "case-export": lambda world, state: {"ending": ".csv", "purpose": "核对"},
}
"""What a person would send; a page that isn't here is sent its key alone."""
BODIES: dict[str, Form] = {
    "POST api/v1/alerts": {"amount": "50000"},
    "PATCH api/v1/alerts/{alert_id}": {"story": "补一句"},
    "POST api/v1/orders/{order_id}/close": {"outcome": "false_alarm"},
}


def _as_read(kind: str, day: date) -> str:
    """What the page of the bulletin says that was read, for putting forward or issuing just that."""
    now = clock.now()
    return read_mark(bulletins.draft(kind, day, as_of=bulletins.cut_off(now), now=now))


def victim(world: World, state: str) -> str:
    """The person robbed in the case of that state."""
    letter = "x" if state == NAMES["x"] else "y"
    return str(world.cases[letter].victims.get().subject_id)
