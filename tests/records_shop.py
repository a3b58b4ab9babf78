"""A small shop as hand-written records: the inventory and the model that the tests of threats and exporters share."""

from __future__ import annotations

from tmscan.dfd.types import Boundary, DataFlowModel, Element, Flow
from tmscan.inventory.types import (
    Access,
    Auth,
    Dependency,
    Endpoint,
    EntryPoint,
    Guard,
    Inventory,
    Observation,
    Outbound,
    Parameter,
    Reach,
    Setting,
    Sink,
    Step,
    Store,
    Unknown,
)
from tmscan.sources.types import Location, Skipped

LOGIN = Guard("authentication", "login_required", "handler", Location("shop/views.py", 30, 2))


def endpoint(
    path: str,
    methods: tuple[str, ...] = ("GET",),
    *,
    required: bool | None = False,
    line: int = 10,
    parameters: tuple[Parameter, ...] = (),
    guards: tuple[Guard, ...] = (),
    name: str = "",
) -> Endpoint:
    name = name or path.strip("/").replace("/", "_") or "index"
    return Endpoint(
        id=f"flask {','.join(methods)} {path} shop.views.{name}",
        framework="flask",
        methods=methods,
        path=path,
        handler=f"shop.views.{name}",
        location=Location("shop/views.py", line, 1),
        app="shop",
        group="shop.views",
        auth=Auth(required, (LOGIN,) if required else (), "" if required is not None else "no guard could be followed"),
        guards=guards,
        parameters=parameters,
    )


HOME = endpoint("/", line=5)
ORDER = endpoint(
    "/orders", ("POST",), line=12, parameters=(Parameter("days", "form"), Parameter("item", "form", "int"))
)
PROFILE = endpoint("/profile", ("GET", "POST"), required=True, line=29)
ORDERS = Store("store:sql:orders", "sql", "postgresql", "orders", Location("shop/db.py", 3))
STATEMENT = Sink(
    kind="sql",
    library="psycopg",
    callee="psycopg.connect().execute()",
    argument="built",
    location=Location("shop/views.py", 16, 5, 17, 40),
    function="shop.views.orders",
    inputs=("form",),
    steps=(
        Step("`request.form` is read", Location("shop/views.py", 14, 12, 14, 30)),
        Step("it becomes part of an SQL statement", Location("shop/views.py", 16, 5, 17, 40)),
    ),
)
INVENTORY = Inventory(
    name="shop",
    endpoints=(HOME, ORDER, PROFILE),
    entry_points=(EntryPoint("task shop.tasks.bill", "task", "bill", "shop.tasks.bill", Location("shop/tasks.py", 4)),),
    stores=(ORDERS,),
    accesses=(
        Access(ORDERS.id, "psycopg", "write", "orders", True, Location("shop/views.py", 16), "shop.views.orders"),
    ),
    outbound=(
        Outbound(
            "requests",
            "pay.example",
            "http",
            Location("shop/views.py", 20),
            "shop.views.orders",
            "requests.post",
            options=(("verify", "False"),),
            timeout=False,
        ),
    ),
    sinks=(STATEMENT,),
    observations=(Observation("swallowed-error", "except Exception", Location("shop/tasks.py", 9), "shop.tasks.bill"),),
    libraries=(
        Dependency(
            "flask", "3.1.0", ("flask",), "web framework", ("shop/views.py",), True, Location("pyproject.toml", 8)
        ),
        Dependency("pdfmaker", "", ("pdfmaker",), "document", ("shop/pdf.py",), False, Location("pyproject.toml", 9)),
    ),
    settings=(Setting("DEBUG", "debug", "True", "literal", "flask", Location("shop/settings.py", 2)),),
    reaches=(
        Reach(ORDER.id, ORDERS.id, ("write",), ("orders",), (Step("calls execute", Location("shop/views.py", 16)),)),
        Reach(ORDER.id, "library:pdfmaker", (), (), (Step("calls pdfmaker.make", Location("shop/pdf.py", 7)),)),
    ),
    unknowns=(Unknown("route", "the path is computed", Location("shop/extra.py", 3)),),
    skipped=(Skipped("shop/broken.py", "syntax error", 4),),
    files=6,
    lines=210,
)
MODEL = DataFlowModel(
    name="shop",
    elements=(
        Element("entity:browser", "entity", "Browser", "", ""),
        Element("process:shop", "process", "shop", "Flask", "boundary:app", endpoints=(HOME, ORDER, PROFILE)),
        Element(ORDERS.id, "store", "orders", "PostgreSQL", "boundary:data"),
        Element("library:pdfmaker", "library", "pdfmaker", "", "boundary:lib"),
        Element("host:pay.example", "entity", "pay.example", "", ""),
    ),
    flows=(
        Flow(
            "entity:browser>process:shop",
            "entity:browser",
            "process:shop",
            "3 endpoints",
            ("GET", "POST"),
            "http",
            ("boundary:app",),
            endpoints=(HOME, ORDER, PROFILE),
        ),
        Flow("process:shop>orders", "process:shop", ORDERS.id, "orders", ("write",), "sql", ("boundary:data",)),
        Flow("process:shop>pdf", "process:shop", "library:pdfmaker", "order", (), "", ("boundary:lib",)),
        Flow(
            "process:shop>pay",
            "process:shop",
            "host:pay.example",
            "payment",
            ("POST",),
            "https",
            ("boundary:app",),
            encrypted=True,
            evidence=(Location("shop/views.py", 20),),
        ),
    ),
    boundaries=(
        Boundary("boundary:app", "shop", "application", "", "one process"),
        Boundary("boundary:data", "data", "data", "", "a database server"),
        Boundary("boundary:lib", "pdfmaker", "library", "boundary:app", "third-party code"),
    ),
    diagrams=(),
)
