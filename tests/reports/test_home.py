"""The home page: what presses stands first, everything else is at hand below it."""

import re
from datetime import timedelta

import pytest

from app.core import clock


@pytest.fixture
def overdue(register):
    """A need whose time is up."""
    pk = register(title="积水没人管")
    clock.clock.fixed = clock.now() + timedelta(days=30)
    return pk


def _pressing(page):
    """Return number, words and list of what is to be done first, in order."""
    section = page[page.index('id="pressing"') : page.index("</section>", page.index('id="pressing"'))]
    return re.findall(r"<b>(\S+)</b>([^<]+)<small>([^<]+)</small>", section)


def test_what_is_late_stands_before_what_waits(overdue, as_secretary, register):
    register()
    found = _pressing(as_secretary.page("/"))
    assert found[0] == ("1", "超期", "群众需求清单")
    assert ("2", "待受理", "群众需求清单") in found[1:]


def test_a_number_opens_exactly_the_rows_it_counts(overdue, as_secretary):
    page = as_secretary.page("/")
    address = re.search(r'class="loud"><a href="([^"]+)"', page)[1]
    assert "积水没人管" in as_secretary.page(address)


def test_what_only_others_can_do_presses_nobody_else(register, as_gridworker, as_worker):
    register("gridworker")
    assert ("1", "待受理", "群众需求清单") in _pressing(as_worker.page("/"))
    page = as_gridworker.page("/")
    assert _pressing(page) == []
    assert 'title="等您处理"' not in page
    assert "等着受理" not in as_gridworker.page("/notices/")


def test_what_is_zero_does_not_press(as_secretary):
    page = as_secretary.page("/")
    assert _pressing(page) == []
    assert "没有超期的，也没有等您办的" in page


def test_every_list_and_every_count_is_still_at_hand(as_secretary, app, register):
    register()
    page = as_secretary.page("/")
    for name in ("needs", "resources", "projects", "fulfilments", "callbacks", "volunteers", "members", "posts"):
        view = next(one for one in app.extensions["appbuilder"].list_views() if one.list_name == name)
        assert f'href="/{name}/list/"' in page[page.index("<main") :]
        assert all(f'href="/{name}/list/?quick={quick}"' in page for quick in view.quick_filters)


def test_lists_stand_in_the_groups_of_the_menu(as_secretary):
    page = as_secretary.page("/")
    main = page[page.index("<main") :]
    assert (
        main.index("四张清单")
        < main.index("/fulfilments/list/")
        < main.index("人员与单位")
        < main.index("/members/list/")
    )


def test_who_may_register_nothing_is_offered_nothing_to_register(as_auditor):
    page = as_auditor.page("/")
    assert "/add" not in page[page.index("<main") :]


def test_the_page_names_the_day_of_the_week(as_secretary):
    clock.clock.fixed = clock.parse_local("2026-11-23T08:30")
    assert "2026-11-23 星期一" in as_secretary.page("/")


def test_who_sees_only_some_rows_is_told_that_only_those_are_counted(as_supervisor, as_secretary, register):
    register()
    page = as_supervisor.page("/")
    assert "下面只数您看得到的记录。" in page
    assert '<a href="/figures/">全部的数在“数字”里。</a>' in page
    assert "只数您看得到的" not in as_secretary.page("/")
