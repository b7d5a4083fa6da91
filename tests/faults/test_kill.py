"""Real processes, killed by SIGKILL: what was acknowledged is there once, and deadlines are kept."""

import json
import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.running import Running, kill, wait_for

ALERT = {
    "customer_name": "张桂兰",
    "customer_phone": "13812346620",
    "amount": "86000",
    "payee_account": "7731",
}


def look(own: Running) -> dict:
    return own.python("tests.faults.look")


def sent_keys(own: Running) -> list[str]:
    """What the other side of the outbox received; one that was sent again after a death stands there twice."""
    path = own.folder / "outgoing" / "ring.jsonl"
    return [json.loads(line)["key"] for line in path.read_text().splitlines()] if path.exists() else []


def test_the_same_alert_five_times_at_once_is_one_warning_and_one_order(own, tokens):
    web = own.serve()
    key = str(uuid.uuid4())
    barrier = threading.Barrier(5)

    def raise_alert(_: int) -> httpx.Response:
        barrier.wait()
        return web.post("/alerts", ALERT, token=tokens["teller"], key=key)

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(raise_alert, range(5)))

    assert sorted(one.status_code for one in answers) == [200, 200, 200, 200, 201]
    assert len({one.text for one in answers}) == 1
    found = look(own)
    assert (found["arrivals"], found["warnings"], len(found["orders"])) == (1, 1, 1)
    assert found["broken"] == ""


def test_five_tellers_at_once_about_one_person_are_one_warning_and_one_order(own, tokens):
    web = own.serve()

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: web.post("/alerts", ALERT, token=tokens["teller"]), range(5)))

    assert {one.status_code for one in answers} == {201}
    assert (
        len({one.json()["warning"] for one in answers}) == len({one.json()["order"] for one in answers}) == 1
    )
    assert len(look(own)["alerts"]) == 5


def test_killed_before_the_deadline_and_started_after_it_escalates_once(own, tokens):
    web = own.serve(clock="2021-05-31T14:05:00+08:00")
    worker = own.start("worker", clock="2021-05-31T14:05:00+08:00")
    web.post("/alerts", ALERT, token=tokens["teller"])
    wait_for(lambda: len(set(sent_keys(own))) == 2, "both phones to ring")
    kill(worker)
    kill(web.process)

    web = own.serve(clock="2021-05-31T14:07:30+08:00")
    own.start("worker", clock="2021-05-31T14:07:30+08:00")
    own.start("worker", clock="2021-05-31T14:07:30+08:00")
    wait_for(lambda: len(set(sent_keys(own))) == 3, "the next phone to ring")
    wait_for(lambda: look(own)["undelivered"] == 0, "the outbox to be empty")

    found = look(own)
    assert found["escalations"] == [1]
    assert found["log"]["dispatch.escalated"] == 1
    assert found["asked"] == 3
    assert [one.split()[:2] for one in found["signs"]] == [["0", "missed"], ["1", "open"]]
    assert found["broken"] == ""
    order = web.get(f"/orders/{found['orders'][0]}", token=tokens["desk"]).json()
    assert (order["state"], order["escalations"]) == ("waiting", 1)


def test_two_workers_at_once_double_nothing(own, tokens):
    web = own.serve(clock="2021-05-31T14:05:00+08:00")
    alerts = [{"customer_phone": f"138000001{number:02d}"} for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda alert: web.post("/alerts", alert, token=tokens["teller"]), alerts))
    kill(web.process)

    for _ in range(2):
        own.start("worker", clock="2021-05-31T14:06:30+08:00")
    wait_for(lambda: len(set(sent_keys(own))) == 120, "all phones to ring")
    wait_for(lambda: look(own)["undelivered"] == 0, "the outbox to be empty")

    found = look(own)
    assert found["escalations"] == [1] * 40
    assert len(sent_keys(own)) == 120
    assert found["broken"] == ""


def test_killing_the_web_under_load_loses_nothing_that_was_acknowledged(own, tokens):
    """The ledger is kept out here: every alert that got a 2xx is there once, every other at most once."""
    ledger: dict[str, str] = {}
    chance = random.Random(1)
    number = iter(range(10_000))
    for _ in range(4):
        web = own.serve()
        stop = threading.Event()

        def raise_alerts(web=web, stop=stop) -> None:
            while not stop.is_set():
                mine = str(uuid.uuid4())
                alert = {"customer_phone": f"1391{next(number):07d}", "alert": mine}
                ledger[mine] = "asked"
                try:
                    if web.post("/alerts", alert, token=tokens["teller"]).status_code == 201:
                        ledger[mine] = "acknowledged"
                except httpx.HTTPError:
                    return

        clients = [threading.Thread(target=raise_alerts) for _ in range(4)]
        for client in clients:
            client.start()
        stop.wait(0.4 + chance.random())
        kill(web.process)
        stop.set()
        for client in clients:
            client.join()

    found = look(own)
    acknowledged = {alert for alert, word in ledger.items() if word == "acknowledged"}
    assert len(acknowledged) > 5
    assert acknowledged <= set(found["alerts"]) <= set(ledger)
    assert len(found["alerts"]) == len(set(found["alerts"])) == found["arrivals"] == len(found["orders"])
    assert found["broken"] == ""
