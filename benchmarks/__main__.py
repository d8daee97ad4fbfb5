"""The command line of the benchmarks."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import building, checking, importing
from benchmarks.measure import Trouble


def main() -> int:
    """Run one benchmark; 1 if a budget is broken, 2 if something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    build = kinds.add_parser("build", help="building the site, against MkDocs and Material on as many empty pages")
    check = kinds.add_parser("check", help="checking packages, against a plain loop of frictionless.validate")
    intake = kinds.add_parser("import", help="importing one report, in every kind of file")
    intake.add_argument("--runs", type=_size, default=5, metavar="R", help="rounds, each running every case once (default 5)")
    intake.add_argument("--installed", action="store_true", help="also install the lock afresh, and measure what the import takes of it")
    for each in (build, check):
        each.add_argument("--reports", type=_size, default=1000, metavar="N", help="made-up packages (default 1000)")
        each.add_argument("--runs", type=_size, default=3, metavar="R", help="rounds, each running every case once (default 3)")
        each.add_argument("--large", action="store_true", help="also measure at 10 N, and that growth is linear up to there")
        each.add_argument(
            "--beside",
            type=_checkout,
            metavar="CHECKOUT",
            help="instead, run every case here and in this other checkout, which has an environment of its own, and compare the two",
        )
    build.add_argument(
        "--profile", nargs="*", choices=tuple(building.LINES), default=["cold"], help="cases to profile after the rounds (default: cold)"
    )
    check.add_argument("--profile", nargs="*", choices=checking.PROFILED, default=[], help="cases to profile after the rounds")
    check.add_argument(
        "--sample", type=_size, default=100, metavar="S", help="packages in the plain loop, extrapolated to N (default 100; N for none)"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="open-reports-benchmark-") as folder:
        try:
            if given.kind == "import":
                kept = importing.run(Path(folder), runs=given.runs, installed=given.installed)
            elif given.beside:
                kind = building if given.kind == "build" else checking
                kept = kind.against(Path(folder), reports=given.reports, runs=given.runs, other=given.beside)
            elif given.kind == "build":
                kept = building.run(Path(folder), reports=given.reports, runs=given.runs, large=given.large, profiled=given.profile)
            else:
                kept = checking.run(
                    Path(folder),
                    reports=given.reports,
                    runs=given.runs,
                    large=given.large,
                    sample=min(given.sample, given.reports),
                    profiled=given.profile,
                )
        except Trouble as trouble:
            print(trouble, file=sys.stderr)
            return 2
    return 0 if kept else 1


def _size(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _checkout(text: str) -> Path:
    folder = Path(text).resolve()
    if not (folder / "benchmarks" / "__main__.py").is_file():
        raise argparse.ArgumentTypeError("not a checkout of this project")
    return folder


sys.exit(main())
