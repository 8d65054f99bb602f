"""The gateway that rings a telephone, by SMS or by voice: one form for all of them, told in deploy/env.example."""

from server.alerts.http import Letter, Mailbox, errcode


class Sms:
    """One gateway."""

    def __init__(self, mailbox: Mailbox, url: str, token: str = "") -> None:
        """Post by this mailbox; the token, if the gateway wants one, goes out as a bearer's."""
        self._mailbox = mailbox
        self._url = url
        self._token = token

    async def send(self, phone: str, text: str) -> bool:
        """Return whether the gateway took it; what the telephone did is not known here. Never raises."""
        letter = Letter(self._url, {"phone": phone, "text": text}, self._token)
        return await self._mailbox.post("phone", letter, _code)


def _code(raw: bytes) -> int:
    # The status says that it was taken; an `errcode` may still deny it.
    return errcode(raw) or 0
