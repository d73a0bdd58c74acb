"""User agents as they are met in Vietnam, and what each of them is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.collect.enrichment import ROBOT_KINDS
from khachquen.collect.enrichment.clients import find_client, read_client
from khachquen.collect.event.event import Client

KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko)"
)
SAMSUNG = (
    f"Mozilla/5.0 (Linux; Android 12; SM-A525F Build/SP1A.210812.016; wv) {KHTML} Version/4.0 "
    "Chrome/120.0.6099.230 Mobile Safari/537.36"
)
DESKTOP = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KHTML} Chrome/140.0.0.0 Safari/537.36"
CURL = "curl/8.5.0"

PEOPLE = {
    # user agent: device, model, system, browser, app
    DESKTOP: ("desktop", None, "Windows", "Chrome", None),
    f"{DESKTOP} Edg/140.0.0.0": ("desktop", None, "Windows", "Edge", None),
    f"{DESKTOP} OPR/108.0.0.0": ("desktop", None, "Windows", "Opera", None),
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KHTML} coc_coc_browser/117.0.206 "
    "Chrome/111.0.5563.206 Safari/537.36": ("desktop", None, "Windows", "Cốc Cốc", None),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Safari/605.1.15": ("desktop", None, "macOS", "Safari", None),
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": (
        "desktop",
        None,
        "Linux",
        "Firefox",
        None,
    ),
    f"Mozilla/5.0 (Linux; Android 10; K) {KHTML} Chrome/140.0.0.0 Mobile Safari/537.36": (
        "mobile",
        None,
        "Android",
        "Chrome",
        None,
    ),
    f"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-A536E) {KHTML} SamsungBrowser/25.0 "
    "Chrome/121.0.0.0 Mobile Safari/537.36": (
        "mobile",
        "Samsung SM-A536E",
        "Android",
        "Samsung Internet",
        None,
    ),
    f"Mozilla/5.0 (Linux; Android 13; SM-X200) {KHTML} Chrome/124.0.0.0 Safari/537.36": (
        "tablet",
        "SM-X200",
        "Android",
        "Chrome",
        None,
    ),
    # A phone whose maker has "bot" in its name.
    f"Mozilla/5.0 (Linux; Android 9; CUBOT X19) {KHTML} Chrome/90.0 Mobile Safari/537.36": (
        "mobile",
        "X19",
        "Android",
        "Chrome",
        None,
    ),
    f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1": (
        "mobile",
        "iPhone",
        "iOS",
        "Safari",
        None,
    ),
    "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/16.6 Mobile/15E148 Safari/604.1": ("tablet", "iPad", "iOS", "Safari", None),
    "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) "
    "76.0.3809.146/6.0 TV Safari/537.36": ("tv", "Samsung SMART-TV", "Tizen", "Safari", None),
    # Pages open inside other apps.
    f"{SAMSUNG} Zalo android/12100625 ZaloTheme/light ZaloLanguage/vi": (
        "mobile",
        "Samsung SM-A525F",
        "Android",
        "Chrome",
        "Zalo",
    ),
    f"{IPHONE} Mobile/15E148 Zalo iOS/470 ZaloTheme/light ZaloLanguage/vn": (
        "mobile",
        "iPhone",
        "iOS",
        "Safari",
        "Zalo",
    ),
    f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/445.0.0.34.118;FBDV/iPhone14,5;FBLC/vi_VN]": (
        "mobile",
        "iPhone",
        "iOS",
        "Safari",
        "Facebook",
    ),
    f"{SAMSUNG} [FB_IAB/FB4A;FBAV/467.0.0.0.1;]": (
        "mobile",
        "Samsung SM-A525F",
        "Android",
        "Chrome",
        "Facebook",
    ),
    f"{SAMSUNG} [FB_IAB/Orca-Android;FBAV/460.0.0.1;]": (
        "mobile",
        "Samsung SM-A525F",
        "Android",
        "Chrome",
        "Messenger",
    ),
    f"{IPHONE} Mobile/21D50 Instagram 320.0.0.0 (iPhone14,5; iOS 17_3; vi_VN; scale=3.00)": (
        "mobile",
        "iPhone",
        "iOS",
        "Safari",
        "Instagram",
    ),
    f"{SAMSUNG} trill_350603 JsSdk/1.0 AppName/trill Region/VN BytedanceWebview/d8a21c6": (
        "mobile",
        "Samsung SM-A525F",
        "Android",
        "Chrome",
        "TikTok",
    ),
    f"{IPHONE} Mobile/15E148 Safari/604.1 musical_ly_41.9.0": (
        "mobile",
        "iPhone",
        "iOS",
        "Safari",
        "TikTok",
    ),
    f"{IPHONE} GSA/320.0.640 Mobile/15E148 Safari/604.1": (
        "mobile",
        "iPhone",
        "iOS",
        "Safari",
        "Google",
    ),
    f"{SAMSUNG} AliApp(LA/7.12.0) TTID/600000@lazada_android_7.12.0": (
        "mobile",
        "Samsung SM-A525F",
        "Android",
        "Chrome",
        "Lazada",
    ),
}

ROBOTS = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": (
        "Googlebot",
        "search",
    ),
    f"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) {KHTML} Chrome/140.0.0.0 Mobile "
    "Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": (
        "Googlebot",
        "search",
    ),
    "Mozilla/5.0 (compatible; coccocbot-web/1.0; +http://help.coccoc.com/searchengine)": (
        "coccocbot",
        "search",
    ),
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)": (
        "bingbot",
        "search",
    ),
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)": (
        "FacebookBot",
        "preview",
    ),
    "Zalo-win32-24v294": ("Zalo", "preview"),
    "TelegramBot (like TwitterBot)": ("TelegramBot", "preview"),
    "WhatsApp/2.23.20.0": ("WhatsApp", "preview"),
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)": ("AhrefsBot", "seo"),
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; "
    "+https://openai.com/gptbot)": ("GPTBot", "ai"),
    "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)": (
        "UptimeRobot",
        "monitor",
    ),
    DESKTOP.replace("Chrome/", "HeadlessChrome/"): ("HeadlessChrome", "automation"),
    f"{DESKTOP} BingPreview/1.0b": ("BingPreview", "preview"),
    f"{DESKTOP} Chrome-Lighthouse": ("Lighthouse", "monitor"),
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.4954; Pro)": (
        "SafeLinks",
        "scanner",
    ),
    "Mozilla/5.0 (Windows; U; Windows NT 5.1; de; rv:1.9.0.7) Gecko/2009021910 Firefox/3.0.7 "
    "(via ggpht.com GoogleImageProxy)": ("GoogleImageProxy", "preview"),
    CURL: ("curl", "library"),
    "python-requests/2.32.3": ("python-requests", "library"),
    "python-httpx/0.27.0": ("httpx", "library"),
    "okhttp/4.12.0": ("okhttp", "library"),
    "GuzzleHttp/7": ("Guzzle", "library"),
    "Go-http-client/1.1": ("Go-http-client", "library"),
    "PostmanRuntime/7.36.0": ("Postman", "library"),
}


@pytest.mark.parametrize(("user_agent", "told"), PEOPLE.items())
def test_what_people_use(user_agent: str, told: tuple[str | None, ...]) -> None:
    found = read_client(user_agent)

    assert (found.device, found.model, found.os, found.browser, found.in_app) == told
    assert (found.robot, found.robot_kind, found.counts) == (None, None, True)


@pytest.mark.parametrize(("user_agent", "told"), ROBOTS.items())
def test_what_robots_are_called(user_agent: str, told: tuple[str, str]) -> None:
    found = read_client(user_agent)

    assert (found.robot, found.robot_kind) == told
    assert (found.device, found.browser, found.in_app, found.counts) == (None, None, None, False)


def test_every_kind_of_robot_has_a_name_for_people() -> None:
    assert {kind for _, kind in ROBOTS.values()} <= set(ROBOT_KINDS)
    assert all(words.vi and words.en for words in ROBOT_KINDS.values())


def of(context: dict[str, Any], sent_with: str | None = None, *, trusted: bool = False) -> Client:
    return find_client(context, sent_with, trusted=trusted)


def test_what_the_message_says_of_its_browser_goes_before_the_request() -> None:
    assert of({"userAgent": DESKTOP}, CURL).browser == "Chrome"
    assert of({"userAgent": CURL}, DESKTOP).robot_kind == "library"
    assert of({}, DESKTOP).browser == "Chrome"


@pytest.mark.parametrize("sent_with", [CURL, "may-ban-hang/2", "", None])
def test_a_program_that_sends_by_a_public_key_is_marked_and_still_counts(
    sent_with: str | None,
) -> None:
    found = of({}, sent_with)

    assert found.robot == {CURL: "curl", "may-ban-hang/2": "may-ban-hang"}.get(sent_with or "", "—")
    assert (found.robot_kind, found.counts) == ("program", True)


def test_a_client_library_and_a_trusted_server_are_no_programs_of_that_kind() -> None:
    library = {"library": {"name": "analytics-python", "version": "2.4.0"}}

    assert of(library, "analytics-python/2.4.0") == Client()
    assert of({}, CURL, trusted=True) == Client()
    assert of({}, None, trusted=True) == Client()


def test_a_crawler_is_one_whoever_sends_it_and_whatever_library_it_loads() -> None:
    crawler = next(iter(ROBOTS))
    library = {"library": {"name": "analytics.js"}}

    assert of(library, crawler).robot == "Googlebot"
    assert of({"userAgent": crawler}, trusted=True).robot == "Googlebot"


def test_hints_say_what_the_text_has_stopped_saying() -> None:
    reduced = f"Mozilla/5.0 (Linux; Android 10; K) {KHTML} Chrome/140.0.0.0 Mobile Safari/537.36"
    hints = {
        "brands": [
            {"brand": "Not)A;Brand", "version": "8"},
            {"brand": "Chromium", "version": "140"},
            {"brand": "CocCoc", "version": "140"},
        ],
        "mobile": True,
        "platform": "Android",
        "model": "SM-S918B",
    }

    found = of({"userAgent": reduced, "userAgentData": hints})

    assert (found.browser, found.model, found.os) == ("Cốc Cốc", "SM-S918B", "Android")
    tablet = of({"userAgent": reduced, "userAgentData": {**hints, "mobile": False}})
    assert tablet.device == "tablet"
    headless = {"brands": [{"brand": "HeadlessChrome", "version": "140"}]}
    assert of({"userAgent": DESKTOP, "userAgentData": headless}).robot == "HeadlessChrome"


def test_a_phone_app_tells_its_device_itself() -> None:
    context = {
        "library": {"name": "analytics-kotlin"},
        "os": {"name": "Android", "version": "13"},
        "device": {"manufacturer": "samsung", "model": "SM-A536E", "type": "android"},
    }

    found = of(context, "Dalvik/2.1.0 (Linux; U; Android 13; SM-A536E Build/TP1A)")

    assert (found.device, found.model, found.os) == ("mobile", "SM-A536E", "Android")
    assert found.robot is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(["userAgent", "userAgentData", "os", "device", "library", "app"])
HINTS = st.fixed_dictionaries(
    {}, optional={"brands": JSON, "mobile": JSON, "platform": JSON, "model": JSON}
)


@given(st.text(max_size=2000))
def test_any_text_may_be_a_user_agent(text: str) -> None:
    found = read_client(text)

    assert found == read_client(text)
    assert all(not value or 0 < len(value) <= 60 for value in (found.model, found.robot, found.os))


@given(st.dictionaries(KEYS, JSON | HINTS), st.none() | st.text(), st.booleans())
def test_any_context_may_come(context: dict[str, Any], text: str | None, trusted: bool) -> None:
    assert isinstance(of(context, text, trusted=trusted), Client)
