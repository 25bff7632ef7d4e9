"""Visits, their results and what follows from them as the API shows them, and what an act on one takes."""

from __future__ import annotations

from marshmallow import fields, validate
from marshmallow_sqlalchemy import auto_field

from data.models import (
    LARGEST_MOST,
    USUAL_MOST,
    Attachment,
    Disclosure,
    Finding,
    FollowUp,
    Result,
    Review,
    Visit,
)
from data.schemas.campaigns import Closed, count
from data.schemas.draws import MemberShown
from data.schemas.planning import words
from data.schemas.registries import choice, word
from data.schemas.shapes import Listing, Shown
from data.vocabulary import FOLLOW_UP_STATES, HANDLINGS, METHODS, RECUSAL_GROUNDS, VISIT_STATES


class VisitListed(Shown):
    """A visit (检查) with its team as it stands."""

    class Meta(Shown.Meta):
        """Of the table of visits."""

        model = Visit

    id = auto_field()
    campaign = fields.String(attribute="draw.campaign.code")
    draw = fields.String(attribute="draw.number")
    target = fields.String(attribute="target.code")
    target_name = fields.String(attribute="target.name")
    department = fields.String(attribute="department.code")
    state = auto_field()
    planned_on = auto_field()
    dispatched_at = auto_field()
    team = fields.List(fields.Nested(MemberShown))


class VisitShown(VisitListed):
    """A visit with the items to be checked, as a result names them, and how far its result has come."""

    items = fields.List(fields.String())
    version = fields.Integer(allow_none=True)
    files = fields.Integer()
    due_on = fields.Date(allow_none=True)


class VisitsWanted(Listing):
    """Which visits."""

    campaign = word()
    department = word()
    target = word()
    state = choice(VISIT_STATES)


class DayGiven(Closed):
    """The day to put a visit on."""

    day = fields.Date(required=True)


class DaysWanted(Closed):
    """Over which days to put the visits, and how many of an inspector on one; `again` moves also those that have a day."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    most = count(1, load_default=USUAL_MOST, most=LARGEST_MOST)
    again = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class Recusal(Closed):
    """Who does not inspect this target, and why (回避)."""

    inspector = fields.String(required=True, validate=validate.Length(1, 50))
    ground = fields.String(required=True, validate=validate.OneOf(RECUSAL_GROUNDS[:-1]))
    note = words(required=False)


class TakerTold(Shown):
    """Who takes the seat."""

    taker = fields.String()


class FindingGiven(Closed):
    """What was found at one item, named as the visit names it."""

    item = fields.String(required=True, validate=validate.Length(1, 120))
    checked = fields.Boolean(load_default=True, truthy={True}, falsy={False})
    problem = words(required=False)
    handling = fields.String(load_default="none", validate=validate.OneOf(HANDLINGS))


class ResultGiven(Closed):
    """A result as it is entered; of a visit whose result was entered before with the reason for another version."""

    inspected_on = fields.Date(required=True)
    code = fields.String(required=True, validate=validate.Length(1, 10))
    code_list = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 50))
    checks = fields.List(fields.Nested(FindingGiven), required=True, validate=validate.Length(1, 50))
    methods = fields.List(
        fields.String(validate=validate.OneOf(METHODS)),
        load_default=lambda: ["onsite"],
        validate=validate.Length(1, 6),
    )
    measures = fields.List(
        fields.String(validate=validate.Length(1, 300)), load_default=list, validate=validate.Length(max=50)
    )
    note = words(required=False)
    reason = words(required=False)


class ReviewGiven(Closed):
    """Accepted, or sent back with a reason."""

    accept = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = words(required=False)


class FindingShown(Shown):
    """What was found at one item."""

    class Meta(Shown.Meta):
        """Of the table of findings."""

        model = Finding

    item = fields.String()
    checked = auto_field()
    problem = auto_field()
    handling = auto_field()


class ReviewShown(Shown):
    """The review of a version."""

    class Meta(Shown.Meta):
        """Of the table of reviews."""

        model = Review

    decision = auto_field()
    reason = auto_field()
    at = auto_field()


class DisclosureShown(Shown):
    """The disclosure (公示) of a version, with the day it was due."""

    class Meta(Shown.Meta):
        """Of the table of disclosures."""

        model = Disclosure

    due_on = auto_field()
    disclosed_at = auto_field()


class AttachmentShown(Shown):
    """A file of a version, by its digest."""

    class Meta(Shown.Meta):
        """Of the table of attachments."""

        model = Attachment

    id = auto_field()
    name = auto_field()
    media_type = auto_field()
    size = auto_field()
    sha256 = auto_field()


class ResultShown(Shown):
    """A version of a visit's result (检查结果) with its review and its disclosure, if it has them."""

    class Meta(Shown.Meta):
        """Of the table of results."""

        model = Result

    version = auto_field()
    inspected_on = auto_field()
    code_list = auto_field()
    code = auto_field()
    methods = fields.List(fields.String())
    measures = fields.List(fields.String())
    note = auto_field()
    reason = auto_field()
    entered_by = fields.String()
    entered_at = auto_field()
    findings = fields.List(fields.Nested(FindingShown))
    review = fields.Nested(ReviewShown, allow_none=True)
    disclosure = fields.Nested(DisclosureShown, allow_none=True)
    files = fields.List(fields.Nested(AttachmentShown))


class FollowUpShown(Shown):
    """What has to follow from a finding (后续处置)."""

    class Meta(Shown.Meta):
        """Of the table of follow-ups."""

        model = FollowUp

    id = auto_field()
    visit_id = auto_field()
    campaign = fields.String(attribute="visit.draw.campaign.code")
    target = fields.String(attribute="visit.target.code")
    department = fields.String(attribute="visit.department.code")
    measure = auto_field()
    state = auto_field()
    opened_on = auto_field()
    closed_on = auto_field()
    closing_note = auto_field()


class FollowUpsWanted(Listing):
    """Which follow-ups of one's department."""

    state = fields.String(load_default="open", validate=validate.OneOf(FOLLOW_UP_STATES))


class Note(Closed):
    """How something was closed."""

    note = words()
