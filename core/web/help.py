"""The help link of each page: which chapter of the handbook explains it.

    help.add(app, "people.", "secretary/roster")
    help.add(app, "people.export", "secretary/roster#导出名册")

The longest beginning of an endpoint's name that is known decides. Chapters are files of ``docs/handbook``.
"""

from flask import Flask, current_app, request

from core.web.handbook import chapters

#: Endpoint (or its beginning) to chapter, for the shell's own pages and for whatever no part has named.
_FIRST = "member/start"
_CORE = {
    "": _FIRST,
    "home.": "secretary/week",
    "identity.": "member/sign-in",
    "identity.account_": "office/rights",
    "identity.accounts": "office/rights",
    "identity_providers.": "office/programs",
    "organization.": "secretary/organization",
    "organization.change": "office/changes",
    "organization.terms": "secretary/terms",
    "organization.vacancies": "secretary/terms",
    "people.": "secretary/roster",
    "people.member": "secretary/record",
    "people.edit": "secretary/record",
    "people.new": "secretary/record",
    "people.standing": "office/standing",
    "people.doubts": "office/doubts",
    "people.merge": "office/doubts",
    "people.export": "secretary/roster",
    "importing.": "office/imports",
    "settings.": "office/settings",
    "access.": "office/rights",
    "audit.": "office/audit",
    "api.": "office/programs",
    "webhooks.": "office/programs",
    "documents.": "secretary/documents",
    "files.": "secretary/documents",
    "templates.": "office/archives",
    "archives.": "office/archives",
    "notices.": "secretary/week",
    "notices.settings": "secretary/reminders",
    "notices.todo": "secretary/reminders",
    "notices.snooze": "secretary/reminders",
    "privacy.": "member/privacy",
    "privacy.requests": "secretary/corrections",
    "privacy.request_": "secretary/corrections",
    "feedback.": "member/feedback",
    "feedback.handle": "office/feedback",
    "feedback.desk": "office/feedback",
}


def add(app: Flask, prefix: str, chapter: str) -> None:
    """Say which chapter explains the pages whose endpoint begins with ``prefix``."""
    app.extensions.setdefault("web.help", dict(_CORE))[prefix] = chapter


def chapter_of(endpoint: str | None) -> str:
    """The chapter (``book/chapter``, perhaps with ``#section``) that explains a page."""
    known: dict[str, str] = current_app.extensions.get("web.help", _CORE)
    name = endpoint or ""
    return known[max((prefix for prefix in known if name.startswith(prefix)), key=len)]


def address() -> str:
    """Where the present page's help link leads."""
    return f"{request.script_root}/help/{chapter_of(request.endpoint)}"


__all__ = ["add", "address", "chapter_of", "chapters"]
