"""Every page there is, and a shop in which each of them has something to show.

A new page adds one line to ``PAGES`` and, if it needs data, a line to ``fill``. ``scripts/
screenshots.py`` draws the same list.
"""

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from khachquen.govern import User
    from tests.web.story import Sources


@dataclass(frozen=True, slots=True)
class ShopPage:
    """A page: its name, its path with ``{names}`` of what ``fill`` made, whether strangers see it.

    ``status`` is what it answers, so that a page that went missing is not taken for a fine one.
    """

    name: str
    path: str
    is_open: bool = False
    status: int = 200


@dataclass(frozen=True, slots=True)
class Filled:
    """Who administers the shop, and the ids paths are made with."""

    admin: "User"
    ids: dict[str, Any]


_DAYS = "from=2026-11-01&to=2026-11-30"

_SPENT = {"kind": "trait", "trait": "spent", "is": "at_least", "value": 100_000}
_TOO_RICH = {**_SPENT, "value": 9_000_000_000}
_BOUGHT = {"kind": "bought", "within": {"last": {"n": 90, "unit": "day"}}}


def _filters(*rules: dict[str, Any]) -> str:
    """Conditions as the address of the customer list holds them."""
    told = urlencode({"rule": [json.dumps(one) for one in rules]}, doseq=True)
    return told.replace("%7B", "{{").replace("%7D", "}}")


PAGES: tuple[ShopPage, ...] = (
    ShopPage("home", f"/?{_DAYS}"),
    ShopPage("home-without-data", "/?from=2020-01-01&to=2020-01-31"),
    ShopPage("home-bad-days", "/?from=hom-nay"),
    ShopPage("metrics", f"/metrics?{_DAYS}"),
    ShopPage("metric", f"/metrics/average_order_value?{_DAYS}"),
    ShopPage("metric-rows", f"/metrics/revenue/rows?{_DAYS}"),
    ShopPage("metric-rows-empty", "/metrics/revenue/rows?from=2020-01-01&to=2020-01-31"),
    ShopPage("customers", "/customers"),
    ShopPage("visitors", "/customers?who=visitors"),
    ShopPage("customers-nobody", "/customers?q=kh%C3%B4ng+ai"),
    ShopPage("customers-filtered", f"/customers?{_filters(_BOUGHT, _SPENT)}&who=all"),
    ShopPage("customers-filter-words", f"/customers?{_filters(_SPENT)}&add=trait:province"),
    ShopPage("customers-filter-bought", f"/customers?{_filters(_SPENT, _BOUGHT)}&change=1"),
    ShopPage("customers-filter-json", "/customers?rule=%7B%22kind&change=0"),
    ShopPage("customers-filter-empties", f"/customers?{_filters(_BOUGHT, _TOO_RICH)}"),
    ShopPage("customers-count", f"/customers/count?{_filters(_SPENT)}"),
    ShopPage("customers-work", "/customers/many/{work}"),
    ShopPage("customers-work-done", "/customers/many/{work_done}"),
    ShopPage("customers-bad-sort", "/customers?sort=money"),
    ShopPage("customer", "/customers/1"),
    ShopPage("customer-hostile", "/customers/4"),
    ShopPage("customer-narrowed", "/customers/1?kind=note&words=hen"),
    ShopPage("customer-visitor", "/customers/3"),
    ShopPage("customer-buying", "/customers/1/buying"),
    ShopPage("note", "/notes/{note}"),
    ShopPage("customer-not-found", "/customers/404", status=404),
    ShopPage("tell-trait", "/customers/1/tell"),
    ShopPage("household", "/customers/1/household"),
    ShopPage("content", "/content"),
    ShopPage("content-archived", "/content?show=archived"),
    ShopPage("content-new", "/content/new"),
    ShopPage("content-template", "/content/{mail}?who=1"),
    ShopPage("content-template-phone", "/content/{mail}?who=long&view=phone"),
    ShopPage("content-edit", "/content/{mail}/edit"),
    ShopPage("content-change", "/content/{mail}/versions/2"),
    ShopPage("content-pieces", "/content/pieces"),
    ShopPage("content-piece", "/content/pieces/{piece}"),
    ShopPage("content-piece-new", "/content/pieces/new"),
    ShopPage("content-pictures", "/content/pictures"),
    ShopPage("content-sender", "/content/sender"),
    ShopPage("content-not-found", "/content/404", status=404),
    ShopPage("person-consents", "/customers/1/consents"),
    ShopPage("consent", "/consent"),
    ShopPage("new-purpose", "/consent/new"),
    ShopPage("purpose", "/consent/ads"),
    ShopPage("classes", "/classes"),
    ShopPage("classes-edit", "/classes/edit"),
    ShopPage("classes-best", "/classes/best"),
    ShopPage("person-classes", "/customers/1/classes"),
    ShopPage("segments", "/segments"),
    ShopPage("segments-none", "/segments?q=kh%C3%B4ng+c%C3%B3"),
    ShopPage("segments-archived", "/segments?show=archived"),
    ShopPage("segment", "/segments/{segment}"),
    ShopPage("segment-compare", "/segments/compare?one={segment}&other={other}&part=both"),
    ShopPage("segment-edit", "/segments/{segment}/edit"),
    ShopPage("segment-new", "/segments/new"),
    ShopPage("segment-list-new", "/segments/new?kind=static"),
    ShopPage("segment-members", "/segments/{segment}/members"),
    ShopPage("segment-changes", "/segments/{segment}/changes"),
    ShopPage("segment-why", "/segments/{segment}/why?who=1"),
    ShopPage("segment-of-person", "/segments/of/1"),
    ShopPage("forms", "/forms"),
    ShopPage("new-form", "/forms/new"),
    ShopPage("form", "/forms/nhan-tin"),
    ShopPage("form-edit", "/forms/nhan-tin/edit"),
    ShopPage("public-form", "/f/nhan-tin", is_open=True),
    ShopPage("public-form-framed", "/f/nhan-tin?frame=1", is_open=True),
    ShopPage("public-form-thanks", "/f/nhan-tin/thanks", is_open=True),
    ShopPage("public-form-closed", "/f/dong", is_open=True, status=410),
    ShopPage("preferences", "/p/{preferences}", is_open=True),
    ShopPage("unsubscribe", "/u/{unsubscribe}", is_open=True),
    ShopPage("confirm", "/confirm/{confirm}", is_open=True),
    ShopPage("trial-link", "/u/trial", is_open=True),
    ShopPage("link-cut-off", "/u/{preferences}", is_open=True, status=404),
    ShopPage("public-form-lost", "/f/khong-co", is_open=True, status=404),
    ShopPage("traits", "/traits"),
    ShopPage("new-trait", "/traits/new"),
    ShopPage("trait", "/traits/one?key=ngay_cuoi"),
    ShopPage("trait-built-in", "/traits/one?key=gender"),
    ShopPage("trait-waiting", "/traits/one?key=con_giap"),
    ShopPage("stored", "/traits/stored"),
    ShopPage("trait-sources", "/traits/sources"),
    ShopPage("order", "/orders/{story_till}?number=A/2%20%26"),
    ShopPage("events", "/events?paused=1"),
    ShopPage("events-live", "/events?outcome=stored"),
    ShopPage("events-none", "/events?name=Dance&paused=1"),
    ShopPage("event", "/events/6"),
    ShopPage("event-hostile", "/events/12"),
    ShopPage("message", "/events/message?id=m-x"),
    ShopPage("message-asked", "/events/message"),
    ShopPage("message-unknown", "/events/message?id=khong-co", status=404),
    ShopPage("quarantine", "/quarantine"),
    ShopPage("quarantine-none", "/quarantine?source=999"),
    ShopPage("refused", "/quarantine/message?place=web:1:8:0"),
    ShopPage("redrive", "/quarantine/redrive-1-ab"),
    ShopPage("quality", "/quality"),
    ShopPage("quality-checks", "/quality/checks"),
    ShopPage("quality-checks-source", "/quality/checks?source={website}"),
    ShopPage("quality-check", "/quality/checks/contact_missing"),
    ShopPage("quality-check-words", "/quality/checks/name_junk"),
    ShopPage("quality-check-orders", "/quality/checks/order_without_customer"),
    ShopPage("quality-check-events", "/quality/checks/late"),
    ShopPage("cleaning", "/quality/cleaning"),
    ShopPage("cleaning-proposed", "/quality/cleaning?state=proposed"),
    ShopPage("quality-plan", "/quality/plan"),
    ShopPage("quality-plan-edit", "/quality/plan/{website}"),
    ShopPage("review", "/review"),
    ShopPage("review-over", "/review?pair={over}"),
    ShopPage("merges", "/merges"),
    ShopPage("merges-refused", "/merges?show=refused"),
    ShopPage("merges-conflict", "/merges?show=conflict"),
    ShopPage("identity", "/customers/1/identity"),
    ShopPage("identity-rules", "/identity/rules"),
    ShopPage("identity-rules-edit", "/identity/rules/edit"),
    ShopPage("identity-rules-change", "/identity/rules/{rules}"),
    ShopPage("sources", "/sources"),
    ShopPage("source", "/sources/{website}"),
    ShopPage("new-source", "/sources/new"),
    ShopPage("webhooks", "/webhooks"),
    ShopPage("new-webhook", "/webhooks/new"),
    ShopPage("webhook", "/webhooks/{webhook}"),
    ShopPage("webhook-dead", "/webhooks/{webhook}?state=dead"),
    ShopPage("webhook-stopped", "/webhooks/{stopped}"),
    ShopPage("webhook-edit", "/webhooks/{webhook}/edit"),
    ShopPage("egress", "/egress"),
    ShopPage("mail-accounts", "/mail-accounts"),
    ShopPage("zalo", "/zalo"),
    ShopPage("returned", "/mail-accounts/{mail_account}/returned"),
    ShopPage("returned-one", "/mail-accounts/{mail_account}/returned/{returned}"),
    ShopPage("mail-account", "/mail-accounts/{mail_account}/edit"),
    ShopPage("mail-domain", "/mail-accounts/{mail_account}/domain"),
    ShopPage("campaigns", "/campaigns"),
    ShopPage("new-campaign", "/campaigns/new"),
    ShopPage("campaigns-archived", "/campaigns?archived=1"),
    ShopPage("campaign-calendar", "/campaigns/calendar"),
    ShopPage("campaign-recipients", "/campaigns/{unsent}/edit/recipients"),
    ShopPage("campaign-content", "/campaigns/{unsent}/edit/content"),
    ShopPage("campaign-schedule", "/campaigns/{unsent}/edit/schedule"),
    ShopPage("campaign-plan", "/campaigns/{unsent}/plan"),
    ShopPage("campaign", "/campaigns/{campaign}"),
    ShopPage("campaign-unsent", "/campaigns/{unsent}"),
    ShopPage("campaign-test", "/campaigns/{unsent}/test"),
    ShopPage("campaign-tested", "/campaigns/{tested}"),
    ShopPage("write-again", "/campaigns/runs/{tested_run}/again"),
    ShopPage("campaign-report", "/campaigns/{campaign}/report"),
    ShopPage("report-people", "/campaigns/{campaign}/report/people?key=sent"),
    ShopPage("report-orders", "/campaigns/{campaign}/report/orders"),
    ShopPage("report-unsent", "/campaigns/{unsent}/report"),
    ShopPage("compare-campaigns", "/campaigns/compare?id={campaign}&id={unsent}"),
    ShopPage("recipients", "/campaigns/runs/{run}/people?state=skipped"),
    ShopPage("happened", "/campaigns/runs/{run}/happened?kind=clicked"),
    ShopPage("happened-machines", "/campaigns/runs/{run}/happened?kind=opened&by=machines"),
    ShopPage("account", "/account"),
    ShopPage("tokens", "/tokens"),
    ShopPage("shop", "/shop"),
    ShopPage("not-found", "/khong-co-trang-nay", status=404),
    ShopPage("sign-in", "/sign-in", is_open=True),
    ShopPage("not-found-outside", "/khong-co-trang-nay", is_open=True, status=404),
)


def fill(password: str, at: datetime) -> Filled:
    """Open a shop and put something on every page."""
    from khachquen.collect import create_source, issue_key, revoke_key, set_source_enabled
    from khachquen.govern import create_first_admin, issue_token, revoke_token, save_shop
    from khachquen.relate.notes import add_note
    from khachquen.store.redrives import open_redrive
    from khachquen.unify.households import add_to_household
    from khachquen.unify.profiles import get_profile
    from tests.web.story import tell_the_story

    save_shop(
        name="Nhà Gốm Mộc", trade="retail", currency="VND", timezone="Asia/Ho_Chi_Minh", at=at
    )
    hoa = create_first_admin(
        email="hoa@example.vn", password=password, name="Nguyễn Thị Hoa", at=at
    )
    website = create_source(name="Website chính", kind="website", at=at)
    issue_key(website.pk, trusted=False, at=at)
    revoke_key(issue_key(website.pk, trusted=False, at=at).key.pk, at=at)
    till = create_source(name="Máy tính tiền Quận 3", kind="server", at=at)
    issue_key(till.pk, trusted=True, at=at)
    old = create_source(name="Sàn thương mại điện tử (cũ)", kind="server", at=at)
    set_source_enabled(old.pk, False)
    issue_token(hoa, name="Bảng tính doanh thu", at=at)
    revoke_token(issue_token(hoa, name="Máy cũ", at=at).token.pk, actor=hoa, at=at)
    story = tell_the_story()
    measure_quality(story, at)
    rules = _try_other_rules(at)
    _know_hoa_well(story.till, story.website, at)
    add_to_household(1, 2, evidence="address", actor="hoa@example.vn", at=at)
    note = add_note(get_profile(1), "Chị Hoa hẹn lấy bình gốm chiều thứ 7", user=hoa, at=at)
    open_redrive("redrive-1-ab", asked=40, actor="hoa@example.vn", at=at)
    over = _suggest_pairs(at)
    links = _make_forms(at)
    ids = {"website": website.pk, "till": till.pk, "story_till": story.till}
    ids |= _make_segments(at)
    ids |= _ask_for_much(at)
    ids |= _write_mails(hoa, at)
    ids |= _tell_others(ids["segment"], at)
    ids |= _send_campaigns(ids["segment"], ids["mail"], at)
    ids |= _test_subjects(ids["unsent"], at)
    return Filled(hoa, {**ids, **links, "over": over, "rules": rules, "note": note.id})


def fill_campaigns(at: datetime) -> dict[str, Any]:
    """Forms, letters and campaigns put into a shop that has people already, for whoever looks."""
    from khachquen.govern import User

    hoa = User.objects.get(email="hoa@example.vn")
    ids: dict[str, Any] = {**_make_forms(at), **_make_segments(at), **_write_mails(hoa, at)}
    ids |= _send_campaigns(ids["segment"], ids["mail"], at)
    return ids | _test_subjects(ids["unsent"], at)


def _write_mails(hoa: "User", at: datetime) -> dict[str, int]:
    """A mail with two versions, in which something is to be mended, a block and a picture."""
    import io
    from dataclasses import replace

    from PIL import Image

    from khachquen.activate.content.images import add_picture
    from khachquen.activate.content.pieces import add_piece
    from khachquen.activate.content.starters import start
    from khachquen.activate.content.writing import add_template, change_template

    drawn = io.BytesIO()
    Image.new("RGB", (600, 300), "#0f766e").save(drawn, "PNG")
    add_picture("Bìa tháng 11", drawn.getvalue(), user=hoa, at=at)
    foot = "<mj-section><mj-column><mj-text>{{ shop.sender }}</mj-text></mj-column></mj-section>"
    piece = add_piece("chan-trang", "block", foot, user=hoa, at=at)
    begun = start("win_back")
    made = add_template("Lâu rồi chưa ghé", begun, user=hoa, at=at)
    body = begun.mjml.replace("</mj-body>", '<kq-block name="chan-trang" />\n</mj-body>')
    later = replace(begun, mjml=body, subject="LÂU RỒI CHƯA GẶP {{ person.name }}!!")
    change_template(made, "Lâu rồi chưa ghé", later, user=hoa, at=at)
    return {"mail": made, "piece": piece.id}


def _make_forms(at: datetime) -> dict[str, str]:
    """One open form that asks for nearly everything and was sent, one closed; Lan's links."""
    from django.conf import settings

    from khachquen.base import Text
    from khachquen.collect.forms import Ask, Question, Wish, open_form
    from khachquen.collect.forms.counting import note_sent, note_stopped
    from khachquen.flows.signing_up import make_form
    from khachquen.govern.consent import Told, record
    from khachquen.govern.consent.links import Link, Links
    from khachquen.govern.consent.purposes import publish_text

    words = Text(
        vi="Gửi tôi tin hàng mới và khuyến mãi, nhiều nhất 4 tin mỗi tháng. Tôi rút lại lúc nào "
        "cũng được, bằng liên kết trong mỗi thư.",
        en="Send me news and offers, at most 4 messages a month. I may take this back any time.",
    )
    publish_text("ads", words, by="hoa@example.vn", at=at)
    keys = ("name", "phone", "email", "birthday", "gender", "address")
    wish = Wish(
        title=Text(vi="Đăng ký nhận tin nhà gốm", en="News from the pottery"),
        intro=Text(vi="Để lại email để biết lò gốm ra hàng mới.", en="Hear of new firings."),
        questions=tuple(Question(key, key == "email") for key in keys),
        asks=(Ask("ads", ("email", "zalo", "sms"), 4, 30),),
        origins=("https://nhamay.vn",),
    )
    form = make_form(wish, slug="nhan-tin", by="hoa@example.vn", at=at)
    note_sent(form.id, "lan", at=at)
    note_stopped(form.id, "fast", on=at.date())
    make_form(wish, slug="dong", by="hoa@example.vn", at=at)
    open_form("dong", is_open=False, by="hoa@example.vn", at=at)
    lan, paths = "email:lan@nhamay.vn", Links(settings.CONFIG).path
    record([Told([lan], "ads", "granted", ["email"], "paper", at_most=4, per_days=30)], now=at)
    return {
        "preferences": paths(Link("p", lan)).removeprefix("/p/"),
        "unsubscribe": paths(Link("u", lan, "ads")).removeprefix("/u/"),
        "confirm": _ask_mailbox(lan),
    }


def _ask_mailbox(key: str) -> str:
    """A sign-up that waits for its mailbox; by the real clock, as the page looks at that one."""
    from dataclasses import replace

    from django.conf import settings

    from khachquen.activate.confirmations import Asking, Limits, owe_letter
    from khachquen.activate.confirmations.models import Confirmation
    from khachquen.base import system_clock
    from khachquen.base.config import Server
    from khachquen.collect import find_or_create_source
    from khachquen.govern.consent.links import Links
    from khachquen.govern.consent.purposes import list_texts

    now = system_clock()
    told = {"purpose": "ads", "channels": ["email"], "text_version": 1,
            "text_digest": list_texts("ads")[0].digest, "at_most": 4, "per_days": 30}  # fmt: skip
    source = find_or_create_source(name="Biểu mẫu", kind="form", at=now)
    asking = Asking("m", "nhan-tin", "Nhận tin <b>mới</b>", source.pk, key, "lan@nhamay.vn",
                    [told], {}, "vi", 1, None)  # fmt: skip
    owe_letter(asking, Limits(), at=now)
    links = Links(replace(settings.CONFIG, server=Server(base_url="https://gom-moc.example")))
    return links.confirm_url(Confirmation.objects.get().pk).rpartition("/")[2]


def _suggest_pairs(at: datetime) -> int:
    """Hoa may be Nam, others were answered about, and a run is under way; one pair is over."""
    from khachquen.unify.suggestions.models import Run, Suggestion

    told = [["given", "same", True], ["middle", "other", False], ["phone", "near", True]]
    Run.objects.create(asked_at=at, state="done", finished_at=at, people=4, pairs=6)
    Run.objects.create(asked_at=at, state="running", step="score_pairs", done=5, total=7)
    for left, right, score, state in ((10, 20, 0.93, "open"), (10, 40, 0.7, "apart")):
        row = Suggestion.objects.create(
            left_id=left, right_id=right, score=score, band=int(score * 10), agreements=told,
            state=state, run_id=1, found_by="run", made_at=at, is_held=state == "open",
            decided_by="" if state == "open" else "hoa@example.vn", decided_at=at,
        )  # fmt: skip
    for number in range(1_000, 1_080, 2):
        Suggestion.objects.create(
            left_id=number, right_id=number + 1, score=0.85, band=8, state="joined", run_id=1,
            found_by="run", made_at=at, decided_by="hoa@example.vn", decided_at=at,
        )  # fmt: skip
    return int(row.pk)


def _try_other_rules(at: datetime) -> int:
    """One change of rules drafted and tried: two customers would become one, one would split."""
    from khachquen.store.jobs import ask_for
    from khachquen.store.jobs.models import Job
    from khachquen.unify.identity import load_rules
    from khachquen.unify.identity.rules import read_rules
    from khachquen.unify.identity.ruleset import as_data
    from khachquen.unify.rulebook import draft_rules

    other = as_data(load_rules())
    other["kinds"]["phone"]["limit"] = 3
    other["conflict"]["on"] = False
    change = draft_rules(read_rules(other), load_rules(), by="hoa@example.vn", at=at)
    job = ask_for("identity.simulate", {}, subject=change.subject, by="hoa@example.vn", at=at)
    ids = ["phone:+84912345678", "anonymous:6f0c1b54"]
    result = {
        "people_before": 4120,
        "people_after": 4102,
        "joined": 21,
        "split": 3,
        "moved": 48,
        "examples": [
            {"kind": "join", "names": [], "profile_ids": [1, 10], "keys": ids},
            {"kind": "split", "names": [], "profile_ids": [1, 99], "keys": ids[:1]},
        ],
    }
    done = {"state": "done", "result": result, "done": 9, "total": 9, "started_at": at}
    Job.objects.filter(id=job.id).update(**done)
    return change.id


def _ask_for_much(at: datetime) -> dict[str, int]:
    """Many are being tagged, and a file waits to be fetched; a view of the list is shared."""
    from khachquen.flows.exporting import ask_to_export
    from khachquen.flows.finding import Wanted
    from khachquen.flows.tagging import ask_to_tag
    from khachquen.govern import User
    from khachquen.relate.lists import save_view
    from khachquen.store.jobs.models import Job

    by: Any = {"by": "hoa@example.vn", "clock": lambda: at}
    work = ask_to_tag(Wanted(), add=["Tết 2027"], remove=[], **by)
    Job.objects.filter(id=work.id).update(done=1, total=3, state="running", started_at=at)
    file = ask_to_export(Wanted(), kind="xlsx", columns=(), language="vi", **by)
    ended = {"state": "done", "result": {"rows": 3}, "done": 3, "total": 3, "finished_at": at}
    Job.objects.filter(id=file.id).update(**ended)
    hoa = User.objects.get(email="hoa@example.vn")
    asks = {"q": ["hoa"], "sort": ["spent"], "rule": [json.dumps(_SPENT)]}
    save_view("Các chị Hoa hay mua", asks, user=hoa, at=at, is_shared=True)
    return {"work": work.id, "work_done": file.id}


def _make_segments(at: datetime) -> dict[str, int]:
    """Three that hold somebody, nobody and one of each other; one put away."""
    from khachquen.understand.segments import add_segment, change_segment, set_archived
    from tests.web.segmented import keep_segments

    by: Any = {"actor": "hoa@example.vn", "at": at}
    buyers = {"kind": "trait", "trait": "orders_count", "is": "at_least", "value": 1}
    looking = {
        "kind": "did",
        "event": "Product Added",
        "within": {"last": {"n": 30, "unit": "day"}},
    }
    known = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}
    made = add_segment("Người mua", buyers, **by, note="Ai từng mua ở quầy hay trên web.")
    rule = {"kind": "all", "of": [known, {"kind": "not", "of": {"kind": "any", "of": [
        {"kind": "segment", "segment": made.id}, looking]}}]}  # fmt: skip
    other = add_segment("Khách đã để lại số điện thoại nhưng chưa từng mua gì", known, **by)
    change_segment(other.id, name=other.name, rule=rule, **by)
    gone = add_segment("Đợt Tết năm ngoái", known, **by)
    set_archived(gone.id, True, **by)
    keep_segments(at)
    return {"segment": made.id, "other": other.id}


def _send_campaigns(segment: int, mail: int, at: datetime) -> dict[str, int]:
    """One campaign half sent, with every kind of end; one that was never sent."""
    from khachquen.activate.campaigns import running
    from khachquen.activate.campaigns.domains import keep_check
    from khachquen.activate.campaigns.making import add_account, add_campaign, change_campaign
    from khachquen.activate.campaigns.models import Recipient, Run, TryOut
    from khachquen.activate.campaigns.outcomes import Heard, record
    from khachquen.activate.campaigns.planning import archive, copy_campaign, save_plan
    from khachquen.activate.campaigns.repeating import save_repeat
    from khachquen.activate.campaigns.trying_out import Wish, ask_try_outs
    from khachquen.activate.channels.email.records import Told
    from khachquen.activate.content.reading import get_template

    by = {"by": "hoa@example.vn", "at": at}
    told = {"name": "Gốm Mộc <b>", "host": "mail.gom-moc.example", "from_name": "Gốm Mộc",
            "from_address": "tin@gom-moc.example", "trouble": "535 5.7.8 <i>sai</i>"}  # fmt: skip
    account = add_account(told, **by)
    words = {"subject": "[QC] Gốm mới", "text": "Gốm mới", "segment_id": segment}
    sent, unsent = (
        add_campaign({"name": name, "purpose": "ads", "account": account, **words}, **by)
        for name in ("Gốm mới tháng 11 <b>", "Tết")
    )
    run = running.begin(sent.pk, start_at=at, links_open=True, **by)
    running.start_due(at)
    running.write_down(run, range(1, 8), is_last=True, now=at)
    ends = ("sent", ""), ("skipped", "withdrawn"), ("skipped", "no_address"), ("unknown", "broken")
    for person, (state, reason) in enumerate(ends, 1):
        Recipient.objects.filter(run=run, person_id=person).update(
            state=state, reason=reason, address="hoa@example.vn", ended_at=at, reply="250 <i>ok</i>"
        )
    sent_to = Recipient.objects.get(run=run, person_id=1)
    Recipient.objects.filter(pk=sent_to.pk).update(is_tracked=True)
    later = at + timedelta(hours=1)
    record([Heard(sent_to.pk, "opened", "a", at, seen_as="apple"),
            Heard(sent_to.pk, "opened", "b", later),
            Heard(sent_to.pk, "clicked", "c", later, "1", links=4),
            Heard(sent_to.pk, "clicked", "d", at + timedelta(hours=2), "2", links=4)])  # fmt: skip
    Run.objects.filter(pk=run.pk).update(
        html='<p><a href="https://gom-moc.example/den">Đèn</a> <a href="https://x.example">B</a></p>'
    )
    version = get_template(mail).version.id
    change_campaign(unsent.pk, {"version_id": version}, **by)
    plan = {"goal": "orders", "goal_number": 30, "budget": 2_000_000, "cost_each": 250}
    plan |= {"brief": "Đưa khách cũ về xưởng <b>", "market": "Mùa quà Tết"}
    save_plan(unsent.pk, plan, **by)
    rhythm = {"every": "week", "day": 1, "at_time": time(9), "from_day": at.date()}
    save_repeat(unsent.pk, rhythm | {"again_days": 30}, zone=ZoneInfo("Asia/Ho_Chi_Minh"), **by)
    copied = copy_campaign(unsent.pk, **by)
    archive(copy_campaign(copied.pk, **by).pk, True, **by)
    wish = Wish(version, account.pk, "nameless", "hoa@example.vn, nam@gom-moc.example", "ads")
    taken, turned_away = ask_try_outs(wish, per_hour=30, **by)
    TryOut.objects.filter(pk=taken.pk).update(state="sent", reply="250 <i>ok</i>", ended_at=at)
    TryOut.objects.filter(pk=turned_away.pk).update(state="failed", reply="550 5.1.1 <b>ai?</b>")
    keep_check(
        account, Told(["v=spf1 mx <b> -all"], [], ["v=DMARC1; p=none"]), is_pasted=True, at=at
    )
    return {
        "campaign": sent.pk,
        "unsent": unsent.pk,
        "run": run.pk,
        "mail_account": account.pk,
        "returned": _return_letters(account.pk, at),
    }


def _return_letters(account: int, at: datetime) -> int:
    """Some of every kind came back, and one that nobody understood."""
    from khachquen.activate.returned.boxes import save_box
    from khachquen.activate.returned.hooking import save_hook
    from khachquen.activate.returned.models import ReturnBox, Returned

    box = {"bounce_address": "bounce@thu.gom-moc.example", "protocol": "imap", "user": "bounce",
           "host": "mail.gom-moc.example", "password": "gốm nâu"}  # fmt: skip
    save_box(account, box, by="hoa@example.vn", at=at)
    ReturnBox.objects.update(trouble="NO <b>sai mật khẩu</b>", tried_at=at)
    save_hook(account, "sendgrid", "khóa", by="hoa@example.vn", at=at)
    kinds = ("hard", "soft", "policy", "complaint", "auto", "delayed", "unreadable")
    for number, kind in enumerate(kinds):
        row = Returned.objects.create(
            account_id=account, via="imap", digest=str(number), got_at=at, told_at=at, kind=kind,
            raw=b"Subject: <b>\r\n\r\n<script>alert(1)</script>", address="hoa@example.vn",
            known_by="" if kind == "unreadable" else "envelope", subject="Hỏi giá <b>",
            words="550 5.1.1 <i>ai?</i>", status="5.1.1",
        )  # fmt: skip
    return row.pk


def _test_subjects(unsent: int, at: datetime) -> dict[str, int]:
    """A test of two subjects that is planned, and one that ended with a better one."""
    from khachquen.activate.campaigns.making import add_campaign, get_campaign
    from khachquen.activate.campaigns.models import Outcome, Recipient, Run
    from khachquen.activate.campaigns.variants import Plan, Variant, save_plan

    by = {"by": "hoa@example.vn", "at": at}
    ways = Variant("A", 50), Variant("B", 50, subject="[QC] {{ person.given_name }} ơi, gốm <b>mới")
    save_plan(unsent, Plan(ways, "test"), 10, **by)
    like = get_campaign(unsent)
    same = {"purpose": "ads", "account": like.account, "version_id": like.version_id}
    tested = add_campaign({"name": "Gốm Tết", "segment_id": like.segment_id, **same}, **by)
    save_plan(tested.pk, Plan(ways), 0, **by)
    run = Run.objects.create(
        campaign=tested, **same, lane="bulk", segment_id=like.segment_id, state="done", by="hoa",
        experiment=get_campaign(tested.pk).experiment, start_at=at, began_at=at, is_frozen=True,
    )  # fmt: skip
    for person in range(1, 121):
        row = Recipient.objects.create(
            run=run, person_id=person, state="sent", variant="AB"[person % 2], is_tracked=True,
            due_at=at, ended_at=at - timedelta(days=2),
        )  # fmt: skip
        if person % 2 or person % 24 == 0:
            seen = {"first_at": at - timedelta(days=2), "last_at": at - timedelta(days=2)}
            Outcome.objects.create(recipient=row, kind="clicked", detail="1", **seen)
    return {"tested": tested.pk, "tested_run": run.pk}


def _tell_others(segment: int, at: datetime) -> dict[str, int]:
    """A stock system that took one message, gave up one and waits for one; a call centre gone."""
    from khachquen.activate.egress import Answer
    from khachquen.activate.webhooks.models import Delivery, Endpoint
    from khachquen.activate.webhooks.owed import Lanes, claim, send_test, settle

    told = {"kinds": ["segment.entered"], "after_seq": 1, "state_at": at, "created_at": at}
    by = {"created_by": "hoa@example.vn", "secret": "sealed:webhook_secret:00"}
    stock = Endpoint.objects.create(
        name="Phần mềm kho <b>", url="https://kho.example/khachquen?a=1", segments=[segment],
        gives_identifiers=True, purpose="sharing", **told, **by,
    )  # fmt: skip
    gone = Endpoint.objects.create(name="Tổng đài cũ", url="https://goi.example/", **told, **by)
    said = (Answer(200, text="ok", took_ms=41), Answer(500, text="<i>hỏng</i>", took_ms=9))
    data = {"profile_id": 1, "segment": {"id": segment, "name": "Người mua"}, "cause": "event"}
    for number, answer in enumerate(said):
        send_test(stock.pk, key=f"msg_{number}", actor="hoa@example.vn", at=at)
        if number:
            Delivery.objects.filter(key="msg_1").update(kind="segment.entered", tries=4, data=data)
        settle({one.id: answer for one in claim(Lanes(), now=at)}, now=at, jitter=lambda: 0.0)
    send_test(stock.pk, key="msg_2", actor="hoa@example.vn", at=at)
    send_test(gone.pk, key="msg_3", actor="hoa@example.vn", at=at)
    Delivery.objects.filter(key="msg_3").update(kind="segment.left", data=data)
    last = {one.id: Answer(410) for one in claim(Lanes(), now=at) if one.key == "msg_3"}
    settle(last, now=at, jitter=lambda: 0.0)
    return {"webhook": stock.pk, "stopped": gone.pk}


def measure_quality(story: "Sources", at: datetime) -> None:
    """Two measurements and one to come, a cleaning and one to come, a plan nobody keeps."""
    from khachquen.unify import quality
    from khachquen.unify.quality.cleaning import request_cleaning
    from khachquen.unify.quality.plan import save_plan

    for _ in range(2):
        quality.request_measurement(actor="hoa@example.vn", at=at)
        request_cleaning(actor="hoa@example.vn", at=at)
        while quality.tend(at, is_idle=False):
            pass
    request_cleaning(actor="hoa@example.vn", at=at)
    quality.request_measurement(actor="hoa@example.vn", at=at)
    wanted = {"phone": 90, "name": 20, "birthday": 50}
    save_plan(story.website, wanted, actor="hoa@example.vn", at=at)


def _know_hoa_well(till: int, website: int, at: datetime) -> None:
    """Hoa's ID number sealed, a trait of the shop's own, one that cannot be read, one unknown."""
    import json

    from khachquen.unify.models import Trait
    from khachquen.unify.traits import Standing, load_registry, note_arrived, rank_source
    from khachquen.unify.traits.declaring import Wish, add_attribute
    from khachquen.unify.traits.vault import installed_keys, save_boxes

    wish = Wish("Ngày cưới", "Wedding day", kind="date", pii="linkable", in_list=True)
    add_attribute(wish, actor="hoa@example.vn", at=at)
    note_arrived(["con_giap"], load_registry(), at=at)
    rank_source(till, Standing(2, "given"), actor="hoa@example.vn", at=at)
    told = {"cccd": "079195012345", "income": 15_000_000}
    boxes = load_registry().sealer.seal(told, installed_keys().get, "1:hoa")
    save_boxes(boxes, at=at)
    said = [
        ("cccd", told["cccd"], till),
        ("income", told["income"], till),
        ("Ngày cưới", "24/12/2019", till),
        ("birthday", "1990-12-24", till),
        ("dob", "ba mươi", website),
        ("con_giap", "Tý", website),
    ]
    for name, value, source in said:
        Trait.objects.create(
            node_id=10, name=name, source_id=source, value=json.dumps(value), at=at, message_id=name
        )
