"""The command line, one file a kind of command. Each imports what it needs when it runs, and nothing earlier."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from .. import __version__
from .export import export
from .profiles import profiles
from .recover import recover
from .run import run
from .self_test import self_test
from .tenant import tenant
from .window import demo, open_, tour

app = typer.Typer(
    name="optave-inspector",
    help="Connect to Optave tenants, inspect their WebSocket frames, and reproduce close-code issues.",
    add_completion=False,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_INSTALL = (
    "Install it: on Debian and Ubuntu by sudo apt-get install libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 "
    "libglib2.0-0, elsewhere by your system's package search."
)


def main() -> None:
    """Entry point of the console script and of ``python -m optave_inspector``."""
    try:
        app()
    except ImportError as error:
        library = str(error).partition(":")[0]
        if not sys.platform.startswith("linux") or not library.startswith("lib") or ".so" not in library:
            raise
        typer.echo(f"This system lacks the shared library {library}, which the window needs. {_INSTALL}", err=True)
        sys.exit(1)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"optave-inspector {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Connect to Optave tenants, inspect their WebSocket frames, and reproduce close-code issues.

    Without a command: opens the window.
    """
    if context.invoked_subcommand is None:
        from ..app import run_window

        sys.exit(run_window(local_tenant=False))


for _name, _command in (
    ("demo", demo),
    ("tour", tour),
    ("open", open_),
    ("tenant", tenant),
    ("export", export),
    ("run", run),
    ("recover", recover),
    ("self-test", self_test),
):
    app.command(_name)(_command)
app.add_typer(profiles, name="profiles")
