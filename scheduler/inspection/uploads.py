"""Lists handed in through a page (名单上传): a file waits for its preview and for the word to apply it.

An import opens its own transactions on the database, so a file is first taken out of its waiting place at a desk, and
then looked at or applied outside of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.models import Department, Upload
from data.models.identity import LARGEST_UPLOAD
from data.queries import identity
from matching.refused import Refused
from scheduler.inspection.intake import KINDS, Circumstances, Imported, Source, import_list
from scheduler.permissions import Desk
from scheduler.transaction import Engine

KEPT = timedelta(days=1)
"""How long a file waits; whoever comes later hands it in again."""

LONGEST_NAME = 300
OF_EVERYBODY = ("jurisdictions", "departments")
"""Lists that belong to no department alone: an administrator's, each for what lies within his own jurisdiction."""


@dataclass(frozen=True)
class Handed:
    """A file of a kind of list, with all that an import of it needs."""

    kind: str
    source: Source
    circumstances: Circumstances


@dataclass(frozen=True)
class Waiting(Handed):
    """A file that waits."""

    id: int
    sha256: str
    at: datetime

    @property
    def until(self) -> datetime:
        """When it is forgotten."""
        return self.at + KEPT


@dataclass(frozen=True)
class Preview:
    """What an import would do."""

    told: Imported

    @property
    def left_out(self) -> int:
        """How many rows have a fault."""
        return self.told.rows - self.sound

    @property
    def sound(self) -> int:
        """How many rows have none."""
        return self.told.added + self.told.changed + self.told.unchanged

    @property
    def changes(self) -> bool:
        """Whether the sound rows would change anything."""
        return self.told.added + self.told.changed > 0


def role_for(kind: str) -> str:
    """The role that may import a kind of list; Refused `import.kind`."""
    if kind not in KINDS:
        raise Refused("import.kind", kind=kind, kinds=list(KINDS))
    return "administrator" if kind in OF_EVERYBODY else "registrar"


def kinds(desk: Desk) -> tuple[str, ...]:
    """The kinds of lists that the actor may import."""
    return tuple(kind for kind in KINDS if role_for(kind) in desk.actor.roles)


def hand_in(desk: Desk, kind: str, name: str, content: bytes) -> Upload:
    """Let a file wait to be looked at; it takes the place of one of the same kind that its user handed in before.

    Refused `upload.name`, `upload.empty`, `upload.too_large`.
    """
    taken(desk, kind, name, content)
    identity.forget_uploads(desk.session, desk.now - KEPT)
    identity.drop_uploads(desk.session, desk.actor.user_id, kind)
    made = Upload(
        department_id=desk.actor.department_id,
        user_id=desk.actor.user_id,
        kind=kind,
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        at=desk.now,
    )
    desk.session.add(made)
    desk.session.flush()
    return made


def taken(desk: Desk, kind: str, name: str, content: bytes) -> Handed:
    """A file of the actor's, ready to be looked at or applied at once.

    It is his department's: of what it says, nothing is taken that is not that department's to say. Refused like
    `hand_in`.
    """
    role = desk.require(role_for(kind))
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused("upload.name", name=name[:LONGEST_NAME])
    if not content:
        raise Refused("upload.empty", file=name)
    if len(content) > LARGEST_UPLOAD:
        raise Refused("upload.too_large", bytes=len(content), most=LARGEST_UPLOAD)
    department = desk.session.get_one(Department, desk.actor.department_id)
    circumstances = Circumstances(
        at=desk.now,
        department=department.code,
        jurisdiction=department.jurisdiction_code,
        person_id=desk.actor.person_id,
        role=role,
    )
    return Handed(kind, Source(name, content), circumstances)


def uploads(desk: Desk) -> list[Upload]:
    """The actor's files that wait, newest first."""
    return identity.uploads_of(desk.session, desk.actor.user_id, desk.now - KEPT)


def waiting(desk: Desk, upload_id: int) -> Waiting:
    """A file of the actor's own that waits, ready to be looked at; Refused `upload.unknown`."""
    found = _find(desk, upload_id)
    file = taken(desk, found.kind, found.name, found.content)
    return Waiting(file.kind, file.source, file.circumstances, found.id, found.sha256, found.at)


def preview(database: Engine, file: Handed) -> Preview:
    """What applying a file would do at this moment; nothing is changed."""
    return Preview(import_list(database, file.kind, file.source, file.circumstances, dry_run=True))


def applied(database: Engine, file: Handed, sound_only: bool = False) -> Preview:
    """Apply a file whole, or its rows without a fault; with faults, `told.applied` is false and nothing is changed."""
    return Preview(import_list(database, file.kind, file.source, file.circumstances, valid_only=sound_only))


def faulty(made: Preview) -> Refused:
    """The refusal of a file that was not applied for its faults."""
    return Refused("upload.faults", count=len(made.told.faults))


def apply(database: Engine, file: Handed, sound_only: bool = False) -> Preview:
    """Apply a file whole, or its rows without a fault; `discard` it afterwards. Refused `upload.faults`, `upload.nothing`.

    It is compared again with what is there now: what was shown a while ago need not hold any more.
    """
    made = applied(database, file, sound_only)
    if not made.told.applied:
        raise faulty(made)
    if not made.changes:
        raise Refused("upload.nothing", file=file.source.name)
    return made


def discard(desk: Desk, upload_id: int) -> None:
    """Forget a file of the actor's own; Refused `upload.unknown`."""
    desk.session.delete(_find(desk, upload_id))
    desk.session.flush()


def _find(desk: Desk, upload_id: int) -> Upload:
    found = identity.upload(desk.session, upload_id, desk.actor.user_id)
    if found is None or found.at < desk.now - KEPT:
        raise Refused("upload.unknown", number=upload_id)
    return found
