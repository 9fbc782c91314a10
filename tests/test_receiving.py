"""A request larger than the server takes is answered by the portal, in Chinese, after all of it was let go."""

import json
import socket
import threading
from contextlib import suppress

import pytest
from flask import request, request_started
from sqlalchemy import select

from app import receiving
from app.accounts import tokens
from app.accounts.models import Account, Grant
from app.core import database
from app.core.actor import acting, system
from app.extensions import db

TAKEN, ASKED = 200_000, 100_000
"""Bytes the server takes, and the portal."""


@pytest.fixture
def door(app, monkeypatch):
    """The portal behind the server it starts with, which takes little; the address of its door."""
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", ASKED)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = receiving.server(app, sockets=[listening], threads=2, max_request_body_size=TAKEN, ident="")
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield listening.getsockname()
        server.close()
        thread.join(timeout=5)


def ask(door, head, pieces):
    """Send a request to its end, and return all that comes back before the connection is closed."""
    with socket.create_connection(door, timeout=20) as line:
        line.sendall("\r\n".join((*head, "Host: 127.0.0.1", "", "")).encode())
        for piece in pieces:
            line.sendall(piece)
        answer = b""
        while more := line.recv(65536):
            answer += more
    return answer.decode()


def form(length):
    return ["POST /needs/add HTTP/1.1", "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {length}"]


@pytest.mark.parametrize("length", [TAKEN, 40 * TAKEN])
def test_who_sends_too_much_reads_why_on_our_own_page(door, length):
    answer = ask(door, form(length), [b"x" * 50_000] * (length // 50_000))
    assert answer.startswith("HTTP/1.1 413 ")
    assert answer.count("HTTP/1.1") == 1, "what was let go is no request of its own"
    assert "一次最多发送 20 MB" in answer
    assert "<title>" in answer


def test_a_program_that_sends_too_much_is_told_as_json(door, app):
    with app.app_context(), acting(system("tests")), database.transaction():
        grant = db.session.scalars(
            select(Grant).join(Account, Grant.account_id == Account.id).where(Account.login == "secretary")
        ).first()
        secret = tokens.make(grant, "tests", 9)[1]
    head = ["POST /api/v1/needs/ HTTP/1.1", "Content-Type: application/json", f"Content-Length: {2 * TAKEN}"]
    answer = ask(door, [*head, f"Authorization: Bearer {secret}"], [b"{" * TAKEN] * 2)
    assert answer.startswith("HTTP/1.1 413 ")
    assert "20 MB" in json.loads(answer.partition("\r\n\r\n")[2])["message"]


def test_a_body_without_a_length_is_let_go_too(door):
    head = ["POST /needs/add HTTP/1.1", "Content-Type: text/plain", "Transfer-Encoding: chunked"]
    chunk = b"c350\r\n" + b"x" * 50_000 + b"\r\n"
    answer = ask(door, head, [*[chunk] * 10, b"0\r\n\r\n"])
    assert answer.startswith("HTTP/1.1 413 ")


def test_a_second_request_behind_what_was_let_go_is_not_read(door, app):
    behind, asked = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", []
    # What is still on its way when the connection is closed makes the system break it off.
    with (
        request_started.connected_to(lambda *_about, **_more: asked.append(request.path), app),
        suppress(ConnectionResetError),
    ):
        assert ask(door, form(TAKEN), [b"x" * TAKEN, behind]).count("HTTP/1.1") == 1
    assert asked == ["/needs/add"]


def test_nothing_of_it_is_kept(door, monkeypatch):
    kept = []
    monkeypatch.setattr(receiving.Nothing, "append", lambda _self, data: kept.append(len(data)))
    ask(door, form(10 * TAKEN), [b"x" * TAKEN] * 10)
    assert sum(kept) == 10 * TAKEN


def test_who_sends_without_end_is_cut_off(door, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_THROWN_AWAY", 2 * TAKEN)
    with pytest.raises(ConnectionError):
        ask(door, form(1000 * TAKEN), [b"x" * TAKEN] * 1000)


def test_a_request_of_usual_size_is_served_as_ever(door):
    answer = ask(door, ["GET /health HTTP/1.1", "Connection: close"], [])
    assert answer.startswith("HTTP/1.1 200 ")
