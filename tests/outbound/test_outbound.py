"""Nothing the product sends reaches the operator's own network, waits for ever or fills the memory."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from core.config import SettingError, Settings, load_settings
from core.outbound import client, transport
from core.outbound.addresses import Bounds, Forbidden, is_public, judge, networks, read_url
from core.outbound.client import check_address, fetch
from core.outbound.transport import NoAnswer
from tests.outbound.listening import head, listening

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def product(allow: str = "", *, http: bool = True) -> Flask:
    app = Flask("outbound-test")
    app.extensions["dangjian.settings"] = Settings(outbound_allow=allow, outbound_http=http)
    return app


@pytest.fixture
def strict() -> Iterator[Flask]:
    """An installation whose operator allows nothing."""
    app = product()
    with app.app_context():
        yield app


@pytest.fixture
def intranet() -> Iterator[Flask]:
    """An installation whose operator allows loopback."""
    app = product("127.0.0.0/8, ::1/128")
    with app.app_context():
        yield app


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
        "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::", "3fff::1", "5f00::1",
        "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "2606:4700::1%eth0", "fec0::1", "ff02::1",
    ],
)  # fmt: skip
def test_an_address_outside_the_public_internet_is_not_spoken_to(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "114.114.114.114", "172.32.0.1", "2606:4700::1111", "2400:3200::1"])
def test_an_address_of_the_public_internet_may_be_spoken_to(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "//example.com/", "example.com", "https://", "https:///x",
        "https://user@example.com/", "https://user:pw@example.com/", "https://example.com\\@127.0.0.1/",
        "https://exa mple.com/", "https://example.com/\r\nX: y", "http://example.com/", "https://127.1/", "https://2130706433/",
        "https://0x7f000001/", "https://017700000001/", "https://0x7f.0.0.1/", "https://127.0.0.1./", "https://1.2.3.4.5/",
        "https://[::1/", "https://example.com:99999/", "https://" + "a" * 3000,
    ],
)  # fmt: skip
def test_a_malformed_or_dressed_up_url_is_refused_before_anything_is_resolved(url: str) -> None:
    with pytest.raises(Forbidden):
        read_url(url, Bounds())


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[fe80::1]/",
        "http://169.254.169.254/latest/meta-data/", "http://localhost/", "http://[64:ff9b::7f00:1]/", "http://[::1%25lo]/", "http://１２７.0.0.1/",
        "http://①②⑦.0.0.1/", "http://127。0。0。1/",
    ],
)  # fmt: skip
def test_whichever_way_it_is_written_loopback_is_refused(strict: Flask, url: str) -> None:
    with pytest.raises(Forbidden):
        fetch("GET", url)
    with pytest.raises(Forbidden):
        check_address(url)


def test_a_name_with_one_private_answer_among_public_ones_is_refused(strict: Flask) -> None:
    strict.extensions[client.RESOLVER] = lambda *_: [ip_address("1.1.1.1"), ip_address("192.168.0.8")]
    with pytest.raises(Forbidden):
        fetch("GET", "https://hook.example.com/")


def test_an_odd_port_of_a_public_address_is_refused(strict: Flask) -> None:
    strict.extensions[client.RESOLVER] = lambda *_: [ip_address("1.1.1.1")]
    with pytest.raises(Forbidden, match="不能使用端口 6379"):
        fetch("GET", "https://hook.example.com:6379/")


def test_unencrypted_addresses_are_refused_unless_the_operator_allows_them() -> None:
    with product(http=False).app_context(), pytest.raises(Forbidden, match="必须以 https:// 开头"):
        fetch("GET", "http://example.com/")


def test_the_checked_address_is_the_one_connected_to_when_the_name_changes_in_between() -> None:
    """DNS rebinding: the name is public at the first look and loopback at every later one."""
    reached: list[str] = []

    def note(connection: socket.socket) -> None:
        reached.append(head(connection))
        connection.sendall(OK)

    answers = [[ip_address("1.1.1.1")], [ip_address("127.0.0.1")]]
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[object]:
        asked.append(host)
        return answers[min(len(asked), 2) - 1]

    app = product()
    app.extensions[client.RESOLVER] = rebinding
    with listening(note) as port, app.app_context():
        app.extensions["dangjian.settings"] = Settings(outbound_http=True, outbound_ports=str(port))
        check_address(f"http://hook.example.com:{port}/")
        with pytest.raises(Forbidden):
            fetch("GET", f"http://hook.example.com:{port}/")
    assert reached == [], "the second answer was judged too, not only the first"


def test_the_name_is_resolved_once_for_a_request_and_kept_as_host(intranet: Flask) -> None:
    heads: list[str] = []
    asked: list[str] = []

    def serve(connection: socket.socket) -> None:
        heads.append(head(connection))
        connection.sendall(OK)

    def resolver(host: str, port: int) -> list[object]:
        asked.append(host)
        return [ip_address("127.0.0.1")]

    intranet.extensions[client.RESOLVER] = resolver
    with listening(serve) as port:
        assert fetch("GET", f"http://hook.intranet.example:{port}/a?b=c").body == b"hi"
    assert asked == ["hook.intranet.example"]
    assert heads[0].startswith("GET /a?b=c HTTP/1.1")
    assert f"host: hook.intranet.example:{port}" in heads[0].lower()


def test_a_redirect_is_an_answer_and_is_not_followed(intranet: Flask) -> None:
    reached: list[str] = []

    def inner(connection: socket.socket) -> None:
        reached.append(head(connection))
        connection.sendall(OK)

    with listening(inner) as hidden:

        def serve(connection: socket.socket) -> None:
            head(connection)
            to = f"http://127.0.0.1:{hidden}/secret".encode()
            connection.sendall(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: " + to + b"\r\nContent-Length: 0\r\n\r\n")

        with listening(serve) as port:
            assert fetch("POST", f"http://127.0.0.1:{port}/", json={}).status == 307
    assert reached == []


def test_proxies_of_the_environment_are_not_used(intranet: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    def serve(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(OK)

    with listening(serve) as port:
        assert fetch("GET", f"http://127.0.0.1:{port}/").status == 200


def test_a_huge_answer_is_cut_off(intranet: Flask) -> None:
    def serve(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with listening(serve) as port, pytest.raises(NoAnswer, match="过长"):
        fetch("GET", f"http://127.0.0.1:{port}/", most=100_000)


def test_a_packed_answer_is_refused(intranet: Flask) -> None:
    def serve(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi")

    with listening(serve) as port, pytest.raises(NoAnswer, match="压缩"):
        fetch("GET", f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("where", ["silent", "head", "body"])
def test_an_answer_that_trickles_ends_with_the_whole_time_not_with_each_byte(intranet: Flask, where: str) -> None:
    from threading import Event

    over = Event()

    def serve(connection: socket.socket) -> None:
        head(connection)
        if where == "body":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        if where == "head":
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not over.wait(0.1):
            if where != "silent":
                connection.sendall(b"x")

    began = monotonic()
    with listening(serve) as port, pytest.raises(NoAnswer, match="规定时间"):
        fetch("GET", f"http://127.0.0.1:{port}/", seconds=0.5)
    over.set()
    assert monotonic() - began < 3


def test_a_name_that_is_never_resolved_ends_with_the_time(strict: Flask) -> None:
    from threading import Event

    over = Event()

    def stuck(host: str, port: int) -> list[object]:
        over.wait(20)
        return []

    strict.extensions[client.RESOLVER] = stuck
    with pytest.raises(NoAnswer, match="超时"):
        fetch("GET", "https://slow.example.com/", seconds=0.3)
    over.set()


def test_an_answer_that_is_no_http_is_said_so(intranet: Flask) -> None:
    def serve(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")

    with listening(serve) as port, pytest.raises(NoAnswer, match="HTTP"):
        fetch("GET", f"http://127.0.0.1:{port}/")


def test_ipv6_loopback_is_spoken_to_where_the_operator_allows_it(intranet: Flask) -> None:
    def serve(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(OK)

    with listening(serve, host="::1") as port:
        assert fetch("GET", f"http://[::1]:{port}/").status == 200


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private


def test_tls_is_verified_for_the_name_although_the_connection_goes_to_the_address(
    intranet: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, private = _certificate(tmp_path, "hook.intranet.example")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, private)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(transport, "tls", lambda: trusting)
    intranet.extensions[client.RESOLVER] = lambda *_: [ip_address("127.0.0.1")]

    def serve(plain: socket.socket) -> None:
        with server.wrap_socket(plain, server_side=True) as connection:
            head(connection)
            connection.sendall(OK)

    with listening(serve) as port:
        assert fetch("GET", f"https://hook.intranet.example:{port}/").status == 200
        with pytest.raises(NoAnswer, match="证书"):
            fetch("GET", f"https://other.intranet.example:{port}/")
        monkeypatch.undo()
        with pytest.raises(NoAnswer, match="证书"):
            fetch("GET", f"https://hook.intranet.example:{port}/")


def test_an_allowed_network_opens_itself_and_nothing_beside_it() -> None:
    bounds = Bounds(networks("10.8.0.0/16"))
    assert judge([ip_address("10.8.3.4")], 9000, bounds)
    for other in ("10.9.0.1", "127.0.0.1", "::ffff:10.8.3.4"):
        with pytest.raises(Forbidden):
            judge([ip_address(other)], 443, bounds)


def test_a_list_of_networks_that_is_none_is_refused_at_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DANGJIAN_OUTBOUND_ALLOW", "10.0.0.0/8, office")
    with pytest.raises(SettingError, match="网段"):
        load_settings(complete=False)
    assert replace(Settings(), outbound_allow="").outbound_ports == "80,443,8443"
