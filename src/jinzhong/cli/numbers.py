"""``jinzhong numbers``: features, models, scores and the live watch of numbers."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from jinzhong import clock
from jinzhong.cli import Unusable, actor, add_by, day, moment, name_of


def add(commands: argparse._SubParsersAction) -> None:
    about = "risk of numbers: features, models, scores, live watch"
    of = commands.add_parser("numbers", help=about).add_subparsers(dest="what", required=True, metavar="WHAT")
    _add_features(
        of.add_parser("features", help="one row of features per number active in the last 7 × 24 h")
    )
    _add_fit(of.add_parser("fit", help="a model from a feature table with labels"))
    _add_score(of.add_parser("score", help="the chance of each number, with reasons"))
    _add_signals(of.add_parser("signals", help="what the readable rules find, each with its reason"))
    _add_watch(of.add_parser("watch", help="call records in as they come, the list of numbers out"))
    _add_list(of.add_parser("list", help="a day's list into the product, for people to look at"))
    _add_labels(of.add_parser("labels", help="what people said of the numbers, for numbers fit"))
    _add_evaluate(
        of.add_parser(
            "evaluate", help="how early and how rightly a model lists, on a world whose truth is known"
        )
    )


def _add_features(command: argparse.ArgumentParser) -> None:
    _add_events(command, required=True)
    command.add_argument(
        "--as-of", type=moment, required=True, metavar="TIME", help="only what happened before"
    )
    command.add_argument("--out", type=Path, required=True, help="CSV, Parquet or XLSX")
    _add_engine(command)
    command.set_defaults(run=_usable(_features))


def _add_fit(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--features", type=Path, required=True, help="a table of numbers; id and number are never learnt from"
    )
    command.add_argument("--label", required=True, metavar="COLUMN", help="1 fraud, 0 not")
    command.add_argument(
        "--group", metavar="COLUMN", help="rows of one group are judged together, as of one gang"
    )
    command.add_argument("--time", metavar="COLUMN", help="rows are judged by earlier rows only")
    command.add_argument("--out", type=Path, required=True, help="folder of the model")
    command.add_argument("--json", action="store_true", help="print the card")
    command.set_defaults(run=_usable(_fit))


def _add_score(command: argparse.ArgumentParser) -> None:
    command.add_argument("--model", type=Path, required=True, help="folder made by numbers fit")
    command.add_argument("--features", type=Path, help="the columns the model was fitted on; or --calls")
    _add_events(command, required=False)
    command.add_argument(
        "--as-of", type=moment, metavar="TIME", help="with --calls: only what happened before"
    )
    command.add_argument(
        "--prevalence",
        type=_share,
        metavar="P",
        help="share of fraud numbers where the list is used, as 0.001",
    )
    command.add_argument("--out", type=Path, required=True, help="CSV, Parquet or XLSX")
    _add_engine(command)
    command.set_defaults(run=_usable(_score))


def _add_signals(command: argparse.ArgumentParser) -> None:
    command.add_argument("--monthly", type=Path, help="the operator's monthly table; or --calls")
    _add_events(command, required=False)
    command.add_argument(
        "--as-of", type=moment, metavar="TIME", help="with --calls: only what happened before"
    )
    command.add_argument(
        "--out", type=Path, required=True, help="CSV, Parquet or XLSX: number, signal, title, reason"
    )
    command.set_defaults(run=_usable(_signals))


def _add_watch(command: argparse.ArgumentParser) -> None:
    command.add_argument("--model", type=Path, required=True, help="folder made by numbers fit")
    command.add_argument(
        "--events", required=True, metavar="PATH|-", help="JSON lines: a call with a unique id each"
    )
    command.add_argument("--state", type=Path, required=True, help="folder it stands on again after a crash")
    command.add_argument(
        "--out", type=Path, required=True, help="a JSON line when a number enters or leaves the list"
    )
    command.add_argument(
        "--lateness",
        type=_seconds,
        default=300,
        metavar="SECONDS",
        help="how late a record may come (default: 300)",
    )
    command.add_argument(
        "--fpr",
        type=_share,
        default=0.001,
        help="share of innocent numbers that may be listed (default: 0.001)",
    )
    command.add_argument("--as-of", type=moment, metavar="TIME", help="with --scores: what happened before")
    command.add_argument("--scores", type=Path, help="at the end: number,score of every number as of --as-of")
    command.set_defaults(run=_usable(_watch))


def _add_list(command: argparse.ArgumentParser) -> None:
    of = command.add_subparsers(dest="list_what", required=True, metavar="WHAT")
    take = of.add_parser(
        "import",
        help="keep what numbers score wrote; the same again changes nothing, another is the day's next revision",
    )
    take.add_argument("file", type=Path, help="number, score, reasons: CSV, Parquet or XLSX")
    take.add_argument("--day", type=day, required=True, metavar="YYYY-MM-DD", help="whose list it is")
    take.add_argument("--model", type=Path, required=True, help="folder of the model that scored it")
    take.add_argument(
        "--as-of", type=moment, metavar="TIME", help="the score's --as-of (default: the midnight it begins)"
    )
    take.add_argument("--prevalence", type=_share, metavar="P", help="the score's --prevalence")
    take.add_argument(
        "--operator", metavar="CODE", help="whose numbers they are (default: the operator of --by)"
    )
    take.add_argument(
        "--calls", type=Path, help="the calls: whom the listed numbers got hold of in the 7 days before"
    )
    take.add_argument("--simulated", action="store_true", help="numbers of a synthetic world; marked as such")
    add_by(take)
    take.set_defaults(run=_usable(_take_list))


def _add_labels(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", type=Path, required=True, help="CSV, Parquet or XLSX")
    command.add_argument(
        "--features",
        type=Path,
        help="a feature table: its rows of judged numbers, with fraud and labelled_on (default: number, fraud, labelled_on)",
    )
    command.add_argument("--purpose", required=True, help="what the file is for; kept with who took it")
    add_by(command)
    command.set_defaults(run=_usable(_labels))


def _add_evaluate(command: argparse.ArgumentParser) -> None:
    command.add_argument("--world", type=Path, required=True, help="folder made by world build")
    command.add_argument("--model", type=Path, required=True, help="folder made by numbers fit")
    command.add_argument(
        "--fpr",
        type=_share,
        default=0.001,
        help="share of innocent numbers that may be listed (default: 0.001)",
    )
    command.add_argument(
        "--prevalence", type=_share, metavar="P", help="share of fraud numbers in the world, as 0.001"
    )
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=_usable(_evaluate))


def _add_events(command: argparse.ArgumentParser, *, required: bool) -> None:
    command.add_argument(
        "--calls", type=Path, required=required, help="file of calls, or folder of Parquet files"
    )
    command.add_argument("--messages", type=Path, help="messages, in the same forms")
    command.add_argument("--subscribers", type=Path, help="numbers sold; checked, no feature reads them yet")


def _add_engine(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--engine",
        choices=("native", "duckdb", "spark"),
        help="default: native; duckdb where the calls don't fit into --memory",
    )
    command.add_argument(
        "--memory",
        type=_bytes,
        metavar="SIZE",
        help="memory it may take, as 2GB (default: half of the machine's)",
    )


def _usable(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """What the engine can't use is said in its one line."""

    def running(chosen: argparse.Namespace) -> int:
        from jinzhong_engine.backends.files import BadTable

        try:
            return run(chosen)
        except BadTable as problem:
            raise Unusable(str(problem)) from problem

    return running


def _features(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.backends import files

    made = features_of(chosen)
    files.write_table(made, chosen.out)
    print(f"{made.num_rows} numbers written to {chosen.out}", file=sys.stderr)
    return 0


def _fit(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.backends import files
    from jinzhong_engine.models import score

    card = score.fit_table(
        files.read_table(chosen.features), label=chosen.label, out=chosen.out, data=chosen.features.name,
        on=clock.now().date().isoformat(), group=chosen.group, time=chosen.time,
    )  # fmt: skip
    told = ", ".join(f"{name} {value}" for name, value in card["figures"].items())
    print(f"{chosen.out}: {card['validation']['kind']} validation: {told}", file=sys.stderr)
    if chosen.json:
        print(json.dumps(card, ensure_ascii=False))
    return 0


def _score(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.backends import files
    from jinzhong_engine.models import boosting, score

    if (chosen.features is None) == (chosen.calls is None):
        raise Unusable("numbers score: give either --features or --calls")
    if chosen.calls and not chosen.as_of:
        raise Unusable("numbers score: --calls needs --as-of")
    model = boosting.load(chosen.model)
    table = features_of(chosen) if chosen.calls else files.read_table(chosen.features)
    where = str(chosen.calls or chosen.features)
    files.write_table(score.score_table(model, table, where=where, prevalence=chosen.prevalence), chosen.out)
    print(f"{table.num_rows} numbers scored, written to {chosen.out}", file=sys.stderr)
    return 0


def _signals(chosen: argparse.Namespace) -> int:
    from jinzhong_engine import signals
    from jinzhong_engine.backends import files
    from jinzhong_engine.models import matrix
    from jinzhong_engine.tables import CALLS, MESSAGES

    if (chosen.monthly is None) == (chosen.calls is None):
        raise Unusable("numbers signals: give either --monthly or --calls")
    if chosen.monthly:
        table = files.read_table(chosen.monthly)
        name, whose = matrix.key(table, str(chosen.monthly))
        found = signals.found_monthly(table.drop([name]).append_column("number", whose))
    elif not chosen.as_of:
        raise Unusable("numbers signals: --calls needs --as-of")
    else:
        as_of = microseconds(chosen.as_of)
        calls = files.read_events(chosen.calls, CALLS, _latest(as_of))
        messages = files.read_events(chosen.messages, MESSAGES, _latest(as_of)) if chosen.messages else None
        found = signals.found(calls, messages, as_of)
    files.write_table(found, chosen.out)
    print(f"{found.num_rows} findings written to {chosen.out}", file=sys.stderr)
    return 0


def _watch(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.backends import files
    from jinzhong_engine.models import boosting, events
    from jinzhong_engine.models.watch import Watch, watch

    if (chosen.scores is None) != (chosen.as_of is None):
        raise Unusable("numbers watch: --scores and --as-of go together")
    as_of = microseconds(chosen.as_of) if chosen.as_of else None
    given = {"lateness": round(chosen.lateness * 1_000_000), "fpr": chosen.fpr, "as_of": as_of}
    with sys.stdin.buffer if chosen.events == "-" else Path(chosen.events).open("rb") as source:
        watching = Watch(boosting.load(chosen.model), chosen.state, chosen.out, **given)
        watch(watching, events.batches(source, latest=_latest(as_of), name=chosen.events), _tell)
    if as_of is not None:
        files.write_table(watching.scores(as_of), chosen.scores)
    return 0


def _evaluate(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.evaluate import detection
    from jinzhong_engine.models import boosting

    world = detection.read_world(chosen.world, _latest(None))
    found = detection.evaluate(world, boosting.load(chosen.model), chosen.fpr, chosen.prevalence)
    print(
        json.dumps(found, ensure_ascii=False)
        if chosen.json
        else "\n".join(f"{name}: {value}" for name, value in found.items())
    )
    return 0


def _take_list(chosen: argparse.Namespace) -> int:
    from jinzhong.scoring import operations, queries, reading
    from jinzhong.scoring.given import BadList
    from jinzhong_engine.models import boosting

    by, now = actor(chosen.by, "number.import"), clock.now()
    operator = _operator(chosen, by)
    if chosen.day > now.date():
        raise Unusable(f"--day {chosen.day}: lies in the future")
    line = queries.in_force(chosen.day)
    try:
        given = reading.read(
            chosen.file,
            boosting.load(chosen.model),
            cut_off=chosen.as_of or clock.midnight(chosen.day),
            prevalence=chosen.prevalence,
            line=line.value if line else None,
            simulated=chosen.simulated,
        )
        if chosen.calls:
            given = _with_reached(given, chosen.calls, line.value if line else given.default_line)
        kept, fresh = operations.keep_list(
            operator=operator, day=chosen.day, given=given, by=name_of(by), now=now
        )
    except BadList as problem:
        raise Unusable(str(problem)) from problem
    told = "was kept before, nothing changed"
    if fresh:
        told = "kept" if kept.revision == 1 else f"kept as revision {kept.revision} of this day's list"
    left_out = f" ({kept.left_out} beyond the first {kept.kept} not kept)" if kept.left_out else ""
    print(
        f"{kept.day}: {kept.scored} numbers scored, {kept.listed} listed{left_out}; {told}", file=sys.stderr
    )
    return 0


def _operator(chosen: argparse.Namespace, by: Any) -> Any:
    """Whose list it is: an operator's staff bring in their own only."""
    from jinzhong.district.models import Account, Role
    from jinzhong.scoring import queries

    if isinstance(by, Account) and by.role == Role.OPERATOR:
        if by.unit is None or chosen.operator not in (None, by.unit.code):
            raise Unusable(f"--by {by.username}: may bring in the lists of their own operator only")
        return by.unit
    found = queries.operator(chosen.operator) if chosen.operator else None
    if found is None:
        known = ", ".join(one.code for one in queries.operators()) or "none yet, see jinzhong user"
        raise Unusable(f"--operator: say the code of the operator ({known})")
    return found


def _with_reached(given: Any, calls: Path, threshold: float) -> Any:
    """Whom the listed numbers got hold of; those below the line are nobody's business."""
    from dataclasses import replace

    from jinzhong_engine.backends import files
    from jinzhong_engine.evaluate.reached import reached
    from jinzhong_engine.tables import CALLS

    as_of = microseconds(given.cut_off)
    table = files.read_events(calls, CALLS, _latest(as_of))
    listed = [one.number for one in given.rows if one.score >= threshold]
    return replace(given, reached=reached(table, listed, as_of=as_of))


def _labels(chosen: argparse.Namespace) -> int:
    import pyarrow as pa

    from jinzhong.district.models import Account
    from jinzhong.scoring import operations
    from jinzhong_engine.backends import files

    if not 0 < len(chosen.purpose.strip()) <= 500:
        raise Unusable("--purpose: say what the file is for, in at most 500 characters")
    by = actor(chosen.by, "number.labels")
    table = files.read_table(chosen.features) if chosen.features else None
    if table is not None and "number" not in table.column_names:
        raise Unusable(f"{chosen.features}: there is no column number")
    labels = operations.take_labels(
        viewer=by if isinstance(by, Account) else None,
        by=name_of(by),
        purpose=chosen.purpose.strip(),
        now=clock.now(),
    )
    known = {number: (int(fraud), on.isoformat()) for number, fraud, on in labels}
    numbers = _canonical(table["number"].to_pylist()) if table is not None else list(known)
    rows = [at for at, number in enumerate(numbers) if number in known]
    made = table.take(rows) if table is not None else pa.table({"number": pa.array(numbers, pa.string())})
    said = [known[numbers[at]] for at in rows]
    made = made.append_column("fraud", pa.array([fraud for fraud, _on in said], pa.int32()))
    made = made.append_column("labelled_on", pa.array([on for _fraud, on in said], pa.string()))
    files.write_table(made, chosen.out)
    print(f"{made.num_rows} labels written to {chosen.out}", file=sys.stderr)
    return 0


def _canonical(written: list[Any]) -> list[str]:
    """The one form of each number, as the vault keeps it; empty for what is none. How many are none is told."""
    from jinzhong.vault import queries as vault

    found = []
    for one in written:
        try:
            found.append(vault.canonical("phone", str(one)))
        except ValueError:
            found.append("")
    if "" in found:
        print(f"{found.count('')} rows left out: their number is none", file=sys.stderr)
    return found


def _latest(as_of: int | None) -> int:
    """No event lies after this: tomorrow, or the moment asked for."""
    return max(microseconds(clock.now() + timedelta(days=1)), as_of or 0)


def features_of(chosen: argparse.Namespace) -> Any:
    """The features that the options ask for, as a table."""
    from jinzhong_engine.backends import run

    given = run.Events(calls=chosen.calls, messages=chosen.messages, subscribers=chosen.subscribers)
    as_of = microseconds(chosen.as_of)
    latest = max(microseconds(clock.now() + timedelta(days=1)), as_of)
    return run.features(
        given, as_of=as_of, latest=latest, engine=chosen.engine, memory=chosen.memory, tell=_tell
    )


def microseconds(at: datetime) -> int:
    """Whole microseconds since 1970, UTC: time as the engine keeps it."""
    return round((at - datetime.fromisoformat("1970-01-01T00:00:00+00:00")) / timedelta(microseconds=1))


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"{text}: write a share as 0.001") from problem
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"{text}: a share lies between 0 and 1")
    return share


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"{text}: write seconds as 300") from problem
    if not 0 <= seconds <= 7 * 86400:
        raise argparse.ArgumentTypeError(f"{text}: between 0 and a week")
    return seconds


def _bytes(text: str) -> int:
    units = {"KB": 2**10, "MB": 2**20, "GB": 2**30}
    try:
        return round(float(text[:-2]) * units[text[-2:].upper()])
    except (ValueError, KeyError) as problem:
        raise argparse.ArgumentTypeError(f"{text}: write a size as 500MB or 2GB") from problem
