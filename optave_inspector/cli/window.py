"""Commands that show something: the window, the tour, stored captures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def demo(
    output: Annotated[Path, typer.Option(help="Folder for the pictures of the tour, where there is no screen.")] = Path(
        "build/tour"
    ),
) -> None:
    """Open the window, connected to the local tenant; without a screen, walk the tour instead."""
    from ..screen import why_no_screen

    reason = why_no_screen()
    if not reason:
        from ..app import run_window

        sys.exit(run_window(local_tenant=True))
    typer.echo(f"{reason} Here is a tour of the same window instead.")
    tour(output)


def tour(
    output: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path("build/tour"),
) -> None:
    """Walk the window through its main job without a screen, print what happened and write pictures.

    Exit status 0 when everything came out as expected, 1 when not.
    """
    from ..tour import run_tour

    sys.exit(run_tour(output))


def open_(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Captures and recipes to look at.", show_default=False),
    ] = None,
    from_desktop: Annotated[
        bool, typer.Option("--from-desktop", help="Show in a window why a capture cannot be opened.")
    ] = False,
) -> None:
    """Show stored captures, each in a window of its own; nothing in them is changed.

    Recipes, whose names end in .toml, are opened in the app's window, together with what else is named; nothing is run.
    Without a file: opens the window.

    Exit status 0 when the last window was closed, 1 when a capture cannot be shown.
    """
    if not files or any(file.suffix.lower() == ".toml" for file in files):
        from ..app import run_window

        sys.exit(run_window(local_tenant=False, files=files or ()))
    from ..viewer import run_viewer

    sys.exit(run_viewer(files, from_desktop=from_desktop))
