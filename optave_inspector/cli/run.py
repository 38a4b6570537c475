"""The command that runs recipes without the window."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def run(
    recipes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RECIPE...", help="Files, or names of recipes that ship with the app.", show_default=False
        ),
    ] = None,
    profile: Annotated[
        str, typer.Option(help="Connect by this profile instead of as the recipe says.", show_default=False)
    ] = "",
    url: Annotated[
        str, typer.Option(help="Connect to this WebSocket URL instead of as the recipe says.", show_default=False)
    ] = "",
    auth_url: Annotated[str, typer.Option(help="With --url: where fresh tokens come from.", show_default=False)] = "",
    client_id: Annotated[
        str,
        typer.Option(help="With --url: for fresh tokens; OPTAVE_CLIENT_ID where it is left out.", show_default=False),
    ] = "",
    repeat: Annotated[int, typer.Option(min=1, max=10_000, help="Run each so many times.")] = 1,
    report: Annotated[
        Path | None,
        typer.Option(help="Write what came of it: .md, .json, or .xml for JUnit.", show_default=False),
    ] = None,
    capture: Annotated[
        Path | None, typer.Option(help="Keep all frames in this capture, which must not exist yet.", show_default=False)
    ] = None,
    shrink: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Find the fewest steps that still end the same way, each try a real run, and write them here.",
            show_default=False,
        ),
    ] = None,
    show_list: Annotated[bool, typer.Option("--list", help="List the recipes that ship with the app.")] = False,
) -> None:
    """Run recipes: reproductions as text files, with the ending that is expected.

    Secrets come from the keyring, or from the environment: OPTAVE_CLIENT_SECRET, and OPTAVE_TOKEN for profiles with a
    pasted token. A recipe that names the local tenant starts one for itself.

    Exit status 0 when all was reproduced as expected, 1 when not, 2 when it was asked wrongly.
    """
    from ..repro.headless import Asked, list_shipped, run_headless

    if show_list:
        list_shipped()
        return
    if not recipes:
        raise typer.BadParameter("Say which recipe to run, or --list.", param_hint="RECIPE")
    if profile and url:
        raise typer.BadParameter("Say either --profile or --url.", param_hint="--profile")
    sys.exit(run_headless(Asked(recipes, profile, url, auth_url, client_id, repeat, report, capture, shrink)))
