"""Targets and inspectors as the API shows and finds them."""

from __future__ import annotations

from marshmallow import fields, validate
from marshmallow_sqlalchemy import auto_field

from data.models import Certificate, Inspector, Target
from data.schemas.shapes import Closed, Listing, Shown
from data.vocabulary import INSPECTOR_STATES, RISK_CLASSES, TARGET_KINDS, TARGET_STATES

LONGEST = 100


def unasked() -> None:
    """What a filter is where it is not given; a function, so that no default is told that may not be sent."""


def word() -> fields.String:
    """A word of a filter; without it nothing is asked."""
    return fields.String(load_default=str, validate=validate.Length(1, LONGEST))


def choice(codes: tuple[str, ...]) -> fields.String:
    """A code of a closed list to filter by."""
    return fields.String(load_default=str, validate=validate.OneOf(codes))


class TargetShown(Shown):
    """A target (检查对象)."""

    class Meta(Shown.Meta):
        """Of the table of targets."""

        model = Target

    code = auto_field()
    code_kind = auto_field()
    kind = auto_field()
    name = auto_field()
    type = auto_field()
    industry = auto_field()
    region = auto_field()
    address = auto_field()
    business = auto_field()
    capital = auto_field()
    established_on = auto_field()
    state = auto_field()
    risk_class = auto_field()
    abnormal = auto_field()
    serious = auto_field()
    jurisdiction_code = auto_field()


class TargetsWanted(Listing):
    """Which targets: words of the name or a code, and properties."""

    q = word()
    state = choice(TARGET_STATES)
    kind = choice(TARGET_KINDS)
    type = word()
    industry = word()
    region = word()
    risk_class = choice(RISK_CLASSES)
    abnormal = fields.Boolean(load_default=unasked, truthy={"true"}, falsy={"false"})
    serious = fields.Boolean(load_default=unasked, truthy={"true"}, falsy={"false"})
    label = word()
    registry = word()
    sort = fields.String(load_default="code", validate=validate.OneOf(("newest", "code", "name")))


class CertificateShown(Shown):
    """A certificate of administrative enforcement (执法证件)."""

    class Meta(Shown.Meta):
        """Of the table of certificates."""

        model = Certificate

    kind = auto_field()
    number = auto_field()
    expires_on = auto_field()


class InspectorShown(Shown):
    """An inspector (执法检查人员); lists are joined with `;`."""

    class Meta(Shown.Meta):
        """Of the table of inspectors."""

        model = Inspector

    code = auto_field()
    name = auto_field()
    qualifications = auto_field()
    home = auto_field()
    regions = auto_field()
    capacity = auto_field()
    post = auto_field()
    state = auto_field()
    certificates = fields.List(fields.Nested(CertificateShown))


class InspectorsWanted(Listing):
    """Which inspectors: a part of the name or the code, and properties."""

    q = word()
    state = choice(INSPECTOR_STATES)
    qualification = word()
    uncertified_on = fields.Date(load_default=unasked)


class StateGiven(Closed):
    """The state of an inspector from now on."""

    state = fields.String(required=True, validate=validate.OneOf(INSPECTOR_STATES))


class DepartmentGiven(Closed):
    """The department to which an inspector goes."""

    department = fields.String(required=True, validate=validate.Length(1, 50))


class SeatRefilled(Shown):
    """A visit from whose team somebody went, and who takes his seat; null where there was nobody."""

    target = fields.String()
    taker = fields.String(allow_none=True)


class RefilledTold(Shown):
    """What became of the seats that were left."""

    refilled = fields.List(fields.Nested(SeatRefilled))
