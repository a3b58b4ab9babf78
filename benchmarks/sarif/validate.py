"""Validates SARIF files: JSON schema first, then the SARIF Multitool's SARIF and GitHub rules, then what both miss.

In: SARIF files, or names of applications that are scanned first. Out: one line per problem; exit 1 if there is any.
    python benchmarks/sarif/validate.py out/shop/findings.sarif
    python benchmarks/sarif/validate.py --fixtures --apps mlflow wagtail prefect
The Multitool comes from npm and is kept in the cache. It exits 0 whatever it finds, so its output is read; an illegal
`level` silences it, hence the schema first.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from applications import DEFAULT_CACHE, applications, fetch
from blindspots import problems

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "@microsoft/sarif-multitool-linux"
VERSION = "5.7.0"
# Asks for a page about the tool: there is none yet, and an invented address would send people astray.
ACCEPTED = "SARIF2005"
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "apps"


def main() -> int:
    options = _options()
    multitool = _multitool(options.cache)
    validator = _validator(multitool.parent / "sarif-2.1.0.json")
    found = 0
    for file in [*options.files, *_scanned(options)]:
        lines = list(_validate(file, multitool, validator))
        found += len(lines)
        results = _results(file)
        sys.stdout.write("".join(f"{file.name}: {line}\n" for line in lines))
        sys.stdout.write(f"{file.name}: {results} results, {len(lines)} problems\n")
    sys.stdout.write(f"not counted: {ACCEPTED} (the tool names no page about itself)\n")
    return 1 if found else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="SARIF")
    parser.add_argument("--apps", nargs="*", default=[], metavar="APP", help="scan these of applications.toml first")
    parser.add_argument("--fixtures", action="store_true", help="scan every application of fixtures/apps first")
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--tmscan", default=str(Path(sys.executable).with_name("tmscan")), help="the command to run")
    return parser.parse_args()


def _multitool(cache: Path) -> Path:
    folder = cache / "npm"
    tool = folder / "node_modules" / PACKAGE / "Sarif.Multitool"
    if not tool.exists():
        npm = shutil.which("npm")
        if not npm:
            sys.exit("npm is needed once, to download the SARIF Multitool")
        folder.mkdir(parents=True, exist_ok=True)
        # Its install script only sets the executable bit, which the next line does.
        install = [npm, "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run([*install, f"{PACKAGE}@{VERSION}"], check=True, stdout=subprocess.DEVNULL)
    tool.chmod(tool.stat().st_mode | 0o100)
    return tool


def _validator(schema: Path) -> jsonschema.protocols.Validator:
    content = json.loads(schema.read_text(encoding="utf-8-sig"))
    return jsonschema.validators.validator_for(content)(content)


def _scanned(options: argparse.Namespace) -> Iterator[Path]:
    trees = sorted(folder for folder in FIXTURES.iterdir() if folder.is_dir()) if options.fixtures else []
    trees += [fetch(applications()[name], options.cache) for name in options.apps]
    folder = options.cache / "sarif"
    folder.mkdir(parents=True, exist_ok=True)
    for tree in trees:
        file = folder / f"{tree.name}.sarif"
        command = [options.tmscan, "scan", tree.name, "--format", "sarif", "--output", str(file)]
        run = subprocess.run(command, cwd=tree.parent, check=False, capture_output=True, text=True)
        if run.returncode not in (0, 1):
            sys.exit(f"{' '.join(command)} ended with {run.returncode}\n{run.stderr}")
        yield file


def _validate(file: Path, multitool: Path, validator: jsonschema.protocols.Validator) -> Iterator[str]:
    log = json.loads(file.read_text(encoding="utf-8"))
    broken = [f"schema: {error.json_path}: {error.message[:200]}" for error in validator.iter_errors(log)]
    yield from broken
    if not broken:
        yield from _multitool_problems(file, multitool)
        yield from problems(log, file.stat().st_size)


def _multitool_problems(file: Path, multitool: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "validation.sarif"
        command = [str(multitool), "validate", str(file.resolve()), "--rule-kind", "Sarif;Gh", "--output", str(output)]
        run = subprocess.run(command, check=False, capture_output=True, text=True)
        if not output.exists():
            yield f"multitool: wrote no output: {(run.stdout + run.stderr)[-300:]}"
            return
        answer = json.loads(output.read_text(encoding="utf-8-sig"))["runs"][0]
    rules = answer["tool"]["driver"].get("rules", [])
    for invocation in answer.get("invocations", []):
        for notice in invocation.get("toolExecutionNotifications", []):
            yield f"multitool: {notice['message'].get('text', notice)}"
    for result in answer.get("results", []):
        if result.get("kind", "fail") == "fail" and result.get("ruleId") != ACCEPTED:
            yield f"multitool: {_worded(result, rules)}"


def _worded(result: dict[str, object], rules: list[dict[str, object]]) -> str:
    """The result's message with its arguments filled in, preceded by level and rule."""
    match result:
        case {"message": {"text": str(text)}}:
            words = text
        case {"message": {"id": str(key), **rest}, "ruleIndex": int(index)}:
            strings = rules[index].get("messageStrings")
            template = strings.get(key, {}).get("text", key) if isinstance(strings, dict) else key
            arguments = rest.get("arguments", [])
            words = template.format(*arguments) if isinstance(arguments, list) else template
        case _:
            words = str(result.get("message"))
    return f"{result.get('level', 'warning')} {result.get('ruleId')} {words}"


def _results(file: Path) -> int:
    return sum(len(run.get("results", [])) for run in json.loads(file.read_text(encoding="utf-8"))["runs"])


if __name__ == "__main__":
    sys.exit(main())
