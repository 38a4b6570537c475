"""The command ``run``: recipes without the window."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..capture.new_file import replacing
from ..capture.store import CaptureStore
from ..errors import InspectorError
from ..paths import profiles_dir
from ..profiles.profile import LOCAL_TENANT_ID, Profile
from ..profiles.secrets import CLIENT_SECRET, TOKEN, SecretStore
from ..profiles.store import ProfileStore
from ..protocol.contract import Contract
from ..resources import schemas
from ..session import Session
from .connecting import SECRET_VARIABLES, Target, to_profile, to_tenant, to_url
from .durations import duration
from .problems import RecipeError
from .reading import load_recipe
from .recipe import ConnectionBy, Recipe, every_step
from .report import GLYPHS, Reported, ReportFormat, report, step_lines
from .results import Series, StepState
from .running import Run
from .shipped import shipped, shipped_recipe
from .tenants import Tenants
from .variables import nearest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from .results import RunResult

AS_EXPECTED, NOT_AS_EXPECTED, ASKED_WRONGLY = 0, 1, 2
TOKEN_VARIABLE = "OPTAVE_TOKEN"  # noqa: S105 - a variable's name


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    recipes: Sequence[str]
    """Files, or names of shipped recipes."""
    profile: str = ""
    url: str = ""
    auth_url: str = ""
    client_id: str = ""
    repeat: int = 1
    report: Path | None = None
    capture: Path | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    recipe: Recipe
    folder: Path | None


def list_shipped() -> None:
    """Print the recipes that ship with the app."""
    names = shipped()
    width = max(map(len, names), default=0)
    for name in names:
        typer.echo(f"{name:<{width}}  {shipped_recipe(name).title}")


def run_headless(asked: Asked) -> int:
    """Run the recipes one after the other; the exit status. What went wrong stands on standard error."""
    try:
        kind = _report_format(asked)
        jobs = [_job(name, asked) for name in asked.recipes]
        return asyncio.run(_run_all(jobs, asked, kind))
    except RecipeError as error:
        typer.echo(error.every, err=True)
    except InspectorError as error:
        typer.echo(str(error), err=True)
    return ASKED_WRONGLY


def _report_format(asked: Asked) -> ReportFormat | None:
    if asked.report is None:
        return None
    kind = ReportFormat.of_name(asked.report)
    if kind is None:
        raise InspectorError(
            f"The name {asked.report} does not tell the report's format.", "End it with .md, .json or .xml."
        )
    if not asked.report.resolve().parent.is_dir():
        raise InspectorError(f"There is no folder {asked.report.resolve().parent} for the report.")
    return kind


def _job(name: str, asked: Asked) -> _Job:
    path = Path(name)
    if path.is_file():
        recipe, folder = load_recipe(path), path.resolve().parent
    elif path.suffix or os.sep in name:
        raise InspectorError(f"There is no recipe {name}.")
    else:
        recipe, folder = shipped_recipe(name), shipped()[name].parent
    by = _overridden(recipe.connection, asked)
    if recipe.orders_tenant and not by.local_tenant:
        raise InspectorError(
            f"The recipe {name} orders the local tenant about, which no other tenant understands.",
            "Run it without --profile and --url.",
        )
    return _Job(replace(recipe, connection=by), folder)


def _overridden(by: ConnectionBy, asked: Asked) -> ConnectionBy:
    if asked.profile:
        return ConnectionBy(profile=asked.profile, settings=by.settings)
    if asked.url:
        return ConnectionBy(
            url=asked.url,
            auth_url=asked.auth_url,
            client_id=asked.client_id or by.client_id,
            settings=by.settings,
            secret_in_body=by.secret_in_body,
        )
    if asked.auth_url or asked.client_id:
        raise InspectorError("--auth-url and --client-id go with --url.")
    return by


async def _run_all(jobs: list[_Job], asked: Asked, kind: ReportFormat | None) -> int:
    async with Tenants() as tenants, _session(asked.capture) as session:
        secrets = SecretStore()
        for job in jobs:
            # Before the first run: what is asked wrongly should not show after an hour.
            if not job.recipe.connection.local_tenant:
                await _target(job.recipe.connection, tenants, secrets)
        done = [await _run_one(job, asked, session, tenants, secrets) for job in jobs]
    if kind is not None and asked.report is not None:
        with replacing(asked.report) as file:
            file.write_text(report(kind, done), encoding="utf-8")
    return AS_EXPECTED if all(each.series.all_reproduced for each in done) else NOT_AS_EXPECTED


async def _run_one(job: _Job, asked: Asked, session: Session, tenants: Tenants, secrets: SecretStore) -> Reported:
    recipe = job.recipe
    words = {step.number: step.words for step in every_step(recipe.steps)}
    runs: list[RunResult] = []
    typer.echo(recipe.title)
    for number in range(1, asked.repeat + 1):
        target = await _target(recipe.connection, tenants, secrets)
        result = await Run(recipe, session, target, job.folder).run()
        runs.append(result)
        glyph = GLYPHS[StepState.PASSED if result.reproduced else StepState.FAILED]
        if asked.repeat > 1:
            typer.echo(f"  {glyph} run {number} of {asked.repeat} [{duration(result.elapsed_s)}]: {result.sentence}")
        else:
            for line in step_lines(Reported(Series([result]), words), result):
                typer.echo(f"  {line}")
            typer.echo(f"  {glyph} {result.sentence}")
    reported = Reported(Series(runs), words)
    typer.echo(f"  {reported.verdict}")
    return reported


async def _target(by: ConnectionBy, tenants: Tenants, secrets: SecretStore) -> Target:
    if by.profile:
        profile = _profile(by.profile)
        if profile.id != LOCAL_TENANT_ID:
            return to_profile(by, profile, await _secret(profile, secrets))
        by = replace(by, profile="", local_tenant=True)
    if by.local_tenant:
        tenant = await tenants.lend(by.tenant_settings)
        return to_tenant(by, tenant.address, tenant)
    return to_url(by, os.environ)


def _profile(name: str) -> Profile:
    profiles = ProfileStore(profiles_dir()).list()
    found = [each for each in profiles if each.name.casefold() == name.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        raise InspectorError(f"Several profiles are called {name}.", "Rename all but one in the window.")
    meant = nearest(name, [each.name for each in profiles])
    if meant:
        hint = f"Did you mean {meant}?"
    elif profiles:
        hint = f"There are: {', '.join(each.name for each in profiles)}."
    else:
        hint = "Make it in the window, or say --url and --auth-url."
    raise InspectorError(f"There is no profile {name}.", hint)


async def _secret(profile: Profile, secrets: SecretStore) -> str:
    if not profile.needs_secret:
        return ""
    names, field = (SECRET_VARIABLES, CLIENT_SECRET) if profile.asks_endpoint else ((TOKEN_VARIABLE,), TOKEN)
    given = next((os.environ[name] for name in names if os.environ.get(name)), "")
    if given:
        return given
    kept = await secrets.get(profile.id, field)
    if kept:
        return kept
    what = "client secret" if profile.asks_endpoint else "token"
    why = f" {secrets.notice}" if secrets.notice else ""
    raise InspectorError(
        f"The {what} of the profile {profile.name} is not in the keyring.{why}",
        f"Put it into the environment as {names[0]}, or save it in the window.",
    )


@asynccontextmanager
async def _session(capture: Path | None) -> AsyncIterator[Session]:
    store = CaptureStore.create(capture)
    session = Session(store, Contract(schemas()))
    try:
        yield session
    finally:
        await session.aclose()
        store.close()
