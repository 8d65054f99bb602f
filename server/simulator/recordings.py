"""What a phone records: a voice, a picture, a film, small but whole, made here and of nobody."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw

FRAMES = 50  # A frame of AMR is 20 ms, in both widths.
PAUSE = 8  # While nobody speaks, every eighth frame tells the sound of the silence.
NOTHING = b"\x7c"  # A frame without data: type 15, quality good.
FIRST_SILENCE = bytes(5)
NEXT_SILENCE = b"\0\0\0\0\x10"  # The same with the bit that tells a renewed silence from the first.
SIZE = (320, 240)


@lru_cache(64)
def voice(seconds: int, wide: bool = False) -> bytes:
    """That many seconds of silence as an AMR file (RFC 4867 §5), narrow at 8 kHz or wide at 16 kHz.

    It is what an encoder with comfort noise writes when nobody speaks: one frame of six bytes that describes the
    silence, again after two frames and then after every eighth, and between them frames of one byte that hold nothing.
    """
    mark, head = (b"#!AMR-WB\n", b"\x4c") if wide else (b"#!AMR\n", b"\x44")
    told = head + NEXT_SILENCE
    rest = (told if number % PAUSE == 3 else NOTHING for number in range(1, seconds * FRAMES))
    return mark + head + FIRST_SILENCE + b"".join(rest)


@lru_cache(2)
def picture(form: str = "JPEG") -> bytes:
    """A plain evening sky, for pictures that a phone pretends to have taken."""
    sky = Image.new("RGB", SIZE)
    pen = ImageDraw.Draw(sky)
    for row in range(SIZE[1]):
        pen.line([(0, row), (SIZE[0], row)], fill=(90 + row // 2, 130 + row // 3, 190 - row // 4))
    pen.ellipse((205, 120, 265, 180), fill=(255, 214, 150))
    written = io.BytesIO()
    sky.save(written, form)
    return written.getvalue()


def film() -> bytes:
    """An MP4 that says what it is and holds no track."""
    return b"\0\0\0\x18ftypisom\0\0\x02\0isommp42" + b"\0\0\0\x08mdat"
