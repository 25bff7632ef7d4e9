"""What a refusal tells beside its sentence (提示中的值), in words of both languages instead of the codes that rows hold."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from matching.refused import Refused
from scheduler.clock import SHANGHAI
from web import clash_words, form_faults
from web.language import Sentence
from web.words import WORDS

_ACTS = {
    "item": ("item_state", "item_act"),
    "annual_plan": ("plan_state", "plan_act"),
    "campaign": ("campaign_state", "campaign_act"),
    "draw": ("draw_state", "draw_act"),
    "visit": ("visit_state", "visit_act"),
    "follow_up": ("follow_up_state", "follow_up_act"),
}
_ROLES = ("actor.role", "actor.same_person")
_OTHERS = {
    ("campaign.condition_unknown", "field"): "condition_field",
    ("campaign.condition_value", "field"): "condition_field",
    ("campaign.conditions", "kind"): "campaign_kind",
    ("campaign.no_such_stratum", "strata_by"): "strata_by",
    ("campaign.not_as_foreseen", "differs"): "foreseen",
    ("campaign.objectives", "objectives"): "objective",
    ("draw.not_completed", "state"): "draw_state",
    ("draw.not_short", "state"): "draw_state",
    ("draw.void_ground", "possible"): "void_number_ground",
    ("inspector.state", "state"): "inspector_state",
    ("inspector.state", "possible"): "inspector_state",
    ("recusal.ground", "possible"): "recusal_ground",
    ("result.finding", "handling"): "handling",
    ("result.methods", "possible"): "method",
    ("user.deputy", "role"): "role",
    ("user.has_role", "role"): "role",
    ("user.no_such_role", "possible"): "role",
    ("visit.not_dispatched", "campaign"): "campaign_state",
    ("visit.day", "reasons"): "clashes",
    ("void.ground", "possible"): "void_target_ground",
    ("void.not_now", "campaign"): "campaign_state",
    ("void.not_now", "draw"): "draw_state",
    ("window.kind", "possible"): "window_kind",
}
_MOMENTS = (
    "publication.time",
    "timestamp.time",
    "timestamp.expired",
    "beacon.round_past",
    "beacon.round_ahead",
)
"""What tells times in the form that papers have; a reader is told them as pages are."""


def in_words(
    refused: Refused, of_intake: Mapping[str, Sentence]
) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """The values that a refusal's sentence speaks of, for the Chinese and for the English one."""
    subject, _, what = refused.code.partition(".")
    told = {
        name: _told(subject, _kind(refused.code, name), value, of_intake)
        for name, value in refused.params.items()
    }
    if refused.code in _MOMENTS:
        told = {name: (_moment(value), _moment(value)) for name, value in refused.params.items()}
    if what == "not_now" and told.get("possible") == ("", ""):
        told["possible"] = ("（无）", "none")
    return {name: each[0] for name, each in told.items()}, {name: each[1] for name, each in told.items()}


def _moment(written: object) -> str:
    """A time of China's without its zone; the seconds only where there are some."""
    moment = datetime.fromisoformat(str(written))
    with suppress(OverflowError):  # a certificate without end is valid to the end of the calendar
        moment = moment.astimezone(SHANGHAI) if moment.tzinfo else moment
    return moment.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")


def _kind(code: str, name: str) -> str:
    """The list of codes that a value is of; `faults` where it tells what is wrong with a form."""
    subject, _, what = code.partition(".")
    if code in _ROLES:
        return "role"
    if what == "fields" and name == "faults":
        return "faults"
    if what == "not_now" and subject in _ACTS:
        return {"state": _ACTS[subject][0], "act": _ACTS[subject][1], "possible": _ACTS[subject][1]}.get(
            name, ""
        )
    return _OTHERS.get((code, name), "")


def _told(subject: str, kind: str, value: Any, of_intake: Mapping[str, Sentence]) -> tuple[object, object]:
    if kind == "faults":
        return form_faults.told(subject, value, of_intake)
    if kind == "clashes":
        return clash_words.reasons(value)
    if not isinstance(value, (list, tuple)):
        return WORDS[kind].get(value, (value, value)) if kind else (value, value)
    each = [WORDS[kind].get(one, (str(one), str(one))) if kind else (str(one), str(one)) for one in value]
    between = "、" if kind else ", "
    return between.join(one[0] for one in each), ", ".join(one[1] for one in each)
