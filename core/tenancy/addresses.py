"""The address of a tenant's page as mail names it: from settings and the tenant's own name, never from a request."""

from flask import current_app

from core.config import Settings


def own_address(slug: str, path: str) -> str:
    """The whole address of a path (``/…``) of the tenant.

    ``DANGJIAN_PUBLIC_URL`` with the tenant's prefix when it is set, else the tenant's sub-domain of the base domain. A
    ``Host`` header has no say: a mail must not lead where a stranger wants it to.
    """
    settings: Settings = current_app.extensions["dangjian.settings"]
    if settings.public_url:
        return f"{settings.public_url.rstrip('/')}/t/{slug}{path}"
    if settings.production:
        return f"https://{slug}.{settings.base_domain}{path}"
    return f"http://{slug}.{settings.base_domain}:{settings.port}{path}"
