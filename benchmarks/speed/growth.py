"""How the analysis grows with the code: applications side by side, up to so many lines, scanned with all facts cached.

In: sizes in thousands of lines. Out: one table row for each size, with processor seconds of everything after the facts.
    python benchmarks/speed/growth.py 50 100 200 400
What is timed is a scan in which one small file has changed: the facts of all others come from the cache, all after
them is worked out anew. Reading files and starting up count as well, so the figures are a little too high.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from applications import DEFAULT_CACHE, applications, fetch
from measure import Run, run
from tmscan.sources.project import read_project
from tmscan.sources.types import SourceOptions

ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": ""}


def main() -> int:
    options = _options()
    trees = [fetch(applications()[name], options.cache) for name in options.names]
    sys.stdout.write("| lines | files | applications | CPU seconds after facts | per 100,000 lines | peak MB |\n")
    sys.stdout.write("| ---: | ---: | ---: | ---: | ---: | ---: |\n")
    for size in options.sizes:
        with tempfile.TemporaryDirectory(prefix="tmscan-growth-") as folder:
            tree, cache = Path(folder, "tree"), Path(folder, "cache")
            lines, files, taken = _side_by_side(trees, tree, size * 1000)
            timed = _timed(options.tmscan, tree, cache)
            ratio = timed.cpu_seconds / lines * 100_000
            sys.stdout.write(
                f"| {lines} | {files} | {taken} | {timed.cpu_seconds:.1f} | {ratio:.2f} | {timed.peak_mb:.0f} |\n"
            )
            sys.stdout.flush()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[50, 100, 200, 400], metavar="THOUSANDS")
    names = ["label_studio", "changedetection", "chainlit", "apache_superset", "zenml"]
    parser.add_argument("--names", nargs="+", default=names, metavar="APP", help="of applications.toml, in this order")
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--tmscan", default=str(Path(sys.executable).with_name("tmscan")), help="the command to run")
    return parser.parse_args()


def _side_by_side(trees: list[Path], into: Path, most: int) -> tuple[int, int, int]:
    """Copies what tmscan reads of the applications, each into a folder of its own, until there are `most` lines."""
    lines = files = taken = 0
    for application in trees:
        taken += lines < most
        for source in read_project([application], SourceOptions()).sources:
            if lines >= most:
                break
            text = Path(source.absolute).read_bytes()
            copy = into / application.name / source.path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(text)
            lines, files = lines + text.count(b"\n"), files + 1
    return lines, files, taken


def _timed(tmscan: str, tree: Path, cache: Path) -> Run:
    """A scan of the tree with one small file changed, after a first one that filled the cache."""
    command = [tmscan, "scan", ".", "--format", "json", "--output", str(cache.with_suffix(".json"))]
    environment = {**ENVIRONMENT, "TMSCAN_CACHE_DIR": str(cache)}
    run(command, cwd=tree, env=environment)
    smallest = min(
        (file for file in tree.rglob("*.py") if file.stat().st_size > 100), key=lambda file: file.stat().st_size
    )
    with smallest.open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    timed = run(command, cwd=tree, env=environment)
    if timed.code not in (0, 1):
        sys.exit(f"tmscan failed:\n{timed.err[-2000:]}")
    shutil.rmtree(cache)
    return timed


if __name__ == "__main__":
    sys.exit(main())
