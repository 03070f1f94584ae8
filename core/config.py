"""Every setting of the product: name, type, default and one line of comment, in one place.

A setting ``database_url`` is read from ``DANGJIAN_DATABASE_URL``, or from the file that ``DANGJIAN_DATABASE_URL_FILE``
names (container and systemd secrets). A ``.env`` file in the working directory fills what the environment leaves out.
"""

# ruff: noqa: RUF009  (every default is a field made by _setting)

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environs import EnvError, FileAwareEnv, validate
from limits import parse_many
from marshmallow import ValidationError

PREFIX = "DANGJIAN_"
MASK = "******"


class SettingError(Exception):
    """A setting is missing or unusable; the message names it and says how to make one."""


def _setting(default: Any, comment: str, *, read: str = "str", secret: bool = False, check: Any = None) -> Any:
    return field(default=default, metadata={"comment": comment, "read": read, "secret": secret, "check": check})


def _key_32(value: str) -> None:
    """Refuse what is not 32 bytes in base64."""
    try:
        good = value == "" or len(base64.b64decode(value, validate=True)) == 32
    except binascii.Error:
        good = False
    if not good:
        raise ValidationError("必须是 32 字节的 base64 文本")


def _networks(value: str) -> None:
    """Refuse what is not a list of networks."""
    try:
        for part in value.split(","):
            if part.strip():
                ip_network(part.strip())
    except ValueError as error:
        raise ValidationError("必须是以逗号分隔的网段，如 10.1.0.0/16, fd00:1::/64") from error


def _ports(value: str) -> None:
    """Refuse what is not a list of ports."""
    if not all(part.strip().isdecimal() and 0 < int(part) < 65536 for part in value.split(",")):
        raise ValidationError("必须是以逗号分隔的端口号，如 80,443")


def _web_address(value: str) -> None:
    """Refuse what is neither empty nor ``http(s)://host``."""
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise ValidationError("必须是 http:// 或 https:// 开头的网址")


def _smtp(value: str) -> None:
    """Refuse what is neither empty nor ``smtp(s)://…host``."""
    parts = urlsplit(value)
    if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
        raise ValidationError("必须形如 smtp://用户:口令@主机:端口")


def _sender(value: str) -> None:
    """Refuse what is neither empty nor one address, with or without a name in front."""
    _name, address = parseaddr(value)
    if value and ("@" not in address or any(sign in value for sign in "\r\n")):
        raise ValidationError("必须是一个电子邮箱地址，可以带名称")


def _rate(value: str) -> None:
    """Refuse what is no limit such as ``600/minute``."""
    try:
        parse_many(value) if value else None
    except ValueError as error:
        raise ValidationError("须写作 次数/时间，如 600/minute、10/second") from error


_DATA = Path("data")
_AT_LEAST_1 = validate.Range(min=1)
_ENVIRONMENTS = validate.OneOf(["development", "production"])
_LEVELS = validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force. An empty text means: not set."""

    env: str = _setting("development", "development | production（生产环境缺少密钥则拒绝启动）", check=_ENVIRONMENTS)
    data_dir: Path = _setting(_DATA, "数据目录：内置数据库、队列、密钥、上传文件", read="path")
    database_url: str = _setting("", "PostgreSQL（应用角色 dangjian_app）", secret=True)
    database_owner_url: str = _setting("", "PostgreSQL（所有者角色，仅用于迁移）", secret=True)
    database_system_url: str = _setting("", "PostgreSQL（系统角色，任务转发与跨租户信使）", secret=True)
    database_admin_url: str = _setting("", "PostgreSQL（可建库建角色，仅用于 db init）", secret=True)
    database_prepare: bool = _setting(True, "服务器端预备语句；经 pgbouncer 1.21 以前的事务池时设为 false", read="bool")
    redis_url: str = _setting("", "Valkey / Redis（任务队列）", secret=True)
    secret_key: str = _setting("", "会话与表单签名密钥", secret=True)
    master_key: str = _setting("", "主密钥：包裹各租户的字段密钥（32 字节 base64）", secret=True, check=_key_32)
    base_domain: str = _setting("localhost", "租户子域名所在的域名")
    proxy_count: int = _setting(0, "前面有几层可信的反向代理", read="int", check=validate.Range(min=0, max=8))
    host: str = _setting("127.0.0.1", "监听地址")
    port: int = _setting(8000, "监听端口", read="int", check=validate.Range(min=0, max=65535))
    web_concurrency: int = _setting(2, "网页进程数", read="int", check=_AT_LEAST_1)
    threads: int = _setting(4, "每个网页进程的线程数", read="int", check=_AT_LEAST_1)
    request_timeout: int = _setting(30, "一个请求最多几秒，超过则替换该进程", read="int", check=_AT_LEAST_1)
    max_requests: int = _setting(20000, "一个网页进程处理多少请求后更新（0 为不更新）", read="int")
    workers: int = _setting(1, "dangjian up 启动的任务进程数", read="int", check=_AT_LEAST_1)
    log_level: str = _setting("INFO", "DEBUG | INFO | WARNING | ERROR", check=_LEVELS)
    access_log: bool = _setting(False, "是否输出 JSON 访问日志", read="bool")
    public_url: str = _setting("", "对外网址，如 https://dangjian.example.cn，用于邮件中的链接", check=_web_address)
    smtp_url: str = _setting(
        "", "发信服务器 smtp://用户:口令@主机:端口（smtps:// 为全程加密）", secret=True, check=_smtp
    )
    mail_from: str = _setting("", "发件人地址，如 党建平台 <noreply@example.cn>", check=_sender)
    rate_storage: str = _setting(
        "", "限流计数存放处 redis://…；空为任务队列的服务器，没有则各进程自行计数", secret=True
    )
    rate_tenant: str = _setting("120000/minute", "每个单位的接口请求上限，空为不限", check=_rate)
    rate_account: str = _setting("60000/minute", "每个账号的接口请求上限，空为不限", check=_rate)
    rate_address: str = _setting("120000/minute", "每个来源地址的接口请求上限，空为不限", check=_rate)
    rate_sign_in: str = _setting("300/minute", "每个来源地址的登录尝试上限，空为不限", check=_rate)
    plugin_strict: bool = _setting(False, "有插件不能加载时拒绝启动（用于测试与发布前检查）", read="bool")
    upload_max_bytes: int = _setting(50 * 1024 * 1024, "上传文件的最大字节数", read="int", check=_AT_LEAST_1)
    files_url: str = _setting("", "附件存放处：空为数据目录，或 s3://存储桶/前缀（测试可用 memory:）")
    files_endpoint: str = _setting("", "兼容 S3 的服务地址，如 https://oss.example.cn")
    files_access_key: str = _setting("", "对象存储的访问密钥 ID", secret=True)
    files_secret_key: str = _setting("", "对象存储的访问密钥", secret=True)
    outbound_allow: str = _setting(
        "", "允许平台主动访问的内网网段（逗号分隔），用于内网的推送地址和单点登录", check=_networks
    )
    outbound_http: bool = _setting(False, "是否允许主动访问未加密的 http:// 地址", read="bool")
    outbound_ports: str = _setting("80,443,8443", "主动访问公网地址时允许的端口（逗号分隔）", check=_ports)

    @property
    def production(self) -> bool:
        """Whether this is a production installation."""
        return self.env == "production"

    @property
    def master_key_bytes(self) -> bytes:
        """The 32 bytes of the master key. :raises SettingError: when it is not set."""
        if not self.master_key:
            raise missing("master_key")
        return base64.b64decode(self.master_key)


#: what a production installation can't do without → how to come by it
_HOW_TO_MAKE = {
    "secret_key": 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"',
    "master_key": 'python3 -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())"',
    "database_url": "dangjian db init --admin-url postgresql://postgres@HOST/postgres",
}


def variable(name: str) -> str:
    """Environment variable of the setting ``name``."""
    return PREFIX + name.upper()


def missing(name: str) -> SettingError:
    """The error for a required setting that is not there."""
    how = _HOW_TO_MAKE.get(name)
    return SettingError(f"缺少设置 {variable(name)}。" + (f"生成方法：{how}" if how else ""))


def described(settings: Settings) -> list[dict[str, Any]]:
    """Each setting's variable, present value (secrets masked) and comment."""
    return [
        {
            "name": variable(f.name),
            "value": _shown(getattr(settings, f.name), secret=f.metadata["secret"]),
            "comment": f.metadata["comment"],
        }
        for f in fields(settings)
    ]


def load_settings(*, complete: bool = True) -> Settings:
    """Read the settings from the environment.

    :param complete: whether production has to have its secrets; not for commands that show or make them.
    :raises SettingError: a value can't be read, or production lacks a secret (all of them named together).
    """
    env = FileAwareEnv(strip_whitespace=True)
    try:
        if Path(".env").is_file():
            env.read_env(".env", recurse=False)
        settings = Settings(**{f.name: _read(env, f.name, f.default, f.metadata) for f in fields(Settings)})
    except (EnvError, ValidationError, ValueError, OSError) as error:
        raise SettingError(f"设置有误：{error}") from error
    absent = [name for name in _HOW_TO_MAKE if not getattr(settings, name)]
    if complete and settings.production and absent:
        raise SettingError("\n".join(str(missing(name)) for name in absent))
    return settings


def _read(env: FileAwareEnv, name: str, default: Any, metadata: Any) -> Any:
    read: Callable[..., Any] = getattr(env, metadata["read"])
    checks = {"validate": metadata["check"]} if metadata["check"] else {}
    return read(variable(name), default, **checks)


def _shown(value: Any, *, secret: bool) -> Any:
    if secret:
        return MASK if value else ""
    return str(value) if isinstance(value, Path) else value
