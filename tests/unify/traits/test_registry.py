"""The registry: what is built in, what the shop adds on a page, what arrives unasked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.db import models

from khachquen.activate.campaigns.models import Message, Outcome, Recipient, Sighting, TryOut
from khachquen.base import ConflictError, InputError, KhachQuenError, NotFoundError
from khachquen.govern import list_audit
from khachquen.store.lake.schema import COLUMNS
from khachquen.store.models import Later
from khachquen.unify import models as unify_models
from khachquen.unify.households.models import Household, Member
from khachquen.unify.quality.models import Finding, Repair
from khachquen.unify.traits import (
    FreshRegistry,
    Standing,
    load_registry,
    note_arrived,
    rank_source,
    read_value,
    standings,
)
from khachquen.unify.traits.builtin import built_in
from khachquen.unify.traits.declaring import Wish, add_attribute, change_attribute, set_archived
from khachquen.unify.traits.definition import (
    KINDS,
    RULES,
    SENSITIVITIES,
    SOURCE_CLASSES,
    spellings_of,
    squeeze,
)
from khachquen.unify.traits.models import Attribute, SealedValue
from khachquen.unify.traits.stored import classify, stored_fields

HOA = "hoa@example.vn"
WEDDING = Wish("Ngày cưới", "Wedding day", kind="date", pii="linkable", in_list=True)


def test_every_built_in_trait_is_declared_whole() -> None:
    for key, one in built_in().items():
        assert one.pii in ("linked", "linkable", "none"), f"{key} is not classified"
        assert one.kind in KINDS
        assert one.rule in RULES
        assert one.sensitivity in SENSITIVITIES
        assert one.source_class in SOURCE_CLASSES
        assert one.label.vi, key
        assert one.label.en, key
        assert not one.sealed or one.sensitivity == "sensitive", key
        assert bool(one.choices) == (one.kind == "choice"), key


def test_no_two_built_in_traits_share_a_spelling() -> None:
    owners: dict[str, str] = {}
    for key, one in built_in().items():
        for name in spellings_of(one):
            assert owners.setdefault(squeeze(name), key) == key, name


def test_id_numbers_and_incomes_are_sealed_from_the_first_day() -> None:
    assert {"national_id", "income", "passport_number", "bank_account", "card_number"} == {
        key for key, one in built_in().items() if one.sealed
    }


_ROOMS = (
    "classes", "confirmations", "consent", "content", "forms", "notes", "returned", "webhooks",
)  # fmt: skip


def _columns() -> Iterator[tuple[str, str]]:
    """Everything kept of customers: the tables of unify, the boxes, and the lake."""
    tables = [
        one
        for one in vars(unify_models).values()
        if isinstance(one, type) and issubclass(one, models.Model)
    ]
    tables += [m for app in _ROOMS for m in apps.get_app_config(app).get_models()]
    for table in (
        *tables,
        SealedValue,
        Household,
        Member,
        Finding,
        Repair,
        Outcome,
        Recipient,
        Sighting,
        TryOut,
        Message,
        Later,
    ):
        yield from ((table._meta.db_table, field.column) for field in table._meta.concrete_fields)
    for dataset, columns in COLUMNS.items():
        yield from ((f"lake.{dataset}", column) for column in columns)


def test_every_stored_column_is_classified_and_no_class_is_of_nothing() -> None:
    classified = {(field.place, field.name) for field in stored_fields()}

    missing = sorted(set(_columns()) - classified)
    assert not missing, f"say in unify/traits/stored.toml how far these name a person: {missing}"
    assert not sorted(classified - set(_columns())), "stored.toml names columns that are gone"
    assert len(stored_fields()) == len(classified), "a column stands in two classes"


@pytest.mark.django_db
def test_the_report_lists_everything_once(now: datetime) -> None:
    report = classify(load_registry())

    assert report["unclassified"] == ([], [])
    assert "national_id" in {one.key for one in report["linked"][0]}
    assert "birthday" in {one.key for one in report["linkable"][0]}
    assert "points" in {one.key for one in report["none"][0]}
    note_arrived(["con_giap"], load_registry(), at=now)
    assert [one.key for one in classify(load_registry())["unclassified"][0]] == ["con_giap"]


@pytest.mark.django_db
def test_a_wedding_day_is_added_and_understood_at_once(now: datetime) -> None:
    added = add_attribute(WEDDING, actor=HOA, at=now)

    assert (added.key, added.label.vi, added.kind) == ("ngay_cuoi", "Ngày cưới", "date")
    registry = load_registry()
    for name in ("ngay_cuoi", "Ngày cưới", "ngày  CƯỚI", "wedding day"):
        assert registry.find(name).key == "ngay_cuoi", name
    assert [one.key for one in registry.listed()] == ["ngay_cuoi"]
    assert read_value(registry.find("ngay_cuoi"), "24/12/2019", on=now.date()).value == "2019-12-24"
    [entry] = list_audit()
    assert (entry.actor, entry.action, entry.subject) == (HOA, "trait.add", "trait:ngay_cuoi")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wish", "kind", "code"),
    [
        (Wish(" ", pii="none"), InputError, "traits.no_name"),
        (Wish("-_-", pii="none"), InputError, "traits.no_name"),
        (Wish("Con giáp"), InputError, "traits.no_class"),
        (Wish("Con giáp", kind="choice", pii="none"), InputError, "traits.no_choices"),
        (
            Wish("Con giáp", kind="choice", choices=["Tý", "tý", ""], pii="none"),
            InputError,
            "traits.no_choices",
        ),
        (Wish("Con giáp", kind="dat", pii="none"), InputError, "traits.unknown_kind"),
        (Wish("Nợ riêng", pii="linkable", sealed=True), InputError, "traits.not_sensitive"),
        (Wish("Sinh nhật", kind="date", pii="linkable"), ConflictError, "traits.taken"),
        (Wish("Số CMND", pii="linked"), ConflictError, "traits.taken"),
    ],
)
def test_a_trait_that_cannot_be_is_refused_and_nothing_is_added(
    wish: Wish, kind: type[KhachQuenError], code: str, now: datetime
) -> None:
    with pytest.raises(kind) as refused:
        add_attribute(wish, actor=HOA, at=now)

    assert refused.value.code == code
    assert not Attribute.objects.exists()
    assert list_audit() == []


@pytest.mark.django_db
def test_the_refusal_names_the_trait_that_is_there_already(now: datetime) -> None:
    with pytest.raises(ConflictError) as refused:
        add_attribute(Wish("Sinh nhật", pii="linkable"), actor=HOA, at=now)

    assert refused.value.message.vi == "Đã có thuộc tính “Ngày sinh” hiểu tên 'Sinh nhật'."


@pytest.mark.django_db
def test_a_name_nobody_declared_waits_to_be_classified_and_then_is(now: datetime) -> None:
    registry = load_registry()

    assert note_arrived(["con_giap", "email", "Ngày sinh", "  "], registry, at=now) == ["con_giap"]
    assert note_arrived(["con_giap"], registry, at=now) == ["con_giap"], "twice does no harm"

    waiting = load_registry().find("con_giap")
    assert (waiting.origin, waiting.pii, waiting.is_classified) == (
        "arrived",
        "unclassified",
        False,
    )
    told = change_attribute("con_giap", Wish("Con giáp", pii="none"), actor=HOA, at=now)
    assert (told.origin, told.label.vi, told.pii) == ("custom", "Con giáp", "none")
    assert note_arrived(["con_giap", "Con giáp"], load_registry(), at=now) == []


@pytest.mark.django_db
def test_of_a_built_in_trait_the_shop_changes_words_and_rule_only(now: datetime) -> None:
    wish = Wish("Sinh nhật khách", kind="text", pii="none", rule="newest", in_list=True)

    changed = change_attribute("birthday", wish, actor=HOA, at=now)

    assert (changed.label.vi, changed.rule, changed.in_list) == ("Sinh nhật khách", "newest", True)
    assert (changed.kind, changed.pii) == ("date", "linkable")
    assert load_registry().find("Ngày sinh").key == "birthday", "its old name still means it"


@pytest.mark.django_db
def test_a_trait_renamed_twice_is_found_by_every_name_it_had(now: datetime) -> None:
    add_attribute(WEDDING, actor=HOA, at=now)
    for label in ("Ngày thành hôn", "Kỷ niệm cưới"):
        change_attribute("ngay_cuoi", replace(WEDDING, label=label), actor=HOA, at=now)

    registry = load_registry()
    assert registry.find("ngay_cuoi").label.vi == "Kỷ niệm cưới"
    for name in ("Ngày cưới", "ngày thành hôn", "kỷ niệm cưới", "Wedding day"):
        assert registry.find(name).key == "ngay_cuoi", name


@pytest.mark.django_db
def test_archived_is_out_of_the_way_and_comes_back(now: datetime) -> None:
    add_attribute(WEDDING, actor=HOA, at=now)

    set_archived("ngay_cuoi", True, actor=HOA, at=now)
    assert load_registry().listed() == []
    assert load_registry().find("Ngày cưới").is_archived

    set_archived("ngay_cuoi", False, actor=HOA, at=now)
    assert not load_registry().find("Ngày cưới").is_archived
    with pytest.raises(NotFoundError):
        set_archived("khong-co", True, actor=HOA, at=now)


@pytest.mark.django_db
def test_what_was_sealed_stays_sealed_and_never_stands_in_a_list(now: datetime) -> None:
    wish = Wish("Nợ riêng", pii="linkable", sensitivity="sensitive", sealed=True, in_list=True)
    added = add_attribute(wish, actor=HOA, at=now)
    assert (added.sealed, added.in_list) == (True, False)

    with pytest.raises(InputError) as refused:
        change_attribute(added.key, Wish("Nợ riêng", pii="linkable"), actor=HOA, at=now)

    assert refused.value.code == "traits.stays_sealed"
    assert load_registry().find("Nợ riêng").sealed


@pytest.mark.django_db
def test_a_process_that_stays_hears_of_a_new_trait(now: datetime) -> None:
    fresh = FreshRegistry()
    before = fresh.get()
    assert fresh.get() is before

    add_attribute(WEDDING, actor=HOA, at=now)
    assert fresh.get().find("ngay cuoi").key == "ngay_cuoi"
    set_archived("ngay_cuoi", True, actor=HOA, at=now + timedelta(seconds=1))
    assert fresh.get().find("ngay cuoi").is_archived


@pytest.mark.django_db
def test_a_source_is_ranked_and_a_rank_there_is_not_is_refused(now: datetime) -> None:
    rank_source(7, Standing(2, "bought"), actor=HOA, at=now)
    rank_source(7, Standing(3, "given"), actor=HOA, at=now)

    assert standings() == {7: Standing(3, "given")}
    for bad in (Standing(0), Standing(10), Standing(5, "stolen")):
        with pytest.raises(InputError):
            rank_source(7, bad, actor=HOA, at=now)
    assert standings() == {7: Standing(3, "given")}
