"""Lists: what the address says, and what comes out as HTML."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup

from core.web.tables import MAX_PAGE, Column, Listing, ListView, pattern

COLUMNS = (
    Column("name", "姓名", kind="name", sort=True, fixed=True),
    Column("birth", "出生日期", kind="date", sort=True),
    Column("unit", "所在党支部", kind="long"),
    Column("rate", "完成率 100%", kind="number", shown=False),
)
ROWS = [("id-1", "欧阳修远", date(1968, 3, 12), "柳树沟村支部", 3), ("id-2", "<b>仇</b>", None, "", 0)]


def look(app: Flask, query: str, **more: Any) -> Listing:
    with app.test_request_context(f"/members?{query}"):
        view = ListView.of_request("members", COLUMNS, default_sort="name")
        return Listing(view, ROWS, title="党员名册", **more)


@pytest.mark.parametrize(
    ("query", "sort", "descending", "page", "size"),
    [
        ("", "name", False, 1, 50),
        ("sort=-birth&page=3&size=100", "birth", True, 3, 100),
        ("sort=unit", "name", False, 1, 50),
        ("sort=id_no;drop&page=-1&size=100000", "name", False, 1, 50),
        ("page=0&size=abc", "name", False, 1, 50),
        ("page=99999999999999", "name", False, 1, 50),
        ("page=999999", "name", False, MAX_PAGE, 50),
        ("page=٣", "name", False, 1, 50),
    ],
)
def test_the_address_is_read_and_nonsense_is_taken_as_not_said(
    app: Flask, query: str, sort: str, descending: bool, page: int, size: int
) -> None:
    view = look(app, query).view
    assert (view.sort, view.descending, view.page, view.size) == (sort, descending, page, size)


def test_cells_are_escaped_and_empty_ones_show_a_dash(app: Flask) -> None:
    with app.test_request_context("/members"):
        body = look(app, "", link=lambda i: f"/p/{i}").body()
    assert '<a href="/p/id-1">欧阳修远</a>' in body
    assert "&lt;b&gt;仇&lt;/b&gt;" in body
    assert "<b>" not in body
    assert body.count('<span class="none">—</span>') == 2


def test_a_markup_value_is_not_escaped_again(app: Flask) -> None:
    with app.test_request_context("/members"):
        listing = look(app, "")
        listing.rows = [("x", Markup("<b>甲</b>"), None, "", 1)]
        assert "<b>甲</b>" in listing.body()


def test_a_label_with_a_percent_sign_is_only_a_label(app: Flask) -> None:
    with app.test_request_context("/members"):
        assert 'data-label="完成率 100%"' in look(app, "col=rate").body(picks=True)


def test_chosen_columns_are_shown_and_fixed_ones_stay(app: Flask) -> None:
    assert [c.key for c in look(app, "col=rate&col=nothing").view.chosen] == ["name", "rate"]
    assert [c.key for c in look(app, "").view.chosen] == ["name", "birth", "unit"]


def test_chosen_columns_are_remembered_by_the_browser(app: Flask) -> None:
    client = app.test_client()
    client.get("/members?col=years&col=birth")
    page = client.get("/members").text
    assert 'class="col-number">' in page.split("<thead>")[1].split("</thead>")[0]
    assert "所在党支部" not in page.split("<thead>")[1].split("</thead>")[0]


def test_a_heading_turns_the_order_round(app: Flask) -> None:
    heads = {h.label: h for h in look(app, "sort=birth&q=ozxy&page=4").heads}
    assert heads["出生日期"].sorted == "ascending"
    assert heads["出生日期"].url == "/members?q=ozxy&sort=-birth"
    assert heads["姓名"].sorted == ""
    assert heads["所在党支部"].url is None


def test_pages_show_first_last_and_neighbours(app: Flask) -> None:
    with app.test_request_context("/members"):
        listing = look(app, "page=10&size=50&q=z", total=20_135)
        labels = [p.label for p in listing.pages]
    assert labels == ["上一页", "1", "…", "8", "9", "10", "11", "12", "…", "403", "下一页"]
    assert listing.pages[-1].url == "/members?size=50&q=z&page=11"


def test_a_list_without_a_total_offers_only_the_next_page(app: Flask) -> None:
    with app.test_request_context("/members"):
        assert [p.label for p in look(app, "", more=True).pages] == ["下一页"]
        assert look(app, "").pages == []


def test_a_chip_drops_its_own_filter_only(app: Flask) -> None:
    listing = look(app, "q=ozxy&sex=1&page=2", filters={"q": ("搜索", "ozxy"), "sex": ("性别", "男")})
    assert listing.chips == [("搜索", "ozxy", "/members?sex=1"), ("性别", "男", "/members?q=ozxy")]
    assert listing.clear_url == "/members"


def test_the_count_says_which_rows_are_shown(app: Flask) -> None:
    with app.test_request_context("/members"):
        assert look(app, "page=2", total=20_135, unit="人").count_text == "共 20,135 人，本页第 51–52"
        assert look(app, "", total=2, unit="人").count_text == "共 2 人"
        assert look(app, "", total=1000, capped=True, unit="人").count_text.startswith("超过 1,000 人")


def test_a_pattern_fills_in_the_id_and_keeps_the_prefix(app: Flask) -> None:
    with app.test_request_context("/members", base_url="http://localhost/t/qinghe"):
        assert pattern("gallery.person", "person_id")("7") == "/t/qinghe/members/7"
