"""What nginx in front must do: end TLS, say who asked and how, believe no client about it, bound uploads, keep files."""

import http.client
import json
import re
import socket
import ssl
from typing import Any

import pytest

from core.web.assets import DIST
from tests.deploy.conftest import SLUG, Proxy

HOST = f"{SLUG}.dangjian.example"


class Answer:
    """Status, headers (lower case) and body of an answer."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.body = response.read()
        self.headers = {name.lower(): value for name, value in response.getheaders()}


def secure(
    proxy: Proxy, path: str, host: str = HOST, method: str = "GET", body: bytes | None = None, **headers: str
) -> Answer:
    """Ask over TLS, by name: the certificate is checked for the host that is asked."""
    context = ssl.create_default_context(cafile=str(proxy.folder / "fullchain.pem"))
    connection = http.client.HTTPSConnection(host, proxy.https, timeout=20, context=context)
    raw = socket.create_connection(("127.0.0.1", proxy.https), timeout=20)
    connection.sock = context.wrap_socket(raw, server_hostname=host)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body, headers={"Host": f"{host}:{proxy.https}", **given})
    try:
        return Answer(connection.getresponse())
    finally:
        connection.close()


def ask(port: int, path: str, host: str | None = None, **headers: str) -> Answer:
    """Ask without TLS."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers=({"Host": host} if host else {}) | given)
    try:
        return Answer(connection.getresponse())
    finally:
        connection.close()


def test_a_tenants_page_comes_over_tls_with_a_cookie_that_never_goes_without(tls: Proxy) -> None:
    page = secure(tls, "/sign-in")
    assert page.status == 200
    assert "清源县智慧党建" in page.body.decode()
    assert "max-age" in page.headers["strict-transport-security"]
    assert "nginx/" not in page.headers.get("server", "")
    assert "Secure" in page.headers["set-cookie"]
    assert "HttpOnly" in page.headers["set-cookie"]


def test_plain_http_leads_to_tls(tls: Proxy) -> None:
    answer = ask(tls.http, "/people?q=1", host=HOST)
    assert answer.status == 301
    assert answer.headers["location"] == f"https://{HOST}/people?q=1"


def test_a_host_that_is_not_ours_gets_no_answer(tls: Proxy) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        ask(tls.http, "/", host="elsewhere.example")
    with pytest.raises(ssl.SSLError):
        secure(tls, "/", host="elsewhere.example")


def test_an_unknown_tenant_of_our_domain_is_a_plain_404(tls: Proxy) -> None:
    assert secure(tls, "/sign-in", host="nobody.dangjian.example").status == 404


@pytest.mark.parametrize(
    "header",
    [
        {"X_Forwarded_Host": "nobody.dangjian.example"},
        {"X_Forwarded_Proto": "http"},
        {"X_Forwarded_Prefix": "/t/nobody"},
        {"Forwarded": "host=nobody.dangjian.example;proto=http"},
        {"X_Script_Name": "/t/nobody"},
    ],
)
def test_what_a_client_claims_about_the_way_it_came_is_not_believed(tls: Proxy, header: dict[str, str]) -> None:
    page = secure(tls, "/sign-in", **header)
    assert page.status == 200
    assert "清源县智慧党建" in page.body.decode()
    assert "Secure" in page.headers["set-cookie"]
    assert "nobody" not in page.body.decode()


def test_a_header_that_would_move_the_path_is_dropped(tls: Proxy) -> None:
    context = ssl.create_default_context(cafile=str(tls.folder / "fullchain.pem"))
    raw = socket.create_connection(("127.0.0.1", tls.https), timeout=20)
    with context.wrap_socket(raw, server_hostname=HOST) as client:
        client.sendall(
            f"GET /sign-in HTTP/1.1\r\nHost: {HOST}\r\nSCRIPT_NAME: /sign-in\r\nConnection: close\r\n\r\n".encode()
        )
        received = b""
        while part := client.recv(65536):
            received += part
    assert received.startswith(b"HTTP/1.1 200")


def test_a_redirect_stays_on_the_address_that_was_asked(tls: Proxy) -> None:
    answer = secure(tls, "/")
    assert answer.status in (302, 303)
    location = answer.headers["location"]
    assert location.startswith(("/sign-in", f"https://{HOST}:{tls.https}/sign-in"))


def test_an_upload_above_the_limit_is_refused_before_it_is_sent_on(tls: Proxy) -> None:
    assert secure(tls, "/sign-in", method="POST", body=b"x", Content_Length="60000000").status == 413


def test_two_hosts_or_two_lengths_in_one_request_are_refused(tls: Proxy) -> None:
    for extra in (
        f"Host: nobody.dangjian.example\r\nHost: {HOST}\r\n",
        f"Host: {HOST}\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
    ):
        context = ssl.create_default_context(cafile=str(tls.folder / "fullchain.pem"))
        raw = socket.create_connection(("127.0.0.1", tls.https), timeout=20)
        with context.wrap_socket(raw, server_hostname=HOST) as client:
            client.sendall(f"GET /sign-in HTTP/1.1\r\n{extra}Connection: close\r\n\r\n".encode())
            assert client.recv(4096).startswith(b"HTTP/1.1 400")


def test_tenants_by_path_work_without_tls_and_without_names(plain: Proxy) -> None:
    page = ask(plain.http, f"/t/{SLUG}/sign-in")
    assert page.status == 200
    assert f'action="/t/{SLUG}/sign-in' in page.body.decode()
    assert "Secure" not in page.headers["set-cookie"]
    assert f"Path=/t/{SLUG}" in page.headers["set-cookie"]
    away = ask(plain.http, f"/t/{SLUG}/")
    assert away.status in (302, 303)
    assert away.headers["location"].removeprefix(f"http://127.0.0.1:{plain.http}").startswith(f"/t/{SLUG}/sign-in")
    assert ask(plain.http, "/t/nobody/sign-in").status == 404


def test_liveness_needs_no_tenant(plain: Proxy) -> None:
    assert ask(plain.http, "/healthz").status == 200
    assert ask(plain.http, "/readyz").status == 200


def test_a_hashed_file_is_kept_by_nginx_and_for_ever_by_the_browser(plain: Proxy) -> None:
    manifest: dict[str, Any] = json.loads((DIST / "manifest.json").read_text())
    page = ask(plain.http, f"/t/{SLUG}/sign-in").body.decode()
    found = re.search(r'href="(?P<path>[^"]*/static/dist/[^"]+\.css)"', page)
    assert found, list(manifest)[:3]
    path = found["path"]
    first, second = (ask(plain.http, path, Accept_Encoding="br") for _ in range(2))
    assert first.status == second.status == 200
    assert second.headers["x-cache"] == "HIT"
    assert "immutable" in second.headers["cache-control"]
    assert second.headers["content-encoding"] == "br"
    assert ask(plain.http, path).headers.get("content-encoding") != "br"
