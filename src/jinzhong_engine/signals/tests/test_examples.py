"""Every signal finds whom its examples name and nobody else, and speaks in whole sentences.

One line is one event: ``A > B 10:05 20 imei city kind`` a call of 20 seconds on the day before the moment (``-``: not recorded;
``day-22`` in place of the handset: so many days earlier), ``A ~ B 10:05 text`` a message, ``A = columns values`` a monthly row.
"""

import pyarrow as pa
import pytest

from jinzhong_engine import signals
from jinzhong_engine.backends import native
from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.backends.tests.streams import AS_OF, calls, messages
from jinzhong_engine.features.windows import DAY, SECOND

EVENING = AS_OF + DAY // 2
ASKED = {
    "短时高频外呼", "一机多卡", "新号暴增", "沉默号激活", "群发近似短信", "异地批量", "只打不接", "呼叫名单相邻",
}  # fmt: skip
CASES = [(signal, told) for signal in signals.signals() for told in signal.examples]


def findings(lines: list[str]) -> pa.Table:
    if " = " in lines[0]:
        return signals.found_monthly(pa.Table.from_pylist([monthly(line) for line in lines]), where="monthly")
    made = calls([call(line) for line in lines if " > " in line])
    sent = messages([message(line) for line in lines if " ~ " in line])
    return signals.found(made, sent, native.features(made, sent, EVENING), EVENING)


def call(line: str) -> tuple:
    caller, callee, at, seconds, *rest = line.replace(" > ", " ").split()
    days = int(rest[0][4:]) if rest and rest[0].startswith("day-") else 0
    imei, city, kind = (
        [None if one == "-" else one for one in rest if not one.startswith("day-")] + [None] * 3
    )[:3]
    return (caller, callee, moment(at) - days * DAY, int(seconds), kind or "domestic", None, imei, city)


def message(line: str) -> tuple:
    sender, receiver, at, text = line.replace(" ~ ", " ").split()
    return (sender, receiver, moment(at), text)


def monthly(line: str) -> dict:
    number, words = line.split(" = ")
    parts = words.split()
    names, values = parts[: len(parts) // 2], parts[len(parts) // 2 :]
    return {"number": number} | dict(zip(names, map(float, values), strict=True))


def moment(clock: str) -> int:
    hours, minutes = map(int, clock.split(":"))
    return EVENING - DAY + (hours * 60 + minutes) * 60 * SECOND


@pytest.mark.parametrize(("signal", "told"), CASES, ids=[f"{signal.name}: {told}" for signal, told in CASES])
def test_an_example_holds(signal, told):
    lines, expected = signal.examples[told]

    rows = [row for row in findings(lines).to_pylist() if row["signal"] == signal.name]

    assert [row["number"] for row in rows] == expected
    assert all("{" not in row["reason"] for row in rows)


def test_ten_signals_each_with_an_innocent_look_alike():
    found = signals.signals()

    assert len(found) >= 10
    assert {one.title for one in found} >= ASKED
    for one in found:
        expected = [names for _lines, names in one.examples.values()]
        assert [] in expected, one.name
        assert any(expected), one.name
        assert one.about.startswith(f"{one.title}: "), one.name


def test_of_several_hours_the_busiest_is_told():
    """Forty strangers at ten, thirty at eleven: whichever row the engine gives first, the reason says forty."""
    lines = [f"A > N{one} 10:{one:02} {5 * (one % 3 == 0)}" for one in range(40)]
    lines += [f"A > M{one} 11:{one:02} 0" for one in range(30)]

    [row] = [row for row in findings(lines).to_pylist() if row["signal"] == "frequent_short_calls"]

    assert row["reason"] == "一小时内呼叫 40 个不同号码，接通 35%"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.drop(["voc_day_nunique"]), "column voc_day_nunique must stand there once"),
        (
            lambda table: table.append_column("voc_day_nunique", table["voc_day_nunique"]),
            "column voc_day_nunique must stand there once",
        ),
        (
            lambda table: table.drop(["voc_day_nunique"]).append_column(
                "voc_day_nunique", pa.array(["four"])
            ),
            "column voc_day_nunique holds string",
        ),
    ],
)
def test_a_monthly_table_that_lacks_what_a_rule_reads_is_refused_in_words(change, said):
    table = pa.Table.from_pylist(
        [
            monthly(
                "A = opposite_unique voc_day_nunique voc_calltype1 voc_hour_nunique phone2opposite_mean 331 4 1 13 1"
            )
        ]
    )

    assert signals.found_monthly(table, where="m.csv").num_rows == 1
    with pytest.raises(BadTable, match=f"m.csv: {said}"):
        signals.found_monthly(change(table), where="m.csv")
