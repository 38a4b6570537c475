"""The command line. Each command imports what it needs when it runs, so that none waits for another's libraries."""

# ruff: noqa: ARG001, FBT001, FBT002 - typer reads the options from the parameters

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from . import __version__
from .errors import InspectorError

app = typer.Typer(
    name="optave-inspector",
    help="Connect to Optave tenants, inspect their WebSocket frames, and reproduce close-code issues.",
    add_completion=False,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Entry point of the console script and of ``python -m optave_inspector``."""
    app()


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
        from .app import run_window

        sys.exit(run_window(local_tenant=False))


@app.command()
def demo(
    output: Annotated[Path, typer.Option(help="Folder for the pictures of the tour, where there is no screen.")] = Path(
        "build/tour"
    ),
) -> None:
    """Open the window, connected to the local tenant; without a screen, walk the tour instead."""
    from .screen import why_no_screen

    reason = why_no_screen()
    if not reason:
        from .app import run_window

        sys.exit(run_window(local_tenant=True))
    typer.echo(f"{reason} Here is a tour of the same window instead.")
    tour(output)


@app.command()
def tour(
    output: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path("build/tour"),
) -> None:
    """Walk the window through its main job without a screen, print what happened and write pictures.

    Exit status 0 when everything came out as expected, 1 when not.
    """
    from .tour import run_tour

    sys.exit(run_tour(output))


@app.command("open")
def open_(
    captures: Annotated[list[Path], typer.Argument(metavar="CAPTURE...", help="Captures to look at.")],
) -> None:
    """Show stored captures, each in a window of its own; nothing in them is changed.

    Exit status 0 when the last window was closed, 1 when a capture cannot be shown.
    """
    from .viewer import run_viewer

    sys.exit(run_viewer(captures))


@app.command()
def tenant(
    host: Annotated[
        str, typer.Option(help="Loopback address to listen on: 127.0.0.0/8, ::1 or localhost.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="WebSocket port; 0 takes a free one.")] = 0,
    auth_port: Annotated[
        int,
        typer.Option(min=0, max=65535, help="Port of the token endpoint and the fault controls; 0 takes a free one."),
    ] = 0,
    tls: Annotated[
        bool,
        typer.Option(
            "--tls",
            help="Serve wss and https by a throw-away certificate authority, whose file is printed as ca_file. "
            "Node.js trusts it by NODE_EXTRA_CA_CERTS=<ca_file>.",
        ),
    ] = False,
    token_lifetime: Annotated[
        float, typer.Option(min=0.001, help="Seconds in which a token can open a connection.")
    ] = 600,
    stream_interval_ms: Annotated[int, typer.Option(min=1, help="Time between the frames of a streamed answer.")] = 500,
    latency_ms: Annotated[
        int, typer.Option(min=0, help="Time from a request to an answer that is not streamed.")
    ] = 120,
    strict: Annotated[
        bool, typer.Option("--strict", help="Answer envelopes that break the request schema by an error envelope.")
    ] = False,
    exit_with_parent: Annotated[
        bool, typer.Option("--exit-with-parent", help="End as well when standard input ends.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Write to standard error what was odd about each request.")
    ] = False,
) -> None:
    """Run a tenant on this machine, for learning, tests and reproductions, until SIGINT or SIGTERM.

    Prints one line of JSON when it is ready: websocket_url, auth_url, client_id, client_secret, tenant, control_url,
    control_key, and with --tls ca_file. Faults are ordered by POST <control_url>/close, /drop, /silent, /orphan, /error
    and /ping with the header X-Control-Key; GET <control_url>/status shows the connections.
    """
    from .local_tenant.program import run
    from .local_tenant.settings import TenantError, TenantSettings, bind_host

    try:
        bind_host(host)
    except TenantError as error:
        raise typer.BadParameter(str(error), param_hint="--host") from error
    settings = TenantSettings(
        host=host,
        port=port,
        auth_port=auth_port,
        tls=tls,
        token_lifetime_s=token_lifetime,
        stream_interval_ms=stream_interval_ms,
        latency_ms=latency_ms,
        strict=strict,
    )
    try:
        run(settings, exit_with_parent=exit_with_parent, verbose=verbose)
    except InspectorError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)


@app.command()
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
    from .capture.exporting import ExportFormat
    from .capture.redaction import RedactionRules
    from .export import run_export

    if kind is not None and kind not in {each.value for each in ExportFormat}:
        raise typer.BadParameter(f"{kind} is none of har, jsonl and csv.", param_hint="--format")
    hidden = hide_mail or hide_phone or hide_name or hide_path
    if not redact and (hidden or preview):
        raise typer.BadParameter("With --no-redact nothing is replaced, so nothing else can be asked for.")
    if (output is None) is not preview:
        raise typer.BadParameter("Say either where to write, by --output, or --preview.", param_hint="--output")
    rules = RedactionRules(hide_mail, hide_phone, tuple(hide_name or ()), tuple(hide_path or ())) if redact else None
    sys.exit(run_export(capture, output, None if kind is None else ExportFormat(kind), query, rules))
