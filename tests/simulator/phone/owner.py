"""What the owner of the account does through WeChat's own calls: put up a menu, send articles to everybody."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from PIL import Image
from tornado.httpclient import AsyncHTTPClient


def menu(service: str) -> dict[str, object]:
    """A button that is tapped, one with a sub menu, and one that opens a page of the service."""
    booking = [
        {"name": "约一个小时", "type": "click", "key": "book"},
        {"name": "我的预约", "type": "click", "key": "mine"},
    ]
    reading = [{"name": "读一篇", "type": "view", "url": f"{service}/read/one"}]
    return {
        "button": [
            {"name": "今日", "type": "click", "key": "today"},
            {"name": "预约", "sub_button": booking},
            {"name": "更多", "sub_button": reading},
        ]
    }


@dataclass(slots=True)
class Owner:
    """Holds the account's own token at the simulator."""

    simulator: str
    token: str = ""

    async def sign_in(self, appid: str, secret: str) -> None:
        wish = {"grant_type": "client_credential", "appid": appid, "secret": secret}
        self.token = (await self.post("stable_token", wish))["access_token"]

    async def put_up_menu(self, service: str) -> None:
        await self.post("menu/create", menu(service))

    async def send_to_all(self, *titles: str) -> None:
        """One mass message with an article for each title."""
        cover = await self.cover()
        articles = [
            {"title": title, "digest": "三件小事", "content": f"<p>{title}，正文。</p>", "thumb_media_id": cover}
            for title in titles
        ]
        draft = (await self.post("draft/add", {"articles": articles}))["media_id"]
        wish = {"filter": {"is_to_all": True}, "mpnews": {"media_id": draft}, "msgtype": "mpnews"}
        await self.post("message/mass/sendall", wish | {"send_ignore_reprint": 0})

    async def cover(self) -> str:
        """A cover picture among the permanent material; its media id."""
        picture = io.BytesIO()
        Image.new("RGB", (900, 383), "#2f6f73").save(picture, "PNG")
        part = b'--cut\r\nContent-Disposition: form-data; name="media"; filename="cover.png"\r\n'
        body = part + b"Content-Type: image/png\r\n\r\n" + picture.getvalue() + b"\r\n--cut--\r\n"
        answer = await AsyncHTTPClient().fetch(
            self.address("material/add_material", type="image"),
            method="POST",
            body=body,
            headers={"Content-Type": "multipart/form-data; boundary=cut"},
        )
        return str(json.loads(answer.body)["media_id"])

    def address(self, path: str, **query: str) -> str:
        known = {"access_token": self.token} if self.token else {}
        return f"{self.simulator}/cgi-bin/{path}?{urlencode(known | query)}"

    async def post(self, path: str, wish: Mapping[str, object]) -> dict[str, str]:
        body = json.dumps(wish, ensure_ascii=False).encode()
        answer = json.loads((await AsyncHTTPClient().fetch(self.address(path), method="POST", body=body)).body)
        assert answer.get("errcode", 0) == 0, answer
        told: dict[str, str] = answer
        return told
