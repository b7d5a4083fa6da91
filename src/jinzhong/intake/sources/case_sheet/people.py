"""The people, payments and traces of a row. Several stand in one cell, 张三、李四, beside 女、男 and 25、31."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from jinzhong.intake.sources.case_sheet import cells
from jinzhong.intake.sources.case_sheet.row_cells import RowCells
from jinzhong.intake.sources.case_sheet.told import SuspectRow, TransferRow, VictimRow
from jinzhong.vault import forms

TELLING = ("victim_name", "victim_sex", "victim_age", "victim_birth_year", "victim_id_number")
"""Each person has one of these; how many stand in the cell is how many people the row is about."""
SHARED = ("victim_occupation", "victim_address")
"""What may hold for all people of the row, or hold a 、 of its own."""
PAYMENT = ("transfer_at", "transfer_amount", "payee_account")


def read_victims(row: RowCells, reported: datetime | None) -> tuple[VictimRow, ...]:
    phones = row.entries("victim_phone")
    people = spread(row, TELLING) or ([{}] if phones else [])
    if len(people) > 1 and phones and len(phones) != len(people):
        fault_count(row, "victim_phone", len(people), len(phones))
        return ()
    shared = {name: _shared(row, name, len(people)) for name in SHARED}
    return tuple(
        _victim(
            row,
            said | {name: given[place] for name, given in shared.items()},
            _phones_of(place, people, phones),
            reported,
        )
        for place, said in enumerate(people)
    )


def _shared(row: RowCells, name: str, people: int) -> list[str]:
    given = row.entries(name)
    return given if len(given) == people else ["、".join(given)] * people


def _phones_of(place: int, people: list[dict[str, str]], phones: list[str]) -> list[str]:
    """One person may have several numbers; several people have one each."""
    return phones if len(people) == 1 else phones[place : place + 1]


def _victim(row: RowCells, said: dict[str, str], phones: list[str], reported: datetime | None) -> VictimRow:
    numbers = [row.clean("victim_phone", one, forms.phone, "") for one in phones]
    given = VictimRow(
        name=row.clean("victim_name", said.get("victim_name"), forms.name, ""),
        sex=row.clean("victim_sex", said.get("victim_sex"), lambda text: cells.one_of(text, cells.SEXES), ""),
        age=row.clean("victim_age", said.get("victim_age"), _age, None),
        birth_year=row.clean("victim_birth_year", said.get("victim_birth_year"), _birth_year, None),
        occupation=row.clean(
            "victim_occupation", said.get("victim_occupation"), lambda text: cells.open_words(60, text), ""
        ),
        phone=numbers[0] if numbers else "",
        other_phones=tuple(numbers[1:]),
        id_number=row.clean("victim_id_number", said.get("victim_id_number"), forms.id_number, ""),
        address=row.clean(
            "victim_address", said.get("victim_address"), lambda text: cells.words(200, text), ""
        ),
    )
    return completed(row, given, reported)


def _age(text: str) -> int:
    return cells.whole(text, low=0, high=120, fault=_("年龄要在 0 到 120 之间"))


def _birth_year(text: str) -> int:
    return cells.whole(text, low=1900, high=2100, fault=_("出生年份写四位，例如 1985"))


def completed(row: RowCells, given: VictimRow, reported: datetime | None) -> VictimRow:
    """What the sheet leaves open and the ID number tells: sex, year of birth, age on the day of the report."""
    if given.id_number and reported:
        born, sex = forms.birth_date(given.id_number), forms.sex(given.id_number)
        age = reported.year - born.year - ((reported.month, reported.day) < (born.month, born.day))
        if (given.sex and given.sex != sex) or (given.age is not None and abs(given.age - age) > 1):
            row.note(_("性别或年龄与证件号码不符，请核对"))
        return replace(
            given,
            sex=given.sex or sex,
            birth_year=given.birth_year or born.year,
            age=max(age, 0) if given.age is None else given.age,
        )
    if given.age is None and given.birth_year and reported:
        return replace(given, age=max(reported.year - given.birth_year, 0))
    return given


def read_transfers(row: RowCells) -> tuple[TransferRow, ...]:
    banks = row.entries("payee_bank")
    payments = spread(row, PAYMENT)
    if len(banks) != len(payments):
        banks = ["、".join(banks)] * len(payments)
    return tuple(_transfer(row, said, bank) for said, bank in zip(payments, banks, strict=True))


def _transfer(row: RowCells, said: dict[str, str], bank: str) -> TransferRow:
    return TransferRow(
        at=row.clean("transfer_at", said.get("transfer_at"), row.moment("transfer_at"), None),
        amount=row.clean("transfer_amount", said.get("transfer_amount"), row.money("transfer_amount"), None),
        payee_account=row.clean("payee_account", said.get("payee_account"), _account, ""),
        payee_bank=row.clean("payee_bank", bank, lambda text: cells.open_words(80, text), ""),
    )


def _account(text: str) -> str:
    try:
        return forms.account(text)
    except forms.BadForm as problem:
        raise ValueError(_("%(why)s；支付宝、微信等账户请写进“涉案APP”") % {"why": problem}) from problem


def read_suspects(row: RowCells) -> tuple[SuspectRow, ...]:
    """A suspect's contact that is no phone number (a QQ or WeChat name) stands among the apps."""
    found = []
    for one in row.entries("suspect_number"):
        try:
            found.append(SuspectRow("number", forms.phone(one)))
        except forms.BadForm:
            found.append(SuspectRow("app", one[:300]))
    for name, kind in (("suspect_app", "app"), ("suspect_url", "url")):
        found += [SuspectRow(kind, one[:300]) for one in row.entries(name)]
    return tuple(dict.fromkeys(found))


def spread(row: RowCells, names: tuple[str, ...]) -> list[dict[str, str]]:
    """The lists of these cells side by side, one entry for each person or payment; each list is as long, or empty."""
    told = {name: given for name in names if (given := row.entries(name))}
    size = max(map(len, told.values()), default=0)
    for name, given in told.items():
        if len(given) != size:
            fault_count(row, name, size, len(given))
            return []
    return [{name: given[place] for name, given in told.items()} for place in range(size)]


def fault_count(row: RowCells, name: str, size: int, given: int) -> None:
    row.fault(name, _("这一行有 %(n)s 个，这里写了 %(m)s 个；请用、隔开，一一对应") % {"n": size, "m": given})
