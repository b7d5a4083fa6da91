"""Cases through their pages: the sheet looked at and filed, the register, one case, a file given out; who may and who may not."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from jinzhong.audit import queries as audit
from jinzhong.cases import queries as cases
from jinzhong.intake import queries as intake
from jinzhong.intake.sources.case_sheet.tests import sheets
from tests.district import at
from tests.pages import logged_in, send, text

pytestmark = pytest.mark.usefixtures("time")

HEADER = "案件编号,报警时间,损失金额(万元),发案镇街,案件类别,事主姓名,性别,年龄,联系电话,简要案情"
ROWS = (
    "A001,2021.5.10,3.5,岳林,刷单类,张桂兰,女,62,13812346620,先返利后不能提现",
    "A002,2021年5月11日,1.2,溪口镇,网恋借钱,王五,男,40,13905740011,无",
)
BAD = "A003,2021年2月30日,1,莼湖镇街道,贷款,,,,,"


def sheet(*rows, header=HEADER, name="5月案件登记表.csv"):
    return SimpleUploadedFile(name, "\n".join([header, *rows]).encode("gbk"))


def upload(browser, *rows, **options):
    """Send a sheet; the address of the page that shows what it would do."""
    return send(browser, "/cases/import", sheet=sheet(*rows, **options)).request["PATH_INFO"]


def bring_in(browser, *rows):
    address = upload(browser, *rows)
    browser.post(address)
    return address


def case_of(number):
    return cases.known().get(case__number=number)


def test_a_sheet_is_looked_at_before_anything_is_written(desk):
    page = text(desk.get(upload(desk, *ROWS, BAD)))

    assert "5月案件登记表.csv" in page
    assert "损失金额(万元) → <b>涉案金额</b>，按万元换算" in page
    assert "“网恋借钱”没有对应类别" in page
    assert "没有这一天" in page
    assert "收 2 起入库" in page
    assert not cases.known().exists()


def test_filing_it_twice_files_it_once(desk):
    address = upload(desk, *ROWS)
    for _ in range(2):
        assert desk.post(address)["Location"] == address

    page = text(desk.get(address))
    assert cases.known().count() == 2
    assert "这份表已入库：新增 2 起，更正 0 起" in page


def test_a_correction_says_what_changes(desk):
    bring_in(desk, *ROWS)
    page = text(desk.get(upload(desk, ROWS[0].replace("3.5", "4.2").replace("岳林", "溪口"), ROWS[1])))

    assert "损失 3.50 万元 → 4.20 万元" in page
    assert "镇（街道） 岳林街道 → 溪口镇" in page
    assert "收 1 起入库" in page


def test_a_column_mapped_by_hand_is_remembered(desk):
    header = HEADER.replace("案件编号", "天书编号甲")
    address = upload(desk, *ROWS, header=header)
    assert "缺少这一列" in text(desk.get(address))

    send(desk, f"{address}/columns", **{"column-0": "number"})
    assert "收 2 起入库" in text(desk.get(address))
    assert intake.header_choices() == {"天书编号甲": "number"}

    later = upload(desk, *ROWS, "A009,2021.5.12,1,岳林,贷款,,,,,", header=header)
    assert "收 3 起入库" in text(desk.get(later))

    send(desk, f"{later}/columns", **{"column-0": "forget"})
    assert intake.header_choices() == {}


def test_refused_rows_are_given_back_with_their_reasons(desk):
    address = upload(desk, *ROWS, BAD)
    found = load_workbook(BytesIO(desk.get(f"{address}/refused").content)).active

    assert [cell.value for cell in found["A"]] == ["原行号", 4]
    assert "没有这一天" in found["B2"].value
    assert audit.search(kind="intake.original_taken").count() == 1


def test_a_sheet_that_the_file_lacks_is_told_not_a_fault(desk):
    book = SimpleUploadedFile("5月.xlsx", sheets.xlsx([sheets.HEADER, sheets.CASE]))
    address = send(desk, "/cases/import", sheet=book).request["PATH_INFO"]

    for answer in (
        desk.get(f"{address}/refused?sheet=nope"),
        send(desk, f"{address}/columns?sheet=nope", **{"column-0": "number"}),
    ):
        assert answer.status_code == 422
        assert "nope" in text(answer)


def test_the_original_comes_back_as_it_came_and_is_logged(desk, place):
    address = upload(desk, *ROWS)
    for who, status in (
        (place.desk, 200),
        (place.auditor, 200),
        (place.town_yuelin, 403),
        (place.admin, 403),
    ):
        answer = logged_in(who).get(f"{address}/original")
        assert answer.status_code == status
        assert status != 200 or answer.content == sheet(*ROWS).read()
    assert audit.search(kind="intake.original_taken").count() == 2


def test_what_is_no_sheet_is_said_and_not_kept(desk):
    for given in ({"sheet": SimpleUploadedFile("x.xls", b"\xd0\xcf\x11\xe0")}, {}):
        answer = send(desk, "/cases/import", **given)
        assert answer.status_code == 422
    assert "旧版 xls" in text(
        send(desk, "/cases/import", sheet=SimpleUploadedFile("x.xls", b"\xd0\xcf\x11\xe0"))
    )
    assert not intake.arrivals("case_sheet").exists()


def test_the_template_is_given(desk):
    book = load_workbook(BytesIO(desk.get("/cases/import/template").content))
    assert book.sheetnames == ["案件登记表", "填写说明", "可选内容"]


def test_the_register_is_masked_and_sifted(desk):
    bring_in(desk, *ROWS)
    page = text(desk.get("/cases"))

    assert all(word in page for word in ("A001", "A002", "张*", "王*", "4.70 万元"))
    assert not any(word in page for word in ("张桂兰", "王五", "13812346620"))
    assert "A002" not in text(desk.get("/cases?fraud_class=brushing"))
    assert "A001" not in text(desk.get("/cases?since=2021-05-11&until=2021-05-11"))
    assert "这段时间没有案件" in text(desk.get("/cases?status=cleared"))


def test_a_person_is_looked_for_without_a_trace_in_any_address(desk):
    bring_in(desk, *ROWS)
    for words in ("138 1234 6620", "张桂兰", "a001"):
        page = text(send(desk, "/cases", words=words))
        assert "A001" in page
        assert "A002" not in page
    assert audit.search(kind="vault.looked_up").count() == 3


def test_one_case_shows_how_it_was_told_over_time(desk, time):
    bring_in(desk, *ROWS)
    time["now"] = at("15:30")
    bring_in(desk, ROWS[0].replace("3.5", "4.2"))
    page = text(desk.get(f"/cases/{case_of('A001').case_id}"))

    assert "第 2 版" in page
    assert "更正：损失" in page
    assert "岳林街道，损失 3.50 万元" in page


def test_a_person_is_shown_for_a_purpose_and_masked_again(desk, place, time):
    bring_in(desk, *ROWS)
    found = case_of("A001")
    subject = found.victims.get().subject_id
    address = f"/cases/{found.case_id}"
    assert send(desk, f"{address}/reveal", of=subject).status_code == 422
    assert "13812346620" not in text(desk.get(f"{address}/reveal?of={subject}"))

    send(desk, f"{address}/reveal", of=subject, purpose="investigate", why="核对笔录")
    page = text(desk.get(address))
    assert all(word in page for word in ("张桂兰", "13812346620", "先返利后不能提现"))
    assert "13812346620" not in text(desk.get("/cases"))
    assert "13812346620" not in text(logged_in(place.chief).get(address))

    time["now"] = at("14:16:01")
    assert not any(word in text(desk.get(address)) for word in ("张桂兰", "先返利后不能提现"))


def test_only_people_of_the_case_can_be_revealed(desk, place):
    bring_in(desk, *ROWS)
    other = case_of("A002").victims.get().subject_id
    assert (
        send(desk, f"/cases/{case_of('A001').case_id}/reveal", of=other, purpose="verify").status_code == 404
    )


def test_a_town_sees_and_takes_only_its_own(desk, place):
    bring_in(desk, *ROWS)
    town = logged_in(place.town_xikou)

    page = text(town.get("/cases"))
    assert "A002" in page
    assert "A001" not in page
    assert town.get(f"/cases/{case_of('A001').case_id}").status_code == 404
    assert town.get(f"/cases/{case_of('A002').case_id}").status_code == 200
    assert "A001" not in text(send(town, "/cases", words="A001")).replace('value="A001"', "")

    given = town.post(
        "/cases/export?since=2021-05-01&until=2021-05-31", {"purpose": "核对", "ending": ".csv"}
    )
    assert "A002" in given.content.decode()
    assert not any(word in given.content.decode() for word in ("A001", "王五", "13905740011"))


def test_an_export_needs_its_purpose(desk):
    bring_in(desk, *ROWS)
    answer = desk.post("/cases/export", {"purpose": " ", "ending": ".csv"})

    assert "先写明用途" in text(answer)
    assert not audit.search(kind="cases.exported").exists()


@pytest.mark.parametrize(
    ("role", "read", "take_in", "give_out"),
    [
        ("desk", 200, 200, 200),
        ("inspector", 200, 403, 200),
        ("auditor", 200, 403, 403),
        ("town_yuelin", 200, 403, 200),
        ("teller", 403, 403, 403),
        ("admin", 403, 403, 403),
        ("citizen", 403, 403, 403),
    ],
)
def test_who_may_read_take_in_and_give_out(desk, place, role, read, take_in, give_out):
    address = bring_in(desk, *ROWS)
    browser = logged_in(getattr(place, role))

    assert browser.get("/cases").status_code == read
    for page in ("/cases/import", "/cases/import/template", address, f"{address}/refused"):
        assert browser.get(page).status_code == take_in
    assert browser.post("/cases/export", {"purpose": "核对", "ending": ".csv"}).status_code == give_out
