"""The pages of rounds, greetings, hardship, subsidies, the fund and pairs. Importing them hangs their routes."""

from plugins.care.aid import fund, greetings, hardship, pairs, papers, rounds, subsidies  # noqa: F401  (the routes)
