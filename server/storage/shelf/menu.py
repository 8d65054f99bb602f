"""menu.json: the body of WeChat's menu/create, held to the platform's rules (fact sheet 5.1)."""

import json
from collections.abc import Mapping
from typing import Any

from server.storage.shelf.desk import Desk
from server.storage.shelf.sheet import Page, Sheet, compose

MENU_KEYS = ("today", "articles", "booking", "mine", "cancel", "hotlines", "help")
_FILE = "menu.json"
_TYPES = ("click", "view", "miniprogram")
_TOP_BYTES, _SUB_BYTES, _URL_BYTES = 16, 60, 1024
_TOP_MOST, _SUB_MOST = 3, 5


def read(desk: Desk) -> Mapping[str, Any]:
    """Return the menu as it is sent."""
    text = desk.text(_FILE)
    if text is None:
        return {}
    try:
        menu: Mapping[str, Any] = json.loads(text)
    except json.JSONDecodeError as error:
        desk.faults.note(_FILE, error.lineno, f"不是合规的 JSON：{error.msg}")
        return {}
    sheet = compose(Page(_FILE, desk.faults), text)  # JSON is YAML too, and YAML's reader knows the lines.
    if sheet is not None:
        _check_buttons(sheet, "button", _TOP_MOST)
        sheet.close()
    return menu


def _check_buttons(sheet: Sheet, key: str, most: int) -> None:
    buttons = list(sheet.sheets(key))
    if not 1 <= len(buttons) <= most:
        sheet.note(f"{key} 应有 1–{most} 个按钮，现有 {len(buttons)} 个", key)
    for button in buttons:
        _check_name(button, _TOP_BYTES if key == "button" else _SUB_BYTES)
        if "sub_button" in button and key == "button":
            _check_buttons(button, "sub_button", _SUB_MOST)
        else:
            _check_deed(button)
        button.close()


def _check_name(button: Sheet, most: int) -> None:
    name = button.words("name")
    if len(name.encode()) > most:
        button.note(f"按钮名不超过 {most} 字节，“{name}”有 {len(name.encode())} 字节", "name")


def _check_deed(button: Sheet) -> None:
    match button.choice("type", _TYPES):
        case "click":
            button.choice("key", MENU_KEYS)
        case "view":
            _check_url(button)
        case "miniprogram":
            button.words("appid")
            button.words("pagepath")
            _check_url(button)


def _check_url(button: Sheet) -> None:
    url = button.words("url")
    if not url.startswith("https://") or len(url.encode()) > _URL_BYTES:
        button.note(f"url 应以 https:// 开头，不超过 {_URL_BYTES} 字节", "url")
