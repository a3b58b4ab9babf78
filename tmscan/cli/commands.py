"""The commands: words of the command line in, the functions that do the work called. No logic, and no heavy import.

Every import of a room that scans stands inside a command, so that `--help` answers at once.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tmscan.cli import words
from tmscan.cli.output import check_writable, complain, write
from tmscan.cli.request import Request, scan_options, scan_request, settings
from tmscan.cli.shared import with_request

app = typer.Typer(
    help="Drafts a threat model from Python code, without running it.\n\n"
    "Exit codes: 0 clean, 1 findings at or above the threshold, 2 tmscan could not do its job.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        from tmscan.cli.version import version

        write(f"tmscan {version()}\n")
        raise typer.Exit


@app.callback()
def _everywhere(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and leave.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an internal error comes from.")] = False,
) -> None:
    pass


@app.command("scan", short_help="Findings in the code; text, SARIF, JSON, Markdown.")
@with_request
def _scan(
    paths: words.Paths = None,
    form: Annotated[words.ScanFormat, typer.Option("--format", "-f", help="How findings are written.")] = "text",
    output: words.Output = None,
    fail_on: Annotated[
        words.Threshold | None, typer.Option("--fail-on", help="Exit with 1 at findings of this level and above.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if anything could not be resolved.")] = False,
    hook: Annotated[
        bool, typer.Option("--hook", help="PATHS are files being committed: scan their project, report on them only.")
    ] = False,
    show_suppressed: Annotated[
        bool, typer.Option("--show-suppressed", help="List suppressed findings too, with their reasons.")
    ] = False,
    category: Annotated[
        str, typer.Option("--category", metavar="NAME", help="SARIF: keeps applications of one repository apart.")
    ] = "tmscan",
    *,
    request: Request,
) -> None:
    """Findings in the code, with what was not seen."""
    from tmscan.cli.hook import scan_commit
    from tmscan.cli.report import is_incomplete, reached, report

    check_writable(output)
    request = replace(request, paths=tuple(paths or ()))
    if hook:
        runs = scan_commit(request, one=output is not None or form in ("json", "sarif"))
    else:
        chosen = settings(request)
        runs = [(scan_request(request, chosen), chosen)]
    failed = False
    for found, chosen in runs:
        report(found, form, output, category=category, show_suppressed=show_suppressed, quiet=request.quiet)
        failed |= reached(found, fail_on or chosen.fail_on) or (strict and is_incomplete(found))
    if failed:
        raise typer.Exit(1)


@app.command("inventory", short_help="Endpoints and their guards, stores, calls, libraries.")
@with_request
def _inventory(
    path: words.OnePath = Path(),
    form: Annotated[
        words.InventoryFormat, typer.Option("--format", "-f", help="How the inventory is written.")
    ] = "text",
    output: words.Output = None,
    unguarded: words.Unguarded = False,
    method: words.Methods = None,
    pattern: words.PathPatterns = None,
    openapi: words.OpenApi = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if a route, a guard or a file could not be resolved or read.")
    ] = False,
    *,
    request: Request,
) -> None:
    """Endpoints and what guards them, stores, outbound calls, libraries, and what could not be resolved."""
    from tmscan.cli.listing import is_unsure, list_inventory, read_published
    from tmscan.inventory.selection import Selection

    check_writable(output)
    selection = Selection(tuple(method or ()), tuple(pattern or ()), unguarded)
    published = read_published(openapi, form, selection) if openapi is not None else None
    request = replace(request, paths=(path,))
    found = scan_request(request, settings(request))
    differs = list_inventory(found.inventory, selection, published, form, output)
    if differs or (strict and is_unsure(found)):
        raise typer.Exit(1)


@app.command("callgraph", short_help="Who calls whom in the whole program.")
@with_request
def _callgraph(
    path: words.OnePath = Path(),
    form: Annotated[words.TableFormat, typer.Option("--format", "-f", help="How the graph is written.")] = "text",
    output: words.Output = None,
    *,
    request: Request,
) -> None:
    """Who calls whom: every function and module with the names of all that it calls."""
    from tmscan.cli.views import show_call_graph
    from tmscan.scan import call_graph

    check_writable(output)
    request = replace(request, paths=(path,))
    show_call_graph(call_graph(request.paths, scan_options(request, settings(request))), form, output)


@app.command("diagram", short_help="A data-flow diagram with trust boundaries.")
@with_request
def _diagram(
    path: words.OnePath = Path(),
    form: Annotated[words.DiagramFormat, typer.Option("--format", "-f", help="How it is drawn.")] = "mermaid",
    level: Annotated[
        words.Level | None,
        typer.Option("--level", help="How close to look; application by default, component with --focus."),
    ] = None,
    focus: Annotated[
        str, typer.Option("--focus", metavar="ID", help="The element (its id or name) to look into.")
    ] = "",
    output: words.Output = None,
    revision: Annotated[
        str, typer.Option("--revision", metavar="TEXT", help="What to write into the title beside the name.")
    ] = "",
    *,
    request: Request,
) -> None:
    """A data-flow diagram with trust boundaries; svg, png and pdf need the extra `diagram`."""
    from tmscan.cli.views import check_picture, show_diagram
    from tmscan.dfd.choose import choose_diagram

    check_writable(output)
    check_picture(form, output)
    request = replace(request, paths=(path,))
    found = scan_request(request, settings(request))
    show_diagram(choose_diagram(found.model, level, focus), form, output, revision)


@app.command("model", short_help="The threat model as one file to review and edit.")
@with_request
def _model(
    path: words.OnePath = Path(),
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The model file; `-` for standard output.")
    ] = Path("threatmodel.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that was edited.")] = False,
    *,
    request: Request,
) -> None:
    """The threat model as one reviewable file: elements, flows, boundaries, endpoints, threats with their evidence."""
    from tmscan.cli.modelfile import write_model

    check_writable(output)
    request = replace(request, paths=(path,))
    said = write_model(scan_request(request, settings(request)), output, force=force)
    for line in () if request.quiet else said:
        complain(f"tmscan: {line}")


@app.command("explain", short_help="Why a finding is reported, or what a rule looks for.")
@with_request
def _explain(
    subject: Annotated[
        str, typer.Argument(metavar="RULE|FINDING", help="The id of a rule; a finding's fingerprint, or FILE:LINE.")
    ],
    path: words.OnePath = Path(),
    *,
    request: Request,
) -> None:
    """Why a finding is reported and which checks were seen; or what a rule looks for and when it errs."""
    from tmscan.cli.finding import explain_finding, is_finding
    from tmscan.cli.prose import explain, load

    if is_finding(subject):
        request = replace(request, paths=(path,))
        write(explain_finding(scan_request(request, settings(request)), subject))
        return
    write(explain(load((*settings(request).rule_folders, *request.rules)), subject))


@app.command("rules", short_help="All rules by STRIDE letter; or the known libraries.")
def _rules(
    form: Annotated[words.TableFormat, typer.Option("--format", "-f", help="How the list is written.")] = "text",
    output: words.Output = None,
    rules: words.Rules = None,
    libraries: Annotated[
        bool, typer.Option("--libraries", help="What is known of libraries instead, as a page in Markdown.")
    ] = False,
) -> None:
    """All rules by STRIDE letter."""
    from tmscan.cli.prose import libraries_to_markdown, load, rules_to_json, rules_to_text

    check_writable(output)
    if libraries:
        write(libraries_to_markdown(settings(Request()).library_folders), output)
        return
    loaded = load((*settings(Request()).rule_folders, *(rules or ())))
    write(rules_to_json(loaded) if form == "json" else rules_to_text(loaded), output)
