"""The pages WeChat itself would show: sent articles at /s/ and pictures at /mmbiz/."""

from __future__ import annotations

import html
from datetime import datetime

from tornado.web import HTTPError, RequestHandler

from . import recordings
from .clock import BEIJING
from .reading import Document
from .world import World

POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
body{margin:0;background:#fff;color:#1a1a1a;font:17px/1.75 -apple-system,"PingFang SC","Noto Sans CJK SC",sans-serif}
main{max-width:677px;margin:0 auto;padding:20px 16px 48px}
h1{font-size:22px;line-height:1.4;margin:0 0 14px}
.about{font-size:15px;color:#767676;margin:0 0 24px}.about b{font-weight:400;color:#4b6390;margin:0 .5em}
img{max-width:100%}.source{margin-top:32px;font-size:15px}.source a{color:#4b6390}
.gone{padding:96px 24px;text-align:center;color:#767676}
"""


class ArticlePage(RequestHandler):
    """A sent article, or the preview of a draft."""

    def initialize(self, world: World) -> None:
        """Takes the platform's state."""
        self.world = world

    def get(self, page: str) -> None:
        """Shows the kept HTML with title, author, account and day."""
        sent = self.world.mass.article(page)
        article = sent.article if sent else self.world.drafts.previewed(page)
        if article is None:
            self.set_status(404)
            body = _gone("参数错误")
        elif sent and sent.is_deleted:
            body = _gone("该内容已被发布者删除")
        else:
            body = self._article(article, sent.at if sent else self.world.clock.seconds())
        title = html.escape(str(article["title"])) if article else "公众号文章"
        self.set_header("Content-Security-Policy", POLICY)
        self.finish(
            f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head>'
            f"<body>{body}</body></html>"
        )

    def _article(self, article: Document, at: float) -> str:
        moment = datetime.fromtimestamp(at, BEIJING)
        day = f"{moment:%Y}年{moment.month}月{moment.day}日 {moment:%H:%M}"
        author, name = html.escape(article["author"]), html.escape(self.world.account.name)
        source = html.escape(article["content_source_url"])
        link = f'<p class="source"><a href="{source}">阅读原文</a></p>' if source else ""
        return (
            f"<main><h1>{html.escape(article['title'])}</h1>"
            f'<p class="about">{author}<b>{name}</b><time>{day}</time></p>'
            f"<article>{article['content']}</article>{link}</main>"
        )


def _gone(words: str) -> str:
    return f'<main><p class="gone">{words}</p></main>'


class Picture(RequestHandler):
    """An uploaded picture."""

    def initialize(self, world: World) -> None:
        """Takes the platform's state."""
        self.world = world

    def get(self, page: str) -> None:
        """Sends its bytes; `sample` is a drawn one that is always there."""
        found = ("image/png", recordings.picture("PNG")) if page == "sample" else self.world.media.bytes_of(page)
        if found is None:
            raise HTTPError(404)
        self.set_header("Content-Type", found[0])
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(found[1])
