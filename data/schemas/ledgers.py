"""The operation ledger (操作台账) as the API shows it."""

from __future__ import annotations

from marshmallow import fields, validate

from data.ledger import BUSINESS, SECURITY
from data.schemas.registries import unasked, word
from data.schemas.shapes import Listing, Shown


class LedgerLineShown(Shown):
    """A line of the ledger; what no person did has no name."""

    seq = fields.Integer()
    at = fields.AwareDateTime()
    name = fields.String()
    staff_number = fields.String()
    role = fields.String()
    department = fields.String()
    action = fields.String()
    subject = fields.String()
    details = fields.Dict(keys=fields.String())
    hash = fields.String()


class LedgerWanted(Listing):
    """Which lines: of a chain, of acts that begin so, of a subject, of a person (number, part of the name), of some days."""

    chain = fields.String(load_default=BUSINESS, validate=validate.OneOf((BUSINESS, SECURITY)))
    act = word()
    subject = word()
    person = word()
    first = fields.Date(load_default=unasked)
    last = fields.Date(load_default=unasked)
