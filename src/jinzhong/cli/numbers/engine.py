"""Features, models, scores, signals, the live watch and how early a model finds: all on files, nothing in the product."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinzhong import clock
from jinzhong.cli import Unusable, moment
from jinzhong.cli.numbers.options import (
    add_engine,
    add_events,
    add_memory,
    add_model,
    add_register,
    add_spark,
    features_of,
    folder_place,
    latest,
    microseconds,
    model_of,
    part,
    register_of,
    seconds,
    share,
    table_place,
    tell,
    tell_doubts,
    usable,
)


def add_features(command: argparse.ArgumentParser) -> None:
    add_events(command, required=True)
    command.add_argument(
        "--as-of", type=moment, required=True, metavar="TIME", help="only what happened before"
    )
    command.add_argument("--out", type=table_place, required=True, help="CSV, Parquet or XLSX")
    add_engine(command)
    command.set_defaults(run=usable(_features))


def add_fit(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--features",
        type=Path,
        required=True,
        help="a table of numbers; id and number are never learnt from, nor what numbers labels writes",
    )
    command.add_argument("--label", required=True, metavar="COLUMN", help="1 fraud, 0 not")
    command.add_argument(
        "--group", metavar="COLUMN", help="rows of one group are judged together, as of one gang"
    )
    command.add_argument(
        "--time",
        metavar="COLUMN",
        help="rows are judged by rows of earlier times only; with --group, by those of other groups",
    )
    command.add_argument(
        "--beside", type=Path, metavar="DIR",
        help="the model in use, held against this one on the same rows (default: the one that ships, where the table has its columns)",
    )  # fmt: skip
    command.add_argument(
        "--with", dest="asking", nargs="+", choices=("subscribers", "known"), default=[],
        help="tables beside the calls that this model may ask for whenever it judges; what is made of them is else left out",
    )  # fmt: skip
    command.add_argument("--out", type=folder_place, required=True, help="folder of the model")
    command.add_argument("--json", action="store_true", help="print the card")
    command.set_defaults(run=usable(_fit))


def add_score(command: argparse.ArgumentParser) -> None:
    add_model(command)
    command.add_argument("--features", type=Path, help="the columns the model was fitted on; or --calls")
    add_events(command, required=False)
    command.add_argument(
        "--as-of", type=moment, metavar="TIME", help="with --calls: only what happened before"
    )
    command.add_argument(
        "--prevalence",
        type=share,
        metavar="P",
        help="share of fraud numbers where the list is used, as 0.001",
    )
    command.add_argument("--out", type=table_place, required=True, help="CSV, Parquet or XLSX")
    command.add_argument(
        "--drift",
        type=Path,
        help="write how far the numbers lie from the fitted ones, for numbers list import",
    )
    add_engine(command)
    command.set_defaults(run=usable(_score))


def add_drift(command: argparse.ArgumentParser) -> None:
    add_model(command)
    command.add_argument("--features", type=Path, required=True, help="the columns the model was fitted on")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=usable(_drift))


def add_signals(command: argparse.ArgumentParser) -> None:
    command.add_argument("--monthly", type=Path, help="the operator's monthly table; or --calls")
    add_events(command, required=False)
    command.add_argument(
        "--as-of", type=moment, metavar="TIME", help="with --calls: only what happened before"
    )
    command.add_argument(
        "--out", type=table_place, required=True, help="CSV, Parquet or XLSX: number, signal, title, reason"
    )
    add_memory(command)
    command.set_defaults(run=usable(_signals))


def add_watch(command: argparse.ArgumentParser) -> None:
    add_model(command)
    command.add_argument(
        "--events",
        required=True,
        metavar="PATH|-",
        help="JSON lines: a call or a message with a unique id each",
    )
    add_register(command)
    command.add_argument(
        "--state", type=folder_place, required=True, help="folder it stands on again after a crash"
    )
    command.add_argument(
        "--out", type=Path, required=True, help="a JSON line when a number enters or leaves the list"
    )
    command.add_argument(
        "--lateness",
        type=seconds,
        default=300,
        metavar="SECONDS",
        help="how late a record may come (default: 300)",
    )
    command.add_argument(
        "--fpr",
        type=share,
        default=0.001,
        help="share of innocent numbers that may be listed (default: 0.001)",
    )
    command.add_argument(
        "--line", type=share, metavar="CHANCE",
        help="list from this chance on, as the daily lists do, instead of by --fpr; with their --prevalence",
    )  # fmt: skip
    command.add_argument(
        "--prevalence",
        type=share,
        metavar="P",
        help="with --line: the prevalence the daily lists are scored at",
    )
    command.add_argument("--as-of", type=moment, metavar="TIME", help="with --scores: what happened before")
    command.add_argument(
        "--scores", type=table_place, help="at the end: number,score of every number as of --as-of"
    )
    command.add_argument(
        "--people", type=Path, metavar="FILE",
        help="JSON lines: the residents whom a listed number talks to, when it is listed and whenever one gets in deeper; for numbers live --people",
    )  # fmt: skip
    command.add_argument(
        "--quiet-until", type=moment, metavar="TIME",
        help="records before count, but list nobody: for the weeks that a new watch is first given, to which everybody is new",
    )  # fmt: skip
    command.add_argument(
        "--part", type=part, default=(0, 1), metavar="K/N",
        help="judge only part K of N of the numbers: one of N processes or machines that are all given every record",
    )  # fmt: skip
    command.set_defaults(run=usable(_watch))


def add_stream(command: argparse.ArgumentParser) -> None:
    add_model(command)
    command.add_argument(
        "--calls", type=Path, required=True, help="folder into which Parquet files of calls arrive"
    )
    command.add_argument(
        "--messages",
        type=Path,
        help="folder into which Parquet files of messages arrive; may be given later on",
    )
    command.add_argument(
        "--state",
        type=folder_place,
        required=True,
        help="folder that keeps the events of 37 days and how far it has come",
    )
    command.add_argument(
        "--out",
        type=folder_place,
        required=True,
        help="folder: a file of scores for each batch, under its number",
    )
    add_register(command)
    add_spark(command)
    command.set_defaults(run=usable(_stream))


def add_evaluate(command: argparse.ArgumentParser) -> None:
    command.add_argument("--world", type=Path, required=True, help="folder made by world build")
    add_model(command)
    command.add_argument(
        "--fpr",
        type=share,
        default=0.001,
        help="share of innocent numbers that may be listed (default: 0.001)",
    )
    command.add_argument(
        "--prevalence", type=share, metavar="P", help="share of fraud numbers in the world, as 0.001"
    )
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=usable(_evaluate))


def _features(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.backends import files

    made = features_of(chosen)
    files.write_table(made, chosen.out)
    print(f"{made.num_rows} numbers written to {chosen.out}", file=sys.stderr)
    return 0


def _fit(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.backends import files
    from jinzhong_engine.models import score
    from jinzhong_engine.models.boosting import TOLD

    table = files.read_table(chosen.features)
    beside = _in_use(chosen.beside, table)
    card = score.fit_table(
        table, label=chosen.label, out=chosen.out, data=chosen.features.name, on=clock.now().date().isoformat(),
        group=chosen.group, time=chosen.time, beside=beside, asking=[one for one in TOLD if TOLD[one] in chosen.asking],
    )  # fmt: skip
    _tell_left_out(table, card)
    tried = card["validation"]
    told = f"{tried['kind']} validation, {tried['rows_judged']} of {card['data']['rows']} rows judged"
    tell(f"{chosen.out}: {told}: {_figures(card)}")
    if card["beside"]:
        tell(f"{chosen.beside or 'the model that ships'}, on the same rows: {_figures(card['beside'])}")
    tell_doubts(card)
    if chosen.json:
        print(json.dumps(card, ensure_ascii=False))
    return 0


def _tell_left_out(table: Any, card: dict[str, Any]) -> None:
    from jinzhong_engine.models.boosting import TOLD
    from jinzhong_engine.models.matrix import beside_calls

    for name in table.column_names:
        needs = beside_calls(name)
        if needs and name not in card["features"] and table[name].null_count < table.num_rows:
            tell(
                f"{name} is left out: who judges by it must give --{TOLD[needs]} each time; to learn from it, --with {TOLD[needs]}"
            )


def _in_use(folder: Path | None, table: Any) -> Any:
    """The model to be held against: the one given, or the one that ships if it can judge these rows."""
    from jinzhong_engine.models import boosting, card

    if folder:
        return boosting.load(folder)
    ships = boosting.load(card.SHIPPED)
    return ships if set(ships.features) <= set(table.column_names) else None


def _figures(told: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in told["figures"].items())


def _score(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.backends import files
    from jinzhong_engine.models import card, score

    if (chosen.features is None) == (chosen.calls is None):
        raise Unusable("numbers score: give either --features or --calls")
    if chosen.calls and not chosen.as_of:
        raise Unusable("numbers score: --calls needs --as-of")
    model = model_of(chosen)
    table = features_of(chosen, model) if chosen.calls else files.read_table(chosen.features)
    where = str(chosen.calls or chosen.features)
    told = score.drift_table(model, table, where=where) if chosen.drift else None
    files.write_table(score.score_table(model, table, where=where, prevalence=chosen.prevalence), chosen.out)
    if told:
        told["scores_sha256"] = card.digest_of(chosen.out.read_bytes())
        chosen.drift.write_text(json.dumps(told, ensure_ascii=False) + "\n", "utf-8")
    print(f"{table.num_rows} numbers scored, written to {chosen.out}", file=sys.stderr)
    return 0


def _drift(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.backends import files
    from jinzhong_engine.models import score

    found = score.drift_table(model_of(chosen), files.read_table(chosen.features), where=str(chosen.features))
    if chosen.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    print(f"{found['state']}: {found['rows']} numbers beside {found['fitted_rows']} fitted")
    for one in ({"name": "score", **found["score"]}, *found["features"]):
        print(
            f"{one['state']:6}  psi {one['psi']:.3f} (by chance below {one['by_chance']:.3f})  "
            f"missing {one['missing']:.1%} (fitted {one['missing_before']:.1%})  {one['name']}"
        )
    return 0


def _signals(chosen: argparse.Namespace) -> int:
    from jinzhong_engine import signals
    from jinzhong_engine.backends import files, native, run
    from jinzhong_engine.models import matrix
    from jinzhong_engine.tables import CALLS, MESSAGES, TEXT

    if (chosen.monthly is None) == (chosen.calls is None):
        raise Unusable("numbers signals: give either --monthly or --calls")
    if chosen.monthly:
        table = files.read_table(chosen.monthly)
        _name, whose = matrix.key(table, str(chosen.monthly))
        rest = table.drop([one for one in matrix.NEVER_FEATURES if one in table.column_names])
        found = signals.found_monthly(
            rest.append_column("number", whose.cast(TEXT)), where=str(chosen.monthly)
        )
    elif not chosen.as_of:
        raise Unusable("numbers signals: --calls needs --as-of")
    else:
        as_of = microseconds(chosen.as_of)
        run.must_fit(chosen.calls, chosen.messages, chosen.memory)
        calls = files.read_events(chosen.calls, CALLS, latest(as_of))
        messages = files.read_events(chosen.messages, MESSAGES, latest(as_of)) if chosen.messages else None
        features = native.features(calls, messages, as_of, register=register_of(chosen, latest(as_of)))
        allowed = chosen.memory or run.half_of_memory()
        found = signals.found(calls, messages, features, as_of, memory=allowed)
    files.write_table(found, chosen.out)
    print(f"{found.num_rows} findings written to {chosen.out}", file=sys.stderr)
    return 0


def _watch(chosen: argparse.Namespace) -> int:
    from jinzhong.scoring.pulse import EVERY, Beating, Listing
    from jinzhong.vault import forms
    from jinzhong_engine.backends import files
    from jinzhong_engine.evaluate.talking import People
    from jinzhong_engine.models import events
    from jinzhong_engine.models.prevalence import moved
    from jinzhong_engine.models.watch import Watch, watch

    if (chosen.scores is None) != (chosen.as_of is None):
        raise Unusable("numbers watch: --scores and --as-of go together")
    for name in ("people", "known"):
        if getattr(chosen, name) and chosen.part[1] > 1:
            raise Unusable(f"--{name}: needs the calls of all numbers, and --part keeps those of some")
    if (chosen.line is None) != (chosen.prevalence is None):
        raise Unusable("numbers watch: --line and --prevalence go together")
    as_of = microseconds(chosen.as_of) if chosen.as_of else None
    model = model_of(chosen)
    line = chosen.line and moved(chosen.line, chosen.prevalence, model.card["prevalence"])
    given = {
        "register": register_of(chosen, latest(as_of)),
        "line": line,
        "people": People(chosen.people, is_resident=forms.is_residents) if chosen.people else None,
        "lateness": round(chosen.lateness * 1_000_000),
        "fpr": chosen.fpr,
        "as_of": as_of,
        "part": chosen.part,
        "quiet_until": microseconds(chosen.quiet_until) if chosen.quiet_until else 0,
        "now": lambda: max(microseconds(clock.now()), as_of or 0),
    }
    with open(0 if chosen.events == "-" else chosen.events, "rb", buffering=0) as source:  # 0: standard input
        events.widen_pipe(source)
        heart = Beating(chosen.out, clock.now)
        with heart.reading():
            watching = Watch(model, chosen.state, chosen.out, **given)
        heart.listing(Listing(model.card["model_sha256"], watching.threshold, model.card["prevalence"]))
        heart.tell(watching.newest, watching.counted, len(watching.ahead))
        found = events.batches(source, latest=lambda: latest(as_of), name=chosen.events, idle=EVERY)
        watch(
            watching,
            found if as_of else _until_asked_to_stop(found),
            tell,
            lambda of: heart.beat(of.newest, of.counted, len(of.ahead)),
        )
        heart.tell(watching.newest, watching.counted, len(watching.ahead))
    if as_of is not None:
        files.write_table(watching.scores(as_of), chosen.scores)
    return 0


def _until_asked_to_stop(batches: Iterator[Any]) -> Iterator[Any]:
    """Until SIGTERM: the batch at hand is finished and a last mark written, so that the next start, of a newer version too, says nothing again."""
    asked = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: asked.set())
    try:
        for one in batches:
            yield one
            if asked.is_set():
                return
    finally:
        signal.signal(signal.SIGTERM, before)


def _stream(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.backends import files, run
    from jinzhong_engine.models import boosting, score

    model = model_of(chosen)
    chosen.out.mkdir(parents=True, exist_ok=True)

    def judge(batch: int, moment: int, features: Any) -> None:
        path = chosen.out / f"scores-{batch:06}.csv"
        files.write_table(score.score_table(model, features, where=str(chosen.calls)), path)
        tell(f"{features.num_rows} numbers scored as of {files.clock_text(moment)}, written to {path}")

    register = register_of(chosen, latest(None))
    boosting.of_calls(model, register.given)
    run.stream(
        chosen.calls, chosen.messages, chosen.state, judge, latest=latest(None), master=chosen.spark,
        register=register,
    )  # fmt: skip
    return 0


def _evaluate(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.evaluate import detection

    world = detection.read_world(chosen.world, latest(None), tell)
    if not world.has_messages:
        tell(f"{chosen.world}: no messages/; judged by calls alone")
    found = detection.evaluate(world, model_of(chosen), chosen.fpr, chosen.prevalence)
    print(json.dumps(found, ensure_ascii=False) if chosen.json else "\n".join(_evaluated(found, chosen.fpr)))
    return 0


def _evaluated(found: dict[str, Any], fpr: float) -> Iterator[str]:
    calls, minutes, reached = found["calls"], found["minutes"], found["reached"]
    yield f"line        {found['threshold']:.4f}, above which {_percent(fpr)} of innocent numbers may lie at one moment"
    yield f"judged      {found['fraud_numbers']} fraud numbers; half of them listed by the values below, never: not half of them"
    yield f"calls       {_middle(calls['median'])}; within 20 calls {_percent(calls['share_within_20'])}"
    yield f"minutes     {_middle(minutes['median'])}; within an hour {_percent(minutes['share_within_60'])}"
    yield f"soon        within 20 calls or an hour {_percent(found['within_20_calls_or_60_minutes'])}, on the first local day {_percent(found['first_active_day_share'])}"
    yield f"reached     {_middle(reached['median'])} people; by so many calls a day {_middle(reached['baseline_median'])}"
    yield f"innocent    {_percent(found['innocent_ever_listed_share'])} listed at any time"
    for at, week in enumerate(found["weeks"], 1):
        said, true = week["expected_precision"], week["precision"]
        yield f"week {at:<6} {week['listed']} listed" + (
            f", said {_percent(said)} ({_percent(week['low'])} to {_percent(week['high'])}), true {_percent(true)}"
            if week["listed"]
            else ""
        )
    for name, curve in found["curves"].items():
        yield f"listed by {name}, with what 95 of 100 such worlds would show:"
        for one in curve:
            yield f"  {one['within']:>6}  {_percent(one['share'])}  ({_percent(one['low'])} to {_percent(one['high'])})"


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share * 100:.3g} %"


def _middle(value: float | None) -> str:
    return "never" if value is None else f"{value:.4g}"
