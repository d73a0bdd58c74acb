"""A campaign looked over before it goes: who would get it now, and who would not and why."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from khachquen.activate.campaigns.claiming import Caps, rehearse
from khachquen.activate.campaigns.making import Campaign
from khachquen.activate.campaigns.people import Hours
from khachquen.activate.channels.zalo import VIETNAM, rules_on
from khachquen.base import Config
from khachquen.govern import get_shop
from khachquen.store import ask
from khachquen.understand.segments.asking import numbers

_MOST = 2_000  # about half a second: a page waits for it


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """``counts`` by what would become of them; of the first ``looked_at`` when there are more.

    ``tracked`` of those who would get it agreed that opens and clicks are seen.
    """

    looked_at: int
    is_everybody: bool
    counts: Counter[str]
    tracked: int = 0


def rehearse_campaign(config: Config, campaign: Campaign, *, now: datetime) -> Rehearsal:
    """Exact for a segment of up to 2,000 people; of a larger one the first 2,000 are looked at."""
    if campaign.segment_id is None:
        return Rehearsal(0, True, Counter())
    wanted = numbers(campaign.segment_id, by=now, limit=_MOST + 1)
    people = [row[0] for row in ask(wanted).rows]
    counts = rehearse(
        campaign,
        people[:_MOST],
        hours=hours_of(config, campaign.channel, now=now),
        caps=caps_of(config, campaign.channel, now=now),
        now=now,
    )
    tracked = counts.pop("tracked")
    return Rehearsal(min(len(people), _MOST), len(people) <= _MOST, counts, tracked)


def hours_of(config: Config, channel: str = "email", *, now: datetime) -> Hours:
    """The shop's quiet hours, and those of the channel where it has some."""
    shop = get_shop()
    zone = ZoneInfo(shop.timezone if shop else config.shop.timezone)
    also = None
    if channel == "zalo":
        rules = rules_on(now.astimezone(VIETNAM).date())
        also = Hours(rules.night_from, rules.night_until, VIETNAM)
    return Hours(config.sending.quiet_from, config.sending.quiet_until, zone, also)


def caps_of(config: Config, channel: str = "email", *, now: datetime) -> Caps:
    """How often somebody is written to on a channel."""
    if channel == "zalo":
        rules = rules_on(now.astimezone(VIETNAM).date())
        return Caps(ads_in_24_hours=rules.promotions_a_day)
    return Caps(ads_in_24_hours=config.sending.ads_in_24_hours)
