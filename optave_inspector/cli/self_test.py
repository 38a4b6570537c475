"""The command that proves that an installation is whole."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def self_test(
    start_only: Annotated[
        bool, typer.Option("--start-only", help="Only open the window, to measure how long that takes.")
    ] = False,
) -> None:
    """Check that this installation is whole: window, local tenant, sending, receiving and the capture, offscreen.

    Your own profiles and captures stay out of it, and nothing leaves this machine.

    Exit status 0 when every check holds, 1 when not.
    """
    from ..self_test import run_self_test

    sys.exit(run_self_test(start_only=start_only))
