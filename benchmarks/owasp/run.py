"""Scores findings on the OWASP Benchmark for Python: 1,230 small request handlers, over a third of them flawed.

In: the path of a checkout of OWASP-Benchmark/BenchmarkPython. Out: per category the share of flawed cases found (TPR),
of sound ones reported (FPR) and their difference, and the mean over categories: the official score.
    python benchmarks/owasp/run.py CHECKOUT [--sarif FILE] [--misses CATEGORY]
A case counts as reported when a result of its file has the category's CWE as the first CWE tag of its rule.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

_CWE = re.compile(r"external/cwe/cwe-0*(\d+)")


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    category: str
    flawed: bool
    cwe: int


def main() -> int:
    options = _options()
    expected = sorted(options.checkout.glob("expectedresults-*.csv"))
    if not expected:
        sys.exit(f"no expectedresults-*.csv in {options.checkout}: give the path of a checkout of BenchmarkPython")
    cases = _cases(expected[-1])
    text = options.sarif.read_text("utf-8") if options.sarif else _scan(options.checkout)
    reported = _reported(json.loads(text))
    sys.stdout.write(_table(cases, reported))
    for case in cases if options.misses else []:
        if options.misses in (case.category, "all") and (case.cwe in reported[case.name]) is not case.flawed:
            sys.stdout.write(f"{'MISSED' if case.flawed else 'FALSE '} {case.category} {case.name}\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path, help="a checkout of OWASP-Benchmark/BenchmarkPython")
    parser.add_argument("--sarif", type=Path, help="score this file instead of scanning")
    parser.add_argument("--misses", default="", metavar="CATEGORY", help="list what is wrong in a category, or `all`")
    return parser.parse_args()


def _cases(path: Path) -> list[Case]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row and not row[0].startswith("#")]
    return [Case(row[0], row[1], row[2] == "true", int(row[3])) for row in rows]


def _scan(checkout: Path) -> str:
    command = [sys.executable, "-m", "tmscan", "scan", str(checkout), "--format", "sarif", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return done.stdout


def _reported(sarif: dict[str, list[dict]]) -> dict[str, set[int]]:
    """The CWEs by the stem of the file that they were reported for."""
    found: dict[str, set[int]] = defaultdict(set)
    for run in sarif["runs"]:
        rules = {rule["id"]: rule for rule in run["tool"]["driver"].get("rules", [])}
        for result in run["results"]:
            tags = " ".join(rules.get(result["ruleId"], {}).get("properties", {}).get("tags", []))
            first = _CWE.search(tags)
            if first and not result.get("suppressions"):
                uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                found[Path(uri).stem].add(int(first[1]))
    return found


def _table(cases: list[Case], reported: dict[str, set[int]]) -> str:
    lines = ["| category | CWE | flawed | sound | TPR | FPR | score |", "| --- | --- | --- | --- | --- | --- | --- |"]
    rates: list[tuple[float, float]] = []
    for category in sorted({case.category for case in cases}):
        of = [case for case in cases if case.category == category]
        flawed = [case.cwe in reported[case.name] for case in of if case.flawed]
        sound = [case.cwe in reported[case.name] for case in of if not case.flawed]
        tpr, fpr = 100 * fmean(flawed or [0]), 100 * fmean(sound or [0])
        rates.append((tpr, fpr))
        row = (category, of[0].cwe, len(flawed), len(sound), f"{tpr:.1f}", f"{fpr:.1f}", f"{tpr - fpr:+.1f}")
        lines.append(f"| {' | '.join(map(str, row))} |")
    tpr, fpr = fmean(rate[0] for rate in rates), fmean(rate[1] for rate in rates)
    lines.append(f"| mean |  |  |  | {tpr:.1f} | {fpr:.1f} | {tpr - fpr:+.1f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
