"""``khachquen campaigns``: which there are, how they stand, sent and stopped from the terminal."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from khachquen.base import Config, ConflictError, InputError, Text, system_clock
from khachquen.cli.shared import (
    data_option,
    json_option,
    open_installation,
    print_json,
    says_errors,
    spoken_language,
)

if TYPE_CHECKING:
    from khachquen.activate.campaigns.making import Campaign
    from khachquen.activate.campaigns.running import Run

_ACTOR = "khachquen campaigns"
campaign_argument = click.argument("campaign", type=click.IntRange(1))
yes_option = click.option("--yes", is_flag=True, help="Do not ask before doing it.")
_STATES = {
    "": Text(vi="chưa gửi", en="not sent"),
    "scheduled": Text(vi="đã lên lịch", en="scheduled"),
    "freezing": Text(vi="đang lập danh sách", en="listing people"),
    "sending": Text(vi="đang gửi", en="sending"),
    "paused": Text(vi="tạm dừng", en="paused"),
    "cancelling": Text(vi="đang hủy", en="cancelling"),
    "done": Text(vi="đã gửi xong", en="done"),
    "cancelled": Text(vi="đã hủy", en="cancelled"),
}
_APPROVALS = {
    "none": Text(vi="chưa xin duyệt", en="nobody asked for it"),
    "asked": Text(vi="đang đợi người khác duyệt", en="waits for another person"),
    "approved": Text(vi="đã duyệt đúng những gì sẽ gửi", en="given for exactly what is sent"),
    "changed": Text(vi="đã đổi sau khi xin duyệt", en="it was changed since"),
    "refused": Text(vi="bị từ chối", en="refused"),
    "withdrawn": Text(vi="đã rút lại", en="taken back"),
    "used": Text(vi="đã dùng cho lần gửi trước", en="used for the sending before"),
}


@click.group()
def campaigns_command() -> None:
    """Campaigns: how they stand, and sending them through the same door as the pages and REST."""


@campaigns_command.command("list")
@click.option("--archived", is_flag=True, help="Those put away instead.")
@click.option("--limit", type=click.IntRange(1), default=50, help="How many to print.")
@data_option
@json_option
@says_errors
def list_command(data: Path, archived: bool, limit: int, as_json: bool) -> None:
    """Campaigns with where their latest sending stands, the newest first."""
    open_installation(data)
    from khachquen.activate.campaigns.making import list_campaigns
    from khachquen.activate.campaigns.running import latest_run

    found = [(one, latest_run(one.pk)) for one in list_campaigns(archived=archived, limit=limit)]
    if as_json:
        print_json([_told(one, run) for one, run in found])
        return
    for one, run in found:
        click.echo(f"{one.pk:6} {one.channel:8} {_state(run):20}  {one.name}")


@campaigns_command.command("show")
@campaign_argument
@data_option
@json_option
@says_errors
def show_command(data: Path, campaign: int, as_json: bool) -> None:
    """One campaign: what is missing, whether it is approved, and the numbers of its sending."""
    config = open_installation(data)
    _say_campaign(config, campaign, as_json=as_json)


@campaigns_command.command("send")
@campaign_argument
@click.option("--at", metavar="TIME", help="Later, as 2026-12-24T08:00:00+07:00; now without it.")
@yes_option
@data_option
@json_option
@says_errors
def send_command(data: Path, campaign: int, at: str | None, yes: bool, as_json: bool) -> None:
    """Send it, now or later: what it says is copied, and the running server sends it.

    Asks for the number of the campaign to be typed once more, with how many would get it. Where the
    shop wants an approval, another person must have given it for exactly what is sent.
    """
    config = open_installation(data)
    from khachquen.activate.campaigns import approving, running
    from khachquen.activate.campaigns.making import get_campaign

    start_at, found = _read_time(at), get_campaign(campaign)
    approving.demand_approved(found)  # said before anything is typed; ``begin`` asks once more
    if not yes:
        _confirm(campaign, _would_get(config, found))
    now = system_clock()
    running.begin(
        campaign,
        start_at=max(start_at, now) if start_at else now,
        links_open=bool(config.server.base_url),
        by=_ACTOR,
        at=now,
    )
    _say_campaign(config, campaign, as_json=as_json)


@campaigns_command.command("pause")
@campaign_argument
@data_option
@json_option
@says_errors
def pause_command(data: Path, campaign: int, as_json: bool) -> None:
    """Stop for now: what is on the wire goes, and nothing after it."""
    _change(data, campaign, "pause", as_json=as_json)


@campaigns_command.command("resume")
@campaign_argument
@yes_option
@data_option
@json_option
@says_errors
def resume_command(data: Path, campaign: int, yes: bool, as_json: bool) -> None:
    """Go on with a paused sending."""
    words = Text(vi="Thư sẽ tiếp tục đi.", en="Letters will leave again.")
    _change(data, campaign, "resume", as_json=as_json, ask=None if yes else words)


@campaigns_command.command("cancel")
@campaign_argument
@yes_option
@data_option
@json_option
@says_errors
def cancel_command(data: Path, campaign: int, yes: bool, as_json: bool) -> None:
    """End its sending: whoever was not reached is skipped. That cannot be undone."""
    words = Text(vi="Ai chưa nhận sẽ không nhận nữa.", en="Whoever has not got it will not get it.")
    _change(data, campaign, "cancel", as_json=as_json, ask=None if yes else words)


@campaigns_command.command("report")
@campaign_argument
@click.option("--run", type=click.IntRange(1), help="Of this sending alone, by its number.")
@click.option("--model", default="last", help="Who gets an order: last, first or linear.")
@click.option("--days", default="7", help="Within how many days after a click.")
@data_option
@json_option
@says_errors
def report_command(
    data: Path, campaign: int, run: int | None, model: str, days: str, as_json: bool
) -> None:
    """What came of it, with the very numbers of its page."""
    config = open_installation(data)
    from khachquen.activate.campaigns.making import get_campaign
    from khachquen.flows.recounting import get_report
    from khachquen.flows.reporting import read_wish, readings

    one = get_campaign(campaign)
    wish = read_wish(campaign, {"run": run, "model": model, "days": days})
    found = get_report(config, wish, now=system_clock())
    if as_json:
        print_json(_report(campaign, found))
        return
    click.echo(one.name)
    for reading in readings(found.counts):
        name = reading.figure.name.in_language(spoken_language())
        of = "" if reading.of is None else f" / {reading.of:,}"
        share = f" = {reading.share.value:.1%}" if reading.share else ""
        click.echo(f"{reading.value:12,}{of}{share}  {name}")
    for earned in found.earned:
        orders = Text(vi="đơn", en="orders").in_language(spoken_language())
        click.echo(f"{earned.orders:12,.1f} {orders}, {earned.net_minor:,} {earned.currency}")


def _report(campaign: int, found: Any) -> dict[str, Any]:
    from khachquen.flows.reporting import readings

    return {
        "campaign": campaign,
        "run": found.wish.scope.run_id,
        "model": found.wish.model,
        "days": found.wish.days,
        "figures": [
            {
                "key": one.figure.key,
                "value": one.value,
                "of": one.of,
                "share": one.share.value if one.share else None,
            }
            for one in readings(found.counts)
        ],
        "reasons": [
            {"state": state, "reason": reason, "people": many}
            for state, reason, many in found.reasons
        ],
        "earned": [
            {"orders": one.orders, "net_minor": one.net_minor, "currency": one.currency}
            for one in found.earned
        ],
    }


def _change(data: Path, campaign: int, how: str, *, as_json: bool, ask: Text | None = None) -> None:
    config = open_installation(data)
    from khachquen.activate.campaigns import running
    from khachquen.activate.campaigns.making import get_campaign

    run = running.latest_run(get_campaign(campaign).pk)
    if run is None:
        words = Text(vi="Chiến dịch này chưa được gửi.", en="This campaign was not started yet.")
        raise ConflictError("campaigns.not_started", words)
    if ask is not None:
        _confirm(campaign, lambda: ask.in_language(spoken_language()))
    running.change(run.pk, how, by=_ACTOR, at=system_clock())
    _say_campaign(config, campaign, as_json=as_json)


def _confirm(campaign: int, words: Callable[[], str]) -> None:
    """Have the number typed once more; whoever cannot be asked must have said ``--yes``."""
    question = Text(
        vi=f"Gõ {campaign} để làm, gõ gì khác để thôi",
        en=f"Type {campaign} to do it, anything else to leave it",
    )
    click.echo(words(), err=True)
    try:
        typed = click.prompt(
            question.in_language(spoken_language()), default="", show_default=False, err=True
        )
    except click.Abort:
        typed = ""
    if typed.strip() != str(campaign):
        raise InputError(
            "cli.not_confirmed",
            Text(vi="Chưa làm gì.", en="Nothing was done."),
            hint=Text(
                vi=f"Gõ đúng {campaign}, hoặc thêm --yes.", en=f"Type {campaign}, or give --yes."
            ),
        )


def _would_get(config: Config, campaign: "Campaign") -> Callable[[], str]:
    def words() -> str:
        from khachquen.flows.rehearsing import rehearse_campaign

        found = rehearse_campaign(config, campaign, now=system_clock())
        ready, looked_at = found.counts["ready"] + found.counts["quiet_hours"], found.looked_at
        told = Text(
            vi=f"“{campaign.name}”: {ready:,} trong {looked_at:,} người đã xem sẽ nhận.",
            en=f"“{campaign.name}”: {ready:,} of the {looked_at:,} people looked at would get it.",
        )
        return told.in_language(spoken_language())

    return words


def _read_time(told: str | None) -> datetime | None:
    if told is None:
        return None
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InputError(
            "campaigns.no_time_zone",
            Text(vi="Thời điểm thiếu múi giờ.", en="The time has no time zone."),
            path="--at",
            hint=Text(vi="Ví dụ 2026-12-24T08:00:00+07:00.", en="As 2026-12-24T08:00:00+07:00."),
        )
    return found


def _say_campaign(config: Config, campaign: int, *, as_json: bool) -> None:
    told = _look(config, campaign)
    if as_json:
        print_json(told)
        return
    state = _STATES[told["state"]].in_language(spoken_language())
    click.echo(f"{told['name']} ({told['channel']}, {told['purpose']}): {state}")
    if told["missing"]:
        click.echo(f"{_words('Còn phải', 'Still to do')}: {', '.join(told['missing'])}")
    if told["approval"]:
        standing = _APPROVALS[told["approval"]].in_language(spoken_language())
        click.echo(f"{_words('Duyệt', 'Approval')}: {standing}")
    if told["counts"]:
        _say_counts(told["counts"], told["channel"])


def _say_counts(counts: Mapping[str, Any], channel: str) -> None:
    from khachquen.activate.campaigns.counting import reason_words

    click.echo(f"{counts['targeted']:12,}  {_words('Khách trong danh sách', 'Targeted')}")
    click.echo(f"{counts['sent']:12,}  {_words('Đã gửi', 'Sent')}")
    for reason, count in [*counts["skipped"].items(), *counts["failed"].items()]:
        click.echo(f"{count:12,}  {reason_words(reason, channel).in_language(spoken_language())}")
    click.echo(f"{counts['unknown']:12,}  {_words('Không rõ', 'Unknown')}")
    click.echo(f"{counts['open']:12,}  {_words('Còn lại', 'Open')}")


def _words(vi: str, en: str) -> str:
    return Text(vi=vi, en=en).in_language(spoken_language())


def _look(config: Config, campaign: int) -> dict[str, Any]:
    """Everything there is to say of one campaign, as ``--json`` prints it."""
    from khachquen.activate.campaigns import approving
    from khachquen.activate.campaigns.counting import tally
    from khachquen.activate.campaigns.making import get_campaign
    from khachquen.activate.campaigns.running import latest_run, list_missing

    one = get_campaign(campaign)
    run = latest_run(one.pk)
    missing = list_missing(one, links_open=bool(config.server.base_url))
    counts = tally(run.pk) if run else None
    return {
        **_told(one, run),
        "missing": [words.in_language(spoken_language()) for words in missing],
        "approval": approving.stand(one).state if approving.is_needed() else "",
        "counts": {**asdict(counts), "targeted": counts.targeted} if counts else None,
    }


def _told(one: "Campaign", run: "Run | None") -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "channel": one.channel,
        "purpose": one.purpose,
        "segment": one.segment_id,
        "is_triggered": one.is_triggered,
        "changed_at": one.changed_at,
        "run": run.pk if run else None,
        "state": run.state if run else "",
        "start_at": run.start_at if run else None,
    }


def _state(run: "Run | None") -> str:
    return _STATES[run.state if run else ""].in_language(spoken_language())
