"""The album of the phone: pictures in build/screens/, a page that lists them, and the two that README shows."""

from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "build" / "screens"
README_PICTURES = {"morning-1280": "phone.png", "today-375": "reading.png"}
"""What README shows, by its name in the album; these are taken without loss, the others faster."""

_WIDEST = 1160  # pixels
_STEP = 6  # between two shades: a soft ground then costs few bytes, and letters stay sharp
_PAGE = """\
<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>心驿：手机上的三段路</title>
<style>
body {{ max-width: 1500px; margin: 0 auto; padding: 24px; background: #f3f2ec; color: #2c3134;
  font: 16px/1.7 "PingFang SC", "Noto Sans CJK SC", sans-serif; }}
h1 {{ font-size: 26px; }}
h2 {{ margin: 40px 0 12px; font-size: 18px; font-weight: 500; }}
figure {{ display: inline-block; margin: 0 20px 12px 0; vertical-align: top; }}
figcaption {{ color: #667074; font-size: 14px; }}
img {{ display: block; max-width: 100%; border: 1px solid #d8d6cd; border-radius: 6px; background: #fff; }}
</style>
</head>
<body>
<h1>心驿：手机上的三段路</h1>
<p>说话与求助，约一个小时，早上的文章：<code>tests/stories/test_phone.py</code> 在 Chromium 里走完时拍下。</p>
{rows}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of the album: what is to be seen on it, and on how wide a screen."""

    file: str
    sentence: str
    width: int


@dataclass(slots=True)
class Album:
    """The pictures of one run; what an earlier run left is thrown away."""

    folder: Path = SCREENS
    pictures: list[Picture] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in (*self.folder.glob("*.png"), *self.folder.glob("*.jpeg")):
            old.unlink()

    async def take(self, page: Page, name: str, sentence: str, *, whole: bool = False) -> None:
        """Take what the page shows, or the whole length of it; the page of the album is written anew each time."""
        assert page.viewport_size is not None
        width = page.viewport_size["width"]
        ending = "png" if f"{name}-{width}" in README_PICTURES else "jpeg"
        picture = Picture(f"{name}-{width}.{ending}", sentence, width)
        await page.screenshot(path=self.folder / picture.file, full_page=whole, animations="disabled")
        self.pictures.append(picture)
        (self.folder / "index.html").write_text(self._page(), encoding="utf-8")

    def _page(self) -> str:
        sentences = dict.fromkeys(picture.sentence for picture in self.pictures)
        return _PAGE.format(rows="\n".join(map(self._row, sentences)))

    def _row(self, sentence: str) -> str:
        shown = "\n".join(_figure(picture) for picture in self.pictures if picture.sentence == sentence)
        return f"<section>\n<h2>{escape(sentence)}</h2>\n{shown}\n</section>"


def _figure(picture: Picture) -> str:
    shown = min(picture.width, 900)
    return (
        f'<figure><a href="{picture.file}"><img src="{picture.file}" width="{shown}" loading="lazy"'
        f' alt="{escape(picture.sentence)}"></a><figcaption>{picture.width} px</figcaption></figure>'
    )


def light(picture: Path) -> bytes:
    """Return the picture as a PNG of few shades, small enough to stand in a README."""
    image = Image.open(picture).convert("RGB")
    image.thumbnail((_WIDEST, image.height), Image.Resampling.LANCZOS)
    written = BytesIO()
    image.point(lambda shade: min(255, (shade + _STEP // 2) // _STEP * _STEP)).save(written, "PNG", optimize=True)
    return written.getvalue()


def main() -> None:
    """Put the two pictures of README into docs/, from the last album."""
    docs = ROOT / "docs"
    docs.mkdir(exist_ok=True)
    for taken, kept in README_PICTURES.items():
        (docs / kept).write_bytes(light(SCREENS / f"{taken}.png"))


if __name__ == "__main__":
    main()
