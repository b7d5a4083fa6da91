"""``jinzhong user list``, ``jinzhong user token`` and ``jinzhong user add``."""

import argparse
import getpass
import json
import sys

from jinzhong import clock
from jinzhong.cli import Unusable, actor, add_by, name_of


def add(commands: argparse._SubParsersAction) -> None:
    user = commands.add_parser("user", help="accounts and API tokens").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    listing = user.add_parser("list", help="all accounts")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_list)
    token = user.add_parser("token", help="make an API token and print it, once")
    token.add_argument("username")
    add_by(token)
    token.set_defaults(run=_token)
    fresh = user.add_parser("add", help="add an account; the password is read from standard input")
    fresh.add_argument("username")
    fresh.add_argument("--role", required=True)
    fresh.add_argument("--unit", help="code of the unit")
    fresh.add_argument("--town", help="code of the town")
    add_by(fresh)
    fresh.set_defaults(run=_add)


def _list(chosen: argparse.Namespace) -> int:
    from jinzhong.district import queries

    rows = [
        {
            "username": one.username,
            "role": one.role,
            "unit": one.unit.code if one.unit else None,
            "town": one.town_id,
        }
        for one in queries.accounts()
    ]
    if chosen.json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        for row in rows:
            print("\t".join(value or "—" for value in row.values()))
    return 0


def _token(chosen: argparse.Namespace) -> int:
    from jinzhong.district import operations, queries

    by = name_of(actor(chosen.by, "account.manage"))
    account = queries.account(chosen.username)
    if account is None:
        raise Unusable(f"no active account {chosen.username}; see jinzhong user list")
    print(operations.make_token(account=account, by=by, at=clock.now()))
    return 0


def _add(chosen: argparse.Namespace) -> int:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from jinzhong.district import operations, queries

    by = name_of(actor(chosen.by, "account.manage"))
    said = {name: getattr(chosen, name) or "" for name in ("username", "role", "unit", "town")}
    faults = queries.account_faults(**said)
    if "role" in faults:
        raise Unusable(
            f"--role {chosen.role}: use one of {', '.join(code for code, _word in queries.roles())}"
        )
    for name, fault in faults.items():
        raise Unusable(f"{name} {said[name]}: {fault}")
    unit = queries.unit(said["unit"])
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password)
    except ValidationError as problem:
        raise Unusable(" ".join(problem.messages)) from problem
    operations.add_account(
        username=chosen.username,
        password=password,
        role=chosen.role,
        unit=unit,
        town_id=chosen.town or (unit.town_id if unit else None),
        by=by,
        at=clock.now(),
    )
    return 0
