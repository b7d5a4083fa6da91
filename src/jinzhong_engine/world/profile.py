"""What a district is like, as ``profiles/NAME.toml`` states it: with its sources, and guesses marked as guesses."""

import json
import tomllib
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "profiles"


class UnknownProfile(ValueError):
    """No profile of this name; the message lists those there are."""


class Town(NamedTuple):
    """``urban``, ``rural``: names of its communities."""

    code: str
    residents: int
    urban: tuple[str, ...]
    rural: tuple[str, ...]
    outlets: int

    @property
    def communities(self) -> tuple[tuple[str, str], ...]:
        """(name, area) of each."""
        return (*((name, "urban") for name in self.urban), *((name, "rural") for name in self.rural))


class Script(NamedTuple):
    """How a class of fraud is done. ``days``: from first contact to the first payment, in the mean."""

    lure: str
    labels: tuple[str, ...]
    channels: tuple[str, ...]
    apps: tuple[str, ...]
    stages: tuple[str, ...]
    days: float
    told: tuple[str, ...]
    counter: tuple[str, ...]


class Profile(NamedTuple):
    """One district. Sections that are read once stay dictionaries, as the file has them."""

    name: str
    digest: str
    code: str
    city: str
    residents: int
    towns: tuple[Town, ...]
    scripts: dict[str, Script]
    register: dict[str, Any]
    people: dict[str, Any]
    life: dict[str, Any]
    trades: tuple[dict[str, Any], ...]
    fraud: dict[str, Any]
    victims: dict[str, Any]
    alerts: dict[str, Any]
    effects: dict[str, Any]
    staff: dict[str, Any]
    manners: dict[str, Any]


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@cache
def load(name: str) -> Profile:
    """The profile of this name. Raises UnknownProfile."""
    if name not in names():
        raise UnknownProfile(f"{name}: no such profile; there are: {', '.join(names())}")
    text = (FOLDER / f"{name}.toml").read_bytes()
    told = tomllib.loads(text.decode("utf-8"))
    manners = (FOLDER / f"{told['fraud']['behaviour']}.json").read_bytes()
    return Profile(
        name=name,
        digest=sha256(text + manners).hexdigest(),
        towns=tuple(_town(one) for one in told.pop("towns")),
        scripts={code: _script(one) for code, one in told.pop("scripts").items()},
        trades=tuple(told.pop("trades")),
        manners=json.loads(manners),
        **{key: told[key] for key in told if key in Profile._fields and key != "name"},
    )


def _town(one: dict[str, Any]) -> Town:
    return Town(
        one["code"],
        one["residents"],
        tuple(one["urban"].split()),
        tuple(one["rural"].split()),
        one["outlets"],
    )


def _script(one: dict[str, Any]) -> Script:
    told: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in one.items()}
    return Script(**told)
