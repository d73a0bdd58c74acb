"""Rows of a customer list → one identify message each."""

from collections.abc import Iterator
from typing import Any

from khachquen.collect.importing.mapping import Plan
from khachquen.collect.importing.messages import Message, Numbering, encode
from khachquen.collect.importing.moments import Calendar
from khachquen.collect.importing.sheets import Sheet
from khachquen.collect.importing.summary import Problem, Tally
from khachquen.collect.importing.values import clean_cell, is_walk_in, parse_id, parse_number

MAX_ID = 200
_TRAIT_OF = {
    "first_name": "firstName",
    "last_name": "lastName",
    "created_at": "createdAt",
    "zalo_id": "zaloUserId",
    "zalo_oa": "zaloOaId",
    "facebook_psid": "facebookPsid",
    "facebook_page": "facebookPageId",
    "card": "member_card",
    "device_id": "deviceId",
}
_IDS = ("phone", "email", "zalo_id", "facebook_psid", "card")
"""Who a row is about, where it has no customer number."""
_NUMBERS = (*_IDS, "zalo_oa", "facebook_page", "device_id")
_ADDRESS = {
    "address": "street",
    "ward": "ward",
    "district": "district",
    "province": "city",
    "country": "country",
}
_GENDERS = {"nam": "male", "male": "male", "m": "male", "nữ": "female", "female": "female",
            "f": "female", "nu": "female"}  # fmt: skip


class CustomerReader:
    """Turns rows into messages, and counts what became of each row."""

    def __init__(
        self, sheet: Sheet, plan: Plan, calendar: Calendar, numbering: Numbering, tally: Tally
    ):
        self._sheet, self._plan, self._calendar = sheet, plan, calendar
        self._numbering, self._tally = numbering, tally

    def messages(self) -> Iterator[bytes]:
        """One encoded message a row that says who it is about."""
        fields = [*self._plan.fields, *(f"trait:{name}" for name in self._plan.traits)]
        columns = [*self._plan.fields.values(), *self._plan.traits.values()]
        for number, cells in self._sheet.rows(columns, self._tally.unread):
            self._tally.rows += 1
            told = {
                field: clean_cell(cell)
                for field, cell in zip(fields, cells, strict=True)
                if cell and not cell.isspace()
            }
            message = self._read(number, told)
            if message is not None:
                yield encode(message)

    def _read(self, number: int, told: dict[str, str]) -> Message | None:
        if not told:
            self._tally.fates["blank"] += 1
            return None
        user_id = parse_id(told.pop("customer_id", ""))
        if len(user_id) > MAX_ID:
            self._report(number, "customer_id", user_id, "too_long")
            return None
        for name in _NUMBERS:
            if name in told:
                told[name] = parse_id(told[name])
        if not (user_id or any(told.get(name) for name in _IDS)):
            self._report(number, "", told.get("name", ""), "no_identifier")
            return None
        self._tally.fates["customer"] += 1
        self._tally.events["identify"] += 1
        return Message(
            type="identify",
            messageId=self._numbering.id_of_place(str(number)),
            userId=user_id,
            traits=self._traits(number, told),
            context={"import": {"id": self._numbering.scope[:16], "row": number}},
        )

    def _traits(self, number: int, told: dict[str, str]) -> dict[str, Any]:
        traits: dict[str, Any] = {}
        address: dict[str, str] = {}
        for field, value in told.items():
            if not value or (field == "name" and is_walk_in(value)):
                continue
            if field in _ADDRESS:
                address[_ADDRESS[field]] = value
            elif field.startswith("trait:"):
                traits[field.removeprefix("trait:")] = value
            else:
                read = self._value(number, field, value)
                if read is not None:
                    traits[_TRAIT_OF.get(field, field)] = read
        if address:
            traits["address"] = address
        return traits

    def _value(self, number: int, field: str, value: str) -> Any:
        """The trait's value; one that cannot be read is reported, and the rest of the row kept."""
        read: Any = value
        code = "bad_date"
        if field == "birthday":
            read = self._calendar.day(value)
        elif field == "created_at":
            moment = self._calendar.moment(value)
            read = moment.isoformat() if moment else None
        elif field == "gender":
            read = _GENDERS.get(value.lower(), value)
        elif field == "total_spent":
            style = self._plan.number_style
            is_number = self._plan.fields[field] in self._sheet.numeric
            read, code = parse_number(value, "plain" if is_number else style), "bad_total"
        if read is None:
            self._report(number, field, value, code, refused=False)
        return read

    def _report(
        self, number: int, field: str, value: str, code: str, *, refused: bool = True
    ) -> None:
        column = self._sheet.header[self._plan.fields[field]] if field in self._plan.fields else ""
        self._tally.report(Problem(number, column, value, code, refused))
