"""The search itself: it finds whoever was planted, however they are spelled, and nobody who wasn't."""

import base64
import hashlib
import json
import zipfile
import zlib
from io import BytesIO

import pytest
from django.core import signing

from tests.privacy.canaries import CARD, ID, NAME, PHONE, Canary, Search

PEOPLE = [Canary(number) for number in range(1000)]
search = Search([value for one in PEOPLE for value in one.values], (NAME, PHONE, ID, CARD))
ONE = PEOPLE[417]
NOISE = bytes(range(256)) * 40


def zipped(text: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("sheet.xml", text)
    return out.getvalue()


WAYS = {
    "as written": lambda text: text.encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "gbk": lambda text: text.encode("gbk"),
    "hex": lambda text: text.encode().hex().encode(),
    "base64": lambda text: base64.b64encode(b"x" + text.encode() + b"yz"),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()),
    "json": lambda text: json.dumps({"a": text}).encode(),
    "md5": lambda text: hashlib.md5(text.encode()).hexdigest().encode(),
    "sha1": lambda text: hashlib.sha1(text.encode()).digest(),
    "sha256": lambda text: b"x" + hashlib.sha256(text.encode()).digest(),
    "sha256 in capitals": lambda text: hashlib.sha256(text.encode()).hexdigest().upper().encode(),
    "zlib": lambda text: zlib.compress(b"a" * 99 + text.encode()),
    "a spreadsheet": lambda text: zipped(b"<c>" + text.encode() + b"</c>"),
    "a session": lambda text: signing.dumps({"a": "b" * 99 + text}, key="k", compress=True).encode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_planted_one_is_found(way):
    assert [value for value in ONE.values if not search(NOISE + WAYS[way](value) + NOISE)] == []


@pytest.mark.parametrize("text", ["138****0417", "尾号 0417", "龘*", "330***********4179", "13812346620"])
def test_what_is_masked_or_somebody_else_is_not(text):
    assert search(NOISE + text.encode() + NOISE) == set()


def test_a_file_is_named(tmp_path):
    (tmp_path / "a.log").write_text("nothing")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.log").write_text(f"failed for {ONE.phone}")

    assert list(search.files(tmp_path)) == [str(tmp_path / "deep" / "b.log")]
