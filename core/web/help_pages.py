"""The handbook's pages."""

from flask import Blueprint, Flask, abort, redirect, render_template, request, send_from_directory, url_for
from werkzeug.wrappers import Response

from core.web import handbook

bp = Blueprint("help", __name__, template_folder="templates")
#: What the pages ask for: the gate reads it. The handbook holds nothing of any unit, and explains the sign-in too.
OPEN_TO = {"help.contents": "public", "help.chapter": "public", "help.picture": "public", "help.bare": "public"}


@bp.get("/help/")
def contents() -> str:
    """The table of contents, or what a search finds."""
    asked = " ".join(request.args.get("find", "").split())[:60]
    books = [
        (title, [one for one in handbook.chapters().values() if one.book == book])
        for book, title in handbook.BOOKS.items()
    ]
    return render_template("web/help.html", books=books, asked=asked, found=handbook.search(asked))


@bp.get("/help/<book>/<name>")
def chapter(book: str, name: str) -> str | Response:
    """One chapter, with its neighbours."""
    known = list(handbook.chapters())
    wanted = f"{book}/{name}"
    if wanted not in known:
        abort(404)
    place = known.index(wanted)
    return render_template(
        "web/help_chapter.html",
        chapter=handbook.chapters()[wanted],
        title=handbook.BOOKS[book],
        siblings=[one for one in handbook.chapters().values() if one.book == book],
        before=handbook.chapters()[known[place - 1]] if place else None,
        after=handbook.chapters()[known[place + 1]] if place + 1 < len(known) else None,
    )


@bp.get("/help/pictures/<name>")
def picture(name: str) -> Response:
    """A picture of the handbook."""
    return send_from_directory(handbook.IMAGES, name, max_age=3600)


@bp.get("/help")
def bare() -> Response:
    """The address as people type it."""
    return redirect(url_for("help.contents"), 308)


def register(app: Flask) -> None:
    """Add the handbook."""
    app.register_blueprint(bp)
