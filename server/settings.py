"""Every setting of the service, read once from the environment: name, type, default, meaning, check."""

# ruff: noqa: RUF009  `_row` makes dataclass fields, which is what that rule asks for

import base64
import binascii
import dataclasses
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

PREFIX = "XINYI_"
ROOT = Path(__file__).resolve().parent.parent
_MASTER_KEY_BYTES = 32


class BadSetting(Exception):
    """A setting cannot be used; the sentence names it and says how to mend it. The start ends with 2."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name
        self.sentence = sentence


def _row(default: object, meaning: str, mend: str, *, secret: bool = False) -> Any:  # noqa: ANN401  dataclass fields are made so
    return dataclasses.field(
        default=default, repr=not secret, metadata={"meaning": meaning, "mend": mend, "secret": secret}
    )


Port = Annotated[int, Meta(ge=1, le=65535)]
Address = Annotated[str, Meta(pattern=r"^$|^https?://[^\s/?#]+(/[^\s?#]*)?$")]
Outlet = Annotated[str, Meta(pattern=r"^$|^https?://[^\s/?#@]+(/[^\s#]*)?$")]
_A_PORT = "要写 1 到 65535 之间的整数"
_AN_ADDRESS = "要写完整的网址，例如 https://example.com，后面不带 ? 和 #"
_AN_OUTLET = "要写 https:// 开头的完整网址，可以带 ? 后面的参数，不带 # 和用户名口令；http:// 只能用于本机"
_A_KEY = "要写 32 个随机字节的 base64，可以用 openssl rand -base64 32 生成"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator has decided. Field `port` is the variable `XINYI_PORT`, and so on down the table."""

    port: Port = _row(8000, "本服务监听的端口", _A_PORT)
    metrics_port: Port = _row(8001, "Prometheus 指标的端口，只在本机可见；被占用时依次用后面的端口", _A_PORT)
    public_url: Address = _row(
        "", "职工的手机访问本服务用的网址，阅读页的链接以它开头；空着用 http://127.0.0.1:端口", _AN_ADDRESS
    )
    proxies: str = _row(
        "",
        "放在前面的反向代理的 IP 或网段，用逗号隔开；只有它们转述的来访地址才可信",
        "要写 IP 或网段，例如 127.0.0.1,10.0.0.0/8",
    )
    log: Literal["auto", "json", "console"] = _row(
        "auto", "日志的样子：auto（终端里易读，其余为 JSON）、json、console", "只能写 auto、json 或 console"
    )

    data: Path = _row(ROOT / ".data", "数据目录：内置的数据库、密钥文件都在这里", "要写一个目录的路径")
    content: Path = _row(ROOT / "content", "内容库目录：文章、每日一语、回复、热线、菜单", "要写一个已有目录的路径")
    mongo_url: Annotated[str, Meta(pattern=r"^$|^mongodb(\+srv)?://\S+$")] = _row(
        "", "MongoDB 的地址（须为副本集）；空着用内置的", "要以 mongodb:// 开头，或者空着用内置的", secret=True
    )
    mongo_name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")] = _row(
        "xinyi", "MongoDB 里的库名；密钥另存在“库名_keys”里", "要写小写字母开头、由小写字母、数字和下划线组成的名字"
    )
    redis_url: Annotated[str, Meta(pattern=r"^$|^(rediss?|unix)://\S+$")] = _row(
        "", "Redis 的地址；空着用内置的", "要以 redis:// 开头，或者空着用内置的", secret=True
    )
    master_key: str = _row("", "主密钥：其余密钥都由它封存，须与数据分开备份", _A_KEY, secret=True)
    master_key_old: str = _row("", "换主密钥时的旧密钥，换完即可去掉", _A_KEY, secret=True)
    clock: Annotated[str, Meta(pattern=r"^system$|^https?://[^\s?#]+$")] = _row(
        "system", "时间从哪里来：system 或时间源的网址；只有接模拟器时才能用网址", "要写 system，或时间源的网址"
    )

    wechat_api: Address = _row("https://api.weixin.qq.com", "微信接口的网址", _AN_ADDRESS)
    wechat_mp: Address = _row("https://mp.weixin.qq.com", "微信公众平台网页的网址", _AN_ADDRESS)
    wechat_open: Address = _row("https://open.weixin.qq.com", "微信网页授权的网址", _AN_ADDRESS)
    oa_appid: Annotated[str, Meta(pattern=r"^$|^wx[0-9a-zA-Z]{8,30}$")] = _row(
        "", "公众号的 AppID", "要照公众平台上的写，以 wx 开头"
    )
    oa_secret: Annotated[str, Meta(pattern=r"^\S*$")] = _row(
        "", "公众号的 AppSecret", "要照公众平台上的写，中间没有空格", secret=True
    )
    oa_token: Annotated[str, Meta(pattern=r"^$|^[0-9a-zA-Z]{3,32}$")] = _row(
        "", "公众平台“服务器配置”里的 Token", "要写 3 到 32 个字母或数字", secret=True
    )
    oa_aes_key: Annotated[str, Meta(pattern=r"^$|^[0-9a-zA-Z]{43}$")] = _row(
        "", "公众平台“服务器配置”里的 EncodingAESKey", "要写 43 个字母或数字", secret=True
    )
    oa_mode: Literal["plain", "compatible", "safe"] = _row(
        "safe",
        "消息加解密方式：plain（明文）、compatible（兼容）、safe（安全）",
        "只能写 plain、compatible 或 safe",
    )
    oa_kind: Literal["subscription", "service"] = _row(
        "subscription",
        "账号类型：subscription（公众号，原订阅号）、service（服务号）",
        "只能写 subscription 或 service",
    )

    duty_webhook: Outlet = _row(
        "", "值班群机器人的网址（企业微信或钉钉），有人需要帮助时提醒值班人员；空着就不用", _AN_OUTLET, secret=True
    )
    duty_webhook_kind: Literal["auto", "wecom", "dingtalk"] = _row(
        "auto",
        "值班群机器人的种类：auto（看网址，认不出时按企业微信）、wecom（企业微信）、dingtalk（钉钉）",
        "只能写 auto、wecom 或 dingtalk",
    )
    sms_url: Outlet = _row("", "短信或语音网关的网址，提醒值班人员的手机；空着就不用", _AN_OUTLET, secret=True)
    sms_token: Annotated[str, Meta(pattern=r"^[!-~]*$")] = _row(
        "",
        "短信网关的令牌，放在 Authorization: Bearer 里；网关不要令牌就空着",
        "要照网关给的写，中间没有空格",
        secret=True,
    )

    edition_prepare_minutes: Annotated[int, Meta(ge=5, le=720)] = _row(
        30, "一期内容提前多少分钟开始准备", "要写 5 到 720 之间的整数"
    )
    edition_grace_hours: Annotated[int, Meta(ge=1, le=12)] = _row(
        2, "一期内容到点后多少小时之内还可以发出，过后算错过", "要写 1 到 12 之间的整数"
    )
    simulator_port: Port = _row(8100, "make run 带起的微信模拟器的端口", _A_PORT)

    @property
    def is_connected(self) -> bool:
        """Whether this instance speaks with WeChat itself and not with a simulator on this machine."""
        return not _is_loopback(self.wechat_api)

    @property
    def uses_trial_key(self) -> bool:
        """Whether the master key is the one that a trial made for itself in the data folder."""
        made = self.data / "made.json"
        return bool(self.master_key) and made.exists() and self.master_key in made.read_text(encoding="utf-8")

    @property
    def trusted_proxies(self) -> tuple[str, ...]:
        """The addresses and nets whose word about a visitor's address is believed."""
        return tuple(part.strip() for part in self.proxies.split(",") if part.strip())

    @property
    def master(self) -> bytes:
        """The master key as 32 bytes; raises `BadSetting` when there is none."""
        self.demand("master_key")
        return base64.b64decode(self.master_key)

    @property
    def master_old(self) -> bytes | None:
        """The master key before this one, while keys wrapped under it are still read."""
        return base64.b64decode(self.master_key_old) if self.master_key_old else None

    def demand(self, *fields: str) -> None:
        """Return if all these are given; raises `BadSetting` that names the first one missing."""
        for row in dataclasses.fields(self):
            if row.name in fields and not getattr(self, row.name):
                name = variable(row.name)
                raise BadSetting(name, f"{name} 还没有写（{row.metadata['meaning']}）：{row.metadata['mend']}。")

    def demand_account(self) -> None:
        """Return if all that the official account needs is given; raises `BadSetting` otherwise."""
        self.demand("oa_appid", "oa_secret", "oa_token")
        if self.oa_mode != "plain":
            self.demand("oa_aes_key")


def variable(field: str) -> str:
    """Return the environment variable of a field of `Settings`."""
    return PREFIX + field.upper()


def read(environ: Mapping[str, str]) -> Settings:
    """Return the settings that this environment gives; an empty value counts as not given.

    Raises `BadSetting` for the first one that cannot be used.
    """
    given = {
        row.name: environ[variable(row.name)].strip()
        for row in dataclasses.fields(Settings)
        if environ.get(variable(row.name), "").strip()
    }
    try:
        settings = msgspec.convert(given, Settings, strict=False, dec_hook=_a_path)
    except msgspec.ValidationError as fault:
        raise _bad(_field(str(fault)), given) from None  # the fault's own words may repeat a secret
    _check(settings, given)
    return _completed(settings)


def spelt(settings: Settings, *, secrets: bool = True) -> dict[str, str]:
    """Return the settings as variables, as a child process is given them; those that are empty are left out."""
    return {
        variable(row.name): str(getattr(settings, row.name))
        for row in dataclasses.fields(settings)
        if str(getattr(settings, row.name)) and (secrets or not row.metadata["secret"])
    }


def _a_path(wanted: type, value: str) -> Path:
    if wanted is not Path:
        raise NotImplementedError(wanted)
    return Path(value).expanduser().absolute()


def _field(fault: str) -> str:
    found = re.search(r"`\$\.(\w+)`$", fault)
    return found.group(1) if found else ""


def _bad(field: str, given: Mapping[str, str]) -> BadSetting:
    row = next(row for row in dataclasses.fields(Settings) if row.name == field)
    name = variable(field)
    written = "的写法不对" if row.metadata["secret"] else f"写成了“{given[field]}”"
    return BadSetting(name, f"{name} {written}：{row.metadata['mend']}。")


def _check(settings: Settings, given: Mapping[str, str]) -> None:
    """Raise `BadSetting` for what no single type can tell."""
    for field in ("master_key", "master_key_old"):
        if field in given and not _is_key(given[field]):
            raise _bad(field, given)
    if not all(_is_net(part) for part in settings.trusted_proxies):
        raise _bad("proxies", given)
    if not settings.content.is_dir():
        raise _bad("content", {"content": str(settings.content)})
    for field in ("duty_webhook", "sms_url"):
        if field in given and not _is_outlet(given[field]):
            raise _bad(field, given)
    if settings.clock != "system" and settings.is_connected:
        raise BadSetting(
            "XINYI_CLOCK",
            "XINYI_CLOCK 给了时间源，但 XINYI_WECHAT_API 不在本机：接真实的微信时只能用 system。"
            "去掉 XINYI_CLOCK，或让 XINYI_WECHAT_API 指向模拟器。",
        )


def _completed(settings: Settings) -> Settings:
    public = settings.public_url or f"http://127.0.0.1:{settings.port}"
    return dataclasses.replace(
        settings,
        public_url=public.rstrip("/"),
        wechat_api=settings.wechat_api.rstrip("/"),
        wechat_mp=settings.wechat_mp.rstrip("/"),
        wechat_open=settings.wechat_open.rstrip("/"),
    )


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_outlet(address: str) -> bool:
    """Whether nobody on the way can read what is sent there: a telephone number, the key of a robot."""
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname) and parts.port != 0  # a port beyond the last one raises
    except ValueError:
        return False
    return is_whole and (parts.scheme == "https" or _is_loopback(address))


def _is_net(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == _MASTER_KEY_BYTES
    except (binascii.Error, ValueError):
        return False
