"""Every page's help link opens the chapter, and the section, that says how."""

from flask import Flask

from core.web import help as handbook
from plugins.development.site import CHAPTERS


def endpoints(app: Flask) -> set[str]:
    return {
        rule.endpoint.removeprefix("p_development.")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("p_development.")
    }


def test_every_page_has_a_chapter_of_its_own_and_every_section_is_there(app):
    wrong, used = [], set()
    with app.app_context():
        for endpoint in endpoints(app):
            chapter, _, section = handbook.chapter_of(f"p_development.{endpoint}").partition("#")
            used.add(chapter)
            found = handbook.chapters().get(chapter)
            if (
                found is None
                or chapter == "member/start"
                or (section and section not in {one.anchor for one in found.sections})
            ):
                wrong.append((endpoint, chapter, section))
    assert wrong == []
    assert {chapter.split("/")[0] for chapter in used} == {"member", "secretary", "office"}


def test_no_chapter_is_named_for_pages_that_are_not_there(app):
    known = endpoints(app)
    assert [one for one in CHAPTERS if not any(endpoint.startswith(one) for endpoint in known)] == []
