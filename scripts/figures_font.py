"""Make "KQ Figures": Be Vietnam Pro's digits on one width, so that numbers line up in columns.

Be Vietnam Pro has no tabular figures (a 1 is 385 units wide, a 4 is 710). The OFL lets us change
the outlines under another name. Run it again only when the font itself changes:

    pip install fonttools brotli
    python scripts/figures_font.py web/assets/node_modules/@fontsource/be-vietnam-pro/files \
        web/assets/fonts
"""

import sys
from pathlib import Path
from typing import Any

from fontTools.misc.transform import Transform
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

WIDTH = 632
WEIGHTS = (400, 500, 600)
NAME = "KQ Figures"


def fit_digit(font: Any, glyph: str) -> None:
    """Squeeze a wide digit, or centre a narrow one, on the common width."""
    advance = font["hmtx"][glyph][0]
    scale = min(1.0, WIDTH / advance)
    shift = (WIDTH - advance * scale) / 2
    pen = TTGlyphPen(font.getGlyphSet())
    font.getGlyphSet()[glyph].draw(TransformPen(pen, Transform(scale, 0, 0, 1, shift, 0)))
    font["glyf"][glyph] = pen.glyph()
    font["hmtx"][glyph] = (WIDTH, round(font["hmtx"][glyph][1] * scale + shift))


def make(source: Path, target: Path) -> None:
    """Write the digits of ``source`` to ``target`` as a font of their own."""
    font = TTFont(source)
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[ord(digit) for digit in "0123456789"])
    subsetter.subset(font)
    for digit in "0123456789":
        fit_digit(font, font.getBestCmap()[ord(digit)])
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = NAME.replace(" ", "") if record.nameID == 6 else NAME
    font.flavor = "woff2"
    font.save(target)


if __name__ == "__main__":
    files, target_folder = Path(sys.argv[1]), Path(sys.argv[2])
    for weight in WEIGHTS:
        make(
            files / f"be-vietnam-pro-latin-{weight}-normal.woff2",
            target_folder / f"kq-figures-{weight}.woff2",
        )
