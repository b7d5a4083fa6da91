"""The documents say what the code does."""

import re
from pathlib import Path

from jinzhong.config.environment import VARIABLES
from tests.docs import generate

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [
    path
    for folder in (".", "docs", "docs/handbook", "docs/decisions")
    for path in sorted((ROOT / folder).glob("*.md"))
]


def test_every_setting_of_the_environment_is_in_the_handbook():
    handbook = (ROOT / "docs/handbook/安装与运行.md").read_text("utf-8")

    assert [one.name for one in VARIABLES if one.name not in handbook] == []


def test_every_link_leads_somewhere():
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in TEXTS
        for target in re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", path.read_text("utf-8"))
        for target in filter(None, target)
        if not target.startswith(("http:", "https:")) and not (path.parent / target).exists()
    ]

    assert broken == []


def test_a_document_that_is_no_longer_true_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(generate, "GENERATED", tmp_path)
    monkeypatch.setattr(generate, "DOCUMENTS", {"one.md": lambda: "true\n"})
    (tmp_path / "one.md").write_text("no longer true\n", "utf-8")
    (tmp_path / "left.md").write_text("nothing writes this\n", "utf-8")

    assert generate.stale() == ["one.md", "left.md"]
