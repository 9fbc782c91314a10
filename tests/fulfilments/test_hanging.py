"""What hangs on a row is asked with the row: nothing more is read of a bare one, and what is new shows at once."""

from flask import Flask

from tests.whole.counting import counting

READ = {"SELECT fulfilment.": "orders", "SELECT service_project.": "projects", "SELECT attachment.": "files"}


def looked(app: Flask, person, pk: int) -> tuple[str, set[str]]:
    """Return the page of a need, and what was read of what may hang on it."""
    with counting(app) as said:
        page = person.page(f"/needs/show/{pk}")
    return page, {name for one in said for begin, name in READ.items() if one.startswith(begin)}


def test_only_what_hangs_on_a_need_is_read_and_what_is_new_at_once(
    app: Flask, as_worker, as_neighbour, accepted, offer, order
):
    bare, other = accepted(), accepted()
    page, read = looked(app, as_worker, bare)
    assert "还没有派给谁" in page
    assert read == set()
    pk = offer(need=bare)
    page, read = looked(app, as_worker, bare)
    assert order(pk)["code"] in page
    assert read == {"orders"}
    # Of another need this says nothing, and to the neighbour nothing at all.
    assert "还没有派给谁" in looked(app, as_worker, other)[0]
    assert as_neighbour.get(f"/needs/show/{bare}").status_code == 404
