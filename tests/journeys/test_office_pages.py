"""The pages around the work: login and lock, the administrator's accounts, the auditor's log, refusals, the language."""

import ast
import inspect
import re
from datetime import date

import pytest
from django.test import Client

from jinzhong.audit import operations as audit_operations
from jinzhong.audit import queries as audit
from jinzhong.district import operations as district
from jinzhong.district import queries
from jinzhong.vault import operations as vault
from jinzhong.web.shared import words
from tests.district import PASSWORD, at
from tests.docs.words import ROOT
from tests.journeys.test_one_alert import raise_alert
from tests.pages import logged_in, send, text


@pytest.fixture
def known(place):
    """The desk's account with a password."""
    district.set_password(account=place.desk, password=PASSWORD, by="test", at=at("07:00"))
    return place.desk


def log_in(client, password, *, headers=None, **more):
    return client.post("/login", {"username": "desk", "password": password, **more}, headers=headers)


def test_logged_in_one_is_where_one_wanted_to_be(known):
    assert log_in(Client(), PASSWORD, next="/desk/duty")["Location"] == "/desk/duty"
    assert log_in(Client(), PASSWORD, next="https://elsewhere.example/")["Location"] == "/"


def test_five_wrong_passwords_make_one_wait(known):
    client = Client()
    first = log_in(client, "wrong")
    assert first.status_code == 401
    assert "再错 4 次" in text(first)
    for _ in range(3):
        log_in(client, "wrong")

    assert "停 5 分钟" in text(log_in(client, "wrong"))
    locked = log_in(client, PASSWORD)
    assert locked.status_code == 429
    assert 'value="desk"' in text(locked)


def test_behind_tls_the_lock_goes_by_the_address_our_own_proxy_saw(known, settings):
    """The proxy appends what it saw; whatever stands before it in X-Forwarded-For the client wrote itself."""
    settings.BEHIND_TLS = True

    def tries(seen, claims=("",), password="wrong"):
        chains = [f"{claim}, {seen}" if claim else seen for claim in claims]
        return [log_in(Client(), password, headers={"X-Forwarded-For": one}).status_code for one in chains][
            -1
        ]

    invented = [f"203.0.113.{n}" for n in range(5)]
    assert tries("198.51.100.7", invented) == 429
    assert tries("198.51.100.7", password=PASSWORD) == 429
    assert tries("198.51.100.8", ["198.51.100.7"], password=PASSWORD) == 302


def test_without_tls_nobody_chooses_an_address(known):
    """Every client of a test comes from 127.0.0.1, whatever it claims."""
    for n in range(5):
        answer = log_in(Client(), "wrong", headers={"X-Forwarded-For": f"203.0.113.{n}"})

    assert answer.status_code == 429
    assert log_in(Client(REMOTE_ADDR="198.51.100.9"), PASSWORD).status_code == 302


def test_left_alone_the_screen_locks_and_says_why(known, settings):
    settings.IDLE_LOCK_MINUTES = 0
    client = Client()
    client.force_login(known)
    session = client.session
    session["seen_at"] = 1.0
    session.save()

    answer = client.get("/desk?tab=late", follow=True)

    assert answer.redirect_chain[0][0] == "/login?next=/desk%3Ftab%3Dlate"
    assert client.get("/desk").status_code == 302


def test_the_lock_tells_after_how_long(known):
    client = Client()
    client.force_login(known)
    session = client.session
    session["seen_at"] = 1.0
    session.save()

    assert "15 分钟没有操作，已自动锁屏" in text(client.get("/desk", follow=True))
    assert "已自动锁屏" not in text(client.get("/login"))


def test_everybody_changes_their_own_password(known):
    client = logged_in(known)

    wrong = send(client, "/me", old="not it", new="another-long-one", again="another-long-one")
    assert wrong.status_code == 422
    assert "现在的密码不对" in text(wrong)
    short = send(client, "/me", old=PASSWORD, new="short", again="short")
    assert short.status_code == 422

    assert "密码已换" in text(
        send(client, "/me", old=PASSWORD, new="another-long-one", again="another-long-one")
    )
    assert log_in(Client(), "another-long-one").status_code == 302
    assert audit.search(kind="district.password_set").first().by == "desk"


def test_a_new_account_gets_a_password_that_is_shown_once(place):
    admin = logged_in(place.admin)

    said = {"username": "town_new", "role": "town"}
    refused = send(admin, "/accounts/add", **said)
    assert refused.status_code == 422
    assert "这个岗位要选镇（街道）" in text(refused)

    made = text(send(admin, "/accounts/add", once="a" * 32, town=place.yuelin.pk, **said))
    password = re.search(r"<code>([a-z0-9-]{19})</code>", made)[1]
    again = text(send(admin, "/accounts/add", once="a" * 32, town=place.yuelin.pk, **said))

    assert password not in again
    assert "<code>" not in text(admin.get("/accounts"))
    assert queries.account("town_new").town == place.yuelin
    answer = Client().post("/login", {"username": "town_new", "password": password})
    assert answer.status_code == 302


def test_switched_off_nobody_gets_in_and_it_can_be_undone(place):
    admin, desk = logged_in(place.admin), logged_in(place.desk)

    told = text(send(admin, "/accounts/desk/switch"))
    assert "desk 已停用" in told
    assert 'action="/accounts/desk/switch"' in told
    assert desk.get("/desk").status_code == 302

    send(admin, "/accounts/desk/switch")
    assert queries.account("desk") is not None
    assert send(admin, "/accounts/admin/switch").status_code == 404


def test_the_administrator_sees_nobodys_data(place):
    raise_alert(place, at("14:05"))
    admin = logged_in(place.admin)

    for address in ("/desk", "/desk/duty", "/desk/hotline", "/audit"):
        assert admin.get(address).status_code == 403
    assert "张" not in text(admin.get("/accounts"))


def test_the_auditor_finds_a_line_and_verifies_the_chain(place):
    raise_alert(place, at("14:05"))
    auditor = logged_in(place.auditor)

    assert "定级" in text(auditor.get("/audit"))
    only = text(auditor.get("/audit?kind=dispatch.&by=teller&since=2021-05-31&until=2021-05-31"))
    assert "dispatch.sent" in only
    assert '<span class="tiny mute">warning.graded' not in only
    assert "没有符合的记录" in text(auditor.get("/audit?until=2021-05-30"))
    assert "行全部对得上" in text(auditor.get("/audit?verify=1"))
    assert logged_in(place.desk).get("/audit").status_code == 403


def test_the_log_speaks_the_readers_words(place):
    raise_alert(place, at("14:05"))
    auditor = logged_in(place.auditor)

    told = text(auditor.get("/audit"))
    assert "哪一种 网点前哨" in told
    assert "等级 " in told
    assert "arrival_kind" not in told

    auditor.post("/language", {"language": "en", "next": "/audit"})
    assert '<td class="nb">Warning <a' in text(auditor.get("/audit?kind=warning."))


def test_the_log_names_who_it_was_by_unit_and_writes_times_as_pages_do(place):
    person = vault.keep("person", at=at("08:00"), name="张桂兰", phone="13812346620")
    vault.reveal(subject=person, by="officer_217", purpose="contact", at=at("08:00"))
    audit_operations.record(
        "scoring.line_set", on=place.desk, by="test", at=at("08:00"), since=date(2021, 6, 1)
    )
    auditor = logged_in(place.auditor)

    told = text(auditor.get("/audit?kind=vault.revealed"))
    assert '">岳林派出所 217</a> <span class="tiny mute">officer_217</span>' in told
    assert "看到几时 2021年5月31日 08:10:00" in told
    assert "从 2021年6月1日" in text(auditor.get("/audit?kind=scoring.line_set"))
    assert '">test</a></td>' in text(auditor.get("/audit?kind=district.unit_added"))


def test_whatever_is_put_on_record_has_words():
    """A new operation that calls ``record`` without its words in ``words.py`` is told here."""
    calls = [
        node
        for path in (ROOT / "src/jinzhong").rglob("*.py")
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record"
    ]
    said = [one for one in calls if one.args and isinstance(one.args[0], ast.Constant)]
    kinds = {one.args[0].value for one in said}
    facts = {key.arg for one in said for key in one.keywords if key.arg} - set(
        inspect.signature(audit_operations.record).parameters
    )

    assert len(said) > 30
    assert kinds - set(words.KINDS) == set()
    assert facts - set(words.FACTS) == set()


def test_refusals_say_what_to_do(place):
    town = logged_in(place.town_yuelin)

    assert "您登录的是镇（街道）账号" in text(town.get("/accounts"))
    assert "没有这一页" in text(town.get("/nowhere"))
    assert town.post("/desk/duty").status_code == 405


def test_an_old_form_is_refused_in_the_house_style(place):
    client = Client(enforce_csrf_checks=True)
    client.force_login(place.desk)

    answer = client.post("/me", {"old": "x"})

    assert answer.status_code == 403
    assert "什么都没有改动" in text(answer)


def test_english_for_those_who_want_it(place):
    client = logged_in(place.desk)

    client.post("/language", {"language": "en", "next": "/desk"})

    assert '<html lang="en"' in text(client.get("/desk"))


@pytest.mark.parametrize(
    ("role", "home", "rail"),
    [
        ("desk", "/desk", "值班 外勤 热线 案件 号码 排班 态势 挂牌 督导 通报 大屏"),
        ("hotline", "/desk", "值班 热线 排班"),
        ("inspector", "/desk", "值班 案件 排班 态势 挂牌 督导 通报 大屏"),
        ("town_yuelin", "/desk", "值班 案件 态势 挂牌 督导 通报"),
        ("auditor", "/audit", "值班 案件 排班 态势 挂牌 督导 通报 大屏 留痕"),
        ("admin", "/accounts", "账号"),
        ("officer", "/field", "值班 外勤 案件 排班 态势 挂牌 督导 通报"),
        ("teller", "/outlet", "前哨 通报"),
        ("bank_head", "/outlet", "前哨 督导 通报"),
    ],
)
def test_everybody_starts_where_they_work_and_finds_what_they_may_read(place, role, home, rail):
    account = place.patrols[0] if role == "officer" else getattr(place, role)
    browser = logged_in(account)

    assert browser.get("/")["Location"] == home
    assert browser.get(home).status_code == 200
    menu = text(browser.get("/me")).split('aria-label="主菜单">')[1].split('<div class="push">')[0]
    assert re.findall(r">([一-鿿]+)<", menu) == rail.split()
    for address in re.findall(r'href="([^"]+)"', menu):
        assert browser.get(address).status_code == 200
