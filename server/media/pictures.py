"""Body pictures: checked to be what they say, and made small enough for the platform."""

import io

from PIL import Image, ImageOps

from server.domain.refusals import Malformed, TooLarge

MOST_BYTES = 1_000_000  # uploadimg takes JPEG and PNG under 1 MB (fact sheet 3.1)
MOST_PIXELS = 40_000_000
WIDEST = 1_280  # pixels; a phone shows no more
_KINDS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}


def fit(raw: bytes) -> bytes:
    """Return a JPEG or PNG under 1 MB: the picture as it is if it fits, else drawn again.

    Raises `Malformed` when it is no whole JPEG or PNG, `TooLarge` when it has more than 40 million pixels.
    """
    picture = _opened(raw)
    if len(raw) < MOST_BYTES:
        return raw
    picture = ImageOps.exif_transpose(picture)
    for width in (WIDEST, 1_080, 800, 600):
        smaller = _as_jpeg(picture, width)
        if len(smaller) < MOST_BYTES:
            return smaller
    raise TooLarge("图片太大，缩小之后仍超过 1 MB")


def kind(raw: bytes) -> str:
    """Return `PNG` or `JPEG` by the first bytes; raises `Malformed` for anything else."""
    for magic, name in _KINDS.items():
        if raw.startswith(magic):
            return name
    raise Malformed("图片只能是 jpg 或 png")


def _opened(raw: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(raw), formats=[kind(raw)])
        if picture.width * picture.height > MOST_PIXELS:
            raise TooLarge("图片的像素太多，请先缩小")
        picture.load()
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise Malformed("图片不完整或已损坏") from error
    return picture


def _as_jpeg(picture: Image.Image, width: int) -> bytes:
    if picture.mode != "RGB":
        over = picture.convert("RGBA")
        picture = Image.new("RGB", over.size, "white")
        picture.paste(over, mask=over)
    if picture.width > width:
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()
