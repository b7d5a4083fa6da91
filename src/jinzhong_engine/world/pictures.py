"""The pictures of a world: its margins in the real bands, and policies side by side. SVG, the same bytes for the same figures."""

import json
from pathlib import Path
from typing import Any

FONT = "Noto Sans SC, sans-serif"
STYLE = {
    "background": "#ffffff", "font": FONT,
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "labelColor": "#333", "titleColor": "#333", "gridColor": "#eee", "labelLimit": 240},
    "title": {"fontSize": 15, "subtitleFontSize": 12, "subtitleColor": "#555", "anchor": "start"},
    "view": {"stroke": None}, "header": {"labelFontSize": 13, "titleFontSize": 12},
}  # fmt: skip
NAMES = {
    "opposite_count": "通话次数", "opposite_unique": "对端个数", "voc_calltype1": "主叫占比", "phone2opposite_mean": "每对端通话数",
    "call_dur_mean": "平均通话秒数", "call_dur_median": "通话秒数中位", "imeis": "使用终端数", "voc_hour_mode": "最忙钟点",
    "voc_hour_nunique": "通话钟点数", "voc_day_nunique": "活跃日数", "calls_per_active_day": "日均通话", "contacts_per_active_day": "日均对端",
    "sms_count": "短信条数", "sms_per_active_day": "日均短信", "calltype_rate": "接收短信占比", "sms_nunique": "短信对端个数",
    "busi_count": "应用个数", "month_ids": "有流量月数", "arpu_mean": "月均消费（元）",
}  # fmt: skip
POLICY_NAMES = {
    "no platform": "没有平台",
    "first come, first served": "先到先办",
    "by grade": "按等级先急后缓",
}
MEASURES = {
    "yuan_lost": "损失（万元）",
    "yuan_saved": "比没有平台少损失（万元）",
    "persons_reached": "联系到的人",
    "minutes": "用去的警力（分钟）",
}


def of_world(found: dict[str, Any], folder: Path) -> None:
    """``margins.svg``: where the middle half of the world's numbers lies within the real 5 to 95 % band."""
    rows = [
        {
            "feature": NAMES[one["feature"]], "who": "涉诈号码" if one["label"] else "普通号码", "inside": "在内" if one["inside_5_95"] else "在外",
            **{name: _place(one, one["simulated"][name]) for name in ("q25", "q50", "q75")},
        }
        for one in found["margins"] if one["simulated"]["q50"] is not None
    ]  # fmt: skip
    asked = found["world"]
    folder.mkdir(parents=True, exist_ok=True)
    _draw(folder / "margins.svg", {
        "title": {
            "text": "合成号码落在真实号码 5–95% 范围内的位置",
            "subtitle": f"模拟数据：种子 {asked['seed']}，{asked['residents']:,} 人，{asked['days']} 天。横条为中间一半号码，圆点为中位；灰带为真实号码。",
        },
        "data": {"values": rows},
        "facet": {"column": {"field": "who", "title": None, "sort": ["涉诈号码", "普通号码"]}},
        "spec": {
            "width": 330, "height": {"step": 24},
            "layer": [
                {"mark": {"type": "rect", "color": "#eef1f5"}, "data": {"values": [{}]}, "encoding": {"x": {"datum": 0}, "x2": {"datum": 1}}},
                {"mark": {"type": "bar", "height": 9}, "encoding": {
                    "x": {"field": "q25", "type": "quantitative", "scale": {"domain": [-0.4, 1.4], "clamp": True},
                          "axis": {"title": None, "values": [0, 1], "labelExpr": "datum.value == 0 ? '真实 5%' : '真实 95%'"}},
                    "x2": {"field": "q75"}, "y": {"field": "feature", "sort": None, "title": None},
                    "color": {"field": "inside", "title": "中间一半", "scale": {"domain": ["在内", "在外"], "range": ["#1f6fb2", "#c62828"]}},
                }},
                {"mark": {"type": "point", "filled": True, "color": "#111", "size": 34}, "encoding": {
                    "x": {"field": "q50", "type": "quantitative"}, "y": {"field": "feature", "sort": None},
                }},
            ],
        },
    })  # fmt: skip


def _place(one: dict[str, Any], value: float) -> float:
    """Where a value lies between the real 5 % (0) and 95 % (1) points."""
    low, high = one["real"]["q05"], one["real"]["q95"]
    return float((value - low) / (high - low)) if high > low else 0.5


def of_policies(found: dict[str, Any], path: Path) -> None:
    """Yuan lost and saved, people reached and minutes spent under each policy, with intervals; each panel has its own scale."""
    panels = []
    for measure, title in MEASURES.items():
        rows = [{"policy": POLICY_NAMES[one["name"]], **one[measure]} for one in found["policies"]]
        axis = {
            "tickCount": 4,
            "format": ",.0f",
            **({"labelExpr": "datum.value / 10000"} if "yuan" in measure else {}),
        }
        y = {
            "field": "policy",
            "sort": list(POLICY_NAMES.values()),
            "title": None,
            "axis": {"labels": measure == "yuan_lost", "ticks": False},
        }
        panels.append({
            "title": title, "width": 210, "height": 130, "data": {"values": rows},
            "layer": [
                {"mark": {"type": "bar", "color": "#9db8d2"}, "encoding": {
                    "x": {"field": "mean", "type": "quantitative", "title": None, "axis": axis}, "y": y}},
                {"mark": {"type": "rule", "strokeWidth": 2, "color": "#123"}, "encoding": {
                    "x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}, "y": y}},
            ],
        })  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    _draw(path, {
        "title": {
            "text": "同样的人、同样的预警，三种办法",
            "subtitle": f"模拟数据：{found['seeds']} 个合成区，各 {found['residents']:,} 人、{found['days']} 天；细线为 95% 区间。",
        },
        "hconcat": panels,
    })  # fmt: skip


def _draw(path: Path, spec: dict[str, Any]) -> None:
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(json.dumps({**spec, "config": STYLE}), vl_version="5.21")
    path.write_text(drawn, "utf-8")
