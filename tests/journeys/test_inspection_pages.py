"""督导 through the pages: the inspector issues, the town answers, somebody else reviews."""

import json
import re
from html import unescape
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from jinzhong import flow
from jinzhong.audit.models import Event
from jinzhong.district import operations as district
from jinzhong.review.models import CheckPhoto, Paper, SiteCheck
from tests.district import at
from tests.pages import logged_in, send, text

BEGINS = at("09:00", "2021-06-01")


@pytest.fixture
def works(place, time):
    for code, town in (("town-1", place.yuelin), ("town-2", place.xikou)):
        district.add_unit(
            code=code,
            name=f"{town.short_name}反诈工作站",
            kind="town_office",
            town=town,
            by="test",
            at=at("08:00"),
        )
    return place


def issue(works, to="town-1", **more):
    said = {
        "to": to, "kind": "order", "site": "5月31日实地检查，小喇叭没有开", "facts": "3 台小喇叭离线 5 天。",
        "demand": "修复并报送结果。", "due": "2021-06-10",
    }  # fmt: skip
    return send(logged_in(works.inspector), "/inspection/new", **(said | more))


def address(page):
    return page.redirect_chain[-1][0]


def test_issued_answered_sent_back_and_closed(works, time):
    inspector, town, office = (logged_in(one) for one in (works.inspector, works.town_yuelin, works.desk))
    assert "还没有督导文书" in text(town.get("/inspection"))
    paper = issue(works)
    at_paper = address(paper)
    assert "反诈督〔2021〕1 号" in text(paper)

    seen = text(town.get("/inspection"))
    assert "反诈督〔2021〕1 号" in seen
    assert re.search(r"督导<i>1</i>", seen)
    time["now"] = at("09:00", "2021-06-12")
    assert "迟 2 天" in text(town.get(at_paper))
    assert "提级：发通报" in text(inspector.get(at_paper))

    replied = text(send(town, f"{at_paper}/answer", text="3 台已修好", evidence="照片 3 张"))
    assert "照片 3 张" in replied
    assert "待复核" in replied
    assert "等另一人复核" in text(inspector.get(at_paper))
    refused = send(inspector, f"{at_paper}/review", verdict="close", text="属实")
    assert refused.status_code == 422
    assert "发文的人和回复的人不能复核" in text(refused)

    back = text(send(office, f"{at_paper}/review", verdict="reopen", text="1 台仍离线", due="2021-06-15"))
    assert "退回过，计 2 件" in back
    send(town, f"{at_paper}/answer", text="第 3 台已换", evidence="在线记录")
    assert "复核通过" in text(send(office, f"{at_paper}/review", verdict="close", text="查看在线，属实"))
    done = text(office.get("/inspection?state=closed"))
    assert "已办结" in done
    assert '<td class="num"><b>2</b></td>' in done


def test_another_town_finds_no_such_paper(works):
    at_paper = address(issue(works, to="town-2"))
    town = logged_in(works.town_yuelin)

    assert town.get(at_paper).status_code == 404
    assert send(town, f"{at_paper}/answer", text="x").status_code == 404
    assert "反诈督" not in text(town.get("/inspection"))
    assert town.get("/inspection/new").status_code == 403
    assert logged_in(works.hotline).get("/inspection").status_code == 403


def test_more_time_is_asked_by_the_town_and_given_by_the_office(works):
    at_paper = address(issue(works))
    asked = text(send(logged_in(works.town_yuelin), f"{at_paper}/extend", until="2021-06-16", text="等配件"))
    assert "申请延期" in asked
    assert "延期到 6月16日？" in text(logged_in(works.desk).get(at_paper))

    given = text(send(logged_in(works.desk), f"{at_paper}/extension", answer="grant", text="同意"))
    assert "同意延期" in given
    assert "6月16日 24 时前" in given


def test_what_was_written_stays_when_it_cannot_be_issued(works):
    for wrong, why in (({"due": "2021-06-01"}, "期限要在今天以后"), ({"site": ""}, "至少选一条依据"), ({"due": "x"}, "2021-06-10 这样")):  # fmt: skip
        page = issue(works, **wrong)
        assert page.status_code == 422
        assert why in text(page)
        assert "3 台小喇叭离线 5 天。" in text(page)
    assert issue(works, to="outlet-001").status_code == 404


def test_sent_twice_it_is_one_paper(works):
    client = logged_in(works.inspector)
    form = {
        "once": "k" * 32, "to": "town-1", "kind": "letter", "site": "检查", "facts": "事实", "demand": "要求", "due": "2021-06-10",
    }  # fmt: skip
    first, second = client.post("/inspection/new", form), client.post("/inspection/new", form)

    assert first["Location"] == second["Location"]
    assert "〕2 号" not in text(client.get("/inspection"))


def check(client, **more):
    """As the phone hands it in."""
    said = {"place": "outlet:outlet-001", "item-alarm_key": "bad", "item-posters": "good", "text": "新柜员没有培训", "at": "2021-06-01T08:30:00+08:00", "once": "key-1"}  # fmt: skip
    return client.post("/field/check", said | more, headers={"X-Phone": "1"})


def test_a_site_check_becomes_the_ground_of_a_paper(works, time):
    officer, inspector = logged_in(works.patrols[0]), logged_in(works.inspector)
    assert "示范银行南门网点" in text(officer.get("/field/check"))
    assert check(officer).status_code == 204
    assert check(officer).status_code == 204, "handed in twice is once"

    page = text(inspector.get("/inspection"))
    assert page.count("没有做到：柜员会按一键报警；新柜员没有培训") == 1
    assert "6月1日 08:30" in page
    form = unescape(re.search(r'href="(/inspection/new[^"]+)"[^>]*>据此发文书', page)[1])
    at_form = text(inspector.get(form))
    ground = re.search(r'value="(check:[0-9a-f-]+)" checked', at_form)[1]
    words = "2021-06-01 08:30 现场检查 示范银行南门网点：没有做到：柜员会按一键报警；新柜员没有培训"
    assert words in at_form
    paper = send(
        inspector, "/inspection/new", to="bank-01", kind="letter", ground=ground, facts="柜员不会按。", demand="培训全部柜员。", due="2021-06-04"
    )  # fmt: skip
    shown = text(paper)
    assert words in shown
    assert "6月4日" in shown
    at_check = text(inspector.get(f"/inspection/checks/{ground.removeprefix('check:')}"))
    assert re.search(r"<b>没有做到</b></dt><dd>柜员会按一键报警", at_check)


def test_of_a_community_the_office_of_its_town_answers(works, time):
    one = district.add_community(town=works.yuelin, name="南门社区", area="urban", by="test", at=at("08:00"))
    done = check(
        logged_in(works.inspector),
        place=f"community:{one.pk}",
        **{"item-speakers": "bad", "item-alarm_key": "bad"},
    )

    assert done.status_code == 204
    form = text(logged_in(works.desk).get("/inspection/new?to=town-1"))
    assert "没有做到：小喇叭能响、按时播；新柜员没有培训" in form


def test_an_operator_and_a_school_answer_for_themselves_by_items_of_their_own(works, time):
    for code, kind, town in (("operator-1", "operator", None), ("school-1", "school", works.yuelin)):
        district.add_unit(code=code, name=f"示范{kind}", kind=kind, town=town, by="test", at=at("08:00"))
    away = district.add_unit(
        code="school-2", name="溪口中学", kind="school", town=works.xikou, by="test", at=at("08:00")
    )
    officer = logged_in(works.patrols[0])
    form = text(officer.get("/field/check"))
    assert "开卡本人到场" in form
    assert "溪口中学" not in form

    for key, place, item in (
        ("a", "operator:operator-1", "reverify"),
        ("b", "school:school-1", "class_meetings"),
    ):
        said = {f"item-{item}": "bad", "item-alarm_key": "bad", "text": "", "once": key}
        assert check(officer, place=place, **said).status_code == 204
    assert check(officer, place=f"school:{away.code}", once="c").status_code == 422
    assert check(officer, place="bank:bank-01", once="d").status_code == 422
    desk = logged_in(works.desk)
    for unit, found in (
        ("operator-1", "没有做到：高危卡 24 小时内提醒二次实人认证"),
        ("school-1", "没有做到：本学期各班开过反诈班会"),
    ):
        grounds = text(desk.get(f"/inspection/new?to={unit}"))
        assert found in grounds
        assert "柜员会按一键报警" not in grounds


def taken(name="IMG_1.jpg", size=(3200, 2400)):
    """A photo as a phone's camera makes it."""
    out = BytesIO()
    Image.new("RGB", size, (20, 120, 60)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def test_photos_go_with_a_check_and_are_seen_by_whoever_sees_it(works, time):
    officer, inspector = logged_in(works.patrols[0]), logged_in(works.inspector)
    assert check(officer, photo=[taken(), taken("IMG_2.jpg")]).status_code == 204
    assert check(officer, photo=[taken(), taken("IMG_2.jpg")]).status_code == 204, "handed in twice is once"
    other = check(officer, photo=[taken(), taken("IMG_2.jpg", size=(2400, 3200))])
    assert other.status_code == 409, "the same form with another photo is another form"
    assert "照片 2 张" in text(officer.get("/field/check"))

    pk = re.search(r"/inspection/checks/([0-9a-f-]+)", text(inspector.get("/inspection")))[1]
    at_photo = f"/inspection/checks/{pk}/photos/2"
    assert at_photo in text(inspector.get(f"/inspection/checks/{pk}"))
    for client in (inspector, officer):
        with Image.open(BytesIO(client.get(at_photo).content)) as seen:
            assert seen.size == (1600, 1200)
    assert inspector.get(f"/inspection/checks/{pk}/photos/3").status_code == 404
    assert logged_in(works.patrols[1]).get(at_photo).status_code == 404
    assert logged_in(works.town_yuelin).get(at_photo).status_code == 404
    assert logged_in(works.teller).get(at_photo).status_code == 403
    assert CheckPhoto.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM review_checkphoto")
        assert b"JFIF" not in bytes(cursor.fetchone()[0]), "kept encrypted"


def test_a_photo_that_is_none_or_one_too_many_is_told_and_nothing_is_kept(works, time):
    officer = logged_in(works.patrols[0])
    bad = check(officer, photo=[taken(), SimpleUploadedFile("a.jpg", b"<script>", "image/jpeg")])
    many = check(officer, photo=[taken(f"{n}.jpg", (40, 30)) for n in range(5)], once="key-2")

    assert (bad.status_code, text(bad)) == (422, "有一张照片打不开，没有交；请删掉它，或者重拍")
    assert (many.status_code, text(many)) == (422, "照片最多 4 张")
    assert not SiteCheck.objects.exists()


def test_photos_that_are_too_much_together_are_not_lost_without_a_word(works, time, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 50_000
    much = check(logged_in(works.patrols[0]), photo=[taken(), taken("IMG_2.jpg")])

    assert (much.status_code, text(much)) == (422, "照片加起来太大，没有交；请少选几张")
    assert not SiteCheck.objects.exists()


def worker(time, day):
    time["now"] = at("09:00", day)
    flow.work_once(worker="w", now=time["now"], deliver={})


def test_photos_are_deleted_after_180_days(works, time):
    """1 June and 180 days are 28 November."""
    officer = logged_in(works.patrols[0])
    check(officer, photo=[taken(), taken("IMG_2.jpg")])
    check(officer, once="key-2")

    worker(time, "2021-11-27")
    assert CheckPhoto.objects.count() == 2
    worker(time, "2021-11-28")
    assert not CheckPhoto.objects.exists()
    assert SiteCheck.objects.count() == 2
    assert [
        (one.by, json.loads(one.facts)) for one in Event.objects.filter(kind="review.photos_forgotten")
    ] == [("clock", {"photos": 2})]
    worker(time, "2022-06-01")
    assert Event.objects.filter(kind="review.photos_forgotten").count() == 1


def test_photos_stay_while_a_paper_that_rests_on_them_is_open(works, time):
    """180 days after 28 November are 27 May."""
    check(logged_in(works.patrols[0]), photo=[taken()])
    seen = SiteCheck.objects.get()
    send(
        logged_in(works.inspector), "/inspection/new", to="bank-01", kind="letter", ground=f"check:{seen.pk}",
        facts="柜员不会按。", demand="培训全部柜员。", due="2021-06-04",
    )  # fmt: skip

    worker(time, "2021-11-28")
    assert CheckPhoto.objects.count() == 1
    Paper.objects.update(closed_at=at("09:00", "2021-12-01"))
    worker(time, "2022-05-26")
    assert CheckPhoto.objects.count() == 1
    worker(time, "2022-05-27")
    assert not CheckPhoto.objects.exists()


def test_who_may_check_what_and_who_sees_it(works, time):
    officer = logged_in(works.patrols[0])
    assert check(officer, place="outlet:outlet-002").status_code == 422, "of another station's town"
    refused = check(officer, text="", **{"item-alarm_key": "", "item-posters": "?"}, once="key-2")
    assert (refused.status_code, text(refused)) == (422, "至少查一项，或者写看到什么")
    assert check(logged_in(works.inspector)).status_code == 204
    assert "现场检查" not in re.sub(
        r"(?s)<header.*?</header>", "", text(logged_in(works.town_yuelin).get("/inspection"))
    )
    assert "南门网点：" not in text(officer.get("/inspection"))
    for other in (works.town_yuelin, works.teller, works.auditor):
        assert logged_in(other).get("/field/check").status_code == 403
    # a clock that runs ahead isn't believed
    check(officer, at="2021-06-01T12:00:00+08:00", once="key-3")
    assert "6月1日 09:00" in text(officer.get("/inspection"))
