"""The tables of units in the package are what the script makes of its sources."""

from pathlib import Path

import pytest

from scripts.vn_units import TARGET, build


@pytest.mark.shared_data("vn_admin_units")
def test_the_tables_are_built_from_their_sources(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build(shared_data / "vn_admin_units")
    assert built == {name: (TARGET / name).read_text("utf-8") for name in built}
    left_out = capsys.readouterr().out.splitlines()
    assert len(left_out) == 27
    assert "left out as far away: tinhtiengiang_thanhphomytho_phuong4 -> phuongcaolanh" in left_out


def test_the_tables_name_their_sources_and_carry_their_licence() -> None:
    text = (TARGET / "LICENCES.txt").read_text("utf-8")
    assert "vietnamese-provinces-database" in text
    assert "vietnamadminunits 1.0.4" in text
    assert text.count("Copyright (c)") == 2
    assert "Permission is hereby granted, free of charge" in text
