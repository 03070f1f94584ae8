"""What each role template may do, and what each permission reaches: the contract the sweep holds every route to.

A new permission belongs into :data:`HOLDERS`; one that is not bound to units also into :data:`WHOLE_TENANT`.
A new parameter of an address whose name is not its table's belongs into :data:`ARGUMENTS` (an id) or :data:`WORDS`.
"""

#: permission → the role templates that hold it from the start, by their short names (00-conventions 0.6).
#: TA, the tenant's administrator, holds every permission and is not repeated.
HOLDERS: dict[str, str] = {
    "access.delegation.edit": "CO GS BS",
    "access.grant.edit": "CO",
    "access.grant.export": "CO",
    "access.grant.view": "CO",
    "access.role.edit": "",
    "archives.destroy": "CO",
    "archives.propose": "CO",
    "archives.view": "CO",
    "audit.export": "AU",
    "audit.view": "AU",
    "documents.template.edit": "",
    "feedback.item.handle": "CO GS BS JC",
    "feedback.item.handle_top": "JC AU",
    "identity.account.manage": "",
    "identity.account.open": "CO GS BS",
    "identity.provider.manage": "",
    "identity.rules.edit": "",
    "notices.notice.pass": "CO GS BS OC GL",
    "notices.notice.send": "CO GS BS OC",
    "notices.notice.view": "CO GS BS BD OC XC JC GL LD AU",
    "organization.change.decide": "CO",
    "organization.change.submit": "CO GS BS OC",
    "organization.import": "CO",
    "organization.unit.edit": "CO GS BS OC",
    "organization.unit.view": "CO GS BS BD OC XC JC GL LD AU",
    "people.import": "CO GS BS OC",
    "people.member.edit": "CO GS BS OC",
    "people.member.export": "CO GS BS OC",
    "people.member.export_full": "CO",
    "people.member.reveal": "CO GS BS OC",
    "people.member.state": "CO",
    "people.member.view": "CO GS BS BD OC XC JC GL AU",
    "privacy.correction.decide": "CO GS BS OC",
    "settings.edit": "",
    "settings.view": "CO",
    "webhooks.endpoint.manage": "",
}

#: Permissions about things that belong to the tenant as a whole: every unit's holder reaches them, no other tenant does.
WHOLE_TENANT: dict[str, str] = {
    "access.role.edit": "roles are the tenant's",
    "archives.destroy": "lists of what is to be destroyed are the tenant's",
    "archives.propose": "lists of what is to be destroyed are the tenant's",
    "archives.view": "lists of what is to be destroyed are the tenant's",
    "documents.template.edit": "templates are the tenant's",
    "webhooks.endpoint.manage": "what is told outside is the tenant's",
    "audit.export": "the audit is the tenant's",
    "audit.view": "the audit is the tenant's",
    "identity.account.manage": "accounts are the tenant's",
    "identity.provider.manage": "sign-in is the tenant's",
    "identity.rules.edit": "sign-in is the tenant's",
    "settings.edit": "settings are the tenant's",
    "settings.view": "settings are the tenant's",
}

#: Parameter of an address → the table whose row it names, where that is not its own name without ``_id``.
ARGUMENTS: dict[str, str] = {
    "change_id": "unit_change", "covered_id": "covered_unit", "holding_id": "post_holding", "run_id": "import_run",
    "grant_id": "access_grant", "role_id": "access_role", "event_id": "audit_event", "person": "person", "file_id": "stored_file",
    "passkey_id": "account_passkey", "session_id": "account_session", "link_id": "identity_link", "provider_id": "identity_provider",
    "token_id": "api_token", "request_id": "correction_request", "print_id": "document_print", "item_id": "feedback_item",
    "account_id": "target", "subject_id": "person", "step_id": "notice_step", "list_id": "disposal_list",
    "template_id": "document_template", "task_id": "plugin_task", "endpoint_id": "webhook_endpoint", "sent_id": "webhook_delivery",
}  # fmt: skip

#: Values of parameters that are words: (endpoint or its blueprint, parameter) → a value that exists.
WORDS: dict[tuple[str, str], str] = {
    ("importing", "kind"): "people", ("importing_api", "kind"): "people", ("people", "act"): "formal",
    ("settings", "key"): "roster.reveal.daily_max", ("settings_api", "key"): "roster.reveal.daily_max", ("access", "code"): "auditor", ("files", "code"): "people.member.material",
    ("plugins", "name"): "development", ("plugins_api", "name"): "development",
    ("reports", "key"): "none", ("reports_api", "key"): "none", ("files_api", "code"): "people.member.material", ("documents_api", "code"): "people.roster",
    ("templates", "code"): "people.roster", ("templates", "version"): "1", ("identity_providers", "kind"): "oidc",
    ("webhooks", "act"): "pause", ("api", "verb"): "get",
}  # fmt: skip

#: Routes that may answer 404 for the sweep's own rows, which hold random facts, with the reason.
OWN_MAY_BE_ABSENT: dict[str, str] = {
    "importing.": "asks for the permission of the kind of workbook",
    "importing_api.": "asks for the permission of the kind of workbook",
    "organization.change_act": "a decision asks for organization.change.decide, a submission for organization.change.submit",
    "organization.change_form": "asks for a unit in the query",
    "people.merged": "asks for a second person",
    "people.standing": "asks for an act that fits the member's standing",
    "people.stood": "asks for an act that fits the member's standing",
    "people_api.merge_members": "asks for a second person",
    "notices.withdraw": "a notice of somebody else's making",
    "notices.correct": "a notice of somebody else's making",
    "notices.nudge_readers": "a notice of somebody else's making",
    "access.delegation_end": "somebody else's delegation",
    "access_api.end_delegation": "somebody else's delegation",
    "access_api.explain_rights": "asks for a permission in the query",
    "feedback.receipt": "asks for a receipt",
}

#: Changing routes without an object that would end what the sweep itself stands on.
NOT_ASKED: dict[str, str] = {"identity.sign_out": "ends the session the sweep asks with"}
