"""What must hold whatever the reviewed tables say: sums, searches, files, live events; nobody changes what isn't theirs."""

import csv
import io
import json
import uuid

import pytest
from django.test import Client

from jinzhong.audit import queries as audit
from jinzhong.wire import events
from tests.access.measure import untouched, written
from tests.access.routes import FORMS, doors
from tests.access.world import ACTORS, CASES, PEOPLE, WARNINGS, World

pytestmark = pytest.mark.django_db


def letters(world: World, text: str) -> str:
    return "".join(sorted({letter for letter, _field, _plain in world.told(text)}))


def test_a_form_without_our_own_token_is_refused_everywhere(tries):
    """Sent by another site in a logged-in person's name."""
    for door in doors():
        if door.is_api or "POST" not in door.verbs:
            continue
        client = Client(enforce_csrf_checks=True)
        client.cookies = tries.clients["office"].cookies
        address = next(iter(door.objects(tries.world).values()))
        form = FORMS[door.name](tries.world, "own outlet") if door.name in FORMS else {}
        with untouched(tries.clients["office"]) as wrote:
            answer = client.post(address, {"once": uuid.uuid4().hex, **form})
        assert (answer.status_code, wrote) == (403, set()), door


def test_every_page_refuses_the_verbs_it_does_not_have(tries):
    for door in doors():
        address = next(iter(door.objects(tries.world).values()))
        for verb in {"POST", "PUT", "DELETE"} - set(door.verbs):
            with untouched(tries.clients["office"]) as wrote:
                answer = tries.clients["office"].generic(verb, address)
            assert answer.status_code in (401, 405), (door, verb)
            assert wrote == set(), (door, verb)


def test_searching_for_somebody_finds_them_only_within_sight(tries):
    """By number, phone, ID number and name; at the desk, in the register, through the API."""
    world = tries.world
    for actor in ACTORS[1:]:
        for letter in "adkyx":
            for words in (*world.numbers(letter), *(PEOPLE[letter].plain[one] for one in ("phone", "name"))):
                with untouched(tries.clients[actor]) as wrote:
                    found = "".join(_search(tries, actor, words))
                seen = letters(world, found.replace(words, ""))
                assert set(seen) <= set(WARNINGS[actor] + CASES.get(actor, "")), (actor, words, seen)
                if letter in (WARNINGS[actor] if letter in "adk" else CASES.get(actor, "")) and actor not in (
                    "outlet",
                    "bank_head",
                ):
                    assert "audit_event" in wrote, "that somebody was looked for is in the log"


def _search(tries, actor, words):
    for address in ("/desk", "/cases"):
        answer = tries.clients[actor].post(address, {"words": words})
        yield written(answer) if answer.status_code == 200 else ""
    headers = {"Authorization": f"Bearer {tries.world.tokens[actor]}"}
    answer = tries.machine.get("/api/v1/warnings", {"q": words}, headers=headers)
    body = answer.json()
    if answer.status_code == 200:
        assert body["total"] == len(body["items"])
    yield written(answer)


def test_counts_are_counts_of_what_one_sees(tries):
    world = tries.world
    for actor in ACTORS[1:]:
        headers = {"Authorization": f"Bearer {world.tokens[actor]}"}
        answer = tries.machine.get("/api/v1/warnings", headers=headers)
        told = answer.json()["total"] if answer.status_code == 200 else 0
        assert told == len(WARNINGS[actor]), actor
        other = tries.machine.get("/api/v1/warnings", {"town": "330213100"}, headers=headers)
        told = other.json()["total"] if other.status_code == 200 else 0
        assert told == len(set(WARNINGS[actor]) & set("cd")), actor
        page = tries.clients[actor].get("/cases?town=330213100")
        if page.status_code == 200:
            assert letters(world, written(page)).replace("y", "!") == "x" * ("x" in CASES[actor]), actor


NUMBERS = {"y": {"A2021001", "A2021101", "A2021102"}, "x": {"A2021002", "A2021100", "A2021103"}}
"""The cases of the own town and of the other, those of the earlier months included."""


def test_a_file_holds_the_cases_of_ones_own_towns_masked(tries):
    for actor, seen in (("town", "y"), ("office", "xy"), ("inspector", "xy")):
        with untouched(tries.clients[actor]):
            answer = tries.clients[actor].post("/cases/export", {"ending": ".csv", "purpose": "核对"})
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert {one["案件编号"] for one in rows} == set().union(*(NUMBERS[letter] for letter in seen))
        assert not any(plain for _letter, _field, plain in tries.world.told(str(rows)))


def test_the_stream_tells_each_listener_what_they_see_and_of_nobody_anything(tries):
    world = tries.world
    of_warning = {str(one.pk): letter for letter, one in world.warnings.items()}
    told = events._tellable(audit.events_after(0, limit=5000))
    assert told
    for actor in ACTORS:
        token = world.tokens.get(actor)
        listener = events._listener({"authorization": f"Bearer {token}"} if token else {})
        if actor == "visitor":
            assert listener is None
            continue
        heard = [one for one in told if listener.hears(one)]
        whose = {of_warning[json.loads(one.text.decode().split("data: ")[1])["warning"]] for one in heard}
        assert whose == set(WARNINGS[actor]), actor
    assert not any(world.told(one.text.decode()) for one in told)


def test_an_id_swapped_inside_a_form_is_refused(tries):
    """Ids that travel in the body, not in the address: somebody of another case, another's duty, a warning out of sight."""
    world = tries.world
    stranger = str(world.cases["x"].victims.get().subject_id)
    own = f"/cases/{world.cases['y'].case_id}/reveal"
    tries_ = [
        ("officer", own, {"of": stranger, "purpose": "investigate"}, 404),
        ("office", own, {"of": stranger, "purpose": "investigate"}, 404),
        ("office", f"/desk/warnings/{world.warnings['a'].pk}/merge", {"number": "YJ20210531-9999"}, 422),
        ("officer", "/desk/duty/swap", {"duty": world.duties["third"].pk, "takes": "officer_501"}, 302),
        ("officer", f"/desk/duty/swaps/{world.swaps['others'].pk}", {"answer": "agree"}, 404),
        ("town", f"/desk/warnings/{world.warnings['c'].pk}/reveal", {"purpose": "contact"}, 403),
    ]
    for actor, address, form, status in tries_:
        with untouched(tries.clients[actor]) as wrote:
            answer = tries.clients[actor].post(address, {"once": uuid.uuid4().hex, **form})
        assert (answer.status_code, wrote) == (status, set()), (actor, address)
