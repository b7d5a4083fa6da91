"""Statements whose SQL is built once: Django takes ten times as long to build a small one as the database to run it."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache, wraps
from operator import attrgetter
from secrets import randbits, token_bytes, token_hex
from typing import Any, ClassVar, ParamSpec, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Model, QuerySet
from django.db.models.constants import OnConflict

Asked = ParamSpec("Asked")
Row = TypeVar("Row")


class NotPreparable(Exception):
    """An argument isn't just compared with a column of its type."""


def prepared(ask: Callable[Asked, QuerySet[Any, Row]]) -> Callable[Asked, list[Row]]:
    """Of a function that makes a queryset, one that returns its rows and builds the SQL once per process.

    Its arguments are texts, bytes, ids, times, or lists of these, not empty (one statement per length), and it may do nothing
    with them but compare columns with them: the SQL is built from samples and kept for all other values of these types.
    None is compared by other SQL, so it is refused.
    """
    known: dict[object, _Statement] = {}

    @wraps(ask)
    def rows(*args: Asked.args, **named: Asked.kwargs) -> list[Row]:
        given = [*args, *named.values()]
        shape = (*named, *(len(one) if isinstance(one, list) else type(one) for one in given))
        if shape not in known:
            samples: list[Any] = [_sample(one) for one in given]
            named_samples: Any = dict(zip(named, samples[len(args) :], strict=True))
            known[shape] = _Statement(ask(*samples[: len(args)], **named_samples), samples)
        return known[shape].rows(given)

    return rows


def _sample(value: object) -> Any:
    """A value like this one that stands nowhere else."""
    match value:
        case list():
            return [_sample(one) for one in value]
        case datetime():
            return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=randbits(50))
        case UUID():
            return UUID(int=randbits(128))
        case bytes():
            return token_bytes()
        case str():
            return token_hex()
    raise NotPreparable(type(value).__name__)


class _Statement:
    """The SQL of a queryset, and Django's own way to make rows of what comes back."""

    def __init__(self, asked: QuerySet[Any, Any], samples: list[Any]):
        self.make: Any = asked._iterable_class
        self.compiler: Any = asked.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = self.compiler.as_sql()
        self.converters = self.compiler.get_converters(
            [column for column, _sql, _alias in self.compiler.select]
        )
        kept = [_plain(one) for one in _flat(samples, _here())]
        self.places = {
            at: kept.index(_plain(one)) for at, one in enumerate(self.params) if _plain(one) in kept
        }
        if set(self.places.values()) != set(range(len(kept))):
            raise NotPreparable(self.sql)

    def rows(self, given: list[Any]) -> list[Any]:
        compiler, params = copy(self.compiler), list(self.params)
        compiler.connection = _here()
        values = _flat(given, compiler.connection)
        for at, place in self.places.items():
            params[at] = values[place]
        compiler.as_sql = lambda: (self.sql, tuple(params))
        compiler.get_converters = lambda columns: self.converters
        return list(self.make(_Answering(compiler)))


def _plain(param: Any) -> Any:
    """Bytes are wrapped by each database in its own way, and these wrappers can't all be compared."""
    return getattr(param, "obj", param)


@dataclass(frozen=True)
class _Answering:
    """What Django makes rows from, in place of a queryset and its query."""

    compiler: Any
    db: ClassVar[str] = DEFAULT_DB_ALIAS
    _known_related_objects: ClassVar[dict[Any, Any]] = {}

    @property
    def query(self) -> "_Answering":
        return self

    def get_compiler(self, using: str) -> Any:
        return self.compiler


def insert(*rows: Model) -> None:
    """Insert rows of one kind in one statement. No signals; a key the database counts up is not read back."""
    _insert(rows, (), ())


def keep_first(rows: Sequence[Model], *, once: Sequence[str]) -> None:
    """Insert rows of one kind in one statement; where a row with the same ``once`` columns is there, that one stays.

    The row that is there is "updated" to the column it has: ignoring conflicts would ignore a missing value as well.
    """
    _insert(rows, once, once[-1:])


def keep_last(rows: Sequence[Model], *, once: Sequence[str], renew: Sequence[str]) -> None:
    """Insert rows of one kind in one statement; where a row with the same ``once`` columns is there, it is renewed."""
    _insert(rows, once, renew)


def _insert(rows: Sequence[Model], once: Sequence[str], renew: Sequence[str]) -> None:
    if not rows:
        return
    here, model = _here(), type(rows[0])
    values = [value for row in rows for value in _values(row, here)]
    with here.cursor() as cursor:
        cursor.execute(_insertion(model, len(rows), tuple(once), tuple(renew)), values)
    for row in rows:
        row._state.adding, row._state.db = False, here.alias


@cache
def _written(model: type[Model]) -> list[Any]:
    """The fields of a table but a key that the database counts up."""
    return [one for one in model._meta.local_concrete_fields if one is not model._meta.auto_field]


@cache
def _insertion(model: type[Model], rows: int, once: tuple[str, ...], renew: tuple[str, ...]) -> str:
    fields, quote = _written(model), _here().ops.quote_name
    columns = ", ".join(quote(one.column) for one in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    line = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {', '.join([row] * rows)}"
    return f"{line} {_conflict(model, once, renew)}" if once else line


def _conflict(model: type[Model], once: tuple[str, ...], renew: tuple[str, ...]) -> str:
    column = {one.name: one.column for one in _written(model)}
    unique, renewed = [column[one] for one in once], [column[one] for one in renew]
    return str(_here().ops.on_conflict_suffix_sql(_written(model), OnConflict.UPDATE, renewed, unique))


def _here() -> Any:
    """This thread's connection itself: the one that ``django.db`` offers looks it up anew for every attribute."""
    return connections[DEFAULT_DB_ALIAS]


def _flat(given: list[Any], here: Any) -> list[Any]:
    """The values, those of lists as well, as this database keeps them."""
    return [_kept(item, here) for one in given for item in (one if isinstance(one, list) else [one])]


def _values(row: Model, here: Any) -> list[Any]:
    """What a row says, as this database keeps it."""
    said, keepers = _keepers(type(row))
    return [keep(value, here) if keep else value for value, keep in zip(said(row), keepers, strict=True)]


@cache
def _keepers(model: type[Model]) -> tuple[Callable[[Model], Any], list[Callable[[Any, Any], Any] | None]]:
    """What reads all fields of a row, and how each is kept; None: as it is."""
    fields = _written(model)
    return attrgetter(*(one.attname for one in fields)), [_keeper(one) for one in fields]


def _keeper(field: Any) -> Callable[[Any, Any], Any] | None:
    if isinstance(field, AS_IT_IS):
        return None
    return _kept if isinstance(field, BY_TYPE) else field.get_db_prep_save


AS_IT_IS = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)
BY_TYPE = (models.DateTimeField, models.UUIDField, models.ForeignKey)
"""Fields whose values are kept as their Python type alone says."""


def _kept(value: Any, here: Any) -> Any:
    if isinstance(value, UUID):
        return value if here.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return _moment(value, here.ops)
    return here.Database.Binary(value) if isinstance(value, bytes) else value


@lru_cache
def _moment(value: datetime, ops: Any) -> Any:
    """One operation writes the same moment into many rows."""
    return ops.adapt_datetimefield_value(value)
