"""One host, one tenant: every other spelling gives the same plain 404 (reliability O7)."""

import pytest
from flask import Response
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tenants.provision import add_domain, create_tenant, set_state
from tests.conftest import PASSWORD, make_tenant, sign_in, token_of

BASE = "dangjian.test"
#: One address for all tenants, as on an intranet.
SHARED = "http://10.1.2.3"
FIXED = {"X-Request-ID": "hosts-test-0001"}


def named(app, slug, title):
    """A tenant whose slug has no other tenant's beside it that a missing letter would lead to."""
    with app.app_context():
        return create_tenant(
            slug=slug, title=title, root=f"中共{title}委员会", admin="admin", admin_name="王", password=PASSWORD
        )


@pytest.fixture(scope="module")
def tenant(app):
    return named(app, "qingyuan-a1-hosts", "甲单位智慧党建")


@pytest.fixture(scope="module")
def other(app):
    return named(app, "linxian-b2-hosts", "乙单位智慧党建")


class Answer(Response):
    @property
    def text(self):
        return self.get_data(as_text=True)


class Plain:
    """A client that sends what it is told and thinks nothing of the answer: the test client would decode the host."""

    def __init__(self, app):
        self.app = app

    def get(self, path, *, headers, environ_overrides):
        environ = EnvironBuilder(path=path, headers=headers, environ_overrides=environ_overrides).get_environ()
        return Answer(*run_wsgi_app(self.app.wsgi_app, environ, buffered=True))


def get(app, host, path="/sign-in", client=None, **environ):
    """Ask with exactly this Host header (``None``: without one)."""
    client = client or Plain(app)
    overrides = {"HTTP_HOST": host.encode().decode("latin-1")} if host is not None else {}
    return client.get(path, headers=FIXED, environ_overrides={**overrides, **environ})


def plain(answer):
    return answer.status_code, answer.headers.get("Location"), answer.data


def wrong_hosts(slug: str, other: str) -> list[str]:
    """Everything that looks somewhat like a tenant's host, and is not one."""
    good = f"{slug}.{BASE}"
    dressed = [
        f"{good}.", f"{good}..", f".{good}", f"..{good}", f"{slug}..{BASE}", f"{slug}.{BASE}.evil.test", f"{good}evil.test", f"evil{good}",
        f"evil.{good}", f"www.{good}", f"{slug}-{BASE}", f"{slug}{BASE}", f"{slug}.", slug, BASE, f"www.{BASE}", f"api.{BASE}",
        f"static.{BASE}", f"admin.{BASE}", f"t.{BASE}", f"mail.{BASE}", f"{slug}.{other}.{BASE}", f"{slug},{other}.{BASE}",
        f"{good},{other}.{BASE}", f"{good}, {other}.{BASE}", f"{good} {other}.{BASE}", f"{good}\t{other}.{BASE}", f"{good}#", f"{good}?",
        f"{good}/", f"{good}/x", f"{good}\\", f"{good}\\@evil.test", f"evil.test\\{good}", f"{good}@evil.test", f"user@{good}",
        f"user:pass@{good}", f"{good}%00", f"{good}%2e", f"{slug}%2e{BASE}", f"{slug}%00.{BASE}", f"%2e{good}", f"{good}%0d%0a",
        f"{good}\x00", f"\x00{good}", f"{slug}\x00.{BASE}", f"{good}\x7f", f" {good}x", f"{good};", f"{good}|", f"{good}&", f"({good})",
        f"[{good}]", f"<{good}>", f'"{good}"', f"'{good}'", f"{good}'", f"{good}--", f"{slug}*.{BASE}", f"*.{BASE}", f"?.{BASE}",
        f"{slug}_.{BASE}", f"_{slug}.{BASE}", f"-{slug}.{BASE}", f"{slug}-.{BASE}", f"--.{BASE}", f"-.{BASE}", f"_.{BASE}",
        f"http://{good}", f"https://{good}/", f"//{good}", f"javascript:{good}",
        # ports that are none
        f"{good}:", f"{good}:x", f"{good}:80x", f"{good}:-80", f"{good}:+80", f"{good}:0x50", f"{good}:80:80", f"{good}:８０", f"{good}:８",
        f"{good}: 80", f"{good}:123456", f"{good}::80", ":80", f"{good}:80@evil.test", f"{good}:80.evil.test", f"{good}:٨٠",
        # letters that look alike, wide ones, dots that are none, names in punycode
        good.replace("a", "а"), good.replace("e", "е"), good.replace("i", "і"), good.replace("u", "ü"), good.replace(".", "。"),
        good.replace(".", "．"), good.replace(".", "｡"), good.replace(".", "․"), good.replace("t", "ｔ"), good.replace("-1", "-１"),
        f"ｕ{good[1:]}", f"{slug}\u200b.{BASE}", f"{slug}\u00ad.{BASE}", f"\ufeff{good}", f"{slug}\u202e.{BASE}", f"xn--{good}",
        f"xn--{slug}.{BASE}", f"{slug}.xn--{BASE}", f"xn--fiq228c.{BASE}", f"中文.{BASE}", f"{slug}.党建.test", f"İ{good}", f"ı{good}",
        "ﬀ" + good, f"{slug}ß.{BASE}", f"K{good}", f"ſ{good}",
        # neither name nor address of ours
        "localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:8000", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "[::1]",
        "[::1]:8000", "::1", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "example.com", "evil.test", "evil.test:80", "null", "none",
        "undefined", "0", "-1", ".", "..", "...", "-", "_", "*", "%", "@", ":", "/", "\\", "?", "#", " ", "", "a" * 63 + f".{BASE}",
        "a" * 64 + f".{BASE}", "a" * 300 + f".{BASE}", "a." * 120 + BASE, f"{'a' * 5000}", f"{slug}." * 30 + BASE, f"{BASE}.{slug}",
        f"{slug}.{BASE}.{BASE}", f"{slug}.{BASE[:-1]}", f"{slug}.{BASE}s", f"{slug}.d{BASE}", f"{slug}.{BASE[1:]}", f"{slug}.{BASE.split('.', maxsplit=1)[0]}",
        f"{slug}.test", f"{slug}x.{BASE}", f"x{slug}.{BASE}", f"{slug[:-1]}.{BASE}", f"{slug}0.{BASE}", f"{slug}.{slug}.{BASE}",
        f"{slug}' OR '1'='1.{BASE}", f"{slug}';--.{BASE}", f"' OR 1=1--.{BASE}", f"{slug}$(id).{BASE}", "${jndi:ldap://x}." + BASE,
        "{{7*7}}." + BASE, f"../{slug}.{BASE}", f"..%2f{slug}.{BASE}", f"{slug}.{BASE}/../{other}", f"t/{slug}", f"/t/{slug}/",
    ]  # fmt: skip
    return [host for host in dressed if host != good]  # a letter that does not occur was not replaced


def test_every_other_spelling_of_a_host_is_the_same_plain_404(app, tenant, other):
    hosts = [*wrong_hosts(tenant.slug, other.slug), *wrong_hosts(other.slug, tenant.slug)]
    assert len(set(hosts)) >= 200
    unknown = plain(get(app, f"never-was.{BASE}"))
    assert unknown[0] == 404
    for host in hosts:
        assert plain(get(app, host)) == unknown, host
        assert plain(get(app, host, "/")) == unknown, host


@pytest.mark.parametrize("spelling", ["{}", "{}:80", "{}:8000", "{}:443"])
def test_the_right_host_is_served_whatever_its_port_and_case(app, tenant, spelling):
    for host in (f"{tenant.slug}.{BASE}", f"{tenant.slug}.{BASE}".upper(), f"{tenant.slug}.DangJian.Test"):
        answer = get(app, spelling.format(host))
        assert answer.status_code == 200
        assert "甲单位" in answer.text


def test_a_forwarded_host_counts_for_nothing_without_a_proxy(app, tenant, other):
    for name in (
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_HOST",
        "HTTP_X_ORIGINAL_HOST",
        "HTTP_FORWARDED",
        "HTTP_X_FORWARDED_PREFIX",
        "HTTP_X_FORWARDED_SERVER",
    ):
        value = f"host={other.slug}.{BASE}" if name == "HTTP_FORWARDED" else f"{other.slug}.{BASE}"
        answer = get(app, f"{tenant.slug}.{BASE}", **{name: value})
        assert "甲单位" in answer.text
        assert "乙单位" not in answer.text
        assert get(app, f"never-was.{BASE}", **{name: value}).status_code == 404
        assert other.slug not in get(app, f"{tenant.slug}.{BASE}", "/", **{name: value}).location


def test_a_domain_of_ones_own_leads_to_its_tenant_alone(app, tenant):
    host = f"dj.{tenant.slug}.gov.test"
    assert get(app, host).status_code == 404
    with app.app_context():
        add_domain(slug=tenant.slug, host=host)
    assert "甲单位" in get(app, host).text
    assert get(app, f"x.{host}").status_code == 404
    assert get(app, f"{host}.").status_code == 404


def test_the_path_prefix_leads_to_its_tenant_on_a_shared_address(app, tenant):
    answer = get(app, "10.1.2.3", f"/t/{tenant.slug}/sign-in")
    assert answer.status_code == 200
    assert "甲单位" in answer.text
    assert f'action="/t/{tenant.slug}/sign-in' in answer.text or f"/t/{tenant.slug}/" in answer.text
    assert get(app, "10.1.2.3", f"/t/{tenant.slug}").location == f"/t/{tenant.slug}/"


def test_every_other_prefix_is_the_same_plain_404(app, tenant, other):
    slug = tenant.slug
    unknown = plain(get(app, "10.1.2.3", "/sign-in"))
    assert unknown[0] == 404
    for path in (
        f"/t/{slug.upper()}/sign-in", f"/T/{slug}/sign-in", f"//t/{slug}/sign-in", f"/t//{slug}/sign-in", f"/t/{slug}%00/sign-in",
        f"/t/{slug};/sign-in", f"/t/{slug}./sign-in", f"/t/-{slug}/sign-in", "/t/www/sign-in", "/t/", "/t", "/t/ /", f"/x/t/{slug}/sign-in",
        f"/t/%2e%2e/{slug}/sign-in", f"/t/{slug}\\..\\{other.slug}/sign-in", "/t/中文/sign-in", f"/t/{'a' * 41}/sign-in",
    ):  # fmt: skip
        answer = get(app, "10.1.2.3", path)
        assert answer.status_code in (404, 308), path
        assert "甲单位" not in answer.text
        assert "乙单位" not in answer.text
    inside = get(app, "10.1.2.3", f"/t/{slug}/t/{other.slug}/sign-in")
    assert inside.status_code == 404
    assert "乙单位" not in inside.text


def test_an_unknown_tenant_by_prefix_is_the_same_as_one_that_sleeps(app, tenant):
    asleep = make_tenant(app, "丙单位智慧党建")
    with app.app_context():
        set_state(slug=asleep.slug, state="suspended")
    pages = [get(app, "10.1.2.3", f"/t/{slug}/sign-in") for slug in (asleep.slug, "never-was")]
    assert {answer.status_code for answer in pages} == {404}
    assert (
        len({answer.text.replace(slug, "") for answer, slug in zip(pages, (asleep.slug, "never-was"), strict=True)})
        == 1
    )


def test_on_ones_own_sub_domain_no_prefix_leads_to_another_tenant(app, tenant, other):
    assert get(app, f"{tenant.slug}.{BASE}", f"/t/{other.slug}/sign-in").status_code == 404
    assert get(app, f"{tenant.slug}.{BASE}", f"/t/{tenant.slug}/sign-in").status_code == 200


@pytest.mark.parametrize("host", ["evil.test", "evil.test:80", "10.1.2.3", "xn--x", "xn--fiq228c.test"])
@pytest.mark.parametrize(
    "path", ["//evil.test/..", "/settings", "/sign-in//x", "//evil.test", "/account//password", "/"]
)
def test_no_redirect_names_a_host(app, tenant, host, path):
    """With a forged Host and a path that the router puts in order: the answer stays on the path."""
    answer = get(app, host, f"/t/{tenant.slug}{path}")
    if answer.location is not None:
        assert answer.location.startswith(f"/t/{tenant.slug}/")
        assert not answer.location.startswith("//")
    assert "evil.test/" not in str(answer.headers)


def test_a_session_of_one_tenant_is_none_at_another(app, tenant, other):
    """By host and by prefix; the cookie itself is sent only below its tenant's path."""
    client = sign_in(app, tenant)
    cookie = client.get_cookie("dangjian", domain=f"{tenant.slug}.{BASE}")
    assert cookie.path == "/"
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    for host, path in ((f"{other.slug}.{BASE}", "/"), ("10.1.2.3", f"/t/{other.slug}/")):
        answer = get(app, host, path, HTTP_COOKIE=f"dangjian={cookie.value}")
        assert answer.status_code == 303
        assert "/sign-in" in answer.location
    assert get(app, f"{tenant.slug}.{BASE}", "/", HTTP_COOKIE=f"dangjian={cookie.value}").status_code == 200


def test_two_tenants_on_one_address_keep_their_sessions_apart(app, tenant, other):
    client = app.test_client()
    for one in (tenant, other):
        page = client.get(f"/t/{one.slug}/sign-in", base_url=SHARED)
        token = token_of(page.text)
        answer = client.post(
            f"/t/{one.slug}/sign-in",
            base_url=SHARED,
            data={"login": "admin", "password": PASSWORD, "csrf_token": token},
        )
        assert answer.status_code == 303, answer.text
        assert f"Path=/t/{one.slug}" in answer.headers["Set-Cookie"]
    for one, mark, foreign in ((tenant, "甲单位", "乙单位"), (other, "乙单位", "甲单位")):
        home = client.get(f"/t/{one.slug}/", base_url=SHARED)
        assert home.status_code == 200
        assert mark in home.text
        assert foreign not in home.text
    page = client.get(f"/t/{tenant.slug}/account/password", base_url=SHARED)
    client.post(f"/t/{tenant.slug}/sign-out", base_url=SHARED, data={"csrf_token": token_of(page.text)})
    assert client.get(f"/t/{tenant.slug}/", base_url=SHARED).status_code == 303
    assert client.get(f"/t/{other.slug}/", base_url=SHARED).status_code == 200


def test_on_a_domain_of_ones_own_no_prefix_leads_to_another_tenant(app, tenant, other):
    host = f"own.{tenant.slug}.gov.test"
    with app.app_context():
        add_domain(slug=tenant.slug, host=host)
    assert get(app, host, f"/t/{other.slug}/sign-in").status_code == 404
    assert get(app, host, f"/t/{tenant.slug}/sign-in").status_code == 200
    assert "乙单位" in get(app, "10.1.2.3", f"/t/{other.slug}/sign-in").text
