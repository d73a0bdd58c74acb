"""What a shop writes of its classes: taken whole, or refused with the place and the reason."""

from copy import deepcopy
from typing import Any

import pytest

from khachquen.base import InputError
from khachquen.understand.classes.data import as_data, read_classes
from khachquen.understand.query.classes import DEFAULT_CLASSES, Cuts

TOLD = as_data(DEFAULT_CLASSES)


def changed(path: str, value: Any) -> dict[str, Any]:
    told: Any = deepcopy(TOLD)
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inner = told
    for step in steps:
        inner = inner[step]
    inner[last] = value
    return dict(told)


def test_what_comes_with_khachquen_is_data_and_back() -> None:
    cuts = Cuts((1, 2, 3, 4), (1, 2, 3, 4), (10, 20, 30, 40))

    assert read_classes(TOLD) == DEFAULT_CLASSES
    assert read_classes(TOLD, cuts).cuts == cuts


def test_tiers_stand_by_amount_whatever_order_they_were_written_in() -> None:
    told = changed("tiers", [*reversed(TOLD["tiers"])])

    assert [tier.key for tier in read_classes(told).tiers] == ["vip", "gold", "silver", "member"]


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        ("new_days", 0, "new_days", "0 không phải số từ 1 đến 3.650."),
        ("lost_days", 60, "lost_days", "Phải sau khi hết “đang mua”: hơn 60 ngày."),
        ("least_orders", 1, "least_orders", "1 không phải số từ 2 đến 20."),
        ("tiers", [], "tiers", "Cần từ 1 đến 12 nhóm."),
        ("tiers.1.label", {"vi": " "}, "tiers[1].label", "Cần một cái tên, nhiều nhất 60 chữ."),
        ("tiers.1.label", {"vi": "vip"}, "tiers[1].label", "“vip” đã dùng ở trên."),
        ("tiers.2.least", 5_000_000, "tiers[2].least", "“5000000” đã dùng ở trên."),
        ("tiers.0.least", "1", "tiers[0].least", "'1' không phải số từ 1 đến 1.000.000.000.000."),
        ("rfm.0.money", [5, 3], "rfm[0].money", "Điểm từ 1 đến 5, số nhỏ trước, ví dụ 3-5."),
        ("stages.new", {"vi": ""}, "stages.new", "Cần một cái tên, nhiều nhất 60 chữ."),
        ("stages.new", {"vi": "Đang mua"}, "stages.active", "“đang mua” đã dùng ở trên."),
    ],
)
def test_what_is_wrong_says_where(path: str, value: Any, place: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        read_classes(changed(path, value))

    assert (refused.value.path, refused.value.message.vi) == (place, words)
