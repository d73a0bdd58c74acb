"""A trait added on a page a minute ago: understood in a file, on the person, in the list."""

from pathlib import Path

import pytest
from django.conf import settings

from khachquen.base import Config
from khachquen.flows.import_file import import_file
from khachquen.unify.models import Profile, Trait
from khachquen.unify.profiles import find_profile
from khachquen.unify.profiles.saying import values_of
from khachquen.unify.traits import load_registry
from khachquen.unify.traits.declaring import Wish, add_attribute
from tests.clock import FrozenClock

pytestmark = pytest.mark.django_db(transaction=True)
HOA = "hoa@example.vn"
LIST = """\
Mã khách hàng,Họ và tên,Điện thoại,Ngày cưới,Số CCCD,Ghi gì đó
KH01,Nguyễn Thị Hoa,0912345678,24/12/2019,079195012345,abc
KH02,Trần Văn Nam,0987654321,ba mươi,,
"""


def test_a_column_headed_by_the_new_traits_name_is_that_trait(
    data: Path, clock: FrozenClock
) -> None:
    wish = Wish("Ngày cưới", "Wedding day", kind="date", pii="linkable", in_list=True)
    add_attribute(wish, actor=HOA, at=clock())
    file = data / "khach.csv"
    file.write_text(LIST, encoding="utf-8")

    done = import_file(Config(data), file, kind="customers", clock=clock)

    assert done["columns"]["Ngày cưới"] == "trait:ngay_cuoi"
    assert done["columns"]["Số CCCD"] == "trait:national_id"
    assert done["ignored_columns"] == ["Ghi gì đó"]
    hoa, nam = find_profile("user:KH01"), find_profile("user:KH02")
    assert hoa is not None
    assert nam is not None
    assert hoa.trait("ngay_cuoi") == "2019-12-24"
    [wedding] = [trait for trait in nam.traits if trait.name == "ngay_cuoi"]
    assert wedding.value == "ba mươi", "what cannot be read is kept as it came"
    assert wedding.said[0].problem is not None
    assert wedding.said[0].problem.vi == "'ba mươi' không phải là ngày. Viết như 31/12/1990."
    ids = list(Profile.objects.values_list("id", flat=True))
    shown = values_of(ids, "ngay_cuoi", load_registry(), now=clock())
    assert shown == {hoa.row.id: "2019-12-24", nam.row.id: "ba mươi"}
    assert "079195012345" not in str(list(Trait.objects.values_list("value", flat=True)))
    assert values_of(ids, "national_id", load_registry(), now=clock()) == {}
    assert settings.CONFIG.data != data
