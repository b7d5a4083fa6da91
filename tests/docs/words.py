"""English complete: every word that people read is marked, and every marked word has its English.

``python -m tests.docs.words`` prints what is missing and exits 1; ``--update`` brings the .po up to date with empty
translations for what is new. gettext's own tools are not needed: Django turns templates into source, Babel reads it.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, Token, TokenType
from django.utils.translation.template import constant_re, templatize

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
PO = SOURCE / "jinzhong/locale/en/LC_MESSAGES/django.po"
CHINESE = re.compile(r"[\u3001-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uffef]")
QUOTED = re.compile(r"“([^”]*)”")
OWN_TONGUE = re.compile(r' lang="zh-CN">[^<]*')
"""A language is offered in its own words."""
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdf]|\{\w*\}")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

HEADER = r"""# English of the interface. `python3 dev.py words` adds what is new; only msgstr is edited by hand.
msgid ""
msgstr ""
"Language: en\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""


class Word(NamedTuple):
    """One thing to translate; ``plural`` and ``context`` are mostly empty."""

    msgid: str
    plural: str
    context: str


def collect(source: Path = SOURCE) -> dict[Word, set[str]]:
    """Everything marked for translation below ``source``, each with the files that say it."""
    found: dict[Word, set[str]] = {}
    for path in sorted(source.rglob("*")):
        for word in _words_of(path, source):
            found.setdefault(word, set()).add(str(path.relative_to(source)))
    return found


def _words_of(path: Path, source: Path) -> Iterable[Word]:
    if path.suffix == ".html":
        return _extract(templatize(path.read_text("utf-8"), origin=str(path)))
    if path.suffix != ".py" or {"tests", "migrations"} & set(path.parts):
        return ()
    text = path.read_text("utf-8")
    in_engine = path.relative_to(source).parts[0] == "jinzhong_engine"
    return _chinese_constants(text) if in_engine else _extract(text)


def _extract(text: str) -> Iterator[Word]:
    for _line, message, _comments, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
        forms = (message,) if isinstance(message, str) else message
        yield Word(forms[0], forms[1] if len(forms) > 1 else "", context or "")


def _chinese_constants(text: str) -> Iterator[Word]:
    """The engine knows no gettext: whatever it says in Chinese, docstrings apart, is read by people."""
    tree = ast.parse(text)
    spoken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    constants = (
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    for node in constants:
        if id(node) not in spoken | inside and CHINESE.search(node.value):
            yield Word(node.value, "", "")


def out_of_reach(text: str) -> Iterator[tuple[int, str]]:
    """(line, text) of translations asked for inside an f-string, where no extractor finds them."""
    calls = (
        part
        for string in ast.walk(ast.parse(text))
        if isinstance(string, ast.JoinedStr)
        for part in ast.walk(string)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
    )
    for call in calls:
        if call.func.id in {"_", *KEYWORDS} and call.args and isinstance(call.args[0], ast.Constant):
            yield call.lineno, str(call.args[0].value)


def lacking(words: Iterable[Word], catalog: Catalog) -> Iterator[str]:
    """What is wrong with the English of these words, one line each."""
    for word in words:
        entry = catalog.get(
            (word.msgid, word.plural) if word.plural else word.msgid, context=word.context or None
        )
        if entry is None:
            yield f"no English for {word.msgid!r}"
            continue
        english = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        if entry.fuzzy or not all(english):
            yield f"{'unsure' if entry.fuzzy else 'empty'} English for {word.msgid!r}"
        elif CHINESE.search(_without_words_to_type("".join(english), word)):
            yield f"Chinese in the English of {word.msgid!r}"
        elif set(PLACEHOLDER.findall(word.msgid + word.plural)) != set(PLACEHOLDER.findall("".join(english))):
            yield f"other placeholders in the English of {word.msgid!r}"


def _without_words_to_type(english: str, word: Word) -> str:
    """What has to be typed in Chinese, such as a column of a sheet, stays so in “quotation marks”."""
    return QUOTED.sub(lambda found: "" if found[1] in word.msgid else found[0], english)


def unmarked(template: str) -> Iterator[tuple[int, str]]:
    """(line, text) of Chinese that no translation tag covers: in text, and in literals inside other tags."""
    inside = ""
    for token in Lexer(OWN_TONGUE.sub("", template)).tokenize():
        name = token.contents.split()[0] if token.token_type is TokenType.BLOCK and token.contents else ""
        if inside:
            inside = "" if name == f"end{inside}" else inside
        elif name in ("blocktranslate", "blocktrans", "comment"):
            inside = name
        elif _speaks_unmarked(token, name):
            yield token.lineno, " ".join(token.contents.split())[:60]


def _speaks_unmarked(token: Token, tag: str) -> bool:
    if token.token_type is TokenType.COMMENT or tag in ("translate", "trans"):
        return False
    return bool(CHINESE.search(constant_re.sub("", token.contents)))


def script_words(script: str) -> Iterator[tuple[int, str]]:
    """(line, text) of Chinese in a script outside comments: scripts take their words from the page's attributes."""
    bare = re.sub(r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), script, flags=re.DOTALL)
    for number, line in enumerate(bare.splitlines(), 1):
        if CHINESE.search(re.sub(r"(^|\s)//.*", "", line)):
            yield number, line.strip()[:60]


def complaints(source: Path = SOURCE, po: Path = PO) -> list[str]:
    """Everything that keeps the interface from being complete in English."""
    found = [
        f"{path.relative_to(source)}:{line}: not marked for translation: {text}"
        for ending, look in (("*.html", unmarked), ("*.js", script_words), ("*.py", out_of_reach))
        for path in sorted(source.rglob(ending))
        for line, text in look(path.read_text("utf-8"))
    ]
    return found + list(lacking(collect(source), _read(po)))


def update(po: Path = PO) -> int:
    """Bring the .po up to date: new words with empty English, gone ones dropped. Returns how many are empty."""
    old, fresh = _read(po), Catalog(locale="en")
    for word, places in sorted(collect().items(), key=lambda pair: (sorted(pair[1]), pair[0])):
        msgid = (word.msgid, word.plural) if word.plural else word.msgid
        known = old.get(msgid, context=word.context or None)
        kept = known.string if known and known.pluralizable == bool(word.plural) else None
        locations = [(place, 0) for place in sorted(places)]
        fresh.add(msgid, kept, locations=locations, context=word.context or None)
    body = BytesIO()
    write_po(body, fresh, width=0, include_lineno=False, omit_header=True)
    po.write_text(HEADER + body.getvalue().decode(), "utf-8")
    return sum(1 for one in lacking(collect(), _read(po)) if one.startswith("empty"))


def _read(po: Path) -> Catalog:
    if not po.exists():
        return Catalog(locale="en")
    with po.open("rb") as file:
        return read_po(file, locale="en")


def main(arguments: list[str]) -> int:
    if "--update" in arguments:
        print(f"{PO.relative_to(ROOT)}: {update()} empty")
    found = complaints()
    for one in found:
        print(one)
    print(f"{len(found)} to mend" if found else "English is complete")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
