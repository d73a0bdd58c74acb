"""What is said of a message on each channel: a letter, a text, a message. Pure.

One place for every page: a phrase with ``{it}`` or ``{It}`` takes the channel's own noun, and a
channel that says it another way has a line of its own.
"""

from collections.abc import Mapping

from khachquen.base import Text

__all__ = ["REASONS", "noun_of", "phrases_of", "say"]

_NOUNS: Mapping[str, Text] = {
    "email": Text(vi="thư", en="letter"),
    "sms": Text(vi="tin nhắn", en="text"),
    "zalo": Text(vi="tin", en="message"),
    "webhook": Text(vi="tin", en="message"),
}
_OTHERS: Mapping[str, Text] = {
    "email": Text(vi="Máy chủ nhận", en="The server"),
    "sms": Text(vi="Cổng SMS", en="The SMS gateway"),
    "zalo": Text(vi="Zalo", en="Zalo"),
    "webhook": Text(vi="Hệ thống kia", en="The other system"),
}
"""Who is handed a message and answers."""

REASONS: Mapping[str, Text] = {
    "no_address": Text(vi="Chưa có số điện thoại", en="No phone number"),
    "bad_address": Text(vi="Số điện thoại không gửi tới được", en="The number cannot be reached"),
    "same_address": Text(
        vi="Trùng số điện thoại với người khác", en="Same phone number as somebody else"
    ),
    "capped": Text(
        vi="Đã nhận đủ {it} quảng cáo theo giới hạn của cửa hàng",
        en="Had as much advertising as the shop allows itself",
    ),
    "capped_by_agreement": Text(
        vi="Đã nhận đủ {it} như khách đồng ý", en="Had as many {it}s as they agreed to"
    ),
    "capped_by_law": Text(
        vi="Đã nhận đủ {it} quảng cáo luật cho phép trong 24 giờ",
        en="Had all the advertising the law allows in 24 hours",
    ),
    "refused": Text(vi="{Other} từ chối {it}", en="{Other} refused the {it}"),
    "not_written": Text(
        vi="Nội dung không điền được cho người này", en="The words could not be filled in"
    ),
    "later": Text(vi="{Other} hẹn gửi lại sau", en="{Other} asked for later"),
    "ready": Text(vi="Sẽ nhận {it}", en="Will get it"),
}
"""Why somebody got none, where it depends on the channel."""

_PHRASES: Mapping[str, Text] = {
    "sent_means": Text(vi="{It} mà {other} đã nhận.", en="{It}s that {other} accepted."),
    "unknown_means": Text(
        vi="{It} đang trên đường thì máy gửi dừng hoặc mất kết nối. Không biết đã tới chưa, nên "
        "không tự gửi lại.",
        en="The sender stopped or the line broke while the {it} was on its way. Nobody knows "
        "whether it arrived, so it is not sent again by itself.",
    ),
    "who_got_none": Text(vi="Ai không nhận {it}, vì sao", en="Who got no {it}, and why"),
    "became": Text(vi="{It} gửi rồi ra sao", en="What became of the {it}s"),
    "same_for_all": Text(
        vi="Chưa thử gì: ai cũng nhận cùng một {it}.",
        en="Nothing is tried: everybody gets the same {it}.",
    ),
    "address": Text(vi="Số điện thoại", en="Phone number"),
    "answered": Text(vi="{Other} trả lời", en="What {other} said"),
}

_OWN: Mapping[str, Mapping[str, Text]] = {
    "email": {
        "no_address": Text(vi="Chưa có email", en="No e-mail address"),
        "bad_address": Text(vi="Email sai hoặc không tồn tại", en="The address is wrong or gone"),
        "same_address": Text(vi="Trùng email với người khác", en="Same address as somebody else"),
        "not_written": Text(vi="Mẫu thư không viết được cho người này", en="The template failed"),
        "sent_means": Text(
            vi="Thư mà máy chủ gửi thư đã nhận.", en="Letters our mail server took."
        ),
        "address": Text(vi="Email", en="E-mail"),
    },
    "webhook": {
        "sent_means": Text(
            vi="Khách mà hệ thống kia trả lời là đã nhận tin (2xx).",
            en="Customers whose message the other system answered with 2xx.",
        ),
        "address": Text(vi="Hồ sơ", en="Record"),
    },
}


def noun_of(channel: str) -> Text:
    """What one message is called.

    >>> noun_of("sms").vi, noun_of("email").en
    ('tin nhắn', 'letter')
    """
    return _NOUNS[channel]


def say(key: str, channel: str) -> Text:
    """A phrase or a reason, as it is said of this channel.

    >>> say("who_got_none", "zalo").vi, say("refused", "sms").en
    ('Ai không nhận tin, vì sao', 'The SMS gateway refused the text')
    """
    told = _OWN.get(channel, {}).get(key) or REASONS.get(key) or _PHRASES[key]
    it, other = _NOUNS[channel], _OTHERS[channel]
    return Text(vi=_fill(told.vi, it.vi, other.vi), en=_fill(told.en, it.en, other.en))


def phrases_of(channel: str) -> Mapping[str, Text]:
    """Every phrase of a channel, for a page."""
    return {key: say(key, channel) for key in _PHRASES}


def _fill(words: str, it: str, other: str) -> str:
    named = other if other.isupper() or other.startswith("Zalo") else other[:1].lower() + other[1:]
    return words.format(it=it, It=it[:1].upper() + it[1:], other=named, Other=other)
