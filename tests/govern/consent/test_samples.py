"""Words to begin with, for every purpose that comes with KhachQuen."""

import pytest

from khachquen.govern.consent.purposes import BUILT_IN
from khachquen.govern.consent.samples import sample_of


@pytest.mark.parametrize("purpose", BUILT_IN)
def test_each_names_the_shop_in_both_languages_and_says_how_to_stop(purpose: str) -> None:
    words = sample_of(purpose, shop="Gốm Mộc")
    assert words is not None
    assert "Gốm Mộc" in words.vi
    assert "Gốm Mộc" in words.en
    assert "{" not in words.vi + words.en
    if BUILT_IN[purpose].basis != "always":
        assert "bất cứ lúc nào" in words.vi
        assert "at any time" in words.en
    if BUILT_IN[purpose].basis == "consent":
        assert words.vi.startswith("Tôi đồng ý")


def test_advertising_says_how_often_as_the_law_wants() -> None:
    """Law 91/2025, Article 28."""
    words = sample_of("ads", shop="Gốm Mộc")
    assert words is not None
    assert "không quá hai lần mỗi tuần" in words.vi
    assert "at most twice a week" in words.en


def test_a_purpose_of_the_shops_own_has_none() -> None:
    assert sample_of("ban_tin", shop="Gốm Mộc") is None
