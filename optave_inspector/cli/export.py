"""The command that writes captures in other formats."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def export(
    capture: Annotated[
        Path, typer.Argument(help="The capture; it may belong to a session that runs.", show_default=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write, or - for standard output.", show_default=False),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--format", help="har, jsonl or csv; by the file's name where it is left out.", show_default=False
        ),
    ] = None,
    query: Annotated[str, typer.Option(help="Only the entries that match, as in the frame log's filter.")] = "",
    redact: Annotated[
        bool,
        typer.Option(
            "--redact/--no-redact",
            help="Replace tokens, secrets, passwords and cookies by placeholders; equal ones stay equal.",
        ),
    ] = True,
    hide_mail: Annotated[bool, typer.Option("--hide-mail", help="Replace mail addresses as well.")] = False,
    hide_phone: Annotated[bool, typer.Option("--hide-phone", help="Replace phone numbers as well.")] = False,
    hide_name: Annotated[
        list[str] | None, typer.Option("--hide-name", metavar="NAME", help="Replace this name as well; repeatable.")
    ] = None,
    hide_path: Annotated[
        list[str] | None,
        typer.Option(
            "--hide-path",
            metavar="PATH",
            help="Replace what a JSON path means, as $.payload.request.context.userId; repeatable.",
        ),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Write nothing, but list on standard output what would be replaced.")
    ] = False,
) -> None:
    """Write a capture, or a part of it, as HAR, JSON Lines or CSV, without its secrets.

    Exit status 0 when it is written, 1 when it could not be, 2 when it was asked wrongly.
    """
    from ..capture.exporting import ExportFormat
    from ..capture.redaction import RedactionRules
    from ..export import run_export

    if kind is not None and kind not in {each.value for each in ExportFormat}:
        raise typer.BadParameter(f"{kind} is none of har, jsonl and csv.", param_hint="--format")
    hidden = hide_mail or hide_phone or hide_name or hide_path
    if not redact and (hidden or preview):
        raise typer.BadParameter("With --no-redact nothing is replaced, so nothing else can be asked for.")
    if (output is None) is not preview:
        raise typer.BadParameter("Say either where to write, by --output, or --preview.", param_hint="--output")
    rules = RedactionRules(hide_mail, hide_phone, tuple(hide_name or ()), tuple(hide_path or ())) if redact else None
    sys.exit(run_export(capture, output, None if kind is None else ExportFormat(kind), query, rules))
