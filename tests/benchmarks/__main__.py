"""Runs every benchmark, prints a table and writes it as JSON; ``python -m tests.benchmarks`` from the checkout."""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path


def main() -> None:
    """A row per figure; ``holds`` says whether the target is met. The exit code does not judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("build/bench.json"))
    parser.add_argument("--only", default="", help="run only the benchmarks whose file name has this in it")
    asked = parser.parse_args()
    rows = []
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        if asked.only in path.stem:
            print(f"running {path.stem} ...", flush=True)
            rows += importlib.import_module(f"tests.benchmarks.{path.stem}").run()
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        target = "" if row["target"] is None else f"target {row['target']:<8} {'holds' if row['holds'] else 'MISSED'}"
        print(f"{row['name']:<{width}}  {row['value']:>12,} {row['unit']:<9} {target}")
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    asked.output.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
