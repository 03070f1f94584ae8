"""Slugs and host names: what they look like, and how a request's host is read. Pure."""

import re

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
#: Sub-domains that can never be a tenant's.
RESERVED = frozenset({"www", "api", "static", "admin", "t", "mail"})


def valid_slug(slug: str) -> bool:
    """Whether a text may be a tenant's slug: 1–40 lower-case letters, digits and inner hyphens, not reserved."""
    return SLUG.fullmatch(slug) is not None and slug not in RESERVED


def plain_host(value: str) -> str | None:
    """The host of a ``Host`` header, lower case, without port; ``None`` for what no honest client sends.

    A trailing dot, an empty label, user information or anything but letters, digits, dots and hyphens is refused,
    so that two spellings of one host cannot lead to two answers (reliability O7).
    """
    host = value.lower()
    name, colon, port = host.partition(":")
    if colon and not (port.isascii() and port.isdigit() and len(port) <= 5):
        return None
    if _HOST.fullmatch(name) is None or ".." in name:
        return None
    return name


def slug_of_host(host: str, base_domain: str) -> str | None:
    """The slug of ``<slug>.<base domain>``, or ``None`` for any other host."""
    label, dot, rest = host.partition(".")
    return label if dot and rest == base_domain and valid_slug(label) else None


def split_prefix(path: str) -> tuple[str, str] | None:
    """``/t/<slug>/rest`` → (slug, ``/rest``); ``None`` when the path has no tenant prefix.

    ``/t/<slug>`` without the slash gives an empty rest, which is to be redirected.
    """
    if not path.startswith("/t/"):
        return None
    slug, slash, rest = path[3:].partition("/")
    return (slug, slash + rest) if valid_slug(slug) else None
