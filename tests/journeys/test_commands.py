"""The command line as a stranger meets it: exit codes, one line for what can't be, nothing but JSON where JSON is asked for."""

import json
import os
import socket

import pytest
from django.db.migrations.executor import MigrationExecutor

from jinzhong.cases import queries as cases
from jinzhong.cli import machine_account
from jinzhong.district import queries as district
from tests.district import PASSWORD
from tests.running import free_port

pytestmark = pytest.mark.usefixtures("place")

MAY = ("--since", "2021-05-01", "--until", "2021-06-01")
GOOD = "案件编号,报案时间,发案镇街,案件类别,涉案金额(元)\nA001,2021-05-10,岳林街道,刷单返利,35000\n"
GBK = os.fsdecode("核对".encode("gbk"))
"""What Python makes of words typed in a terminal that isn't UTF-8."""


UNUSABLE = [
    ((), "COMMAND"),
    (("nonsense",), "invalid choice"),
    (("user",), "WHAT"),
    (("user", "token", "nobody"), "no active account nobody"),
    (("user", "token", "teller", "--by", "nobody"), "--by nobody: no active account"),
    (("user", "token", "teller", "--by", "teller"), "may not do this (account.manage)"),
    (("user", "token", "teller", "--by", "os:somebody"), "no active account"),
    (("user", "add", "new", "--role", "king"), "use one of citizen"),
    (("user", "add", "new", "--role", "town", "--town", "nowhere"), "town nowhere: 没有这个镇（街道）"),
    (("user", "add", "new", "--role", "outlet", "--unit", "none"), "unit none: 没有这个单位"),
    (("user", "add", "new", "--role", "outlet"), "不选就什么都看不到"),
    (("user", "add", "new one", "--role", "auditor"), "2 到 60 位"),
    (("user", "add", "n" * 500, "--role", "auditor"), "2 到 60 位"),
    (("user", "add", "TELLER", "--role", "auditor"), "已有这个账号"),
    (("user", "add", "new", "--role", "auditor", "--by", "desk"), "may not"),
    (("situation", "stats", "--since", "2021-02-30", "--until", "2021-03-01"), "write a date"),
    (("situation", "stats", "--since", "0001-01-01", "--until", "2021-03-01"), "1990 to 2100"),
    (("situation", "stats", *MAY, "--as-of", "never"), "never: write a time"),
    (("situation", "stats", *MAY, "--as-of", "0001-01-01T00:00:00+14:00"), "1990 to 2100"),
    (("situation", "stats", *MAY, "--as-of", "2021-05-31T24:00:00+08:00"), "write a time"),
    (("situation", "stats", *MAY, "--town", "亚特兰蒂斯"), "use one of 岳林街道"),
    (("situation", "city", "--month", "2021-05-01", "--cases", "9" * 20, "--source", "x"), "cases of one month"),
    (("situation", "city", "--month", "2021-05-01", "--cases", "9", "--source", "x" * 201), "at most 200"),
    (("situation", "city", "--month", "2021-05-02", "--cases", "9", "--source", "x"), "first day of the month"),
    (("bulletin", "daily", "--date", "2021-05-30", "--out", "b", "--revision", "9"), "none is issued"),
    (("bulletin", "daily", "--date", "9999-12-31", "--out", "b"), "1990 to 2100"),
    (("bulletin", "issue", "daily", "--date", "2021-05-30", "--by", "teller"), "may not"),
    (("bulletin", "issue", "daily", "--date", "2091-05-30"), "还没有到"),
    (("bulletin", "weekly", "--date", "2091-05-30", "--out", "b"), "还没有到"),
    (("bulletin", "monthly", "--month", "2021-13", "--out", "b"), "write a date"),
    (("bulletin", "weekly", "--week", "2021-05-30", "--out", "b", "--revision", "9"), "none is issued"),
    (("bulletin", "issue", "weekly", "--date", "2021-05-21", "--by", "desk"), "not put forward as it stands"),
    (("bulletin", "submit", "weekly", "--date", "2021-05-21", "--by", "teller"), "may not"),
    (("bulletin", "special", "--campaign", "7", "--out", "b"), "there is none; jinzhong bulletin campaigns"),
    (("bulletin", "issue", "special", "--date", "2021-05-30", "--by", "desk"), "special goes with --campaign"),
    (("bulletin", "issue", "daily", "--campaign", "1", "--by", "desk"), "every other kind with --date"),
    (("bulletin", "campaign", "--title", "x", "--since", "2021-05-11", "--until", "2021-05-11", "--by", "desk"), "最后一天不能早于第一天"),
    (("bulletin", "campaign", "--title", "x", *MAY, "--town", "1", "--by", "desk"), "不在名册里"),
    (("bulletin", "campaign", "--title", "x", *MAY, "--by", "teller"), "may not"),
    (("situation", "board", "--class", "none"), "use one of brushing"),
    (("situation", "board", "--week", "2091-05-30"), "not over"),
    (("export", "cases", "--since", "0001-01-01", "--until", "9999-12-31", "--out", "o.csv", "--purpose", "x"), "1990 to 2100"),
    (("export", "cases", *MAY, "--out", "none/o.csv", "--purpose", "x"), "--out none/o.csv: No such file or directory"),
    (("export", "cases", *MAY, "--out", "o.csv", "--purpose", GBK), "purpose: these are not UTF-8"),
    (("export", "cases", *MAY, "--out", "o.csv", "--purpose", "x" * 501), "at most 500"),
    (("import", "cases", "."), ".: 打不开"),
    (("import", "cases", "good.csv", "--sheet", GBK), "sheet: these are not UTF-8"),
    (("demo", "--port", "70000"), "use one from 1024 to 65534"),
    (("web", "--port", "70000"), "use one from 1 to 65535"),
    (("stream", "--port", "x"), "use one from 1 to 65535"),
    (("web", "--host", "192.0.2.1"), "--host 192.0.2.1"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), UNUSABLE, ids=lambda given: None)
def test_what_cannot_be_is_one_line_and_two(command, tmp_path, arguments, words):
    (tmp_path / "good.csv").write_text(GOOD, "utf-8")

    code, out, err = command(*arguments, told=f"{PASSWORD}\n")

    assert (code, out, err.count("\n")) == (2, "", 1), err
    assert words in err


@pytest.mark.parametrize("what", ["web", "stream", "demo"])
def test_a_port_that_is_taken_is_named(command, what):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = command(what, "--port", port)

    assert (code, err) == (
        2,
        f"port {port} is taken; end what listens there, or choose another one with --port\n",
    )


@pytest.mark.parametrize("what", ["web", "stream", "worker"])
def test_nothing_is_served_from_a_database_of_an_older_version(command, what, monkeypatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: ["0002"])

    code, _, err = command(what, *(() if what == "worker" else ("--port", free_port())))

    assert (code, err.count("\n")) == (2, 1)
    assert "jinzhong migrate" in err


def test_a_fault_of_ours_is_one_line_without_anybodys_data(command, monkeypatch):
    def broken(username):
        raise LookupError("张桂兰 13812346620")

    monkeypatch.setattr(district, "account", broken)
    code, out, err = command("user", "token", "teller")

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "LookupError at " in err
    assert "张桂兰" not in err


def test_a_new_account_is_recorded_under_who_made_it(command):
    code, _, _ = command(
        "user", "add", "new", "--role", "town", "--town", "330213002", "--by", "admin", told=f"{PASSWORD}\n"
    )
    made = district.account("new")

    assert (code, made.town_id, made.check_password(PASSWORD)) == (0, "330213002", True)


def test_the_operating_systems_account_is_asked_of_the_system(monkeypatch):
    monkeypatch.setenv("LOGNAME", "somebody")
    monkeypatch.setenv("USER", "somebody")

    assert machine_account() != "os:somebody"


def test_accounts_are_listed_as_json(command):
    code, out, err = command("user", "list", "--json")
    rows = {row["username"]: row for row in json.loads(out)}

    assert (code, err) == (0, "")
    assert rows["town_yuelin"] == {
        "username": "town_yuelin",
        "role": "town",
        "unit": None,
        "town": "330213002",
    }


def test_a_file_named_in_gbk_keeps_its_name(command, tmp_path):
    (tmp_path / os.fsdecode("五月.csv".encode("gbk"))).write_text(GOOD, "utf-8")
    name = next(one for one in os.listdir(tmp_path) if one.endswith(".csv"))

    code, _, _ = command("import", "cases", name)

    assert code == 0
    assert cases.known().get().arrival.name == "五月.csv"
