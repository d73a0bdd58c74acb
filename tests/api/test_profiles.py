"""A program finds people, reads one whole, and follows what they did."""

from tests.api.conftest import Caller


def test_people_are_found_without_their_marks_and_the_list_says_how_many(
    caller: Caller, told: int
) -> None:
    status, everybody = caller.get("profiles")
    _, found = caller.get("profiles", search="le thi mai")

    assert status == 200
    assert [person["name"] for person in everybody["items"]] == ["Lê Thị Mai", "Trần Văn Nam"]
    assert (everybody["total"], everybody["next_cursor"]) == (2, "")
    assert [person["email"] for person in found["items"]] == ["mai@example.vn"]
    assert found["items"][0]["spent"] == {"amount": "190000", "minor": 190000, "currency": "VND"}


def test_pages_follow_one_another_by_cursor(caller: Caller, told: int) -> None:
    _, first = caller.get("profiles", limit=1)
    _, second = caller.get("profiles", limit=1, cursor=first["next_cursor"])

    assert [p["name"] for p in first["items"] + second["items"]] == ["Lê Thị Mai", "Trần Văn Nam"]
    assert second["next_cursor"] == ""


def test_an_identifier_leads_to_its_person_in_any_form_people_write(
    caller: Caller, told: int
) -> None:
    for identifier in ("email:MAI@example.vn", "phone:0912 345 678", "user:KH01"):
        _, found = caller.get("profiles", identifier=identifier)
        assert [person["name"] for person in found["items"]] == ["Lê Thị Mai"], identifier

    status, nobody = caller.get("profiles", identifier="email:khong-co@example.vn")
    assert (status, nobody["items"], nobody["total"]) == (200, [], 0)


def test_an_identifier_of_no_known_kind_is_refused(caller: Caller, told: int) -> None:
    status, body = caller.get("profiles", identifier="emial:mai@example.vn")

    assert status == 422
    assert body["error"]["code"] == "profiles.unknown_identifier"
    assert body["error"]["hint"] == "Did you mean email?"


def test_one_person_is_whole_with_who_said_what_and_when(caller: Caller, told: int) -> None:
    _, found = caller.get("profiles", identifier="user:KH01")
    status, mai = caller.get(f"profiles/{found['items'][0]['id']}")

    assert status == 200
    assert {f"{one['kind']}:{one['value']}" for one in mai["identifiers"]} == {
        "user:KH01",
        "email:mai@example.vn",
        "phone:+84912345678",
        "anonymous:may-cua-mai",
    }
    [name] = [trait for trait in mai["traits"] if trait["name"] == "name"]
    assert name["value"] == "Lê Thị Mai"
    assert [(said["source_id"], said["message_id"]) for said in name["said"]] == [(told, "m-2")]
    assert name["said"][0]["at"] == "2026-11-18T02:05:00Z"
    began = {"stage": "new", "at": "2026-11-18T02:10:00Z", "cause": "first_order"}
    assert mai["classes"]["stages"][-1] == began
    assert mai["classes"]["value_tier"] == "member"
    assert mai["classes"]["order_rhythm"] is None, "one order is no habit"


def test_the_timeline_is_newest_first_over_all_identifiers_and_pages(
    caller: Caller, told: int
) -> None:
    _, found = caller.get("profiles", identifier="user:KH01")
    path = f"profiles/{found['items'][0]['id']}/timeline"

    _, whole = caller.get(path)
    _, first = caller.get(path, limit=2)
    _, rest = caller.get(path, limit=2, cursor=first["next_cursor"])

    names = [event["message_id"] for event in whole["items"]]
    assert names == ["m-3", "m-2", "m-1"]
    assert [e["message_id"] for e in first["items"] + rest["items"]] == names
    assert rest["next_cursor"] == ""
    order = whole["items"][0]["order"]
    assert order["number"] == "HD1"
    assert order["lines"][0]["amount"] == {"amount": "190000", "minor": 190000, "currency": "VND"}


def test_the_timeline_shows_one_kind_when_asked(caller: Caller, told: int) -> None:
    _, found = caller.get("profiles", identifier="user:KH01")
    path = f"profiles/{found['items'][0]['id']}/timeline"

    _, orders = caller.get(path, type="order")
    _, views = caller.get(path, type="view")

    assert [event["name"] for event in orders["items"]] == ["Order Completed"]
    assert [event["message_id"] for event in views["items"]] == ["m-1"]


def test_somebody_who_does_not_exist_is_not_found(caller: Caller, told: int) -> None:
    for number in (0, 404, 2**63, -1, 10**30):
        for path in (f"profiles/{number}", f"profiles/{number}/timeline"):
            status, body = caller.get(path)
            assert (status, body["error"]["code"]) == (404, "profiles.not_found"), path


def test_an_altered_cursor_is_refused_in_words(caller: Caller, told: int) -> None:
    _, found = caller.get("profiles", identifier="user:KH01")
    for path in ("profiles", f"profiles/{found['items'][0]['id']}/timeline"):
        for cursor in ("x", "%00", "W10", "WzEsMl0", "ế", "WyIyMDI2LTExLTE4VDAyOjAwOjAwIiwxXQ"):
            status, body = caller.get(path, cursor=cursor)
            assert status == 422, (path, cursor)
            assert body["error"]["code"] in ("profiles.bad_cursor", "api.bad_cursor")


def test_a_sealed_value_comes_masked_and_never_open(caller: Caller, told: int) -> None:
    from khachquen.unify.models import Node, Trait
    from khachquen.unify.traits import load_registry
    from khachquen.unify.traits.vault import installed_keys, save_boxes

    of_mai = Node.objects.get(key="user:KH01")
    said = {"cccd": "079195012345"}
    boxes = load_registry().sealer.seal(said, installed_keys().get, "1:m")
    save_boxes(boxes, at=of_mai.last_seen)
    Trait.objects.create(
        node_id=of_mai.id, name="cccd", source_id=told, value=f'"{said["cccd"]}"',
        at=of_mai.last_seen, message_id="m-cccd",
    )  # fmt: skip

    _, mai = caller.get(f"profiles/{of_mai.profile_id}")

    [number] = [trait for trait in mai["traits"] if trait["name"] == "national_id"]
    assert number["value"] == number["said"][0]["value"] == "0791******45"
    assert "079195012345" not in str(mai)
