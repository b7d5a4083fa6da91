"""A day's list into the product, and what people said of it out again."""

import argparse
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from jinzhong import clock
from jinzhong.cli import Unusable, actor, add_by, day, moment, name_of
from jinzhong.cli.numbers.options import (
    add_memory,
    add_model,
    add_register,
    count,
    latest,
    microseconds,
    model_of,
    register_of,
    share,
    table_place,
    tell,
    tell_doubts,
    usable,
)

MANY, ENOUGH = 0.02, 200
"""Twenty times what the model's own line should let through, of so many numbers or more, is told."""


def add_list(command: argparse.ArgumentParser) -> None:
    of = command.add_subparsers(dest="list_what", required=True, metavar="WHAT")
    take = of.add_parser(
        "import",
        help="keep what numbers score wrote; the same again changes nothing, another is the day's next revision",
    )
    take.add_argument("file", type=Path, help="number, score, reasons: CSV, Parquet or XLSX")
    take.add_argument("--day", type=day, required=True, metavar="YYYY-MM-DD", help="whose list it is")
    add_model(take)
    take.add_argument(
        "--as-of", type=moment, metavar="TIME", help="the score's --as-of (default: the midnight it begins)"
    )
    take.add_argument("--prevalence", type=share, metavar="P", help="the score's --prevalence")
    take.add_argument(
        "--operator", metavar="CODE", help="whose numbers they are (default: the operator of --by)"
    )
    take.add_argument(
        "--calls",
        type=Path,
        help="the score's calls: whom the listed numbers rang and got hold of in the 7 days before, and what stands behind their reasons",
    )
    take.add_argument(
        "--messages", type=Path, help="the score's messages, where its model or a rule reads them"
    )
    add_register(take)
    take.add_argument(
        "--signals",
        action="store_true",
        help="ask the readable rules of the calls too: which numbers each names, and why (numbers signals)",
    )
    add_memory(take)
    take.add_argument("--drift", type=Path, help="what numbers score --drift wrote beside the file")
    take.add_argument("--simulated", action="store_true", help="numbers of a synthetic world; marked as such")
    add_by(take)
    take.set_defaults(run=usable(_take_list))
    _add_challenge(
        of.add_parser(
            "challenge", help="another model's scores of the same day, kept for comparison; lists nobody"
        )
    )


def _add_challenge(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file", type=Path, help="what numbers score wrote, with the list's --as-of and --prevalence"
    )
    command.add_argument("--day", type=day, required=True, metavar="YYYY-MM-DD", help="the list's day")
    command.add_argument("--model", type=Path, required=True, help="folder of the other model")
    command.add_argument(
        "--operator", metavar="CODE", help="whose list it is (default: the operator of --by)"
    )
    add_by(command)
    command.set_defaults(run=usable(_challenge))


def add_labels(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", type=table_place, required=True, help="CSV, Parquet or XLSX")
    command.add_argument(
        "--features",
        type=Path,
        help="a feature table: its rows of known numbers, with fraud, labelled_on and label_from (default: number and these)",
    )
    command.add_argument(
        "--background", type=count, default=0, metavar="N",
        help="with --features: so many more of its numbers, drawn from those nobody has had to do with, as presumed innocent",
    )  # fmt: skip
    command.add_argument("--purpose", required=True, help="what the file is for; kept with who took it")
    add_by(command)
    command.set_defaults(run=usable(_labels))


def _take_list(chosen: argparse.Namespace) -> int:
    from jinzhong.scoring import live, operations, queries, reading, rules
    from jinzhong.scoring.given import BadList
    from jinzhong_engine.backends import run

    by, now = actor(chosen.by, "number.import"), clock.now()
    operator = operator_of(chosen, by)
    if chosen.day > now.date():
        raise Unusable(f"--day {chosen.day}: lies in the future")
    for name in ("messages", "subscribers", "known", "signals"):
        if getattr(chosen, name) and not chosen.calls:
            raise Unusable(f"--{name}: go with --calls")
    line, switched_on = queries.in_force(chosen.day), rules.live(chosen.day)
    try:
        model = model_of(chosen)
        scores = reading.read_scores(chosen.file)
        given = reading.read(
            scores,
            model,
            cut_off=chosen.as_of or clock.midnight(chosen.day),
            prevalence=chosen.prevalence,
            line=line.value if line else None,
            drift=chosen.drift,
            simulated=chosen.simulated,
        )
        if chosen.calls:
            run.must_fit(chosen.calls, chosen.messages, chosen.memory)
            as_of = microseconds(given.cut_off)
            given = reading.with_calls(
                given,
                model,
                chosen.calls,
                chosen.messages,
                line=line.value if line else given.default_line,
                as_of=as_of,
                latest=latest(as_of),
                register=register_of(chosen, latest(as_of)),
                live=live.first_listed(operator, until=given.cut_off),
                asks=scores if chosen.signals else None,
                switched_on=switched_on,
                memory=chosen.memory or run.half_of_memory(),
            )
        kept, fresh = operations.keep_list(
            operator=operator, day=chosen.day, given=given, by=name_of(by), now=now
        )
    except (BadList, operations.Unfit) as problem:
        raise Unusable(str(problem)) from problem
    told = "was kept before, nothing changed"
    if fresh:
        told = "kept" if kept.revision == 1 else f"kept as revision {kept.revision} of this day's list"
    left_out = f" ({kept.left_out} beyond the first {kept.kept} not kept)" if kept.left_out else ""
    print(
        f"{kept.day}: {kept.scored} numbers scored, {kept.listed} listed{left_out}; {told}", file=sys.stderr
    )
    tell_doubts(model.card)
    _tell_line(kept)
    _tell_measured(given)
    _tell_named(given, switched_on)
    return 0


def _tell_line(kept: Any) -> None:
    """Scores that all lie below the line, or far too many above it, were perhaps made at another prevalence."""
    by_score = kept.entries.filter(listed=True, score__gte=kept.threshold).count()
    told = None
    if not by_score:
        told = "no score reaches the line"
    elif kept.scored >= ENOUGH and kept.listed > MANY * kept.scored:
        told = f"{kept.listed} of {kept.scored} numbers reach the line"
    if told:
        tell(
            f"beware: {told} {kept.threshold:.4g} of prevalence {kept.prevalence:.4g}, above which one innocent number in a thousand"
            " and most fraud ones should lie: was the file scored with another --prevalence? Give the score's here"
        )


def _tell_measured(given: Any) -> None:
    """Of how many numbers the calls say the reasons that the file says."""
    if given.measures is None:
        return
    reasoned = sum(bool(one.reasons) for one in (*given.rows, *given.others) if one.number in given.rung)
    if len(given.measures) < reasoned:
        tell(
            f"--calls: say the reasons of {len(given.measures)} of {reasoned} listed numbers again; the others are shown as texts"
            " alone (give the calls and messages they were scored with)"
        )


def _tell_named(given: Any, switched_on: Collection[str]) -> None:
    """How many numbers the rules name; that they weren't asked where one is switched on."""
    if given.named is not None:
        numbers = {number for one in given.named.values() for number in one.reasons}
        beyond = sum(one.numbers - len(one.reasons) for one in given.named.values())
        tell(
            f"the rules name {len(numbers)} numbers"
            + (f", and {beyond} times one beyond those kept" if beyond else "")
        )
    elif switched_on:
        tell(
            "rules that are switched on weren't asked: nothing is listed by rule (give --calls and --signals)"
        )


def _challenge(chosen: argparse.Namespace) -> int:
    from jinzhong.scoring import operations, queries, reading
    from jinzhong.scoring.given import BadList
    from jinzhong_engine.models import boosting

    by = actor(chosen.by, "number.import")
    kept = queries.same_day(operator_of(chosen, by), chosen.day)
    if kept is None:
        raise Unusable(f"--day {chosen.day}: there is no list of this day yet, import it first")
    try:
        model = boosting.load(chosen.model)
        given = reading.rival(reading.read_scores(chosen.file), model, prevalence=kept.prevalence)
        made, fresh = operations.challenge(kept=kept, given=given, by=name_of(by), now=clock.now())
    except (BadList, operations.Unfit) as problem:
        raise Unusable(str(problem)) from problem
    told = "kept for comparison" if fresh else "was kept before, nothing changed"
    print(
        f"{kept.day}: {made.scored} numbers scored, {made.listed} would be listed beside {kept.listed}; {told}",
        file=sys.stderr,
    )
    tell_doubts(model.card)
    if not made.listed:
        tell("beware: this model lists nobody; promoted, its lists would be empty")
    return 0


def operator_of(chosen: argparse.Namespace, by: Any) -> Any:
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


def _labels(chosen: argparse.Namespace) -> int:
    from jinzhong.district.models import Account
    from jinzhong.scoring import known, operations
    from jinzhong_engine.backends import files

    if not 0 < len(chosen.purpose.strip()) <= 500:
        raise Unusable("--purpose: say what the file is for, in at most 500 characters")
    if chosen.background and not chosen.features:
        raise Unusable("--background: goes with --features, from whose numbers they are drawn")
    by = actor(chosen.by, "number.labels")
    table = files.read_table(chosen.features) if chosen.features else None
    if table is not None and "number" not in table.column_names:
        raise Unusable(f"{chosen.features}: there is no column number")
    numbers = None if table is None else _canonical(table["number"].to_pylist())
    labels = operations.take_labels(
        viewer=by if isinstance(by, Account) else None, by=name_of(by), purpose=chosen.purpose.strip(),
        now=clock.now(), among=numbers,
    )  # fmt: skip
    if table is None or numbers is None:
        made = _labelled(None, labels)
    elif not labels:
        raise Unusable(
            f"{chosen.features}: nobody has judged a number of it and no case names one: there is nothing to learn from yet;"
            " judge some of a list first"
        )
    else:
        said = {one.number: one for one in labels}
        rows = {at: said[one] for at, one in enumerate(numbers) if one in said}
        rows |= known.presumed(
            {at: numbers[at] for at in known.strangers(numbers, chosen.background)}, labels
        )
        made = _labelled(table.take(list(rows)), list(rows.values()))
        _tell_shares(len(numbers), list(rows.values()), chosen.background)
    files.write_table(made, chosen.out)
    print(f"{made.num_rows} labels written to {chosen.out}", file=sys.stderr)
    return 0


def _labelled(features: Any, labels: list[Any]) -> Any:
    """The features (None: the numbers alone) with what is said of each row."""
    import pyarrow as pa

    made = (
        features
        if features is not None
        else pa.table({"number": pa.array([one.number for one in labels], pa.string())})
    )
    made = made.append_column("fraud", pa.array([int(one.fraud) for one in labels], pa.int32()))
    made = made.append_column("labelled_on", pa.array([one.on.isoformat() for one in labels], pa.string()))
    return made.append_column("label_from", pa.array([one.whence for one in labels], pa.string()))


def _tell_shares(numbers: int, labels: list[Any], background: int) -> None:
    """How many of the file are fraud, and of all; how many of the presumed innocent may be wrong."""
    fraud = sum(one.fraud for one in labels)
    drawn = sum(one.whence == "background" for one in labels)
    tell(
        f"{fraud} of {len(labels)} labels are fraud; of all {numbers} numbers of the table {fraud} are known as fraud"
        f" ({100 * fraud / max(1, numbers):.3f} %): give numbers score --prevalence about that share"
    )
    if drawn:
        tell(
            f"{drawn} numbers that were never listed or judged and that no case or alert names were drawn as presumed innocent;"
            f" nobody looked at them: with one fraud number in a thousand, about {drawn / 1000:.1f} of them would be fraud"
        )
    if drawn < background:
        tell(f"--background {background}: there are only {drawn} such numbers in the table")


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
