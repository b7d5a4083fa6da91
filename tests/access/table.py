"""The reviewed tables: ``expected.md`` (what everybody is answered, and whose records they see) and ``fields.md`` (what of them).

``python -m tests.access`` measures both anew and writes them; the difference in git is what has to be reviewed.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from tests.access.measure import Seen
from tests.access.world import ACTORS

HERE = Path(__file__).parent
EXPECTED, FIELDS = HERE / "expected.md", HERE / "fields.md"
Measured = dict[tuple[str, str, str], dict[str, Seen]]
"""(door, object, verb) → by actor."""

HEAD = """# Who may open, see and change what

Written by `python -m tests.access`, reviewed by a person, held by `tests/access/test_table.py`: a door or a cell that isn't
here, or differs, fails.

`-` to the login page · `ok` shown · `go` done or led on, and what is shown then · a number: refused, as HTTP says · `+` something
was changed · `°` only the event log grew. Behind the colon whose records are seen, a capital where something of them is plain:
`a` own outlet, `b` own town by another bank, `c` own bank in the other town, `d` other town and bank, `h` own town by phone,
`k` closed, own outlet; cases `y` of the own town, `x` of the other; `r` refused row of a sheet; listed
numbers `n` of the own operator, `m` of another, with whom they reached. `officer` is asked to go to `a`,
`colleague` sits in the same station and isn't, `officer_away` is of the other town.
"""
FIELDS_HEAD = """# What of a person stands where

Written by `python -m tests.access`, reviewed, held by `tests/access/test_table.py`. `m` masked, `P` plain; where a door or a field isn't
named, it tells nothing of anybody. `number` is our own number of a warning, order or case.
"""


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    rule = ["-" * width for width in widths]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in (rows[0], rule, *rows[1:])
    ]
    return "".join(f"| {line} |\n" for line in lines)


def expected(measured: Measured) -> str:
    """One table per door: object and verb down, people across."""
    parts, by_door = [HEAD], _by_door(measured)
    for door, tries in by_door.items():
        rows = [["object", "verb", *ACTORS]]
        rows += [
            [state, verb, *(seen[actor].cell for actor in ACTORS)] for (state, verb), seen in tries.items()
        ]
        parts.append(f"## {door}\n\n{_aligned(rows)}")
    return "\n".join(parts)


def _by_door(measured: Measured) -> dict[str, dict[tuple[str, str], dict[str, Seen]]]:
    found: dict[str, dict[tuple[str, str], dict[str, Seen]]] = {}
    for (door, state, verb), seen in measured.items():
        found.setdefault(door, {})[state, verb] = seen
    return found


def fields(measured: Measured) -> str:
    """One line per door, verb and field that tells anything: masked or plain, by person."""
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    for (door, _state, verb), seen in measured.items():
        for actor, one in seen.items():
            for _letter, name, is_plain in one.told:
                cell = rows.setdefault((door, verb, name), {})
                cell[actor] = "P" if is_plain or cell.get(actor) == "P" else "m"
    lines = [
        [door, verb, name, *(cell.get(actor, "") for actor in ACTORS)]
        for (door, verb, name), cell in sorted(rows.items())
    ]
    return f"{FIELDS_HEAD}\n{_aligned([['door', 'verb', 'field', *ACTORS], *lines])}"


def cells(text: str) -> dict[tuple[str, ...], str]:
    """A table file read back: (door, row's first columns, person) → cell; layout doesn't matter."""
    found: dict[tuple[str, ...], str] = {}
    door, head = "", []
    for line in text.splitlines():
        if line.startswith("## "):
            door, head = line[3:], []
        elif line.startswith("|") and not re.fullmatch(r"[|\s-]+", line):
            row = [cell.strip() for cell in line.strip("|").split("|")]
            if not head:
                head = row
                continue
            named = [cell for name, cell in zip(head, row, strict=True) if name not in ACTORS]
            found |= {
                (door, *named, name): cell for name, cell in zip(head, row, strict=True) if name in ACTORS
            }
    return found


def differences(kept: str, measured: str) -> Iterable[str]:
    """Each cell that is not as reviewed, in words."""
    before, now = cells(kept), cells(measured)
    for place in sorted(before.keys() | now.keys()):
        if before.get(place) != now.get(place):
            where = " · ".join(filter(None, place))
            yield f"{where}: reviewed {before.get(place, 'nothing')!r}, now {now.get(place, 'nothing')!r}"
