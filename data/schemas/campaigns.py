"""The written outline of a campaign (抽查任务) and of an annual plan (年度抽查工作计划)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from data.vocabulary import CAMPAIGN_KINDS, CAP_EXCEPTIONS, CONDITION_FIELDS, STRATA_BY

MOST = 10**9
MOST_SEATS = 1_000
MOST_GROUPS = 10**5  # of a plan
MOST_DAYS = 36_500
MOST_YEARS = 100
MOST_VISITS = 100  # of a rotation
MONTHS = 12
FIRST_YEAR, LAST_YEAR = 2000, 2200  # as the table has them
_RATE = validate.Regexp(r"[0-9]{1,9}/[1-9][0-9]{0,8}\Z")
_LINE_OR_NONE = validate.Regexp(re.compile("[^\x00-\x1f\x7f-\x9f]*\\Z"))
_LINE = validate.Regexp(
    re.compile("[^\x00-\x1f\x7f-\x9f]+\\Z")
)  # stands in the plan, and in lines of README.txt


def _plain(value: str) -> None:
    """What is hashed with the plan is Unicode in NFC; better told now than at the freeze."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValidationError("Not Unicode.") from None
    if not unicodedata.is_normalized("NFC", value):
        raise ValidationError("Not in Unicode NFC.")


def text(longest: int, required: bool = True, **options: object) -> fields.String:
    """A line of text."""
    return fields.String(
        required=required,
        validate=[_LINE, validate.Length(1, longest), _plain],
        **options,  # type: ignore[arg-type]
    )


def count(least: int = 0, required: bool = False, most: int = MOST, **options: object) -> fields.Integer:
    """A whole number."""
    return fields.Integer(
        strict=True,
        required=required,
        validate=validate.Range(least, most),
        **options,  # type: ignore[arg-type]
    )


MOST_WEIGHT = 999_999_999  # of one target


class Closed(Schema):
    """A schema that refuses what it does not know."""

    class Meta:
        """Unknown fields are errors."""

        unknown = RAISE


class TeamOutline(Closed):
    """What a department sends to every target."""

    code = text(50)
    size = count(1, load_default=2, most=MOST_SEATS)
    leads = count(load_default=1, most=MOST_SEATS)
    lead_qualification = fields.String(
        load_default="lead", validate=[_LINE_OR_NONE, validate.Length(max=200), _plain]
    )


class ConditionOutline(Closed):
    """One condition of the pool: the field holds one of the values."""

    field = fields.String(required=True, validate=validate.OneOf(CONDITION_FIELDS))
    values = fields.List(text(200), required=True, validate=validate.Length(1, 200))


class PlanLineReference(Closed):
    """Which line of which annual plan foresees the campaign."""

    year = count(FIRST_YEAR, required=True, most=LAST_YEAR)
    number = text(100)
    line = count(1, required=True)


def _one_segment(value: str) -> None:
    """A code is one segment of an address; `.` and `..` would lead elsewhere."""
    if "/" in value or "\\" in value or value in (".", ".."):
        raise ValidationError("code_with_slash")


class PoolOutline(Closed):
    """What of a campaign decides its pool and how many of it are drawn, as far as it is written."""

    departments = fields.List(fields.Nested(TeamOutline), load_default=list)
    conditions = fields.List(fields.Nested(ConditionOutline), load_default=list)
    first_day = fields.Date(load_default=None)
    last_day = fields.Date(load_default=None)
    strata_by = fields.String(load_default="none", validate=validate.OneOf(STRATA_BY))
    rates = fields.Dict(keys=text(100), values=fields.String(validate=_RATE), load_default=dict)
    weights = fields.Dict(keys=text(100), values=count(most=MOST_WEIGHT), load_default=dict)
    total = count(1, load_default=None, allow_none=True)
    at_least_one = fields.Boolean(load_default=True, truthy={True}, falsy={False})
    exclude_days = count(load_default=0, most=MOST_DAYS)
    yearly_cap = count(1, load_default=None, allow_none=True)
    cap_exception = fields.String(load_default="", validate=validate.OneOf(("", *CAP_EXCEPTIONS)))
    former_employer_years = count(load_default=3, most=MOST_YEARS)
    rotation = count(load_default=0, most=MOST_VISITS)
    same_street = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class CampaignOutline(PoolOutline):
    """A campaign as its planner writes it. Departments: the first is the lead."""

    code = fields.String(required=True, validate=[_LINE, validate.Length(1, 50), _plain, _one_segment])
    name = text(300)
    legal_basis = text(2000)
    kind = fields.String(required=True, validate=validate.OneOf(CAMPAIGN_KINDS))
    plan_line = fields.Nested(PlanLineReference, load_default=None, allow_none=True)
    items = fields.List(text(120), required=True, validate=validate.Length(1, 50))
    departments = fields.List(fields.Nested(TeamOutline), required=True, validate=validate.Length(1, 38))
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    draw_by = fields.Date(load_default=None, allow_none=True)
    teams = fields.String(load_default="per_target", validate=validate.OneOf(("per_target", "fixed")))
    groups = count(1, load_default=None, allow_none=True, most=MOST_GROUPS)
    objectives = fields.List(fields.String(), load_default=lambda: ["balance", "tickets"])
    entropy = text(200, required=False, load_default="d10x20")
    witnesses = fields.List(text(100), load_default=list)
    most_voids = count(load_default=5)
    most_recusals = count(load_default=10)


class PlanLineOutline(Closed):
    """One campaign that the year foresees."""

    item = text(120)
    kind = fields.String(required=True, validate=validate.OneOf(CAMPAIGN_KINDS))
    joint = fields.Boolean(load_default=False)
    first_month = count(1, required=True)
    last_month = count(1, required=True)
    ratio = fields.String(required=True, validate=_RATE)
    times = count(1, load_default=1)

    @validates_schema(skip_on_field_errors=False)
    def lies_in_the_year(self, data: Mapping[str, Any], **_: Any) -> None:
        """The months follow each other within the year, and no more is drawn than there is."""
        first, last = data.get("first_month", 1), data.get("last_month", MONTHS)
        wrong = {
            "first_month": ["not_a_month"] if first > MONTHS else [],
            "last_month": ["not_a_month"] if not first <= last <= MONTHS else [],
            "ratio": ["not_a_ratio"] if Fraction(data.get("ratio", 1)) > 1 else [],
        }
        if found := {name: codes for name, codes in wrong.items() if codes}:
            raise ValidationError(found)


class AnnualPlanOutline(Closed):
    """An annual plan as its planner writes it."""

    year = count(FIRST_YEAR, required=True, most=LAST_YEAR)
    number = text(100)
    name = text(300)
    lines = fields.List(fields.Nested(PlanLineOutline), required=True, validate=validate.Length(1, 500))
