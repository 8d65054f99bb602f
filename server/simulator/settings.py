"""The few variables the stand-in reads, once, with defaults for development."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MODES = ("plain", "compatible", "safe")
KINDS = ("subscription", "service")


class BadSetting(ValueError):
    """A variable that cannot be used; the sentence names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the stand-in listens, whom it calls back and as which account it speaks.

    `data` is the folder of the snapshot; None keeps everything in memory only. `port` 0 lets the machine choose.
    Without `mini_appid` there is no mini-program: people can open it, but their logins are refused with 40013.
    """

    port: int = 8100
    service: str = "http://127.0.0.1:8000"
    data: Path | None = None
    appid: str = "wx5a1c0ffee0xinyi00"
    secret: str = "simulated-secret-of-the-account0"  # noqa: S105  an account that exists nowhere
    token: str = "XinyiSimulator"  # noqa: S105  as above
    aes_key: str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    mode: str = "safe"
    kind: str = "subscription"
    mini_appid: str = ""
    mini_secret: str = ""


def read(environment: Mapping[str, str]) -> Settings:
    """The settings that an environment asks for; `BadSetting` names the first one that cannot be used."""
    fallback = Settings()

    def value(name: str, default: str) -> str:
        return environment.get(f"XINYI_{name}", "").strip() or default

    data = value("SIMULATOR_DATA", "")
    settings = Settings(
        port=_port(value("SIMULATOR_PORT", str(fallback.port))),
        service=value("SIMULATOR_SERVICE", fallback.service).rstrip("/"),
        data=Path(data) if data else None,
        appid=value("OA_APPID", fallback.appid),
        secret=value("OA_SECRET", fallback.secret),
        token=value("OA_TOKEN", fallback.token),
        aes_key=value("OA_AES_KEY", fallback.aes_key),
        mode=value("OA_MODE", fallback.mode),
        kind=value("OA_KIND", fallback.kind),
        mini_appid=value("MP_APPID", fallback.mini_appid),
        mini_secret=value("MP_SECRET", fallback.mini_secret),
    )
    _check(settings)
    return settings


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise BadSetting(f"XINYI_SIMULATOR_PORT must be a number from 0 to 65535, not {text!r}")
    return int(text)


def _check(settings: Settings) -> None:
    if settings.mode not in MODES:
        raise BadSetting(f"XINYI_OA_MODE must be one of {', '.join(MODES)}, not {settings.mode!r}")
    if settings.kind not in KINDS:
        raise BadSetting(f"XINYI_OA_KIND must be one of {', '.join(KINDS)}, not {settings.kind!r}")
    if not settings.service.startswith(("http://", "https://")):
        raise BadSetting("XINYI_SIMULATOR_SERVICE must be an address that begins with http:// or https://")
    key = settings.aes_key
    if len(key) != 43 or not (key.isascii() and key.isalnum()):
        raise BadSetting("XINYI_OA_AES_KEY must be 43 letters and digits")
