"""The grid of slots: every page of the core that somebody signed in sees has the same four places. Pure.

The frame of all pages draws them, so that a page has its slots by being there; this table gives the pages their names. A
slot's ``render`` is given what the page is about: the id in its address, or ``None`` where there is none.
"""

from types import MappingProxyType

#: Where on a page: under its heading, after its content (where it has tabs, on the first), beside it (below it on a phone), among its actions.
POSITIONS = ("top", "bottom", "side", "actions")
#: Page → the endpoints it answers at.
PAGES = MappingProxyType(
    {
        "home": ("home.home",),
        # party organisations
        "unit": ("organization.unit",),
        "unit_tree": ("organization.tree",),
        "unit_form": ("organization.unit_edit",),
        "unit_body_form": ("organization.body_new", "organization.body_extension"),
        "unit_post_form": ("organization.post_new",),
        "unit_cover_form": ("organization.unit_cover",),
        "unit_change": ("organization.change",),
        "unit_change_form": ("organization.change_form", "organization.change_new"),
        "unit_changes": ("organization.changes",),
        "terms": ("organization.terms",),
        "officers": ("organization.officers",),
        "vacancies": ("organization.vacancies",),
        # members
        "member": ("people.member",),
        "member_list": ("people.members",),
        "member_form": ("people.new", "people.edit"),
        "member_doubts": ("people.doubts",),
        "member_export": ("people.export",),
        "member_move": ("people.move",),
        "member_standing": ("people.standing",),
        "member_found": ("people.found_again",),
        "member_merge": ("people.merge",),
        "member_remove": ("people.remove",),
        "member_account": ("people.account",),
        # import and print
        "import_run": ("importing.run",),
        "import_runs": ("importing.runs",),
        "import_form": ("importing.new",),
        "print": ("documents.unit_card", "documents.member_card", "documents.listed"),
        "print_large": ("documents.large",),
        # to-dos and notices
        "todo": ("notices.todos",),
        "todo_snooze": ("notices.snooze",),
        "notice": ("notices.notice",),
        "notice_list": ("notices.received",),
        "notice_sent": ("notices.sent",),
        "notice_form": ("notices.new", "notices.correct"),
        "notice_readers": ("notices.who_read",),
        "notice_step": ("notices.step",),
        "notice_withdraw": ("notices.withdraw",),
        "reminders": ("notices.reminders",),
        # feedback and one's own data
        "feedback": ("feedback.mine",),
        "feedback_form": ("feedback.new",),
        "feedback_desk": ("feedback.desk",),
        "feedback_item": ("feedback.handle",),
        "mine": ("privacy.mine",),
        "correction_form": ("privacy.correction",),
        "correction": ("privacy.request_page",),
        "corrections": ("privacy.requests",),
        # one's own account
        "account_own": ("identity.account",),
        "account_contact": ("identity.contact_page",),
        "account_password": ("identity.password",),
        "account_second_factor": ("identity.second_factor", "identity.app"),
        "account_links": ("identity_sso.links",),
        "account_tokens": ("api.tokens",),
        "account_notices": ("notices.settings",),
        "delegations": ("access.delegations",),
        "api_docs": ("api.docs",),
        # settings
        "settings": ("settings.base",),
        "policies": ("settings.policies",),
        "policy": ("settings.policy",),
        "rule_sets": ("settings.rule_sets",),
        "account": ("identity.account_one",),
        "accounts": ("identity.accounts",),
        "account_form": ("identity.account_new", "identity.account_contact"),
        "sign_in_rules": ("identity.rules",),
        "providers": ("identity_providers.listed",),
        "provider": ("identity_providers.one", "identity_providers.new"),
        "grants": ("access.grants",),
        "grants_suggested": ("access.suggested",),
        "grant": ("access.grant",),
        "grant_form": ("access.grant_new",),
        "access_account": ("access.account",),
        "access_unit": ("access.unit",),
        "roles": ("access.roles",),
        "role": ("access.role_template", "access.role_own"),
        "role_form": ("access.role_new",),
        "audit": ("audit.events",),
        "audit_event": ("audit.event",),
        "archives": ("archives.due",),
        "archive_list": ("archives.one",),
        "templates": ("templates.overview",),
        "template": ("templates.one",),
        "plugins": ("plugins.listed",),
        "plugin": ("plugins.one", "plugins.configure", "plugins.enable", "plugins.disable", "plugins.purge"),
        "reports": ("reports.listed",),
        "report": ("reports.report",),
        "webhooks": ("webhooks.listed",),
        "webhook": ("webhooks.one",),
        "webhook_form": ("webhooks.new", "webhooks.edit"),
        "webhook_message": ("webhooks.message",),
    }
)
#: Endpoint → the name of its page.
PAGE_AT = MappingProxyType({endpoint: page for page, endpoints in PAGES.items() for endpoint in endpoints})
#: Every place, ``<page>:<position>``.
PLACES = frozenset(f"{page}:{position}" for page in PAGES for position in POSITIONS)
#: Addresses that answer with no page of this kind: files, fragments, redirects, what runs before a sign-in is complete,
#: the operator's side.
NO_PAGES = frozenset(
    {
        "access.grants_export",
        "api.openapi",
        "api.tried",
        "audit.export",
        "documents.large_file",
        "files.download",
        "identity.qr",
        "identity_sso.confirm",
        "importing.file",
        "importing.template",
        "notices.attachment",
        "notices.bell",
        "notices.open_reminder",
        "organization.change_start",
        "organization.children",
        "plugins.archive",
        "reports.export",
        "templates.file",
        "web.keys",
        "web.palette",
    }
)
