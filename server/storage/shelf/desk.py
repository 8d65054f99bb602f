"""Where files of content/ are opened: found, decoded, and handed on with their name and lines."""

import re
from collections.abc import Iterator
from pathlib import Path

from server.storage.shelf.faults import Faults
from server.storage.shelf.sheet import Page, Sheet, compose

STEM = re.compile(r"[a-z0-9-]{3,60}")


class Desk:
    """The folder content/ and the faults found in it so far."""

    def __init__(self, content: Path, faults: Faults) -> None:
        self.content = content
        self.faults = faults
        self._stems: dict[str, str] = {}

    def text(self, name: str) -> str | None:
        """Return a file's text, or None after noting why it cannot be read."""
        try:
            raw = (self.content / name).read_bytes()
            text = raw.decode()
        except FileNotFoundError:
            self.faults.note(name, 1, "没有这个文件")
            return None
        except UnicodeDecodeError as error:
            self.faults.note(name, error.object[: error.start].count(b"\n") + 1, "不是 UTF-8 编码")
            return None
        if raw.startswith(b"\xef\xbb\xbf"):
            self.faults.note(name, 1, "开头有 BOM，请存为不带 BOM 的 UTF-8")
            return None
        if "\r" in text:
            self.faults.note(name, text[: text.index("\r")].count("\n") + 1, "换行应是 LF，不是 CRLF")
            return None
        return text

    def sheet(self, name: str) -> Sheet | None:
        """Return the YAML mapping of a file, or None after noting why there is none."""
        text = self.text(name)
        return None if text is None else compose(Page(name, self.faults), text)

    def pieces(self, folder: str, suffix: str) -> Iterator[tuple[str, str]]:
        """Yield id and name of every piece of a folder, in order of their ids; ids are unique over all folders."""
        for path in sorted((self.content / folder).glob("*")):
            name = f"{folder}/{path.name}"
            if path.name.startswith(".") or path.is_dir():
                continue
            if path.suffix != suffix:
                self.faults.note(name, 1, f"{folder}/ 里只放 {suffix} 文件")
            elif not STEM.fullmatch(path.stem):
                self.faults.note(name, 1, "文件名只能用小写字母、数字和连字符，3–60 个")
            elif path.stem in self._stems:
                self.faults.note(name, 1, f"编号 {path.stem} 已用于 {self._stems[path.stem]}")
            else:
                self._stems[path.stem] = name
                yield path.stem, name
