"""A small hand-made set of cases, filed as the import files them."""

from datetime import datetime
from decimal import Decimal

from jinzhong.cases import operations as cases
from jinzhong.intake.sources.case_sheet.told import CaseRow, VictimRow
from tests.district import at

YUELIN, XIKOU = "330213002", "330213100"


def victim(sex: str, age: int | None, **rest) -> VictimRow:
    return VictimRow(sex=sex, age=age, **rest)


def file_case(
    number: str, day: str, town: str = YUELIN, fraud_class: str = "loan", loss: int | str = 0, *victims: VictimRow,
    known: datetime | None = None, clock: str = "10:00", **rest,
) -> None:  # fmt: skip
    """A case reported on a day at 10:00, known to us that night unless ``known`` says otherwise."""
    row = CaseRow(
        number=number, reported_at=at(clock, day), town=town, fraud_class=fraud_class, raw_class=fraud_class,
        loss=Decimal(loss), victims=victims, **rest,
    )  # fmt: skip
    cases.file_rows([row], arrival=None, by="test", now=known or at("23:59:30", day))


def five_cases() -> None:
    """April: two cases. May: three, one of them with two victims.

    | number | day | town | class | loss | area | victims |
    |---|---|---|---|---|---|---|
    | A1 | 10 April | Yuelin | loan | 10,000 | urban | woman 25 |
    | A2 | 30 April 23:59 | Xikou | brushing | 5,000 | rural | man 31 |
    | M1 | 1 May 00:00 | Yuelin | loan | 20,000 | urban | woman 30 |
    | M2 | 15 May | Xikou | investment | 70,000.50 | rural | woman 20, man 66 |
    | M3 | 31 May | Yuelin | loan | 0 | – | man, age unknown |
    """
    file_case("A1", "2021-04-10", YUELIN, "loan", 10_000, victim("F", 25), area="urban")
    file_case("A2", "2021-04-30", XIKOU, "brushing", 5_000, victim("M", 31), area="rural", clock="23:59")
    file_case("M1", "2021-05-01", YUELIN, "loan", 20_000, victim("F", 30), area="urban", clock="00:00")
    file_case(
        "M2", "2021-05-15", XIKOU, "investment", "70000.50", victim("F", 20), victim("M", 66), area="rural"
    )
    file_case("M3", "2021-05-31", YUELIN, "loan", 0, victim("M", None))
