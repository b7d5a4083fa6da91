"""``jinzhong import cases`` and ``jinzhong export cases``, as other offices script them."""

import json

import pytest

from jinzhong.cases import queries

pytestmark = pytest.mark.usefixtures("place")

HEADER = "案件编号,报案时间,发案镇街,案件类别,涉案金额(元)"
GOOD = "A001,2021-05-10,岳林街道,刷单返利,35000"
BAD = "A002,2021年2月30日,岳林街道,刷单返利,35000"


def written(tmp_path, *rows, name="5月.csv"):
    (tmp_path / name).write_text("\n".join([HEADER, *rows]), "utf-8")
    return name


def test_good_rows_come_in_and_the_code_tells_of_bad_ones(command, tmp_path):
    code, out, err = command("import", "cases", written(tmp_path, GOOD, BAD), "--by", "desk", "--json")
    told = json.loads(out)

    assert (code, err) == (1, "")
    assert {name: told[name] for name in ("rows", "created", "updated", "unchanged")} == {
        "rows": 2,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
    }
    assert told["rejected"] == [
        {"row": 3, "field": "报案时间", "message": "没有这一天，写成 2021年3月2日 这样"}
    ]
    assert queries.known().get().by == "desk"


def test_a_clean_sheet_is_zero_and_again_unchanged(command, tmp_path):
    for counts in ("1 created, 0 updated, 0 unchanged", "0 created, 0 updated, 1 unchanged"):
        code, out, _ = command("import", "cases", written(tmp_path, GOOD))
        assert (code, out) == (0, f"1 rows, {counts}\n")


def test_a_dry_run_says_what_would_happen(command, tmp_path):
    code, out, _ = command("import", "cases", written(tmp_path, GOOD), "--dry-run", "--json")

    assert (code, json.loads(out)["created"]) == (0, 1)
    assert not queries.known().exists()


def test_strict_takes_nothing_when_a_row_is_refused(command, tmp_path):
    code, out, _ = command("import", "cases", written(tmp_path, GOOD, BAD), "--strict", "--json")

    assert (code, json.loads(out)["created"]) == (1, 0)
    assert not queries.known().exists()


def test_a_strict_dry_run_promises_nothing_it_would_not_do(command, tmp_path):
    _, out, _ = command("import", "cases", written(tmp_path, GOOD, BAD), "--strict", "--dry-run", "--json")
    assert json.loads(out)["created"] == 0


def test_what_cannot_be_used_is_one_line_and_two(command, tmp_path):
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "empty.csv").write_bytes(b"")
    good = written(tmp_path, GOOD)
    for arguments, words in (
        (("none.csv",), "none.csv: 打不开"),
        (("old.xls",), "旧版 xls"),
        (("empty.csv",), "没有内容"),
        ((good, "--by", "nobody"), "no active account"),
        ((good, "--by", "town_yuelin"), "may not"),
        ((), "file"),
    ):
        code, out, err = command("import", "cases", *arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert words in err


def test_an_export_is_masked_and_leaves_its_line(command, tmp_path):
    command("import", "cases", written(tmp_path, GOOD))
    period = ("--since", "2021-05-10", "--until", "2021-05-11")
    code, out, _ = command(
        "export", "cases", *period, "--out", "o.csv", "--by", "desk", "--purpose", "月度核对"
    )

    assert (code, out) == (0, "")
    assert "A001" in (tmp_path / "o.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"--out": "o.pdf"}, "end it with"),
        ({"--purpose": " "}, "what the file is for"),
        ({"--until": "2021-05-10"}, "must be later"),
        ({"--until": "2021-02-30"}, "write a date"),
        ({"--by": "teller"}, "may not"),
        ({"--out": "none/o.csv"}, "No such file"),
    ],
    ids=str,
)
def test_an_export_that_cannot_be_is_one_line_and_two(command, change, words):
    given = {
        "--since": "2021-05-10",
        "--until": "2021-06-01",
        "--out": "o.csv",
        "--by": "desk",
        "--purpose": "核对",
    }
    code, _, err = command("export", "cases", *(word for pair in (given | change).items() for word in pair))

    assert (code, err.count("\n")) == (2, 1)
    assert words in err
