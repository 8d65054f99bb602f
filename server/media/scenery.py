"""The calm landscape of a cover: sky, sun and hills, the same for the same piece for ever."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme: sky from above to the horizon, sun, hills from far to near, and ink."""

    sky: tuple[Colour, Colour]
    sun: Colour
    hills: tuple[Colour, Colour, Colour]
    ink: Colour


PALETTES: Mapping[str, Palette] = {
    "心理百科": Palette(
        ((233, 243, 239), (252, 247, 236)), (247, 205, 160),
        ((190, 219, 207), (143, 188, 173), (92, 145, 131)), (28, 66, 58),
    ),
    "婚姻家庭": Palette(
        ((252, 239, 231), (255, 249, 238)), (244, 178, 148),
        ((240, 207, 190), (223, 167, 147), (186, 116, 101)), (92, 42, 36),
    ),
    "亲子教育": Palette(
        ((229, 241, 246), (255, 249, 229)), (249, 208, 108),
        ((208, 226, 186), (165, 198, 143), (112, 155, 101)), (45, 69, 43),
    ),
    "职场心理": Palette(
        ((229, 236, 246), (253, 245, 236)), (245, 196, 156),
        ((191, 207, 229), (143, 167, 203), (91, 118, 163)), (32, 50, 84),
    ),
}  # fmt: skip


def palette_of(theme: str) -> Palette:
    """Return the colours of a theme; one that has none gets those of the first."""
    return PALETTES.get(theme) or next(iter(PALETTES.values()))


class Chances:
    """Numbers between 0 and 1 that a seed decides: chance without a die."""

    def __init__(self, seed: str) -> None:
        self._digest = hashlib.sha256(seed.encode()).digest()
        self._next = 0

    def between(self, low: float, high: float) -> float:
        """Return the seed's next number, stretched to these bounds."""
        at, self._next = self._next, self._next + 1
        return low + (high - low) * self._digest[at % len(self._digest)] / 255


def landscape(size: tuple[int, int], palette: Palette, seed: str) -> Image.Image:
    """Return sky, sun and three rows of hills of this size in pixels."""
    chances = Chances(seed)
    picture = _sky(size, palette)
    _add_sun(picture, palette, chances)
    for row, colour in enumerate(palette.hills):
        _add_hills(picture, colour, _ridge(size, row, chances))
    return picture


def _sky(size: tuple[int, int], palette: Palette) -> Image.Image:
    above, horizon = (Image.new("RGB", size, colour) for colour in palette.sky)
    return Image.composite(horizon, above, Image.linear_gradient("L").resize(size))


def _add_sun(picture: Image.Image, palette: Palette, chances: Chances) -> None:
    width, height = picture.size
    across, down = chances.between(0.83, 0.89) * width, chances.between(0.28, 0.44) * height
    radius = chances.between(0.13, 0.16) * height
    glow = Image.new("L", picture.size, 0)
    ImageDraw.Draw(glow).ellipse(_circle(across, down, radius * 1.9), fill=110)
    glow = glow.filter(ImageFilter.GaussianBlur(radius * 0.6))
    ImageDraw.Draw(glow).ellipse(_circle(across, down, radius), fill=235)
    picture.paste(palette.sun, (0, 0, width, height), glow)


def _circle(across: float, down: float, radius: float) -> tuple[float, float, float, float]:
    return (across - radius, down - radius, across + radius, down + radius)


def _ridge(size: tuple[int, int], row: int, chances: Chances) -> list[tuple[float, float]]:
    """Return the upper edge of a row of hills: two waves, rising to the right, nearer rows calmer."""
    width, height = size
    first, second = chances.between(0, math.tau), chances.between(0, math.tau)
    slow, quick = chances.between(0.7, 1.2), chances.between(1.6, 2.4)
    base, swing = (0.80 + 0.04 * row) * height, (0.07 - 0.02 * row) * height
    rise = (0.13 - 0.03 * row) * height
    return [
        (
            x,
            base
            - rise * (x / width) ** 2
            - swing * math.sin(first + math.tau * slow * x / width)
            - swing * 0.35 * math.sin(second + math.tau * quick * x / width),
        )
        for x in range(0, width + 8, 8)
    ]


def _add_hills(picture: Image.Image, colour: Colour, ridge: Sequence[tuple[float, float]]) -> None:
    width, height = picture.size
    ImageDraw.Draw(picture).polygon([*ridge, (width + 8, height), (0, height)], fill=colour)
