"""A campaign looked over before it goes: who would get it now, and who would not and why."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from khachquen.activate.campaigns import capping
from khachquen.activate.campaigns.capping import Caps
from khachquen.activate.campaigns.claiming import rehearse
from khachquen.activate.campaigns.making import Campaign
from khachquen.activate.campaigns.people import Hours
from khachquen.activate.channels import sms
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
    also = None
    if channel == "zalo":
        rules = rules_on(now.astimezone(VIETNAM).date())
        also = Hours(rules.night_from, rules.night_until, VIETNAM)
    if channel == "sms":
        also = text_hours(config, now=now)
    return Hours(config.sending.quiet_from, config.sending.quiet_until, zone_of(config), also)


def text_hours(config: Config, *, now: datetime) -> Hours:
    """When the law keeps advertising by SMS at home, whatever the shop's own quiet hours are."""
    zone = zone_of(config)
    law = sms.rules_on(now.astimezone(zone).date())
    return Hours(law.night_from, law.night_until, zone, follows=True)


def zone_of(config: Config) -> ZoneInfo:
    """The shop's own clock."""
    shop = get_shop()
    return ZoneInfo(shop.timezone if shop else config.shop.timezone)


def caps_of(config: Config, channel: str = "email", *, now: datetime) -> Caps:
    """How often somebody is written to on a channel."""
    caps = capping.caps_of(config)
    if channel == "zalo":
        rules = rules_on(now.astimezone(VIETNAM).date())
        return replace(caps, ads_in_24_hours=rules.promotions_a_day)
    if channel == "sms":
        law = sms.rules_on(now.astimezone(zone_of(config)).date())
        return replace(caps, ads_in_24_hours=law.ads_in_24_hours)
    return caps
