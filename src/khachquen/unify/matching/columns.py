"""Which column of a file is what: guessed from its heading and its values, or told by a mapping."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from khachquen.base import InputError, Text
from khachquen.unify.normalise import fold, normalise_phone


class Field(StrEnum):
    """What a column can be to a matcher."""

    FULL_NAME = "full_name"
    GIVEN = "given"
    MIDDLE = "middle"
    FAMILY = "family"
    PHONE = "phone"
    EMAIL = "email"
    BIRTH = "birth"
    ID_NUMBER = "id_number"
    STREET = "street"
    PLACE = "place"
    DISTRICT = "district"
    REGION = "region"
    POSTCODE = "postcode"


# Headings as people write them, folded, without signs. A column may say several words of a
# street (number, name), so several columns may be one field; they are joined in the file's order.
_HEADINGS: dict[Field, str] = {
    Field.FULL_NAME: "fullname name hoten hovaten hotenkhachhang ten tenkhachhang tenkhach "
    "tenkh customername customer contactname khachhang nguoimua nguoinhan tendaydu displayname",
    Field.GIVEN: "givenname firstname forename given tengoi tenrieng fname",
    Field.MIDDLE: "middlename middle tendem tenlot",
    Field.FAMILY: "surname lastname familyname family ho lname",
    Field.PHONE: "phone phoneraw phonenumber phone1 phone2 mobile mobilephone cellphone tel "
    "telephone dienthoai dienthoai1 dienthoai2 sodienthoai sdt dt didong sodidong dtdd "
    "contactnumber sdtkhachhang zalo dienthoaididong",
    Field.EMAIL: "email emailaddress mail thudientu diachiemail email1",
    Field.BIRTH: "dob dateofbirth birthdate birthday birth ngaysinh sinhnhat ngaythangnamsinh",
    Field.ID_NUMBER: "cccd cmnd cmndcccd cccdcmnd socccd socmnd cancuoc cancuoccongdan "
    "sodinhdanh idnumber nationalid socsecid ssn passport hochieu socancuoc",
    Field.STREET: "street address address1 streetaddress streetnumber housenumber addressline1 "
    "diachi duong sonha sonhaduong tenduong duongpho diachikhachhang",
    Field.PLACE: "ward commune suburb city town place locality phuong xa phuongxa xaphuong "
    "thitran phuongxathitran",
    Field.DISTRICT: "district quan huyen quanhuyen county khuvuc",
    Field.REGION: "province state region tinh thanhpho tinhthanh tinhthanhpho tinhtp",
    Field.POSTCODE: "postcode zip zipcode postalcode mabuuchinh mabuudien",
}
_BY_HEADING = {word: field for field, words in _HEADINGS.items() for word in words.split()}
_SIGNS = re.compile(r"[^a-z0-9]+")
_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d|\d{1,2}/\d{1,2}/(?:19|20)\d\d")
_LOOKED_AT = 200
_MOSTLY = 0.7


@dataclass(frozen=True, slots=True)
class Columns:
    """For each field the columns that hold it, in order. Other columns are not looked at."""

    of: Mapping[Field, tuple[str, ...]]

    def as_dict(self) -> dict[str, list[str]]:
        """The mapping as its JSON file would say it."""
        return {field.value: list(names) for field, names in self.of.items()}


def guess_columns(
    headings: Sequence[str],
    sample: Iterable[Mapping[str, str]] = (),
    *,
    without: Iterable[str] = (),
) -> Columns:
    """Read the headings in Vietnamese or English; unknown ones are judged by a few values.

    Columns named in ``without`` (the truth, say) are never used. Only e-mails, phones and dates
    show in their values; a column that is none of these and has an unknown heading is left out.

    >>> guess_columns(["Mã KH", "Họ và tên", "SĐT", "Ngày sinh"]).as_dict()
    {'full_name': ['Họ và tên'], 'phone': ['SĐT'], 'birth': ['Ngày sinh']}
    """
    hidden, rows = set(without), list(sample)[:_LOOKED_AT]
    found: dict[Field, tuple[str, ...]] = {}
    for heading in headings:
        if heading in hidden:
            continue
        field = _BY_HEADING.get(_SIGNS.sub("", fold(heading)))
        field = field or _judge([row[heading] for row in rows if row.get(heading)])
        if field:
            found[field] = (*found.get(field, ()), heading)
    return Columns(found)


def read_mapping(said: object, headings: Sequence[str]) -> Columns:
    """The columns a mapping file names: ``{"phone": "Di động", "street": ["Số nhà", "Đường"]}``.

    Raises:
        InputError: no object (``matching.mapping``), a field there is not (``matching.field``), or
            a column the file does not have (``matching.column``).
    """
    if not isinstance(said, dict) or not said:
        raise InputError(
            "matching.mapping",
            Text(
                vi="Tệp ánh xạ phải là một đối tượng JSON.", en="The mapping must be a JSON object."
            ),
            hint=Text(vi='Ví dụ: {"phone": "Di động"}', en='Such as {"phone": "Mobile"}'),
        )
    found: dict[Field, tuple[str, ...]] = {}
    for name, columns in said.items():
        if name not in {field.value for field in Field}:
            raise InputError(
                "matching.field",
                Text(vi=f"Không có trường nào tên {name}.", en=f"There is no field {name}."),
                path=f"$.{name}",
                hint=_one_of([field.value for field in Field]),
            )
        names = tuple(columns) if isinstance(columns, list) else (columns,)
        for column in names:
            if column not in headings:
                raise InputError(
                    "matching.column",
                    Text(
                        vi=f"Tệp không có cột {column!r}.",
                        en=f"The file has no column {column!r}.",
                    ),
                    path=f"$.{name}",
                    hint=_one_of(headings),
                )
        found[Field(name)] = names
    return Columns(found)


def _one_of(names: Iterable[str]) -> Text:
    listed = ", ".join(names)
    return Text(vi=f"Một trong: {listed}", en=f"One of: {listed}")


def _judge(values: Sequence[str]) -> Field | None:
    """The field most of the values look like."""
    if not values:
        return None
    needed = _MOSTLY * len(values)
    if sum("@" in value for value in values) >= needed:
        return Field.EMAIL
    if sum(bool(_DATE.fullmatch(value.strip())) for value in values) >= needed:
        return Field.BIRTH
    if sum(normalise_phone(value) is not None for value in values) >= needed:
        return Field.PHONE
    return None
