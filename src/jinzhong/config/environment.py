"""Everything an operator may set from outside, with its default, written once; docs/generated/settings.md is this list."""

import os
from typing import NamedTuple


class BadInstance(Exception):
    """The data folder or the environment can't be used; the message says what to do."""


class Variable(NamedTuple):
    """One variable of the environment; ``default`` is what an unset or empty one means."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("JINZHONG_DATA", "", "folder of database, keys and files; ~/.local/share/jinzhong when unset"),
    Variable("DATABASE_URL", "", "postgresql://user:password@host:port/name; SQLite in the data folder when unset"),
    Variable("JINZHONG_INSTANCE", "real", "what a new data folder becomes: real, demo or test; never changed later"),
    Variable("JINZHONG_HOSTS", "", "names this instance answers to, comma-separated; this machine only when unset"),
    Variable("JINZHONG_ORIGINS", "", "full addresses in front of a reverse proxy, comma-separated"),
    Variable("JINZHONG_TLS", "", "anything: pages are served by HTTPS only, behind a proxy that ends TLS"),
    Variable("JINZHONG_STREAM_URL", "", "public address of the event stream; the stream's port here when unset"),
    Variable("JINZHONG_SMS_URL", "", "SMS gateway; simulated, into outgoing/ring.jsonl, when unset"),
    Variable("JINZHONG_PRODUCT_NAME", "金钟罩", "the product's name on every page"),
    Variable("JINZHONG_OFFICE_NAME", "奉化区反诈工作办公室", "the office's name on pages and bulletins"),
    Variable("JINZHONG_HOTLINE", "96110", "the anti-fraud hotline"),
    Variable("JINZHONG_AREA_CODE", "0574", "area code of landlines written without one"),
    Variable("JINZHONG_WEEK_START", "saturday", "day on which the week of counts begins"),
    Variable("JINZHONG_IDLE_MINUTES", "15", "minutes without a touch until a login is locked"),
    Variable("JINZHONG_VENDOR", "", "folder of fonts for pages and documents; the one made at set-up when unset"),
    Variable("JINZHONG_CLOCK", "", "time at which the injected clock starts; refused by a real instance"),
    Variable("JINZHONG_CLOCK_RATE", "1", "how much faster it runs; refused by a real instance"),
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DEFAULTS = {one.name: one.default for one in VARIABLES}


def read(name: str) -> str:
    """What the environment says, or the default."""
    return os.environ.get(name) or _DEFAULTS[name]


def listed(name: str) -> list[str]:
    """A comma-separated variable."""
    return [part.strip() for part in read(name).split(",") if part.strip()]


def whole_number(name: str) -> int:
    """A number of at least one. Raises BadInstance for anything else."""
    text = read(name)
    if not (text.isascii() and text.isdigit() and int(text)):
        raise BadInstance(f"{name}={text}: use a whole number such as {_DEFAULTS[name]}")
    return int(text)


def weekday(name: str) -> int:
    """A day of the week, 0 for Monday. Raises BadInstance for anything else."""
    if (text := read(name).lower()) not in WEEKDAYS:
        raise BadInstance(f"{name}={text}: use one of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(text)


def is_set(name: str) -> bool:
    return bool(os.environ.get(name))
