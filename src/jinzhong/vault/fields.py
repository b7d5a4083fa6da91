"""Model fields that are encrypted in the database and plain in Python."""

import json
from base64 import b64decode, b64encode
from typing import Any

from django.db import models

from jinzhong.vault import seal


class SealedText(models.Field):
    """Text, encrypted for its table and column. It can't be filtered or ordered by; use a blind index to find."""

    def get_internal_type(self) -> str:
        return "BinaryField"

    def _place(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return (
            None
            if value is None
            else connection.Database.Binary(seal.close(self.to_text(value), place=self._place()))
        )

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else self.from_text(seal.open_(value, place=self._place()))

    def to_text(self, value: Any) -> str:
        return str(value)

    def from_text(self, text: str) -> Any:
        return text

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class SealedBytes(SealedText):
    """Bytes, such as a photo, encrypted."""

    def to_text(self, value: Any) -> str:
        return b64encode(value).decode()

    def from_text(self, text: str) -> Any:
        return b64decode(text)


class SealedJson(SealedText):
    """Any JSON value, encrypted."""

    def to_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, default=str)

    def from_text(self, text: str) -> Any:
        return json.loads(text)
