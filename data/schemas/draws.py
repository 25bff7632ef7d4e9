"""Draws as the API shows them: never a secret, and a seed only once it stands."""

from __future__ import annotations

from marshmallow import fields, validate
from marshmallow_sqlalchemy import auto_field

from data.models import Draw, DrawnTarget, Job, Publication
from data.models.jobs import JOB_STATES
from data.schemas.campaigns import Closed
from data.schemas.planning import words
from data.schemas.registries import choice, unasked, word
from data.schemas.shapes import Listing, Shown
from data.vocabulary import DRAW_STATES, SECRET_HOLDERS, VOID_NUMBER_GROUNDS, VOID_TARGET_GROUNDS


class DrawListed(Shown):
    """A number of the register (抽取登记)."""

    class Meta(Shown.Meta):
        """Of the register."""

        model = Draw

    id = auto_field()
    number = auto_field()
    year = auto_field()
    seq = auto_field()
    state = auto_field()
    campaign = fields.String(attribute="campaign.code")
    deadline = auto_field()
    opened_at = auto_field()
    closed_at = auto_field()
    void_ground = auto_field()
    void_reason = auto_field()


class PublicationShown(Shown):
    """Where and when a commitment was made public."""

    class Meta(Shown.Meta):
        """Of the table of publications."""

        model = Publication

    place = auto_field()
    published_at = auto_field()
    recorded_at = auto_field()


class WitnessShown(Shown):
    """What a witness has done so far; his text once the entropy stands."""

    name = fields.String()
    promise = fields.String(allow_none=True)
    revealed = fields.Boolean()
    text = fields.String(allow_none=True)


class CustodianShown(Shown):
    """A custodian of an attempt's secret, and when he opened his share."""

    name = fields.String()
    opened_at = fields.AwareDateTime(allow_none=True)


class AttemptShown(Shown):
    """An attempt of a draw, step by step; what has not come yet is null."""

    attempt = fields.Integer()
    frozen_at = fields.AwareDateTime()
    witnesses = fields.List(fields.Nested(WitnessShown))
    commitment = fields.String(allow_none=True)
    committed_at = fields.AwareDateTime(allow_none=True)
    commit_json = fields.String(allow_none=True)
    publications = fields.List(fields.Nested(PublicationShown))
    reveals = fields.String(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    entries = fields.Integer()
    entropy = fields.String(allow_none=True)
    seed = fields.String(allow_none=True)
    seed_at = fields.AwareDateTime(allow_none=True)
    secret_holder = fields.String(validate=validate.OneOf(SECRET_HOLDERS))
    custodians = fields.List(fields.Nested(CustodianShown))


class DrawShown(DrawListed):
    """A draw (抽取) with the evidence of its attempts that is for the eyes of those who take part."""

    attempts = fields.List(fields.Nested(AttemptShown))
    changes = fields.Integer()


class DrawsWanted(Listing):
    """Which numbers of the register."""

    campaign = word()
    year = fields.Integer(load_default=unasked, validate=validate.Range(2000, 2200))
    state = choice(DRAW_STATES)


class MemberShown(Shown):
    """A member of a team (检查组)."""

    role = fields.String()
    code = fields.String()
    name = fields.String()


class TeamShown(Shown):
    """The team that a department sends to a target."""

    department = fields.String()
    members = fields.List(fields.Nested(MemberShown))


class DrawnTargetShown(Shown):
    """A drawn target with its place in its stratum, and the teams that the reader may see."""

    class Meta(Shown.Meta):
        """Of the table of drawn targets."""

        model = DrawnTarget

    target = fields.String()
    name = fields.String()
    stratum = auto_field()
    rank = auto_field()
    ticket = auto_field()
    replaces = fields.String(allow_none=True)
    teams = fields.List(fields.Nested(TeamShown))


class PromiseGiven(Closed):
    """A witness's commitment W: the digest of his text, made where he is."""

    digest = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))


class PublicationTold(Closed):
    """Where and when the commitment was made public."""

    place = fields.String(required=True, validate=validate.Length(1, 300))
    published_at = fields.AwareDateTime(required=True)


class TextRevealed(Closed):
    """A witness's text."""

    text = fields.String(required=True, validate=validate.Length(16, 1000))


class ClosingWanted(Closed):
    """Whether to close although somebody or something lacks for ever then."""

    final = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class AbsentTold(Shown):
    """The witnesses who have not revealed."""

    absent = fields.List(fields.String())


class EntropyGiven(Closed):
    """The outside randomness as one of two persons enters it."""

    entropy = fields.String(required=True, validate=validate.Length(1, 1000))


class EntropyTold(Shown):
    """What became of an entry: it waits for the second person's, differs from it, or the seed stands.

    `locked`: it agrees, and two custodians open the secret before the seed stands.
    """

    outcome = fields.String(validate=validate.OneOf(("entered", "differing", "locked", "opened")))
    seed = fields.String(allow_none=True)


class NumberVoided(Closed):
    """Why a number ends without an outcome."""

    ground = fields.String(required=True, validate=validate.OneOf(VOID_NUMBER_GROUNDS))
    reason = words()


class TargetVoided(Closed):
    """Which drawn target can't be inspected, and why."""

    target = fields.String(required=True, validate=validate.Length(1, 50))
    ground = fields.String(required=True, validate=validate.OneOf(VOID_TARGET_GROUNDS))
    note = words()


class SuccessorTold(Shown):
    """The target that follows; null where its stratum has none left."""

    successor = fields.String(allow_none=True)


class JobShown(Shown):
    """A piece of work outside of a request (后台作业); `error` is the code of a refusal."""

    class Meta(Shown.Meta):
        """Of the table of jobs."""

        model = Job

    id = auto_field()
    kind = auto_field()
    state = auto_field(validate=validate.OneOf(JOB_STATES))
    progress = auto_field()
    total = auto_field()
    message = auto_field()
    error = auto_field()
    created_at = auto_field()
    finished_at = auto_field()


class ClaimShown(Shown):
    """A claim of a draw, and what checking it again said of it, in the reader's words."""

    claim = fields.String()
    state = fields.String(validate=validate.OneOf(("verified", "unverifiable", "wrong")))
    detail = fields.String()


class JobsWanted(Listing):
    """Which jobs."""

    state = choice(JOB_STATES)


class ShortageShown(Shown):
    """What lacks, as shortage.json tells it."""

    shortage = fields.Dict(keys=fields.String())
