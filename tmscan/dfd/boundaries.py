"""Trust boundaries: who controls what. One function per kind, each with the sentence that says why the line is there.

The same place always gets the same boundary; nesting is host > application > (one of several apps) > admin area,
library.
"""

from __future__ import annotations

from tmscan.dfd.names import plain, slug
from tmscan.dfd.types import Boundary

INTERNET = Boundary(
    "internet",
    "Internet",
    "internet",
    "",
    "Anyone can send requests from here, with or without the pages that the application offers.",
)
HOST = Boundary(
    "host",
    "Server host",
    "host",
    "",
    "Files and programs of this machine: whoever has an account on it can read, change or replace them.",
)
WORKER = Boundary(
    "worker",
    "Worker",
    "worker",
    "",
    "Another process runs this later and trusts whatever its trigger or queue holds.",
)
OPERATIONS = Boundary(
    "operations",
    "Operations",
    "admin",
    "",
    "People with a shell on the server: commands run with their rights, past every guard of the web pages.",
)


def application_boundary(name: str, on_host: bool) -> Boundary:
    """The server process; inside the host when the code touches the host's files or programs."""
    reason = "This team's code runs here with the application's rights; what comes in has to be checked on this line."
    return Boundary(
        "application", f"Application {plain(name)}".strip(), "application", "host" if on_host else "", reason
    )


def app_boundary(app: str, shown: str) -> Boundary:
    """One of several apps in the same code."""
    reason = "One of several applications in this code: it may run on its own, with its own users and rights."
    return Boundary(f"application:{slug(app)}", f"App {plain(shown)}", "application", "application", reason)


def admin_boundary(app: str, parent: str) -> Boundary:
    """The part of an application that is for administrators; `app` is "" when there is only one."""
    reason = "Only people with an administrator's role should get here; a request that does may change everything."
    return Boundary(f"admin:{slug(app)}" if app else "admin", "Admin area", "admin", parent, reason)


def data_boundary(host: str) -> Boundary:
    """The stores on one host ("" where the host is not known)."""
    reason = "Stores have accounts, rights and backups of their own; whoever runs them is not the web process."
    where = f" at {plain(host)}" if host else ""
    return Boundary(f"data:{slug(host)}" if host else "data", f"Data tier{where}", "data", "", reason)


def vendor_boundary(key: str, shown: str, kind: str = "Third party") -> Boundary:
    """What one other party runs; `kind` is what the line is called in a picture that names the party inside it."""
    reason = (
        f"{plain(shown)}: other people run it; what is sent there leaves this team's control, what comes back is input."
    )
    return Boundary(f"vendor:{slug(key)}", f"{kind}: {plain(shown)}", "vendor", "", reason)


def library_boundary(key: str, shown: str) -> Boundary:
    """Third-party code inside the process."""
    reason = f"{plain(shown)} was written by others and runs with every right of this process on whatever it is given."
    return Boundary(f"library:{slug(key)}", "Third-party code", "library", "application", reason)
