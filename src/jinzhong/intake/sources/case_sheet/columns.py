"""Which column is what: the headers offices write, and the fields they mean."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from jinzhong.intake.sources.case_sheet.read import Cell

WAN = Decimal(10_000)
IGNORED = {
    "序号", "编号序号", "no", "备注", "说明", "填表人", "制表人", "登记人", "录入人", "录入时间", "经办人", "承办人", "办案民警", "主办民警",
    "案件名称", "案由", "核对", "原行号", "不收原因",
}  # fmt: skip
"""Headers of columns that tell nothing about a case."""


@dataclass(frozen=True)
class Column:
    """A field of a case sheet: its identifier, the header of the template, and what else offices call it, the usual first."""

    field: str
    title: str
    spellings: tuple[str, ...] = ()
    required: bool = False
    money: bool = False
    personal: bool = False


COLUMNS = (
    Column("number", "案件编号", ("受案登记编号", "受案编号", "立案编号", "案号", "案件号", "警情编号", "接警编号", "受案登记表文号", "受案登记号"), required=True),
    Column("reported_at", "报案时间", ("报警时间", "接警时间", "报案日期", "报警日期", "接报时间", "受理时间", "受案时间", "报案报警时间"), required=True),
    Column("filed_at", "立案时间", ("立案日期",)),
    Column("occurred_from", "案发时间", ("发案时间", "案发日期", "发案日期", "案发起始时间", "发案开始时间", "案发时间起", "发生时间")),
    Column("occurred_to", "案发时间止", ("案发结束时间", "发案结束时间", "案发截止时间")),
    Column("town", "所属镇(街道)", ("所属镇街", "所属镇街道", "发案镇街", "发案镇街道", "镇街", "镇街道", "案发镇街", "案发镇街道", "案发地镇街道", "发案地镇街道", "街道镇", "乡镇街道", "所属乡镇", "所属街道", "发案地", "案发地"), required=True),
    Column("residence_town", "居住镇(街道)", ("居住镇街", "居住镇街道", "受害人居住镇街道", "居住地镇街道", "居住地")),
    Column("community", "村(社区)", ("社区村", "所属社区", "村社区", "社区", "所属村社区", "发案社区")),
    Column("area", "城乡", ("城乡分类", "城镇农村", "城乡类别", "区域类型")),
    Column("station", "受理单位", ("派出所", "受案单位", "办案单位", "管辖单位", "所属派出所", "受理派出所", "立案单位")),
    Column("status", "案件状态", ("状态", "办理状态", "案件进展")),
    Column("source", "案件来源", ("来源", "警情来源", "报案方式")),
    Column("fraud_class", "案件类别", ("诈骗类别", "诈骗类型", "案件类型", "案别", "类别", "作案手段", "诈骗手段", "诈骗手法", "案件小类", "类型"), required=True),
    Column("channel", "诈骗渠道", ("渠道", "引流方式", "联系方式渠道", "接触方式", "引流渠道")),
    Column("lure", "诱饵", ("引流话术", "诈骗话术", "话术")),
    Column("narrative", "简要案情", ("案情", "案情简介", "案件简要情况", "简要情况", "基本案情"), personal=True),
    Column("loss", "涉案金额(元)", ("涉案金额", "损失金额", "案损", "案损金额", "被骗金额", "损失", "损失价值", "损失数额", "涉案价值", "诈骗金额"), required=True, money=True),
    Column("stopped", "止付金额(元)", ("止付金额", "紧急止付", "止付"), money=True),
    Column("frozen", "冻结金额(元)", ("冻结金额", "冻结"), money=True),
    Column("returned", "返还金额(元)", ("返还金额", "返还", "追回金额", "挽损金额"), money=True),
    Column("victim_name", "受害人姓名", ("姓名", "事主姓名", "受害人", "事主", "报案人", "报案人姓名", "被害人", "被害人姓名", "报警人"), personal=True),
    Column("victim_sex", "性别", ("受害人性别", "事主性别", "被害人性别")),
    Column("victim_age", "年龄", ("受害人年龄", "事主年龄", "被害人年龄")),
    Column("victim_birth_year", "出生年份", ("出生年", "出生年月", "受害人出生年份")),
    Column("victim_occupation", "职业", ("受害人职业", "事主职业", "被害人职业")),
    Column("victim_phone", "联系电话", ("电话", "手机号", "手机号码", "联系方式", "受害人电话", "受害人手机号", "事主电话", "受害人联系电话", "报案人电话"), personal=True),
    Column("victim_id_number", "证件号码", ("身份证号", "身份证号码", "证件号", "身份证", "受害人身份证号", "受害人证件号码", "公民身份号码"), personal=True),
    Column("victim_address", "住址", ("现住址", "居住地址", "家庭住址", "受害人住址"), personal=True),
    Column("transfer_at", "转账时间", ("汇款时间", "付款时间")),
    Column("transfer_amount", "转账金额(元)", ("转账金额", "汇款金额"), money=True),
    Column("payee_account", "收款账号", ("嫌疑账号", "收款账户", "涉案账号", "对方账号", "收款卡号", "嫌疑人账号", "一级卡", "涉案银行卡"), personal=True),
    Column("payee_bank", "收款银行", ("开户行", "收款账户开户行", "涉案银行", "收款账号开户行")),
    Column("suspect_number", "涉案号码", ("嫌疑号码", "涉案电话", "嫌疑电话", "对方号码", "涉案手机号", "来电号码", "嫌疑人电话"), personal=True),
    Column("suspect_app", "涉案APP", ("app名称", "涉案软件", "诈骗app")),
    Column("suspect_url", "涉案网址", ("网址", "涉案网站", "网站", "诈骗网址")),
)  # fmt: skip
BY_FIELD = {one.field: one for one in COLUMNS}

_UNIT = re.compile(r"[(\[【]?(?:(?:金额)?单位:?)?(?:人民币)?(万元|万|元|¥)[)\]】]?$")
_DECORATION = re.compile(r"[\s()\[\]【】/、,.。:*\-—]+")


def plain(text: str) -> str:
    """A header without spaces, brackets and marks, in lower case: 所属镇(街道)* → 所属镇街道."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", text)).lower()


_BY_SPELLING = {
    plain(spelling): (rank, one)
    for one in COLUMNS
    for rank, spelling in enumerate((one.title, one.field, *one.spellings))
}


@dataclass(frozen=True)
class Heading:
    """A column of this sheet: where it stands, what its header says, which field it is (empty: not used).

    ``factor``: by which its amounts become yuan. ``rank``: how usual the name is; -1 where a person said so.
    """

    place: int
    text: str
    field: str = ""
    factor: Decimal = Decimal(1)
    rank: int = 0


def understand(place: int, text: str, chosen: Mapping[str, str]) -> Heading | None:
    """What a header means; ``chosen``: header (``plain``) and field as a person mapped them before. None: not known."""
    key, factor = plain(text), WAN if unit(text) == "万" else Decimal(1)
    if key in chosen:
        return Heading(place, text, chosen[key] if chosen[key] in BY_FIELD else "", factor, rank=-1)
    if not key or key in IGNORED:
        return Heading(place, text)
    without_unit = plain(_UNIT.sub("", unicodedata.normalize("NFKC", text).strip()))
    rank, column = _BY_SPELLING.get(key) or _BY_SPELLING.get(without_unit) or (0, None)
    return Heading(place, text, column.field, factor, rank) if column else None


def unit(text: str) -> str:
    """元 or 万, where a header says in what its amounts are written."""
    found = _UNIT.search(unicodedata.normalize("NFKC", text).strip())
    return "" if not found else "万" if found[1].startswith("万") else "元"


def words(cell: Cell) -> str:
    """What a cell says as a header; numbers and dates are no headers."""
    return re.sub(r"\s*\n\s*", "", cell.strip()) if isinstance(cell, str) else ""
