"""Words of a bulletin that people may change, and its figures, which nobody may: they stand in the words by name.

A passage reads "{锦屏街道本周发案}，高于预期。": the braces are filled from what was counted. Numbers typed by hand are refused.
"""

import re
from collections.abc import Iterable, Mapping
from string import Formatter

from django.utils.translation import gettext as _

from jinzhong.bulletin.paper.blocks import Ref

LONGEST = 400
"""Letters of a passage as printed; more would push the next page."""
TYPED = re.compile(r"\d|[%％‰]")
SPELLED = re.compile(
    r"[两二三四五六七八九十百千万亿〇零][一二三四五六七八九十百千万亿〇零多余几]*\s*(?:起|人|元|单|件|万|成|倍|个百分点)"
)


class BadWords(ValueError):
    """The words can't be printed; the message says why and what to do."""


def checked(text: str, names: Iterable[str]) -> str:
    """The words with every space and line break made one, if they hold no figure but by name. Raises BadWords."""
    said = " ".join(text.split())
    if not said:
        raise BadWords(_("写点什么；不想说的，写“无”"))
    parts = _parts(said)
    known = set(names)
    for words, name in parts:
        if name is not None and name not in known:
            raise BadWords(_("没有叫“%(name)s”的数；能用的数列在下面") % {"name": name})
        if found := TYPED.search(words) or SPELLED.search(words):
            raise BadWords(
                _("“%(found)s”是手写的数；数只能用花括号里的名字，由系统填")
                % {"found": _around(words, found.start())}
            )
    if sum(len(words) + (len(name) if name else 0) for words, name in parts) > LONGEST:
        raise BadWords(_("太长，请缩到 %(n)s 字以内") % {"n": LONGEST})
    return said


def filled(text: str, refs: Mapping[str, Ref]) -> list[str | Ref]:
    """The words with their figures. ``refs``: by name; a figure that isn't counted any more is a dash.

    >>> filled("{本周发案}，多了。", {"本周发案": Ref("9 起")})
    [Ref(text='9 起', definition='', rows={}, key=''), '，多了。']
    """
    found: list[str | Ref] = []
    for words, name in _parts(text):
        found += [words] if words else []
        found += [refs.get(name, Ref("—"))] if name is not None else []
    return found


def _parts(text: str) -> list[tuple[str, str | None]]:
    try:
        parts = list(Formatter().parse(text))
    except ValueError as problem:
        raise BadWords(_("花括号要成对：{本周发案}")) from problem
    if any(spec or conversion for _words, _name, spec, conversion in parts):
        raise BadWords(_("花括号里只写数的名字：{本周发案}"))
    return [(words, name) for words, name, _spec, _conversion in parts]


def _around(words: str, at: int) -> str:
    return words[max(0, at - 4) : at + 6]
