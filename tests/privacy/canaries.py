"""Marked people, and the search for them in bytes: as written, encoded, packed, or hashed without a key."""

import base64
import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import numpy as np

from jinzhong.vault import forms

NAME, PHONE, ID, CARD = "龘爨", "1381990", "33021319580304", "622202999770"
"""What all marked names, phones, ID numbers and cards begin with; they stand for nobody."""
ENCODED = re.compile(rb"[A-Za-z0-9+/_-]{24,}")
HEX = re.compile(rb"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}){16,}")
PACKED = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
ZIPPED = b"PK\x03\x04"
UNPACKS_TO = 16 * 1024 * 1024
DEEP = 3


@dataclass(frozen=True)
class Canary:
    """One marked person."""

    number: int

    @property
    def name(self) -> str:
        return NAME + chr(0x4E00 + self.number)

    @property
    def phone(self) -> str:
        return f"{PHONE}{self.number:04d}"

    @property
    def id_number(self) -> str:
        body = f"{ID}{self.number:03d}"
        return body + forms._check_digit(body)

    @property
    def card(self) -> str:
        return f"{CARD}{self.number:04d}"

    @property
    def story(self) -> str:
        return f"{self.name}（{self.id_number}）接到{self.phone}来电，要转到{self.card}"

    @property
    def values(self) -> tuple[str, ...]:
        return self.name, self.phone, self.id_number, self.card


class Search:
    """Finds values in bytes. ``starts``: what they begin with, which finds them in every spelling; of each value also its hashes."""

    def __init__(self, values: Iterable[str], starts: Iterable[str] | None = None):
        self.values = list(values)
        self.starts = self.values if starts is None else list(starts)

    @cached_property
    def spelled(self) -> set[bytes]:
        return {one for start in self.starts for one in spellings(start)}

    @cached_property
    def hashed(self) -> np.ndarray:
        """The first eight bytes of every hash."""
        hashes = (hashlib.md5, hashlib.sha1, hashlib.sha256)
        whole = [make(value.encode()).digest()[:8] for value in self.values for make in hashes]
        return np.unique(np.frombuffer(b"".join(whole), dtype="<u8"))

    @cached_property
    def ends(self) -> np.ndarray:
        """For every pair of bytes, whether such eight bytes may end with it."""
        known = np.zeros(1 << 16, dtype=bool)
        known[self.hashed >> 48] = True
        return known

    def __call__(self, content: bytes, deep: int = DEEP) -> set[str]:
        """What was found, in words."""
        found = {f"as written: {one!r}" for one in self.spelled if one in content}
        found |= {"as a bare hash"} if self._has_hash(content) else set()
        if deep and not found and (inside := b"\n".join(unpacked(content))):
            found = {f"packed, {one}" for one in self(inside, deep - 1)}
        return found

    def _has_hash(self, content: bytes) -> bool:
        return any(map(self._has_raw, (content, b"\n".join(map(_from_hex, HEX.findall(content))))))

    def _has_raw(self, content: bytes) -> bool:
        for place in range(min(8, max(0, len(content) - 7))):
            words = np.frombuffer(content, dtype="<u8", count=(len(content) - place) // 8, offset=place)
            some = words[self.ends[words >> 48]]  # nearly all are told apart by two bytes
            if np.isin(some, self.hashed).any():
                return True
        return False

    def files(self, *folders: Path) -> dict[str, set[str]]:
        """Path → what was found in it, for every file below; names of files count."""
        paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
        told = {str(path): self(path.name.encode()) | self(path.read_bytes()) for path in paths}
        return {path: found for path, found in told.items() if found}


def spellings(text: str) -> Iterator[bytes]:
    """How a text may stand in bytes."""
    forms_ = {text}
    if text.isdigit() and len(text) >= 7:
        forms_ |= {f"{text[:3]}{mark}{text[3:7]}" for mark in " -"}
        forms_ |= {text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))}
    for one in forms_:
        for coding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
            raw = one.encode(coding)
            yield raw
            yield raw.hex().encode()
            yield raw.hex().upper().encode()
        yield from _base64(one.encode())
        if not one.isascii():
            yield quote(one).encode()
            yield one.encode("unicode-escape")


def _base64(raw: bytes) -> Iterator[bytes]:
    """The part of it that is the same whatever stands before and behind, for each of the three places it may begin at."""
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw)
        stable = whole[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        yield stable
        yield stable.translate(bytes.maketrans(b"+/", b"-_"))


def unpacked(content: bytes) -> Iterator[bytes]:
    """Everything in it that can be unpacked: zlib and zip streams, base64."""
    whole = memoryview(content)  # its slices copy nothing
    for mark in PACKED:
        yield from (_inflated(whole[place:], 15) for place in _places(content, mark))
    for place in _places(content, ZIPPED):
        names, more = (int.from_bytes(content[place + at : place + at + 2], "little") for at in (26, 28))
        yield _inflated(whole[place + 30 + names + more :], -15)
    for one in ENCODED.finditer(content):
        text = one[0].translate(bytes.maketrans(b"-_", b"+/"))
        yield base64.b64decode(text + b"=" * (-len(text) % 4)) if len(text) % 4 != 1 else b""


def _places(content: bytes, mark: bytes) -> Iterator[int]:
    place = content.find(mark)
    while place >= 0:
        yield place
        place = content.find(mark, place + 1)


def _from_hex(text: bytes) -> bytes:
    return bytes.fromhex(text.decode())


def _inflated(content: memoryview, bits: int) -> bytes:
    """Up to 16 MB of what is packed there; nothing where it isn't."""
    try:
        return zlib.decompressobj(bits).decompress(content, UNPACKS_TO)
    except zlib.error:
        return b""
