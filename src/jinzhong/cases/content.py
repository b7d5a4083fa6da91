"""What a row says of a case, part by part.

A part is one column, or the payments, or the traces. Of each part the revision keeps a keyed digest, so that a row read
again is compared without decrypting, a change is named by its parts, and a sheet with fewer columns erases nothing.
"""

import json
from typing import Any

from jinzhong.intake.sources.case_sheet.columns import COLUMNS
from jinzhong.intake.sources.case_sheet.told import CaseRow
from jinzhong.vault import seal

DIGITS = 16
"""Hex digits kept of a digest: two contents of one part of one case don't meet by chance."""
PLAIN = (
    "reported_at", "filed_at", "town", "residence_town", "community", "area", "station", "status", "source", "channel", "lure",
    "narrative", "loss", "stopped", "frozen", "returned",
)  # fmt: skip
"""Parts that are one column and one value."""
TOLD_BY = {
    "occurred": {"occurred_from", "occurred_to"},
    "fraud_class": {"fraud_class"},
    "victim_name": {"victim_name"},
    "victim_phone": {"victim_phone"},
    "victim_id_number": {"victim_id_number"},
    "victim_address": {"victim_address"},
    "victim_occupation": {"victim_occupation"},
    "victim_sex": {"victim_sex", "victim_id_number"},
    "victim_age": {"victim_age", "victim_birth_year", "victim_id_number"},
    "transfers": {"transfer_at", "transfer_amount", "payee_account", "payee_bank"},
    "suspects": {"suspect_number", "suspect_app", "suspect_url"},
} | {name: {name} for name in PLAIN}
"""Each part and the columns that tell it."""
VICTIM_PARTS = {name for name in TOLD_BY if name.startswith("victim_")}
IDENTIFYING = {"victim_name", "victim_phone", "victim_id_number", "victim_address"}


def told(row: CaseRow) -> set[str]:
    """The parts this row's sheet has columns for."""
    columns = {column.field for column in COLUMNS} if row.columns is None else row.columns
    return {part for part, by in TOLD_BY.items() if by & columns}


def digests(row: CaseRow) -> dict[str, str]:
    """Part → digest, of the parts in which the row says something."""
    said = {part: value for part, value in _content(row).items() if part in told(row)}
    return {part: _digest(part, value) for part, value in said.items() if not _is_nothing(value)}


def changed(row: CaseRow, before: dict[str, str]) -> set[str]:
    """The parts in which the row says something else than what was known."""
    new = digests(row)
    return {part for part in told(row) if new.get(part) != before.get(part)}


def merged(row: CaseRow, before: dict[str, str]) -> dict[str, str]:
    """The digests of what is known after the row."""
    return {part: kept for part, kept in before.items() if part not in told(row)} | digests(row)


def _content(row: CaseRow) -> dict[str, Any]:
    people = row.victims
    return {name: getattr(row, name) for name in PLAIN} | {
        "occurred": [row.occurred_from, row.occurred_to],
        "fraud_class": [row.fraud_class, row.raw_class],
        "victim_name": [one.name for one in people],
        "victim_phone": [[one.phone, *one.other_phones] if one.phone else "" for one in people],
        "victim_id_number": [one.id_number for one in people],
        "victim_address": [one.address for one in people],
        "victim_occupation": [one.occupation for one in people],
        "victim_sex": [one.sex for one in people],
        "victim_age": [[one.age, one.birth_year] if one.age is not None else "" for one in people],
        "transfers": [vars(one) for one in row.transfers],
        "suspects": [vars(one) for one in row.suspects],
    }


def _is_nothing(value: Any) -> bool:
    return value in ("", None) or (isinstance(value, list) and not any(value))


def _digest(part: str, value: Any) -> str:
    said = json.dumps([part, value], sort_keys=True, ensure_ascii=False, default=str)
    return seal.digest(said.encode("utf-8", "surrogatepass"))[:DIGITS]
