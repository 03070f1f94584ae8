"""The pages of cases. ``hang`` imports them, which hangs their routes into the plugin's blueprint."""


def hang() -> None:
    """Hang the routes of all pages."""
    from plugins.development.pages import acts, at_once, board, bulk, case, doing, journal, mine, now, opening  # noqa: F401
