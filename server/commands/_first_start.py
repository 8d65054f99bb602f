"""What the first start makes and later ones find again: a master key, and an account for the simulator."""

import base64
import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from server.embedded import write
from server.settings import BadSetting

_FILE = "made.json"
ACCOUNT = ("XINYI_OA_APPID", "XINYI_OA_SECRET", "XINYI_OA_TOKEN", "XINYI_OA_AES_KEY")
MASTER = "XINYI_MASTER_KEY"


def is_first(data: Path) -> bool:
    """Whether nothing was made in this data folder yet."""
    return not (data / _FILE).exists()


def made(data: Path, given: Mapping[str, str], *, with_account: bool) -> dict[str, str]:
    """Return what is needed and was not given, made at the first start and kept in the data folder, mode 600.

    An account is made whole or not at all: an operator who gives a part of one is told of the rest by the check.
    """
    names = [MASTER] if not given.get(MASTER) else []
    if with_account and not any(given.get(name) for name in ACCOUNT):
        names += ACCOUNT
    kept = _kept(data / _FILE)
    missing = [name for name in names if name not in kept]
    if missing:
        kept |= {name: _MAKERS[name]() for name in missing}
        write(data / _FILE, json.dumps(kept, indent=1))
    return {name: kept[name] for name in names}


def _kept(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        raise BadSetting(MASTER, f"{path} 读不出来：里面有主密钥，请从备份恢复，不要删除。") from None
    return found


def _aes_key() -> str:
    """Return 43 letters and digits that are the base64 of 32 bytes, as the platform makes them."""
    while True:
        key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        if key.isalnum():
            return key


_MAKERS = {
    MASTER: lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
    "XINYI_OA_APPID": lambda: f"wx{secrets.token_hex(8)}",
    "XINYI_OA_SECRET": lambda: secrets.token_hex(16),
    "XINYI_OA_TOKEN": lambda: secrets.token_hex(12),
    "XINYI_OA_AES_KEY": _aes_key,
}
