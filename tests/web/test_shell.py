"""What every page carries, and what it never does."""

import re
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from core.web import assets, navigation
from core.web.shell import own_path
from core.web.viewer import NOBODY, Viewer

ROOT = Path(__file__).parents[2]
HOSTILE = (
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https://evil.example/",
    "/%0d%0aSet-Cookie:x",
    "",
)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def token(client: FlaskClient) -> str:
    """The forgery token of the client's session."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/gallery").text)
    assert found
    return found[1]


def test_every_answer_forbids_inline_code_and_framing(client: FlaskClient) -> None:
    for path in ("/", "/error/404", "/broken", "/display"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "private, no-store"


def test_no_template_holds_an_inline_script_a_style_or_a_foreign_address() -> None:
    bad = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|https?://(?!www\.w3\.org)\w|<script(?![^>]*src=)")
    found = [
        f"{file.relative_to(ROOT)}: {line.strip()[:80]}"
        for file in (ROOT / "core").rglob("templates/**/*.html")
        for line in file.read_text("utf-8").splitlines()
        if bad.search(line)
    ]
    assert found == []


def test_a_form_without_its_token_is_refused_in_plain_words(client: FlaskClient) -> None:
    answer = client.post("/display", data={"large": "1"})
    assert answer.status_code == 400
    assert "页面已经过期" in answer.text
    assert "large=" not in answer.headers.get("Set-Cookie", "")


def test_the_token_of_another_session_is_refused(app: Flask, client: FlaskClient) -> None:
    stranger = token(app.test_client())
    token(client)
    assert client.post("/display", data={"large": "1", "csrf_token": stranger}).status_code == 400


def test_large_type_is_kept_for_this_browser(client: FlaskClient) -> None:
    answer = client.post("/display", data={"large": "1", "csrf_token": token(client)})
    assert answer.status_code == 303
    assert 'class="type-large"' in client.get("/gallery").text


@pytest.mark.parametrize("target", HOSTILE)
def test_nobody_is_sent_to_a_foreign_place(client: FlaskClient, target: str) -> None:
    sent = token(client)
    answer = client.post("/display", data={"csrf_token": sent}, headers={"Referer": f"http://localhost{target}"})
    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith("//")


def test_addresses_follow_the_prefix_under_which_the_tenant_is_served(client: FlaskClient) -> None:
    page = client.get("/", base_url="http://localhost/t/qinghe").text
    assert 'action="/t/qinghe/display"' in page
    assert 'href="/t/qinghe/members"' in page
    assert 'href="/members"' not in page


def test_assets_answer_with_a_year_of_cache_and_compressed(client: FlaskClient) -> None:
    for name in ("app.css", "app.js", "icons.svg", "mark.svg"):
        address = f"{assets.PREFIX}{assets.manifest()[name]}"
        answer = client.get(address, headers={"Accept-Encoding": "br"})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers.get("Content-Encoding") == "br" or name == "mark.svg"


def test_the_browser_gets_less_than_sixty_kilobytes() -> None:
    sizes = [
        (assets.DIST / f"{assets.manifest()[name]}.br").stat().st_size for name in ("app.css", "app.js", "icons.svg")
    ]
    assert sum(sizes) < 60 * 1024


def test_entries_without_permission_are_not_shown(app: Flask, viewer: dict[str, Viewer]) -> None:
    assert "组织设置" in app.test_client().get("/").text
    viewer["who"] = Viewer(
        name="张大山", tenant="中共清河县委员会", may=lambda p: p != "tenant.settings", version="clerk"
    )
    assert "组织设置" not in app.test_client().get("/").text


def test_the_present_section_is_marked_also_on_pages_below_it(client: FlaskClient) -> None:
    page = client.get("/members/0198c0de-0000-7000-8000-000000000001").text
    assert re.search(r'href="/members" aria-current="page"', page)


def test_two_viewers_never_share_a_frame(app: Flask, viewer: dict[str, Viewer]) -> None:
    client = app.test_client()
    first = client.get("/settings").text
    viewer["who"] = Viewer(name="赵敏", tenant="中共青石市委员会", may=lambda _p: True, version="other")
    second = client.get("/settings").text
    assert "王秀兰" in first
    assert "赵敏" in second
    assert "王秀兰" not in second
    assert "清河县" not in second


def test_what_was_searched_for_stands_in_the_field_and_is_not_markup(client: FlaskClient) -> None:
    page = client.get("/members", query_string={"q": '"><script>alert(1)</script>%token%'}).text
    assert "<script>alert" not in page
    assert "&#34;&gt;&lt;script&gt;" in page


def test_htmx_gets_the_list_alone_and_a_person_gets_the_page(client: FlaskClient) -> None:
    part = client.get("/members", headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text
    assert part.lstrip().startswith('<div id="results"')
    assert "<html" not in part
    whole = client.get("/members", headers={"HX-Request": "true", "HX-Request-Type": "full"}).text
    assert "<html" in whole


def test_a_page_for_nobody_makes_no_session(app: Flask, viewer: dict[str, Viewer]) -> None:
    viewer["who"] = NOBODY
    answer = app.test_client().get("/error/404")
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 422, 429, 500, 503])
def test_every_error_says_what_and_what_now_with_the_number_of_the_request(client: FlaskClient, status: int) -> None:
    answer = client.get(f"/error/{status}", headers={"X-Request-ID": "abcdef0123456789"})
    assert answer.status_code == status
    assert "abcdef0123456789" in answer.text
    assert "回到首页" in answer.text
    assert not re.search(r"The (server|requested|method|browser)", answer.text)


def test_a_program_gets_the_error_as_problem_json(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/nothing")
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == 404
    assert set(answer.json) == {"type", "title", "status", "detail", "request_id"}


def test_a_refusal_lists_every_finding_with_its_rule(client: FlaskClient) -> None:
    answer = client.get("/refused")
    assert answer.status_code == 422
    assert "R2.03" in answer.text
    assert "R2.07" in answer.text


def test_an_error_in_a_part_of_a_page_becomes_a_toast(client: FlaskClient) -> None:
    answer = client.get("/error/409", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.headers["HX-Retarget"] == "#toasts"
    assert "<html" not in answer.text


def test_a_defect_tells_its_reader_nothing_of_the_code(client: FlaskClient) -> None:
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "broken on purpose" not in answer.text
    assert "Traceback" not in answer.text


def test_a_request_id_that_is_not_well_formed_is_replaced(client: FlaskClient) -> None:
    answer = client.get("/error/404", headers={"X-Request-ID": "<script>alert(1)</script>"})
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0", True),
        ("Mozilla/5.0 (Linux; Android 14; HarmonyOS) AppleWebKit/537.36 Chrome/140.0 Mobile", False),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0", False),
    ],
)
def test_a_linux_desktop_is_told_where_a_chinese_font_is_and_a_phone_never_fetches_one(client, agent, told) -> None:
    page = client.get("/gallery", headers={"User-Agent": agent}).text
    found = re.search(r'href="([^"]*/chinese-[\w-]{8}\.css)"', page)
    assert bool(found) is told
    if found:
        sheet = client.get(found[1])
        font = re.search(r'url\("(chinese-[\w-]{8}\.otf)"\)', sheet.text)
        assert font
        answer = client.get(f"{assets.PREFIX}{font[1]}")
        assert (answer.status_code, answer.data[:4]) == (200, b"OTTO")
        answer.close()


@pytest.mark.parametrize("climbing", ["/t/a/../b/", "/t/a/%2e%2e/b/", "/t/a/..", "/t/a/..//evil.example"])
def test_no_way_back_climbs_out_of_the_tenants_own_prefix(app: Flask, climbing: str) -> None:
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/t/a"}):
        assert own_path(climbing) is None
        assert own_path("/t/a/units/..x?q=..") == "/t/a/units/..x?q=.."


def test_the_search_field_stands_only_where_its_list_may_be_seen(
    app: Flask, client: FlaskClient, viewer: dict[str, Viewer]
) -> None:
    assert 'class="top-search"' in client.get("/gallery").text
    navigation.of(app).search_endpoint = "gallery.settings"  # asks for a permission
    viewer["who"] = Viewer(name="王小明", tenant="中共青石市委员会", version="plain")
    assert 'class="top-search"' not in client.get("/gallery").text


def test_a_page_of_a_plugin_that_no_entry_names_belongs_to_its_first(app: Flask) -> None:
    first, second = (
        navigation.Item(label=name, icon="plug", endpoint=f"p_venue.{name}", order=order, within=within)
        for name, order, within in (("rooms", 1, ()), ("fees", 2, ("p_venue.fee",)))
    )
    items = [second, first]
    held = {
        "p_venue.rooms": first,
        "p_venue.room": first,
        "p_venue.fee_new": second,
        "venue.x": None,
        "p_other.x": None,
    }
    for endpoint, item in held.items():
        with app.test_request_context("/"):
            request.url_rule = type("Rule", (), {"endpoint": endpoint})()
            assert navigation._present(items) is item
