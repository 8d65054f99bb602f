"""/cgi-bin/menu/…: the account's menu."""

from __future__ import annotations

from .. import menu
from ..reading import Document
from ..refusal import Refusal
from ..world import World
from .call import Call


def create(world: World, call: Call) -> Document:
    r"""Puts a menu in the place of the last; one spelled with \uXXXX is refused."""
    if call.has_escapes:
        raise Refusal(40033)
    world.account.menu = {"button": menu.check(call.document())}
    world.account.menu_id += 1
    world.tell_watchers()
    return {}


def get(world: World, call: Call) -> Document:
    """The menu; 46003 when there is none."""
    del call
    if world.account.menu is None:
        raise Refusal(46003)
    return {"menu": {**world.account.menu, "menuid": world.account.menu_id}}


def delete(world: World, call: Call) -> Document:
    """Takes the menu away."""
    del call
    world.account.menu = None
    world.tell_watchers()
    return {}
