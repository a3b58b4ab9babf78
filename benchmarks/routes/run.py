"""Scans real applications and scores tmscan's endpoints and guards against what the running applications served.

In: names of applications (all of applications.toml without any). Out: one table row per application, means and totals.
    python benchmarks/routes/run.py                 the applications on Flask, Django/DRF, FastAPI/Starlette, then all
    python benchmarks/routes/run.py NAME --misses 20
What pip downloads is unpacked and read, never installed or run. Every inventory is kept in CACHE/inventories.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from applications import DEFAULT_CACHE, Application, applications, fetch
from measure import Run, run
from score import Score, details, load_rows, score

if TYPE_CHECKING:
    from collections.abc import Iterable

TRUTH = Path(__file__).resolve().parent / "truth"
RATIOS = ("recall", "precision", "recall_path", "recall_handler", "guarded", "open")


@dataclass(frozen=True, slots=True)
class Result:
    application: Application
    run: Run
    score: Score
    problem: str


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = _options()
    known = applications()
    unknown = sorted(set(options.names) - set(known))
    if unknown:
        sys.exit(f"not in applications.toml: {', '.join(unknown)}; known: {', '.join(known)}")
    chosen = [known[name] for name in options.names or known if options.names or not options.main or known[name].main]
    results = []
    for application in chosen:
        tree = fetch(application, options.cache)
        if options.fetch_only:
            sys.stdout.write(f"{tree}\n")
            continue
        results.append(_scan(application, tree, options))
        sys.stderr.write(f"{application.name} {results[-1].run.seconds:.1f} s {results[-1].problem}\n")
    if results:
        sys.stdout.write(_report(results, markdown=options.table, misses=options.misses))
    return 1 if any(result.problem for result in results) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="APP")
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--main", action="store_true", help="only the Flask, Django/DRF and FastAPI/Starlette ones")
    parser.add_argument("--fetch-only", action="store_true")
    parser.add_argument("--table", action="store_true", help="write the table as Markdown")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="list the first N wrong rows of each kind")
    parser.add_argument("--timeout", type=float, default=600, metavar="SECONDS", help="per application")
    parser.add_argument("--tmscan", default=_tmscan(), help="the command to run")
    return parser.parse_args()


def _tmscan() -> str:
    beside = Path(sys.executable).with_name("tmscan")
    return str(beside) if beside.exists() else shutil.which("tmscan") or "tmscan"


def _scan(application: Application, tree: Path, options: argparse.Namespace) -> Result:
    """The tree is scanned by its folder name from its parent, so that paths come out relative to the unpacked top."""
    command = [options.tmscan, "inventory", tree.name, "--format", "json"]
    measured = run(command, cwd=tree.parent, timeout=options.timeout)
    kept = options.cache / "inventories" / f"{application.name}.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(measured.out, encoding="utf-8")
    truth = load_rows(TRUTH / f"{application.name}.json")
    problem = "" if measured.code in (0, 1) else f"exit {measured.code}: {_last_line(measured.err)}"
    try:
        rows = load_rows(kept)
    except (json.JSONDecodeError, KeyError) as error:
        rows, problem = [], problem or f"no inventory: {error}"
    if "Traceback (most recent call last)" in measured.err:
        problem = f"traceback: {_last_line(measured.err)}"
    return Result(application, measured, score(application.name, truth, rows), problem)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1][:120]


def _report(results: list[Result], *, markdown: bool, misses: int) -> str:
    head = ["app", "framework", "truth", "found", *RATIOS, "seconds", "MB", "exit"]
    rows = [_row(result) for result in results]
    sets = {"main": [result for result in results if result.application.main], "all": results}
    if len(sets["main"]) == len(results) or not sets["main"]:
        sets = {"all": results}
    rows += [line for name, members in sets.items() for line in _summaries(name, members)]
    text = _markdown(head, rows) if markdown else _plain(head, rows)
    for result in results:
        shown = details(result.score, misses)
        if shown:
            text += f"\n{result.application.name}\n{shown}\n"
    for result in results:
        text += f"{result.application.name}: {result.problem}\n" if result.problem else ""
    return text


def _row(result: Result) -> list[str]:
    counted, ratios = result.score, result.score.ratios()
    cells = [result.application.name, result.application.framework, str(counted.rows), str(counted.found)]
    cells += [_percent(ratios[name]) for name in RATIOS]
    return [*cells, f"{result.run.seconds:.1f}", f"{result.run.peak_mb:.0f}", str(result.run.code)]


def _summaries(name: str, results: list[Result]) -> Iterable[list[str]]:
    ratios = [result.score.ratios() for result in results]
    per_ratio = {key: [row[key] for row in ratios] for key in RATIOS}
    means = [_percent(_mean([value for value in per_ratio[key] if value is not None])) for key in RATIOS]
    sums = _total([result.score for result in results])
    totals = [_percent(sums.ratios()[key]) for key in RATIOS]
    seconds = f"{sum(result.run.seconds for result in results):.1f}"
    peak = f"{max(result.run.peak_mb for result in results):.0f}"
    bad = str(sum(bool(result.problem) for result in results))
    yield [f"mean of {len(results)} ({name})", "", "", "", *means, "", "", ""]
    yield [f"total ({name})", "", str(sums.rows), str(sums.found), *totals, seconds, peak, f"{bad} bad"]


def _mean(values: list[float]) -> float | None:
    return fmean(values) if values else None


def _total(scores: list[Score]) -> Score:
    names = [name for name, kind in Score.__annotations__.items() if kind == "int"]
    return Score("total", **{name: sum(getattr(one, name) for one in scores) for name in names})


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _plain(head: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(line[column]) for line in [head, *rows]) for column in range(len(head))]
    sides = [str.ljust, str.ljust, *[str.rjust] * (len(head) - 2)]
    aligned = [
        [side(cell, width) for cell, width, side in zip(line, widths, sides, strict=True)] for line in [head, *rows]
    ]
    return "".join("  ".join(line).rstrip() + "\n" for line in aligned)


if __name__ == "__main__":
    sys.exit(main())
