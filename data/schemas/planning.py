"""Items, annual plans and campaigns as the API shows them, and what an act on one takes."""

from __future__ import annotations

from marshmallow import fields, validate
from marshmallow_sqlalchemy import auto_field

from data.models import AnnualPlan, Campaign, CampaignDepartment, Draw, ItemVersion
from data.schemas.campaigns import MOST_SEATS, AnnualPlanOutline, CampaignOutline, Closed, count, text
from data.schemas.registries import choice, unasked, word
from data.schemas.shapes import Listing, Shown
from data.vocabulary import CAMPAIGN_STATES, ITEM_CLASSES, ITEM_STATES, PLAN_STATES

LONGEST_REASON = 2000


def words(required: bool = True) -> fields.String:
    """A reason, a note, an opinion: some lines of text."""
    if required:
        return fields.String(required=True, validate=validate.Length(1, LONGEST_REASON))
    return fields.String(load_default="", validate=validate.Length(max=LONGEST_REASON))


class ItemShown(Shown):
    """A version of an inspection item (抽查事项), its words as they may be sent back."""

    class Meta(Shown.Meta):
        """Of the table of versions."""

        model = ItemVersion

    id = auto_field()
    department = fields.String()
    code = fields.String(attribute="item.code")
    version = auto_field()
    state = auto_field()
    category = auto_field()
    name = auto_field()
    sub_item = auto_field()
    basis = auto_field()
    subject = auto_field()
    target_type = auto_field()
    content = auto_field()
    methods = fields.List(fields.String())
    item_class = auto_field()
    ratio_least = auto_field()
    ratio_most = auto_field()
    times_least = auto_field()
    times_most = auto_field()
    qualification = auto_field()
    responsible_office = auto_field()
    editor = auto_field()
    remark = auto_field()
    set_by = auto_field()
    valid_from = auto_field()
    valid_to = auto_field()


class ItemsWanted(Listing):
    """Which versions of items; without a state all but superseded ones."""

    q = word()
    state = choice(ITEM_STATES)
    item_class = choice(ITEM_CLASSES)
    department = word()


class Opinion(Closed):
    """An opinion on a version; who rejects or refuses one gives it."""

    opinion = words(required=False)


class AnnualPlanListed(Shown):
    """An annual plan (年度抽查工作计划) in a list."""

    class Meta(Shown.Meta):
        """Of the table of plans."""

        model = AnnualPlan

    id = auto_field()
    year = auto_field()
    number = auto_field()
    name = auto_field()
    state = auto_field()


class AnnualPlanShown(Shown):
    """An annual plan with its lines as its outline has them."""

    id = fields.Integer()
    state = fields.String()
    outline = fields.Nested(AnnualPlanOutline)


class AnnualPlansWanted(Listing):
    """Which annual plans."""

    year = fields.Integer(load_default=unasked, validate=validate.Range(2000, 2200))
    state = choice(PLAN_STATES)


class PartShown(Shown):
    """A department's part in a campaign: its answer to the invitation."""

    class Meta(Shown.Meta):
        """Of the table of parts."""

        model = CampaignDepartment

    department = fields.String(attribute="department.code")
    answer = auto_field()
    comment = auto_field()
    answered_at = auto_field()


class DrawOfCampaign(Shown):
    """A draw of a campaign, by its number."""

    class Meta(Shown.Meta):
        """Of the register."""

        model = Draw

    id = auto_field()
    number = auto_field()
    state = auto_field()


class CampaignListed(Shown):
    """A campaign (抽查任务) in a list."""

    class Meta(Shown.Meta):
        """Of the table of campaigns."""

        model = Campaign

    code = auto_field()
    name = auto_field()
    state = auto_field()
    kind = auto_field()
    source = auto_field()
    first_day = auto_field()
    last_day = auto_field()
    draw_by = auto_field()
    lead = fields.String(attribute="lead.code")
    jurisdiction_code = auto_field()


class CampaignShown(Shown):
    """A campaign: its state, its outline as it may be sent back, the departments' answers, and its draws."""

    code = fields.String()
    state = fields.String()
    source = fields.String()
    lead = fields.String()
    outline = fields.Nested(CampaignOutline)
    departments = fields.List(fields.Nested(PartShown))
    draws = fields.List(fields.Nested(DrawOfCampaign))


class CampaignsWanted(Listing):
    """Which campaigns."""

    q = word()
    state = choice(CAMPAIGN_STATES)


class AnswerGiven(Closed):
    """A joining department's answer; who declines says why. What is null of its team stays as the lead proposed."""

    accept = fields.Boolean(required=True, truthy={True}, falsy={False})
    comment = words(required=False)
    size = count(1, load_default=None, allow_none=True, most=MOST_SEATS)
    leads = count(load_default=None, allow_none=True, most=MOST_SEATS)
    lead_qualification = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))


class Reason(Closed):
    """Why something is done."""

    reason = words()


class CopyWanted(Closed):
    """The code and the days of a copy."""

    code = text(50)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    draw_by = fields.Date(load_default=None, allow_none=True)


class StepTaken(Shown):
    """What a condition or an exclusion takes out of a list."""

    reason = fields.String()
    taken_out = fields.Integer()


class ListCounted(Shown):
    """A list of the pool, counted."""

    total = fields.Integer()
    steps = fields.List(fields.Nested(StepTaken))
    left = fields.Integer()


class StratumCounted(Shown):
    """A stratum with its rows, and how many would be drawn."""

    stratum = fields.String()
    rows = fields.Integer()
    quota = fields.Integer(
        metadata={
            "description": "How many would be drawn; where weights decide, `mean` rounded to a whole number "
            "(抽取户数；按权重抽取时为 `mean` 取整)."
        }
    )
    mean = fields.String(
        metadata={
            "description": "How many would be drawn on average, exactly: a whole number, or a reduced fraction such as 7/3 "
            "where weights decide (平均抽取户数，按权重抽取时为最简分数)."
        }
    )


class PoolShown(Shown):
    """The pool of a campaign as it would be frozen now (抽查对象池)."""

    targets = fields.Nested(ListCounted)
    inspectors = fields.Nested(ListCounted)
    strata = fields.List(fields.Nested(StratumCounted))
