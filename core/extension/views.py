"""A plugin's pages and API verbs: ordinary blueprints that the host mounts, each view saying what it asks for."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint, Response

from core.access.gate import PUBLIC
from core.api.verbs import Verbs

F = TypeVar("F", bound=Callable[..., Any])


def requires(permission: str) -> Callable[[F], F]:
    """Say what a view asks for: a permission's name, ``PUBLIC`` or ``SIGNED_IN``.

    The name is checked when the plugin is loaded: it must be the core's, or one the plugin declares.
    """

    def mark(view: F) -> F:
        view.__dict__["permission"] = permission
        return view

    return mark


class Pages(Blueprint):
    """The pages of a plugin, served under ``/p/<plugin>/``.

    Templates lie in ``templates/<plugin>/``, so that no plugin replaces another's or the core's. Files in ``static/`` are
    given to everybody where the plugin is on, by ``url_for("p_<plugin>.static", filename="seal.svg")``: pictures, style
    sheets, scripts. Give it ``__name__`` of the plugin's package, or of a module that lies directly in it.

    :param chapters: beginning of a page's name → chapter of the handbook that its help link opens (``office/plan``, perhaps with
        ``#section``); the longest beginning decides, ``""`` is for every page that none names.
    """

    def __init__(self, import_name: str, *, chapters: Mapping[str, str] | None = None) -> None:
        super().__init__("pages", import_name, template_folder="templates")
        self.chapters = dict(chapters or {})
        if Path(self.root_path, "static").is_dir():
            self.static_folder = "static"

    @requires(PUBLIC)
    def send_static_file(self, filename: str) -> Response:
        """A file of the folder ``static``, and nothing outside of it."""
        return super().send_static_file(filename)


class Api(Verbs):
    """The API verbs of a plugin, served under ``/api/v1/p/<plugin>/`` by the conventions of :mod:`core.api`.

    :param title: heading of the part in the API's document, in Chinese.
    """

    def __init__(self, import_name: str, *, title: Any) -> None:
        super().__init__("api", import_name, title=title)


def views_of(blueprint: Blueprint) -> list[tuple[str, Any]]:
    """The routes a blueprint would add: (address, view). Read from what it recorded, without mounting it."""
    return _read(blueprint).views


def beyond_itself(blueprint: Blueprint) -> list[str]:
    """What a blueprint would do to the whole application, for every tenant, instead of to its own pages: one sentence each."""
    found = []
    if _read(blueprint).reaches_out:
        found.append(
            "acts on the whole application, also where it is off (before_app_request, after_app_request,"
            " app_errorhandler, app_context_processor, app_template_filter, record …): use what holds for its own"
            " pages alone (before_request, errorhandler, context_processor …)"
        )
    if blueprint._blueprints:  # noqa: SLF001
        found.append("holds other blueprints: put all views on one")
    return found


def _read(blueprint: Blueprint) -> "_State":
    state = _State()
    for record in blueprint.deferred_functions:
        record(state)  # type: ignore[arg-type]
    return state


class _State:
    """Stands for the application while a blueprint's records are read."""

    def __init__(self) -> None:
        self.views: list[tuple[str, Any]] = []
        self.reaches_out = False

    def add_url_rule(self, rule: str, endpoint: str | None = None, view_func: Any = None, **_: Any) -> None:  # noqa: ARG002
        self.views.append((rule, view_func))

    @property
    def app(self) -> Any:
        """Only what acts on more than the blueprint asks for it."""
        self.reaches_out = True
        return _Nothing()

    def __getattr__(self, name: str) -> Any:
        return _Nothing()


class _Nothing:
    """Takes whatever is done to it."""

    def __getattr__(self, name: str) -> "_Nothing":
        return self

    def __call__(self, *_: Any, **__: Any) -> "_Nothing":
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def setdefault(self, *_: Any) -> "_Nothing":
        return self
