"""One real number has one key, however it is written; and how it is shown to those who may not see it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhong.vault import forms

PHONES = {
    "13812341234": [
        "13812341234", "138 1234 1234", "138-1234-1234", "138.1234.1234", "+86 13812341234", "+86-138-1234-1234",
        "0086 13812341234", "8613812341234", "86 138 1234 1234", "(86)13812341234", "013812341234",
        "13812341234", "+86 138 1234 1234", " 13812341234 ", "138\u00a01234\u00a01234",
        "\u202d13812341234\u202c", "138\u200b12341234", "\ufeff13812341234", "138—1234—1234", "138 1234\t1234",
    ],
    "0574-88881234": [
        "0574-88881234", "057488881234", "(0574)88881234", "(0574)88881234", "0574 8888 1234", "88881234", "8888-1234",
        "+86 574 88881234", "+86-0574-88881234", "0086 574 8888 1234", "86-574-88881234", "57488881234",
        "0574-88881234",
    ],
    "0574-8888123": ["0574-8888123", "8888123", "888 8123"],
    "010-62881234": ["010-62881234", "01062881234", "+86 10 6288 1234", "8610 6288 1234"],
    "021-62881234": ["021-62881234", "+86 21 62881234", "(021) 6288 1234"],
    "0574-88881234x801": [
        "0574-88881234转801", "0574-88881234 转 801", "0574-88881234ext801", "0574-88881234 ext. 801",
        "0574-88881234x801", "0574-88881234#801", "0574-88881234-801", "88881234-801",
    ],
    "4008208820": ["4008208820", "400-820-8820", "400 820 8820", "+86 400 820 8820", "86 4008208820"],
    "8008208820": ["800-820-8820"],
    "95588": ["95588", "+86 95588", "9 5 5 8 8"],
    "96110": ["96110", "96110", "+8696110"],
    "110": ["110", "110"],
    "12381": ["12381"],
    "10086": ["10086", "+86 10086"],
    "1069012345678": ["106 9012 345678", "1069012345678"],
    "+16505550100": ["+1 650 555 0100", "+1 (650) 555-0100", "0016505550100", "00 1 650 555 0100", "+1-650-555-0100"],
    "+85223456789": ["+852 2345 6789", "00852 23456789"],
    "+447700900123": ["+44 7700 900123", "0044 7700-900-123"],
}  # fmt: skip
SPELLINGS = [(text, key) for key, texts in PHONES.items() for text in texts]


@pytest.mark.parametrize(("text", "key"), SPELLINGS, ids=repr)
def test_every_spelling_of_a_phone_has_one_key(text, key):
    assert forms.phone(text) == key


def test_a_landline_without_area_code_is_of_the_district(settings):
    settings.AREA_CODE = "021"

    assert forms.phone("88881234") == "021-88881234"


def test_different_phones_keep_different_keys():
    assert len({forms.phone(texts[0]) for texts in PHONES.values()}) == len(PHONES)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "12", "1381234123", "138123412345", "张桂兰", "138-1234-123a", "+", "+86", "86", "00", "+0123456",
        "0", "1" * 30, "++8613812341234", "13812341234;drop", "٠١٢٣٤٥٦٧٨٩", "1381234\x001234", "1381234\ud8001234",
        "12345678901", "=13812341234", "1e10",
    ],
)  # fmt: skip
def test_what_is_no_phone_is_refused_in_words(text):
    with pytest.raises(forms.BadForm) as refused:
        forms.phone(text)

    assert str(refused.value)


def test_one_digit_too_few_is_said_with_the_count():
    with pytest.raises(forms.BadForm, match="现有 10 位，应为 11 位"):
        forms.phone("1381234123")


MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
GAPS = st.sampled_from(["", " ", "-", "  ", "\u00a0", "\u200b", ".", "·"])
PREFIXES = st.sampled_from(["", "+86", "0086", "86", "+86 ", "0086-", "(+86)", "86-", "0"])


@given(mobile=MOBILES, prefix=PREFIXES, one=GAPS, two=GAPS, wide=st.booleans())
def test_any_dress_of_a_mobile_has_one_key(mobile, prefix, one, two, wide):
    text = f"{prefix}{mobile[:3]}{one}{mobile[3:7]}{two}{mobile[7:]}"
    if wide:
        text = text.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})

    assert forms.phone(text) == mobile


@given(st.text(max_size=30))
def test_any_text_is_a_phone_that_stays_itself_or_is_refused(text):
    try:
        key = forms.phone(text)
    except forms.BadForm:
        return
    assert forms.phone(key) == key


@given(st.text(alphabet="0123456789+-() 转x", max_size=24))
def test_a_key_read_again_is_the_same_key(text):
    try:
        key = forms.phone(text)
    except forms.BadForm:
        return
    assert forms.phone(key) == key


def test_an_id_number_in_any_dress():
    """11010519491231002X is the example of the national standard GB 11643."""
    for text in ("11010519491231002X", "11010519491231002x", "110105 19491231 002X", "11010519491231002X"):
        assert forms.id_number(text) == "11010519491231002X"
    assert forms.birth_date("11010519491231002X") == date(1949, 12, 31)
    assert forms.sex("11010519491231002X") == "F"


def test_the_old_fifteen_digits_are_the_same_person():
    assert forms.id_number("110105491231002") == "11010519491231002X"


@pytest.mark.parametrize(
    "text",
    [
        "", "1101051949123100", "110105194912310021", "11010519490230002X", "110105184912310020", "X" * 18,
        "11010519491331002X", "张桂兰", "0" * 18,
    ],
)  # fmt: skip
def test_what_is_no_id_number_is_refused(text):
    with pytest.raises(forms.BadForm):
        forms.id_number(text)


@given(st.text(max_size=25))
def test_any_text_is_an_id_number_or_refused(text):
    try:
        key = forms.id_number(text)
    except forms.BadForm:
        return
    assert forms.id_number(key) == key


def test_an_account_is_its_digits():
    assert forms.account("6222 0202 0000 7731") == "6222020200007731"
    assert forms.account("62220202-00007731") == "6222020200007731"
    with pytest.raises(forms.BadForm):
        forms.account("6222 O2O2")


def test_a_name_has_one_spelling_and_rare_characters_stay():
    assert forms.name(" 张 桂 兰 ") == "张桂兰"
    assert forms.name("𠮷野") == "𠮷野"
    assert forms.name("买买提 · 艾力") == forms.name("买买提•艾力") == "买买提·艾力"
    assert forms.name("John   Smith") == "John Smith"


@pytest.mark.parametrize("text", ["", "  ", "张" * 61, "张\x00", "张\ud800", "\u200b"])
def test_what_is_no_name_is_refused(text):
    with pytest.raises(forms.BadForm):
        forms.name(text)


@pytest.mark.parametrize(
    ("key", "masked"),
    [
        ("13812341234", "138****1234"),
        ("0574-88881234", "0574-****234"),
        ("0574-88881234x801", "0574-****234"),
        ("96110", "96110"),
        ("95588", "95588"),
        ("+16505550100", "+16****0100"),
    ],
)
def test_a_masked_phone(key, masked):
    assert forms.mask_phone(key) == masked


@pytest.mark.parametrize("key", ["13812341234", "17012341234", "0574-88881234"])
def test_somebody_here_may_have_this_phone(key):
    assert forms.is_residents(forms.phone(key))


@pytest.mark.parametrize(
    "key",
    ["110", "95588", "4008001234", "106575551234", "+16505550100", "010-88881234", "0574-88881234转801", ""],
)
def test_a_service_number_another_place_and_abroad_are_no_residents(key):
    assert not forms.is_residents(forms.phone(key) if key else key)


def test_masked_id_name_and_account():
    assert forms.mask_id("11010519491231002X") == "110***********002X"
    assert forms.mask_name("张桂兰") == "张*"
    assert forms.mask_name("欧阳修") == "欧阳*"
    assert forms.mask_name("欧阳") == "欧*"
    assert forms.mask_account("6222020200007731") == "尾号 7731"


@given(MOBILES)
def test_a_mask_shows_at_most_seven_digits(mobile):
    assert sum(char.isdigit() for char in forms.mask_phone(mobile)) == 7
