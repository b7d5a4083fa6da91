"""Encryption of personal data: AES-256-GCM for values, keyed HMAC-SHA-256 for finding them again."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jinzhong.config import instance

NONCE = 12


class Unreadable(Exception):
    """The value was changed, moved to another place, or belongs to another key."""


def close(text: str, *, place: str) -> bytes:
    """Encrypt ``text`` for this place (table and column); layout: key version (2 bytes), nonce (12), cipher and tag."""
    version, key = instance.key("vault")
    nonce = os.urandom(NONCE)
    return (
        version.to_bytes(2, "big")
        + nonce
        + AESGCM(key).encrypt(nonce, text.encode("utf-8", "surrogatepass"), place.encode())
    )


def open_(sealed: bytes, *, place: str) -> str:
    """The text again. Raises Unreadable rather than ever returning something blank."""
    sealed = bytes(sealed)
    if len(sealed) < 2 + NONCE or sealed[:2] == b"\0\0":
        raise Unreadable(place)
    _, key = instance.key("vault", int.from_bytes(sealed[:2], "big"))
    try:
        return (
            AESGCM(key)
            .decrypt(sealed[2 : 2 + NONCE], sealed[2 + NONCE :], place.encode())
            .decode("utf-8", "surrogatepass")
        )
    except InvalidTag as problem:
        raise Unreadable(place) from problem


def blind(kind: str, canonical: str) -> bytes:
    """Blind index of an identifier: equal for equal canonical forms, useless without the key."""
    return hmac.new(
        instance.key("index")[1], f"{kind}:{canonical}".encode("utf-8", "surrogatepass"), hashlib.sha256
    ).digest()


def digest(raw: bytes) -> str:
    """Keyed digest of something that arrived, to recognise it again; 64 hex digits."""
    return hmac.new(instance.key("index")[1], b"digest:" + raw, hashlib.sha256).hexdigest()
