"""Where an order leads: who may open its need and its provider goes there with one tap; nobody else is led anywhere."""

from tests.cast.people import NAMES


def test_the_secretary_walks_from_an_order_to_its_need_and_its_provider(as_secretary, offer, accepted, parties):
    need = accepted()
    page = as_secretary.get(f"/fulfilments/show/{offer(need=need)}").text
    address = f"/needs/show/{need}"
    assert f'<a href="{address}">' in page
    provider = next(f"/units/show/{pk}" for name, pk in parties.items() if f"/units/show/{pk}" in page)
    assert as_secretary.get(address).status_code == 200
    assert as_secretary.get(provider).status_code == 200


def test_who_reads_no_accounts_is_not_led_to_them(as_person, accepted, behind, register):
    need = accepted()
    page = as_person("auditor").client.get(f"/needs/show/{need}").text
    assert "/users/show/" not in page


def test_the_volunteer_is_led_only_where_the_door_opens(as_person, offer, accepted):
    volunteer = as_person("volunteer").client
    page = volunteer.get(f"/fulfilments/show/{offer(NAMES['volunteer'], need=accepted(title='陪老人散步'))}").text
    leads = {part.split('"')[0] for part in page.split('<a href="') if "/show/" in part.split('"')[0]}
    assert leads
    assert {address: volunteer.get(address).status_code for address in leads} == dict.fromkeys(leads, 200)
