"""A portal that has answered some requests is no longer looked through for what nobody needs."""

import gc

from app.core import settling


def test_what_is_there_is_left_in_peace_once_after_some_requests(app, monkeypatch):
    done = []
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    settling.later(app, after=3)
    client, told = app.test_client(), []
    for _request in range(5):
        assert client.get("/health").status_code == 200
        told.append(len(done))
    assert told == [0, 0, 1, 1, 1]
