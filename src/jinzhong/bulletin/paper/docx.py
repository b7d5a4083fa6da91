"""The paper as DOCX, for offices that edit and forward it: 红头, FangSong, three-line tables.

python-docx stamps its archive with the wall clock. The archive is written anew with one fixed time, in a fixed order,
so that equal content gives equal bytes.
"""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor

from jinzhong.bulletin.paper.blocks import (
    Bars,
    Block,
    Break,
    Cell,
    Columns,
    Paper,
    Paragraph,
    Ranges,
    Table,
    plain,
)
from jinzhong.bulletin.paper.pdf import chart
from jinzhong.situation.tables import letters

FANG, HEI, SONG = "仿宋", "黑体", "方正小标宋简体"
RED = "C8161D"
LETTER = Pt(4.6)
"""Half a Chinese letter, or a figure, in a table."""
WIDTH, GAP = Cm(17.4), Cm(0.6)
SIDES = {"l": WD_ALIGN_PARAGRAPH.LEFT, "r": WD_ALIGN_PARAGRAPH.RIGHT, "c": WD_ALIGN_PARAGRAPH.CENTER}
SVG_BLIP = (
    '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}">'
    '<asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="%s"/></a:ext></a:extLst>'
)
"""How Word is told that a picture has a drawing beside it."""
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def drawn(paper: Paper, *, at: datetime) -> bytes:
    document = Document()
    _page(document, paper, at)
    _head(document, paper)
    for one in paper.blocks:
        _block(document, one, at)
    _foot(document, paper)
    made = io.BytesIO()
    document.save(made)
    return _same_again(made.getvalue())


def _page(document: Any, paper: Paper, at: datetime) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.8)
    page.top_margin, page.bottom_margin = Cm(1.2), Cm(1.6)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FANG)
    style.paragraph_format.space_after = Pt(2)
    told = document.core_properties
    told.title, told.author, told.last_modified_by = (
        f"{paper.title} {paper.heading}",
        paper.office,
        paper.office,
    )
    told.created = told.modified = at.astimezone(UTC).replace(tzinfo=None)
    told.revision, told.comments = 1, paper.seal


def _head(document: Any, paper: Paper) -> None:
    _ends(document, paper.mark, paper.secrecy, font=HEI, size=9)
    title = _line(document, paper.title, font=SONG, size=40, bold=True, color=RED, side="c")
    _spread(title.runs[0], Pt(12))
    head = _ends(document, paper.number, paper.dated, middle=paper.office)
    _border(head, "bottom", 18, RED)
    head.paragraph_format.space_after = Pt(8)
    _line(document, paper.heading, font=SONG, size=15, bold=True, side="c")
    if paper.warning:
        _line(document, paper.warning, font=HEI, size=10, bold=True, side="c")


def _foot(document: Any, paper: Paper) -> None:
    for words in (paper.office, paper.dated):
        signed = _line(document, words, side="c")
        signed.paragraph_format.left_indent = Cm(11)
    tail = _ends(document, paper.sent_to, paper.signed, size=9.5)
    tail.paragraph_format.space_before = Pt(6)
    _border(tail, "top", 6)
    _border(tail, "bottom", 6)
    footer = document.sections[0].footer
    number = footer.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(number, "— ")
    _page_number(number)
    _run(number, " —")
    _ends(footer, paper.cut, paper.seal, size=8.5)


def _block(container: Any, one: Block, at: datetime, *, width: Length = WIDTH) -> None:
    if isinstance(one, Paragraph):
        said = container.add_paragraph()
        said.paragraph_format.first_line_indent = Pt(21)
        said.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        said.paragraph_format.line_spacing = 1.1
        _run(said, one.head, font=HEI, bold=True)
        _run(said, plain(one.text))
    elif isinstance(one, Columns):
        _columns(container, one, at)
    elif isinstance(one, Break):
        container.add_page_break()
    elif isinstance(one, Bars | Ranges):
        _chart(container, one, at, width)
    else:
        _table(container, one, width)


def _chart(container: Any, one: Bars | Ranges, at: datetime, width: Length) -> None:
    """Drawn with lines (SVG); a picture of it stands by for a Word that can't."""
    _line(container, one.caption, font=HEI, size=9.5, bold=True, side="c")
    said = _line(container, "", side="c")
    run = said.add_run()
    run.add_picture(io.BytesIO(chart(one, at=at, format="png")), width=Cm(width.cm - 0.3))
    part = run.part
    svg = Part(
        part.package.next_partname("/word/media/chart%d.svg"),
        "image/svg+xml",
        chart(one, at=at, format="svg"),
        part.package,
    )
    blip = run._element.find(f".//{qn('a:blip')}")
    blip.append(parse_xml(SVG_BLIP % part.relate_to(svg, RT.IMAGE)))
    if isinstance(one, Ranges) and one.note:
        _line(container, one.note, size=8.5)


def _columns(container: Any, one: Columns, at: datetime) -> None:
    """A frame without lines, two cells wide."""
    half = Cm((WIDTH.cm - GAP.cm) / 2)
    frame = container.add_table(rows=1, cols=2)
    frame.autofit, frame.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for cell, blocks in zip(frame.rows[0].cells, (one.left, one.right), strict=True):
        cell.width = Cm(WIDTH.cm / 2)
        for block in blocks:
            _block(cell, block, at, width=half)
        _without_gaps(cell)


def _without_gaps(cell: Any) -> None:
    """Without the empty lines that a cell starts with and has after each table; it must end with a line, so the last stays, low."""
    *before, last = cell.paragraphs
    for said in before:
        if not said.runs:
            _drop(said)
    if not last.runs:
        _shrink(last)


def _table(container: Any, one: Table, width: Length) -> None:
    caption = _line(container, one.caption, font=HEI, size=9.5, bold=True, side="c")
    caption.paragraph_format.space_before = Pt(4)
    lines = [*([one.head] if one.head else []), *one.rows, *([one.foot] if one.foot else [])]
    table = container.add_table(rows=len(lines), cols=len(one.align))
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    widths = _widths(lines, width)
    for row, cells in zip(table.rows, lines, strict=True):
        for cell, words, side, wide in zip(row.cells, cells, one.align, widths, strict=True):
            cell.width = wide
            said = cell.paragraphs[0]
            said.alignment, said.paragraph_format.space_after = SIDES[side], Pt(0)
            _run(said, plain(words), size=9, font=HEI if cells is one.head else FANG, bold=cells is one.head)
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = wide
    _tight(table)
    _three_lines(table, has_head=bool(one.head), has_foot=bool(one.foot))
    if one.note:
        _line(container, one.note, size=8.5)
    else:
        _shrink(container.add_paragraph())


def _widths(lines: Sequence[Sequence[Cell]], width: Length) -> list[Length]:
    """The columns share the width by their longest words; where they don't fit, the longest breaks, not the numbers."""
    longest: list[float] = [
        max(letters(plain(cell)) for cell in column) + 2 for column in zip(*lines, strict=True)
    ]
    room, rest = width.pt / LETTER.pt, sum(longest) - max(longest)
    if sum(longest) > room:
        longest[longest.index(max(longest))] = max(room - rest, room / 5)
    return [Cm(width.cm * one / sum(longest)) for one in longest]


def _tight(table: Any) -> None:
    """Cells keep a millimetre at each side instead of Word's two."""
    margins = OxmlElement("w:tblCellMar")
    for edge in ("left", "right"):
        side = OxmlElement(f"w:{edge}")
        side.set(qn("w:w"), "57")
        side.set(qn("w:type"), "dxa")
        margins.append(side)
    table._tbl.tblPr.append(margins)


def _three_lines(table: Any, *, has_head: bool, has_foot: bool) -> None:
    rules = {0: [("top", 12)], len(table.rows) - 1: [("bottom", 12)]}
    if has_head:
        rules[0].append(("bottom", 6))
    if has_foot:
        rules[len(table.rows) - 1].append(("top", 6))
    for place, edges in rules.items():
        for cell in table.rows[place].cells:
            borders = OxmlElement("w:tcBorders")
            for edge, size in sorted(edges, reverse=True):
                borders.append(_edge(edge, size))
            cell._tc.get_or_add_tcPr().append(borders)


# -- letters and lines ----------------------------------------------------------------------------------


def _line(
    container: Any, words: str, *, font: str = FANG, size: float = 10.5, bold: bool = False, color: str = "", side: str = "l"
) -> Any:  # fmt: skip
    said = container.add_paragraph()
    said.alignment = SIDES[side]
    _run(said, words, font=font, size=size, bold=bold, color=color)
    return said


def _ends(
    container: Any, left: str, right: str, *, middle: str = "", font: str = FANG, size: float = 10.5
) -> Any:
    """Words at both ends of a line, and in its middle."""
    said = container.add_paragraph()
    if middle:
        said.paragraph_format.tab_stops.add_tab_stop(Cm(WIDTH.cm / 2), WD_TAB_ALIGNMENT.CENTER)
    said.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    _run(said, "\t".join([left, *([middle] if middle else []), right]), font=font, size=size)
    return said


def _shrink(said: Any) -> None:
    """A paragraph that Word demands between tables, as low as it can be."""
    form = said.paragraph_format
    form.space_after, form.line_spacing, form.line_spacing_rule = Pt(0), Pt(3), WD_LINE_SPACING.EXACTLY


def _page_number(said: Any) -> None:
    for kind, words in (("begin", ""), ("", " PAGE "), ("end", "")):
        run = said.add_run()
        run.font.size, run.font.name = Pt(10.5), "Times New Roman"
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = words
        run._element.append(part)


def _run(
    said: Any, words: str, *, font: str = FANG, size: float = 10.5, bold: bool = False, color: str = ""
) -> None:
    """Chinese letters take their own font; Word would use the Latin one for them."""
    run = said.add_run(words)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if color:
        run.font.color.rgb = RGBColor.from_string(color)


def _spread(run: Any, by: Pt) -> None:
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(int(by.pt * 20)))
    run._element.get_or_add_rPr().append(spacing)


def _border(said: Any, edge: str, size: int, color: str = "000000") -> None:
    properties = said._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")
    borders.append(_edge(edge, size, color))


def _edge(edge: str, size: int, color: str = "000000") -> Any:
    line = OxmlElement(f"w:{edge}")
    for name, value in (("val", "single"), ("sz", str(size)), ("space", "1"), ("color", color)):
        line.set(qn(f"w:{name}"), value)
    return line


def _drop(said: Any) -> None:
    said._p.getparent().remove(said._p)


def _same_again(archive: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.compress_type, entry.external_attr, entry.create_system = (
                zipfile.ZIP_DEFLATED,
                0o600 << 16,
                3,
            )
            new.writestr(entry, old.read(name))
    return made.getvalue()
