"""Whether mailboxes would believe a domain's letters: what stands in the DNS, and what should."""

import dns.resolver
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from khachquen.activate.campaigns.accounts import get_account, keys_of
from khachquen.activate.campaigns.domains import domain_of, keep_check, look_at, names_of
from khachquen.activate.channels.email.records import Told, spf_term_of
from khachquen.base import KhachQuenError, system_clock
from khachquen.flows.asking_dns import ask_dns
from khachquen.web.forms import WordsForm
from khachquen.web.pages.mail_accounts import demand_admin
from khachquen.web.people import signed_in

RESOLVER: dns.resolver.Resolver | None = None  # the machine's own


class RecordsForm(WordsForm):
    """The records, pasted from wherever the domain's names are kept."""

    spf = forms.CharField(label=_("SPF (TXT của tên miền)"), required=False, max_length=5000)
    dkim = forms.CharField(label=_("DKIM"), required=False, max_length=5000)
    dmarc = forms.CharField(label=_("DMARC"), required=False, max_length=5000)

    def told(self) -> Told:
        """One record a field; quotes that came along are no part of it."""
        said = {key: str(value).strip().strip('"') for key, value in self.cleaned_data.items()}
        return Told(**{key: [value] if value else [] for key, value in said.items()})


@require_http_methods(["GET", "HEAD", "POST"])
def mail_domain(request: HttpRequest, account_id: int) -> HttpResponse:
    """The last look, the button that asks the DNS, and the form for who cannot."""
    account = get_account(account_id)
    is_pasted = request.POST.get("how") == "pasted"
    form = RecordsForm(request.POST if is_pasted else None)
    if request.method == "POST":
        demand_admin(request)
        try:
            if not is_pasted or form.is_valid():
                told = form.told() if is_pasted else ask_dns(account, resolver=RESOLVER)
                keep_check(account, told, is_pasted=is_pasted, at=system_clock())
                messages.success(request, gettext("Đã xem lại các bản ghi."))
                return redirect("mail_domain", account.pk)
        except KhachQuenError as error:
            form = RecordsForm({})
            form.refuse(error)
    key, looked = next(iter(keys_of(account)), None), look_at(account)
    context = {
        "account": account,
        "domain": domain_of(account),
        "names": names_of(account),
        "looked": looked,
        "records": [(one, looked.judgement.of(one)) for one in ("domain", "spf", "dkim", "dmarc")]
        if looked
        else [],
        "spf_should": f"v=spf1 {spf_term_of(account.host)} ~all",
        "dkim_should": key.record if key else "",
        "dmarc_should": f"v=DMARC1; p=none; rua=mailto:dmarc@{domain_of(account)}",
        "form": form,
        "may_change": signed_in(request).is_admin,
    }
    return render(request, "campaigns/domain.html", context, status=400 if form.errors else 200)
