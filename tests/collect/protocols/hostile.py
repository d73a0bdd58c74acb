"""What strangers may send: messages and bodies made to break, to hide, or to run somewhere.

``PAYLOADS`` is the whole set as requests; ``payloads(key)`` makes it for a key of your own. Those
of ``SPOILT_MESSAGES`` hold a good message before and after the bad one; the good ones must live.
"""

import base64
import gzip
import json
import zlib
from functools import cache
from typing import NamedTuple

KEY = "kqp_thu-do-doc"
NEIGHBOURS = ("lang-gieng-truoc", "lang-gieng-sau")


class Payload(NamedTuple):
    """One request."""

    protocol: str
    path: str
    headers: dict[str, str]
    body: bytes


_TEXTS = (
    # to run in a page
    "<script>window.hacked=1</script>",
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg/onload=window.hacked=1>",
    "\"><script>window.hacked=1</script>",
    "' onmouseover='window.hacked=1",
    "\" autofocus onfocus=\"window.hacked=1",
    "javascript:window.hacked=1",
    "JaVaScRiPt:window.hacked=1//",
    "java\tscript:window.hacked=1",
    "data:text/html,<script>window.hacked=1</script>",
    "data:text/html;base64,PHNjcmlwdD53aW5kb3cuaGFja2VkPTE8L3NjcmlwdD4=",
    "vbscript:msgbox(1)",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "<a href='javascript:window.hacked=1'>Ấm chén</a>",
    "<math><mtext></mtext><style><img src=x onerror=window.hacked=1></style></math>",
    "<body onload=window.hacked=1>",
    "<template><script>window.hacked=1</script></template>",
    "<!--<img src=x onerror=window.hacked=1>-->",
    "]]><script>window.hacked=1</script>",
    "<x hx-get='/customers' hx-trigger='load'>",
    "<div x-data x-init='window.hacked=1'></div>",
    "<input onfocus=window.hacked=1 autofocus>",
    "&lt;script&gt;window.hacked=1&lt;/script&gt;",
    "＜script＞window.hacked=1＜/script＞",
    "\u2028window.hacked=1\u2029",
    "`${window.hacked=1}`",
    # to run in a template, a shell, a database, a spreadsheet, a log
    "{{7*7}}",
    "{% load static %}{{ settings.SECRET_KEY }}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "%(password)s %s %n %x",
    "'; DROP TABLE store_segment; --",
    "' OR '1'='1",
    "\"; SELECT * FROM read_csv('/etc/passwd'); --",
    "$(touch /tmp/hacked)",
    "`touch /tmp/hacked`",
    "../../../../etc/passwd",
    "file:///etc/passwd",
    "=HYPERLINK(\"https://xau.example\",\"Hoa\")",
    "+SUM(1+1)*cmd|' /C calc'!A0",
    "@SUM(1)",
    "-1+1",
    "a\r\nSet-Cookie: hacked=1",
    "\x1b[2J\x1b[31mđỏ",
    "data: hacked\n\nevent: hacked\n\n",
    "__proto__",
    "constructor",
    "toString",
    # to look like something else
    "\u202egnus\u202c",
    "\u2066Hoa\u2069",
    "H\u200bo\u200ca\u200d\u2060",
    "\ufeffHoa",
    "Hoa\u00ad\u034f",
    "Ho\u0300\u0301\u0302\u0303" * 50,
    "Tr\u00e2\u0300n Thi\u0323 Hoa",
    "👩‍👩‍👧‍👦" * 100,
    "\U0001f1fb\U0001f1f3",
    "\ufffd\ufffe\uffff\U0010ffff",
    "\ue000\uf8ff\U000f0000",
    "ＫＨÁＣＨ　ＱＵＥＮ",
    "ﷺ" * 100,
    "\u0085\u00a0\u1680\u3000",
    "İıŞşſK",
    "null",
    "undefined",
    "NaN",
    "[object Object]",
    "true",
    "0",
    "-1",
    "khách lẻ",
    "kqs_khong-phai-khoa",
    "***",
    # to fill
    " ",
    "\t\n\r ",
    "x" * 201,
    "ấm" * 2_000,
    "a." * 2_000,
    "x" * 40_000,
    "{" * 500,
    "[" * 500,
    '"' * 500,
    "\\" * 500,
    "}]}" * 100,
    ",".join("ab" * 100),
)  # fmt: skip

_RAW: tuple[bytes, ...] = (
    # numbers
    b"0", b"-0", b"-0.0", b"1e308", b"1e309", b"-1e400", b"1e-400", b"9007199254740993",
    b"9223372036854775808", b"18446744073709551616", b"-9223372036854775809", b"1" * 400,
    b"0." + b"3" * 5_000, b"1e99999999999", b"NaN", b"Infinity", b"-Infinity", b"01", b"1.", b".5",
    b"+1", b"0x10", b"1_000", b"--1",
    # other types, other grammars
    b"null", b"true", b"false", b"[]", b"{}", b"[null]", b'{"":""}', b'{"a":1,"a":2}', b"undefined",
    b"'x'", b"None", b"True", b"x", b"/**/1", b"1 2", b"", b",", b":", b'{"a"}', b'{"a":}', b"[1,]",
    b'{"a":1,}', b'{a:1}', b"[,]",
    b'{"__proto__":{"hacked":1}}', b'{"constructor":{"prototype":{"hacked":1}}}',
    b'{"<script>window.hacked=1</script>":1}', b'{"\\ud800":1}', b'{"a\\u0000b":1}',
    b'{"' + b"k" * 3_000 + b'":1}',
    # nesting
    b"[" * 50 + b"]" * 50, b"[" * 101 + b"]" * 101, b"[" * 10_000 + b"]" * 10_000,
    b'{"":' * 101 + b"1" + b"}" * 101, b'{"":' * 6_000 + b"1" + b"}" * 6_000,
    b'[{"a":' * 3_000 + b"1" + b"}]" * 3_000,
    b"{" + b",".join(b'"p%d":%d' % (n, n) for n in range(301)) + b"}",
    b"[" + b"1," * 9_000 + b"1]",
    # text that is none
    b'"\\ud800"', b'"\\udc00"', b'"\\ud83d x"', b'"\\udc00\\ud800"', b'"\\ud800\\ud800"',
    b'"\\u0000"', b'"a\\u0000b"', b'"\x00"', b'"\x01\x02\x1f"', b'"\x7f"', b'"\n"', b'"\t"',
    b'"\xff\xfe"', b'"\xc3\x28"', b'"\xc0\xaf"', b'"\xed\xa0\x80"', b'"\xf5\x80\x80\x80"',
    b'"\xe1\xbb"', b'"\\x41"', b'"\\u12"', b'"\\q"', b'"\\/"', b'"\\u003cscript\\u003e"',
)  # fmt: skip

VALUES: tuple[bytes, ...] = (
    *(json.dumps(text, ensure_ascii=False).encode() for text in _TEXTS),
    *_RAW,
)
"""JSON values, or what stands where one should; none of them closes what it did not open."""


class _Place(NamedTuple):
    """Where a value goes: in a message of a protocol, beside neighbours of the same kind."""

    protocol: str
    path: str
    before: bytes
    after: bytes
    neighbour: str  # with % for its id
    bad: bytes  # with VALUE for the value


def _segment(bad: bytes, path: str = "/v1/batch", protocol: str = "segment") -> _Place:
    good = '{"type":"track","event":"Xem","anonymousId":"a","messageId":"%s"}'
    return _Place(protocol, path, b'{"batch":[', b"]}", good, bad)


def _posthog(bad: bytes, path: str = "/batch/") -> _Place:
    good = '{"event":"Xem","distinct_id":"17850","uuid":"%s"}'
    return _Place(
        "posthog", path, b'{"api_key":"' + KEY.encode() + b'","batch":[', b"]}", good, bad
    )


def _snowplow(bad: bytes) -> _Place:
    good = '{"e":"pv","url":"https://nhamay.vn/","duid":"d","eid":"%s"}'
    path = "/com.snowplowanalytics.snowplow/tp2"
    return _Place("snowplow", path, b'{"schema":"iglu:x/payload_data","data":[', b"]}", good, bad)


_BEACON, _JITSU = ("/beacon/v1/batch", "rudderstack"), ("/api/s/batch", "jitsu")
_ORDER = b'{"type":"track","event":"Order Completed","anonymousId":"a",'
_PLACES = (
    _segment(b'{"type":"track","event":VALUE,"anonymousId":"a"}'),
    _segment(b'{"type":"track","event":"Mua","userId":VALUE,"messageId":"x"}'),
    _segment(b'{"type":"page","anonymousId":"a","properties":{"url":VALUE,"title":VALUE}}'),
    _segment(b'{"type":"identify","userId":"u","traits":{"name":VALUE,"email":VALUE}}', "/v1/b"),
    _segment(_ORDER + b'"properties":{"order_id":"1","total":VALUE}}'),
    _segment(b'{"type":"track","event":"x","anonymousId":"a","timestamp":VALUE}', "/v1/import"),
    _segment(b"VALUE"),
    _segment(b'{"type":"page","anonymousId":"a","context":{"page":{"url":VALUE}}}', *_BEACON),
    _segment(b'{"type":"page","anonymousId":"a","context":{"userAgent":VALUE}}', *_BEACON),
    _segment(b'{"type":"page","anonymousId":"a","context":{"ip":VALUE}}', *_BEACON),
    _segment(b'{"type":"identify","userId":"u","context":{"traits":{"name":VALUE}}}', *_BEACON),
    _segment(b'{"type":VALUE,"anonymousId":VALUE,"messageId":VALUE}', *_JITSU),
    _segment(b'{"type":"group","userId":"u","groupId":VALUE,"traits":{"name":VALUE}}', *_JITSU),
    _posthog(b'{"event":VALUE,"distinct_id":"1"}'),
    _posthog(b'{"event":"$pageview","distinct_id":VALUE,"properties":{"title":VALUE}}', "/e/"),
    _posthog(b'{"event":"x","distinct_id":"1","properties":{"$current_url":VALUE}}', "/e/"),
    _posthog(b'{"event":"$set","distinct_id":"1","$set":{"name":VALUE}}', "/i/v0/e/"),
    _posthog(b'{"event":"x","distinct_id":"1","properties":{"$device_id":VALUE}}', "/i/v0/e/"),
    _posthog(b'{"event":"x","distinct_id":"1","uuid":VALUE,"offset":VALUE,"properties":VALUE}'),
    _snowplow(b'{"e":"pv","duid":"d","page":VALUE,"url":VALUE}'),
    _snowplow(b'{"e":"se","se_ac":VALUE,"se_va":VALUE,"uid":VALUE}'),
    _snowplow(b'{"e":"pv","duid":"d","dtm":VALUE,"eid":VALUE,"co":VALUE}'),
    _snowplow(b'{"e":"ue","duid":"d","ue_pr":INSIDE}'),
    _snowplow(b'{"e":"ue","duid":"d","ue_px":PACKED}'),
)
_UNSTRUCT = (
    b'{"schema":"iglu:a/b/c/1","data":'
    b'{"schema":"iglu:vn.nhamay/xem/jsonschema/1","data":{"a":VALUE}}}'
)


def _message(place: _Place, value: bytes) -> bytes:
    inside = _UNSTRUCT.replace(b"VALUE", value)
    packed = base64.urlsafe_b64encode(inside)
    written = json.dumps(inside.decode("latin-1")).encode()
    return (
        place.bad.replace(b"INSIDE", written)
        .replace(b"PACKED", b'"' + packed + b'"')
        .replace(b"VALUE", value)
    )


def _spoilt_message(place: _Place, value: bytes, headers: dict[str, str]) -> Payload:
    first, last = ((place.neighbour % name).encode() for name in NEIGHBOURS)
    items = b",".join((first, _message(place, value), last))
    return Payload(place.protocol, place.path, headers, place.before + items + place.after)


@cache  # packed once, not for each protocol: every process that collects the tests packs them
def _bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return packer.compress(b'{"batch":[') + packer.compress(b" " * size) + packer.flush()


def _broken(good: bytes) -> list[bytes]:
    """Bodies made of a good one that nothing, or not all, can be read from."""
    packed = gzip.compress(good)
    return [
        b"", b" ", b"null", b"5", b'"text"', b"[]", b"{}", b"[[]]", b"\xff\xfe",
        b"\xef\xbb\xbf" + good,
        good[:-1], good[: len(good) // 2], good[1:], good + good, good + b"\x00", good + b"]}",
        good.replace(b'"', b"'"), good.replace(b":", b"="), good.decode().encode("utf-16"),
        b"[" * 20_000, b'{"a":' * 20_000, b'{"batch":' * 5_000, b'{"batch":[' * 5_000,
        b'{"batch":["\\ud800"', b'{"batch":[{"a":"\\', b'{"data":[{"a":"\\', b'{"batch":"[]"}',
        b'{"batch":{"0":{}}}', b'{"batch":null,"data":null}', b'{"batch":[],"batch":[1]}',
        b'{"batch":[' + b"," * 3_000 + b"]}", b'{"data":[' + b"," * 3_000 + b"]}",
        b'{"batch":[' + b"1," * 3_000 + b"1]}", b'{"data":[' + b"{}," * 3_000 + b"{}]}",
        packed[:-8], packed[:20], packed + packed, packed + b"x", b"\x1f\x8b", b"\x1f\x8b\x08\x00",
        gzip.compress(packed), _bomb(8 << 20), _bomb(64 << 20), gzip.compress(b""),
        b"data=", b"data=%", b"data=%%%%", b"data=eyJ", b"data=" + base64.b64encode(good)[:-3],
        b"data=" + base64.b64encode(packed), b"data=" + b"A" * 5_000, b"data=" + b"&data=" * 500,
        b"d" * 5_000, b"data", b"data=[", b"data={", b"data=%7B%22event%22%3A%00%7D",
        b"--x\r\nContent-Disposition: form-data\r\n\r\n{}\r\n--x--", b"<xml/>",
        b"%PDF-1.7", b"PK\x03\x04",
        b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 1_000, b"\x80" * 1_000, bytes(range(256)) * 10,
        zlib.compress(good), b"BZh9" + good, b"(\xb5/\xfd" + good,
    ]  # fmt: skip


_ODD_HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Content-Encoding": "gzip"},
    {"Content-Type": "text/html; charset=utf-16"},
    {"Content-Type": "multipart/form-data; boundary=x"},
    {"AnonymousId": "%%%<script>"},
)


def spoilt_messages(key: str) -> list[Payload]:
    """One bad message between two good ones."""
    headers = {"X-Write-Key": key}
    return [_spoilt_message(place, value, headers) for place in _PLACES for value in VALUES]


def spoilt_bodies(key: str) -> list[Payload]:
    """Bodies that are broken as a whole, under honest and under lying headers."""
    places = {place.protocol: place for place in _PLACES}
    found: list[Payload] = []
    for number, place in enumerate(places.values()):
        good = _spoilt_message(place, b"1", {}).body
        for index, body in enumerate(_broken(good)):
            odd = _ODD_HEADERS[(number + index) % len(_ODD_HEADERS)]
            found.append(Payload(place.protocol, place.path, {"X-Write-Key": key, **odd}, body))
    return found


SPOILT_MESSAGES = spoilt_messages(KEY)
SPOILT_BODIES = spoilt_bodies(KEY)
PAYLOADS = [*SPOILT_MESSAGES, *SPOILT_BODIES]


def payloads(key: str) -> list[Payload]:
    """The whole set, for this key."""
    return [*spoilt_messages(key), *spoilt_bodies(key)]
