"""The operator's list of the demo day: scored by our own commands on a synthetic world (``benchmarks/demo_numbers.py``)."""

import gzip
import json
from datetime import date, datetime
from pathlib import Path

from jinzhong import clock
from jinzhong.district import queries as places
from jinzhong.scoring import operations as scoring
from jinzhong.scoring import queries
from jinzhong.scoring.given import Judged, Named, Rival, Scored
from jinzhong_engine.evaluate.reached import Resident
from jinzhong_engine.evaluate.rung import Rung

FILE = Path(__file__).with_name("numbers.json.gz")
OPERATOR, ACCOUNT = "operator-1", "operator"
"""Whose numbers they are, and the account that brings them in and warns."""


def given() -> tuple[Judged, Rival]:
    """The list as ``numbers list import`` would hand it over, marked as simulated, and what the challenger says of its numbers."""
    told = json.loads(gzip.decompress(FILE.read_bytes()))
    rival = told.pop("rival")
    judged = Judged(
        **told
        | {
            "rows": [Scored(*one) for one in told["rows"]],
            "others": [Scored(*one) for one in told["others"]],
            "named": {signal: Named(**one) for signal, one in told["named"].items()},
            "made_on": date.fromisoformat(told["made_on"]),
            "cut_off": datetime.fromisoformat(told["cut_off"]),
            "reached": {number: [Resident(*one) for one in them] for number, them in told["reached"].items()},
            "rung": {number: Rung(*one) for number, one in told["rung"].items()},
        }
    )
    return judged, Rival(**rival | {"made_on": date.fromisoformat(rival["made_on"])})


def bring(at: datetime) -> None:
    """The operator brings in the list of the demo day, and another model's scores beside it."""
    unit, account = queries.operator(OPERATOR), places.account(ACCOUNT)
    assert unit
    assert account
    judged, rival = given()
    kept, _ = scoring.keep_list(
        operator=unit, day=clock.DEMO_DAY.date(), given=judged, by=account.username, now=at
    )
    scoring.challenge(kept=kept, given=rival, by=account.username, now=at)
