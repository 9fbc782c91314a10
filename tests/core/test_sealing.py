"""Sealed columns: plain to who asks the row, shut to whoever has the database, and of no use anywhere else."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import registry

from app.accounts.models import Account
from app.core import chain, checks, keyring, normal, sealing
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.fields import facts, shape
from app.core.keyring import Ring
from app.core.model import new_uid
from app.core.sealed import Closed
from app.core.sealing import BLIND, Sealed
from app.extensions import db
from app.needs.models import Need

PHONE, ADDRESS = "13800002468", "武江北路8栋2单元301"


@pytest.fixture
def raw(app):
    """Return columns of a need as they stand in the database."""

    def read(pk, *names):
        with app.app_context(), db.engine.connect() as connection:
            row = connection.execute(text(f"SELECT {', '.join(names)} FROM need WHERE id = :pk"), {"pk": pk}).one()  # noqa: S608 - the test's own words
            return tuple(row)

    return read


@pytest.fixture
def write(app):
    """Change a need behind the portal's back."""

    def run(statement, **values):
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text(statement), values)

    return run


@pytest.fixture
def opened(monkeypatch):
    """Collect what is opened."""
    found = []
    read = sealing._read
    monkeypatch.setattr(sealing, "_read", lambda *what: found.append(what[:3]) or read(*what))
    return found


def test_a_phone_stands_encrypted_and_reads_plain(register, raw, need):
    pk = register(reporter_phone=PHONE, address=ADDRESS)
    phone, address, index = raw(pk, "reporter_phone", "address", "reporter_phone_index")
    assert PHONE not in phone
    assert PHONE not in index
    assert len(index) == sealing.DIGITS
    assert "武江北路" not in address
    assert need(pk)["reporter_phone"] == PHONE
    assert need(pk)["address"] == ADDRESS


def test_the_type_of_the_column_alone_says_that_it_is_sealed():
    assert facts(Need)["reporter_phone"].sealed
    assert not facts(Need)["reporter_name"].sealed
    assert shape(Need, "address").limit == 120
    assert (shape(Need, "address").kind, shape(Account, "phone").required) == ("text", False)


def test_the_same_value_twice_looks_different(register, raw):
    one, other = (raw(register(reporter_phone=PHONE), "reporter_phone", "reporter_phone_index") for _ in range(2))
    assert one[0] != other[0]
    assert one[1] == other[1]


def test_writing_the_same_again_changes_nothing(register, raw, app):
    pk = register(reporter_phone=PHONE)
    before = raw(pk, "reporter_phone", "version")
    with app.app_context(), acting(system("tests")), transaction():
        row = db.session.get(Need, pk)
        row.reporter_phone = "13900001111"
        row.reporter_phone = PHONE
        row.address = None
        assert not db.session.is_modified(row)
    assert raw(pk, "reporter_phone", "version") == before


def test_an_emptied_phone_leaves_no_index(register, raw, app):
    pk = register(reporter_phone=PHONE)
    with app.app_context(), acting(system("tests")), transaction():
        db.session.get(Need, pk).reporter_phone = None
    assert raw(pk, "reporter_phone", "reporter_phone_index") == (None, None)


@pytest.mark.parametrize("place", ["another row", "another column"])
def test_a_value_moved_elsewhere_does_not_open_and_breaks_no_page(register, write, as_secretary, caplog, place):
    ours, theirs = register(reporter_phone=PHONE), register(reporter_phone="13900001111")
    if place == "another row":
        write(
            "UPDATE need SET reporter_phone = (SELECT reporter_phone FROM need WHERE id = :a) WHERE id = :b",
            a=theirs,
            b=ours,
        )
    else:
        write("UPDATE need SET address = reporter_phone, reporter_phone = NULL WHERE id = :b", b=ours)
    with caplog.at_level(logging.ERROR, "sidan.sealing"):
        page = as_secretary.page(f"/needs/show/{ours}")
        as_secretary.page(f"/needs/edit/{ours}")
        as_secretary.page("/needs/list/")
        assert as_secretary.get(f"/api/v1/needs/{ours}").json["result"]["reporter_phone"] is None
    assert "139****1111" not in page
    assert "138****2468" not in page
    assert "cannot be opened: need|" in caplog.text
    assert "1390000" not in caplog.text


def test_a_value_moved_elsewhere_does_not_open_in_a_file_either(register, write, as_secretary, caplog):
    theirs, ours = register(reporter_phone="13900001111"), register(reporter_phone=PHONE)
    moved = "UPDATE need SET reporter_phone = (SELECT reporter_phone FROM need WHERE id = :a) WHERE id = :b"
    write(moved, a=theirs, b=ours)
    with caplog.at_level(logging.ERROR, "sidan.sealing"):
        file = as_secretary.get("/needs/export.csv").get_data(as_text=True)
    assert file.count("139****1111") == 1
    assert "138****2468" not in file
    assert caplog.text.count("cannot be opened: need|reporter_phone|") == 1


def test_a_form_does_not_empty_what_cannot_be_opened(register, write, raw, app):
    pk = register(reporter_phone=PHONE)
    write("UPDATE need SET reporter_phone = 'ffffffff.AAAA' WHERE id = :pk", pk=pk)
    with app.app_context(), acting(system("tests")), transaction():
        row = db.session.get(Need, pk)
        row.reporter_phone, row.title = None, "楼道灯不亮"
    assert raw(pk, "reporter_phone", "title") == ("ffffffff.AAAA", "楼道灯不亮")
    with app.app_context(), acting(system("tests")), transaction():
        db.session.get(Need, pk).reporter_phone = PHONE
    assert raw(pk, "reporter_phone")[0] != "ffffffff.AAAA"


def test_a_list_opens_nothing_it_does_not_show(register, as_secretary, opened):
    for number in range(5):
        register(reporter_phone=f"1380000{number:04d}", address=ADDRESS)
    opened.clear()
    as_secretary.page("/needs/list/")
    as_secretary.get("/api/v1/needs/")
    assert opened == []
    as_secretary.page("/users/list/")
    assert {name for _model, name, _uid in opened} == {"phone"}


def test_a_plain_value_is_never_compared_with_the_database(app):
    with app.app_context(), acting(system("tests")), pytest.raises(StatementError):
        db.session.scalars(select(Need.id).where(Need.reporter_phone == PHONE)).all()


def test_a_model_without_what_sealing_needs_is_refused():
    for columns in ([], [Column("uid", String(32))], [Column("phone_index", BLIND)]):
        table = Table(
            "t", MetaData(), Column("id", Integer, primary_key=True), Column("phone", Sealed(9, found_by=str)), *columns
        )
        with pytest.raises(TypeError, match="beside it"):
            registry().map_imperatively(type("T", (), {}), table)


def test_every_index_of_a_sealed_column_can_be_used():
    for model in sealing.models():
        for name, kind in sealing.columns(model).items():
            first = "community_id" if hasattr(model, "community_id") else None
            wanted = [column for column in (first, name + sealing.INDEX) if column]
            table = inspect(model).local_table
            keys = [[*index.columns.keys()] for index in table.indexes] + [
                [*one.columns.keys()] for one in table.constraints
            ]
            assert kind.found_by is None or wanted in [key[: len(wanted)] for key in keys], (model, name)


def test_two_accounts_never_share_a_phone_even_behind_the_rules(app, as_admin):
    with app.app_context(), acting(system("tests")):
        first, second = db.session.scalars(select(Account).order_by(Account.id).limit(2))
        with pytest.raises(IntegrityError), db.session.no_autoflush:
            db.session.connection().execute(
                text("UPDATE account SET phone_index = :index"), {"index": sealing.digest(Account, "phone", PHONE)}
            )
        assert first.phone != second.phone


def test_many_rows_at_once_are_shut_like_one(app, register, need):
    pattern = need(register())
    with app.app_context(), acting(system("tests")), transaction():
        row = {name: value for name, value in pattern.items() if name != "id"}
        rows = [row | {"code": f"L{n}", "uid": new_uid(), "reporter_phone": f"1380000{n:04d}"} for n in range(3)]
        db.session.connection().execute(insert(Need.__table__), list(sealing.shut_rows(Need, rows)))
    with app.app_context(), acting(system("tests")):
        found = db.session.scalars(select(Need).where(sealing.holds(Need, "reporter_phone", "138-0000-0002"))).all()
        assert [(one.code, one.reporter_phone) for one in found] == [("L2", "13800000002")]


def test_a_transaction_that_sealed_under_a_replaced_key_is_not_kept(app, register, monkeypatch, need):
    pk = register(reporter_phone=PHONE)
    with app.app_context(), acting(system("tests")):
        row = db.session.get(Need, pk)
        row.reporter_phone = "13900001111"
        db.session.flush()
        newer = Ring(keyring.ring().root, ["b" * 64, *keyring.ring()._keys.values()])
        monkeypatch.setattr(keyring.keyring(), "ring", lambda: newer)
        with pytest.raises(sealing.KeyReplaced), transaction():
            pass
        monkeypatch.undo()
    assert need(pk)["reporter_phone"] == PHONE


# -- lists of texts -------------------------------------------------------------------------------------------------

mapping = registry()


class Guest:
    """Somebody with several phones."""

    __tablename__ = "guest"

    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)


GUEST = Table(
    "guest",
    mapping.metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", String(32), default=new_uid),
    Column("phones", Sealed(many=True, found_by=normal.phone)),
    Column("phones_index", BLIND),
)
mapping.map_imperatively(Guest, GUEST)


def test_a_sealed_list_is_a_list_and_found_by_each_of_its_values(app):
    with app.app_context(), acting(system("tests")):
        GUEST.create(db.session.connection())
        guest = Guest(uid=new_uid(), phones=["13800000001", "0751-8880000"])
        db.session.add_all([guest, Guest(uid=new_uid(), phones=["13800000002"]), Guest(uid=new_uid())])
        db.session.flush()
        db.session.expire_all()
        assert isinstance(inspect(guest).attrs.phones.load_history().unchanged[0], Closed)
        guest.phones.append("lost")
        assert guest.phones == ["13800000001", "0751-8880000"]
        for text_ in ("13800000001", "07518880000"):
            assert db.session.scalars(select(Guest).where(sealing.holds(Guest, "phones", text_))).all() == [guest]
        assert shape(Guest, "phones").kind == "list"
        db.session.rollback()


# -- properties -----------------------------------------------------------------------------------------------------

KEYS = st.text("0123456789abcdef", min_size=64, max_size=64)
TEXTS = st.text(st.characters(codec="utf-8"))


@given(root=KEYS, key=KEYS, text_=TEXTS, place=TEXTS, other=TEXTS)
def test_what_is_sealed_opens_only_where_it_belongs(root, key, text_, place, other):
    ring = Ring(root, [key])
    token = ring.seal("p", text_, place)
    assert ring.open("p", token, place) == text_
    assert (ring.open("p", token, other) == text_) is (place == other)
    assert ring.open("q", token, place) is None


@given(root=KEYS, old=KEYS, new=KEYS, text_=TEXTS)
def test_an_old_key_opens_as_long_as_it_is_there(root, old, new, text_):
    token = Ring(root, [old]).seal("p", text_, "x")
    assert Ring(root, [new, old]).open("p", token, "x") == text_
    assert (Ring(root, [new]).open("p", token, "x") == text_) is (old == new)
    assert Ring(root, [new]).open("p", chain.seal(chain.derived(root, "p"), text_, "x"), "x") == text_


@given(root=KEYS, keys=st.lists(KEYS, min_size=1, max_size=3), text_=TEXTS, place=TEXTS, garbage=TEXTS)
def test_what_opens_many_opens_the_same_as_what_opens_one(root, keys, text_, place, garbage):
    rings = [Ring(root, [key]) for key in keys]
    tokens = [ring.seal("p", text_, place) for ring in rings] + [chain.seal(chain.derived(root, "p"), text_, place)]
    for ring in (Ring(root, keys), rings[0]):
        opened = ring.opener("p")
        for token in (*tokens, garbage, "", tokens[0][: keyring.NAMED], f"{tokens[0]}="):
            assert opened(token, place) == ring.open("p", token, place)


@given(root=KEYS, garbage=TEXTS)
def test_garbage_opens_nothing(root, garbage):
    assert Ring(root, [root]).open("p", garbage, "x") is None


@given(st.from_regex(checks._MOBILE, fullmatch=True), st.sampled_from(["", "+86", "86", "+86 "]), st.sampled_from("- "))
def test_a_mobile_number_is_found_however_it_is_written(number, country, gap):
    assert normal.phone(f"{country}{number[:3]}{gap}{number[3:7]}{gap}{number[7:]}") == number
    assert normal.phone(number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))) == number


@given(st.text("0123456789xX ", max_size=20))
def test_normal_forms_stay_as_they_are(written):
    assert normal.id_number(normal.id_number(written)) == normal.id_number(written)
    assert set(normal.phone(written)) <= set("0123456789")
