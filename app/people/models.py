"""The person: one record a community keeps of somebody, to which every role of theirs leads (S0-01, S2-11)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, column, false, func, or_
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Account
from app.communities.models import Place, Placed
from app.core import checks, display, masking
from app.core.actor import Actor, Held
from app.core.fields import Text, WordedText, about
from app.core.model import Recorded, RowSet, Sought
from app.core.rules import RowRule
from app.core.sealing import BLIND, Sealed
from app.parties.models import Partied, PartyKind, reads_names
from app.people import identity
from app.people import phones as telephones
from app.people.birth import LENGTH, Birth, age_band
from app.people.choices import (
    Consent,
    Education,
    Guardianship,
    Marital,
    Political,
    Relation,
    Residence,
    Sex,
)
from app.people.ethnic import Ethnic
from app.people.identity import IdType
from app.people.rules import (
    agrees_with_number,
    consent_is_whole,
    guardian_is_named,
    merged_stays_archived,
    number_is_free,
    tags_are_short,
)
from app.people.tails import holding_tail, is_tail

_WHO: Final = _("The person")
_HOME: Final = _("Home and household")
_WORK: Final = _("Schooling and work")
_CARE: Final = _("Consent and guardian")
_MORE: Final = _("Further")


ERASED: Final = _("Erased resident")
"""What somebody is called whose personal data was erased; what refers to them remains."""


def oneself(row: Any, actor: Actor, held: Held) -> Any:
    """The person who acts."""
    return row.account_id == (actor.user_id or 0)


class Person(Partied, Recorded, Sought, Placed, Model):
    """Somebody the community knows; the same person in another community is a record of its own there."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("community_id", "account_id"),
        Index("ix_person_newest", "community_id", "archived_at", "id"),
        Index("ix_person_place", "community_id", "place_id", "id"),
        Index("ix_person_phones", "community_id", "phones_index"),
        Index("ix_person_name", "community_id", "name", "id"),
        Index("ix_person_merged", "community_id", "merged_into_id"),
        Index("ix_person_same_as", "same_as"),
        # Who somebody is who signs in is asked in all communities at once.
        Index("ix_person_account", "account_id"),
        Index(
            "ix_person_id_number",
            *("community_id", "id_number_index", "id_type"),
            unique=True,
            sqlite_where=column("archived_at").is_(None),
            postgresql_where=column("archived_at").is_(None),
        ),
    )
    list_name = "people"
    attachments = True
    portrait = True
    indexed = True
    indexed_whole = ("phone_tails",)
    personal: ClassVar[frozenset[str]] = frozenset(
        {
            *("id_type", "sex", "place", "residence_kind", "household_no", "relation_to_head", "ethnic", "education"),
            *("political", "marital", "unit_name", "job", "guardian_relation", "account"),
        }
    )
    party_kind = PartyKind.PERSON
    row_sets: ClassVar[dict[str, RowSet]] = {"self": oneself}
    rules: ClassVar[tuple[RowRule, ...]] = (
        agrees_with_number,
        number_is_free,
        guardian_is_named,
        consent_is_whole,
        tags_are_short,
        merged_stays_archived,
    )
    acts: ClassVar[dict[str, Text]] = {
        "merge": _("Another record merged into it"),
        "part": _("Parted again"),
        "tie": _("Answered whether it is one person with another community's record"),
    }

    name: Mapped[str] = mapped_column(
        String(40), info=about(_("Full name"), listed=True, mask=masking.name, group=_WHO, width=12)
    )
    former_name: Mapped[str | None] = mapped_column(
        String(40), info=about(_("Former name"), mask=masking.name, group=_WHO, width=12)
    )
    id_type: Mapped[IdType | None] = mapped_column(
        info=about(_("Document"), _("Filled in from the number where the number shows it."), group=_WHO)
    )
    id_number: Mapped[str | None] = mapped_column(
        Sealed(18, found_by=identity.comparable),
        info=about(
            _("Number of the document"),
            _("Sex and date of birth are filled in from it; old numbers of 15 digits become those of 18."),
            mask=masking.id_number,
            group=_WHO,
            width=20,
        ),
    )
    id_number_index: Mapped[str | None] = mapped_column(BLIND)
    sex: Mapped[Sex | None] = mapped_column(info=about(_("Sex"), listed=True, group=_WHO, width=6))
    birth: Mapped[Birth | None] = mapped_column(
        WordedText(Birth, LENGTH),
        info=about(
            _("Date of birth"),
            _("Like 1952-03-08; 1952-03 or 1952 where no more is known."),
            mask=age_band,
            group=_WHO,
            width=12,
        ),
    )
    phones: Mapped[list[str]] = mapped_column(
        Sealed(48, many=True, found_by=telephones.found_by),
        default=list,
        info=about(
            _("Phones"),
            _("One per line; the first is called first. Write whose it is before it: 女儿 13800001234."),
            listed=True,
            mask=telephones.mask,
            check=telephones.check,
            group=_WHO,
        ),
    )
    phones_index: Mapped[str | None] = mapped_column(BLIND)
    phone_tails: Mapped[str | None] = mapped_column(String(80))
    """Keyed digests of the last four digits, by which the office finds who called."""

    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    place: Mapped[Place | None] = relationship(
        info=about(_("Place"), _("Where the person lives, as exactly as it is known."), listed=True, group=_HOME)
    )
    address: Mapped[str | None] = mapped_column(
        Sealed(120), info=about(_("Address"), mask=masking.address, group=_HOME, width=30)
    )
    door: Mapped[str | None] = mapped_column(
        Sealed(20), info=about(_("Door"), _("Building, unit and room, like 8-2-301."), mask=masking.hidden, group=_HOME)
    )
    residence_kind: Mapped[Residence | None] = mapped_column(info=about(_("Residence"), listed=True, group=_HOME))
    household_no: Mapped[str | None] = mapped_column(String(20), info=about(_("Household number"), group=_HOME))
    head_name: Mapped[str | None] = mapped_column(
        String(40), info=about(_("Name of the head"), mask=masking.name, group=_HOME, width=12)
    )
    relation_to_head: Mapped[Relation | None] = mapped_column(info=about(_("Relation to the head"), group=_HOME))
    registered_address: Mapped[str | None] = mapped_column(
        Sealed(120), info=about(_("Registered address"), mask=masking.address, group=_HOME, width=30)
    )

    ethnic: Mapped[Ethnic | None] = mapped_column(info=about(_("Ethnic group"), group=_WORK))
    education: Mapped[Education | None] = mapped_column(info=about(_("Education"), group=_WORK))
    political: Mapped[Political | None] = mapped_column(info=about(_("Political status"), group=_WORK))
    marital: Mapped[Marital | None] = mapped_column(info=about(_("Marriage"), group=_WORK))
    unit_name: Mapped[str | None] = mapped_column(String(80), info=about(_("Works or learns at"), group=_WORK))
    job: Mapped[str | None] = mapped_column(String(40), info=about(_("Occupation"), group=_WORK))

    consent: Mapped[Consent | None] = mapped_column(
        info=about(
            _("Consent"),
            _("To what is kept beyond the community's legal duties. Empty: not asked."),
            group=_CARE,
        )
    )
    consent_on: Mapped[date | None] = mapped_column(
        info=about(_("Said on"), _("Empty: today."), check=checks.not_future, group=_CARE)
    )
    consent_version: Mapped[str | None] = mapped_column(
        String(20), info=about(_("Version of the text"), _("Which text was read out or signed."), group=_CARE)
    )
    guardian_name: Mapped[str | None] = mapped_column(
        String(40),
        info=about(
            _("Guardian"),
            _("Of everybody under 18. Of a child of the head of the household it is the head unless another is named."),
            mask=masking.name,
            group=_CARE,
            width=12,
        ),
    )
    guardian_phone: Mapped[str | None] = mapped_column(
        Sealed(32), info=about(_("Guardian's phone"), mask=masking.phone, check=checks.phone, group=_CARE)
    )
    guardian_relation: Mapped[Guardianship | None] = mapped_column(info=about(_("The guardian is"), group=_CARE))
    guardian_consent_on: Mapped[date | None] = mapped_column(
        info=about(
            _("The guardian agreed on"),
            _("Separately, for a child under 14."),
            check=checks.not_future,
            group=_CARE,
        )
    )

    tags: Mapped[list[str] | None] = mapped_column(
        JSON(none_as_null=True),
        default=list,
        info=about(
            _("Tags"),
            _("One per line. Not health, religion or offences: these do not belong here."),
            mask=masking.hidden,
            group=_MORE,
        ),
    )
    remark: Mapped[str | None] = mapped_column(String(500), info=about(_("Remark"), mask=masking.hidden, group=_MORE))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    account: Mapped[Account | None] = relationship(
        foreign_keys=[account_id],
        info=about(
            _("Account"),
            _("If the person signs in here; everybody of the community then knows the name."),
            sheet=False,
            group=_MORE,
        ),
    )

    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    merged_into: Mapped["Person | None"] = relationship(
        foreign_keys=[merged_into_id],
        remote_side="Person.id",
        info=about(_("Merged into"), _("The record that stayed."), edited=False, sheet=False, group=_("Record")),
    )
    from_ledger: ClassVar[bool] = False
    """Whether the row is just being taken over from a ledger; set on the row itself."""
    appointed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the person has or had a post of the community; kept by the list of posts."""

    same_as: Mapped[str | None] = mapped_column(String(32))
    """What records of one person in several communities have in common, once both secretaries agree; see `tying`."""

    def __str__(self) -> str:
        return display.shown(self, "name")

    @hybrid_property
    def counted_as(self) -> str:
        """What totals over communities count once."""
        return self.same_as or self.uid

    @counted_as.inplace.expression
    @classmethod
    def _counted_as(cls) -> ColumnElement[str]:
        return func.coalesce(cls.same_as, cls.uid)

    @property
    def is_known(self) -> bool:
        """Tell whether the person signs in here or has a post; the names of those who do stand beside what they did.

        That somebody was erased is no secret either.
        """
        if self.appointed or self.name == str(ERASED):
            return True
        if sa_inspect(self).attrs.account.history.has_changes():
            return self.account is not None
        return self.account_id is not None

    @classmethod
    def holding(cls, words: str) -> ColumnElement[bool]:
        """Return the SQL for the rows found by a text: name, initials, or the last four digits of a mobile number.

        None for those who may not read the names.
        """
        return or_(*cls.ways(words))

    @classmethod
    def ways(cls, text: str) -> Sequence[ColumnElement[bool]]:
        """A person is found by name and initials, or by the last four digits of a mobile number."""
        readable = reads_names(cls)
        by_tail = [holding_tail(cls, text) & readable] if is_tail(text) else []
        return [super().holding(text) & readable, *by_tail]

    @classmethod
    def showing(cls, text: str) -> ColumnElement[bool]:
        """Return the SQL for the same people, looked into one by one."""
        found: ColumnElement[bool] = or_(super().showing(text), holding_tail(cls, text)) & reads_names(cls)
        return found
