"""The stage of the phone tests: the real simulator, a small service behind it, and a browser before it."""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass

from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect
from tornado.httpclient import AsyncHTTPClient

from tests.simulator.phone.owner import Owner
from tests.simulator.phone.service import TOKEN, Service

APPID, SECRET = "wx0123456789phone", "phone-tests-secret"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
DESK: ViewportSize = {"width": 1280, "height": 860}
SMALL: ViewportSize = {"width": 375, "height": 760}


@dataclass(slots=True)
class Stage:
    """What all phone tests share."""

    simulator: str
    service: Service
    owner: Owner
    browser: Browser

    async def post(self, path: str, body: dict[str, object]) -> dict[str, list[str]]:
        """Ask the simulator's control for something."""
        url = f"{self.simulator}/simulator/{path}"
        answer = await AsyncHTTPClient().fetch(url, method="POST", body=json.dumps(body), request_timeout=60)
        told: dict[str, list[str]] = json.loads(answer.body)
        return told

    async def follower(self) -> str:
        """Somebody new who follows the account."""
        return (await self.post("followers", {"count": 1}))["openids"][0]


@dataclass(slots=True)
class Phone:
    """One follower's phone in one browser window."""

    page: Page
    openid: str

    @property
    def talk(self) -> Locator:
        return self.page.get_by_role("log")

    def said(self, words: str) -> Locator:
        """Bubbles of the account that hold these words."""
        return self.page.locator(".said--account .bubble", has_text=words)

    def own(self, words: str) -> Locator:
        """Bubbles of the follower that hold these words."""
        return self.page.locator(".said--follower .bubble", has_text=words)

    async def types(self) -> Locator:
        """Turn from the menu to the keyboard where that is needed; return the field."""
        field = self.page.get_by_label("说点什么")
        if not await field.is_visible():
            await self.page.get_by_role("button", name="换成键盘").click()
        return field

    async def say(self, words: str) -> None:
        field = await self.types()
        await field.fill(words)
        await field.press("Enter")

    async def hears(self, words: str) -> None:
        await expect(self.said(words).last).to_be_visible(timeout=10_000)


def start_simulator(port: int, service: Service) -> subprocess.Popen[bytes]:
    own = {
        "XINYI_SIMULATOR_PORT": str(port),
        "XINYI_SIMULATOR_SERVICE": service.address,
        "XINYI_OA_APPID": APPID,
        "XINYI_OA_SECRET": SECRET,
        "XINYI_OA_TOKEN": TOKEN,
        "XINYI_OA_MODE": "plain",
    }
    return subprocess.Popen([sys.executable, "-m", "server.simulator"], env=os.environ | own)


async def until_it_answers(address: str) -> None:
    for _ in range(200):
        try:
            await AsyncHTTPClient().fetch(f"{address}/simulator/clock")
        except OSError:
            await asyncio.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


async def open_phone(stage: Stage, context: BrowserContext) -> Phone:
    """Put the phone of somebody new on the screen."""
    openid = await stage.follower()
    page = await context.new_page()
    await page.goto(f"{stage.simulator}/#{openid}")
    phone = Phone(page, openid)
    await phone.hears("欢迎")
    return phone
