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
from ..profiles.secrets import SecretStore
from ..profiles.store import ProfileStore
from ..protocol.contract import Contract
from ..resources import schemas
from ..session import Session
from .attempts import Attempts
from .durations import duration
from .problems import RecipeError
from .reading import load_recipe, load_text
from .recipe import ConnectionBy, Recipe, every_step
from .report import GLYPHS, Reported, ReportFormat, report, step_lines
from .results import Series, StepState
from .shipped import shipped, shipped_recipe
from .shrinking import shrink
from .targets import Targets
from .tenants import Tenants

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from .results import RunResult

AS_EXPECTED, NOT_AS_EXPECTED, ASKED_WRONGLY = 0, 1, 2


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
    shrink: Path | None = None
    """Where to write what is left when steps that change nothing are left out."""


@dataclass(frozen=True, slots=True)
class _Job:
    recipe: Recipe
    path: Path


def list_shipped() -> None:
    """Print the recipes that ship with the app."""
    names = shipped()
    width = max(map(len, names), default=0)
    for name in names:
        typer.echo(f"{name:<{width}}  {shipped_recipe(name).title}")


def run_headless(asked: Asked) -> int:
    """Run the recipes one after the other; the exit status. What went wrong stands on standard error."""
    try:
        _check_shrinking(asked)
        kind = _report_format(asked)
        jobs = [_job(name, asked) for name in asked.recipes]
        return asyncio.run(_run_all(jobs, asked, kind))
    except RecipeError as error:
        typer.echo(error.every, err=True)
    except InspectorError as error:
        typer.echo(str(error), err=True)
    return ASKED_WRONGLY


def _check_shrinking(asked: Asked) -> None:
    if asked.shrink is None:
        return
    if len(asked.recipes) != 1 or asked.repeat != 1 or asked.report is not None:
        raise InspectorError("--shrink takes one recipe, and goes without --repeat and --report.")
    if not asked.shrink.resolve().parent.is_dir():
        raise InspectorError(f"There is no folder {asked.shrink.resolve().parent} for the shrunk recipe.")


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
        recipe = load_recipe(path)
    elif path.suffix or os.sep in name:
        raise InspectorError(f"There is no recipe {name}.")
    else:
        recipe, path = shipped_recipe(name), shipped()[name]
    by = _overridden(recipe.connection, asked)
    if recipe.orders_tenant and not by.local_tenant:
        raise InspectorError(
            f"The recipe {name} orders the local tenant about, which no other tenant understands.",
            "Run it without --profile and --url.",
        )
    return _Job(replace(recipe, connection=by), path)


def _overridden(by: ConnectionBy, asked: Asked) -> ConnectionBy:
    if asked.profile:
        return ConnectionBy(profile=asked.profile, settings=by.settings)
    if asked.url:
        return ConnectionBy(
            url=asked.url,
            auth_url=asked.auth_url,
            client_id=asked.client_id or by.client_id,
            settings=by.settings,
            credentials_in=by.credentials_in,
        )
    if asked.auth_url or asked.client_id:
        raise InspectorError("--auth-url and --client-id go with --url.")
    return by


async def _run_all(jobs: list[_Job], asked: Asked, kind: ReportFormat | None) -> int:
    store = ProfileStore(profiles_dir())
    async with Tenants() as tenants, _session(asked.capture) as session:
        targets = Targets(tenants, store.list, SecretStore(), os.environ)
        for job in jobs:
            # Before the first run: what is asked wrongly should not show after an hour.
            if not job.recipe.connection.local_tenant:
                await targets.target(job.recipe.connection)
        if asked.shrink is not None:
            return await _shrink(jobs[0], asked.shrink, Attempts(session, targets, jobs[0].path.resolve().parent))
        done = [
            await _run_one(job.recipe, asked.repeat, Attempts(session, targets, job.path.resolve().parent))
            for job in jobs
        ]
    if kind is not None and asked.report is not None:
        with replacing(asked.report) as file:
            file.write_text(report(kind, done), encoding="utf-8")
    return AS_EXPECTED if all(each.series.all_reproduced for each in done) else NOT_AS_EXPECTED


async def _run_one(recipe: Recipe, repeat: int, attempts: Attempts) -> Reported:
    words = {step.number: step.words for step in every_step(recipe.steps)}
    runs: list[RunResult] = []
    typer.echo(recipe.title)
    for number in range(1, repeat + 1):
        result = await attempts.once(recipe)
        runs.append(result)
        glyph = GLYPHS[StepState.PASSED if result.reproduced else StepState.FAILED]
        if repeat > 1:
            typer.echo(f"  {glyph} run {number} of {repeat} [{duration(result.elapsed_s)}]: {result.sentence}")
        else:
            for line in step_lines(Reported(Series([result]), words), result):
                typer.echo(f"  {line}")
            typer.echo(f"  {glyph} {result.sentence}")
    reported = Reported(Series(runs), words)
    typer.echo(f"  {reported.verdict}")
    return reported


async def _shrink(job: _Job, target: Path, attempts: Attempts) -> int:
    connection = job.recipe.connection

    async def attempt(recipe: Recipe) -> RunResult:
        return await attempts.once(replace(recipe, connection=connection))

    def progress(tries: int, steps: int) -> None:
        typer.echo(f"  try {tries}: {steps} steps")

    typer.echo(job.recipe.title)
    shrunk = await shrink(load_text(job.path), job.recipe.name, attempt, progress)
    with replacing(target) as file:
        file.write_text(shrunk.text, encoding="utf-8")
    typer.echo(f"  {shrunk.sentence}")
    typer.echo(f"  Written to {target}.")
    return AS_EXPECTED


@asynccontextmanager
async def _session(capture: Path | None) -> AsyncIterator[Session]:
    store = CaptureStore.create(capture)
    session = Session(store, Contract(schemas()))
    try:
        yield session
    finally:
        await session.aclose()
        store.close()
