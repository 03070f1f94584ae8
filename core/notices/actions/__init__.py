"""The verbs of notices and deadlines. What other parts call is :func:`notify`."""

from core.notices.actions.telling import notify

__all__ = ["notify"]
