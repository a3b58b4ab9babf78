"""Are published flaws found, and is their fix silent? 61 flaws of Python web packages, with the lines that were flawed.

In: CACHE, a folder for what pip downloads (both versions of each package; nothing is installed) and for SARIF files.
Out: per kind of flaw how many are *hit* (a finding of the CWE family at the flawed lines, or a flow through there),
how many *clean* (hit, and no such finding at that place in the fixed version), findings per 1,000 lines of these files.
    python benchmarks/cves/run.py CACHE [--only PACKAGE …] [--rows] [--keep]     --keep: score the SARIF that is there
"""

from __future__ import annotations

import argparse
import difflib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from families import Result, families, results

TRUTH = Path(__file__).resolve().parent / "truth.json"
NEAR = 10  # a finding this many lines off is at the place
_TEXTS = (".py", ".html", ".htm", ".j2", ".jinja", ".jinja2", ".txt", ".cfg", ".toml", ".yaml", ".yml", ".mako", ".ini")
_WAYS = (["--only-binary=:all:"], ["--only-binary=:all:", "--python-version", "3.11"], ["--no-binary=:all:"])


@dataclass(frozen=True, slots=True)
class Outcome:
    cve: str
    package: str
    kind: str
    hit: bool
    silent: bool


def main() -> int:
    options = _options()
    rows = [row for row in json.loads(TRUTH.read_text("utf-8")) if not options.only or row["package"] in options.only]
    for package, version in sorted({(row["package"], version) for row in rows for version in _versions(row)}):
        tree = options.cache / "src" / f"{package}-{version}"
        if not tree.is_dir():
            _fetch(package, version, tree)
        if not (options.keep and _sarif(options.cache, package, version).is_file()):
            _scan(tree, _sarif(options.cache, package, version), options.timeout)
    outcomes = [_outcome(options.cache, row) for row in rows]
    sys.stdout.write(_table(outcomes, _density(options.cache, rows)))
    for one in outcomes if options.rows else []:
        words = ("hit" if one.hit else "-", "silent" if one.silent else "still there")
        sys.stdout.write(f"{one.cve} {one.package} {one.kind}: {words[0]} {words[1] if one.hit else ''}\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--only", nargs="*", default=[], metavar="PACKAGE")
    parser.add_argument("--rows", action="store_true", help="list every flaw")
    parser.add_argument("--keep", action="store_true", help="scan only what was not scanned before")
    parser.add_argument("--timeout", type=float, default=900, metavar="SECONDS", help="for one scan")
    return parser.parse_args()


def _versions(row: dict[str, Any]) -> tuple[str, str]:
    """The flawed version, and the first in which nothing of the flaw is left."""
    return row["vulnerable"], row.get("clean") or row["fixed"]


def _fetch(package: str, version: str, tree: Path) -> None:
    base = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--ignore-requires-python",
        f"{package}=={version}",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for way in _WAYS:
            subprocess.run([*base, *way, "-d", folder], capture_output=True, check=False)
            found = sorted(Path(folder).iterdir())
            if found:
                _unpack(found[0], tree)
                return
    sys.exit(f"pip does not download {package} {version}")


def _unpack(archive: Path, tree: Path) -> None:
    """Write the texts of an archive below `tree`, without the folder that an archive of sources starts with."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for name in wheel.namelist():
                _put(tree, name, wheel.read(name) if name.endswith(_TEXTS) else b"")
        return
    with tarfile.open(archive) as source:
        for member in source:
            file = source.extractfile(member) if member.isfile() and member.name.endswith(_TEXTS) else None
            if file is not None:
                _put(tree, member.name.partition("/")[2], file.read())


def _put(tree: Path, name: str, content: bytes) -> None:
    if content and ".." not in name.split("/") and not name.startswith("/"):
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _sarif(folder: Path, package: str, version: str) -> Path:
    return folder / "sarif" / "tmscan" / f"{package}-{version}.sarif"


def _scan(tree: Path, sarif: Path, timeout: float) -> None:
    sarif.parent.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "tmscan",
        "scan",
        str(tree),
        "--format",
        "sarif",
        "--quiet",
        "--output",
        str(sarif),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout)
        sys.stderr.write(f"{tree.name}: exit {done.returncode} {done.stderr[-200:]}\n")
    except subprocess.TimeoutExpired:
        sys.stderr.write(f"{tree.name}: not done in {timeout:.0f} s\n")


@cache
def _found(path: Path) -> tuple[Result, ...]:
    return tuple(results(json.loads(path.read_text("utf-8")))) if path.is_file() else ()


@cache
def _lines(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text("utf-8", errors="replace").split("\n")) if path.is_file() else ()


def _outcome(folder: Path, row: dict[str, Any]) -> Outcome:
    kinds = families(row["cwe"])
    before, after = (_found(_sarif(folder, row["package"], version)) for version in _versions(row))
    hit = still = False
    for site in row["sites"]:
        first, last = site["lines"]
        hit |= _hits(before, site["file"], first, last, kinds)
        old, new = (folder / "src" / f"{row['package']}-{one}" / site["file"] for one in _versions(row))
        place = _moved(old, new, first, last)
        still |= place is not None and _hits(after, site["file"], *place, kinds)
    return Outcome(row["cve"], row["package"], row["kind"], hit, not still)


def _hits(found: tuple[Result, ...], file: str, first: int, last: int, kinds: frozenset[str]) -> bool:
    return any(
        one.families & kinds
        and any(
            path == file and first - NEAR <= line <= last + NEAR for path, line in ((one.file, one.line), *one.flow)
        )
        for one in found
    )


def _moved(old: Path, new: Path, first: int, last: int) -> tuple[int, int] | None:
    """Where lines of the old file stand in the new one; None where nothing is left of them."""
    places: list[int] = []
    for tag, i1, i2, j1, j2 in _changes(old, new):
        if tag == "equal":
            start, end = max(i1, first - 1), min(i2, last)
            if start < end:
                places += [j1 + start - i1 + 1, j1 + end - i1]
        elif (i1 < last and i2 > first - 1) or (i1 == i2 and first - 1 <= i1 <= last):
            places += [j1 + 1, max(j2, j1 + 1)]
    return (min(places), max(places)) if places else None


@cache
def _changes(old: Path, new: Path) -> list[tuple[str, int, int, int, int]]:
    return difflib.SequenceMatcher(None, _lines(old), _lines(new), autojunk=False).get_opcodes()


def _density(folder: Path, rows: list[dict[str, Any]]) -> str:
    """Findings per 1,000 lines in the named files of the fixed versions."""
    files = {(row["package"], _versions(row)[1], site["file"]) for row in rows for site in row["sites"]}
    count = lines = 0
    for package, version, file in files:
        lines += len(_lines(folder / "src" / f"{package}-{version}" / file))
        count += len({(one.line, one.rule) for one in _found(_sarif(folder, package, version)) if one.file == file})
    return f"{count} findings in the {len(files)} files named: {1000 * count / max(lines, 1):.1f} per 1,000 lines\n"


def _table(outcomes: list[Outcome], density: str) -> str:
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        kinds[one.kind].append(one)
    lines = ["| kind | flaws | hit | clean |", "| --- | --- | --- | --- |"]
    for kind, of in [*sorted(kinds.items()), ("all", outcomes)]:
        hit, clean = sum(one.hit for one in of), sum(one.hit and one.silent for one in of)
        lines.append(f"| {kind} | {len(of)} | {hit} | {clean} |")
    return "\n".join(lines) + f"\n\n{density}"


if __name__ == "__main__":
    sys.exit(main())
