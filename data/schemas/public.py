"""What anybody may see, as the API shows it; what that is, scheduler.inspection.disclosure decides."""

from __future__ import annotations

from marshmallow import fields, validate
from marshmallow_sqlalchemy import auto_field

from data.models import Campaign, Draw, Finding, Result
from data.schemas.registries import unasked, word
from data.schemas.shapes import Listing, Shown


class PublicDepartment(Shown):
    """A department under the name of that time."""

    code = fields.String()
    name = fields.String()


class PublicCampaign(Shown):
    """A campaign of which a number is committed."""

    class Meta(Shown.Meta):
        """Some columns of the table of campaigns."""

        model = Campaign

    code = auto_field()
    name = auto_field()
    state = auto_field()
    lead = fields.Nested(PublicDepartment)
    joining = fields.List(fields.Nested(PublicDepartment))
    first_day = auto_field()
    last_day = auto_field()
    pool = fields.Integer(allow_none=True)
    drawn = fields.Integer(allow_none=True)


class PublicCampaignsWanted(Listing):
    """Which campaigns: by name or exact code, department, year of the first day."""

    q = word()
    department = word()
    year = fields.Integer(load_default=unasked, validate=validate.Range(2000, 2200))


class PublicStratum(Shown):
    """A stratum: its rows, how many were drawn, and the last ticket that was."""

    stratum = fields.String()
    rows = fields.Integer()
    drawn = fields.Integer()
    threshold = fields.String()


class PublicDraw(Shown):
    """A number of the register."""

    class Meta(Shown.Meta):
        """Some columns of the register."""

        model = Draw

    number = auto_field()
    department = fields.String()
    state = auto_field()
    campaign_code = fields.String()
    campaign_name = fields.String()
    commitment = fields.String()
    committed_on = fields.Date(allow_none=True)
    deadline = auto_field()
    overdue = fields.Boolean()
    closed_on = fields.Date(allow_none=True)
    void_ground = auto_field()
    void_reason = auto_field()
    strata = fields.List(fields.Nested(PublicStratum))


class PublicRegisterWanted(Listing):
    """Which numbers of the register."""

    department = word()
    year = fields.Integer(load_default=unasked, validate=validate.Range(2000, 2200))
    overdue = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})


class PublicResult(Shown):
    """The newest disclosed result of a visit to a target."""

    class Meta(Shown.Meta):
        """Some columns of the table of results."""

        model = Result

    id = auto_field()
    target_code = fields.String()
    target_name = fields.String()
    department = fields.String()
    campaign_code = fields.String()
    campaign_name = fields.String()
    inspected_on = auto_field()
    result = fields.String()
    found = fields.Boolean()
    disclosed_on = fields.Date()
    corrected_on = fields.Date(allow_none=True)


class PublicFinding(Shown):
    """What was found at one item."""

    class Meta(Shown.Meta):
        """Of the table of findings."""

        model = Finding

    item = fields.String()
    sub_item = fields.String()
    checked = auto_field()
    problem = auto_field()
    handling = auto_field()


class PublicResultWhole(Shown):
    """A disclosed result with its findings, what follows, and its days."""

    result = fields.Nested(PublicResult)
    number = fields.String()
    findings = fields.List(fields.Nested(PublicFinding))
    measures = fields.List(fields.String())
    due_on = fields.Date()
    first_disclosed_on = fields.Date()
    versions = fields.Integer()


class PublicResultsWanted(Listing):
    """Which results: by name or code of the target, by campaign."""

    q = word()
    campaign = word()
