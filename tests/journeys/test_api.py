"""The API as neighbours script it: names, shapes and answers of the contract."""

import re
import uuid

import pytest

from jinzhong import clock, flow
from jinzhong.agenda import operations as agenda
from jinzhong.audit import queries as audit
from tests.calling import Caller, is_problem
from tests.district import at

ALERT = {
    "customer_name": "张桂兰",
    "customer_phone": "138 1234 6620",
    "customer_id_number": "11010519491231002X",
    "amount": "86000",
    "payee_name": "王某",
    "payee_account": "6222 0202 0000 7731",
    "payee_bank": "某银行",
    "signs": ["on_the_phone", "coached"],
    "story": "自称配合办案",
}
ID = "[0-9a-f-]{36}"
MOST_STATEMENTS = 38


@pytest.fixture
def stand_at(monkeypatch):
    """Set the clock of the whole instance."""

    def stand(moment: str, day: str = "2021-05-31") -> None:
        monkeypatch.setattr(clock, "now", lambda: at(moment, day))

    stand("14:05")
    return stand


@pytest.fixture
def teller(place, stand_at) -> Caller:
    return Caller(place.teller)


@pytest.fixture
def raised(teller) -> dict:
    return teller.post("/alerts", ALERT).json()


@pytest.fixture
def officer(place, raised) -> Caller:
    """王 217, who is nearest and was asked to go."""
    return Caller(place.patrols[0])


# -- alerts ---------------------------------------------------------------------------------------------------


def test_an_alert_takes_few_statements(teller, django_assert_max_num_queries):
    """Everybody waits for the turn of the one before, so each statement of this path costs all of them."""
    teller.post("/alerts", ALERT | {"customer_phone": "13912345678", "customer_id_number": ""})

    with django_assert_max_num_queries(MOST_STATEMENTS):
        answer = teller.post("/alerts", ALERT)

    assert answer.json()["order"]


def test_an_alert_answers_with_its_warning_grade_and_order(teller):
    answer = teller.post("/alerts", ALERT)

    assert answer.status_code == 201
    assert set(answer.json()) == {"alert", "warning", "grade", "order"}
    assert answer.json()["grade"] == "red"
    for name in ("alert", "warning", "order"):
        assert uuid.UUID(answer.json()[name]).version == 7


def test_a_teller_may_press_first_and_write_later(teller):
    pressed = teller.post("/alerts", {}).json()
    written = teller.patch(f"/alerts/{pressed['alert']}", {"customer_phone": "13812346620", "amount": 86000})

    assert written.status_code == 200
    assert written.json() == pressed
    (item,) = teller.get("/warnings").json()["items"]
    assert (item["person"]["phone"], item["amount"]) == ("138****6620", "86000.00")


def test_a_mistyped_phone_and_a_nought_too_many_are_corrected(teller):
    first = teller.post("/alerts", {**ALERT, "customer_id_number": "", "amount": "860000"}).json()
    teller.patch(f"/alerts/{first['alert']}", {"customer_phone": "13812346621", "amount": "86000"})

    (item,) = teller.get("/warnings").json()["items"]
    assert (item["person"]["name"], item["person"]["phone"]) == ("张*", "138****6621")
    assert item["amount"] == "86000.00"


def test_the_machine_may_choose_the_id(teller):
    mine = str(uuid.uuid4())

    assert teller.post("/alerts", {"alert": mine}).json()["alert"] == mine
    assert is_problem(teller.post("/alerts", {"alert": mine}), 409)


def test_the_same_key_and_body_again_gives_the_first_answer(teller):
    first = teller.post("/alerts", ALERT, key="k-1")
    again = teller.post("/alerts", ALERT, key="k-1")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert teller.get("/warnings").json()["items"][0]["alerts"] == 1


def test_the_same_key_with_another_body_is_refused(teller):
    teller.post("/alerts", ALERT, key="k-1")

    assert is_problem(teller.post("/alerts", {**ALERT, "amount": "1"}, key="k-1"), 422)
    assert is_problem(teller.patch(f"/alerts/{uuid.uuid4()}", ALERT, key="k-1"), 404)


def test_a_refused_request_may_be_mended_under_the_same_key(teller):
    assert teller.post("/alerts", {"amount": "viel"}, key="k-1").status_code == 422
    assert teller.post("/alerts", {"amount": "86000"}, key="k-1").status_code == 201


@pytest.mark.parametrize("key", [None, " ", "x" * 201, "a\tb"])
def test_a_write_without_a_usable_key_is_refused(teller, key):
    assert is_problem(teller.post("/alerts", ALERT, key=key), 400)


WRONG = [
    ("customer_phone", "1381234662"),
    ("customer_phone", 13812346620),
    ("customer_phone", "110"),
    ("customer_phone", "95588"),
    ("customer_phone", "400 800 1234"),
    ("customer_id_number", "110105194912310021"),
    ("customer_id_number", "330213209912310017"),
    ("customer_name", "张" * 61),
    ("customer_name", "张\x00"),
    ("customer_sex", "?"),
    ("customer_age", 121),
    ("customer_age", "-1"),
    ("customer_age", True),
    ("customer_age", "9" * 5000),
    ("amount", "0"),
    ("amount", -5),
    ("amount", "1e400"),
    ("amount", "NaN"),
    ("amount", "86000.001"),
    ("amount", True),
    ("amount", [1]),
    ("payee_account", "12"),
    ("payee_account", "6222O202"),
    ("payee_account", {"a": 1}),
    ("payee_name", "x" * 101),
    ("payee_bank", 5),
    ("signs", "on_the_phone"),
    ("signs", [1]),
    ("signs", ["on_the_phone", "phone_on"]),
    ("signs", ["x"] * 41),
    ("answers", {"colour": True}),
    ("story", "x" * 4001),
    ("story", "\x00"),
    ("story", "\ud800"),
    ("unknown_field", "x"),
]


@pytest.mark.parametrize(("field", "value"), WRONG, ids=repr)
def test_what_is_given_and_wrong_is_refused_with_its_field(teller, field, value):
    answer = teller.post("/alerts", {**ALERT, field: value})

    assert is_problem(answer, 422, field), answer.content
    assert teller.get("/warnings").json()["total"] == 0


def test_a_sign_of_the_ladder_is_known_too(teller):
    """A bank's own system may have seen more than a teller ticks."""
    assert teller.post("/alerts", {**ALERT, "signs": ["hides_phone", "screen_sharing"]}).status_code == 201


def test_all_wrong_fields_are_named_at_once(teller):
    answer = teller.post("/alerts", {"customer_phone": "1", "amount": "x", "story": 5})

    assert is_problem(answer, 422, "customer_phone", "amount", "story")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[1]", b'"x"', b"null", b"1" * 6000, b"[" * 10_000])
def test_what_is_no_object_is_refused(teller, body):
    answer = teller.raw("POST", "/alerts", body)

    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_more_than_a_megabyte_is_refused(teller):
    assert is_problem(teller.raw("POST", "/alerts", b'{"story":"' + b"x" * 2_000_000 + b'"}'), 413)


def test_an_alert_of_another_outlet_is_not_there(place, raised):
    assert is_problem(Caller(place.far_teller).patch(f"/alerts/{raised['alert']}", {"amount": 1}), 404)


def test_who_may_see_it_but_not_write_is_told_so(place, raised):
    for account in (place.auditor, place.town_yuelin, place.bank_head):
        assert is_problem(Caller(account).patch(f"/alerts/{raised['alert']}", {"amount": 1}), 403)
        assert is_problem(Caller(account).post("/alerts", ALERT), 403)


# -- times ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (None, "14:05"),
        ("2021-05-31T14:03:00+08:00", "14:03"),
        ("2021-05-31T06:03:00Z", "14:03"),
        ("2021-05-31T14:03:00", "14:03"),
        ("2021-05-31T14:09:00+08:00", "14:05"),
        ("2021-06-30T14:09:00+08:00", "14:05"),
        ("1970-01-01T00:00:00Z", "14:05"),
        ("0001-01-01T00:00:00+14:00", "14:05"),
        ("9999-12-31T23:59:59-12:00", "14:05"),
    ],
)
def test_their_time_is_kept_unless_their_clock_cant_be_believed(teller, sent, kept):
    raised = teller.post("/alerts", {"at": sent}).json()

    line = audit.events_on([raised["alert"]]).get(kind="intake.alert")
    assert (line.happened_at, line.recorded_at) == (at(kept), at("14:05"))


# -- warnings -------------------------------------------------------------------------------------------------


def test_a_warning_is_masked_and_complete(teller, raised):
    page = teller.get("/warnings").json()
    (item,) = page["items"]

    assert set(page) == {"items", "total", "next"}
    assert {"warning", "grade", "state", "town", "person", "amount", "alerts", "order"} <= set(item)
    assert item["person"] == {"name": "张*", "phone": "138****6620"}
    assert item["order"] == {"id": raised["order"], "state": "waiting", "escalations": 0}
    assert (item["amount"], item["alerts"], item["town"]) == ("86000.00", 1, "330213002")
    assert teller.get(f"/warnings/{raised['warning']}").json() == item


def test_warnings_are_narrowed_down(place, teller, raised, stand_at):
    stand_at("15:00")
    Caller(place.far_teller).post("/alerts", {"customer_phone": "13900001111"})
    desk = Caller(place.desk)

    def count(**query: str) -> int:
        return desk.get("/warnings", **query).json()["total"]

    assert count() == 2
    assert count(town="330213100") == count(since="2021-05-31T14:30:00+08:00") == 1
    assert count(state="open") == 2
    assert count(state="closed") == 0
    assert count(q="13812346620") == count(q="+86 138-1234-6620") == count(q="张桂兰") == 1
    assert count(q="11010519491231002x") == count(q="YJ20210531-0001") == 1
    assert count(q="13812346621") == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("since", "yesterday"),
        ("since", "0001-01-01T00:00:00+14:00"),
        ("cursor", "x"),
        ("cursor", "MjAyMSBhYmM="),
        ("cursor", "é"),
        ("state", "\x00"),
        ("state", "nix"),
        ("state", "merged"),
        ("town", "x" * 101),
        ("town", "nowhere"),
        ("q", "\x00"),
    ],
)
def test_a_wrong_filter_is_named(teller, name, value):
    assert is_problem(teller.get("/warnings", **{name: value}), 422, name)


def test_a_wrong_state_is_told_which_there_are(teller):
    [wrong] = teller.get("/warnings", state="nix").json()["errors"]

    assert wrong["message"] == "只能写：open, closed"


def test_pages_follow_each_other_without_gap_or_double(place, teller, stand_at):
    for number in range(53):
        teller.post("/alerts", {"customer_phone": f"138000000{number:02d}"})
    first = teller.get("/warnings").json()
    teller.post("/alerts", {"customer_phone": "13900000000"})
    second = teller.get("/warnings", cursor=first["next"]).json()

    seen = [one["warning"] for one in first["items"] + second["items"]]
    assert (len(first["items"]), len(second["items"]), second["next"]) == (50, 3, None)
    assert len(set(seen)) == 53


# -- orders ---------------------------------------------------------------------------------------------------


def test_an_order_goes_from_the_phone_to_the_door(officer, raised, stand_at):
    path = f"/orders/{raised['order']}"
    for moment, step in (("14:05:40", "sign"), ("14:06", "depart"), ("14:09:21", "arrive")):
        stand_at(moment)
        answer = officer.post(f"{path}/{step}", {})
        assert answer.status_code == 200, answer.content
    stand_at("14:20")
    closed = officer.post(
        f"{path}/close",
        {
            "outcome": "dissuaded",
            "amount_protected": "50000",
            "evidence": "counter_cancelled",
            "met_by": ["officer_217", "officer_226"],
            "note": "柜面取消",
        },
    ).json()

    assert closed == officer.get(path).json()
    assert closed["state"] == "closed"
    assert closed["amount_protected"] == "50000.00"
    assert (closed["meet_by"], closed["arrived_at"]) == (
        "2021-05-31T14:10:00+08:00",
        "2021-05-31T14:09:21+08:00",
    )
    assert officer.get("/warnings").json()["items"][0]["state"] == "closed"


def test_a_step_without_a_body_is_now(officer, raised):
    answer = officer.raw("POST", f"/orders/{raised['order']}/sign")

    assert answer.json()["signed_at"] == "2021-05-31T14:05:00+08:00"


def test_steps_sent_late_keep_the_phones_time(officer, raised, stand_at):
    stand_at("14:30")
    arrived = officer.post(f"/orders/{raised['order']}/arrive", {"at": "2021-05-31T14:09:00+08:00"}).json()

    assert arrived["arrived_at"] == "2021-05-31T14:09:00+08:00"


def test_nothing_happens_before_the_order_was_sent(officer, raised, stand_at):
    arrived = officer.post(f"/orders/{raised['order']}/arrive", {"at": "2021-05-31T13:00:00+08:00"}).json()

    assert arrived["arrived_at"] == arrived["sent_at"]


def test_closing_again_with_the_same_words_changes_nothing(officer, raised):
    path = f"/orders/{raised['order']}/close"

    assert officer.post(path, {"outcome": "not_found"}).status_code == 200
    assert officer.post(path, {"outcome": "not_found"}).status_code == 200
    assert is_problem(officer.post(path, {"outcome": "refused"}), 409)
    assert is_problem(officer.post(f"/orders/{raised['order']}/sign", {}), 409)


@pytest.mark.parametrize(
    ("report", "fields"),
    [
        ({}, ["outcome"]),
        ({"outcome": "happy"}, ["outcome"]),
        ({"outcome": 5}, ["outcome"]),
        ({"outcome": "refused", "amount_protected": "5"}, ["amount_protected", "evidence"]),
        ({"outcome": "dissuaded", "amount_protected": "50000"}, ["evidence"]),
        ({"outcome": "dissuaded", "amount_protected": "50000", "evidence": "rumour"}, ["evidence"]),
        ({"outcome": "dissuaded", "amount_protected": "-1", "evidence": "stated"}, ["amount_protected"]),
        ({"outcome": "dissuaded", "amount_protected": "NaN", "evidence": "stated"}, ["amount_protected"]),
        ({"outcome": "dissuaded", "amount_protected": "1e99", "evidence": "stated"}, ["amount_protected"]),
        ({"outcome": "dissuaded", "amount_protected": {}, "evidence": "stated"}, ["amount_protected"]),
        ({"outcome": "not_found", "met_by": "officer_217"}, ["met_by"]),
        ({"outcome": "not_found", "met_by": ["\x00"]}, ["met_by"]),
        ({"outcome": "not_found", "checks": ["\ud800"]}, ["checks"]),
        ({"outcome": "not_found", "note": "x" * 4001}, ["note"]),
        ({"outcome": "not_found", "note": "\x00"}, ["note"]),
        ({"outcome": "not_found", "at": "soon"}, ["at"]),
    ],
    ids=repr,
)
def test_a_wrong_report_is_refused_with_its_fields(officer, raised, report, fields):
    answer = officer.post(f"/orders/{raised['order']}/close", report)

    assert is_problem(answer, 422, *fields), answer.content
    assert officer.get(f"/orders/{raised['order']}").json()["state"] == "waiting"


def test_only_those_asked_to_go_may_act(place, raised):
    path = f"/orders/{raised['order']}"
    not_asked = Caller(place.patrols[1])

    assert is_problem(not_asked.post(f"{path}/sign", {}), 403)
    assert is_problem(Caller(place.teller).post(f"{path}/sign", {}), 403)
    assert is_problem(Caller(place.town_xikou).post(f"{path}/sign", {}), 404)
    assert Caller(place.desk).post(f"{path}/sign", {}).status_code == 200


# -- the rest -------------------------------------------------------------------------------------------------


def test_without_a_token_nothing(place, raised):
    nobody = Caller(None)

    for answer in (
        nobody.get("/warnings"),
        nobody.post("/alerts", ALERT),
        nobody.get(f"/orders/{raised['order']}"),
    ):
        assert is_problem(answer, 401)
    nobody.token = "jz_wrong"
    assert is_problem(nobody.get("/warnings"), 401)


def test_a_switched_off_account_is_out_at_once(place, teller):
    from jinzhong.district import operations as district

    district.set_active(account=place.teller, active=False, by="admin", at=at("14:06"))

    assert is_problem(teller.get("/warnings"), 401)


def test_unknown_addresses_and_methods_are_refused_in_the_same_shape(teller, raised):
    assert is_problem(teller.get("/nothing"), 404)
    assert is_problem(teller.post("/nothing", {}), 404)
    assert is_problem(teller.raw("DELETE", "/alerts"), 405)
    assert is_problem(teller.get(f"/warnings/{uuid.uuid4()}"), 404)
    assert is_problem(teller.get(f"/orders/{uuid.uuid4()}"), 404)


@pytest.mark.parametrize("path", ["/warnings/x", "/orders/x", "/warnings/0", "/orders/0190"])
def test_a_malformed_id_is_told_in_the_users_words(teller, path):
    answer = teller.get(path)

    assert is_problem(answer, 422, f"{path.split('/')[1][:-1]}_id")
    assert not re.search("[a-z]", answer.json()["errors"][0]["message"])


@pytest.mark.parametrize(
    ("body", "field"), [({"alert": "x"}, "alert"), ({"at": "soon"}, "at"), ({"at": []}, "at")], ids=repr
)
def test_what_the_framework_refuses_is_told_in_the_users_words(teller, body, field):
    answer = teller.post("/alerts", body)

    assert is_problem(answer, 422, field)
    assert not re.search("[a-z]", answer.json()["errors"][0]["message"])


def test_the_stream_is_served_elsewhere(teller):
    answer = teller.get("/stream")

    assert answer.status_code == 307
    assert answer["Location"].endswith("/api/v1/stream")


def test_the_contract_is_published(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    assert {path.removeprefix("/api/v1") for path in paths} >= {
        "/alerts", "/alerts/{alert_id}", "/warnings", "/warnings/{warning_id}", "/orders/{order_id}",
        "/orders/{order_id}/sign", "/orders/{order_id}/depart", "/orders/{order_id}/arrive",
        "/orders/{order_id}/close", "/stream",
    }  # fmt: skip


def test_an_amount_may_be_written_as_people_write_it(teller):
    for written in ("86,000", "86，000", " 86000.0 "):
        raised = teller.post("/alerts", {"amount": written}).json()
        assert teller.get(f"/warnings/{raised['warning']}").json()["amount"] == "86000.00"


def test_health(client, db):
    assert client.get("/healthz").json() == {"status": "ok", "undelivered": 0}


def test_health_counts_what_could_not_be_delivered(client, db):
    def poison(_key, _payload):
        raise ValueError

    agenda.post("ring", {"ring:1": {}}, at=at("14:00"))
    for minute in range(5):
        flow.work_once(worker="w", now=at(f"14:{2 * minute:02}"), deliver={"ring": poison})

    assert client.get("/healthz").json() == {"status": "ok", "undelivered": 1}
