"""What the papers give the host."""

from core.sdk import AuditKind
from plugins.development.documents import models, permissions, printed
from plugins.development.documents.printing import DOCUMENTS

MODELS = models.MODELS
PERMISSIONS = permissions.PERMISSIONS
KINDS = (AuditKind(printed.SEALED, "打印含敏感信息的发展党员文书"),)

__all__ = ["DOCUMENTS", "KINDS", "MODELS", "PERMISSIONS"]
