"""Covers: the title of an article over a calm landscape in the colours of its theme."""

import io
from collections.abc import Sequence
from functools import partial

from PIL import Image, ImageDraw

from server.media.fonts import Typeface
from server.media.scenery import Colour, Palette, landscape, palette_of
from server.media.typeset import set_title

WIDTH, HEIGHT = 900, 383  # 2.35 to 1, the platform's wide cover
_FINER = 2  # drawn at twice the size, so that edges come out smooth
_LEFT, _TITLE_TOP, _TITLE_BOTTOM = 56, 84, 264
_TITLE_WIDTH = 600  # up to the sun
_SIZES = ((66, 1), (60, 1), (56, 1), (64, 2), (58, 2), (52, 2), (48, 3), (42, 3), (36, 4))  # pixels and most lines
_LEADING = 1.28
_CLOSE_SET = ["chws"]  # neighbouring punctuation shares its space
_SIGN = "心驿 · 工会职工心理关爱"


def draw(title: str, theme: str, piece: str, typeface: Typeface) -> bytes:
    """Return the cover as a JPEG of 900 × 383 pixels, some 40 KB; the same piece always looks the same."""
    palette = palette_of(theme)
    picture = landscape((WIDTH * _FINER, HEIGHT * _FINER), palette, piece)
    _write_theme(picture, theme, palette, typeface)
    _write_title(picture, title, palette.ink, typeface)
    _write_sign(picture, typeface)
    return _jpeg(picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS))


def _write_theme(picture: Image.Image, theme: str, palette: Palette, typeface: Typeface) -> None:
    face, pen = typeface.at(22 * _FINER, bold=True), ImageDraw.Draw(picture)
    left, top, high = _LEFT * _FINER, 34 * _FINER, 36 * _FINER
    wide = face.getlength(theme) + 32 * _FINER
    pen.rounded_rectangle((left, top, left + wide, top + high), radius=high / 2, fill=palette.hills[2])
    pen.text((left + wide / 2, top + high / 2), theme, font=face, fill=(255, 255, 255), anchor="mm")


def _write_title(picture: Image.Image, title: str, ink: Colour, typeface: Typeface) -> None:
    size, lines = _fitted(title, typeface)
    face, pen = typeface.at(size, bold=True), ImageDraw.Draw(picture)
    step = size * _LEADING
    middle = (_TITLE_TOP + _TITLE_BOTTOM) / 2 * _FINER
    down = middle - step * (len(lines) - 1) / 2
    for line in lines:
        start = (_LEFT * _FINER - _overhang(line, size), down)
        pen.text(start, line, font=face, fill=ink, anchor="lm", features=_CLOSE_SET)
        down += step


def _fitted(title: str, typeface: Typeface) -> tuple[int, Sequence[str]]:
    """Return the largest size at which the title can be set, and its lines; one endless word is cut."""
    for size, most in _SIZES:
        measure = partial(typeface.at(size * _FINER, bold=True).getlength, features=_CLOSE_SET)
        lines = set_title(title, measure, _TITLE_WIDTH * _FINER, most)
        if lines is not None:
            return size * _FINER, lines
    return _SIZES[-1][0] * _FINER, [line for line in (title[:16], title[16:32]) if line]


def _overhang(line: str, size: int) -> float:
    """Return how far an opening mark hangs into the margin, so that the first characters stand in one line."""
    return size * 0.5 if line[0] in "《“‘「『（" else 0.0


def _write_sign(picture: Image.Image, typeface: Typeface) -> None:
    face, pen = typeface.at(19 * _FINER), ImageDraw.Draw(picture)
    pen.text((_LEFT * _FINER, (HEIGHT - 21) * _FINER), _SIGN, font=face, fill=(255, 255, 255), anchor="lm")


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, optimize=True, progressive=True)
    return out.getvalue()
