"""What followers sent besides words, fetched from the platform while it keeps it."""

from typing import Final

from server.domain.post.faults import Declined
from server.wechat.client import Client
from server.wechat.wire import Call

SILENT: Final = ("image/", "video/")


class Media:
    """The media of one account; the platform keeps them for three days (fact sheet 3.1)."""

    def __init__(self, client: Client) -> None:
        """Work through this client."""
        self._client = client

    async def voice(self, media_id: str) -> bytes:
        """Return the sound of a voice message, at most 2 MB, mostly AMR.

        Raises `Declined` when the platform has it no longer (40007), when it is no sound or longer than that, else
        the fault of the code.
        """
        file = await self._client.fetch(Call("GET", "/cgi-bin/media/get", {"media_id": media_id}))
        if file.type.startswith(SILENT):
            raise Declined(note="it is no sound")
        return file.data
