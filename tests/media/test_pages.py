"""Articles become HTML that WeChat keeps, and a public page; nothing foreign gets through."""

import re
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.domain.help.lines import ALWAYS, HelpLine, LineKind
from server.domain.publishing.piece import THEMES, Article, Source
from server.domain.refusals import TooLarge
from server.media.pages import wechat_page
from server.media.reading import Reading, missing_page, reading_page

LINES = [
    HelpLine("110", "报警", "人人", LineKind.POLICE, "全国", ALWAYS),
    HelpLine("12356", "心理援助热线", "人人", LineKind.COUNSELLING, "全国", None),
    HelpLine("120", "急救", "人人", LineKind.EMERGENCY, "全国", ALWAYS),
]
SOURCE = Source("who", "睡眠 <与> 健康", "某机构", "https://example.org/?a=1&b=2", date(2026, 11, 20))
HOSTILE = """
<script>alert(1)</script> <b onclick="x()">粗</b>

[点我](javascript:alert(1)) [去](https://example.org/a"onmouseover="x) ![图](https://evil.example/a.png)

![灯](pictures/lamp.png) <img src=x onerror=alert(1)> <!-- 注 --> <style>p{}</style> <iframe src="https://evil.example">
"""


def an_article(markdown: str = "一段话。", theme: str = "心理百科", title: str = "睡不着") -> Article:
    return Article(title, theme, "摘要", "心驿", ("睡眠", "夜班"), (), markdown)


class Seen(HTMLParser):
    """What a browser would see: tags, attributes, addresses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name in ("src", "href")]


def test_every_element_of_a_wechat_article_carries_its_style_inline():
    html = wechat_page(an_article("## 一\n\n话**重**\n\n- 甲\n- 乙\n\n1. 丙\n\n> 引"), {}, [])
    for tag in ("h2", "p", "strong", "ul", "ol", "li", "blockquote", "section"):
        assert f'<{tag} style="' in html
        assert f"<{tag}>" not in html
    assert Seen(html).attributes == {"style"}


def test_the_foot_of_a_wechat_article_names_the_lines_and_the_account():
    html = wechat_page(an_article(), {}, [])
    assert all(number in html for number in ("12356", "110", "120"))
    assert "不是诊断" in html


def test_body_pictures_stand_at_their_addresses_and_no_other_picture_gets_through():
    markdown = "![灯](pictures/lamp.png)\n\n![旧](pictures/old.png)\n\n![远](https://evil.example/a.png)"
    html = wechat_page(an_article(markdown), {"lamp.png": "http://mmbiz.qpic.cn/lamp?a=1&b=2"}, [])
    assert Seen(html).addresses == ["http://mmbiz.qpic.cn/lamp?a=1&b=2"]
    assert 'alt="灯"' in html
    assert "evil" not in html


def test_links_become_plain_words_in_wechat_and_stay_links_on_the_reading_page():
    article = an_article("看[这里](https://example.org/a)。")
    assert "看这里。" in wechat_page(article, {}, [])
    assert '<a href="https://example.org/a" rel="noopener noreferrer">这里</a>' in reading_page(Reading(article))


@pytest.mark.parametrize("theme", [*THEMES, "另一类"])
def test_hostile_markdown_leaves_no_script_handler_or_foreign_host(theme):
    article = an_article(HOSTILE, theme, title='<script>"x"</script>')
    addresses = {"lamp.png": "https://example.org/lamp.png"}
    wechat = Seen(wechat_page(article, addresses, [SOURCE]))
    page = Seen(reading_page(Reading(article, [SOURCE], LINES, addresses)))
    for seen in (wechat, page):
        assert not {"script", "iframe", "style", "object"} & set(seen.tags)
        assert not any(name.startswith("on") for name in seen.attributes)
        assert not any("javascript:" in (address or "") or "evil" in (address or "") for address in seen.addresses)


@given(some.text(max_size=200))
def test_whatever_is_written_only_known_tags_come_out(markdown):
    tags = set(Seen(wechat_page(an_article(markdown), {}, [])).tags)
    assert tags <= {"h2", "p", "ul", "ol", "li", "strong", "em", "blockquote", "section", "br"} | {"img"}


@pytest.mark.parametrize("theme", THEMES)
def test_the_small_print_in_the_foot_is_dark_enough_to_read(theme):
    html = wechat_page(an_article(theme=theme), {}, [])
    ground = re.search(r"background-color:(#\w{6})\">\s*<p", html)
    ink = re.search(r"font-size:13px;line-height:1.75;color:(#\w{6})", html)
    assert ground is not None
    assert ink is not None
    assert (brightness(ground[1]) + 0.05) / (brightness(ink[1]) + 0.05) >= 4.5  # WCAG 2, AA


def brightness(colour: str) -> float:
    """The relative luminance of a colour, as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_bold_that_ends_in_a_chinese_stop_leaves_no_gap_behind_it():
    html = wechat_page(an_article("**先记下来。** 别急。**重** 话，**Fine.** yes"), {}, [])
    assert "先记下来。</strong>别急" in html
    assert "重</strong> 话" in html
    assert "Fine.</strong> yes" in html


def test_lines_of_chinese_are_joined_without_a_gap_and_latin_words_with_one():
    html = wechat_page(an_article("第一行\n第二行\n\nsome\nwords"), {}, [])
    assert "第一行第二行" in html
    assert "some\nwords" in html


def test_an_article_that_wechat_would_not_take_is_refused():
    with pytest.raises(TooLarge, match="20000"):
        wechat_page(an_article("字" * 20_000), {}, [])
    with pytest.raises(TooLarge):
        wechat_page(an_article("\n\n".join("段" for _ in range(400))), {}, [])


def test_the_reading_page_is_a_whole_document_that_needs_nothing_from_elsewhere():
    html = reading_page(Reading(an_article("## 小标题\n\n话"), [SOURCE], LINES, {}, date(2026, 11, 23)))
    seen = Seen(html)
    assert html.startswith("<!doctype html>\n<html lang=\"zh-CN\">")
    assert 'name="viewport" content="width=device-width, initial-scale=1' in html
    assert [a for a in seen.addresses if not a.startswith("tel:")] == ["/read/page.css", "https://example.org/?a=1&b=2"]
    assert "style" not in seen.attributes
    assert "script" not in seen.tags
    assert "<title>睡不着 · 心驿</title>" in html
    assert "2026年11月23日" in html
    assert "睡眠 &lt;与&gt; 健康" in html


def test_the_foot_of_the_reading_page_can_be_tapped_to_call():
    for html in (reading_page(Reading(an_article(), lines=LINES)), missing_page(LINES)):
        assert re.findall(r'href="tel:(\d+)"', html) == ["12356", "110", "120"]
        assert "时间以当地为准" in html


def test_every_theme_has_its_class():
    classes = [re.search(r'<body class="([^"]+)"', reading_page(Reading(an_article(theme=t)))) for t in THEMES]
    assert [found[1] for found in classes if found] == ["theme-0", "theme-1", "theme-2", "theme-3"]
