"""An article as the HTML that WeChat keeps: every style inline, nothing from elsewhere, help in its foot."""

from collections.abc import Mapping, Sequence
from html import escape

from server.domain.help.lines import ALWAYS_THERE
from server.domain.publishing.piece import Article, Source
from server.domain.refusals import TooLarge
from server.media.markdown import Look, body, opening, sieve
from server.media.scenery import Colour, palette_of

MOST_CHARACTERS, MOST_BYTES = 20_000, 1_000_000  # of a draft's content (fact sheet 3.2)
_TEXT = "#33383b"
_QUIET = "#59636a"


def wechat_page(article: Article, pictures: Mapping[str, str], sources: Sequence[Source]) -> str:
    """Return the article for a draft, body pictures at the addresses that `uploadimg` gave by file name.

    Links become plain words, for WeChat opens no foreign page from an article. Raises `TooLarge` when WeChat
    would not take it.
    """
    look = _look(article.theme)
    html = body(article.markdown, pictures, look) + _cited(sources) + _foot(look)
    html = sieve(html, pictures.values(), look)
    if len(html) >= MOST_CHARACTERS or len(html.encode()) >= MOST_BYTES:
        raise TooLarge(f"文章排版后有 {len(html)} 个字符，微信只收 {MOST_CHARACTERS} 个以内，请缩短")
    return html


def _look(theme: str) -> Look:
    palette = palette_of(theme)
    accent, ink, tint = _hex(palette.hills[2]), _hex(palette.ink), _hex(palette.sky[0])
    return Look(
        links=False,
        styles={
            "p": f"margin:0 0 1.25em;font-size:16px;line-height:1.9;letter-spacing:0.3px;color:{_TEXT}",
            "h2": f"margin:2.2em 0 1em;padding-left:12px;border-left:4px solid {accent};"
            f"font-size:18px;line-height:1.4;font-weight:bold;color:{ink}",
            "ul": "margin:0 0 1.25em;padding-left:1.3em",
            "ol": "margin:0 0 1.25em;padding-left:1.5em",
            "li": f"margin:0 0 0.6em;font-size:16px;line-height:1.8;color:{_TEXT}",
            "strong": f"font-weight:bold;color:{ink}",
            "blockquote": f"margin:0 0 1.4em;padding:16px 18px 1px;border-radius:8px;background-color:{tint}",
            "img": "max-width:100%;border-radius:8px",
            "section": f"margin:2.6em 0 0;padding:18px 18px 14px;border-radius:10px;background-color:{tint}",
        },
    )


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _cited(sources: Sequence[Source]) -> str:
    if not sources:
        return ""
    rows = "<br>".join(
        f"{number}. {escape(source.title)}，{escape(source.publisher)}（{source.seen:%Y-%m-%d} 查看）"
        for number, source in enumerate(sources, 1)
    )
    return f'<p style="margin:2.4em 0 0;font-size:13px;line-height:1.8;color:{_QUIET}">参考来源<br>{rows}</p>'


def _foot(look: Look) -> str:
    line = 'style="margin:0 0 0.5em;font-size:15px;line-height:1.7"'
    small = f'style="margin:0.9em 0 0;font-size:13px;line-height:1.75;color:{_QUIET}"'
    national, police, ambulance = (f"{opening('strong', look)}{number}</strong>" for number in ALWAYS_THERE)
    return (
        f"{opening('section', look)}"
        f"<p {line}>心里难受，不必一个人撑着：</p>"
        f"<p {line}>全国统一心理援助热线 {national}</p>"
        f"<p {line}>有马上的危险，请打 {police} 或 {ambulance}</p>"
        f"<p {small}>这里是心驿，工会办的职工心理关爱账号。想找人谈谈，在对话里回复“预约”；"
        "更多求助电话，回复“热线”。文章讲的是一般的道理和办法，不是诊断，也不能代替看医生。</p>"
        "</section>"
    )
