"""The rules of identity as a form: each field is named by its place in the rules."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from khachquen.base import InputError
from khachquen.unify.decisions import kind_words
from khachquen.unify.identity import Rules, identifiers_of
from khachquen.unify.identity.ruleset import STRENGTH, as_data, read_rules
from khachquen.unify.rulebook.words import EVIDENCE, FIELDS
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language

_COUNTED = ("user", "email", "phone", "anonymous")
"""Beside whom an identifier is mostly counted; others are shown where a rule names them."""
_MOST = 1_000_000
_ORDERED = ("identify", "alias", "event", "score")


class RulesForm(WordsForm):
    """All rules, filled with those that hold; what is wrong is said beside the field."""

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._given = as_data(rules)
        for kind in STRENGTH:
            self._add_kind(kind, self._given["kinds"][kind])
        self._add_conflict(self._given["conflict"])
        self._add_evidence(self._given["evidence"]["order"])
        self._add_lists(self._given["blocked"])
        self.told: Rules | None = None

    def kinds(self) -> Iterator[tuple[str, list[BoundField], list[BoundField], bool]]:
        """What a kind is called; its limit, its shared-after; whether something is wrong there."""
        for kind in STRENGTH:
            mine = [self[name] for name in self.fields if name.startswith(f"kinds.{kind}.")]
            shared = [one for one in mine if ".shared_after." in one.name]
            plain = [one for one in mine if one not in shared]
            title = in_language(kind_words(kind))
            yield title[:1].upper() + title[1:], plain, shared, any(one.errors for one in mine)

    def of(self, section: str) -> list[BoundField]:
        """The fields of another part of the rules."""
        return [self[name] for name in self.fields if name.startswith(f"{section}.")]

    def conflict(self) -> list[BoundField]:
        return self.of("conflict")

    def evidence(self) -> list[BoundField]:
        return [*self.of("evidence"), *self.of("public")]

    def blocked(self) -> list[BoundField]:
        return self.of("blocked")

    def clean(self) -> dict[str, Any]:
        """Rules out of the fields; what only shows when they stand together, beside its field."""
        told = self.cleaned_data
        self._check_shared(told)
        self._check_order(told)
        self._check_patterns(told)
        if not self.errors:
            data = self._as_data(told)
            if not self.errors:
                try:
                    self.told = read_rules(data)
                except InputError as error:
                    self.refuse(error)
        return told

    def _check_shared(self, told: dict[str, Any]) -> None:
        """Below the other kind's limit a shared identifier could go unnoticed."""
        for name, most in list(told.items()):
            other = name.rpartition(".shared_after.")[2]
            limit = told.get(f"kinds.{other}.limit") if other != name else None
            if most and limit and most < limit:
                words = gettext("%(most)s là ít hơn số %(kind)s một người được có (%(limit)s). "
                                "Nhập từ %(limit)s trở lên.")  # fmt: skip
                kind = in_language(kind_words(other))
                self.add_error(name, words % {"most": most, "kind": kind, "limit": limit})

    def _check_order(self, told: dict[str, Any]) -> None:
        seen = set()
        for place in range(1, len(_ORDERED) + 1):
            chosen = told.get(f"evidence.{place}")
            if chosen and chosen in seen:
                self.add_error(f"evidence.{place}", gettext("Đã chọn ở một chỗ trước rồi."))
            seen.add(chosen)
        if "event" not in seen:
            words = gettext("Thiếu “%(name)s”: chọn nó ở một trong các chỗ này.")
            name = in_language(EVIDENCE["event"])
            self.add_error(f"evidence.{len(_ORDERED)}", words % {"name": name})

    def _check_patterns(self, told: dict[str, Any]) -> None:
        for number, line in enumerate(_lines(told.get("blocked.patterns", "")), 1):
            try:
                re.compile(f"(?:{line})")
            except re.error:
                words = gettext("Dòng %(number)s, “%(line)s”: không phải biểu thức chính quy. "
                                "Ví dụ đúng: khach.*")  # fmt: skip
                self.add_error("blocked.patterns", words % {"number": number, "line": line[:60]})

    def _add_kind(self, kind: str, told: dict[str, Any]) -> None:
        place = f"kinds.{kind}"
        self._number(f"{place}.limit", _("Một người có nhiều nhất"), told["limit"])
        self._number(
            f"{place}.window_days",
            _("Trong số ngày liền nhau"),
            told.get("window_days"),
            help_text=_("Để trống: tính suốt đời."),
        )
        self.fields[f"{place}.strong"] = forms.BooleanField(
            label=_("Tự nó đủ để biết là ai"), required=False, initial=told["strong"]
        )
        shared = told["shared_after"]
        for other in STRENGTH:
            if other != kind and (other in _COUNTED or other in shared):
                words = {"kind": in_language(kind_words(other))}
                label = gettext("Là của chung khi đi cùng hơn … %(kind)s") % words
                self._number(f"{place}.shared_after.{other}", label, shared.get(other))

    def _number(self, name: str, label: Any, value: int | None, help_text: Any = "") -> None:
        wrong = gettext("Nhập một số từ 1 đến 1.000.000, ví dụ 5.")
        self.fields[name] = forms.IntegerField(
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
            label=label,
            initial=value,
            min_value=1,
            max_value=_MOST,
            required=name.endswith(".limit"),
            help_text=help_text,
        )

    def _add_conflict(self, told: dict[str, Any]) -> None:
        self.fields["conflict.on"] = forms.BooleanField(
            label=_("Thông tin trái nhau thì không gộp, chờ người xem"),
            required=False,
            initial=told["on"],
        )
        self.fields["conflict.fields"] = forms.MultipleChoiceField(
            label=_("Trái nhau ở"),
            choices=[(key, in_language(words)) for key, words in FIELDS.items()],
            initial=told["fields"],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["conflict.carried_by"] = forms.MultipleChoiceField(
            label=_("Thì không gộp qua"),
            choices=[(kind, in_language(kind_words(kind))) for kind in STRENGTH],
            initial=told["carried_by"],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def _add_evidence(self, order: list[str]) -> None:
        choices = [("", "–"), *((name, in_language(EVIDENCE[name])) for name in _ORDERED)]
        rest = [name for name in order if name in _ORDERED]
        for place in range(1, len(_ORDERED) + 1):
            self.fields[f"evidence.{place}"] = forms.ChoiceField(
                label=gettext("Tin thứ %(place)s, sau nguồn có khóa bí mật") % {"place": place},
                choices=choices,
                initial=rest[place - 1] if place <= len(rest) else "",
                required=False,
            )
        self.fields["public.may_join_vouched"] = forms.BooleanField(
            label=_("Cho nguồn công khai gộp hai khách đã xác nhận"),
            required=False,
            initial=self._given["public"]["may_join_vouched"],
            help_text=_("Ai cũng gửi được dữ liệu bằng khóa công khai, kể cả số điện thoại của "
                        "người khác."),
        )  # fmt: skip

    def _add_lists(self, told: dict[str, list[str]]) -> None:
        for name, label, help_text in (
            ("values", _("Giá trị không phải của ai"), _("Mỗi dòng một giá trị, như: khách lẻ.")),
            ("patterns", _("Mẫu không phải của ai"),
             _("Mỗi dòng một biểu thức chính quy; phải khớp cả giá trị.")),
            ("keys", _("Số và email của chính cửa hàng"),
             _("Mỗi dòng một số điện thoại, một email, hoặc loại:giá trị như user:khach-le.")),
        ):  # fmt: skip
            self.fields[f"blocked.{name}"] = forms.CharField(
                label=label,
                initial="\n".join(told[name]),
                required=False,
                strip=False,
                widget=forms.Textarea(attrs={"rows": 6}),
                help_text=help_text,
            )

    def _as_data(self, told: dict[str, Any]) -> dict[str, Any]:
        kinds: dict[str, Any] = {}
        for kind in STRENGTH:
            mine = {
                n.split(".", 2)[2]: v for n, v in told.items() if n.startswith(f"kinds.{kind}.")
            }
            shared = {n.partition(".")[2]: v for n, v in mine.items() if n.startswith("shared_")}
            kinds[kind] = {
                "limit": mine["limit"],
                "strong": mine["strong"],
                **({"window_days": mine["window_days"]} if mine["window_days"] else {}),
                "shared_after": {other: n for other, n in shared.items() if n},
            }
        order = [told[f"evidence.{place}"] for place in range(1, len(_ORDERED) + 1)]
        return {
            "kinds": kinds,
            "evidence": {"order": ["trusted", *filter(None, order)]},
            "public": {"may_join_vouched": told["public.may_join_vouched"]},
            "conflict": {name: told[f"conflict.{name}"] for name in ("on", "fields", "carried_by")},
            "blocked": {
                "values": _lines(told["blocked.values"]),
                "patterns": _lines(told["blocked.patterns"]),
                "keys": self._keys(_lines(told["blocked.keys"])),
            },
        }

    def _keys(self, lines: list[str]) -> list[str]:
        """Numbers and addresses in their one form; a line that is none is said with its number."""
        keys = []
        for number, line in enumerate(lines, 1):
            kind, _mark, value = line.partition(":")
            if kind in STRENGTH and value:
                keys.append(line)
                continue
            found = identifiers_of(None, None, {"email": line, "phone": line}, {})
            if not found:
                words = gettext("Dòng %(number)s, “%(line)s”: không phải số điện thoại, email hay "
                                "loại:giá trị. Ví dụ: 024 3812 3456.")  # fmt: skip
                self.add_error("blocked.keys", words % {"number": number, "line": line[:60]})
                continue
            keys.append(found[0].key)
        return keys


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
