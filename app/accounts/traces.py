"""What signing in leaves behind: sign-ins, brakes on guessing, one-time links. Secrets stand here only as hashes."""

import enum
from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import Instant


class SignIn(Model):
    """One sign-in of one person in one browser. The cookie carries the token, the table only its hash."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_account", "account_id", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    started_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    """When it ends at the latest; ending it sets this to now."""
    agent: Mapped[str] = mapped_column(String(60))
    """Browser and system in words, for the person to recognise it."""


class Brake(Model):
    """How often a wrong password was given for one account, or for one name that belongs to nobody."""

    __tablename__ = "brake"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    tries: Mapped[int]
    """Passwords looked at since the last success or the last brake."""
    rounds: Mapped[int]
    """How often it has braked; each time lasts twice as long."""
    until: Mapped[datetime | None] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant, index=True)


class LinkPurpose(enum.StrEnum):
    """What a one-time link was made for."""

    INVITE = "invite"
    RESET = "reset"
    SETUP = "setup"


class OneTimeLink(Model):
    """A link by which one person sets a password once; the table knows only its hash."""

    __tablename__ = "one_time_link"
    __table_args__ = (Index("ix_one_time_link_account", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class AccessToken(Model):
    """What a program signs in with: it acts by one grant of one person. The table knows only the token's hash."""

    __tablename__ = "access_token"
    __table_args__ = (Index("ix_access_token_grant", "grant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("account_grant.id"))
    name: Mapped[str] = mapped_column(String(40))
    """What it is for, in the words of who made it."""
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was last used, to the minute."""
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
