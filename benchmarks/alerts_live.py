"""Alerts as officers see them come: a steady load with streams open, twice that load, then a burst.

``python3 dev.py bench alerts_live [--steady 1800] [--double 60] [--burst 60] [--officers 50]``: on SQLite, and on
PostgreSQL where ``DATABASE_URL`` names a server.

Web process, stream process and worker run as in production. 146 outlets, as many as the district has, each send one
alert at a time over the API; an alert that finds its outlet's line taken waits, and its wait is counted from the moment
it should have been sent. Every alert is about somebody else. Officers, the desk and towns listen to the live stream.
Steady is 20 alerts/s, the double load 40/s, the burst 200/s; afterwards 20/s come on until the backlog is gone: every
alert of the burst answered, and its officers' phones rung. The ledger is kept here, outside the system: what was
acknowledged, what each stream told, and what the SMS gateway (simulated) was handed; it is held against the database at
the end.
"""

import argparse
import contextlib
import http.client
import itertools
import json
import os
import queue
import statistics
import threading
import time
import uuid
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.intake import PLAIN, alert, conditions, numbers, on_both, processor_seconds, version
from tests import running

OUTLETS = 146
STEADY, DOUBLE, BURST = 20, 40, 200
"""Alerts a second."""
TELLERS = [*9 * ["teller"], "far_teller"]
"""One alert in ten comes from the other town."""
HEARS = {
    "desk": {"teller", "far_teller"},
    "officer_217": {"teller"},
    "town_yuelin": {"teller"},
    "chief": {"teller", "far_teller"},
    "officer_340": {"teller"},
    "town_xikou": {"far_teller"},
    "officer_226": {"teller"},
}
"""Whose alerts a listener must hear. An officer may besides be asked to go to the other town."""
SEEN_MS = (300, 2000)
"""From accepted to seen on a stream: p50 and p99, at most."""
BACKLOG_SECONDS = {"SQLite": 60, "PostgreSQL": 20}
PATIENCE_SECONDS = 300


@dataclass
class Sent:
    """One alert of the ledger; times are of this process."""

    due: float
    teller: str
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: int = 0
    answered: float = 0.0
    said: dict[str, str] = field(default_factory=dict)


class Outlets:
    """Tellers' machines, one line each; who finds all of them taken waits for the next free one."""

    def __init__(self, address: str, tokens: dict[str, str]):
        self._address, self._tokens = urlsplit(address).netloc, tokens
        self._waiting: queue.SimpleQueue[Sent | None] = queue.SimpleQueue()
        self.sent: list[Sent] = []
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(OUTLETS)]
        for one in self._threads:
            one.start()

    def raise_(self, times: Iterable[float]) -> list[Sent]:
        """An alert at each of these moments."""
        before = len(self.sent)
        for due in times:
            time.sleep(max(0.0, due - time.monotonic()))
            self.sent.append(Sent(due, TELLERS[len(self.sent) % len(TELLERS)]))
            self._waiting.put(self.sent[-1])
        return self.sent[before:]

    def close(self) -> None:
        for _ in self._threads:
            self._waiting.put(None)
        for one in self._threads:
            one.join()

    def _work(self) -> None:
        line = http.client.HTTPConnection(self._address, timeout=PATIENCE_SECONDS)
        while one := self._waiting.get():
            body = json.dumps(alert(next(numbers)))
            while not one.status:
                try:
                    self._send(one, body, line)
                except (OSError, http.client.HTTPException):
                    line.close()
                    time.sleep(1)

    def _send(self, one: Sent, body: str, line: http.client.HTTPConnection) -> None:
        token = self._tokens[one.teller]
        headers = {**PLAIN, "Authorization": f"Bearer {token}", "Idempotency-Key": one.key}
        line.request("POST", "/api/v1/alerts", body, headers)
        answer = line.getresponse()
        said = answer.read()
        one.status, one.answered = answer.status, time.monotonic()
        one.said = json.loads(said) if answer.status in (200, 201) else {}


class Ear:
    """One listener at the live stream: the numbers of the events told, and when."""

    def __init__(self, who: str, address: str, token: str, told: dict[int, tuple[str, str]]):
        """``told``: what an event says, (kind, warning), by its number: kept once for all listeners."""
        self.who, self._token, self.told = who, token, told
        self.heard, self.at = array("q"), array("d")
        self.listens = threading.Event()
        self._address = urlsplit(address)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        line = http.client.HTTPConnection(self._address.netloc, timeout=60)
        line.request("GET", self._address.path, headers={"Authorization": f"Bearer {self._token}"})
        answer, rest = line.getresponse(), b""
        with contextlib.suppress(OSError, http.client.HTTPException):
            while piece := answer.read1(1 << 16):
                now = time.monotonic()
                *whole, rest = (rest + piece).split(b"\n\n")
                for one in whole:
                    self._take(one, now)
        self.listens.clear()

    def _take(self, event: bytes, now: float) -> None:
        said = dict(line.split(b": ", 1) for line in event.split(b"\n") if not line.startswith(b":"))
        if said.get(b"event") == b"hello":
            self.listens.set()
        elif said:
            seq = int(said[b"id"])
            if seq not in self.told:
                data = json.loads(said[b"data"])
                self.told[seq] = data["kind"], data["warning"]
            self.heard.append(seq)
            self.at.append(now)


class Gateway:
    """What the simulated SMS gateway was handed: when the first phone rang for an order."""

    def __init__(self, path: Path):
        self.rung: dict[str, float] = {}
        self._path = path
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        running.wait_for(self._path.exists, "the first phone to ring", PATIENCE_SECONDS)
        rest = ""
        with self._path.open() as handed:
            while True:
                *whole, rest = (rest + handed.read()).split("\n")
                for line in whole:
                    self.rung.setdefault(json.loads(line).get("order"), time.monotonic())
                time.sleep(0.05)


def moments(rate: float, seconds: float) -> Iterator[float]:
    """``rate`` moments a second from now on."""
    began = time.monotonic()
    return (began + number / rate for number in range(int(rate * seconds)))


def percentile(found: list[float], percent: int) -> float:
    return statistics.quantiles(found, n=100)[percent - 1] * 1000


def seen(ears: list[Ear], sent: list[Sent]) -> list[float]:
    """Seconds from the acknowledgement of an alert to its order on each stream that must tell it; already there is 0."""
    by_warning = {one.said["warning"]: one for one in sent if one.said}
    return [
        max(0.0, at - one.answered)
        for ear in ears
        for seq, at in zip(ear.heard, ear.at, strict=True)
        for kind, warning in [ear.told[seq]]
        if kind == "dispatch.sent" and (one := by_warning.get(warning)) and one.teller in HEARS[ear.who]
    ]


def unheard(ears: list[Ear], sent: list[Sent]) -> list[str]:
    """What is wrong with what the streams told, held against the acknowledgements."""
    teller = {one.said["warning"]: one.teller for one in sent if one.said}
    faults = []
    for ear in ears:
        times = Counter(ear.told[seq] for seq in set(ear.heard))
        doubled = len(ear.heard) - len(set(ear.heard))
        for kind in ("warning.opened", "dispatch.sent"):
            told = {warning: count for (what, warning), count in times.items() if what == kind}
            missed = sum(told.get(one, 0) != 1 for one, who in teller.items() if who in HEARS[ear.who])
            strange = [one for one in told if teller.get(one) not in HEARS[ear.who]]
            if missed or doubled or (strange and not ear.who.startswith("officer")):
                faults.append(
                    f"{ear.who}: {missed} {kind} not once, {doubled} doubled, {len(strange)} not theirs"
                )
    return faults


def listen(own: running.Running, web: running.Web, tokens: dict[str, str], officers: int) -> list[Ear]:
    """Streams at the address the API names, each of them greeted."""
    named = web.get("/stream", token=tokens["desk"]).headers["Location"]
    names = itertools.islice(itertools.cycle(HEARS), officers)
    told: dict[int, tuple[str, str]] = {}
    ears = [Ear(who, named, tokens[who], told) for who in names]
    for one in ears:
        if not one.listens.wait(running.PATIENCE_SECONDS):
            raise AssertionError(f"the stream did not greet {one.who}: {own.logs()[-2000:]}")
    return ears


def all_rung(burst: list[Sent], gateway: Gateway) -> bool:
    return all(one.status and (not one.said or one.said["order"] in gateway.rung) for one in burst)


def run(name: str, folder: Path, *, steady: float, double: float, burst: float, officers: int) -> bool:
    """One database: its lines of the report, and whether the goals were reached."""
    folder.mkdir()
    template = running.Template(folder / "template")
    with template.copy(folder / "own") as own:
        good = _live(name, own, steady=steady, double=double, burst=burst, officers=officers)
    template.running.close()
    return good


def _live(
    name: str, own: running.Running, *, steady: float, double: float, burst: float, officers: int
) -> bool:
    print(
        f"{name} {version(own.database_url or '')}; load average {os.getloadavg()[0]:.1f} before", flush=True
    )
    tokens = json.loads((own.folder / "tokens.json").read_text())
    own.share_clock()
    port = running.free_port()
    stream, web, worker = (
        own.start(f"stream --port {port}", clock=""),
        own.serve(clock=""),
        own.start("worker", clock=""),
    )
    running.wait_for((own.folder / "stream.json").exists, "the stream process")
    ears = listen(own, web, tokens, officers)
    gateway, outlets = Gateway(own.folder / "outgoing" / "ring.jsonl"), Outlets(web.address, tokens)
    outlets.raise_(moments(STEADY, 3))

    good = True
    for rate, seconds, judged in ((STEADY, steady, True), (DOUBLE, double, name == "PostgreSQL")):
        if seconds:
            before = [processor_seconds(one.pid) for one in (web.process, worker, stream)]
            sent = outlets.raise_(moments(rate, seconds))
            after = [processor_seconds(one.pid) for one in (web.process, worker, stream)]
            running.wait_for(lambda: all(one.status for one in sent), "all answers", PATIENCE_SECONDS)  # noqa: B023 - asked at once
            time.sleep(3)
            shares = [(late - early) / seconds for early, late in zip(before, after, strict=True)]
            good &= _report(f"{rate}/s for {seconds:.0f} s", sent, ears, gateway, judged, shares)
    if burst:
        began = time.monotonic()
        sent = outlets.raise_(moments(BURST, burst))
        ended = time.monotonic()
        while not all_rung(sent, gateway) and time.monotonic() < ended + PATIENCE_SECONDS:
            outlets.raise_(moments(STEADY, 1))
        good &= _report_burst(name, sent, gateway, began, ended)
        _report(f"{BURST}/s for {burst:.0f} s", sent, ears, gateway, False, [])
    outlets.close()
    with contextlib.suppress(AssertionError):
        running.wait_for(lambda: not unheard(ears, outlets.sent), "the streams to tell all")
    faults = _held(own, outlets, ears)
    print(
        f"  load average {os.getloadavg()[0]:.1f} after; {len(outlets.sent)} alerts, {len(ears)} streams: ",
        end="",
    )
    print("; ".join(faults) or "all accepted, there once, told once to each who may hear; the log holds")
    good &= not faults
    print(f"  {'goals reached' if good else 'GOAL MISSED'}", flush=True)
    return good


def _report(
    what: str, sent: list[Sent], ears: list[Ear], gateway: Gateway, judged: bool, shares: list[float]
) -> bool:
    told = seen(ears, sent)
    waits = [one.answered - one.due for one in sent if one.said]
    rings = [
        max(0.0, gateway.rung[one.said["order"]] - one.answered)
        for one in sent
        if one.said.get("order") in gateway.rung
    ]
    middle, late = percentile(told, 50), percentile(told, 99)
    print(
        f"  {what}: accepted {len(waits)} of {len(sent)}, after {percentile(waits, 50):.0f} ms p50, {percentile(waits, 99):.0f} ms p99"
    )
    goal = f"   goal {SEEN_MS[0]}, {SEEN_MS[1]} ms" if judged else ""
    print(f"    accepted to seen on a stream {middle:7.0f} ms p50 {late:7.0f} ms p99{goal}")
    print(
        f"    accepted to phone rung       {percentile(rings, 50):7.0f} ms p50 {percentile(rings, 99):7.0f} ms p99"
    )
    if shares:
        print("    of a core: web {:.2f}, worker {:.2f}, stream {:.2f}".format(*shares), flush=True)
    return not judged or (middle <= SEEN_MS[0] and late <= SEEN_MS[1])


def _report_burst(name: str, sent: list[Sent], gateway: Gateway, began: float, ended: float) -> bool:
    never = float("inf")
    answered = max(one.answered if one.status else never for one in sent) - ended
    rung = max(gateway.rung.get(one.said.get("order", ""), never) for one in sent) - ended
    last = max(answered, rung)
    print(f"  backlog after {len(sent)} alerts in {ended - began:.0f} s: the last answered {answered:.1f} s after the burst, "
          f"the last phone rung after {rung:.1f} s   goal {BACKLOG_SECONDS[name]} s")  # fmt: skip
    return last <= BACKLOG_SECONDS[name]


def _held(own: running.Running, outlets: Outlets, ears: list[Ear]) -> list[str]:
    """What is wrong, by the ledger."""
    lost = sum(not one.listens.is_set() for one in ears)
    kept = own.python("tests.faults.look")
    refused = Counter(one.status for one in outlets.sent if not one.said)
    faults = [kept["broken"], refused and f"refused: {dict(refused)}", lost and f"{lost} streams broke off"]
    for what, ours in (("alerts", "alert"), ("orders", "order")):
        accepted = Counter(one.said[ours] for one in outlets.sent if one.said)
        if accepted != Counter(kept[what]):
            faults.append(f"{accepted.total()} {what} acknowledged, {len(kept[what])} there, or not the same")
    return [*filter(None, faults), *unheard(ears, outlets.sent)]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--steady", type=float, default=1800, help="seconds at 20 alerts/s")
    asked.add_argument("--double", type=float, default=60, help="seconds at 40 alerts/s")
    asked.add_argument("--burst", type=float, default=60, help="seconds at 200 alerts/s")
    asked.add_argument("--officers", type=int, default=50, help="streams open")
    chosen = vars(asked.parse_args())
    print(
        f"{conditions()}; {OUTLETS} outlets and {chosen['officers']} streams on the same machine, worker running"
    )
    return on_both(run, **chosen)


if __name__ == "__main__":
    raise SystemExit(main())
