"""Gốm Mộc adds its three records to the DNS, and what goes wrong on the way."""

from khachquen.activate.channels.email.records import Judgement, Told, judge_records

HOST, DOMAIN = "smtp.gmail.com", "gom-moc.example"
OURS = "v=DKIM1; k=rsa; p=MIIBIjANBgkq"
SPF = "v=spf1 include:_spf.google.com ~all"
DMARC = "v=DMARC1; p=none; rua=mailto:dmarc@gom-moc.example"
RIGHT = Told([SPF, "google-site-verification=abc"], [OURS], [DMARC])


def judged(told: Told, *, domain: str = DOMAIN) -> Judgement:
    return judge_records(told, domain=domain, host=HOST, dkim=OURS)


def troubles(told: Told) -> list[str]:
    return [one.code for one in judged(told).found if one.level != "good"]


def test_a_domain_with_its_three_records_is_good() -> None:
    assert troubles(RIGHT) == []
    assert judged(RIGHT).is_good


def test_a_new_domain_is_told_what_to_add() -> None:
    found = judged(Told()).found
    assert [(one.code, one.record_text) for one in found] == [
        ("spf.none", SPF),
        ("dkim.none", OURS),
        ("dmarc.none", DMARC),
    ]
    assert not judged(Told()).is_good


def test_spf_is_read_term_by_term() -> None:
    def spf(*records: str) -> list[str]:
        return troubles(Told(records, RIGHT.dkim, RIGHT.dmarc))

    assert spf(SPF, "v=spf1 mx -all") == ["spf.several"]
    assert spf("v=spf1 include:_spf.google.com +all") == ["spf.anybody"]
    assert spf("v=spf1 include:_spf.google.com all") == ["spf.anybody"]
    assert spf("v=spf1 include:_spf.google.com ?all") == ["spf.neutral"]
    assert spf("v=spf1 include:_spf.google.com") == ["spf.no_end"]
    assert spf("v=spf1 include:_spf.google.com redirect=_spf.nhamay.vn") == []
    assert spf("v=spf1 ptr include:_spf.google.com -all") == ["spf.ptr"]
    assert spf("v=spf1 inclde:_spf.google.com -all") == ["spf.unknown_term", "spf.server_missing"]
    assert spf("v=spf10 mx -all") == ["spf.none"]
    many = " ".join(f"include:{n}.nhamay.vn" for n in range(10))
    assert spf(f"v=spf1 include:_spf.google.com {many} ~all") == ["spf.too_many"]
    assert spf("V=SPF1 INCLUDE:_SPF.GOOGLE.COM -ALL") == []


def test_a_record_without_our_server_is_shown_with_it() -> None:
    found = judged(Told(["v=spf1 mx -all"], RIGHT.dkim, RIGHT.dmarc))
    missing = next(one for one in found.found if one.code == "spf.server_missing")
    assert missing.record_text == "v=spf1 include:_spf.google.com mx -all"
    assert found.is_good  # the mail service may have asked for something else


def test_the_key_must_be_the_one_we_sign_with() -> None:
    def dkim(*records: str) -> list[str]:
        return troubles(Told(RIGHT.spf, records, RIGHT.dmarc))

    assert dkim("v=DKIM1; k=rsa; p=MIIBIjAN Bgkq") == []  # spaces of a pasted key
    assert dkim("p=MIIBIjANBgkq") == []  # everything else has a default
    assert dkim("v=DKIM1; p=AAAA") == ["dkim.other_key"]
    assert dkim("v=DKIM1; p=") == ["dkim.revoked"]
    assert dkim("v=DKIM2; p=MIIBIjANBgkq") == ["dkim.version"]
    assert dkim(f"{OURS}; t=y:s") == ["dkim.testing"]
    assert dkim(OURS, "v=DKIM1; p=AAAA") == ["dkim.several"]
    assert dkim("hello") == ["dkim.none"]


def test_dmarc_needs_a_policy_and_better_an_address_for_reports() -> None:
    def dmarc(*records: str) -> list[str]:
        return troubles(Told(RIGHT.spf, RIGHT.dkim, records))

    assert dmarc("v=DMARC1; p=reject; rua=mailto:hoa@gom-moc.example") == []
    assert dmarc("v=DMARC1; p=quarantine") == ["dmarc.no_reports"]
    assert dmarc("v=DMARC1; p=maybe") == ["dmarc.policy"]
    assert dmarc("v=DMARC1") == ["dmarc.policy"]
    assert dmarc(DMARC, DMARC) == ["dmarc.several"]


def test_nobody_signs_for_a_mailbox_service() -> None:
    found = judged(RIGHT, domain="gmail.com").found
    assert [one.code for one in found] == ["domain.free_mail"]
