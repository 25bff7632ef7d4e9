"""One list and two registries (一单两库): inspection items, targets, inspectors, and who may not meet."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import Base, one_of
from data.vocabulary import (
    BAR_SOURCES,
    CODE_KINDS,
    DECLARATION_KINDS,
    INSPECTOR_STATES,
    ITEM_CLASSES,
    ITEM_STATES,
    PERMIT_STATES,
    RISK_CLASSES,
    TARGET_KINDS,
    TARGET_STATES,
)


class InspectionItem(Base):
    """An inspection item (抽查事项) of a department; what it says stands in its versions."""

    __tablename__ = "inspection_item"
    __table_args__ = (UniqueConstraint("department_id", "code"),)
    scope = "public"

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    code: Mapped[str] = mapped_column(String(50))

    versions: Mapped[list[ItemVersion]] = relationship(back_populates="item", order_by="ItemVersion.version")


class ItemVersion(Base):
    """What an item says (依据, 主体, 内容, 方式 ...) in one version, and how far its approval has come.

    Once it has left the draft its words are fixed (a trigger sees to it); at most one version is published.
    Lists are joined with `;`. Ratios are strings such as `5/100`, empty where nothing limits.
    """

    __tablename__ = "item_version"
    __table_args__ = (
        UniqueConstraint("item_id", "version"),
        one_of("state", ITEM_STATES),
        one_of("item_class", ITEM_CLASSES),
        CheckConstraint("version >= 1", name="counts_from_one"),
        CheckConstraint("times_most >= times_least", name="frequency_in_order"),
        Index("uq_item_version_published", "item_id", unique=True, sqlite_where=text("state = 'published'"),
              postgresql_where=text("state = 'published'")),
        Index("uq_item_version_in_approval", "item_id", unique=True,
              sqlite_where=text("state IN ('draft', 'legal_review', 'office_confirmation')"),
              postgresql_where=text("state IN ('draft', 'legal_review', 'office_confirmation')")),
    )  # fmt: skip
    scope = "item"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("inspection_item.id"))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(30), default="draft")
    category: Mapped[str] = mapped_column(String(300), default="")
    name: Mapped[str] = mapped_column(String(1000))
    sub_item: Mapped[str] = mapped_column(String(1000), default="")
    basis: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(String(1000), default="")
    target_type: Mapped[str] = mapped_column(String(1000), default="")
    content: Mapped[str] = mapped_column(Text, default="")
    methods: Mapped[str] = mapped_column(String(1000), default="")
    item_class: Mapped[str] = mapped_column(String(10))
    ratio_least: Mapped[str] = mapped_column(String(20), default="")
    ratio_most: Mapped[str] = mapped_column(String(20), default="")
    times_least: Mapped[int | None]
    times_most: Mapped[int | None]
    qualification: Mapped[str] = mapped_column(String(200), default="")
    responsible_office: Mapped[str] = mapped_column(String(200), default="")
    editor: Mapped[str] = mapped_column(String(200), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    set_by: Mapped[str] = mapped_column(String(100), default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    item: Mapped[InspectionItem] = relationship(back_populates="versions")


class ItemApproval(Base):
    """One step of an item's approval: who did it, when, with what opinion."""

    __tablename__ = "item_approval"
    scope = "public"
    evidence = True

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"))
    action: Mapped[str] = mapped_column(String(30))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opinion: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class Target(Base):
    """A target of inspection (检查对象), by its USCC or old registration number."""

    __tablename__ = "target"
    __table_args__ = (
        one_of("code_kind", CODE_KINDS),
        one_of("kind", TARGET_KINDS),
        one_of("state", TARGET_STATES),
        CheckConstraint(f"risk_class IN {RISK_CLASSES} OR risk_class = ''", name="risk_class"),
        CheckConstraint("code <> ''", name="has_a_code"),
    )
    scope = "jurisdiction"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(50), unique=True)
    code_kind: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(1000))
    type: Mapped[str] = mapped_column(String(100), default="")
    industry: Mapped[str] = mapped_column(String(20), default="")
    region: Mapped[str] = mapped_column(String(20), default="")
    address: Mapped[str] = mapped_column(String(1000), default="")
    business: Mapped[str] = mapped_column(Text, default="")
    capital: Mapped[str] = mapped_column(String(100), default="")
    established_on: Mapped[str] = mapped_column(
        String(20), default=""
    )  # as registers write it, often no full date
    state: Mapped[str] = mapped_column(String(20), default="active")
    risk_class: Mapped[str] = mapped_column(String(1), default="")
    abnormal: Mapped[bool] = mapped_column(default=False)  # 经营异常名录
    serious: Mapped[bool] = mapped_column(default=False)  # 严重违法失信名单
    # no foreign key: its check row by row is a third of the time that a million targets take, and the intake of lists,
    # the one way in, checks each code
    jurisdiction_code: Mapped[str] = mapped_column(String(12))


class TargetLabel(Base):
    """A supervision label (监管标签) on a target, for a time and a region."""

    __tablename__ = "target_label"
    __table_args__ = (
        UniqueConstraint("target_id", "label", "valid_from"),
        Index("ix_target_label_label", "label"),
        CheckConstraint("valid_to >= valid_from", name="ends_after_it_begins"),
    )
    scope = "target"

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    label: Mapped[str] = mapped_column(String(50))
    region: Mapped[str] = mapped_column(String(20), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class SpecialRegistry(Base):
    """A special registry (专项库), such as that of petrol stations; being in it sets its label."""

    __tablename__ = "special_registry"
    scope = "public"

    code: Mapped[str] = mapped_column(String(50), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    label: Mapped[str] = mapped_column(String(50), default="")
    qualification: Mapped[str] = mapped_column(String(200), default="")


class Permit(Base):
    """A permit by which a target stands in a special registry; one target may hold several."""

    __tablename__ = "permit"
    __table_args__ = (
        UniqueConstraint("target_id", "registry_code", "number"),
        Index("ix_permit_registry_code", "registry_code"),
        one_of("state", PERMIT_STATES),
        CheckConstraint("expires_on >= approved_on", name="expires_after_approval"),
    )
    scope = "target"

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    registry_code: Mapped[str] = mapped_column(ForeignKey("special_registry.code"))
    number: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200), default="")
    issuer: Mapped[str] = mapped_column(String(200), default="")
    approved_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(20), default="valid")


class Inspector(Base):
    """An inspector (执法检查人员). Lists are joined with `;`; regions `*` is everywhere."""

    __tablename__ = "inspector"
    __table_args__ = (
        one_of("state", INSPECTOR_STATES),
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
    )
    scope = "department"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(50), unique=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    name: Mapped[str] = mapped_column(String(100))
    qualifications: Mapped[str] = mapped_column(String(1000), default="")
    home: Mapped[str] = mapped_column(String(20), default="")
    regions: Mapped[str] = mapped_column(String(1000), default="")
    capacity: Mapped[int]
    post: Mapped[str] = mapped_column(String(50), default="")
    state: Mapped[str] = mapped_column(String(20), default="active")

    certificates: Mapped[list[Certificate]] = relationship(back_populates="inspector")


class Certificate(Base):
    """A certificate of administrative enforcement (执法证件) with its last day; who has none valid is in no pool."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("kind", "number"),)
    scope = "inspector"

    id: Mapped[int] = mapped_column(primary_key=True)
    inspector_id: Mapped[int] = mapped_column(ForeignKey("inspector.id"))
    kind: Mapped[str] = mapped_column(String(50))
    number: Mapped[str] = mapped_column(String(50))
    expires_on: Mapped[date]

    inspector: Mapped[Inspector] = relationship(back_populates="certificates")


class Leave(Base):
    """Days on which an inspector is away."""

    __tablename__ = "leave"
    __table_args__ = (
        UniqueConstraint("inspector_id", "first_day"),
        CheckConstraint("last_day >= first_day", name="ends_after_it_begins"),
    )
    scope = "inspector"

    id: Mapped[int] = mapped_column(primary_key=True)
    inspector_id: Mapped[int] = mapped_column(ForeignKey("inspector.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]


class Bar(Base):
    """A bar (排除情形): this inspector does not inspect this target, while it is valid."""

    __tablename__ = "bar"
    __table_args__ = (
        UniqueConstraint("inspector_id", "target_id", "ground"),
        one_of("source", BAR_SOURCES),
        CheckConstraint("valid_to >= valid_from", name="ends_after_it_begins"),
        Index("ix_bar_target_id", "target_id"),
    )
    scope = "inspector"

    id: Mapped[int] = mapped_column(primary_key=True)
    inspector_id: Mapped[int] = mapped_column(ForeignKey("inspector.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    ground: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(20), default="registry")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class Declaration(Base):
    """What an inspector declares (申报) of himself and a target, or one that is in no registry yet.

    Why, of whom and by what evidence is for him and for who keeps the registry of his department; a draw is told the
    kind alone. `since` and `until` of a former employer are the time of employment.
    """

    __tablename__ = "declaration"
    __table_args__ = (
        UniqueConstraint("inspector_id", "kind", "target_code", "target_name"),
        one_of("kind", DECLARATION_KINDS),
        CheckConstraint("target_code <> '' OR target_name <> ''", name="names_a_target"),
        CheckConstraint("until >= since", name="ends_after_it_begins"),
    )
    scope = "inspector"

    id: Mapped[int] = mapped_column(primary_key=True)
    inspector_id: Mapped[int] = mapped_column(ForeignKey("inspector.id"))
    kind: Mapped[str] = mapped_column(String(20))
    target_code: Mapped[str] = mapped_column(String(50), default="")
    target_name: Mapped[str] = mapped_column(String(1000), default="")  # counts where no code is told
    relative: Mapped[str] = mapped_column(String(100), default="")
    since: Mapped[date | None]
    until: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")


class Residence(Base):
    """The street (街道, 9 digits) in which an inspector lives; apart from him, as lists of inspectors go to many."""

    __tablename__ = "residence"
    __table_args__ = (CheckConstraint("length(street) = 9", name="street"),)
    scope = "inspector"

    inspector_id: Mapped[int] = mapped_column(ForeignKey("inspector.id"), primary_key=True)
    street: Mapped[str] = mapped_column(String(9))


class PairBar(Base):
    """A bar between two inspectors, the one with the smaller id first."""

    __tablename__ = "pair_bar"
    __table_args__ = (
        UniqueConstraint("inspector_id", "other_id", "ground"),
        one_of("source", BAR_SOURCES),
        CheckConstraint("inspector_id < other_id", name="smaller_first"),
        CheckConstraint("valid_to >= valid_from", name="ends_after_it_begins"),
        Index("ix_pair_bar_other_id", "other_id"),
    )
    scope = "inspector"

    id: Mapped[int] = mapped_column(primary_key=True)
    inspector_id: Mapped[int] = mapped_column(ForeignKey("inspector.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("inspector.id"))
    ground: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(20), default="registry")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class Import(Base):
    """An import that was applied: which file, by its digest, how many rows, what came of them."""

    __tablename__ = "import"
    scope = "department"
    evidence = True

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # which list the file was imported into
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    file_name: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    added: Mapped[int]
    changed: Mapped[int]
    faults: Mapped[int]
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
