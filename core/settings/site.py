"""The blueprint of the settings, and what its pages ask for."""

from flask import Blueprint

bp = Blueprint("settings", __name__, template_folder="templates")
VIEW, EDIT = "settings.view", "settings.edit"
