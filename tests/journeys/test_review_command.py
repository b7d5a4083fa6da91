"""``jinzhong review``, as other offices script it. Every expected value worked out by hand."""

import json
from datetime import date

import pytest

from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case, five_cases
from jinzhong_engine.ladders import performance_index
from tests.district import at

HEADER = "area,fraud_class,date,cases,population"


def counts(tmp_path, months, *, residents=None):
    """``months``: for each area the cases of consecutive months, the last of them May 2021; a row on the 15th of each."""
    residents = residents or {}
    rows = [HEADER]
    for area, cases in months.items():
        for back, number in enumerate(reversed(cases)):
            at_month = 2021 * 12 + 4 - back
            day = date(at_month // 12, at_month % 12 + 1, 15)
            rows.append(f"{area},loan,{day},{number},{residents.get(area, 50_000)}")
    (tmp_path / "counts.csv").write_text("\n".join(rows) + "\n", "utf-8")


def listed(command, month="2021-05"):
    code, out, err = command(f"review listing --month {month} --counts counts.csv --json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    return told | {"areas": {one["area"]: one for one in told["areas"]}}


def flat(cases, months=13):
    return [cases] * months


def test_a_town_far_above_the_district_is_red_and_owes_by_dates(command, tmp_path):
    """A 15, B and C 6 each of 50,000: R = 27 / 15 = 1.80; A 3.00 = 1.67 R; P(X >= 15; 9) = 4.1 %; last May 6: +150 %.

    Published on Wednesday 2 June: plan by Monday the 7th, report by 2 July."""
    counts(tmp_path, {"A": [*flat(6, 12), 15], "B": flat(6), "C": flat(6)})

    told = listed(command)
    town = told["areas"]["A"]

    assert told["district_rate_10k"] == "1.80"
    assert (town["colour"], town["rate_10k"], town["yoy_percent"]) == ("red", "3.00", "150.0")
    assert town["p"] == pytest.approx(0.0415, abs=5e-5)
    assert town["reasons"] == ["万人发案率 3.00，是全区 1.80 的 1.67 倍，比上年同期多，偶然出现的可能 4.1%"]
    assert {one["kind"]: one["by"] for one in town["due"]} == {
        "supervision_order": "2021-06-02", "plan": "2021-06-07", "report": "2021-07-02", "talk_deputy": None,
    }  # fmt: skip
    assert [told["areas"][name]["colour"] for name in "BC"] == ["green", "green"]


def test_without_a_rise_over_last_year_it_is_yellow_at_most(command, tmp_path):
    counts(tmp_path, {"A": [15, *flat(6, 11), 15], "B": flat(6), "C": flat(6)})

    town = listed(command)["areas"]["A"]

    assert (town["colour"], town["yoy_percent"]) == ("yellow", "0.0")
    assert [one["kind"] for one in town["due"]] == ["advisory_letter", "plan"]


def test_four_cases_are_never_listed_for_their_rate(command, tmp_path):
    """4 in 12,000 people is 4.4 times the district's rate."""
    counts(tmp_path, {"A": [*flat(0, 12), 4], "B": flat(6), "C": flat(6)}, residents={"A": 12_000})

    assert listed(command)["areas"]["A"]["colour"] == "green"


def test_two_yellow_months_without_improvement_make_red(command, tmp_path):
    """April and May A 14, B and C 8 of 50,000: 1.4 R, P(X >= 14; 10) = 13.6 %; yellow, then red; with 13 in May yellow again
    (1.34 R, P(X >= 13; 9.67) = 17.6 % would be green, so B and C are 7: P(X >= 13; 9) = 12.4 %)."""
    counts(tmp_path, {"A": [*flat(8, 11), 14, 14], "B": flat(8), "C": flat(8)})
    assert listed(command, "2021-04")["areas"]["A"]["colour"] == "yellow"
    again = listed(command)["areas"]["A"]
    assert (again["colour"], again["reasons"]) == ("red", ["连续 2 个月黄牌，案件没有减少"])

    counts(tmp_path, {"A": [*flat(8, 11), 14, 13], "B": [*flat(8, 12), 7], "C": [*flat(8, 12), 7]})
    assert listed(command)["areas"]["A"]["colour"] == "yellow"


def test_the_two_highest_rates_three_months_running_are_red(command, tmp_path):
    """A and B 3 cases each month from March, C and D 2: never five, yet the top two three months running."""
    calm = flat(2, 10)
    counts(tmp_path, {"A": [*calm, 3, 3, 3], "B": [*calm, 3, 3, 3], "C": flat(2), "D": flat(2)})

    areas = listed(command)["areas"]

    assert [areas[name]["colour"] for name in "ABCD"] == ["red", "red", "green", "green"]
    assert areas["A"]["reasons"] == ["万人发案率连续 3 个月居全区前 2 位"]


def test_a_small_town_is_judged_on_three_months_and_more_strictly(command, tmp_path):
    """8,000 people, 1 + 2 + 3 cases; elsewhere 10 a month in 100,000: R3 = 36 / 10.8 = 3.33; P(X >= 6; 2.67) = 5.4 %, and a
    third of 15 % is asked for."""
    counts(tmp_path, {"A": [*flat(0, 10), 1, 2, 3], "B": flat(10)}, residents={"A": 8_000, "B": 100_000})

    town = listed(command)["areas"]["A"]

    assert (town["cases"], town["window_months"], town["window_cases"]) == (3, 3, 6)
    assert town["p"] == pytest.approx(0.0541, abs=5e-5)


def test_thirty_five_days_without_a_case_earn_a_star(command, tmp_path):
    """The last case on 27 April: 27 May is the 30th day after, 31 May the 34th; with 26 April it is the 35th."""
    for day, star in (("2021-04-27", False), ("2021-04-26", True)):
        rows = [HEADER, f"A,loan,{day},1,50000", "A,loan,2021-03-01,1,50000", "B,loan,2021-05-31,2,50000"]
        rows += [f"B,loan,2021-05-{number:02},1,50000" for number in range(1, 9)]
        (tmp_path / "counts.csv").write_text("\n".join(rows) + "\n", "utf-8")

        assert listed(command)["areas"]["A"]["star"] is star


def test_three_red_months_only_ever_propose_a_veto(command, tmp_path):
    counts(tmp_path, {"A": [*flat(6, 12), 30, 30, 30], "B": flat(6, 15), "C": flat(6, 15)})

    due = {one["kind"]: one for one in listed(command)["areas"]["A"]["due"]}

    assert "talk_principal" in due
    assert due["veto_proposal"]["proposal"] is True
    assert due["veto_proposal"]["by"] is None


def test_without_a_file_our_own_cases_are_listed(command, place, monkeypatch):
    """Yuelin 118,000 people, 12 loans; Xikou 72,000, one of a million yuan: R = 13 / 19 = 0.68; Yuelin 1.02 = 1.49 R."""
    for n in range(12):
        file_case(f"A{n}", "2021-05-10", YUELIN)
    file_case("B", "2021-05-11", XIKOU, loss=1_000_000)
    file_case("old", "2021-04-01", XIKOU)
    monkeypatch.setattr("jinzhong.clock.now", lambda: at("09:00", "2021-06-02"))

    code, out, _err = command("review listing --month 2021-05 --json")
    areas = {one["area"]: one for one in json.loads(out)["areas"]}

    assert code == 0
    assert (areas[YUELIN]["cases"], areas[YUELIN]["rate_10k"], areas[YUELIN]["yoy_percent"]) == (
        12,
        "1.02",
        None,
    )
    assert areas[XIKOU]["reasons"] == ["发生单案损失 100.00 万元的案件"]
    assert command("review listing --month 2021-06")[::2] == (
        2, "--month 2021-06: isn't over yet; the list is made on the 2nd of the next month\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--month 2021-13", "2021-13: write a month as 2021-05"),
        ("--month 2021-06", "2021-06: the counts cover 2020-05 to 2021-05"),
        ("--month 2021-05 --least 0", "--least 0: least_cases and top_months are 1 or more"),
        ("--month 2021-05 --as-of 2021-06-01", "--as-of and --counts"),
    ],
)
def test_a_month_that_cannot_be_listed_is_refused(command, tmp_path, line, told):
    counts(tmp_path, {"A": flat(6), "B": flat(6)})

    code, out, err = command(f"review listing --counts counts.csv {line}")

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert told in err


# -- index -----------------------------------------------------------------------------------------------

SPREADSHEET = """unit,kind,indicator,value
裘村镇,town,case_rate_10k,25
裘村镇,town,yoy,0
裘村镇,town,loss_per_capita,100
裘村镇,town,sign_ontime,90
裘村镇,town,meet_rate,110
松岙镇,town,case_rate_10k,40
松岙镇,town,yoy,
"""


def scored(command, tmp_path, text=SPREADSHEET, options=""):
    (tmp_path / "inputs.csv").write_text(text, "utf-8")
    code, out, err = command(f"review index --period 2021-05 --inputs inputs.csv --json {options}")
    assert (code, err) == (0, "")
    told = json.loads(out)
    return told | {"units": {one["unit"]: one for one in told["units"]}}


def test_a_town_is_scored_as_the_handbook_computes_it(command, tmp_path):
    """20 x (40 - 25) / 30 = 10; 10 x 30 / 60 = 5; 15 x 150 / 200 = 11.25; 6 x 30 / 40 = 4.5; 7 in full, beyond the best.

    37.75 of 58 measured: 65.086 of 100, 3.254 points of five."""
    town = scored(command, tmp_path)["units"]["裘村镇"]
    points = {one["id"]: one["points"] for one in town["indicators"] if not one["missing"]}

    assert points == {
        "case_rate_10k": 10, "yoy": 5, "loss_per_capita": 11.25, "sign_ontime": 4.5, "meet_rate": 7,
    }  # fmt: skip
    assert town["score"] == pytest.approx(37.75 / 58 * 100, abs=1e-6)
    assert town["pingan_points"] == pytest.approx(37.75 / 58 * 5, abs=1e-6)
    assert (town["measured_weight"], town["rank"]) == (58, 1)


def test_what_was_not_measured_is_shown_and_counts_neither_way(command, tmp_path):
    town = scored(command, tmp_path)["units"]["松岙镇"]

    missing = [one["id"] for one in town["indicators"] if one["missing"]]
    assert (town["score"], town["measured_weight"]) == (0, 20)
    assert len(missing) == 11
    assert "yoy" in missing


def test_a_rank_that_rests_on_little_is_told_as_a_span(command, tmp_path):
    """B is better by half a case in ten thousand, give or take five; C is far behind."""
    text = "unit,kind,indicator,value,low,high\nA,town,case_rate_10k,20,15,25\nB,town,case_rate_10k,19.5,14.5,24.5\n"
    units = scored(command, tmp_path, text + "C,town,case_rate_10k,38,37,39\n")["units"]

    spans = {name: (one["rank"], one["rank_low"], one["rank_high"]) for name, one in units.items()}
    assert spans == {"B": (1, 1, 2), "A": (2, 1, 2), "C": (3, 3, 3)}


def test_it_is_told_when_a_rank_hangs_on_one_indicator(command, tmp_path):
    text = "unit,kind,indicator,value\nA,town,case_rate_10k,10\nA,town,meet_rate,60\nB,town,case_rate_10k,40\nB,town,meet_rate,100\n"
    units = scored(command, tmp_path, text)["units"]

    assert (units["A"]["rank"], units["A"]["rank_without"]) == (1, {"case_rate_10k": 2})


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("X,village,yoy,1", "inputs.csv: row 9: kind village is none of town, station, outlet, operator"),
        ("裘村镇,town,rate,1", "inputs.csv: row 9: a town has no indicator rate"),
        ("裘村镇,town,yoy,1", "inputs.csv: row 9: yoy of 裘村镇 comes twice"),
        ("裘村镇,station,yoy,1", "inputs.csv: row 9: 裘村镇 is a town in an earlier row"),
        ("X,town,yoy,many", "inputs.csv: row 9, column value: many is not a number"),
        ("X,town,yoy,nan", "inputs.csv: row 9, column value: nan is not a number"),
    ],
)
def test_an_input_that_fits_nothing_is_named(command, tmp_path, row, told):
    (tmp_path / "inputs.csv").write_text(SPREADSHEET + row + "\n", "utf-8")

    code, out, err = command("review index --period 2021-05 --inputs inputs.csv")

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(told)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("town,yoy,60,30,-30\ntown,yoy,40,30,-30", "town yoy: has two weights; they overlap, keep one"),
        ("town,yoy,60,30,-30\ntown,meet_rate,30,60,100", "town: weights make 90, not 100"),
        ("town,yoy,100,30,30", "town yoy: worst and best are both 30"),
        ("town,yoy,,30,-30", "row 2, column weight: is empty"),
    ],
)
def test_weights_that_overlap_or_make_no_hundred_are_refused(command, tmp_path, rows, told):
    (tmp_path / "inputs.csv").write_text(SPREADSHEET, "utf-8")
    (tmp_path / "formulas.csv").write_text(f"kind,indicator,weight,worst,best\n{rows}\n", "utf-8")

    code, _out, err = command("review index --period 2021-05 --inputs inputs.csv --formulas formulas.csv")

    assert code == 2
    assert err.startswith("formulas.csv: ")
    assert told in err


@pytest.mark.parametrize(
    ("period", "told"), [("2099", "lies in the future"), ("2021-Q5", "write a period as 2021, 2021-Q2")]
)
def test_a_period_that_is_none_is_refused(command, tmp_path, period, told):
    code, _out, err = command(f"review index --period {period}")
    assert (code, told in err) == (2, True)


def test_every_published_formula_can_be_computed_with():
    for version in performance_index.VERSIONS:
        for kind, indicators in version.kinds.items():
            performance_index.check(kind, indicators)


def test_without_a_file_our_own_tables_are_measured(command, place, monkeypatch):
    """May: Yuelin 2 cases of 118,000 residents, 20,000 yuan; 2 / 118,000 x 10,000 x 365 / 31 = 1.996; 20,000 / 118,000 x 365 / 31
    = 1.996 yuan a head. Both beyond the best anchors: full points, 35 of 35."""
    five_cases()
    monkeypatch.setattr("jinzhong.clock.now", lambda: at("09:00", "2021-06-02"))

    code, out, _err = command("review index --period 2021-05 --json")
    units = {one["unit"]: one for one in json.loads(out)["units"]}
    values = {one["id"]: one["value"] for one in units[YUELIN]["indicators"] if not one["missing"]}

    assert code == 0
    assert values == {
        "case_rate_10k": pytest.approx(1.996, abs=5e-4), "loss_per_capita": pytest.approx(1.996, abs=5e-4),
    }  # fmt: skip
    assert (units[YUELIN]["score"], units[YUELIN]["measured_weight"]) == (100, 35)
    assert units["station-1"]["score"] is None


# -- award -----------------------------------------------------------------------------------------------

RATE = 557 / 577_505 / 151


def test_a_month_without_a_case_in_a_small_place_is_luck(command):
    """3,000 x 31 x 557 / 577,505 / 151 = 0.594; e^-0.594 = 0.552."""
    told = json.loads(
        command(
            f"review award --residents 3000 --days 31 --cases 0 --district-rate {RATE} --areas 12 --json"
        )[1]
    )

    assert (round(told["expected"], 2), round(told["p_zero"], 2), told["award"]) == (0.59, 0.55, False)


def test_eight_months_without_a_case_are_earned_even_as_the_best_of_twelve(command):
    """3,689 x 243 x the same = 5.73; e^-5.73 = 0.0033; twelve times that 0.039."""
    line = f"review award --residents 3689 --days 243 --district-rate {RATE} --areas 12 --json"
    told = json.loads(command(f"{line} --cases 0")[1])

    assert (round(told["expected"], 1), round(told["p_zero"], 3), round(told["p_best_of"], 3)) == (
        5.7,
        0.003,
        0.039,
    )
    assert told["award"] is True
    assert json.loads(command(f"{line} --cases 1")[1])["award"] is False


def test_an_award_needs_people_days_and_a_rate(command):
    code, _out, err = command("review award --residents 0 --days 31 --cases 0 --district-rate 0.1 --areas 12")
    assert (code, err) == (2, "--residents 0: use a whole number of 1 or more\n")


def test_an_index_is_given_out_as_a_file_by_who_may(command, place, tmp_path):
    """Ten of 30 steps from worst to best: 33.3 points, of five 1.67."""
    tmp_path.joinpath("in.csv").write_text("unit,kind,indicator,value\n=A,town,case_rate_10k,30\n")
    asked = "review index --period 2021-05 --inputs in.csv --out out.csv --by"

    code, _out, err = command(f"{asked} {place.desk.username}")
    refused = command(f"{asked} {place.town_xikou.username}")
    wrong = command("review index --period 2021-05 --inputs in.csv --out out.pdf")

    assert (code, err) == (0, "1 units written to out.csv\n")
    header, row = tmp_path.joinpath("out.csv").read_text().splitlines()
    told = dict(zip(header.split(","), row.split(","), strict=True))
    assert (told["unit"], told["score"], told["pingan_points"], told["rank"]) == ("'=A", "33.33", "1.67", "1")
    assert refused[0] == wrong[0] == 2
    assert "may not do this" in refused[2] and "end it with .csv or .xlsx" in wrong[2]
