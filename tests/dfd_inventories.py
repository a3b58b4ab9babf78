"""Inventories written by hand for the tests of models and diagrams."""

from __future__ import annotations

from tmscan.inventory.types import (
    Access,
    Auth,
    Dependency,
    Endpoint,
    EntryPoint,
    Guard,
    Inventory,
    Outbound,
    Parameter,
    Reach,
    Sink,
    Step,
    Store,
)
from tmscan.sources.types import Location

HOSTILE = (
    'say "hi"',
    "two\nlines",
    "close] --> b[",
    "</script><script>alert(1)</script>",
    "{{ 7*7 }} ${x} `y`",
    "rtl \u202egnp.exe\u202c",
    "/orders/<int:id>",
    r"\N \G \l back\slash",
    "<b>bold</b>",
    "end",
    "a;b%%c#d|e",
    "-->|x|",
    "",
    "emoji 🛒 und Ümläut",
    "\x00\x1b[31mred",
    "&lt;&amp;#quot;",
    "$$x^2$$ 1. item - `c`",
)


def at(file: str, line: int = 1) -> Location:
    return Location(file, line)


def login(file: str, name: str = "login_required", *roles: str) -> Guard:
    return Guard("authentication", name, "handler", at(file), roles)


def endpoint(
    method: str,
    path: str,
    handler: str,
    guard: Guard | None = None,
    *,
    group: str = "",
    app: str = "shop.app",
    framework: str = "flask",
    required: bool | None = None,
    public: bool = False,
    parameters: tuple[Parameter, ...] = (),
) -> Endpoint:
    file = handler.rpartition(".")[0].replace(".", "/") + ".py"
    known = guard is not None if required is None else required
    auth = Auth(known, (guard,) if guard else (), "guard" if guard else "no guard seen")
    return Endpoint(
        id=f"{framework} {method} {path} {handler}",
        framework=framework,
        methods=(method,),
        path=path,
        handler=handler,
        location=at(file, 10),
        app=app,
        group=group or handler.rpartition(".")[0],
        auth=auth,
        parameters=parameters,
        public=public,
    )


def reach(source: Endpoint | EntryPoint, target: str, operations: str = "", entities: str = "") -> Reach:
    step = Step("uses it", at("shop/data.py", 5))
    return Reach(source.id, target, tuple(operations.split()), tuple(entities.split()), (step,))


def shop() -> Inventory:
    """The login scenario: browser, login page, web server, user database, business logic, third-party PDF library."""
    guard = login("shop/orders.py")
    page = endpoint("GET", "/login", "shop.login.show")
    send = endpoint(
        "POST", "/login", "shop.login.sign_in", parameters=(Parameter("user", "form"), Parameter("password", "form"))
    )
    leave = endpoint("POST", "/logout", "shop.login.sign_out", guard)
    listing = endpoint("GET", "/products", "shop.catalogue.products", public=True)
    product = endpoint("GET", "/products/<int:id>", "shop.catalogue.product", public=True)
    place = endpoint("POST", "/orders", "shop.orders.place", guard)
    mine = endpoint("GET", "/orders", "shop.orders.mine", guard)
    invoice = endpoint("GET", "/orders/<int:id>/invoice", "shop.orders.invoice", guard)
    users = Store("sql:postgresql:users", "sql", "postgresql", "users", at("shop/settings.py"), "db.internal")
    goods = Store("sql:postgresql:shop", "sql", "postgresql", "shop", at("shop/settings.py"), "db.internal")
    pdf = Dependency("reportlab", "4.0.9", ("reportlab",), "document", ("shop/pdf.py",), pinned=True)
    return Inventory(
        name="shop",
        endpoints=(page, send, leave, listing, product, place, mine, invoice),
        stores=(users, goods),
        accesses=(
            Access(users.id, "psycopg", "read", "users", True, at("shop/users.py", 4), "shop.users.find"),
            Access(goods.id, "psycopg", "write", "orders", True, at("shop/data.py", 9), "shop.data.save"),
        ),
        outbound=(
            Outbound(
                "requests", "https://api.pay.example", "http", at("shop/pay.py", 3), "shop.pay.charge", "requests.post"
            ),
        ),
        libraries=(pdf, Dependency("flask", "3.0", ("flask",), "web framework", ("shop/app.py",), pinned=True)),
        reaches=(
            reach(send, users.id, "read", "users"),
            reach(listing, goods.id, "read", "products"),
            reach(product, goods.id, "read", "products"),
            reach(place, goods.id, "read write", "orders products"),
            reach(place, "host:https://api.pay.example"),
            reach(mine, goods.id, "read", "orders"),
            reach(invoice, goods.id, "read", "orders"),
            reach(invoice, "library:reportlab"),
        ),
    )


def large(groups: int = 40, each: int = 5) -> Inventory:
    """Forty groups with two hundred endpoints, stores, vendors, libraries and workers."""
    areas = ("accounts", "billing", "catalog", "content", "support", "reports", "warehouse", "partners")
    endpoints, reaches = [], []
    stores = [
        Store(f"sql:postgresql:{name}", "sql", "postgresql", name, at("suite/settings.py"), host)
        for name, host in (("main", "db1"), ("billing", "db1"), ("audit", "db2"))
    ]
    stores += [
        Store("cache:redis:cache", "cache", "redis", "cache", at("suite/settings.py"), "redis"),
        Store("queue:redis:celery", "queue", "redis", "celery", at("suite/settings.py"), "redis"),
        Store("file:uploads", "file", "file", "uploads", at("suite/settings.py")),
        Store("object:s3:invoices", "object", "s3", "invoices", at("suite/settings.py")),
        Store(
            "search:elasticsearch:products", "search", "elasticsearch", "products", at("suite/settings.py"), "search"
        ),
    ]
    hosts = [
        "api.stripe.com",
        "hooks.slack.com",
        "api.sendgrid.com",
        "maps.example.com",
        "erp.example.com",
        "tax.example.com",
        "",
    ]
    libraries = [
        Dependency(name, "1.0", (name,), role, (), pinned=name != "pillow")
        for name, role in (
            ("reportlab", "document"),
            ("pillow", "image"),
            ("lxml", "parser"),
            ("jinja2", "template"),
            ("pyjwt", "crypto"),
            ("openpyxl", "document"),
            ("numpy", "array"),
            ("sqlalchemy", "database toolkit"),
        )
    ]
    guards = (None, login("g.py"), login("g.py", "require_token"), login("g.py", "admin_required", "admin"))
    for g in range(groups):
        area, api = areas[g % len(areas)], g % 3 == 1
        module = f"suite.{area}.part{g:02d}.views"
        prefix = f"/api/v1/{area}/{g}" if api else f"/{area}/{g}"
        for e in range(each):
            guard = guards[3] if area == "warehouse" else guards[(g + e) % 3]
            one = endpoint(
                "POST" if e % 2 else "GET", f"{prefix}/item{e}/<int:id>", f"{module}.view{e}", guard, app="suite.app"
            )
            endpoints.append(one)
            store = stores[(g * 7 + e) % 3 if e < 3 else (g + e) % len(stores)]
            reaches.append(reach(one, store.id, "read write" if e % 2 else "read", f"{area}_{e} items"))
            if e == 4:
                reaches.append(reach(one, f"host:{hosts[g % len(hosts)]}"))
            if e == 3:
                reaches.append(reach(one, f"library:{libraries[g % 6].distribution}"))
    tasks = [
        EntryPoint(f"task suite.tasks.t{n}", "task", f"t{n}", f"suite.tasks.t{n}", at("suite/tasks.py", n + 1))
        for n in range(6)
    ]
    reaches += [reach(task, stores[0].id, "write", "reports") for task in tasks]
    outbound = [
        Outbound(
            "requests",
            host,
            "http",
            at("suite/out.py", n + 1),
            f"suite.out.f{n}",
            "requests.get",
            "Stripe" if "stripe" in host else "",
        )
        for n, host in enumerate(hosts)
    ]
    command = EntryPoint("command import", "command", "import", "suite.commands.load", at("suite/commands.py"))
    return Inventory(
        name="suite",
        endpoints=tuple(endpoints),
        entry_points=(*tasks, command),
        stores=tuple(stores),
        outbound=tuple(outbound),
        sinks=(Sink("command", "subprocess", "subprocess.run", "built", at("suite/os.py"), "suite.os.run"),),
        libraries=tuple(libraries),
        reaches=tuple(reaches),
    )
