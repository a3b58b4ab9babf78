"""The options that say what is scanned and how, written once and given to every command that scans.

Typer reads a command's options from its signature, so the signatures are joined here.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated

from typer import Option

from tmscan.cli.request import Request
from tmscan.cli.words import Rules


def requested(
    rules: Rules = None,
    include_tests: Annotated[
        bool, Option("--include-tests", help="Take in tests, migrations, documentation and examples too.")
    ] = False,
    include: Annotated[
        list[str] | None, Option("--include", metavar="PATTERN", help="Read only what matches (as in a .gitignore).")
    ] = None,
    exclude: Annotated[
        list[str] | None, Option("--exclude", metavar="PATTERN", help="Leave out what matches (as in a .gitignore).")
    ] = None,
    root: Annotated[
        Path | None, Option("--root", metavar="DIR", help="Folder that reported paths are relative to.")
    ] = None,
    config: Annotated[
        Path | None, Option("--config", metavar="FILE", help="Settings, instead of the nearest file that has some.")
    ] = None,
    no_config: Annotated[bool, Option("--no-config", help="Read no settings from files.")] = False,
    no_cache: Annotated[bool, Option("--no-cache", help="Read every file anew and remember nothing.")] = False,
    workers: Annotated[
        int,
        Option("--workers", metavar="N", min=0, help="Processes that work at a time; 0: as many as there are cores."),
    ] = 0,
    quiet: Annotated[bool, Option("--quiet", "-q", help="Say nothing but the result.")] = False,
    verbose: Annotated[bool, Option("--verbose", "-v", help="Say which settings apply and what is left out.")] = False,
) -> Request:
    """The options as one record; the paths are each command's own."""
    return Request(
        rules=tuple(rules or ()),
        include_tests=include_tests,
        include=tuple(include or ()),
        exclude=tuple(exclude or ()),
        root=root,
        config=config,
        no_config=no_config,
        no_cache=no_cache,
        workers=workers,
        quiet=quiet,
        verbose=verbose,
    )


def with_request(body: Callable[..., None]) -> Callable[..., None]:
    """`body(…, request)` as a command that takes its own options and the shared ones in place of `request`."""
    build: Callable[..., Request] = requested
    own = [each for each in signature(body, eval_str=True).parameters.values() if each.name != "request"]
    shared = list(signature(requested, eval_str=True).parameters.values())

    def command(**given: object) -> None:
        ours = {each.name: given.pop(each.name) for each in shared}
        body(request=build(**ours), **given)

    joined = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in (*own, *shared)]
    command.__signature__ = Signature(joined)  # type: ignore[attr-defined]  # what `signature` looks for
    command.__doc__ = body.__doc__
    return command
