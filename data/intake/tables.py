"""The four tables of a draw as files have them: their columns, and the headers that are understood."""

from __future__ import annotations

from dataclasses import dataclass

from data.intake.fields import (
    Reader,
    read_capacity,
    read_code,
    read_count,
    read_id,
    read_list,
    read_regions,
    read_text,
)


@dataclass(frozen=True)
class Column:
    """A column: its name, how its fields are read, whether each must be filled, whether the column must be there."""

    name: str
    read: Reader
    filled: bool = True
    expected: bool = True


TABLES: dict[str, tuple[Column, ...]] = {
    "targets": (
        Column("stratum", read_code),
        Column("id", read_id),
        Column("region", read_id, filled=False),
        Column("name", read_text),
    ),
    "inspectors": (
        Column("department", read_code),
        Column("id", read_id),
        Column("qualifications", read_list, filled=False),
        Column("home", read_id, filled=False, expected=False),
        Column("regions", read_regions, filled=False),
        Column("capacity", read_capacity),
        Column("name", read_text),
    ),
    "bars": (
        Column("inspector_id", read_id),
        Column("target_id", read_id),
        Column("ground", read_text),
    ),
    "pair_bars": (
        Column("inspector_a", read_id),
        Column("inspector_b", read_id),
        Column("ground", read_text),
    ),
}
"""Columns in the order of draw-1's frozen tables: 检查对象, 执法检查人员, 排除情形, and who may not go together."""

WEIGHT = Column("weight", read_count)
"""The last column of targets where a plan draws them by weight."""

OPTIONAL = ("bars", "pair_bars")
"""The tables that may be left out, which is the same as empty."""

HEADERS: dict[str, dict[str, tuple[str, ...]]] = {
    "targets": {
        "stratum": ("分层", "分层代码", "抽查分层"),
        "id": ("编号", "统一社会信用代码", "检查对象编号"),
        "region": ("区域", "区域代码", "所在区域"),
        "name": ("名称", "检查对象名称", "企业名称"),
        "weight": ("抽查权重", "权重"),
    },
    "inspectors": {
        "department": ("部门", "部门代码", "所属部门"),
        "id": ("编号", "检查人员编号", "执法证号"),
        "qualifications": ("资格", "执法资格"),
        "home": ("常驻区域",),
        "regions": ("区域范围", "可检查区域"),
        "capacity": ("承办上限",),
        "name": ("姓名", "名称", "检查人员姓名"),
    },
    "bars": {
        "inspector_id": ("检查人员编号", "执法证号"),
        "target_id": ("检查对象编号", "统一社会信用代码"),
        "ground": ("回避事由", "事由"),
    },
    "pair_bars": {
        "inspector_a": ("检查人员甲编号", "检查人员甲"),
        "inspector_b": ("检查人员乙编号", "检查人员乙"),
        "ground": ("回避事由", "事由"),
    },
}
"""Chinese headers understood beside each column's own name; the first is the one to show."""
