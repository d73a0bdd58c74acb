"""A product list becomes 'Product Updated' messages."""

from pathlib import Path

from tests.collect.importing.told import told_by, write


def test_the_catalogue_is_told_one_message_a_product(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        Mã hàng,Tên hàng,Nhóm hàng (3 cấp),Thương hiệu,Giá bán,"Hình ảnh (url1,url2...)"
        AO1,Áo dài lụa,Thời trang>>Áo,Nhà Mây,1.250.000,"https://x.vn/1.jpg,https://x.vn/2.jpg"
        NEN,Nến thơm,,,liên hệ,
        ,Không mã,,,5000,
        """,
    )

    messages, summary = told_by(path, "products")

    assert [m["event"] for m in messages] == ["Product Updated", "Product Updated"]
    assert messages[0]["properties"] == {
        "product_id": "AO1",
        "sku": "AO1",
        "currency": "VND",
        "name": "Áo dài lụa",
        "category": "Thời trang>>Áo",
        "brand": "Nhà Mây",
        "price": 1_250_000,
        "image_url": "https://x.vn/1.jpg",
    }
    assert "price" not in messages[1]["properties"]
    assert "userId" not in messages[0]
    assert summary.rows_by_fate == {"product": 2, "refused": 1}
    assert [(p.row, p.code, p.refused) for p in summary.problems] == [
        (3, "bad_price", False),
        (4, "no_sku", True),
    ]
