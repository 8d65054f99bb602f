"""/simulator/followers/…/login, phone and permissions: what one person does in the mini-program."""

from __future__ import annotations

import re

from ..permissions import ANSWERS
from .base import Complaint, Control, one_of, word

TEMPLATE = re.compile(r"[0-9A-Za-z_-]{1,64}")


class LoginControl(Control):
    """Opening the mini-program; following the account is not asked for."""

    def post(self, openid: str) -> None:
        """Gives the js_code that the client would send to its server."""
        self.wishes()
        self.answer({"code": self.world.mini_program.log_in(self.follower(openid).openid, self.world.clock.seconds())})


class PhoneControl(Control):
    """The button that hands over the phone number."""

    def post(self, openid: str) -> None:
        """Gives the code that the button gives; one of a login does not do in its place."""
        self.wishes()
        now = self.world.clock.seconds()
        self.answer({"code": self.world.mini_program.tap_phone(self.follower(openid).openid, now)})


class PermissionsControl(Control):
    """The question whether a notice may be sent."""

    def get(self, openid: str) -> None:
        """What this person has answered so far, by template."""
        self._show(self.follower(openid).openid)

    def post(self, openid: str) -> None:
        """Answers for one template, as a tap on the question does."""
        person, wishes = self.follower(openid).openid, self.wishes("template", "answer")
        template, answer = word(wishes, "template"), one_of(wishes, "answer", ANSWERS)
        if not TEMPLATE.fullmatch(template):
            raise Complaint("template must be a template's id, up to 64 of 0-9 A-Z a-z _ -")
        self.world.mini_program.permissions.give(person, template, answer)
        self._show(person)

    def _show(self, person: str) -> None:
        self.answer({"permissions": self.world.mini_program.permissions.shape(person)})
