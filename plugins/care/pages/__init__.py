"""The pages of visits and contacts. Importing them hangs their routes into the plugin's blueprint."""

from plugins.care.pages import board, cases, contacts, frail, mine, reporting, visiting  # noqa: F401  (the routes)
