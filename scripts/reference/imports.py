"""docs/reference/imports.md: what a file may tell, and the headings that are understood."""

from khachquen.collect.importing.fields import FIELDS_OF, Field
from scripts.reference.markdown import code, page, table

LEAD = """\
`khachquen import FILE --kind KIND` finds the columns by their headings, with or without diacritics
and whatever their case. A `--mapping` file says what the headings do not:

```json
{"columns": {"Khách": "name", "Ghi chú": "ignore"}, "date_format": "%d/%m/%Y"}
```

Its parts: `columns`, `timezone`, `currency`, `date_format`, `decimal`, `encoding`, `delimiter`, and
for orders `kinds` (prefix of an order number: `order`, `refund`, `stock` or `account`). For
customers a column may also become `trait:any_name`. The summary accounts for every row; those that
cannot be read are listed with their reason.

Lệnh nhập nhận ra cột theo tên, có dấu hay không dấu. Dòng nào không đọc được đều có trong báo cáo,
kèm lý do."""


def render() -> str:
    """The whole page."""
    sections = (_section(kind, fields) for kind, fields in FIELDS_OF.items())
    return page("Imports · Nhập tệp", LEAD, *sections)


def _section(kind: str, fields: tuple[Field, ...]) -> str:
    rows = [(code(field.name), ", ".join(field.headings)) for field in fields]
    return f"## {kind}\n\n{table(('Field', 'Headings understood'), rows)}"
