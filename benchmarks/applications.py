"""The pinned applications that the benchmarks scan: downloaded with pip and unpacked, never installed or run.

In: applications.toml and a cache folder. Out: one folder per application. Apart: every benchmark needs the same trees.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parent
DEFAULT_CACHE = HERE / "cache"


@dataclass(frozen=True, slots=True)
class Application:
    name: str
    package: str
    version: str
    framework: str
    main: bool


def applications() -> dict[str, Application]:
    """Every application of applications.toml by its name."""
    rows = tomllib.loads((HERE / "applications.toml").read_text(encoding="utf-8"))
    return {name: Application(name=name, **row) for name, row in sorted(rows.items())}


def fetch(application: Application, cache: Path) -> Path:
    """The unpacked tree of the application under `cache`, downloaded first if this version is not there yet.

    Raises subprocess.CalledProcessError when pip cannot download it and ValueError for an archive that would write
    outside its folder.
    """
    tree = cache / "apps" / application.name
    note = cache / "apps" / f".{application.name}.version"
    pinned = f"{application.package}=={application.version}"
    if tree.is_dir() and note.is_file() and note.read_text(encoding="utf-8") == pinned:
        return tree
    archive = download(pinned, cache / "downloads" / application.name)
    fresh = tree.with_name(f".{application.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    unpack(archive, fresh)
    shutil.rmtree(tree, ignore_errors=True)
    fresh.rename(tree)
    note.write_text(pinned, encoding="utf-8")
    return tree


def download(pinned: str, folder: Path) -> Path:
    """The one archive of `package==version`: a wheel where there is one, else the sdist."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--ignore-requires-python", "--dest"]
    for kind in (["--only-binary", ":all:"], ["--no-binary", ":all:"]):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        run = subprocess.run([*pip, str(folder), *kind, pinned], capture_output=True, text=True, check=False)
        found = sorted(folder.iterdir())
        if run.returncode == 0 and found:
            return found[0]
    raise subprocess.CalledProcessError(run.returncode or 1, run.args, run.stdout, run.stderr)


def unpack(archive: Path, into: Path) -> None:
    """Unpacks a wheel as it is, an sdist without its top folder; skips links, refuses paths that leave the folder."""
    into.mkdir(parents=True)
    if archive.suffix in {".whl", ".zip"}:
        with zipfile.ZipFile(archive) as wheel:
            for member in wheel.infolist():
                place = inside(into, PurePosixPath(member.filename), drop=0 if archive.suffix == ".whl" else 1)
                if place and not member.is_dir():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(wheel.read(member))
        return
    with tarfile.open(archive) as sdist:
        for entry in sdist:
            place = inside(into, PurePosixPath(entry.name), drop=1)
            content = sdist.extractfile(entry) if entry.isreg() else None
            if place and content:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content.read())


def inside(top: Path, name: PurePosixPath, drop: int) -> Path | None:
    parts = name.parts[drop:]
    if name.is_absolute() or ".." in name.parts or any("\\" in part or ":" in part for part in parts):
        raise ValueError(f"{name}: this archive member would be written outside its folder")
    return top.joinpath(*parts) if parts else None


if __name__ == "__main__":
    for one in applications().values():
        sys.stdout.write(f"{fetch(one, DEFAULT_CACHE)}\n")
