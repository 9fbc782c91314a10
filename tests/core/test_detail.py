"""The facts of a row on its page: in sections, masked by who looks, and escaped."""

import re

PHONE = "13800001234"


def facts_of(page: str) -> dict[str, tuple[bool, str]]:
    """Return the facts of a page by name: whether each takes the whole width, and what is said."""
    found = re.findall(r'<div( class="wide")?><dt>([^<]*)</dt><dd>(.*?)</dd></div>', page, re.DOTALL)
    return {name: (bool(wide), said) for wide, name, said in found}


def test_what_is_masked_for_one_person_is_masked_whoever_looked_before(as_secretary, as_gridlead, as_auditor, register):
    pk = register(reporter_name="陈小明", reporter_phone=PHONE)
    for _again in range(2):
        for person in (as_secretary, as_gridlead, as_auditor):
            page = person.page(f"/needs/show/{pk}")
            assert PHONE not in page
            assert facts_of(page)["电话"][1].startswith("138****1234")
    assert "/reveal/" in facts_of(as_secretary.page(f"/needs/show/{pk}"))["电话"][1]
    assert "reveal" not in facts_of(as_auditor.page(f"/needs/show/{pk}"))["电话"][1]


def test_long_words_take_the_whole_width_and_are_escaped(as_secretary, register):
    page = as_secretary.page(f"/needs/show/{register(text='<b>' + '灯' * 61, title='门口<i>')}")
    found = facts_of(page)
    assert (True, "&lt;b&gt;" + "灯" * 61) in found.values()
    assert (False, "门口&lt;i&gt;") in found.values()


def test_a_section_that_says_nothing_is_left_out(as_secretary, register):
    page = as_secretary.page(f"/needs/show/{register()}")
    assert not re.search(r"<dl>\s*</dl>", page)
