"""What the commands about numbers have in common: their options, and time as the engine keeps it."""

import argparse
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinzhong import clock
from jinzhong.cli import Unusable

if TYPE_CHECKING:
    from jinzhong_engine.backends.register import Register
    from jinzhong_engine.models.boosting import Model


def add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model",
        type=Path,
        help="folder made by numbers fit (default: the one that ships, of simulated districts)",
    )


def model_of(chosen: argparse.Namespace) -> "Model":
    """The model asked for; the one that ships says each time what it is."""
    from jinzhong_engine.models import boosting, card

    if chosen.model:
        return boosting.load(chosen.model)
    tell(
        "no --model: the one that ships, fitted on simulated districts; its chances say nothing sure about real people"
    )
    return boosting.load(card.SHIPPED)


def add_events(command: argparse.ArgumentParser, *, required: bool) -> None:
    command.add_argument(
        "--calls", type=Path, required=required, help="file of calls, or folder of Parquet files"
    )
    command.add_argument("--messages", type=Path, help="messages, in the same forms")
    add_register(command)


def add_register(command: argparse.ArgumentParser) -> None:
    command.add_argument("--subscribers", type=Path, help="numbers sold: how old each is")
    command.add_argument(
        "--known",
        type=Path,
        help="numbers known to be used for fraud (number, since; or what numbers labels wrote): whom they ring too",
    )


def usable(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """What the engine can't use is said in its one line."""

    def running(chosen: argparse.Namespace) -> int:
        from jinzhong_engine.backends.files import BadTable

        try:
            return run(chosen)
        except BadTable as problem:
            raise Unusable(str(problem)) from problem

    return running


def features_of(chosen: argparse.Namespace, model: "Model | None" = None) -> Any:
    """The features that the options ask for, as a table; ``model``: who is to judge by them."""
    from jinzhong_engine.backends import run

    as_of = microseconds(chosen.as_of)
    if chosen.spark and chosen.engine != "spark":
        raise Unusable("--spark says which Spark computes: it goes with --engine spark")
    register = register_of(chosen, latest(as_of))
    if model:
        from jinzhong_engine.models import boosting

        boosting.of_calls(model, register.given)
    given = run.Events(chosen.calls, chosen.messages, register)
    made = run.features(
        given, as_of=as_of, latest=latest(as_of), engine=chosen.engine, memory=chosen.memory, tell=tell,
        master=chosen.spark,
    )  # fmt: skip
    if not made.num_rows:
        tell(
            f"{chosen.calls}: no call lies in the 7 × 24 h before --as-of {chosen.as_of.isoformat()}; is that the moment you mean?"
        )
    return made


def register_of(chosen: argparse.Namespace, latest: int) -> "Register":
    """What is said of numbers beside their records."""
    from jinzhong_engine.backends import register, run

    for path in filter(None, (chosen.subscribers, chosen.known)):
        run.must_be_readable(path, getattr(chosen, "memory", None))
    return register.read(chosen.subscribers, chosen.known, latest, tell)


def latest(as_of: int | None) -> int:
    """No event lies after this: tomorrow, or the moment asked for."""
    return max(microseconds(clock.now() + timedelta(days=1)), as_of or 0)


def microseconds(at: datetime) -> int:
    """Whole microseconds since 1970, UTC: time as the engine keeps it."""
    return round((at - datetime.fromisoformat("1970-01-01T00:00:00+00:00")) / timedelta(microseconds=1))


def table_place(text: str) -> Path:
    """Where a table goes; what can't be written is said before the work, not after it."""
    from jinzhong_engine.backends.files import ENDINGS

    place = Path(text)
    if place.suffix not in ENDINGS:
        raise argparse.ArgumentTypeError(f"{text}: end it with {', '.join(ENDINGS)}")
    if place.is_dir():
        raise argparse.ArgumentTypeError(f"{text}: is a folder; name a file")
    if not place.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text}: there is no folder {place.parent}")
    return place


def folder_place(text: str) -> Path:
    """Where a folder goes, one that is there or a new one."""
    place = Path(text)
    for one in (place, *place.parents):
        if one.exists():
            if not one.is_dir():
                raise argparse.ArgumentTypeError(f"{text}: {one} is a file; name a folder")
            break
    return place


def share(text: str) -> float:
    try:
        share = float(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"{text}: write a share as 0.001") from problem
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"{text}: a share lies between 0 and 1")
    return share


def share_or_zero(text: str) -> float:
    """As ``share``; 0 is one too."""
    return 0.0 if text == "0" else share(text)


def count(text: str) -> int:
    if not text.isdecimal() or int(text) > 10_000_000:
        raise argparse.ArgumentTypeError(f"{text}: a whole number, at most ten million")
    return int(text)


def part(text: str) -> tuple[int, int]:
    """(0, 4) of 1/4."""
    which, _, of = text.partition("/")
    if not (which.isdecimal() and of.isdecimal() and 1 <= int(which) <= int(of) <= 1024):
        raise argparse.ArgumentTypeError(f"{text}: write a part as 1/4, the first of four (at most 1024)")
    return int(which) - 1, int(of)


def seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"{text}: write seconds as 300") from problem
    if not 0 <= seconds <= 7 * 86400:
        raise argparse.ArgumentTypeError(f"{text}: between 0 and a week")
    return seconds


def size(text: str) -> int:
    units = {"KB": 2**10, "MB": 2**20, "GB": 2**30}
    try:
        amount = round(float(text[:-2]) * units[text[-2:].upper()])
    except (ValueError, KeyError, OverflowError) as problem:
        raise argparse.ArgumentTypeError(f"{text}: write a size as 500MB or 2GB") from problem
    if amount <= 0:
        raise argparse.ArgumentTypeError(f"{text}: a size is more than 0")
    return amount


def add_engine(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--engine",
        choices=("native", "duckdb", "spark"),
        help="default: native; duckdb where the calls don't fit into --memory",
    )
    add_spark(command)
    add_memory(command)


def add_memory(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--memory",
        type=size,
        metavar="SIZE",
        help="memory the command may take, as 2GB (default: half of the machine's)",
    )


def add_spark(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--spark",
        metavar="URL",
        help="which Spark, as spark://host:7077, yarn or local[4] (default: what spark-defaults.conf says, else all of this machine)",
    )


def tell(text: str) -> None:
    print(text, file=sys.stderr)


def tell_doubts(card: dict[str, Any]) -> None:
    """Why this model had better not be used, where its card says so."""
    from jinzhong_engine.models.doubts import doubts

    for one in doubts(card):
        tell(f"beware: {one}")
