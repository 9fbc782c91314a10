"""What it costs to find somebody among the people of a district: `python -m benchmarks.people [PERSONS]`.

Fills a fresh instance in a temporary folder, on SQLite or in the empty PostgreSQL database that
SIDAN_BENCH_DATABASE_URL names, with communities of 8,000 people. Then the pages are asked as a browser asks them: by
name, by pinyin initials, by the last four digits of a phone and by the number of a document; as the secretary of one
community and as one of all of them. Told are CPU milliseconds per request: of the portal, and of the database's server
where it runs on this machine. The goal (issue 6, point 9) is 100.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text

from app import create_app
from app.accounts import sessions
from app.accounts.models import Account, Grant, GrantRole
from app.communities.models import Community
from app.core import clock, database, pinyin, sealing, seeking
from app.core.actor import acting, system
from app.core.model import new_uid
from app.extensions import db
from app.parties.models import Party, PartyKind
from app.people import tails
from app.people.birth import Birth
from app.people.choices import Sex
from app.people.identity import IdType, check_character
from app.people.models import Person

OF_A_COMMUNITY: Final = 8_000
AT_ONCE: Final = 4_000
TIMES: Final = 20
WARM: Final = 3
SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN: Final = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂志海燕春梅建国小玲文华玉珍红云飞鹏宇晨欣怡梓涵"
TICKS: Final = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


# -- filling --------------------------------------------------------------------------------------------------------


def fill(count: int) -> list[dict[str, Any]]:
    """Write so many people into communities of 8,000, and return some of them, to be looked for."""
    chance, looked_for = random.Random(2026), []  # noqa: S311 - the same people every time, and nobody's secret
    for start in range(0, count, OF_A_COMMUNITY):
        community = Community(code=f"c{start}", name=f"第{start // OF_A_COMMUNITY + 1}社区")
        db.session.add(community)
        db.session.flush()
        people = [_person(chance, start + one) for one in range(min(OF_A_COMMUNITY, count - start))]
        for first in range(0, len(people), AT_ONCE):
            _write(community, people[first : first + AT_ONCE])
        looked_for.append(people[len(people) // 2])
        db.session.commit()
    return looked_for


def _person(chance: random.Random, number: int) -> dict[str, Any]:
    name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2))
    year, month, day = chance.randint(1940, 2005), chance.randint(1, 12), chance.randint(1, 28)
    body = f"{440_000 + number // 1000}{year}{month:02d}{day:02d}{number % 1000:03d}"
    phone = f"13{chance.randint(0, 999_999_999):09d}"
    return {"name": name, "birth": Birth(year, month, day), "id_number": body + check_character(body), "phone": phone}


def _write(community: Community, people: list[dict[str, Any]]) -> None:
    named = [{"community_id": community.id, "uid": new_uid(), "name": one["name"]} for one in people]
    sought = [pinyin.words([one["name"]]) for one in people]
    parties = [
        {**row, "kind": PartyKind.PERSON, "known": False, "sought": words}
        for row, words in zip(named, sought, strict=True)
    ]
    ids = db.session.scalars(insert(Party).returning(Party.id, sort_by_parameter_order=True), parties).all()
    rows = [
        {**row, "id": pk, "sought": words, **_told(community, one)}
        for row, pk, words, one in zip(named, ids, sought, people, strict=True)
    ]
    db.session.execute(insert(Person), [*sealing.shut_rows(Person, rows)])
    seeking.keep(db.session.connection(), Person, rows)
    numbered = ({**row, "id": pk} for row, pk in zip(parties, ids, strict=True))
    seeking.keep(db.session.connection(), Party, numbered)


def _told(community: Community, one: dict[str, Any]) -> dict[str, Any]:
    said = {"id_type": IdType.RESIDENT, "sex": Sex.FEMALE, "birth": one["birth"], "id_number": one["id_number"]}
    return said | {"phones": [one["phone"]], "phone_tails": tails.kept(community.id, [one["phone"]])}


# -- asking ---------------------------------------------------------------------------------------------------------


def sign_in(app: Flask, role: GrantRole, homes: list[Community]) -> FlaskClient:
    """Return a browser of somebody who has this role in these communities."""
    with acting(system("benchmark")), database.transaction():
        account = Account(login=f"{role.value}{len(homes)}", name="测试")
        db.session.add(account)
        db.session.flush()
        today = clock.today()
        db.session.add_all(Grant(account=account, role=role, community=home, starts_on=today) for home in homes)
        db.session.flush()
        token = sessions.begin(account.id, "")
    client = app.test_client()
    with client.session_transaction() as session:
        session["sid"] = token
    return client


def ways(client: FlaskClient, one: dict[str, Any]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield each way to look for somebody, and the request that does it."""

    def page(words: str) -> Callable[[], Any]:
        return lambda: client.get("/people/list/", query_string={"q": words})

    token = client.get("/roles/").text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    yield "whole name", page(one["name"])
    yield "two characters of a name", page(one["name"][1:])
    yield "surname", page(one["name"][0])
    yield "pinyin initials", page(pinyin.words([one["name"]]).split()[-1])
    yield "a name nobody has", page("欧阳不存在")
    yield "last four digits of a phone", page(one["phone"][-4:])
    found = {"csrf_token": token, "id_number": one["id_number"]}
    yield "number of a document", lambda: client.post("/people/find", data=found)


def cost(request: Callable[[], Any], server: Callable[[], float]) -> tuple[float, float]:
    """Return the CPU milliseconds a request costs the portal and the database's server."""
    for _time in range(WARM):
        assert request().status_code == 200  # noqa: S101 - a refused search costs nothing and means nothing
    own, theirs = time.process_time(), server()
    for _time in range(TIMES):
        request()
    return 1000 * (time.process_time() - own) / TIMES, 1000 * (server() - theirs) / TIMES


def _server() -> float:
    """Return the CPU seconds of the processes of a PostgreSQL on this machine that serve our database; 0 on SQLite."""
    if db.engine.dialect.name != "postgresql":
        return 0.0
    with db.engine.connect() as connection:
        named = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        return sum(_of(pid) for pid in connection.scalars(named))


def _of(pid: int) -> float:
    try:
        said = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    except OSError:
        # It has ended, or runs elsewhere.
        return 0.0
    return (int(said[11]) + int(said[12])) / TICKS


def main(count: int) -> None:
    """Fill, ask in every way, and say what it costs."""
    with tempfile.TemporaryDirectory() as folder:
        settings: dict[str, Any] = {"TESTING": True, "INSTANCE": Path(folder), "WTF_CSRF_ENABLED": True}
        if url := os.environ.get("SIDAN_BENCH_DATABASE_URL"):
            settings["DATABASE_URL"] = url
        app = create_app(settings)
        database.upgrade(app)
        with app.app_context():
            begun = time.perf_counter()
            with acting(system("benchmark")):
                looked_for = fill(count)
                db.session.execute(text("ANALYZE"))
                db.session.commit()
                homes = [*db.session.scalars(select(Community).order_by(Community.id))]
            say(f"{count} people in {len(homes)} communities, written in {time.perf_counter() - begun:.0f} s")
            middle = len(homes) // 2
            secretary = sign_in(app, GrantRole.SECRETARY, homes[middle : middle + 1])
            worker = sign_in(app, GrantRole.SECRETARY, homes) if len(homes) > 1 else secretary
        for title, client in (("one community", secretary), ("all communities", worker)):
            for way, request in ways(client, looked_for[middle]):
                with app.app_context():
                    own, theirs = cost(request, _server)
                say(f"{title:16} {way:28} {own:7.1f} ms + {theirs:6.1f} ms")
        with app.app_context():
            db.engine.dispose()


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
