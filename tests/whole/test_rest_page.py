"""The examples of the page about REST, done in their order by a program with nothing but a token."""

import re
import shlex
from io import BytesIO
from typing import Any
from urllib.parse import quote

from flask import Flask
from sqlalchemy import select

from app.accounts import tokens
from app.accounts.models import Account, Grant
from app.core import database
from app.core.actor import acting, system
from app.extensions import db
from tests.whole.scene import PICTURE
from tests.whole.walk import ROOT

PAGE = (ROOT / "docs" / "rest.md").read_text(encoding="utf-8")
EXAMPLES = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


def run(app: Flask, line: str, token: str) -> Any:
    """Do what curl would."""
    words = shlex.split(line)
    assert words.pop(0) == "curl"
    method, headers, data = "GET", {}, None
    *options, address = words
    for option, value in zip(options[::2], options[1::2], strict=True):
        if option == "-X":
            method = value
        elif option == "-H":
            name, _colon, said = value.partition(": ")
            headers[name] = said.replace("$TOKEN", token)
        elif option == "-F":
            part, _is, name = value.partition("=@")
            data = {part: (BytesIO(PICTURE), name)}
        else:
            assert option in ("-d", "-o"), option
            data = value if option == "-d" else data
    path = quote(address.removeprefix("$SIDAN"), safe="/?&=:!(),-")
    return app.test_client().open(path, method=method, headers=headers, data=data, buffered=True)


def test_every_example_does_what_the_page_says(app: Flask, register):
    pk = register(title="楼下路灯不亮", reporter_phone="13800001234")
    assert pk == 1
    with app.app_context(), acting(system("tests")), database.transaction():
        held = select(Grant).join(Account, Grant.account_id == Account.id).where(Account.login == "secretary")
        token = tokens.make(db.session.scalars(held).one(), "tests", 9)[1]
    answers = [(line, run(app, line, token)) for line in EXAMPLES]
    assert len(answers) >= 9
    for line, answer in answers:
        made = "-X POST" in line and not any(door in line for door in ("/move/", "/reveal/", "/find"))
        assert answer.status_code == (201 if made else 200), (line, answer.get_data(as_text=True))
    read = [answer.json for _line, answer in answers]
    assert read[0]["ids"] == [pk]
    assert read[1]["ids"] == [pk]
    assert read[-1]["result"]["archive_reason" if "archive_reason" in read[-1]["result"] else "state"] in (
        "登记重复",
        "rejected",
    )
