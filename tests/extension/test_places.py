"""Every page of the core that somebody signed in sees has its slots."""

from pathlib import Path

from flask import Flask

from core.access.gate import PUBLIC
from core.extension.places import NO_PAGES, PAGE_AT, PAGES
from tenants.operators.pages import OPERATOR

_FRAME = Path(__file__).parents[2] / "core" / "web" / "templates" / "web"


def test_every_page_has_a_name_in_the_grid(app: Flask):
    nameless = sorted(
        {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ())
            and not rule.rule.startswith("/api/v1")
            and not rule.endpoint.startswith("p_")
            and getattr(app.view_functions[rule.endpoint], "permission", PUBLIC) not in (PUBLIC, OPERATOR)
        }
        - PAGE_AT.keys()
        - NO_PAGES
    )
    assert not nameless, (
        "give these pages a name in core/extension/places.py (or say that they are none): " + ", ".join(nameless)
    )


def test_every_page_of_the_grid_exists_once(app: Flask):
    named = [endpoint for endpoints in PAGES.values() for endpoint in endpoints]
    assert len(named) == len(set(named))
    assert set(named) <= app.view_functions.keys()


def test_the_frame_of_all_pages_draws_the_four_places():
    base = (_FRAME / "base.html").read_text("utf-8")
    assert all(f'here("{position}")' in base for position in ("top", "side", "bottom"))
    assert 'here("actions")' in (_FRAME / "macros" / "ui.html").read_text("utf-8")
