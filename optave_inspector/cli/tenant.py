"""The command that runs a local tenant by itself."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ..errors import InspectorError


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
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            "--scenario",
            metavar="NAME[:KEY=VALUE,...]",
            help="Arm a scenario of the fault bench from the start; repeatable. times=N lets it strike N times.",
        ),
    ] = None,
    list_scenarios: Annotated[
        bool, typer.Option("--list-scenarios", help="Print all scenarios and the endings they lead to, and exit.")
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
    and /ping with the header X-Control-Key, scenarios by /scenario with {"name": …, "parameters": {…}}; /calm takes all
    back, and GET <control_url>/status shows the connections and what is armed.
    """
    from ..protocol.scenarios import ScenarioError, parse_order, table

    if list_scenarios:
        typer.echo(table())
        return
    try:
        for text in scenario or ():
            parse_order(text)
    except ScenarioError as error:
        raise typer.BadParameter(str(error), param_hint="--scenario") from error
    from ..local_tenant.program import run
    from ..local_tenant.settings import TenantError, TenantSettings, bind_host

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
        scenarios=tuple(scenario or ()),
    )
    try:
        run(settings, exit_with_parent=exit_with_parent, verbose=verbose)
    except InspectorError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
