"""Whether something with a name is open to the bound tenant: what a plugin brought is open where the plugin is on.

Every name a plugin brings (a permission, a deadline, a document, an event, …) begins with the plugin's own, and its
endpoints with ``p_<plugin>``; so whoever lists or runs named things asks here, and knows nothing of plugins.
"""

from collections.abc import Callable

from flask import Flask, current_app

_DOORS = "dangjian.doors"


def is_open(name: str) -> bool:
    """Whether the bound tenant may use what goes by that name. Names of the core are always open."""
    check: Callable[[str], bool] | None = current_app.extensions.get(_DOORS)
    return check is None or check(name)


def watched_by(app: Flask, check: Callable[[str], bool]) -> None:
    """Let ``check`` say what is open in this application."""
    app.extensions[_DOORS] = check
