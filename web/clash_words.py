"""Why a visit can't be on a day, in a few words of both languages (不能安排的原因)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from web.language import Sentence

CLASHES: dict[str, Sentence] = {
    "outside": (
        "不在任务期间（{first} 至 {last}）",
        "it is not within the campaign ({first} to {last})",
    ),
    "over": ("这一天已经过去", "the day is over"),
    "past": ("原定日期已过，没有结果", "its day is over, and there is no result"),
    "no_day": ("尚未安排日期", "it has no day yet"),
    "not_working": ("不是工作日", "it is no working day"),
    "blackout": (
        "{department}{first} 至 {last} 不安排检查（{why}）",
        "{department} inspects nothing from {first} to {last} ({why})",
    ),
    "closed": (
        "对象 {first} 至 {last} 停业（{why}）",
        "the target is closed from {first} to {last} ({why})",
    ),
    "season": (
        "对象只在 {first} 至 {last} 生产（{why}）",
        "the target produces from {first} to {last} alone ({why})",
    ),
    "away": ("{who} 当天休假", "{who} on leave that day"),
    "full": ("{who} 当天已有 {most} 户", "{who} already with {most} visits that day"),
}
"""By the kind of a reason."""

UNPLACED: dict[str, Sentence] = {
    "no_day": (
        "检查时段和不安排检查的日子之外没有剩下任何工作日",
        "its windows and the days without inspections leave no working day",
    ),
    "away": (
        "剩下的每个工作日都有检查组成员休假：{who}",
        "on each working day that is left somebody of the team is on leave: {who}",
    ),
    "full": (
        "检查人员的检查数超过可安排的数量：{who}",
        "more visits than these inspectors can make on the days there are: {who}",
    ),
    "together": (
        "与同组人员的其他检查合在一起排不下，换任何排法都不能多排",
        "together with the other visits of its inspectors it finds no room, in whatever order",
    ),
    "not_found": (
        "检查人员当天都已排满，没有找到空位：{who}",
        "no room was found: these inspectors are full: {who}",
    ),
}
"""By the reason why the timetable found no day for a target."""

_ALL = ("各部门 ", "every department")


def reason(told: Mapping[str, Any]) -> Sentence:
    """One reason as a clause."""
    zh, en = CLASHES[told["kind"]]
    who = told.get("who", ())
    values = {name: told.get(name, "") for name in ("first", "last", "why", "most")}
    department = told.get("department", "")
    return (
        zh.format(who="、".join(who), department=f"{department} " if department else _ALL[0], **values),
        en.format(who=", ".join(who), department=department or _ALL[1], **values),
    )


def reasons(told: Sequence[Mapping[str, Any]]) -> Sentence:
    """All of them in one sentence."""
    each = [reason(one) for one in told]
    return "；".join(one[0] for one in each), "; ".join(one[1] for one in each)


def unplaced(code: str, who: Sequence[str]) -> Sentence:
    """Why a target has no day."""
    zh, en = UNPLACED[code]
    return zh.format(who="、".join(who)), en.format(who=", ".join(who))
