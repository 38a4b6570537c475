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
    captures: Annotated[list[Path], typer.Argument(metavar="CAPTURE...", help="Captures to look at.")],
) -> None:
    """Show stored captures, each in a window of its own; nothing in them is changed.

    Exit status 0 when the last window was closed, 1 when a capture cannot be shown.
    """
    from ..viewer import run_viewer

    sys.exit(run_viewer(captures))
