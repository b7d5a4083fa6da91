"""``jinzhong situation alarms``, as other offices script it."""

import csv
from datetime import date, timedelta

import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case
from jinzhong_engine.surveillance.tests.test_farrington import COUNTS, WEEKS
from tests.district import at

HEADER = "area,fraud_class,date,cases,population"


def counts(tmp_path, *rows, name="counts.csv"):
    (tmp_path / name).write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")


def rows_of(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def sixteen_weeks():
    """15 Saturdays with 3 loans and 1 rebate each, then one with 5 and 4."""
    first = date(2021, 1, 2)
    return [
        f"A,{fraud_class},{first + timedelta(weeks=n)},{now if n == 15 else before},60000"
        for n in range(16)
        for fraud_class, before, now in (("loan", 3, 5), ("brushing", 1, 4))
    ]


def test_a_town_gets_a_row_for_all_and_one_for_each_class(command, tmp_path):
    """Expected 4, seen 9: red (chance 2.1 %); 4 rebates where 1 was: orange (1.9 %); 5 loans where 3 were: yellow (18.5 %)."""
    counts(tmp_path, *sixteen_weeks())

    code, _, said = command("situation alarms --counts counts.csv --as-of 2021-04-24 --out out.csv")

    told = {one["fraud_class"]: one for one in rows_of(tmp_path / "out.csv")}
    assert (code, said) == (0, "3 rows written to out.csv\n")
    assert list(told) == ["*", "brushing", "loan"]
    assert [told[name]["colour"] for name in told] == ["red", "orange", "yellow"]
    assert told["*"]["period"] == "2021-04-17"
    assert (told["*"]["observed"], told["*"]["expected"]) == ("9", "4.0")
    assert list(told["*"])[:9] == [
        "area",
        "fraud_class",
        "period",
        "observed",
        "expected",
        "upper",
        "p",
        "colour",
        "reason",
    ]


def test_every_ending_is_read_and_written_alike(command, tmp_path):
    counts(tmp_path, *sixteen_weeks())
    command("situation alarms --counts counts.csv --as-of 2021-04-24 --out first.parquet --all-weeks")
    book = Workbook()
    for line in (tmp_path / "counts.csv").read_text("utf-8").split():
        book.active.append([int(cell) if cell.isdigit() else cell for cell in line.split(",")])
    book.save(tmp_path / "counts.xlsx")

    code, _, said = command("situation alarms --counts counts.xlsx --as-of 2021-04-24 --out second.parquet")

    assert (code, said) == (0, "3 rows written to second.parquet\n")
    assert pq.read_table(tmp_path / "first.parquet").equals(pq.read_table(tmp_path / "second.parquet"))


def test_the_seasonal_method_gives_the_bound_of_r_from_a_file(command, tmp_path):
    """Week 302 of the series in the engine's test: R says 20.5571778379201, bound 29, alarm."""
    counts(tmp_path, *[f"A,loan,{day},{int(cases)},60000" for day, cases in zip(WEEKS, COUNTS, strict=True)])
    as_of = WEEKS[301] + timedelta(weeks=1)

    command(f"situation alarms --counts counts.csv --as-of {as_of} --out out.csv --method farrington --b 5")

    total = rows_of(tmp_path / "out.csv")[0]
    assert float(total["expected"]) == pytest.approx(20.5571778379201, rel=1e-12)
    assert (total["upper"], total["alarm"], total["colour"]) == ("29.0", "1", "red")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["A,loan,2021-01-02,three,100"], "counts.csv: row 2, column cases: three is not a whole number"),
        (
            ["A,loan,2021-01-02,3,100", "A,loan,2021-01-09,-3,100"],
            "counts.csv: row 3, column cases: is below 0",
        ),
        (["A,loan,2021-01-02,3,"], "counts.csv: row 2, column population: is empty"),
        (["A,loan,2021-02-30,3,100"], "counts.csv: row 2, column date: 2021-02-30 is not a date"),
        (
            ["A,loan,2021-01-02,3,100", "A,*,2021-01-02,3,100"],
            "area A: rows of class * and of single classes",
        ),
        (["A,loan,2021-01-02,3"], "counts.csv: line 2 has 4 fields, the head has 5"),
        ([], "counts.csv: no rows"),
    ],
)
def test_a_row_that_cannot_be_counted_is_named(command, tmp_path, rows, told):
    counts(tmp_path, *rows)

    code, _, said = command("situation alarms --counts counts.csv --as-of 2021-04-24 --out out.csv")

    assert code == 2
    assert said.startswith(told)
    assert said.count("\n") == 1
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--as-of 2021-06-01 --out out.csv", "the counts end on 2021-04-17; the week from 2021-05-22"),
        ("--as-of 2021-04-24 --out out.txt", "out.txt: end it with .csv, .parquet or .xlsx"),
        ("--as-of 2021-04-24 --out nowhere/out.csv", "nowhere/out.csv: there is no folder nowhere"),
        ("--as-of 2021-04-24 --out out.csv --method farrington --alpha 2", "--alpha 2.0: use a share"),
    ],
)
def test_a_question_without_an_answer_is_refused(command, tmp_path, line, told):
    counts(tmp_path, *sixteen_weeks())

    code, _, said = command(f"situation alarms --counts counts.csv {line}")

    assert (code, said[: len(told)]) == (2, told)


def test_a_file_with_other_columns_is_refused_by_their_names(command, tmp_path):
    (tmp_path / "a.csv").write_text("area,fraud_class,date,cases\nA,loan,2021-01-02,1\n", "utf-8")
    (tmp_path / "b.csv").write_text(f"{HEADER},weight\nA,loan,2021-01-02,1,100,2\n", "utf-8")

    assert command("situation alarms --counts a.csv --as-of 2021-04-24 --out o.csv") == (
        2, "", "a.csv: column population is missing; needed are area, fraud_class, date, cases, population\n",
    )  # fmt: skip
    assert (
        "b.csv: unknown column weight"
        in command("situation alarms --counts b.csv --as-of 2021-04-24 --out o.csv")[2]
    )


def test_without_a_file_our_own_cases_are_counted_as_known_then(command, place, tmp_path):
    """A loan a week in Yuelin from Saturday 2 January to 10 April; nine in the week of 17 April, one filed too late."""
    for n in range(15):
        file_case(f"A{n}", str(date(2021, 1, 2) + timedelta(weeks=n)), YUELIN)
    for n in range(9):
        file_case(f"B{n}", "2021-04-20", YUELIN)
    file_case("late", "2021-04-21", YUELIN, known=at("09:00", "2021-04-30"))

    assert command("situation alarms --as-of 2021-04-24 --out out.csv")[0] == 0

    told = {(one["area"], one["fraud_class"]): one for one in rows_of(tmp_path / "out.csv")}
    assert (told[YUELIN, "*"]["observed"], told[YUELIN, "*"]["colour"]) == ("9", "red")
    assert (told[XIKOU, "*"]["observed"], told[XIKOU, "*"]["colour"]) == ("0", "green")
    assert "lies in the future" in command("situation alarms --as-of 2090-01-01 --out out.csv")[2]


def test_a_folder_with_a_broken_file_names_it(command, tmp_path):
    (tmp_path / "weeks").mkdir()
    (tmp_path / "weeks" / "a.parquet").write_bytes(b"PAR1 and no more")

    code, _, said = command("situation alarms --counts weeks --as-of 2021-04-24 --out out.csv")

    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith("weeks/a.parquet: Parquet magic bytes not found")
