"""Covers are drawn alike every time, in the colours of their theme, with their title on them."""

import io

import pytest
from PIL import Image, ImageChops

from server.domain.publishing.piece import THEMES
from server.media.covers import draw
from server.media.fonts import NoTypeface, Typeface, find_typeface
from server.media.scenery import PALETTES


@pytest.fixture(scope="module")
def typeface() -> Typeface:
    return find_typeface()


def seen(raw: bytes) -> Image.Image:
    return Image.open(io.BytesIO(raw)).convert("RGB")


TITLES = ["睡", "冷战第三天", "爸妈催婚，我该怎么回家过年", "长" * 32, "W" * 32, "打 12356！"]


@pytest.mark.parametrize("title", TITLES)
def test_a_cover_of_any_title_is_a_small_jpeg_of_the_platforms_shape(typeface, title):
    raw = draw(title, "心理百科", "some-piece", typeface)
    assert raw.startswith(b"\xff\xd8\xff")
    assert len(raw) <= 300_000
    assert seen(raw).size == (900, 383)


def test_the_same_piece_always_has_the_same_cover(typeface):
    assert draw("冷战第三天", "婚姻家庭", "cold", typeface) == draw("冷战第三天", "婚姻家庭", "cold", typeface)


def test_another_piece_has_another_landscape(typeface):
    assert draw("冷战第三天", "婚姻家庭", "cold", typeface) != draw("冷战第三天", "婚姻家庭", "warm", typeface)


def test_every_theme_has_colours_of_its_own(typeface):
    assert set(PALETTES) == set(THEMES)
    corners = {seen(draw("题", theme, "piece", typeface)).getpixel((890, 375)) for theme in THEMES}
    assert len(corners) == len(THEMES)


def test_the_title_stands_on_the_left_and_leaves_the_sun_alone(typeface):
    with_title = seen(draw("晚上十点，群里又有人找你，回还是不回", "职场心理", "piece", typeface))
    without = seen(draw(" 。", "职场心理", "piece", typeface))
    box = ImageChops.difference(with_title, without).convert("L").point(lambda value: 255 * (value > 60)).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert left >= 40
    assert top >= 70
    assert right <= 680
    assert bottom <= 290


def test_the_system_typeface_stands_in_for_the_packaged_one(tmp_path):
    for weight in ("Regular", "Bold"):
        (tmp_path / f"NotoSansCJK-{weight}.ttc").write_bytes(b"")
    found = find_typeface(packaged="no_such_package", system=tmp_path)
    assert found.bold.name == "NotoSansCJK-Bold.ttc"
    assert not found.variable


def test_without_a_chinese_typeface_the_start_is_refused_with_what_to_install(tmp_path):
    with pytest.raises(NoTypeface, match="fonts-noto-cjk"):
        find_typeface(packaged="no_such_package", system=tmp_path)
