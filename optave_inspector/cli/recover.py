"""The command that recovers what can be read of a damaged capture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def recover(
    capture: Annotated[Path, typer.Argument(help="The damaged capture; it stays as it is.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help="The new capture.", show_default=False)],
) -> None:
    """Put what can still be read of a damaged capture into a new one, and say how much is missing.

    Exit status 0 when something could be read, 1 when nothing could be or the new capture could not be written.
    """
    from ..capture.recovery import recover_readable
    from ..errors import InspectorError

    try:
        done = recover_readable(capture, output)
    except InspectorError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    typer.echo(done.in_words())
