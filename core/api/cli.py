"""``dangjian openapi``: the API's document, for generators of clients."""

from dataclasses import replace

import click

from core.runtime.console import OPERATOR, Console, command


@click.command("openapi", help="输出接口的 OpenAPI 3.1 文档（JSON）")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="文档的语言")
@command(permission=OPERATOR)
def openapi(_console: Console, *, language: str) -> None:
    """Write the document to standard output; nothing is asked of the database."""
    import orjson

    from core.api.document import whole
    from core.app import create_app
    from core.config import load_settings

    settings = load_settings(complete=False)
    # No connection is made: the document is the same whatever the database.
    app = create_app(replace(settings, database_url=settings.database_url or "postgresql://nobody@localhost/nothing"))
    with app.test_request_context("/api/v1", headers={"Accept-Language": language}):
        click.echo(orjson.dumps(whole(), option=orjson.OPT_INDENT_2).decode())
