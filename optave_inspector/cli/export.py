"""The command that writes captures in other formats, and sends them to collectors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..capture.redaction import RedactionRules

_SPANS = "otlp"


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
            "--format",
            help="Entries as har, jsonl or csv, by the file's name where it is left out; exchanges-csv, "
            "statistics-csv or rate-csv; otlp sends OpenTelemetry spans to a collector.",
            show_default=False,
        ),
    ] = None,
    query: Annotated[
        str,
        typer.Option(
            help="Only the entries that match, as in the frame log's filter; of exchanges, those that have one."
        ),
    ] = "",
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
    endpoint: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="otlp: the collector, as http://localhost:4318, to which /v1/traces is added; without it "
            "OTEL_EXPORTER_OTLP_ENDPOINT counts.",
            show_default=False,
        ),
    ] = None,
    header: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="otlp: a header for the collector; repeatable. Other users of this machine may see a command line: "
            "OTEL_EXPORTER_OTLP_HEADERS keeps a key from them.",
        ),
    ] = None,
    ca_file: Annotated[
        Path | None,
        typer.Option(help="otlp: a PEM file with the authority of the collector's certificate.", show_default=False),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(help="otlp: seconds for one batch, all tries included; 30 without it.", show_default=False),
    ] = None,
    with_contents: Annotated[
        bool,
        typer.Option("--with-contents", help="otlp: send messages as well, without secrets, up to 4,096 characters."),
    ] = False,
) -> None:
    """Write a capture, or a part of it, in another format, or send it to an OpenTelemetry collector; without secrets.

    Exit status 0 when it is written, or delivered whole; 1 when it could not be; 2 when it was asked wrongly.
    """
    from ..capture.exporting import ExportFormat
    from ..capture.redaction import RedactionRules
    from ..trace_tables import TraceTable

    formats = [*(each.value for each in (*ExportFormat, *TraceTable)), _SPANS]
    if kind is not None and kind not in formats:
        raise typer.BadParameter(f"{kind} is none of {', '.join(formats)}.", param_hint="--format")
    if not redact and (hide_mail or hide_phone or hide_name or hide_path or preview):
        raise typer.BadParameter("With --no-redact nothing is replaced, so nothing else can be asked for.")
    for_collectors = {
        "--endpoint": endpoint is not None,
        "--header": bool(header),
        "--ca-file": ca_file is not None,
        "--timeout": timeout is not None,
        "--with-contents": with_contents,
    }
    strange = [name for name, given in for_collectors.items() if given and kind != _SPANS]
    if strange:
        raise typer.BadParameter("It is for --format otlp only.", param_hint=strange[0])
    rules = RedactionRules(hide_mail, hide_phone, tuple(hide_name or ()), tuple(hide_path or ()))
    if kind == _SPANS:
        if output is not None or preview:
            raise typer.BadParameter("Spans go to the collector, not to a file.", param_hint="--output")
        if not redact:
            raise typer.BadParameter("Secrets never go to a collector.", param_hint="--no-redact")
        sys.exit(_send(capture, endpoint, header, ca_file, timeout, query, rules, with_contents=with_contents))
    if (output is None) is not preview:
        raise typer.BadParameter("Say either where to write, by --output, or --preview.", param_hint="--output")
    if kind in {each.value for each in TraceTable}:
        if output is None:
            raise typer.BadParameter("There is no preview of tables.", param_hint="--preview")
        from ..trace_export import run_table_export

        sys.exit(run_table_export(capture, output, TraceTable(kind), query, rules if redact else None))
    from ..export import run_export

    asked = None if kind is None else ExportFormat(kind)
    sys.exit(run_export(capture, output, asked, query, rules if redact else None))


def _send(
    capture: Path,
    endpoint: str | None,
    header: list[str] | None,
    ca_file: Path | None,
    timeout: float | None,
    query: str,
    rules: RedactionRules,
    *,
    with_contents: bool,
) -> int:
    from ..otlp.settings import TIMEOUT_S, CollectorError, collector, parse_headers
    from ..trace_export import run_span_export

    try:
        asked = collector(
            endpoint or "",
            parse_headers(header or ()),
            str(ca_file) if ca_file is not None else "",
            TIMEOUT_S if timeout is None else timeout,
        )
    except CollectorError as error:
        typer.echo(str(error), err=True)
        return 2
    return run_span_export(capture, asked, query, rules, with_contents=with_contents)
