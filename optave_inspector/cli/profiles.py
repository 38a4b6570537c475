"""The commands that list, show, import and export profiles without the window."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

profiles = typer.Typer(
    help="List, show, import and export profiles. Exit status 0 when done, 1 when not, 2 when asked wrongly.",
    no_args_is_help=True,
)


@profiles.command("list")
def list_() -> None:
    """List the profiles of this user."""
    from ..profiles.commands import list_profiles

    raise typer.Exit(list_profiles())


@profiles.command()
def show(name: Annotated[str, typer.Argument(help="The profile's name.", show_default=False)]) -> None:
    """Show a profile as JSON: each value, and where it comes from. Secrets are not in it."""
    from ..profiles.commands import show_profile

    raise typer.Exit(show_profile(name))


@profiles.command("import")
def import_(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Profiles that were exported, or a file of environment variables such as .env.", show_default=False
        ),
    ] = None,
    environment: Annotated[
        bool, typer.Option("--environment", help="Make a profile from the environment variables of this process.")
    ] = False,
    name: Annotated[
        str, typer.Option(help="With environment variables: the name of the new profile.", show_default=False)
    ] = "",
    with_secret: Annotated[
        bool,
        typer.Option("--with-secret", help="With environment variables: put the client secret into the keyring."),
    ] = False,
) -> None:
    """Import profiles as new ones. Nothing is overwritten or run, and what was left out is named."""
    from ..profiles.commands import import_environment_variables, import_profiles

    if (file is None) is not environment:
        raise typer.BadParameter("Say either a file or --environment.", param_hint="FILE")
    if file is not None and file.suffix == ".json":
        raise typer.Exit(import_profiles(file))
    raise typer.Exit(import_environment_variables(file, name, with_secret=with_secret))


@profiles.command()
def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.", show_default=False)],
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="The profiles' names.", show_default=False)
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="All profiles.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Export profiles, without their secrets."""
    from ..profiles.commands import export_profiles

    if bool(names) is all_:
        raise typer.BadParameter("Say either names or --all.", param_hint="NAME")
    raise typer.Exit(export_profiles(names or [], output, force=force))
