"""A party is what its organisation, team or person is, whoever writes it and however it ends."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.accounts.models import Account
from app.communities.models import Community
from app.core import clock
from app.core.access import OutOfScope
from app.core.rules import Violation
from app.extensions import db
from app.organizations.choices import TeamKind, UnitKind
from app.organizations.models import Organization, Team
from app.parties.models import Partied, Party, PartyKind
from app.people.models import Person
from tests.whole.special import OURS, THEIRS

MODELS = {Organization: {"kind": UnitKind.SCHOOL}, Team: {"kind": TeamKind.CLUB}, Person: {}}


def ours() -> Community:
    return db.session.scalars(select(Community).filter_by(code=OURS)).one()


def make(model: Any, name: str | None, **more: Any) -> Any:
    row = model(community=ours(), name=name, **MODELS[model], **more)
    db.session.add(row)
    return row


def disagreements() -> list[Any]:
    """Return what parties and rows do not say alike, as the database has them."""
    said = ("id", "uid", "community_id", "name", "archived_at")
    rows = [
        (*(getattr(row, name) for name in said), model.party_kind, model is not Person or row.account_id is not None)
        for model in MODELS
        for row in db.session.scalars(select(model).execution_options(populate_existing=True))
    ]
    found = db.session.scalars(select(Party).execution_options(populate_existing=True))
    parties = [(*(getattr(party, name) for name in said), party.kind, party.known) for party in found]
    return sorted({*map(str, rows)} ^ {*map(str, parties)})


def test_organisations_teams_and_people_never_share_a_number(app: Flask, acting_as):
    with acting_as("secretary"):
        rows = [make(model, f"新来的{number}") for number in range(3) for model in MODELS]
        db.session.commit()
        assert len({row.id for row in rows}) == len(rows)
        assert [db.session.get(Party, row.id).uid for row in rows] == [row.uid for row in rows]


STEPS = st.one_of(
    st.tuples(st.just("make"), st.sampled_from(list(MODELS)), st.sampled_from(["甲", "乙", "", None, "长" * 90])),
    st.tuples(st.just("rename"), st.integers(0, 50), st.sampled_from(["丙", "丁", "", None, "\x00"])),
    st.tuples(st.sampled_from(["archive", "restore", "sign in", "sign out", "touch"]), st.integers(0, 50), st.none()),
    st.tuples(st.sampled_from(["flush", "commit", "roll back", "let go"]), st.none(), st.none()),
)


class Play:
    """Somebody who writes rows in any order, and goes on after a refusal."""

    def __init__(self) -> None:
        self.number = 0

    def step(self, act: str, what: Any, value: Any) -> None:
        """Do one thing; what is refused is rolled back, as every door does."""
        try:
            if act in ("flush", "commit"):
                getattr(db.session, act)()
            elif act == "roll back":
                db.session.rollback()
            elif act == "make":
                make(what, self._name(value))
            elif act == "let go":
                for row in [row for row in db.session.new if isinstance(row, Partied)]:
                    db.session.expunge(row)
            else:
                self._change(act, what, value)
        except Violation:
            db.session.rollback()

    def _change(self, act: str, number: int, value: Any) -> None:
        rows = [row for model in MODELS for row in db.session.scalars(select(model).order_by(model.id))]
        row = rows[number % len(rows)]
        if act == "rename":
            row.name = self._name(value)
        elif act in ("archive", "restore"):
            row.archived_at = clock.now() if act == "archive" else None
        elif act == "touch":
            row.party.name = row.party.name
        elif isinstance(row, Person):
            row.account = self._account() if act == "sign in" else None

    def _account(self) -> Account:
        taken = select(Person.account_id).where(Person.account_id.is_not(None))
        return db.session.scalars(select(Account).where(Account.id.not_in(taken)).order_by(Account.id)).first()

    def _name(self, value: str | None) -> str | None:
        self.number += 1
        return f"{value}{self.number}" if value and value.isprintable() else value


def test_party_and_row_agree_whatever_happens(app: Flask, acting_as):
    with acting_as("secretary"):
        assert disagreements() == []

        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(steps=st.lists(STEPS, max_size=25))
        def agree(steps: list[tuple[str, Any, Any]]) -> None:
            play = Play()
            play.number = db.session.scalar(select(func.max(Party.id))) * 100
            for step in steps:
                play.step(*step)
            play.step("commit", None, None)
            assert disagreements() == []

        agree()


@pytest.mark.parametrize("column", ["name", "known", "archived_at"])
def test_nobody_writes_a_party_by_hand(app: Flask, acting_as, column: str):
    value = {"name": "改名", "known": False, "archived_at": clock.now()}[column]
    with acting_as("secretary"):
        party = db.session.scalars(select(Party).filter_by(kind=PartyKind.ORGANIZATION)).first()
        setattr(party, column, value)
        with pytest.raises(OutOfScope):
            db.session.flush()
        db.session.rollback()
        db.session.add(Party(community=ours(), uid="0" * 32, kind=PartyKind.TEAM, name="没有的队伍", known=True))
        with pytest.raises(OutOfScope):
            db.session.flush()


def test_a_row_never_takes_over_the_party_of_another(app: Flask, acting_as):
    with acting_as("secretary"):
        taken = db.session.scalars(select(Party).filter_by(kind=PartyKind.ORGANIZATION)).first()
        before = taken.name
        row = make(Team, "冒名队", party=taken)
        db.session.commit()
        assert row.id != taken.id
        assert taken.name == before
        assert disagreements() == []


def test_who_may_not_write_people_makes_no_party_of_one(app: Flask, acting_as):
    with acting_as("coordinator"):
        before = db.session.scalar(select(func.count(Party.id)))
        make(Person, "林小满")
        with pytest.raises(OutOfScope):
            db.session.flush()
        db.session.rollback()
        make(Team, "新的队伍")
        db.session.commit()
        assert db.session.scalar(select(func.count(Party.id))) == before + 1


def test_the_neighbour_sees_no_party_of_ours(app: Flask, acting_as):
    with acting_as("neighbour"):
        communities = set(db.session.scalars(select(Community.code).join(Party, Party.community_id == Community.id)))
        assert communities == {THEIRS}


@pytest.mark.parametrize(
    ("login", "plain"), [("secretary", True), ("worker", True), ("gridlead", False), ("partner", False)]
)
def test_the_name_of_a_person_who_does_not_sign_in_is_masked_for_those_who_read_people_masked(
    app: Flask, acting_as, login: str, plain: bool
):
    with acting_as("secretary"):
        row = make(Person, "欧阳小敏")
        db.session.commit()
        pk = row.id
    with acting_as(login):
        assert str(db.session.get(Party, pk)) == ("欧阳小敏" if plain else "欧**敏")
        for text in ("欧阳", "oyxm"):
            assert bool(db.session.scalars(select(Party).where(Party.holding(text))).all()) is plain


@pytest.mark.parametrize("login", ["coordinator", "gridworker", "partner", "volunteer", "liaison"])
def test_everybody_knows_those_who_sign_in_by_name(app: Flask, acting_as, login: str):
    with acting_as(login):
        found = db.session.scalars(select(Party).where(Party.holding("张海"))).all()
        assert [str(party) for party in found] == ["张海燕"]
