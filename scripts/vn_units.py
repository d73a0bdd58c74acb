"""Builds the table of Vietnamese units that ships with unify.normalise.addresses.

    python scripts/vn_units.py FOLDER

FOLDER holds two public works under the MIT licence, as their own projects publish them:

- vietnamese-provinces-database: today's provinces and communes, ``simplified_json``;
- vietnamadminunits 1.0.4: the units before 2025-07-01, and which commune each of them went to
  (``parser_legacy.json``, ``parser_from_2025.json``, ``converter_2025.json``).

The build is needed only when the units change; the tables it writes are part of the package.
"""

import json
import math
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from khachquen.unify.normalise.addresses.words import key_of, split_kind, unit_name  # noqa: E402

TARGET = ROOT / "src/khachquen/unify/normalise/addresses"
# Resolution 30/2026/QH16: Đồng Nai is a city from this day. The sources do not say from when ten of
# its communes are called wards; they are given the day of the city.
DONG_NAI, CITY_FROM = "75", "2026-04-30"
# Names of before 2025 that neither source carries, by the district they went into.
FORMER_DISTRICTS = {"769": ["2", "9"], "474": ["hue"], "475": ["hue"]}
_KINDS = ("thitran", "thixa", "thanhpho", "phuong", "huyen", "quan", "xa")
_NUMBERED = re.compile(r"(?:phuong|quan)0?(\d{1,2})")
_NO_WARDS = "NaN"
_TODAY = "*[!y]_simplified_json_*.json"  # not vn_only_simplified_json, which has no short names

Json = dict[str, Any]


def read_json(folder: Path, pattern: str) -> Any:
    """The one file of the folder that matches."""
    (path,) = folder.glob(pattern)
    return json.loads(path.read_text(encoding="utf-8"))


def current_lines(now: list[Json], first: Json) -> Iterator[str]:
    """Province and ward lines: code, name, valid from, valid to; a changed name has two lines."""
    was = {w["wardCode"]: w["ward"] for w in _wards(first, "DICT_PROVINCE_WARD").values()}
    for province in now:
        code, name = province["Code"], unit_name(province["FullName"])
        if code == DONG_NAI:
            yield f"P\t{code}\tTỉnh Đồng Nai\t2025-07-01\t2026-04-29"
        yield f"P\t{code}\t{name}" + (f"\t{CITY_FROM}" if code == DONG_NAI else "")
        for ward in province["Wards"]:
            name = unit_name(ward["FullName"])
            old = unit_name(was.get(ward["Code"], name))
            if key_of(old) != key_of(name):
                yield f"W\t{ward['Code']}\t{old}\t2025-07-01\t2026-04-29"
                yield f"W\t{ward['Code']}\t{name}\t{CITY_FROM}"
            else:
                yield f"W\t{ward['Code']}\t{name}"


def legacy_lines(old: Json, goes_to: dict[str, list[str]]) -> Iterator[str]:
    """Province, district and ward lines: code, name, new communes (default first), other names."""
    wards: dict[tuple[str, str], dict[str, Json]] = {}
    for key, ward in _wards(old, "DICT_PROVINCE_DISTRICT_WARD").items():
        wards.setdefault((key[0], key[1]), {})[key[2]] = ward
    for p, province in old["DICT_PROVINCE"].items():
        yield f"P\t{province['provinceCode']}\t{unit_name(province['province'])}"
        for d, district in old["DICT_PROVINCE_DISTRICT"][p].items():
            inside = wards[p, d]
            new = ",".join(goes_to[f"{p}_{d}_"]) if _NO_WARDS in inside else ""
            former = FORMER_DISTRICTS.get(district["districtCode"], [])
            known = _other_names(district["district"], district["districtKeywords"])
            other = " ".join(sorted({*former, *known}))
            code, name = district["districtCode"], unit_name(district["district"])
            yield f"D\t{code}\t{name}\t{new}\t{other}".rstrip()
            for w, ward in inside.items():
                if w != _NO_WARDS:
                    new = ",".join(goes_to[f"{p}_{d}_{w}"])
                    other = " ".join(_other_names(ward["ward"], ward["wardKeywords"]))
                    code, name = ward["wardCode"], unit_name(ward["ward"])
                    yield f"W\t{code}\t{name}\t{new}\t{other}".rstrip()


def crosswalk(
    old: Json, first: Json, converter: Json, codes: dict[str, str]
) -> dict[str, list[str]]:
    """Old ward -> codes of the communes it went to, the default first."""
    new = _wards(first, "DICT_PROVINCE_WARD")
    legacy = {
        "_".join(key).removesuffix(_NO_WARDS): ward
        for key, ward in _wards(old, "DICT_PROVINCE_DISTRICT_WARD").items()
    }
    found: dict[str, list[str]] = {}
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            for each in olds:
                found[each] = [codes[_code(new[province, ward])]]
    for province, split in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for each, targets in split.items():
            targets = sorted(targets, key=lambda t: not t["isDefaultNewWard"])
            kept = [t for t in targets if t["isDefaultNewWard"] or _is_near(legacy[each], t)]
            for far in (t for t in targets if t not in kept):
                print(f"left out as far away: {each} -> {far['newWardKey']}")
            found[each] = [codes[_code(new[province, t["newWardKey"]])] for t in kept]
    return found


def _is_near(old: Json, target: Json) -> bool:
    """Whether the new commune can hold a part of the old ward.

    The crosswalk was made from names, and gives a "Phường 4" of Mỹ Tho to Cao Lãnh, 80 km away,
    because Cao Lãnh had a Phường 4 too.
    """
    north = 111 * (old["wardLat"] - target["newWardLat"])
    east = 109 * (old["wardLon"] - target["newWardLon"])
    return math.hypot(north, east) < 15 + 3 * math.sqrt(target["newWardAreaKm2"] / math.pi)


def _wards(source: Json, name: str) -> dict[tuple[str, ...], Json]:
    """Every ward by the keys above it; names that fold alike stand in a table of their own."""
    found: dict[tuple[str, ...], Json] = {}

    def collect(tree: Json, path: tuple[str, ...]) -> None:
        for key, inner in tree.items():
            if "wardCode" in inner:
                found[*path, key] = inner
            else:
                collect(inner, (*path, key))

    collect(source[f"{name}_NO_ACCENTED"], ())
    collect(source[f"{name}_ACCENTED"], ())
    return found


def _code(ward: Json) -> str:
    return str(ward["wardCode"])


def _other_names(name: str, keywords: list[str]) -> list[str]:
    """Keys of older units that are part of this one, of spellings that are not its own."""
    known = {unicodedata.normalize("NFC", k) for k in keywords}
    own = key_of(split_kind(unit_name(name))[1])
    found = {m[1] for k in known if (m := _NUMBERED.fullmatch(k))}
    found |= {k for k in known if any(kind + k in known for kind in _KINDS) and not k.isdigit()}
    keys = {key_of(k) for k in found}
    return sorted(k for k in keys if k and k.isascii() and k != own)


def today(first: Json, now: list[Json]) -> dict[str, str]:
    """Codes of July 2025 -> codes of today: one commune was given another since."""
    codes = {
        (p["Code"], key_of(unit_name(w["FullName"]))): w["Code"] for p in now for w in p["Wards"]
    }
    known = set(codes.values())
    found = {}
    for (province, *_), ward in _wards(first, "DICT_PROVINCE_WARD").items():
        code, of = _code(ward), first["DICT_PROVINCE"][province]["provinceCode"]
        found[code] = code if code in known else codes[of, key_of(unit_name(ward["ward"]))]
    return found


def build(folder: Path) -> dict[str, str]:
    """Both tables, by the names of their files."""
    now = read_json(folder, _TODAY)
    first = read_json(folder, "parser_from_2025.json")
    old = read_json(folder, "parser_legacy.json")
    goes_to = crosswalk(old, first, read_json(folder, "converter_2025.json"), today(first, now))
    tables = {"current.tsv": current_lines(now, first), "legacy.tsv": legacy_lines(old, goes_to)}
    return {name: "\n".join(lines) + "\n" for name, lines in tables.items()}


def main(folder: Path) -> int:
    for name, text in build(folder).items():
        (TARGET / name).write_text(text, encoding="utf-8")
        print(f"{name}: {text.count(chr(10))} lines, {len(text.encode()) // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
