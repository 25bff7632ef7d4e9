"""What lacks, and what would do (缺口与补足办法), in sentences. A department and a region are called by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from scheduler.inspection.shortages import (
    Fewer,
    FewerGroups,
    Lack,
    Lift,
    LiftPairs,
    More,
    Qualify,
    Raise,
    RaiseSome,
    Remedy,
    ShortDeal,
    Widen,
)

Sentence = tuple[str, str]
Names = Mapping[str, str]

MOST_NAMED = 6
ROLES = {"lead": ("组长", "lead"), "member": ("组员", "member")}


@dataclass(frozen=True)
class Told:
    """A remedy in a sentence, and how the registry is changed so: `amend` is the query of a form, `blank` of a list to
    fill in; empty where it is not done so. `bars` are those to be lifted."""

    sentence: Sentence
    amend: str = ""
    blank: str = ""
    bars: Sequence[tuple[str, str]] = ()


def lack(each: Lack, regions: Names) -> Sentence:
    """One part of what lacks, by region and role."""
    by_region: dict[str, list[tuple[str, int]]] = {}
    for region, role, seats in each.seats:
        by_region.setdefault(region, []).append((role, seats))
    shown = list(by_region.items())[:MOST_NAMED]
    more = len(by_region) > MOST_NAMED
    chinese = "；".join(
        f"{_region(region, regions)[0]} " + "、".join(f"{ROLES[role][0]} {seats} 席" for role, seats in roles)
        for region, roles in shown
    )
    english = "; ".join(
        f"{_region(region, regions)[1]} " + ", ".join(f"{ROLES[role][1]} {seats}" for role, seats in roles)
        for region, roles in shown
    )
    return (
        f"{chinese}{f' 等 {len(by_region)} 个区域' if more else ''}：最多能派 {each.supply}，缺 {each.missing}。",
        f"{english}{' …' if more else ''}: at most {each.supply} can be filled, {each.missing} missing.",
    )


def deal(each: ShortDeal) -> Sentence:
    """Whom the groups lack."""
    return (
        f"分 {each.groups} 组，缺可任组长的 {each.missing_leads} 人，缺组员和组长共 {each.missing_people} 人。",
        f"{each.groups} groups: {each.missing_leads} who may lead are missing, and {each.missing_people} people in all.",
    )


def told(remedy: Remedy, regions: Names, qualification: str) -> Told:
    """A remedy; `qualification` is what a lead of the department needs."""
    match remedy:
        case More():
            return _more(remedy, regions, qualification)
        case Raise():
            return Told(_raise(remedy), _amend(remedy.inspectors, capacity=remedy.number))
        case RaiseSome():
            chinese, english = _who(remedy.inspectors, remedy.number)
            sentence = (
                f"只把{chinese}的承办上限各提高 {remedy.by}",
                f"Raise the capacity of {english} alone by {remedy.by} each",
            )
            return Told(_bounded(sentence, remedy), _amend(remedy.inspectors, capacity=remedy.by))
        case Qualify():
            chinese, english = _who(remedy.inspectors, remedy.number)
            sentence = (f"使{chinese}取得组长资格", f"Have {english} qualified to lead")
            return Told(_bounded(sentence, remedy), _amend(remedy.inspectors, qualification=qualification))
        case Widen():
            chinese, english = _who(remedy.inspectors, remedy.number)
            held = _regions(remedy.regions, regions)
            sentence = (
                f"使{chinese}也可检查 {held[0]}",
                f"Let {english} inspect {held[1]} too",
            )
            return Told(_bounded(sentence, remedy), _amend(remedy.inspectors, region=remedy.regions))
        case Lift():
            return Told(
                (
                    f"解除 {remedy.number} 条排除情形（须确已不存在）。",
                    f"End {remedy.number} bars, if they truly hold no more.",
                ),
                bars=remedy.bars,
            )
        case LiftPairs():
            return Told(_lift_pairs(remedy))
        case FewerGroups():
            return Told((
                f"只够分 {remedy.groups} 组（仅供参考：方案已锁定）。",
                f"There are enough for {remedy.groups} groups (to know: the plan is frozen).",
            ))  # fmt: skip
        case Fewer():
            return Told(_fewer(remedy))
    raise ValueError(remedy)


def _more(remedy: More, regions: Names, qualification: str) -> Told:
    chinese, english = _regions(remedy.regions, regions)
    able = ("有组长资格的", "qualified to lead") if remedy.qualified else ("", "")
    sentence = (
        f"新增 {remedy.number} 名{able[0]}检查人员（每人承办上限 {remedy.capacity}，可检查区域：{chinese}）。",
        f"{remedy.number} more inspectors{' ' + able[1] if able[1] else ''} "
        f"(capacity {remedy.capacity} each, for {english}).",
    )
    asked = {
        "number": remedy.number,
        "capacity": remedy.capacity,
        "regions": ";".join(remedy.regions),
        "qualification": qualification if remedy.qualified else "",
    }
    return Told(sentence, blank=urlencode(asked))


def _raise(remedy: Raise) -> Sentence:
    chinese, english = _who(remedy.inspectors, len(remedy.inspectors)) if remedy.inspectors else ("", "")
    return (
        f"承办上限已用尽的人员{f'（{chinese.strip()}）' if chinese else ''}每人提高 {remedy.number}。",
        f"Raise the capacity of all who have none left{f' ({english})' if english else ''} by {remedy.number} each.",
    )


def _lift_pairs(remedy: LiftPairs) -> Sentence:
    told = [" / ".join(pair) for pair in remedy.pairs[:MOST_NAMED]]
    more = " …" if len(remedy.pairs) > MOST_NAMED else ""
    return _bounded(
        (
            f"解除 {remedy.number} 对检查人员之间的排除情形（须确已不存在）：{'、'.join(told)}{more}",
            f"End {remedy.number} bars between inspectors, if they truly hold no more: {', '.join(told)}{more}",
        ),
        remedy,
    )


def _fewer(remedy: Fewer) -> Sentence:
    most = remedy.targets - remedy.at_least
    span = str(remedy.done) if most == remedy.done else f"{remedy.done}–{most}"
    return (
        f"按这些人员，抽中的 {remedy.targets} 户中至多能检查 {span} 户（仅供参考：抽中的对象不变）。",
        f"With these inspectors, {span} of the {remedy.targets} drawn targets could be visited at most (to know: what was "
        "drawn stands).",
    )


def _bounded(sentence: Sentence, remedy: Remedy) -> Sentence:
    """With the bound where nobody knows whether fewer would do."""
    chinese, english = sentence
    if remedy.exact:
        return f"{chinese}。", f"{english}."
    return (
        f"{chinese}。（这是找到的最少人数；少于 {remedy.at_least} 一定不够。）",
        f"{english}. (The fewest that were found; fewer than {remedy.at_least} never do.)",
    )


def _who(inspectors: Sequence[str], number: int) -> Sentence:
    """Who they are; how many, where they are not told."""
    if not inspectors:
        return f" {number} 人", f"{number} inspectors"
    if len(inspectors) <= MOST_NAMED:
        return f" {'、'.join(inspectors)} 共 {number} 人", f"{', '.join(inspectors)} ({number})"
    shown = inspectors[:MOST_NAMED]
    return f" {'、'.join(shown)} 等 {number} 人", f"{', '.join(shown)} … ({number})"


def _regions(held: Sequence[str], regions: Names) -> Sentence:
    if "*" in held:
        return "全部区域", "all regions"
    shown = [_region(each, regions) for each in held[:MOST_NAMED]]
    more = len(held) > MOST_NAMED
    return (
        "、".join(each[0] for each in shown) + (f"等 {len(held)} 个区域" if more else ""),
        ", ".join(each[1] for each in shown) + (f" … ({len(held)} regions)" if more else ""),
    )


def _region(code: str, regions: Names) -> Sentence:
    if not code:
        return "（无区域）", "no region"
    name = regions.get(code, "")
    return (f"{name} {code}" if name else code), code


def _amend(inspectors: Sequence[str], **added: object) -> str:
    """The query of the form that gives them so much; empty where they are not named."""
    if not inspectors:
        return ""
    return urlencode({"inspector": list(inspectors), **added}, doseq=True)
