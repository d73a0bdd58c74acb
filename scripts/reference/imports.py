"""docs/reference/imports.md: what a file may tell, and the headings that are understood."""

from khachquen.collect.importing.fields import FIELDS_OF, Field
from scripts.reference.markdown import code, page, table

LEAD = """\
`khachquen import FILE --kind KIND` finds the columns by their headings, with or without diacritics
and whatever their case. A `--mapping` file says what the headings do not:

```json
{"columns": {"Khách": "name", "Ghi chú": "ignore"}, "date_format": "%d/%m/%Y", "currency": "VND"}
```

Its parts: `columns`, `timezone`, `currency`, `date_format`, `decimal`, `encoding`, `delimiter`, and for
orders `kinds` (prefix of an order number: `order`, `refund`, `stock` or `account`). For customers a
column may also become `trait:any_name`. Rows that cannot be read are listed in the summary with
their reason; the summary accounts for every row.

Lệnh nhập nhận ra cột theo tên (có dấu hay không dấu). Dòng nào không đọc được đều có trong báo cáo."""


def render() -> str:
    """The whole page."""
    return page(
        "Imports · Nhập tệp", LEAD, *(_section(kind, FIELDS_OF[kind]) for kind in FIELDS_OF)
    )


def _section(kind: str, fields: tuple[Field, ...]) -> str:
    rows = [(code(field.name), ", ".join(field.headings)) for field in fields]
    return f"## {kind}\n\n{table(('Field', 'Headings understood'), rows)}"
