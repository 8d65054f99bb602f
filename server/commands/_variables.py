"""The table of settings as variables: listed for `deploy/env.example`, and told where one is mistyped."""

import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from server.settings import PREFIX, ROOT, Settings, variable

_OF_THE_SIMULATOR = f"{PREFIX}SIMULATOR_"  # the simulator reads its own variables; they are no business of ours


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, as `deploy/env.example` and `doctor` tell it."""

    name: str
    default: str
    meaning: str
    is_secret: bool


def rows() -> list[Row]:
    """Return the table of settings, in its order."""
    return [
        Row(variable(row.name), _told(row.default), row.metadata["meaning"], row.metadata["secret"])
        for row in dataclasses.fields(Settings)
    ]


def mistyped(environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for every `XINYI_…` variable that no setting has, with the nearest name."""
    names = [row.name for row in rows()]
    return [
        _guess(name, names)
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in names and not name.startswith(_OF_THE_SIMULATOR)
    ]


def _told(default: object) -> str:
    if isinstance(default, Path):
        return default.relative_to(ROOT).as_posix()
    return str(default)


def _guess(name: str, names: list[str]) -> str:
    nearest = difflib.get_close_matches(name, names, n=1)
    return f"{name} 不是本服务的设置，没有起作用" + (f"；是不是想写 {nearest[0]}？" if nearest else "。")
