"""The paper as PDF, set by Typst in our own fonts; no font of the machine is ever used."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import typst
from django.conf import settings

from jinzhong.bulletin.paper.blocks import Bars, Block, Break, Columns, Paper, Paragraph, Ranges, Table, plain

SHEET = Path(__file__).parent / "paper.typ"
FONTS = ("NotoSerifSC_400Regular", "NotoSerifSC_700Bold", "NotoSansSC_400Regular", "NotoSansSC_700Bold")


class FontsMissing(Exception):
    """The fonts of documents aren't there; the message says how to get them."""


def font_files() -> list[Path]:
    """The fonts that papers are set in. Raises FontsMissing: a missing font would be replaced without a word."""
    files = [Path(settings.VENDOR_DIR) / "fonts" / f"{name}.ttf" for name in FONTS]
    missing = [one.name for one in files if not one.is_file()]
    if missing:
        raise FontsMissing(f"{files[0].parent}: {missing[0]} is missing; run python3 dev.py setup")
    return files


def drawn(paper: Paper, *, at: datetime) -> bytes:
    return _compiled(told(paper), at=at, format="pdf")


def chart(one: Bars | Ranges, *, at: datetime, format: Literal["png", "svg"]) -> bytes:
    """One chart as a picture without its caption and note, for documents that can't draw."""
    bare = replace(one, caption="", note="") if isinstance(one, Ranges) else replace(one, caption="")
    return _compiled({"only": _block(bare)}, at=at, format=format, ppi=220)


def _compiled(data: dict[str, Any], *, at: datetime, **options: Any) -> bytes:
    folder = font_files()[0].parent
    compiler = typst.Compiler(input=str(SHEET), font_paths=[str(folder)], ignore_system_fonts=True)
    made = compiler.compile(
        sys_inputs={"paper": json.dumps(data, ensure_ascii=False)}, timestamp=int(at.timestamp()), **options
    )
    pages = made if isinstance(made, list) else [made]
    return bytes(pages[0] or b"")


def told(paper: Paper) -> dict[str, Any]:
    """The paper as plain data, which the sheet reads."""
    named = {name: value for name, value in vars(paper).items() if name != "blocks"}
    return named | {"blocks": _blocks(paper.blocks)}


def _blocks(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    return [_block(one) for one in blocks]


def _block(one: Block) -> dict[str, Any]:
    if isinstance(one, Paragraph):
        return {"block": one.block, "head": one.head, "text": plain(one.text)}
    if isinstance(one, Columns):
        return {"block": one.block, "left": _blocks(one.left), "right": _blocks(one.right)}
    if isinstance(one, Bars):
        bars = [{"value": bar.value, "label": bar.label, "hot": bar.hot} for bar in one.bars]
        return {"block": one.block, "caption": one.caption, "bars": bars}
    if isinstance(one, Ranges):
        return {"block": one.block, "caption": one.caption, "note": one.note, **_ranges(one)}
    if isinstance(one, Break):
        return {"block": one.block}
    assert isinstance(one, Table)
    return {
        "block": one.block,
        "caption": one.caption,
        "head": list(one.head),
        "rows": [[plain(cell) for cell in row] for row in one.rows],
        "foot": [plain(cell) for cell in one.foot],
        "align": one.align,
        "note": one.note,
    }


def _ranges(one: Ranges) -> dict[str, Any]:
    return {
        "ticks": [{"n": n, "at": at} for n, at in one.ticks],
        "ranges": [
            {"name": each.name, "word": each.word, "hot": each.hot, "value": each.value, "low": low, "wide": wide, "expected": expected, "dot": dot}
            for each, low, wide, expected, dot in one.placed
        ],
    }  # fmt: skip
