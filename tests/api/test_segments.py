"""Segments by REST: made, read, changed, put away; who belongs and who came and went."""

from django.conf import settings

from khachquen.flows.engine import Engine
from khachquen.unify.models import Node
from tests.api.conftest import Caller
from tests.clock import FrozenClock

BUYERS = {"kind": "did", "event": "Order Completed"}


def follow(clock: FrozenClock) -> None:
    """What the engine does within seconds."""
    engine = Engine(settings.CONFIG, clock)
    while engine.follow():
        pass
    engine.close()


def test_a_segment_is_made_and_its_members_are_there(
    caller: Caller, told: int, clock: FrozenClock
) -> None:
    status, made = caller.post("segments", {"name": " Người  mua ", "rule": BUYERS})
    assert (status, made["name"], made["kind"]) == (200, "Người mua", "live")
    assert (made["state"], made["size"], made["as_of"]) == ("waiting", 0, None)

    follow(clock)
    _, found = caller.get(f"segments/{made['id']}")
    assert (found["state"], found["size"], found["created_by"]) == ("live", 1, "hoa@example.vn")
    _, page = caller.get(f"segments/{made['id']}/members")
    mai = Node.objects.get(key="email:mai@example.vn").profile_id
    [member] = page["items"]
    assert (member["profile_id"], member["email"], member["cause"]) == (
        mai,
        "mai@example.vn",
        "rule",
    )
    _, came = caller.get(f"segments/{made['id']}/changes")
    assert [(one["profile_id"], one["is_in"]) for one in came["items"]] == [(mai, True)]
    _, history = caller.get(f"segments/{made['id']}/history")
    assert [(day["size"], day["entered"]) for day in history["sizes"]] == [(1, 1)]
    assert [version["number"] for version in history["versions"]] == [1]


def test_pages_of_members_follow_one_another(caller: Caller, told: int, clock: FrozenClock) -> None:
    _, made = caller.post("segments", {"name": "Mọi người", "rule": {"kind": "all", "of": []}})
    follow(clock)
    _, first = caller.get(f"segments/{made['id']}/members", limit=1)
    _, rest = caller.get(f"segments/{made['id']}/members", cursor=first["next_cursor"])
    _, whole = caller.get(f"segments/{made['id']}/members")
    assert len(first["items"]) == 1
    assert first["items"] + rest["items"] == whole["items"]
    assert caller.get(f"segments/{made['id']}/members", cursor="x")[1]["error"]["code"] == (
        "api.bad_cursor"
    )


def test_why_somebody_is_in_is_told_by_condition(
    caller: Caller, told: int, clock: FrozenClock
) -> None:
    rule = {"kind": "all", "of": [BUYERS, {"kind": "not", "of": BUYERS}]}
    _, made = caller.post("segments", {"name": "Mua rồi", "rule": rule})
    follow(clock)
    mai = Node.objects.get(key="email:mai@example.vn").profile_id
    status, answer = caller.get(f"segments/{made['id']}/explain/{mai}")
    assert (status, answer["holds"]) == (200, False)
    assert [part["holds"] for part in answer["parts"]] == [True, False]
    assert answer["parts"][0]["path"] == "$.of[0]"
    _, listed = caller.post("segments", {"name": "Khách mời"})
    status, answer = caller.get(f"segments/{listed['id']}/explain/{mai}")
    assert (status, answer["error"]["code"]) == (409, "segments.kind")


def test_a_rule_is_tried_and_kept_nowhere(caller: Caller, told: int, clock: FrozenClock) -> None:
    follow(clock)
    status, answer = caller.post("segments/preview", {"rule": BUYERS})
    assert (status, answer["members"]) == (200, 1)
    assert [one["email"] for one in answer["sample"]] == ["mai@example.vn"]
    assert caller.get("segments")[1]["items"] == []


def test_a_rule_that_cannot_be_asked_is_refused_with_its_place(caller: Caller) -> None:
    rule = {"kind": "all", "of": [{"kind": "trait", "trait": "gendre", "is": "is", "value": "x"}]}
    status, answer = caller.post("segments", {"name": "Nữ", "rule": rule})
    assert (status, answer["error"]["path"]) == (422, "$.of[0].trait")
    assert "gender" in answer["error"]["hint"]
    assert caller.get("segments")[1]["items"] == []


def test_names_are_taken_once_and_circles_are_refused(caller: Caller) -> None:
    _, one = caller.post("segments", {"name": "Người mua", "rule": BUYERS})
    status, answer = caller.post("segments", {"name": "người MUA", "rule": BUYERS})
    assert (status, answer["error"]["code"]) == (409, "segments.taken")

    asked = {"kind": "segment", "segment": one["id"]}
    _, other = caller.post("segments", {"name": "Mua lại", "rule": asked})
    status, answer = caller.put(
        f"segments/{one['id']}",
        {"name": "Người mua", "rule": {"kind": "segment", "segment": other["id"]}},
    )
    assert (status, answer["error"]["code"]) == (409, "segments.circle")
    status, answer = caller.post(f"segments/{one['id']}/archive", {})
    assert (status, answer["error"]["code"]) == (409, "segments.in_use")
    assert caller.get(f"segments/{one['id']}")[1]["version"] == 1


def test_a_list_by_hand_is_filled_emptied_and_put_away(
    caller: Caller, told: int, clock: FrozenClock
) -> None:
    mai = Node.objects.get(key="email:mai@example.vn").profile_id
    _, made = caller.post("segments", {"name": "Khách mời"})
    assert made["kind"] == "static"
    path = f"segments/{made['id']}"
    assert caller.post(f"{path}/members/add", {"profile_ids": [mai, 999]}) == (200, {"people": 1})
    follow(clock)
    assert [one["cause"] for one in caller.get(f"{path}/members")[1]["items"]] == ["manual"]
    _, buyers = caller.post("segments", {"name": "Người mua", "rule": BUYERS})
    follow(clock)
    overlap = caller.get(f"{path}/overlap/{buyers['id']}")[1]
    [both] = overlap.pop("parts")
    assert overlap == {"both": 1, "only_one": 0, "only_other": 0}
    assert (both["part"], both["people"], both["buyers"]) == ("both", 1, 1)
    assert caller.post(f"{path}/members/remove", {"profile_ids": [mai]})[1] == {"people": 1}
    status, answer = caller.post(f"segments/{buyers['id']}/members/add", {"profile_ids": [mai]})
    assert (status, answer["error"]["code"]) == (409, "segments.kind")
    assert caller.post(f"{path}/archive", {})[1]["is_archived"] is True
    assert [one["id"] for one in caller.get("segments", archived=True)[1]["items"]] == [made["id"]]


def test_without_a_token_nothing_is_shown_and_nothing_changes(
    stranger: Caller, caller: Caller
) -> None:
    assert stranger.get("segments")[0] == 401
    assert stranger.post("segments", {"name": "Người mua", "rule": BUYERS})[0] == 401
    assert caller.get("segments")[1]["items"] == []
    assert caller.get("segments/7")[1]["error"]["code"] == "segments.unknown"


def test_counting_can_be_left_out(caller: Caller, told: int, clock: FrozenClock) -> None:
    follow(clock)
    asked = {"rule": {"kind": "all", "of": []}, "sample": 1}
    _, whole = caller.post("segments/preview", asked)
    _, quick = caller.post("segments/preview", asked | {"is_counted": False})
    assert (whole["members"], whole["is_counted"]) == (2, True)
    assert (quick["members"], quick["is_counted"]) == (None, False)
    assert quick["sample"] == whole["sample"]
