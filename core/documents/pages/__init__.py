"""The pages of documents: printing, large prints, the tenant's templates, the archive's list of what falls due."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from core.documents import first as _first  # noqa: F401  (declares the first documents)
from core.documents.pages import archives, printing, templates
from core.web.settings_sections import Section, add_section


def register(app: Flask) -> None:
    """Add the pages, and their tabs in the settings."""
    for module in (printing, templates, archives):
        app.register_blueprint(module.bp)
    add_section(
        app,
        Section(_l("打印模板"), "templates.overview", "documents.template.edit", "documents", within=("templates.",)),
    )
    add_section(
        app, Section(_l("档案保管"), "archives.due", "archives.view", "documents", order=60, within=("archives.",))
    )
