"""The public reading page of an article: one quiet page, no script, no cookie, nothing from elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from pathlib import Path

from server.domain.help.lines import ALWAYS_THERE, HelpLine
from server.domain.publishing.piece import THEMES, Article, Source
from server.media.markdown import Look, body, sieve

STYLE = Path(__file__).with_name("page.css")
CSS = "/read/page.css"  # `page.css` beside this module, shown by the web door
_LOOK = Look(styles={}, links=True)
_CHARACTERS_A_MINUTE = 350
_SIGN = "工会办的职工心理关爱账号"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the page shows. `pictures` gives the address of each body picture; `day` the day it went out, if any."""

    article: Article
    sources: Sequence[Source] = ()
    lines: Sequence[HelpLine] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    day: date | None = None


def reading_page(reading: Reading) -> str:
    """Return the whole page as HTML."""
    article = reading.article
    text = sieve(body(article.markdown, reading.pictures, _LOOK), reading.pictures.values(), _LOOK)
    main = f"""\
<article>
<header>
<p class="theme">{escape(article.theme)}</p>
<h1>{escape(article.title)}</h1>
<p class="facts">{_facts(reading)}</p>
</header>
<p class="digest">{escape(article.digest)}</p>
{text}
{_cited(reading.sources)}
</article>
{_help(reading.lines)}"""
    return _document(article.title, article.digest, main, _theme_class(article.theme))


def missing_page(lines: Sequence[HelpLine]) -> str:
    """Return the page that says that there is no such article, and still who can be called."""
    main = f"""\
<article class="missing">
<h1>没有找到这篇文章</h1>
<p>它可能已经撤下，或者地址不完整。回到公众号，回复“今日”看今天的文章，回复“文章”看以前的。</p>
</article>
{_help(lines)}"""
    return _document("没有找到这篇文章", "", main, "theme-0")


def _document(title: str, description: str, main: str, theme: str) -> str:
    return f"""\
<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="format-detection" content="telephone=no">
<meta name="description" content="{escape(description)}">
<title>{escape(title)} · 心驿</title>
<link rel="stylesheet" href="{CSS}">
</head>
<body class="{theme}">
<div class="mast"><span class="brand">心驿</span><span>{_SIGN}</span></div>
<main>
{main}
</main>
<footer>
<p>文章讲的是一般的道理和办法，不是诊断，也不能代替看医生。</p>
<p>想找人谈谈，回到公众号，在对话里回复“预约”。</p>
</footer>
</body>
</html>
"""


def _theme_class(theme: str) -> str:
    return f"theme-{THEMES.index(theme) if theme in THEMES else 0}"


def _facts(reading: Reading) -> str:
    minutes = max(1, round(len(reading.article.markdown) / _CHARACTERS_A_MINUTE))
    facts = [f"<span>{escape(reading.article.author)}</span>", f"<span>约 {minutes} 分钟读完</span>"]
    if reading.day is not None:
        day = reading.day
        facts.insert(0, f'<time datetime="{day.isoformat()}">{day.year}年{day.month}月{day.day}日</time>')
    return "".join(facts)


def _cited(sources: Sequence[Source]) -> str:
    if not sources:
        return ""
    rows = "\n".join(
        f'<li><a href="{escape(source.address)}" rel="noopener noreferrer">{escape(source.title)}</a>'
        f"<span>{escape(source.publisher)}，{source.seen.isoformat()} 查看</span></li>"
        for source in sources
    )
    return f'<section class="sources">\n<h2>参考来源</h2>\n<ol>\n{rows}\n</ol>\n</section>'


def _help(lines: Sequence[HelpLine]) -> str:
    """Return the numbers that everybody should find at the foot, and that a thumb can tap."""
    rows = "\n".join(_row(line) for number in ALWAYS_THERE for line in lines if line.number == number)
    return f"""\
<aside class="help" aria-labelledby="help">
<h2 id="help">心里难受，不必一个人撑着</h2>
<p>电话那头有人听你说。难受得厉害，或者有马上的危险，现在就打：</p>
<ul>
{rows}
</ul>
</aside>"""


def _row(line: HelpLine) -> str:
    return (
        f'<li><a href="tel:{escape(line.number)}"><b>{escape(line.number)}</b>'
        f"<span>{escape(line.name)}<small>{escape(line.hours_in_words())}</small></span></a></li>"
    )
