"""One person leaves many traces; which of them belong together is known."""

from collections import Counter, defaultdict

from khachquen.demo import customer_of
from khachquen.demo.draw import dice_for
from khachquen.demo.person import draw_person, masked_name
from khachquen.demo.phones import as_typed, mistyped, phone_of
from khachquen.demo.places import PROVINCES, WARDS, draw_address
from khachquen.unify.normalise import fold, given_name, normalise_email, normalise_phone
from tests.demo.shop import messages_of_200, year_of_the_shop


def test_every_way_a_till_types_a_number_is_that_number() -> None:
    dice = dice_for(7, "till")
    for number in range(1, 1500):
        phone = phone_of(7, number)
        assert normalise_phone(as_typed(dice, phone)) == f"+84{phone}"
        assert normalise_phone(mistyped(dice, phone)) != f"+84{phone}"


def test_nobody_has_the_number_of_another() -> None:
    phones = [
        phone_of(7, n) for first in (1, 3_000_001, 4_000_001) for n in range(first, first + 5000)
    ]
    assert len(set(phones)) == len(phones)


def test_two_people_share_a_phone_only_inside_a_household() -> None:
    people = [draw_person(dice_for(7, f"c{n}"), 7, n) for n in range(1, 3001)]
    owners = Counter(person.phone for person in people)
    assert max(owners.values()) <= 3
    assert 15 <= sum(count > 1 for count in owners.values()) <= 50


def test_every_address_of_a_person_can_only_be_an_example() -> None:
    people = [draw_person(dice_for(7, f"c{n}"), 7, n) for n in range(1, 1001)]
    emails = [person.email for person in people if person.email]
    assert all(normalise_email(email) == email for email in emails)
    assert {email.rpartition("@")[2] for email in emails} == {
        "hopthu.example",
        "thu.example",
        "example.com",
        "example.net",
    }
    assert len(set(emails)) == len(emails)


def test_names_are_read_the_way_they_were_made() -> None:
    for number in range(1, 500):
        person = draw_person(dice_for(7, f"c{number}"), 7, number)
        assert given_name(person.name) == person.given
        assert given_name(masked_name(person)) == ""


def test_people_live_in_todays_provinces_and_most_in_the_big_ones() -> None:
    dice = dice_for(7, "map")
    lives = Counter(draw_address(dice).province for _ in range(5000))
    assert len(PROVINCES) == 34
    assert set(lives) == set(PROVINCES)
    assert [name for name, _ in lives.most_common(2)] == ["Hồ Chí Minh", "Hà Nội"]
    assert all(ward.startswith("Phường ") for wards in WARDS.values() for ward in wards)


def test_what_the_till_typed_leads_back_to_the_customer() -> None:
    right = wrong = 0
    for order in year_of_the_shop().orders:
        number = customer_of(order.message_id)
        if order.source != "pos" or number is None or "phone" not in order.who:
            continue
        person = draw_person(dice_for(7, f"c{number}"), 7, number)
        typed = normalise_phone(order.who["phone"])
        right += typed in (f"+84{person.phone}", f"+84{person.second_phone}")
        wrong += typed not in (f"+84{person.phone}", f"+84{person.second_phone}")
    assert right > 1000
    assert 0 < wrong < 0.03 * right


def test_many_customers_are_met_in_more_than_one_place() -> None:
    places = defaultdict(set)
    for order in year_of_the_shop().orders:
        places[customer_of(order.message_id)].add(order.source)
    del places[None]
    assert sum(len(found) > 1 for found in places.values()) > 0.25 * len(places)


def test_a_till_writes_names_badly_and_a_marketplace_hides_them() -> None:
    orders = year_of_the_shop().orders
    at_till = [order.who["name"] for order in orders if order.source == "pos" and order.who]
    shouted = [name for name in at_till if name.isupper() and name.isascii()]
    assert len(shouted) > 0.3 * len(at_till)
    hidden = [order.who for order in orders if order.source == "marketplace"]
    assert all("***" in who["name"] and normalise_phone(who["phone"]) is None for who in hidden)


def test_a_khach_le_is_nobody() -> None:
    orders = [o for o in year_of_the_shop().orders if o.source == "pos"]
    unknown = [o for o in orders if "phone" not in o.who]
    assert 0.3 < len(unknown) / len(orders) < 0.7
    assert {fold(o.who.get("name", "khách lẻ")) for o in unknown} == {"khach le"}


def test_an_account_ties_its_browsers_to_one_customer() -> None:
    owners = defaultdict(set)
    for source, message in messages_of_200():
        if source == "web" and "userId" in message:
            owners[message["anonymousId"]].add(message["userId"])
    assert len(owners) > 50
    assert all(len(users) == 1 for users in owners.values())


def people_by_identifiers() -> tuple[dict[str, str], dict[str, set[int]]]:
    """Join what stands in one message; identifier -> person found, person found -> customers."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    traces = year_of_the_shop().traces
    for _, keys in traces:
        for key in keys[1:]:
            parent[root(keys[0])] = root(key)
    owners = defaultdict(set)
    for number, keys in traces:
        owners[root(keys[0])].add(number)
    return {key: root(key) for key in parent}, owners


def test_identifiers_alone_join_people_rightly_save_for_families_and_slips_of_the_finger() -> None:
    found, owners = people_by_identifiers()
    mixed = [numbers for numbers in owners.values() if len(numbers) > 1]
    assert 10 < len(mixed) < 40  # one in a hundred shares a phone
    assert all(max(numbers) - min(numbers) <= 2 for numbers in mixed)
    with_phone = {root for key, root in found.items() if key.startswith("phone:")}
    assert len(with_phone) > 1800


def test_some_of_a_customers_traces_stay_apart_until_somebody_joins_them() -> None:
    _, owners = people_by_identifiers()
    pieces = Counter(number for numbers in owners.values() for number in numbers)
    assert 0.2 < sum(count > 1 for count in pieces.values()) / len(pieces) < 0.6
