"""The handbook's pages: readable without signing in, searchable, and safe."""

from flask import Flask

from core.web import handbook


def test_every_book_has_chapters_and_every_chapter_a_title_and_sections() -> None:
    chapters = handbook.chapters()
    assert {chapter.book for chapter in chapters.values()} == set(handbook.BOOKS)
    assert all(chapter.title and len(chapter.sections) > 1 for chapter in chapters.values())


def test_the_links_of_the_chapters_lead_to_chapters() -> None:
    wrong = []
    for name, chapter in handbook.chapters().items():
        for part in chapter.html.split('href="')[1:]:
            target = part.split('"')[0]
            book, _, other = target.rpartition("/")
            place = f"{book.removeprefix('../') or chapter.book}/{other}"
            if place not in handbook.chapters():
                wrong.append((name, target))
    assert wrong == []


def test_a_search_finds_the_section_that_says_how() -> None:
    assert handbook.search("回执")[0].chapter.name == "member/feedback"
    assert any(hit.section.title == "撤销一次导入" for hit in handbook.search("撤销 导入"))
    assert handbook.search("   ") == []


def test_html_in_a_chapter_is_text() -> None:
    chapter = handbook._read("member/x", "member", "# 标题\n\n<script>alert(1)</script> [a](https://example.org/)\n")
    assert "<script>" not in chapter.html
    assert "example.org" not in chapter.html


def test_the_handbook_is_open_to_whoever_cannot_sign_in(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/help/member/sign-in")
    assert page.status_code == 200
    assert "忘记密码" in page.text
    assert client.get("/help/member/nothing").status_code == 404
    assert client.get("/help/pictures/..%2f..%2f..%2fpyproject.toml").status_code == 404
    assert "没有找到" in client.get("/help/?find=zzzz").text
