"""The pages of rounds, greetings, hardship, subsidies, the fund and pairs. Importing them hangs their routes."""

from plugins.care.aid import applications as applications
from plugins.care.aid import fund as fund
from plugins.care.aid import greetings as greetings
from plugins.care.aid import hardship as hardship
from plugins.care.aid import pairs as pairs
from plugins.care.aid import papers as papers
from plugins.care.aid import rounds as rounds
from plugins.care.aid import subsidies as subsidies
