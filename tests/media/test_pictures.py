"""Body pictures are what they say, and small enough."""

import io
import os

import pytest
from PIL import Image

from server.domain.refusals import Malformed, TooLarge
from server.media.pictures import MOST_BYTES, WIDEST, fit


def a_picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, kind)
    return out.getvalue()


def noise(size: tuple[int, int], mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.frombytes(mode, size, os.urandom(size[0] * size[1] * len(mode))).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_small_picture_stays_as_it_is(kind):
    raw = a_picture(kind)
    assert fit(raw) == raw


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_large_picture_is_drawn_again_smaller(mode):
    raw = noise((1600, 900), mode)
    assert len(raw) > MOST_BYTES
    smaller = fit(raw)
    assert len(smaller) < MOST_BYTES
    with Image.open(io.BytesIO(smaller)) as picture:
        assert picture.format == "JPEG"
        assert picture.width <= WIDEST
        assert picture.width / picture.height == pytest.approx(16 / 9, abs=0.01)


FOREIGN = [b"", b"GIF89a....", b"<svg/>", a_picture("GIF"), a_picture("WEBP"), b"\x89PNG\r\n\x1a\nrest"]


@pytest.mark.parametrize("raw", FOREIGN)
def test_what_is_no_jpeg_or_png_is_refused(raw):
    with pytest.raises(Malformed):
        fit(raw)


def test_a_picture_cut_short_is_refused():
    raw = a_picture("PNG", (400, 300))
    with pytest.raises(Malformed):
        fit(raw[: len(raw) // 2])


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked():
    with pytest.raises(TooLarge):
        fit(a_picture("PNG", (7000, 6000), "L"))
