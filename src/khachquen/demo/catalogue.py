"""What the shop sells: clothes and things for the home, about 120 of them."""

from khachquen.demo.draw import Dice, spread
from khachquen.unify.normalise import fold

SHOP_URL = "https://annhien.example"

# Category, code of its products, weight among buyers; then `name price-in-thousands`.
_SHELVES = """
# Áo AO 22
Áo sơ mi linen tay dài 389, Áo sơ mi lụa cổ nơ 429, Áo thun cotton trơn 159
Áo thun in hoa sen 199, Áo kiểu tay bồng 329, Áo len mỏng cổ tròn 359, Áo khoác gió hai lớp 549
Áo khoác denim 599, Áo polo nam cá sấu 299, Áo sơ mi nam kẻ caro 349, Áo hoodie nỉ bông 399
Áo ba lỗ thể thao 129, Áo gile len 279, Áo blazer dáng rộng 799
# Quần QU 14
Quần jean ống suông 459, Quần jean nam slimfit 479, Quần tây ống đứng 399, Quần short kaki 249
Quần culottes linen 369, Quần jogger nỉ 299, Quần legging nâng mông 189, Quần đùi mặc nhà 99
Quần kaki nam 389, Quần ống rộng lụa 419
# Váy đầm VA 15
Váy hoa nhí midi 459, Đầm suông linen 529, Đầm công sở chữ A 569, Chân váy xếp ly 329
Chân váy bút chì 299, Đầm maxi đi biển 619, Đầm lụa hai dây 489, Váy yếm jean 399
Đầm dự tiệc đính đá 1290, Đầm bầu cotton 359, Chân váy tennis 259
# Áo dài AD 5
Áo dài lụa tơ tằm 1890, Áo dài cách tân gấm 890, Áo dài truyền thống vẽ tay 2490
Áo dài bé gái 459, Áo dài nam gấm 1190, Khăn đóng mấn cưới 290
# Đồ mặc nhà MN 8
Bộ pijama lụa 349, Bộ đồ bộ cotton hoa 219, Váy ngủ hai dây 199, Bộ mặc nhà bé trai 159
Bộ mặc nhà bé gái 159, Áo choàng tắm 429, Set đồ ngủ cặp đôi 599, Đồ lót cotton set 3 149
# Giày dép GD 10
Giày sneaker trắng 559, Giày cao gót 5 phân 429, Sandal quai mảnh 329, Dép lê đế êm 129
Giày lười nam da bò 789, Giày búp bê mũi vuông 359, Dép bông đi trong nhà 89, Boot cổ thấp 699
Giày thể thao chạy bộ 849, Dép quai ngang nam 179, Giày mọi nữ 389
# Phụ kiện PK 10
Túi tote canvas 159, Túi xách da mini 559, Ví nữ gấp đôi 249, Thắt lưng da nam 299
Khăn choàng lụa 259, Mũ bucket 129, Nón lá thêu tay 189, Kính mát gọng vuông 229
Tất cổ ngắn set 5 79, Kẹp tóc càng cua 39, Vòng tay ngọc trai 349, Đồng hồ dây da 899
Balo laptop chống nước 499
# Chăn ga CG 6
Bộ ga gối cotton 1m6 689, Bộ ga gối cotton 1m8 759, Chăn hè thu 499, Chăn lông cừu 890
Gối lông vũ nhân tạo 199, Vỏ gối tựa lưng 89, Nệm topper 1m6 1590, Màn khung tự bung 329
Ga chống thấm 289, Bộ chăn ga lụa tencel 2190
# Bếp BE 6
Bộ nồi inox 5 đáy 1490, Chảo chống dính 28cm 359, Bộ bát đĩa gốm Bát Tràng 790
Bộ dao nhà bếp 5 món 429, Thớt gỗ teak 229, Bình giữ nhiệt 750ml 269, Hộp đựng cơm thủy tinh 199
Ấm trà gốm men ngọc 449, Bộ ly thủy tinh set 6 189, Khăn lau đa năng set 10 69, Tạp dề linen 149
Khay mứt Tết gỗ sơn mài 389
# Trang trí TT 4
Đèn bàn gốm 459, Bình hoa thủy tinh 189, Tranh canvas phong cảnh 390, Thảm trải sàn 1m6 690
Rèm cửa chống nắng 520, Nến thơm sả chanh 159, Gương treo tường 559, Đồng hồ treo tường gỗ 349
Khung ảnh để bàn set 3 139, Cây giả để bàn 119, Giỏ mây đựng đồ 219, Bộ trang trí mai đào Tết 259
"""
_BRANDS = {"Chăn ga": "Nếp Nhà", "Bếp": "Mộc Bếp", "Trang trí": "Mộc Bếp", "Áo dài": "Sen Lụa"}

Product = dict[str, str | int]


def _read() -> tuple[tuple[Product, ...], dict[str, tuple[Product, ...]], dict[str, float]]:
    shelves: dict[str, list[Product]] = {}
    weights: dict[str, float] = {}
    category = code = ""
    for line in _SHELVES.strip().splitlines():
        if line.startswith("# "):
            category, code, weight = line[2:].rsplit(" ", 2)
            shelves[category], weights[category] = [], float(weight)
            continue
        for entry in line.split(", "):
            name, _, thousands = entry.rpartition(" ")
            sku = f"{code}{len(shelves[category]) + 1:03d}"
            shelves[category].append(_product(sku, name, category, int(thousands) * 1000))
    everything = tuple(product for shelf in shelves.values() for product in shelf)
    return everything, {name: tuple(shelf) for name, shelf in shelves.items()}, weights


def _product(sku: str, name: str, category: str, price: int) -> Product:
    slug = fold(name).replace(" ", "-")
    return {
        "product_id": sku,
        "sku": sku,
        "name": name,
        "category": category,
        "brand": _BRANDS.get(category, "An Nhiên"),
        "price": price,
        "currency": "VND",
        "url": f"{SHOP_URL}/san-pham/{slug}",
        "image_url": f"{SHOP_URL}/anh/{sku.lower()}.jpg",
    }


PRODUCTS, SHELVES, CATEGORY_WEIGHTS = _read()
FOR_TET = ("Áo dài", "Trang trí", "Bếp")  # what everybody also looks for before Tết
_FOR_ALL = spread(CATEGORY_WEIGHTS, 100)
_FOR_MEN = tuple(c for c in _FOR_ALL if c not in ("Váy đầm", "Áo dài"))


def draw_favourites(dice: Dice, *, is_woman: bool) -> tuple[str, ...]:
    """Three categories somebody keeps coming back to, not always different ones."""
    table = _FOR_ALL if is_woman else _FOR_MEN
    return dice.pick(table), dice.pick(table), dice.pick(table)


def pick_product(dice: Dice, category: str) -> Product:
    """One of the category's products; those in front sell several times better than the last."""
    shelf = SHELVES[category]
    return shelf[int(len(shelf) * dice.random() ** 1.7)]
