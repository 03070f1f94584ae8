"""Which addresses may be spoken to. Pure: no name is resolved and nothing is sent here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_URL = 2000
#: IPv4 outside the public internet (IANA special-purpose registry), and one cloud's host agent on a public address.
_CLOSED_4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    )
)  # fmt: skip
#: Of IPv6 only global unicast is spoken to; inside it these carry an IPv4 address, or are for documentation or tests.
_OPEN_6 = IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
#: A last label like these makes a resolver read the whole host as an IPv4 number (127.1, 2130706433, 0x7f000001).
_NUMERIC = re.compile(r"(?:\d+|0[xX][0-9a-fA-F]*)\Z")
_UNFIT = re.compile(r"[\s\\\x00-\x1f\x7f]")


class NoAnswer(Exception):
    """Nothing usable came back; the message says why, in Chinese, without repeating the address."""


class Forbidden(Exception):
    """An address must not be spoken to; the message says why, in Chinese, without repeating the address."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the operator allows.

    :param networks: networks that may be spoken to although they are not public (an intranet's).
    :param http: whether an unencrypted address may be spoken to.
    :param ports: the ports that may be spoken to on public addresses.
    """

    networks: tuple[Network, ...] = ()
    http: bool = False
    ports: frozenset[int] = frozenset({80, 443, 8443})

    def trusts(self, address: Address) -> bool:
        """Whether the operator has named a network that holds the address."""
        return any(address.version == net.version and address in net for net in self.networks)


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a comma-separated list such as ``10.1.0.0/16, fd00:1::/64``.

    :raises ValueError: a part is no network.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def ports(text: str) -> frozenset[int]:
    """The ports of a comma-separated list.

    :raises ValueError: a part is no port.
    """
    found = frozenset(int(part) for part in text.split(",") if part.strip())
    if any(not 0 < port < 65536 for port in found):
        raise ValueError("a port lies between 1 and 65535")
    return found


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet's, and carries no other address inside it."""
    if isinstance(address, IPv4Address):
        return not any(address in net for net in _CLOSED_4)
    return address in _OPEN_6 and address.scope_id is None and not any(address in net for net in _CLOSED_6)


def read_url(text: str, bounds: Bounds) -> "httpx.URL":
    """The URL of a text, as far as it can be judged without resolving its name.

    :raises Forbidden: no URL, another scheme, a name and password inside, a number that poses as a name.
    """
    import httpx  # with what it brings along: only where something is sent

    if len(text) > LONGEST_URL or _UNFIT.search(text):
        raise Forbidden(f"网址不能含有空白或反斜杠，最长{LONGEST_URL}个字符。")
    try:
        url = httpx.URL(text)
        host = url.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Forbidden("网址写法不对，应当像 https://example.gov.cn/hook 这样。") from error
    if url.scheme != "https" and not (url.scheme == "http" and bounds.http):
        raise Forbidden("网址必须以 https:// 开头。" if not bounds.http else "网址必须以 https:// 或 http:// 开头。")
    if url.userinfo:
        raise Forbidden("网址中不能带有用户名或密码。")
    if not host.strip("."):
        raise Forbidden("网址中没有主机名。")
    if not 0 < port_of(url) < 65536:
        raise Forbidden("网址中的端口不在1—65535之间。")
    _refuse_odd_number(host)
    return url


def literal(host: str) -> Address | None:
    """The address that a host is, written as one; ``None`` for a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _refuse_odd_number(host: str) -> None:
    last = host.rstrip(".").rpartition(".")[2]
    if literal(host) is None and (_NUMERIC.match(last) or ":" in host or "%" in host):
        raise Forbidden("主机名不能是数字形式的地址。")


def port_of(url: "httpx.URL") -> int:
    """The port a URL leads to."""
    return url.port or (443 if url.scheme == "https" else 80)


def judge(found: Iterable[Address], port: int, bounds: Bounds) -> tuple[Address, ...]:
    """The addresses that a name stands for, if every one of them may be spoken to.

    :raises Forbidden: one of them may not; a name that leads to two places is not tried on the better one.
    """
    addresses = tuple(found)
    trusted = [bounds.trusts(address) for address in addresses]
    if not all(known or is_public(address) for address, known in zip(addresses, trusted, strict=True)):
        raise Forbidden("这个网址指向内部网络或保留的地址，平台不向那里发送。内网地址须由平台运维人员放行。")
    if not all(trusted) and port not in bounds.ports:
        allowed = "、".join(str(port) for port in sorted(bounds.ports))
        raise Forbidden(f"不能使用端口 {port}，允许的端口：{allowed}。")
    return addresses
