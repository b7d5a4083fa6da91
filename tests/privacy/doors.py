"""A thousand marked people go through every door of an instance of its own. Prints {"answers": {status: how often}, "left": how many stayed at home}.

Run in that instance. Whatever they leave behind, in tables, logs, files, is searched from outside afterwards.
"""

import json
import sys
import uuid
from collections import Counter
from io import BytesIO
from pathlib import Path
from unittest import mock

import django

django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import setup_test_environment
from openpyxl import Workbook

from jinzhong import cli
from jinzhong.cases import queries as cases
from jinzhong.config import instance
from jinzhong.dispatch import queries as orders
from jinzhong.district import queries as district
from jinzhong.warning import queries as warnings
from tests.privacy.canaries import Canary

HEADER = ["案件编号", "报案时间", "发案镇街", "案件类别", "涉案金额(元)", "事主姓名", "联系电话", "身份证号", "住址", "收款账号", "转账金额(元)", "涉案号码", "涉案APP", "简要案情"]  # fmt: skip
PEOPLE = iter([Canary(number) for number in range(1000)])
answers: Counter[str] = Counter()


def next_ones(count: int) -> list[Canary]:
    return [next(PEOPLE) for _ in range(count)]


class Desk:
    """Somebody at a browser and at a machine. ``wants``: what must be answered; a door that stays shut marks nobody."""

    def __init__(self, username: str):
        self.account = district.account(username)
        assert self.account
        self.client = Client(raise_request_exception=False)
        self.client.force_login(self.account)
        self.token = json.loads((instance.data_folder() / "tokens.json").read_text())[username]

    def send(self, address: str, wants: int = 302, **said: object) -> HttpResponse:
        return self._had(wants, self.client.post(address, {"once": uuid.uuid4().hex, **said}))

    def see(self, address: str, wants: int = 200) -> HttpResponse:
        return self._had(wants, self.client.get(address))

    def call(self, verb: str, path: str, body: object = None, *, wants: int, key: str = "") -> dict:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key or uuid.uuid4().hex}
        sent = "" if body is None else json.dumps(body)
        answer = self.client.generic(
            verb, f"/api/v1{path}", sent, content_type="application/json", headers=headers
        )
        return self._had(wants, answer).json()

    def _had(self, wants: int, answer: HttpResponse) -> HttpResponse:
        request = answer.wsgi_request
        assert answer.status_code == wants, (request.method, request.path, answer.status_code, wants)
        answers[str(wants)] += 1
        return answer


def alerts(teller: Desk, officer: Desk) -> None:
    """By machine: raised, written on, refused; looked for; told from the door."""
    for one in next_ones(12):
        raised = teller.call("POST", "/alerts", _alert(one), key=f"{one.card}-{one.phone}", wants=201)
        more = {"story": one.story, "payee_name": one.name}
        teller.call("PATCH", f"/alerts/{raised['alert']}", more, wants=200)
        for wrong in (
            {"customer_phone": one.phone + "99"},
            {one.name: one.phone},
            {"customer_id_number": one.id_number[:-1]},
        ):
            teller.call("POST", "/alerts", wrong, wants=422)
        teller.call("GET", f"/warnings?q={one.phone}", wants=200)
        teller.call("GET", f"/warnings/{one.phone}", wants=422)
    for order, one in zip(orders.mine(officer.account)[:4], next_ones(4), strict=True):
        report = {
            "outcome": "false_alarm",
            "met_by": [one.name, one.phone],
            "checks": [one.name],
            "note": one.story,
        }
        officer.call("POST", f"/orders/{order.pk}/close", report, wants=200)


def _alert(one: Canary) -> dict[str, object]:
    return {
        "customer_name": one.name, "customer_phone": one.phone, "customer_id_number": one.id_number, "payee_account": one.card,
        "payee_name": one.name, "story": one.story, "amount": "50000",
    }  # fmt: skip


def pages(teller: Desk, hotline: Desk, desk: Desk) -> None:
    """By hand: at the counter, on the telephone, at the desk."""
    for one in next_ones(6):
        said = _alert(one)
        del said["customer_id_number"]
        address = teller.send("/outlet/raise", **said)["Location"]
        teller.send(address, story=one.story, customer_phone=one.phone + "9")
        teller.see(address)
    for one in next_ones(6):
        said = {"name": one.name, "phone": one.phone, "id_number": one.id_number, "payee_account": one.card, "place": one.story, "story": one.story}  # fmt: skip
        hotline.send("/desk/hotline", caller="hotline_call", signs="link_opened", **said)
        said |= {"phone": one.phone + "9", "id_number": one.card}
        hotline.send("/desk/hotline", caller="hotline_call", **said, wants=422)
        desk.send("/desk", words=one.phone, wants=200)
        desk.send("/cases", words=one.name, wants=200)
        warning = warnings.search(viewer=desk.account, words=one.phone).get()
        desk.send(f"/desk/warnings/{warning.pk}/reveal", purpose="contact", why=one.story)
        assert one.phone in desk.see(f"/desk/warnings/{warning.pk}").content.decode(), "it is shown plain"
    one = next(PEOPLE)
    desk.send("/desk/duty/2021053108/handover", note=one.story)
    for address in (f"/{one.name}", f"/cases/{one.phone}"):
        desk.see(address, wants=404)
    desk.see(f"/accounts/{one.name}/switch", wants=405)
    desk.see(f"/desk?words={one.phone}")


def login() -> None:
    """Who mistakes the fields types a name, a phone, a password where they don't belong."""
    stranger = Desk.__new__(Desk)
    stranger.client = Client(raise_request_exception=False)
    for one in next_ones(3):
        stranger.client.post("/login", {"username": one.phone, "password": one.id_number})
        stranger.client.post("/login", {"username": one.name, "password": one.name})
        stranger.see(f"/login?next=/{one.name}")
    for _ in range(6):
        stranger.client.post("/login", {"username": one.phone, "password": one.phone})


def sheets(desk: Desk) -> None:
    """Most of them are in two case sheets: taken, refused, seen again, given out."""
    for ending, good, wrong in ((".csv", 400, 420), (".xlsx", 60, 60)):
        rows = [_row(one) for one in next_ones(good)]
        rows += [_row(one, day="2021-02-30") for one in next_ones(wrong)]
        name = f"{next(PEOPLE).name}{ending}"
        address = desk.send("/cases/import", sheet=SimpleUploadedFile(name, _sheet(rows, ending)))["Location"]
        for part in ("", "/refused", "/original"):
            desk.see(address + part)
        desk.send(address)
    found = cases.known().first()
    victim = found.victims.get().subject_id
    one = next(PEOPLE)
    desk.send(f"/cases/{found.case_id}/reveal", of=victim, purpose="investigate", why=one.story)
    desk.see(f"/cases/{found.case_id}")
    desk.send("/cases/export?since=2021-01-01&until=2021-05-31", ending=".csv", purpose=one.story, wants=200)


def _row(one: Canary, day: str = "2021-05-30") -> list[str]:
    return [
        f"A{one.number}", day, "岳林街道", "刷单返利", "30000", one.name, one.phone, one.id_number, f"{one.name}家", one.card, "30000",
        one.phone, one.name, one.story,
    ]  # fmt: skip


def _sheet(rows: list[list[str]], ending: str) -> bytes:
    if ending == ".csv":
        return "\n".join(",".join(row) for row in [HEADER, *rows]).encode()
    book, out = Workbook(), BytesIO()
    for row in [HEADER, *rows]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def breakdowns(teller: Desk, desk: Desk) -> None:
    """Something of ours breaks with somebody's data in its hands and in the words of the error."""
    one = next(PEOPLE)
    with mock.patch("jinzhong.intake.operations.receive_alert", side_effect=RuntimeError(one.story)):
        teller.call("POST", "/alerts", _alert(one), wants=500)
    with mock.patch("jinzhong.vault.queries.find", side_effect=RuntimeError(one.story)):
        desk.send("/desk", words=one.phone, wants=500)


def bulletins(outside: Path) -> None:
    for line in (
        "bulletin issue daily --date 2021-05-30 --by desk",
        f"bulletin daily --date 2021-05-30 --out {outside}",
        f"export cases --since 2021-01-01 --until 2021-06-01 --out {outside / 'cases.xlsx'} --by desk --purpose {next(PEOPLE).name}",
        "audit verify",
    ):
        assert cli.main(line.split()) == 0, line


def main() -> None:
    setup_test_environment()
    connection.ensure_connection()
    outside = Path(sys.argv[1])
    desk, teller = Desk("desk"), Desk("teller")
    alerts(teller, Desk("officer_217"))
    pages(teller, Desk("hotline"), desk)
    login()
    sheets(desk)
    breakdowns(teller, desk)
    bulletins(outside)
    print(json.dumps({"answers": answers, "left": sum(1 for _ in PEOPLE)}))


if __name__ == "__main__":
    main()
