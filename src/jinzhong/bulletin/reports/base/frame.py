"""What every sheet has around its report: references, revision, signatures, corrections."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.paper.blocks import Paragraph, Ref
from jinzhong.bulletin.reports.base import full_date
from jinzhong.clock import ZONE

NUMERALS = "一二三四五六七八九十"
CORRECTED = 8
"""So many corrected figures are printed with their reasons."""


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZONE)


def ref(key: str, figure: Mapping[str, Any]) -> Ref:
    return Ref(figure["text"], figure["definition"], figure.get("rows", {}), key)


def revision(content: Content) -> str:
    return {"issued": f"第 {content['revision']} 版", "extract": f"摘自第 {content['revision']} 版"}.get(
        content["state"], "草稿，未签发"
    )


def signed(content: Content) -> str:
    """拟稿 周*　签发 林*."""
    drafted = f"拟稿 {content['drafted']}　" if content["drafted"] else ""
    return drafted + (f"签发 {content['signed']}" if content["signed"] else "未签发")


def around(content: Content, last: date) -> dict[str, Any]:
    """What stands around every report, for ``Paper``. ``last``: the last day it is about."""
    cut = local(content["as_of"])
    return {
        "mark": content["mark"],
        "secrecy": "内部资料 注意保存",
        "office": content["office"],
        "dated": full_date(cut.date()),
        "signed": signed(content),
        "cut": f"统计截至 {full_date(last)} 24:00，{cut:%-m月%-d日 %H:%M} 以前收到的，{revision(content)}",
        "seal": f"摘要码 {content['digest'][:8]}，数字可回查到案",
    }


def numeral(number: int) -> str:
    """一 to 十."""
    return NUMERALS[number - 1]


def corrections(content: Content, head: str = "六、更正。") -> list[Paragraph]:
    """What a later revision corrects, and why; beyond the first ones in number only, for the page has an end."""
    told = [one for one in content["changes"] if one["before_text"] != one["after_text"]]
    words = [f"{one['head'].removesuffix('。')}的文字改过" for one in content["words_changed"]]
    if not told and not words:
        return []
    said = [f"{one['name']}由 {one['before_text']} 改为 {one['after_text']}" for one in told[:CORRECTED]]
    said += [f"另有 {len(told) - CORRECTED} 个数，见网页"] if len(told) > CORRECTED else []
    because = list(dict.fromkeys(one["because"] for one in told[:CORRECTED]))
    why = f"原因：{'；'.join(because)}。" if because else ""
    return [Paragraph(head, [f"比上一版：{'；'.join(said + words)}。{why}"])]
