"""Photos in the stairwell: taken, chosen, looked at and removed, on a phone, by keyboard and on paper."""

import re

import pytest
from PIL import Image

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_looks import faults
from tests.core.files.conftest import PDF, picture

pytestmark = pytest.mark.browser


@pytest.fixture
def album(tmp_path):
    """What a grid worker has on the phone."""
    names = {"楼道灯.jpg": picture(size=(3000, 2250)), "扶手.png": picture("PNG"), "协议.pdf": PDF}
    for name, data in names.items():
        (tmp_path / name).write_bytes(data)
    return lambda *wanted: [str(tmp_path / name) for name in wanted]


def sizes(person):
    """Return the files the form carries, by name and size."""
    return person.page.evaluate("[...document.querySelector('#photos').files].map(one => [one.name, one.size])")


def test_a_need_with_photos_is_registered_in_the_stairwell(visitor, album):
    person = visitor(PHONE).sign_in("gridworker")
    person.page.click(".bar .plus")
    person.page.fill("#title", "三楼楼道灯不亮")
    person.choose("place", "武江北路8栋")
    person.page.set_input_files("#photos", album("扶手.png", "协议.pdf"))
    person.page.set_input_files("#photos-camera", album("楼道灯.jpg"))
    person.page.locator(".chosen img").nth(1).wait_for()
    person.until("[...document.querySelector('#photos').files].every(one => one.size < 3e6)")
    assert [name for name, _size in sizes(person)] == ["扶手.png", "协议.pdf", "楼道灯.jpg"]
    person.page.click(".chosen button >> nth=0")
    person.picture("need-add-photos")
    person.page.fill("#reporter_phone", "12")
    person.page.click("text=保存 >> nth=0")
    person.page.wait_for_selector(".errors")
    assert person.page.locator(".chosen input:checked").count() == 2
    person.picture("need-refused-photos")
    person.page.fill("#reporter_phone", "")
    person.page.click("text=保存 >> nth=0")
    person.page.wait_for_url("**/needs/show/*")
    shown = person.page.locator(".gallery img")
    assert shown.count() == 1
    assert shown.evaluate("one => one.complete && one.naturalWidth") == 480
    assert shown.get_attribute("alt") == "照片：楼道灯.jpg"
    assert person.page.locator(".gallery .paper").count() == 1
    person.picture("need-with-photos")


def test_photos_are_turned_over_by_keyboard_and_shut_nobody_out(visitor, register, album):
    pk = register()
    person = visitor(DESK).sign_in("secretary")
    for size, look in ((DESK, "light.normal"), (PHONE, "dark.normal"), (PHONE, "light.large")):
        person.page.set_viewport_size({"width": size[0], "height": size[1]})
        person.page.context.add_cookies([{"name": "look", "value": look, "url": person.address}])
        person.open(f"/needs/show/{pk}")
        person.page.click("main >> text=添加照片和文件")
        person.page.wait_for_selector("dialog[open] .photos")
        assert faults(person) == [], look
        person.page.set_input_files("dialog #photos", album("楼道灯.jpg"))
        person.confirm()
        assert faults(person) == [], look
    person.page.locator("[data-photo]").first.focus()
    person.page.keyboard.press("Enter")
    person.until("document.querySelector('dialog img')?.naturalWidth === 2400")
    assert faults(person) == []
    first = person.page.get_attribute("dialog img", "src")
    person.page.keyboard.press("ArrowRight")
    assert person.page.get_attribute("dialog img", "src") != first
    person.page.keyboard.press("ArrowLeft")
    assert person.page.get_attribute("dialog img", "src") == first
    person.picture("photo-large")
    person.page.keyboard.press("Escape")
    person.page.emulate_media(media="print")
    assert person.page.locator(".gallery img").first.is_visible()
    assert not person.page.locator("main >> text=添加照片和文件").is_visible()
    person.picture("photos-on-paper")


def test_a_file_is_removed_only_after_asking(visitor, register, album):
    pk = register()
    person = visitor(PHONE).sign_in("secretary")
    person.open(f"/needs/attach/{pk}")
    person.page.set_input_files("#photos", album("楼道灯.jpg"))
    person.page.click("main .btn-primary")
    person.page.wait_for_url("**/needs/show/*")
    person.page.click(".gallery >> text=删除")
    person.page.wait_for_selector("dialog[open] img")
    assert "不能恢复" in person.text()
    person.page.click("dialog >> text=取消")
    assert person.page.locator(".gallery li").count() == 1
    person.page.click(".gallery >> text=删除")
    person.follow("dialog[open] .btn-outline-danger")
    assert person.page.locator(".gallery li").count() == 0
    assert "删除文件" in person.text()


def test_a_wrong_file_is_refused_in_the_dialog_and_may_be_chosen_anew(visitor, register, album, tmp_path):
    pk = register()
    (tmp_path / "照片.jpg").write_bytes(b"MZ" * 50)
    person = visitor(PHONE).sign_in("secretary")
    person.open(f"/needs/show/{pk}")
    person.page.click("main >> text=添加照片和文件")
    person.page.set_input_files("dialog #photos", [str(tmp_path / "照片.jpg")])
    person.page.click("dialog .btn-primary")
    person.page.wait_for_selector("dialog .errors")
    assert "只能添加照片" in person.page.inner_text("dialog .errors")
    person.page.set_input_files("dialog #photos", album("楼道灯.jpg"))
    person.confirm()
    (address,) = person.page.eval_on_selector_all("[data-photo]", "all => all.map(one => one.getAttribute('href'))")
    with person.page.expect_download() as found:
        person.page.evaluate("address => location.assign(address)", address)
    assert found.value.suggested_filename == "楼道灯.jpg"
    with Image.open(found.value.path()) as image:
        assert dict(image.getexif()) == {}
    assert re.fullmatch(r"/files/\d+", address)
