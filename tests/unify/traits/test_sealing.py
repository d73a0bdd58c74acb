"""Sealed values: found wherever they stand, told apart unopened, opened by the key alone."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from khachquen.base import UnavailableError
from khachquen.unify.traits.builtin import built_in
from khachquen.unify.traits.keyfile import add_key, make_keys, read_keys
from khachquen.unify.traits.sealer import HIDDEN, Sealer
from khachquen.unify.traits.sealing import SealKeys, is_token, mask, seal, seal_again, unseal

KEYS = SealKeys(b"i" * 32, "k1", {"k1": b"a" * 32})
CCCD = built_in()["national_id"]
INCOME = built_in()["income"]


def sealer() -> Sealer:
    return Sealer(one for one in built_in().values() if one.sealed)


def no_keys() -> SealKeys:
    raise AssertionError("nothing is to be sealed, so no key is asked for")


@pytest.mark.parametrize(
    "told",
    [
        {"cccd": "079195012345"},
        {"Số CCCD": "079195012345"},
        {"soCMND": "079195012345"},
        {"customer": {"national_id": "079195012345"}},
        {"rows": [[{"CCCD/CMND": "079195012345"}]]},
        {"Căn cước công dân": {"number": "079195012345"}},
    ],
)
def test_an_id_number_is_found_in_any_spelling_at_any_depth(told: dict[str, Any]) -> None:
    [box] = sealer().seal(told, lambda: KEYS, "1:m-1")

    assert "079195012345" not in json.dumps(told)
    assert box.token in json.dumps(told)
    assert b"079195012345" not in box.sealed
    assert "079195012345" in json.dumps(unseal(box, KEYS))


def test_what_holds_no_sealed_name_asks_for_no_key_and_is_left_alone() -> None:
    told = {"name": "Nguyễn Thị Hoa", "products": [{"sku": "ao", "price": 120_000}], "cccd": ""}

    assert sealer().seal(told, no_keys, "1:m-1") == []
    assert told == {
        "name": "Nguyễn Thị Hoa", "products": [{"sku": "ao", "price": 120_000}], "cccd": "",
    }  # fmt: skip


def test_one_number_has_one_token_however_it_is_written_and_wherever_it_is_said() -> None:
    first = seal(CCCD, "079195012345", KEYS, said_in="1:m-1")
    again = seal(CCCD, "079 195 012 345", KEYS, said_in="2:m-9")
    other = seal(CCCD, "079195012346", KEYS, said_in="1:m-1")

    assert first.token == again.token != other.token
    assert first.sealed != again.sealed, "two boxes never look alike"


def test_equal_incomes_cannot_be_told_to_be_equal_yet_a_retry_is_the_same() -> None:
    hoa = seal(INCOME, 15_000_000, KEYS, said_in="1:hoa")

    assert hoa.token != seal(INCOME, 15_000_000, KEYS, said_in="1:nam").token
    assert hoa.token == seal(INCOME, 15_000_000, KEYS, said_in="1:hoa").token


def test_a_box_opens_for_its_token_and_its_key_only() -> None:
    box = seal(CCCD, "079195012345", KEYS, said_in="1:m-1")
    other = seal(CCCD, "001203000001", KEYS, said_in="1:m-2")
    swapped = type(box)(other.token, box.trait, box.key_id, box.sealed)

    assert unseal(box, KEYS) == "079195012345"
    assert unseal(swapped, KEYS) is None
    assert unseal(box, SealKeys(KEYS.index, "k1", {"k1": b"b" * 32})) is None
    assert unseal(box, SealKeys(KEYS.index, "k2", {"k2": b"a" * 32})) is None


def test_a_box_moves_to_a_new_key_and_keeps_its_token() -> None:
    box = seal(CCCD, "079195012345", KEYS, said_in="1:m-1")
    keys = SealKeys(KEYS.index, "k2", {**KEYS.keys, "k2": b"c" * 32})

    moved = seal_again(box, keys)

    assert moved is not None
    assert (moved.token, moved.key_id) == (box.token, "k2")
    assert unseal(moved, SealKeys(KEYS.index, "k2", {"k2": b"c" * 32})) == "079195012345"


def test_what_is_sealed_already_is_not_sealed_twice() -> None:
    told = {"cccd": "079195012345"}
    sealer().seal(told, lambda: KEYS, "1:m-1")

    assert sealer().seal(told, no_keys, "1:m-1") == []
    assert is_token(told["cccd"])
    assert not is_token("sealed:national_id:khong phai")


def test_masks_show_a_little_or_nothing() -> None:
    assert mask(CCCD, "079 095 012 345") == "0790******45"
    assert mask(CCCD, "0790") == "********"
    assert mask(INCOME, 15_000_000) == mask(INCOME, 900) == "********"
    assert mask(built_in()["bank_account"], "0071000123456") == "*********3456"


def test_a_refused_message_is_sealed_as_text() -> None:
    raw = json.dumps({"type": "dance", "traits": {"cccd": "079195012345"}}).encode()

    payload, [box] = sealer().seal_payload(raw, lambda: KEYS, "1:m-1")

    assert json.loads(payload) == {"type": "dance", "traits": {"cccd": box.token}}
    assert sealer().seal_payload(b'{"type": "dance"}', no_keys, "1:m") == (b'{"type": "dance"}', [])


def test_of_text_that_is_no_json_numbers_are_blanked_where_a_sealed_name_stands() -> None:
    broken = b'{"cccd": "079195012345", "name'

    assert sealer().seal_payload(broken, no_keys, "1:m") == (b'{"cccd": "************", "name', [])
    assert sealer().seal_payload(b'{"sku": "079195012345', no_keys, "")[0].endswith(b"195012345")


def test_a_message_shown_as_it_came_hides_them() -> None:
    raw = b'{"traits":{"cccd":"079195012345","name":"Hoa"}}'

    assert json.loads(sealer().hide(raw)) == {"traits": {"cccd": HIDDEN, "name": "Hoa"}}
    assert sealer().hide(b'{"a":1}') == b'{"a":1}'


def test_the_key_file_is_for_its_owner_and_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "seal.json"

    assert read_keys(path) is None
    made = make_keys(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert make_keys(path) == made == read_keys(path), "the second maker gets the first one's keys"
    assert list(path.parent.iterdir()) == [path]
    assert len({made.index, *made.keys.values()}) == 2


def test_a_new_key_stands_beside_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "seal.json"
    first = make_keys(path)

    second = add_key(path, first)

    assert (second.active, set(second.keys)) == ("k2", {"k1", "k2"})
    assert read_keys(path) == second
    assert second.index == first.index, "tokens stay what they were"


def test_a_key_file_others_can_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "seal.json"
    make_keys(path)
    path.chmod(0o644)

    with pytest.raises(UnavailableError) as refused:
        read_keys(path)

    assert refused.value.code == "seal.keys_open"
    assert refused.value.hint is not None
    assert refused.value.hint.en == f"Run: chmod 600 {path}"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"index":"x","active":"k1","keys":{}}'])
def test_a_broken_key_file_is_refused_and_not_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "seal.json"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(UnavailableError, match="broken"):
        read_keys(path)

    assert path.read_text() == text


def test_keys_are_not_written_by_accident() -> None:
    assert re.search(r"index|aaaa", repr(KEYS)) is None
    assert os.linesep not in repr(KEYS)
