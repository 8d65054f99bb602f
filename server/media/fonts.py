"""Where the Chinese typeface is: the packaged Noto Sans CJK, else the system's."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageFont

PACKAGED = "manimgx_fonts_cjk"
SYSTEM = Path("/usr/share/fonts/opentype/noto")
_SIMPLIFIED = 2  # of the faces JP, KR, SC, TC, HK in either file


class NoTypeface(Exception):
    """No Chinese typeface stands on this machine; covers would show empty boxes."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """A Chinese typeface in two weights; a variable file holds both."""

    regular: Path
    bold: Path
    variable: bool = False

    def at(self, size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
        """Return the face at a size in pixels. Each caller gets its own: a face may not be shared by threads."""
        face = ImageFont.truetype(str(self.bold if bold else self.regular), size, index=_SIMPLIFIED)
        if self.variable:
            face.set_variation_by_name(b"Bold" if bold else b"Regular")
        return face


def find_typeface(packaged: str = PACKAGED, system: Path = SYSTEM) -> Typeface:
    """Return the typeface of this machine; raises `NoTypeface` with what to install."""
    spec = importlib.util.find_spec(packaged)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(folder) / "NotoSansCJK-VF.otf.ttc"
        if file.is_file():
            return Typeface(file, file, variable=True)
    regular, bold = system / "NotoSansCJK-Regular.ttc", system / "NotoSansCJK-Bold.ttc"
    if regular.is_file() and bold.is_file():
        return Typeface(regular, bold)
    raise NoTypeface(
        "没有找到画封面用的中文字体：请运行 apt install fonts-noto-cjk，或 pip install manimgx-fonts-cjk"
    )
