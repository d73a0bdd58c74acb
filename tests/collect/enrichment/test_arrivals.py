"""Links as shops, networks and apps write them, and the channel each of them means."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.collect.enrichment import CHANNELS
from khachquen.collect.enrichment.arrivals import find_arrival
from khachquen.collect.enrichment.tables import CLICKS, KINDS, MEDIUMS, SITES, WORDS
from khachquen.collect.event.event import Arrival, Page

SHOP = "https://nhamay.vn/ao"
GOOGLE = "https://www.google.com.vn/"
FACEBOOK = "https://l.facebook.com/l.php?u=x"


def came(
    query: str = "", referrer: str | None = None, *, in_app: str | None = None, **context: Any
) -> Arrival:
    url = f"{SHOP}?{query}" if query else SHOP
    return find_arrival(Page(url=url, referrer=referrer), context, in_app)


TAGGED = {
    "utm_source=google&utm_medium=cpc": ("paid_search", "google"),
    "utm_source=Google&utm_medium=CPC": ("paid_search", "google"),
    "utm_source=coccoc&utm_medium=ads": ("paid_search", "coccoc"),
    "utm_source=google&utm_medium=organic": ("organic_search", "google"),
    "utm_source=fb_ads&utm_medium=paid_social": ("paid_social", "facebook"),
    "utm_source=facebook&utm_medium=cpc": ("paid_social", "facebook"),
    "utm_source=tiktok&utm_medium=quảng cáo": ("paid_social", "tiktok"),
    "utm_source=facebook&utm_medium=post": ("organic_social", "facebook"),
    "utm_source=facebook": ("organic_social", "facebook"),
    "utm_source=zalo&utm_medium=zalo&utm_campaign=zalo&zarsrc=30&gidzl=gzlKVx88": ("zalo", "zalo"),
    "utm_source=zalo&utm_medium=cpc": ("paid_social", "zalo"),
    "utm_source=crm&utm_medium=zns": ("zalo", "crm"),
    "utm_source=crm&utm_medium=sms": ("sms", "crm"),
    "utm_source=nhamay&utm_medium=Email": ("email", "nhamay"),
    "utm_source=newsletter": ("email", "newsletter"),
    "utm_source=accesstrade&utm_medium=cps": ("affiliate", "accesstrade"),
    "utm_source=youtube&utm_medium=video": ("video", "youtube"),
    "utm_source=admicro&utm_medium=banner": ("display", "admicro"),
    "utm_source=vnexpress&utm_medium=cpc": ("display", "vnexpress"),
    "utm_source=to-roi-quan-1&utm_medium=qr": ("offline", "to-roi-quan-1"),
    "utm_source=cho-tot&utm_medium=cpa": ("marketplace", "chotot"),
    "utm_source=bao-xuan&utm_medium=cpc": ("paid_other", "bao-xuan"),
    "utm_source=chatgpt.com": ("ai", "chatgpt"),
    "utm_source=bao-xuan": ("other", "bao-xuan"),
    "utm_campaign=tet": ("other", None),
    "utm_source=onesignal&utm_medium=push": ("push", "onesignal"),
}
CLICKED = {
    "gclid=Cj0KCQ": ("paid_search", "google", "gclid", "Cj0KCQ"),
    "gbraid=0AAA": ("paid_search", "google", "gbraid", "0AAA"),
    "wbraid=Clk": ("paid_search", "google", "wbraid", "Clk"),
    "msclkid=9a": ("paid_search", "bing", "msclkid", "9a"),
    "dclid=CM": ("display", "googleads", "dclid", "CM"),
    "ttclid=E.C": ("paid_social", "tiktok", "ttclid", "E.C"),
    "li_fat_id=1": ("paid_social", "linkedin", "li_fat_id", "1"),
    "ScCid=b1": ("paid_social", "snapchat", "sccid", "b1"),
    "fbclid=IwAR0": ("organic_social", "facebook", "fbclid", "IwAR0"),
    "igsh=MzR": ("organic_social", "instagram", "igsh", "MzR"),
    "gidzl=HAA2": ("zalo", "zalo", "gidzl", "HAA2"),
    "zarsrc=1303": ("zalo", "zalo", "zarsrc", "1303"),
    "mc_eid=77": ("email", "mailchimp", "mc_eid", "77"),
}
REFERRED = {
    GOOGLE: ("organic_search", "google"),
    "https://coccoc.com/search?query=ao": ("organic_search", "coccoc"),
    "https://www.bing.com/": ("organic_search", "bing"),
    FACEBOOK: ("organic_social", "facebook"),
    "https://m.facebook.com/": ("organic_social", "facebook"),
    "android-app://com.google.android.googlequicksearchbox/": ("organic_search", "google"),
    "android-app://com.google.android.gm/": ("email", "gmail"),
    "https://mail.google.com/mail/u/0/": ("email", "gmail"),
    "https://chat.zalo.me/": ("zalo", "zalo"),
    "https://www.tiktok.com/": ("organic_social", "tiktok"),
    "https://www.youtube.com/watch?v=1": ("video", "youtube"),
    "https://shopee.vn/nhamay": ("marketplace", "shopee"),
    "https://vnexpress.net/thoi-trang": ("referral", "vnexpress"),
    "https://chatgpt.com/": ("ai", "chatgpt"),
    "https://blog.maymac.com.vn/ao-dai": ("referral", "maymac.com.vn"),
    "https://nhamay.vn/": ("internal", None),
    "https://www.nhamay.vn/gio-hang": ("internal", None),
    "https://blog.nhamay.vn/": ("internal", None),
    "https://sandbox.vnpayment.vn/paymentv2/": ("internal", None),
    "https://accounts.google.com/": ("internal", None),
    "$direct": ("direct", None),
    "javascript:alert(1)": ("direct", None),
    "": ("direct", None),
}


@pytest.mark.parametrize(("query", "told"), TAGGED.items())
def test_the_links_own_tags(query: str, told: tuple[str, str | None]) -> None:
    found = came(query)

    assert (found.channel, found.came_from) == told


@pytest.mark.parametrize(("query", "told"), CLICKED.items())
def test_the_click_ids_of_networks(query: str, told: tuple[str, ...]) -> None:
    found = came(query)

    assert (found.channel, found.came_from, found.click_kind, found.click_id) == told


@pytest.mark.parametrize(("referrer", "told"), REFERRED.items())
def test_the_page_before(referrer: str, told: tuple[str, str | None]) -> None:
    found = came(referrer=referrer)

    assert (found.channel, found.came_from) == told
    assert (found.source, found.click_id) == (None, None)


@pytest.mark.parametrize(
    ("app", "told"),
    [
        ("Zalo", ("zalo", "zalo")),
        ("Facebook", ("organic_social", "facebook")),
        ("Messenger", ("messaging", "messenger")),
        ("TikTok", ("organic_social", "tiktok")),
        ("Shopee", ("marketplace", "shopee")),
        ("Google", ("organic_search", "google")),
        ("MoMo", ("direct", None)),
    ],
)
def test_an_app_that_tells_no_referrer_is_the_origin_itself(
    app: str, told: tuple[str, str | None]
) -> None:
    assert (came(in_app=app).channel, came(in_app=app).came_from) == told
    assert came(referrer="https://nhamay.vn/", in_app=app).channel == "internal"


def test_tags_go_before_click_ids_before_referrers_before_apps() -> None:
    everything = "utm_source=crm&utm_medium=sms&gclid=Cj0"

    assert came(everything, GOOGLE, in_app="Zalo").channel == "sms"
    assert came("gclid=Cj0", FACEBOOK, in_app="Zalo").channel == "paid_search"
    assert came("", FACEBOOK, in_app="Zalo").channel == "organic_social"
    assert came("", None, in_app="Zalo").channel == "zalo"
    assert came().channel == "direct"


def test_a_paid_click_id_lifts_a_tag_that_names_no_medium() -> None:
    assert came("utm_source=google&gclid=Cj0").channel == "paid_search"
    assert came("utm_source=facebook&fbclid=Iw").channel == "organic_social"
    assert came("utm_source=facebook&utm_medium=cpc&fbclid=Iw").channel == "paid_social"


def test_a_tag_that_says_nothing_leaves_it_to_the_page_before() -> None:
    found = came("utm_source=bao-xuan", FACEBOOK)

    assert (found.channel, found.came_from) == ("organic_social", "bao-xuan")


def test_the_campaign_is_kept_as_it_was_tagged() -> None:
    query = (
        "utm_source=Zalo_OA&utm_medium=ZNS&utm_campaign=T%E1%BA%BFt+2027"
        "&utm_term=%C3%A1o%20d%C3%A0i&utm_content=banner-1"
    )

    assert came(query) == Arrival(
        channel="zalo",
        came_from="zalo",
        source="Zalo_OA",
        medium="ZNS",
        campaign="Tết 2027",
        term="áo dài",
        content="banner-1",
    )


def test_what_the_client_says_of_the_campaign_goes_before_the_address() -> None:
    told = {"source": "crm", "medium": "email", "name": "tet"}

    found = came("utm_source=google&utm_medium=cpc&utm_term=ao", campaign=told)

    assert (found.channel, found.source, found.campaign, found.term) == (
        "email",
        "crm",
        "tet",
        "ao",
    )


def test_a_click_id_told_beside_the_address_counts_as_one_in_it() -> None:
    assert came(clickIds={"gclid": "Cj0"}) == came("gclid=Cj0")
    assert came("fbclid=Iw", clickIds={"gclid": "Cj0"}).click_kind == "fbclid"
    assert came(clickIds={"gclid": 7, "other": "x"}).channel == "direct"


def test_the_search_part_is_read_where_the_address_lacks_it() -> None:
    found = came(page={"search": "?utm_source=zalo"})

    assert found.channel == "zalo"


def test_an_event_without_page_and_campaign_came_no_way() -> None:
    assert find_arrival(Page(title="Áo"), {"campaign": {}}, "Zalo") == Arrival()


def test_the_lists_agree_with_one_another() -> None:
    assert {site.kind for site in SITES.values()} - {"passage"} == set(KINDS)
    assert {click.site for click in CLICKS.values()} <= set(SITES)
    assert set(MEDIUMS.values()) - {"paid", "organic"} <= set(CHANNELS)
    assert {channel for kind in KINDS.values() for channel in kind.values()} <= set(CHANNELS)
    assert all(word == word.lower() and "_" not in word for word in (*MEDIUMS, *WORDS))
    assert all(words.vi and words.en for words in CHANNELS.values())


ANY = st.text(max_size=300)


@given(ANY, ANY, ANY, st.dictionaries(ANY, ANY) | ANY | st.none())
def test_any_address_and_campaign_may_come(
    query: str, referrer: str, app: str, campaign: Any
) -> None:
    for url in (query, f"https://nhamay.vn/?{query}", f"https://{query}"):
        found = find_arrival(
            Page(url=url, referrer=f"https://{referrer}"), {"campaign": campaign}, app
        )
        assert found.channel in {*CHANNELS, None}
        assert found.click_id is None or found.click_kind in CLICKS
