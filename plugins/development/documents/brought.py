"""What the papers give the host."""

from core.sdk import AuditKind
from plugins.development.documents import models, permissions, printed
from plugins.development.documents.printing import DOCUMENTS

MODELS = models.MODELS
PERMISSIONS = permissions.PERMISSIONS


def hang() -> None:
    """Hang the pages, and the card on the page of a case."""
    import plugins.development.documents.pages
    import plugins.development.documents.showing  # noqa: F401  (the card)


KINDS = (AuditKind(printed.SEALED, "打印含敏感信息的发展党员文书"),)

__all__ = ["DOCUMENTS", "KINDS", "MODELS", "PERMISSIONS"]
