"""A list of who agreed becomes words for the ledger; an empty answer is never a yes."""

from pathlib import Path

from tests.collect.importing.told import told_by, write


def test_chi_hoa_agreed_on_paper_and_anh_nam_took_it_back(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        Mã KH,SĐT,Email,Đồng ý,Mục đích,Kênh,Ngày đồng ý,Hình thức,Ghi chú
        KH001,0912 345 678,hoa@example.vn,Có,Quảng cáo,Email; Zalo,20/11/2026 09:30,Phiếu giấy,Hộp 3
        ,0987654321,,Rút lại,ban_tin,,21/11/2026,,
        """,
    )

    messages, summary = told_by(path, "consents")

    hoa, nam = messages
    assert (hoa["event"], hoa["userId"]) == ("Consent Granted", "KH001")
    assert hoa["timestamp"] == "2026-11-20T02:30:00+00:00"
    assert hoa["properties"] == {
        "purpose": "ads",
        "channels": ["email", "zalo"],
        "method": "paper",
        "evidence": "Hộp 3",
        "phone": "0912 345 678",
        "email": "hoa@example.vn",
    }
    assert nam["event"] == "Consent Withdrawn"
    assert nam["properties"] == {
        "purpose": "ban_tin",
        "channels": ["any"],
        "method": "import",
        "phone": "0987654321",
    }
    assert summary.rows_by_fate == {"consent": 2}


def test_silence_a_guess_and_nobody_are_refused_and_cost_only_themselves(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        SĐT,Trạng thái,Ngày đồng ý
        0912345678,,20/11/2026
        0912345678,chắc có,20/11/2026
        ,Có,20/11/2026
        0912345678,Có,31/31/2026
        0912345678,Không,20/11/2026
        """,
    )

    [no], summary = told_by(path, "consents")

    assert no["event"] == "Consent Refused"
    assert [(one.row, one.code) for one in summary.problems] == [
        (2, "bad_answer"),
        (3, "bad_answer"),
        (4, "no_identifier"),
        (5, "bad_date"),
    ]
    assert summary.rows_by_fate == {"consent": 1, "refused": 4}
