"""The lists (名单) that go into the database: their columns, what identifies a row, and what rows refer to.

A list is what a registrar hands in; it is read column by column, staged, compared with what is there, and merged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import Boolean, Date, Integer, String, Table
from sqlalchemy.types import TypeEngine

from data.intake.columns import ColumnReader, Findings, Plain, Registration, Repeating
from data.intake.faults import Code
from data.intake.fields import (
    LONGEST,
    Reading,
    read_capacity,
    read_choice,
    read_code,
    read_count,
    read_date,
    read_id,
    read_list,
    read_methods,
    read_ratio,
    read_regions,
    read_street,
    read_text,
    read_truth,
)
from data.intake.records import Cell
from data.models import (
    Bar,
    Certificate,
    Declaration,
    Department,
    InspectionItem,
    Inspector,
    Jurisdiction,
    Leave,
    PairBar,
    Permit,
    Residence,
    SpecialRegistry,
    Target,
    TargetLabel,
)
from data.models.base import Base
from data.vocabulary import (
    BAR_SOURCES,
    CODE_KINDS,
    DECLARATION_KINDS,
    INSPECTOR_STATES,
    ITEM_CLASSES,
    PERMIT_STATES,
    RISK_CLASSES,
    TARGET_KINDS,
    TARGET_STATES,
)

Value = str | None
LONGEST_CODE = 50
LONGEST_TEXT = 20_000
"""Characters of a text without a length of its own: a business scope, a legal basis."""


@dataclass(frozen=True)
class ListColumn:
    """A column of a list: how files name it, how it is read, what becomes of it.

    `expected`: the file must have it; a column that is missing changes nothing in rows that are there. `filled`: no
    field of it may be empty. `empties`: an empty field is no value (NULL). `known`: it names a row of a small table,
    and `staged` is then the column that holds the row's key.
    """

    name: str
    captions: tuple[str, ...]
    reader: ColumnReader
    expected: bool = False
    filled: bool = False
    empties: bool = False
    type: TypeEngine[Any] = field(default_factory=String)
    known: str = ""
    staged: str = ""

    @property
    def into(self) -> str:
        """The column of the staging table."""
        return self.staged or self.name


@dataclass(frozen=True)
class Reference:
    """A staged code of a row in a large table, looked up by SQL: its key comes into `into`."""

    column: str
    into: str
    table: Table
    unknown: Code


Columns = dict[str, list[Value]]
Finish = Callable[[Columns, dict[str, Findings], int], None]


@dataclass(frozen=True)
class ListKind:
    """A kind of list: its table, its columns, and how its rows are told apart.

    `again` is told of the second row with one key (`row_twice` where `whole_row` and all of its cells repeat).
    `ordered` are pairs of columns of which the first may not exceed the second. `first` are values that new rows get
    where the list has no such column. `derived` are columns that `finish` adds. `shown` are the columns by which a
    repeated row is told, the last one as the place; where it is empty the key is.
    """

    name: str
    table: Table
    columns: tuple[ListColumn, ...]
    key: tuple[str, ...]
    again: Code = "entry_twice"
    whole_row: bool = False
    references: tuple[Reference, ...] = ()
    ordered: tuple[tuple[str, str], ...] = ()
    first: Mapping[str, str] = field(default_factory=dict)
    finish: Finish | None = None
    derived: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def captions(self) -> dict[str, tuple[str, ...]]:
        """What files may call each column, the caption to show first."""
        return {column.name: column.captions for column in self.columns}

    def knowing(self, known: Mapping[str, Mapping[str, str]]) -> tuple[ListColumn, ...]:
        """The columns, those that name a row of a small table reading it from `known`."""
        return tuple(
            replace(
                column, reader=Repeating(partial(_look_up, known=known[column.known], table=column.known))
            )
            if column.known
            else column
            for column in self.columns
        )


_UNKNOWN: dict[str, Code] = {
    "department": "unknown_department",
    "jurisdiction": "unknown_jurisdiction",
    "registry": "unknown_registry",
}


def _look_up(cell: Cell, known: Mapping[str, str], table: str) -> Reading:
    value, findings = read_text(cell)
    if findings or not value:
        return value, findings
    key = known.get(value)
    return (value, [(_UNKNOWN[table], value)]) if key is None else (key, ())


def table_of(model: type[Base]) -> Table:
    """A model's table."""
    assert isinstance(model.__table__, Table)
    return model.__table__


def _text(name: str, *captions: str, longest: int = LONGEST, **how: Any) -> ListColumn:
    return ListColumn(name, captions, Plain(partial(read_text, longest=longest), longest), **how)


def _code(name: str, *captions: str, longest: int = LONGEST_CODE, **how: Any) -> ListColumn:
    return ListColumn(name, captions, Plain(partial(read_code, longest=longest), longest, "+"), **how)


def _id(name: str, *captions: str, longest: int = LONGEST_CODE, **how: Any) -> ListColumn:
    return ListColumn(name, captions, Plain(partial(read_id, longest=longest), longest, "+;；"), **how)


def _date(name: str, *captions: str, **how: Any) -> ListColumn:
    how = {"empties": not how.get("filled")} | how
    return ListColumn(name, captions, Repeating(read_date), type=Date(), **how)


def _truth(name: str, *captions: str) -> ListColumn:
    return ListColumn(name, captions, Repeating(read_truth), filled=True, type=Boolean())


def _count(name: str, *captions: str) -> ListColumn:
    return ListColumn(name, captions, Repeating(read_count), empties=True, type=Integer())


def _choice(
    name: str, *captions: str, words: Mapping[str, str], filled: bool = True, **how: Any
) -> ListColumn:
    return ListColumn(name, captions, Repeating(partial(read_choice, choices=words)), filled=filled, **how)


def _known(name: str, table: str, staged: str, *captions: str, **how: Any) -> ListColumn:
    how = {"expected": True, "filled": True, "type": Integer() if table == "department" else String()} | how
    return ListColumn(name, captions, Repeating(read_text), known=table, staged=staged, **how)


def _words(codes: Sequence[str], *words: str) -> dict[str, str]:
    return dict(zip(codes, codes, strict=True)) | dict(zip(words, codes, strict=False))


_OF_DEPARTMENT = _known(
    "department", "department", "department_id", "部门", "部门代码", "所属部门", "实施部门", "编制单位"
)
_OF_TARGET = _id(
    "target", "检查对象编号", "统一社会信用代码", "编号", "target_id", "uscc", expected=True, filled=True
)
_OF_INSPECTOR = _id(
    "inspector", "检查人员编号", "人员编号", "执法人员编号", "inspector_id", expected=True, filled=True
)
_TO_TARGET = Reference("target", "target_id", table_of(Target), "unknown_target")
_TO_INSPECTOR = Reference("inspector", "inspector_id", table_of(Inspector), "unknown_inspector")
_GROUND = _text("ground", "回避事由", "事由", longest=200, expected=True, filled=True)
_SOURCE = _choice("source", "来源", words=_words(BAR_SOURCES, "申报", "名录", "回避", "离任"))
_VALID = (_date("valid_from", "生效日期", "有效期起"), _date("valid_to", "失效日期", "有效期止"))
_WHILE_VALID = (("valid_from", "valid_to"),)


_NOT_CHECKING = {"not_a_uscc", "not_a_registration_number"}
_DIVISIONS = {18: slice(2, 8), 15: slice(0, 6)}
_CODE_KINDS = {18: "uscc", 15: "registration"}


def _finish_targets(columns: Columns, findings: dict[str, Findings], rows: int) -> None:
    """The kind of each code; where the list has no regions, the division in the code.

    That is characters 3 to 8 of a USCC and 1 to 6 of a registration number: the register that gave it.
    """
    codes = columns["code"]
    if "code_kind" in columns:
        _take_other_codes(codes, columns["code_kind"], findings["code"])
    said = columns.get("code_kind", [None] * rows)
    kinds = [
        kind if kind == "other" else _CODE_KINDS.get(len(code or ""))
        for kind, code in zip(said, codes, strict=True)
    ]
    columns["code_kind"] = list(kinds)
    if "region" not in columns:
        columns["region"] = [
            "" if kind == "other" or not code else code[_DIVISIONS.get(len(code), slice(0))]
            for kind, code in zip(kinds, codes, strict=True)
        ]


def _take_other_codes(codes: list[Value], kinds: Sequence[Value], findings: Findings) -> None:
    """A code that the list says is another kind of code need not check, and stays as it is written."""
    for place, found in list(findings.items()):
        if kinds[place] == "other" and {code for code, _ in found} <= _NOT_CHECKING:
            codes[place] = found[0][1]
            del findings[place]
            if len(found[0][1]) > LONGEST_CODE:
                findings[place] = [("too_long", found[0][1])]


IDENTITY = ("category", "name", "sub_item", "target_type")
"""What an item without a code is known by, within its department; anything else in it may change."""


def item_code(identity: Sequence[str]) -> str:
    """The code of an item whose list gives none: `auto-` and 16 hexadecimal digits of SHA-256 over its identity."""
    return "auto-" + hashlib.sha256("\x1f".join(identity).encode()).hexdigest()[:16]


def _finish_items(columns: Columns, _: dict[str, Findings], rows: int) -> None:
    """The codes of items, where the list has none, from what the items are known by."""
    if "code" in columns:
        return
    parts = [columns.get(name, [""] * rows) for name in IDENTITY]
    columns["code"] = [item_code([part or "" for part in identity]) for identity in zip(*parts, strict=True)]


CERTIFICATE = ("certificate_kind", "certificate_number", "certificate_expires_on")


def _finish_inspectors(columns: Columns, findings: dict[str, Findings], rows: int) -> None:
    """A certificate is told whole or not at all."""
    told = [name for name in CERTIFICATE if name in columns]
    if not told:
        return
    for place, fields in enumerate(
        zip(*(columns.get(name, [""] * rows) for name in CERTIFICATE), strict=True)
    ):
        if any(fields) and not all(fields):
            empty = next((name for name in told if not columns[name][place]), told[0])
            findings[empty].setdefault(place, [("certificate_incomplete", "")])


def _finish_declarations(columns: Columns, findings: dict[str, Findings], rows: int) -> None:
    """A declaration names its target, by code or by name."""
    codes, names = (columns.setdefault(name, [""] * rows) for name in ("target_code", "target_name"))
    told = findings.setdefault("target_code", {})
    for place, named in enumerate(zip(codes, names, strict=True)):
        if not any(named):
            told.setdefault(place, [("no_target", "")])


JURISDICTIONS = ListKind(
    "jurisdictions",
    table_of(Jurisdiction),
    (
        _id("code", "辖区代码", "行政区划代码", "代码", longest=12, expected=True, filled=True),
        _text("name", "辖区名称", "名称", longest=100, expected=True, filled=True),
        _id("superior_code", "上级辖区代码", "上级代码", longest=12, empties=True),
    ),
    key=("code",),
    again="id_twice",
)
DEPARTMENTS = ListKind(
    "departments",
    table_of(Department),
    (
        _id("code", "部门代码", "代码", expected=True, filled=True),
        _text("name", "部门名称", "名称", longest=200, expected=True, filled=True),
        _known("jurisdiction", "jurisdiction", "jurisdiction_code", "辖区代码", "辖区", "jurisdiction_code"),
        _date("opened_on", "成立日期", "启用日期", filled=True),
    ),
    key=("code",),
    again="id_twice",
    ordered=(("opened_on", "closed_on"),),
)
ITEMS = ListKind(
    "items",
    table_of(InspectionItem),
    (
        _OF_DEPARTMENT,
        _id("code", "事项编码", "事项代码", "抽查事项编码", filled=True),
        _text("category", "抽查类别", "事项类别名称", "抽查项目", longest=300),
        _text("name", "抽查事项", "事项名称", "item", expected=True, filled=True),
        _text("sub_item", "抽查子项", "事项子项"),
        _text("basis", "抽查依据", "检查依据", "依据", "legal_basis", longest=LONGEST_TEXT, expected=True, filled=True),
        _text("subject", "检查主体", "实施主体", "inspecting_body"),
        _text("target_type", "检查对象", "检查对象类型"),
        _text("content", "检查内容", "抽查内容", longest=LONGEST_TEXT),
        ListColumn("methods", ("检查方式", "抽查方式"), Repeating(read_methods)),
        _choice("item_class", "事项类别", "事项分类", words=_words(ITEM_CLASSES, "一般检查事项", "重点检查事项")
                | {"一般": "general", "重点": "key"}, expected=True),
        ListColumn("ratio_least", ("最低抽查比例",), Repeating(read_ratio)),
        ListColumn("ratio_most", ("最高抽查比例",), Repeating(read_ratio)),
        _count("times_least", "每年最少次数"),
        _count("times_most", "每年最多次数"),
        _text("qualification", "人员资格要求", longest=200),
        _text("responsible_office", "责任处室", "责任科室", longest=200),
        _text("editor", "编制人", longest=200),
        _text("remark", "备注", longest=LONGEST_TEXT),
        _text("set_by", "设定层级", longest=100),
    ),
    key=("department_id", "code"),
    again="id_twice",
    whole_row=True,
    ordered=(("times_least", "times_most"),),
    finish=_finish_items,
    derived=("code",),
    shown=("name",),
)  # fmt: skip
TARGETS = ListKind(
    "targets",
    table_of(Target),
    (
        ListColumn("code", ("统一社会信用代码", "编号", "统一社会信用代码/注册号", "检查对象编号", "uscc", "id"),
                   Registration(), expected=True, filled=True),
        _choice("code_kind", "代码类别", words=_words(CODE_KINDS, "统一社会信用代码", "注册号", "其他"), filled=False),
        _text("name", "名称", "企业名称", "检查对象名称", expected=True, filled=True),
        _choice("kind", "对象类别", words=_words(TARGET_KINDS, "单位", "个人", "产品", "项目")),
        _text("type", "类型", "企业类型", "市场主体类型", "entity_type", longest=100),
        _code("industry", "行业", "行业代码", longest=20),
        _id("region", "区域", "区域代码", "所在区域", longest=20),
        _text("address", "住所", "地址", "经营场所"),
        _text("business", "经营范围", "scope", longest=LONGEST_TEXT),
        _text("capital", "注册资本", longest=100),
        _text("established_on", "成立日期", "注册日期", "registered_on", longest=20),
        _choice("state", "登记状态", "状态", words=_words(TARGET_STATES, "存续", "停业", "注销", "吊销", "迁出")
                | {"在业": "active", "开业": "active", "歇业": "suspended"}),
        _choice("risk_class", "信用风险分类", "风险等级", words=_words(RISK_CLASSES), filled=False),
        _truth("abnormal", "经营异常", "经营异常名录"),
        _truth("serious", "严重违法失信", "严重违法失信名单"),
        _known("jurisdiction", "jurisdiction", "jurisdiction_code", "辖区代码", "辖区", "jurisdiction_code"),
    ),
    key=("code",),
    again="id_twice",
    whole_row=True,
    first={"kind": "organisation"},
    finish=_finish_targets,
    derived=("code_kind", "region"),
)  # fmt: skip
INSPECTORS = ListKind(
    "inspectors",
    table_of(Inspector),
    (
        _OF_DEPARTMENT,
        _id("code", "编号", "检查人员编号", "执法证号", "id", expected=True, filled=True),
        _text("name", "姓名", "名称", "检查人员姓名", longest=100, expected=True, filled=True),
        ListColumn("qualifications", ("资格", "执法资格"), Repeating(read_list)),
        _id("home", "常驻区域", longest=20),
        ListColumn("regions", ("区域范围", "可检查区域"), Repeating(read_regions)),
        ListColumn(
            "capacity", ("承办上限",), Repeating(read_capacity), expected=True, filled=True, type=Integer()
        ),
        _text("post", "岗位", "职务", longest=50),
        _choice(
            "state", "状态", words=_words(INSPECTOR_STATES, "有效", "停用", "离岗") | {"失效": "suspended"}
        ),
        _text("certificate_kind", "执法证件类别", "证件类别", longest=50, empties=True),
        _id("certificate_number", "执法证件号", "证件号", empties=True),
        _date("certificate_expires_on", "执法证件有效期至", "证件有效期至"),
    ),
    key=("code",),
    again="id_twice",
    whole_row=True,
    finish=_finish_inspectors,
)
BARS = ListKind(
    "bars",
    table_of(Bar),
    (_OF_INSPECTOR, _OF_TARGET, _GROUND, _SOURCE, *_VALID),
    key=("inspector_id", "target_id", "ground"),
    again="bar_twice",
    shown=("inspector", "target"),
    references=(_TO_INSPECTOR, _TO_TARGET),
    ordered=_WHILE_VALID,
)
PAIR_BARS = ListKind(
    "pair-bars",
    table_of(PairBar),
    (
        _id("inspector_a", "检查人员甲编号", "检查人员甲", expected=True, filled=True),
        _id("inspector_b", "检查人员乙编号", "检查人员乙", expected=True, filled=True),
        _GROUND,
        _SOURCE,
        *_VALID,
    ),
    key=("inspector_id", "other_id", "ground"),
    again="pair_bar_twice",
    shown=("inspector_a", "inspector_b"),
    references=(
        Reference("inspector_a", "inspector_id", table_of(Inspector), "unknown_inspector"),
        Reference("inspector_b", "other_id", table_of(Inspector), "unknown_inspector"),
    ),
    ordered=_WHILE_VALID,
)
DECLARATIONS = ListKind(
    "declarations",
    table_of(Declaration),
    (
        _OF_INSPECTOR,
        _choice("kind", "申报类别", "类别", words=_words(DECLARATION_KINDS, "利害关系", "亲属关系", "曾任职", "持股"),
                expected=True),
        _id("target_code", "检查对象编号", "统一社会信用代码", "uscc"),
        _text("target_name", "检查对象名称", "单位名称", "企业名称"),
        _text("relative", "亲属", "亲属姓名", longest=100),
        _date("since", "起始日期", "任职开始日期"),
        _date("until", "终止日期", "任职结束日期"),
        _text("note", "说明和材料", "证明材料", longest=LONGEST_TEXT),
    ),
    key=("inspector_id", "kind", "target_code", "target_name"),
    shown=("inspector", "kind"),
    references=(_TO_INSPECTOR,),
    ordered=(("since", "until"),),
    finish=_finish_declarations,
    derived=("target_code", "target_name"),
)  # fmt: skip
RESIDENCES = ListKind(
    "residences",
    table_of(Residence),
    (
        _OF_INSPECTOR,
        ListColumn(
            "street", ("居住街道代码", "街道代码"), Repeating(read_street), expected=True, filled=True
        ),
    ),
    key=("inspector_id",),
    references=(_TO_INSPECTOR,),
)
LABELS = ListKind(
    "labels",
    table_of(TargetLabel),
    (
        _OF_TARGET,
        _id("label", "监管标签", "标签", expected=True, filled=True),
        _id("region", "区域", "使用区域", longest=20),
        _date("valid_from", "生效日期", "有效期起", expected=True, filled=True),
        _date("valid_to", "失效日期", "有效期止"),
    ),
    key=("target_id", "label", "valid_from"),
    shown=("target", "label"),
    references=(_TO_TARGET,),
    ordered=_WHILE_VALID,
)
SPECIAL_REGISTRIES = ListKind(
    "registries",
    table_of(SpecialRegistry),
    (
        _id("code", "专项库代码", "代码", expected=True, filled=True),
        _text("name", "专项库名称", "名称", longest=200, expected=True, filled=True),
        _OF_DEPARTMENT,
        _id("label", "监管标签", "标签"),
        _id("qualification", "人员资格要求", longest=200),
    ),
    key=("code",),
    again="id_twice",
)
PERMITS = ListKind(
    "permits",
    table_of(Permit),
    (
        _OF_TARGET,
        _known("registry", "registry", "registry_code", "专项库代码", "专项库", "registry_code"),
        _id("number", "许可证编号", "许可证号", "证书编号", longest=100, expected=True, filled=True),
        _text("name", "许可证名称", "证书名称", longest=200),
        _text("issuer", "发证机关", longest=200),
        _date("approved_on", "发证日期", "批准日期"),
        _date("expires_on", "有效期至", "有效期止"),
        _choice("state", "状态", "许可证状态", words=_words(PERMIT_STATES, "有效", "过期", "注销")),
    ),
    key=("target_id", "registry_code", "number"),
    shown=("target", "number"),
    references=(_TO_TARGET,),
    ordered=(("approved_on", "expires_on"),),
)
CERTIFICATES = ListKind(
    "certificates",
    table_of(Certificate),
    (
        _OF_INSPECTOR,
        _text("kind", "执法证件类别", "证件类别", longest=50, expected=True, filled=True),
        _id("number", "执法证件号", "证件号", expected=True, filled=True),
        _date("expires_on", "有效期至", "证件有效期至", expected=True, filled=True),
    ),
    key=("kind", "number"),
    again="certificate_twice",
    references=(_TO_INSPECTOR,),
)
LEAVES = ListKind(
    "leaves",
    table_of(Leave),
    (
        _OF_INSPECTOR,
        _date("first_day", "开始日期", "起始日期", expected=True, filled=True),
        _date("last_day", "结束日期", "截止日期", expected=True, filled=True),
    ),
    key=("inspector_id", "first_day"),
    shown=("inspector", "first_day"),
    references=(_TO_INSPECTOR,),
    ordered=(("first_day", "last_day"),),
)

LISTS: dict[str, ListKind] = {
    each.name: each
    for each in (
        *(
            JURISDICTIONS,
            DEPARTMENTS,
            ITEMS,
            TARGETS,
            INSPECTORS,
            BARS,
            PAIR_BARS,
            LABELS,
            SPECIAL_REGISTRIES,
        ),
        *(PERMITS, CERTIFICATES, LEAVES, DECLARATIONS, RESIDENCES),
    )
}
"""All kinds, in an order in which they can be imported one after the other."""
