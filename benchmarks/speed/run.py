"""How long tmscan takes beside a bare parse of the same files, Bandit and Semgrep, on one tree of real code.

In: the name of an application. Out: a table of medians, ratios and peak memory, and what the targets say.
    python benchmarks/speed/run.py mlflow --rounds 3 --markdown
The tree holds exactly the files that tmscan reads, so all tools see the same code. The rounds are interleaved: what
else the machine does hits every tool alike. Nothing is sent anywhere; Semgrep uses the rules beside this file or those
of --semgrep-rules.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from applications import DEFAULT_CACHE, applications, fetch
from measure import Run, run
from tmscan.sources.project import read_project
from tmscan.sources.types import SourceOptions

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
# Byte code is written and used as on any user's machine, whatever the calling shell says.
ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "", "SEMGREP_SEND_METRICS": "off"}
HEAVY = ("libcst", "networkx", "sarif_om")
Parsed = dict[str, float]


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = _options()
    tree = _tree(fetch(applications()[options.name], options.cache), options.cache / "speed" / options.name)
    peers = _peers(options.cache)
    files = sorted(tree.rglob("*.py"))
    listed = tree.with_suffix(".txt")
    listed.write_text("".join(f"{file}\n" for file in files), encoding="utf-8")
    touched = sorted(files, key=lambda file: file.stat().st_size)[len(files) * 3 // 4]
    measures = _measures(options, tree, listed, touched, peers)
    for command in ([options.tmscan, "rules"], [peers["bandit"], "--version"], [peers["semgrep"], "--version"]):
        run([str(part) for part in command], cwd=tree, env=ENVIRONMENT)
    runs: dict[str, list[Run]] = defaultdict(list)
    for number in range(options.rounds):
        for name, measured in measures.items():
            runs[name].append(measured())
            latest = runs[name][-1]
            sys.stderr.write(f"round {number + 1}: {name}: {latest.seconds:.2f} s, exit {latest.code}\n")
            if latest.code not in (0, 1):
                sys.exit(f"{name} failed:\n{latest.err[-2000:]}")
    sys.stdout.write(_report(runs, _loaded(options, tree), options, touched.relative_to(tree)))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", default="mlflow", metavar="APP", help="one of applications.toml")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--skip", nargs="*", default=[], metavar="WORD", help="leave out what has this in its name")
    parser.add_argument("--semgrep-rules", type=Path, default=HERE / "semgrep-rules.yaml", metavar="PATH")
    parser.add_argument("--tmscan", default=str(Path(sys.executable).with_name("tmscan")), help="the command to run")
    return parser.parse_args()


def _tree(application: Path, tree: Path) -> Path:
    """A copy of exactly the files that tmscan reads by default, laid out anew so that touching one harms nobody."""
    shutil.rmtree(tree, ignore_errors=True)
    for source in read_project([application], SourceOptions()).sources:
        copy = tree / source.path
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source.absolute, copy)
    return tree


def _peers(cache: Path) -> dict[str, Path]:
    venv = cache / "peers"
    if not (venv / "bin" / "semgrep").exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        pip = [
            str(venv / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--requirement",
            str(HERE / "peers.txt"),
        ]
        subprocess.run(pip, check=True)
    return {name: venv / "bin" / name for name in ("bandit", "semgrep")}


def _measures(
    options: argparse.Namespace, tree: Path, listed: Path, touched: Path, peers: dict[str, Path]
) -> dict[str, Callable[[], Run]]:
    """What is run in every round, in this order: tmscan's warm runs rest on the cache that its cold run left."""
    scratch = Path(tempfile.mkdtemp(prefix="tmscan-speed-"))
    cache = scratch / "cache"
    scan = [options.tmscan, "scan", ".", "--format", "json", "--output", str(scratch / "tmscan.json")]
    parse = [sys.executable, str(HERE / "parse.py"), str(listed)]
    bandit = [str(peers["bandit"]), "--quiet", "--format", "json", "--output", str(scratch / "bandit.json")]
    semgrep = [str(peers["semgrep"]), "scan", "--config", str(options.semgrep_rules), "--metrics", "off", "--json"]
    semgrep += ["--disable-version-check", "--no-git-ignore", "--quiet", "--output", str(scratch / "semgrep.json"), "."]

    def measured(command: list[str]) -> Callable[[], Run]:
        env = {**ENVIRONMENT, "TMSCAN_CACHE_DIR": str(cache)}
        return lambda: run(command, cwd=tree, env=env, timeout=3600)

    def cold() -> Run:
        shutil.rmtree(cache, ignore_errors=True)
        return measured(scan)()

    def one_changed() -> Run:
        with touched.open("a", encoding="utf-8") as file:
            file.write("# touched\n")
        return measured(scan)()

    measures = {
        "bare parse, 1 process, GC off": measured(parse),
        "bare parse, 1 process, GC on": measured([*parse, "--gc"]),
        "bare parse, 2 processes, GC off": measured([*parse, "--workers", "2"]),
        "tmscan, cold": cold,
        "tmscan, nothing changed": measured(scan),
        "tmscan, one file changed": one_changed,
        "Bandit": measured([*bandit, "--recursive", "."]),
        "Bandit, that one file alone": measured([*bandit, str(touched)]),
        "Semgrep": measured(semgrep),
    }
    return {name: measure for name, measure in measures.items() if not any(word in name for word in options.skip)}


def _loaded(options: argparse.Namespace, tree: Path) -> list[str]:
    """Which of the heavy libraries a run loads in which nothing has changed."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**ENVIRONMENT, "TMSCAN_CACHE_DIR": folder}
        scan = [options.tmscan, "scan", ".", "--format", "json", "--output", str(Path(folder) / "tmscan.json")]
        run(scan, cwd=tree, env=env)
        python = str(Path(options.tmscan).with_name("python"))
        traced = run([python, "-X", "importtime", *scan], cwd=tree, env=env)
        if traced.code not in (0, 1):
            sys.exit(f"the traced run failed:\n{traced.err[-2000:]}")
    loaded = set(re.findall(r"^import time:.*\|\s+(\w+)$", traced.err, re.MULTILINE))
    return sorted(loaded & set(HEAVY))


def _report(runs: dict[str, list[Run]], loaded: list[str], options: argparse.Namespace, touched: Path) -> str:
    parsed: dict[str, list[Parsed]] = {
        name: [json.loads(one.out) for one in series] for name, series in runs.items() if name.startswith("bare parse")
    }
    seconds = {name: median(one.seconds for one in series) for name, series in runs.items()}
    seconds |= {name: median(one["seconds"] for one in series) for name, series in parsed.items()}
    yardstick = seconds["bare parse, 1 process, GC off"]
    first = parsed["bare parse, 1 process, GC off"][0]
    cores = os.cpu_count() or 1
    rows = [["", "seconds", "CPU seconds", "of bare parse", "peak MB"]]
    for name, series in runs.items():
        cpu = median(one.cpu_seconds for one in series)
        peak = max(one.peak_mb for one in series)
        rows.append([name, f"{seconds[name]:.2f}", f"{cpu:.1f}", f"{seconds[name] / yardstick:.2f}", f"{peak:.0f}"])
    text = f"{options.name}: {first['files']:.0f} files, {first['lines']:.0f} lines, {first['unparsed']:.0f} unparsed; "
    text += f"{cores} cores, medians of {options.rounds} rounds; touched file: {touched}\n"
    text += "Seconds of a bare parse are those of the parsing alone, without start-up and reading.\n\n"
    text += _table(rows, markdown=options.markdown) + "\n"
    text += _verdicts(seconds, yardstick / cores)
    return text + f"heavy libraries loaded when nothing changed: {', '.join(loaded) or 'none'}\n"


def _verdicts(seconds: dict[str, float], parse_per_core: float) -> str:
    cold, changed, unchanged = (f"tmscan, {what}" for what in ("cold", "one file changed", "nothing changed"))
    targets = [
        ("cold, of the bare parse divided by the cores", cold, parse_per_core, 2.0),
        ("cold, of Bandit", cold, seconds.get("Bandit"), 0.5),
        ("cold, of Semgrep", cold, seconds.get("Semgrep"), 0.05),
        ("one file changed, of Bandit on it", changed, seconds.get("Bandit, that one file alone"), 1.0),
        ("nothing changed, of one second", unchanged, 1.0, 1.0),
    ]
    text = ""
    for words, ours, theirs, target in targets:
        if theirs and ours in seconds:
            ratio = seconds[ours] / theirs
            text += f"{words}: {ratio:.3f} (target {target}) {'reached' if ratio <= target else 'missed'}\n"
    return text


def _table(rows: list[list[str]], *, markdown: bool) -> str:
    if markdown:
        lines = [rows[0], ["---", *["---:"] * (len(rows[0]) - 1)], *rows[1:]]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return "".join(f"{line[0]:34}" + "".join(f"{cell:>14}" for cell in line[1:]) + "\n" for line in rows)


if __name__ == "__main__":
    sys.exit(main())
