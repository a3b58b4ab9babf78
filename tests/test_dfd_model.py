"""Elements, flows, boundaries and levels of the model, on inventories written by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dfd_inventories import HOSTILE, at, endpoint, large, login, reach, shop

from tmscan.dfd.model import build_model
from tmscan.dfd.types import DataFlowModel, Diagram, Flow
from tmscan.inventory.types import Access, Auth, Dependency, Endpoint, EntryPoint, Inventory, Outbound, Sink, Store

MAIN = Store("sql:postgresql:main", "sql", "postgresql", "main", at("settings.py"), "db1")


def flow(model: DataFlowModel | Diagram, source: str, target: str) -> Flow:
    names = {element.id: element.name for element in model.elements}
    found = [one for one in model.flows if (names[one.source], names[one.target]) == (source, target)]
    assert len(found) == 1, [(names[one.source], names[one.target]) for one in model.flows]
    return found[0]


def diagram(model: DataFlowModel, identity: str) -> Diagram:
    return next(one for one in model.diagrams if one.id == identity)


def one_group(*endpoints: Endpoint, **more: object) -> DataFlowModel:
    return build_model(replace(Inventory(name="app", endpoints=endpoints), **more))


def test_the_login_scenario_comes_out_as_it_would_be_drawn_on_a_whiteboard() -> None:
    model = build_model(shop())
    drawn = {(element.kind, element.name) for element in diagram(model, "application").elements}
    assert drawn == {
        ("entity", "Visitor"),
        ("entity", "Logged-in user"),
        ("process", "login"),
        ("process", "catalogue"),
        ("process", "orders"),
        ("store", "users"),
        ("store", "shop"),
        ("library", "reportlab 4.0.9"),
        ("entity", "api.pay.example"),
    }
    assert flow(model, "users", "login").label == "reads users"
    assert flow(model, "orders", "shop").label == "writes orders, products"
    assert flow(model, "shop", "orders").label == "reads orders, products"
    assert flow(model, "Visitor", "catalogue").label == "2 endpoints\npublic"


def test_boundaries_are_crossed_from_the_outside_in() -> None:
    model = build_model(shop())
    assert flow(model, "Visitor", "login").crosses == ("internet", "application")
    assert flow(model, "orders", "reportlab 4.0.9").crosses == ("library:reportlab",)
    assert flow(model, "orders", "shop").crosses == ("application", "data:db.internal")
    assert {boundary.id: boundary.parent for boundary in model.boundaries} == {
        "application": "",
        "data:db.internal": "",
        "internet": "",
        "library:reportlab": "application",
        "vendor:api.pay.example": "",
    }
    assert all(boundary.reason.endswith(".") for boundary in model.boundaries)


def test_a_flow_is_authenticated_only_if_every_endpoint_on_it_is() -> None:
    model = build_model(shop())
    assert flow(model, "Logged-in user", "orders").authenticated is True
    assert flow(model, "Visitor", "login").authenticated is False
    assert flow(model, "Visitor", "login").unguarded
    assert not flow(model, "Visitor", "catalogue").unguarded, "declared public"
    unknown = replace(endpoint("GET", "/x", "app.x"), auth=Auth(None, (), "computed"))
    model = one_group(unknown)
    assert flow(model, "Visitor", "app").authenticated is None
    assert flow(model, "Visitor", "app").label == "GET\nguard not known"


@pytest.mark.parametrize(
    ("made", "caller"),
    [
        (endpoint("GET", "/", "app.home"), "Visitor"),
        (endpoint("GET", "/", "app.home", login("app.py")), "Logged-in user"),
        (endpoint("GET", "/", "app.home", login("app.py", "roles_required", "admin")), "Administrator"),
        (endpoint("GET", "/", "app.home", login("app.py", "staff_member_required")), "Administrator"),
        (endpoint("GET", "/admin/users", "app.home", login("app.py")), "Administrator"),
        (endpoint("GET", "/admin/users", "app.home"), "Visitor"),
        (endpoint("GET", "/badminton", "app.home", login("app.py")), "Logged-in user"),
        (endpoint("GET", "/api/v1/things", "app.things"), "API client"),
        (endpoint("GET", "/things", "app.things", framework="fastapi"), "API client"),
        (endpoint("GET", "/things", "app.things", login("app.py", "jwt_required")), "API client"),
    ],
)
def test_callers_come_from_guards_roles_framework_and_path(made: Endpoint, caller: str) -> None:
    model = one_group(made)
    assert [element.name for element in model.elements if element.kind == "entity"] == [caller]


@pytest.mark.parametrize(
    ("kind", "caller", "process"),
    [
        ("task", "Task queue", "Background worker"),
        ("consumer", "Message broker", "Background worker"),
        ("schedule", "Scheduler", "Background worker"),
        ("command", "Operator", "Commands"),
        ("websocket", "Visitor", "Websockets"),
        ("graphql", "API client", "GraphQL"),
        ("lambda", "Event source", "Cloud functions"),
    ],
)
def test_entry_points_have_a_process_and_somebody_who_starts_it(kind: str, caller: str, process: str) -> None:
    entry = EntryPoint(f"{kind} run", kind, "run", "app.run", at("app.py"))
    model = build_model(Inventory(name="app", entry_points=(entry,)))
    assert flow(model, caller, process).label == "run"


def test_tasks_come_out_of_the_one_queue_there_is() -> None:
    queue = Store("queue:redis:jobs", "queue", "redis", "jobs", at("settings.py"))
    entry = EntryPoint("task send", "task", "send", "app.send", at("app.py"))
    model = build_model(Inventory(name="app", entry_points=(entry,), stores=(queue,)))
    assert flow(model, "jobs", "Background worker").provenance == "assumed"
    assert flow(model, "jobs", "Background worker").label == "delivers tasks"
    assert "entity" not in {element.kind for element in model.elements}


def test_no_arrow_without_a_fact() -> None:
    """A store that no endpoint is known to reach hangs on the code that nobody was seen to call, as an assumption."""
    home = endpoint("GET", "/", "app.home")
    access = Access(MAIN.id, "psycopg", "write", "audit", True, at("jobs.py", 3), "jobs.clean")
    call = Outbound("requests", "http://metrics.example", "http", at("jobs.py", 4), "jobs.clean", "requests.get")
    model = one_group(home, stores=(MAIN,), accesses=(access,), outbound=(call,))
    assert flow(model, "Other code", "main").provenance == "assumed"
    assert flow(model, "Other code", "metrics.example").encrypted is False
    assert not any(one.source.startswith("process:shop.app/") for one in model.flows)
    assert any("no endpoint was seen to reach" in note for note in diagram(model, "application").notes)


def test_an_effect_in_the_handler_itself_needs_no_reach() -> None:
    view = endpoint("POST", "/x", "app.views.Item")
    access = Access(MAIN.id, "psycopg", "delete", "items", True, at("app/views.py", 3), "app.views.Item.delete")
    model = one_group(view, stores=(MAIN,), accesses=(access,))
    assert flow(model, "app", "main").label == "deletes items"
    assert "Other code" not in {element.name for element in model.elements}


def test_third_parties_are_told_apart_by_vendor_then_host() -> None:
    def call(target: str, vendor: str = "", kind: str = "http") -> Outbound:
        return Outbound("client", target, kind, at("out.py", 1), "out.f", "client.send", vendor)

    calls = (
        call("https://api.stripe.com/v1", "Stripe"),
        call("files.stripe.com", "Stripe"),
        call("https://a.example:8443"),
        call(""),
        call("", kind="smtp"),
    )
    model = build_model(Inventory(name="app", outbound=calls))
    entities = {element.id: element.name for element in model.elements if element.kind == "entity"}
    assert entities == {
        "vendor:Stripe": "Stripe",
        "host:a.example": "a.example",
        "host:unknown": "Hosts chosen at run time",
        "host:unknown-smtp": "SMTP server",
    }
    reached = build_model(
        Inventory(
            name="app",
            endpoints=(endpoint("GET", "/", "app.home"),),
            outbound=calls,
            reaches=tuple(
                reach(endpoint("GET", "/", "app.home"), target)
                for target in ("host:https://api.stripe.com/v1", "host:a.example", "host:", "host:new.example")
            ),
        )
    )
    targets = {one.target for one in reached.flows if one.source.startswith("process:shop.app/")}
    assert targets == {"vendor:Stripe", "host:a.example", "host:unknown", "host:new.example"}


def test_a_call_without_a_host_is_told_by_the_place_it_stands_at() -> None:
    home = endpoint("GET", "/", "app.home")
    sdk = Outbound("stripe", "", "https", at("shop/data.py", 5), "data.pay", "stripe.charge", "Stripe")
    other = Outbound("requests", "", "http", at("shop/data.py", 50), "data.get", "requests.get")
    model = one_group(home, outbound=(sdk, other), reaches=(reach(home, "host:?"),))
    assert flow(model, "app", "Stripe").encrypted is True
    assert flow(model, "Other code", "Hosts chosen at run time")


@pytest.mark.parametrize(
    ("host", "boundary"),
    [
        ("a.example", "Third party: a.example"),
        ("auth", "Other service: auth"),
        ("localhost:8080", "Server host"),
        ("http://127.0.0.1/x", "Server host"),
        ("::1", "Server host"),
    ],
)
def test_a_host_stands_behind_the_line_of_whoever_runs_it(host: str, boundary: str) -> None:
    call = Outbound("requests", host, "http", at("a.py"), "a.f", "requests.get")
    model = build_model(Inventory(name="app", outbound=(call,)))
    around = {one.id: one.name for one in model.boundaries}
    assert [around[one.boundary] for one in model.elements if one.kind == "entity"] == [boundary]


def test_many_handlers_are_shown_by_class() -> None:
    verbs = ("GET", "POST", "PUT", "DELETE")
    made = [endpoint(verb, f"/{n}", f"app.views.View{n}.{verb.lower()}", group="v") for n in range(5) for verb in verbs]
    inside = one_group(*made).diagrams[-1]
    assert [e.name for e in inside.elements if e.kind == "process"] == [f"View{n}" for n in range(5)]
    assert inside.folded == ()


def test_what_is_not_encrypted_says_so() -> None:
    home = endpoint("GET", "/", "app.home")
    call = Outbound("requests", "http://a.example", "http", at("app.py", 4), "app.home", "requests.get")
    model = one_group(home, outbound=(call,))
    assert flow(model, "app", "a.example").encrypted is False
    assert flow(model, "app", "a.example").label == "requests, not encrypted"
    safe = one_group(home, outbound=(replace(call, target="https://a.example"),))
    assert flow(safe, "app", "a.example").encrypted is True


@pytest.mark.parametrize(
    ("role", "drawn"),
    [
        ("document", True),
        ("PDF document generation", True),
        ("image", True),
        ("template", True),
        ("network SDK", True),
        ("crypto", True),
        ("web framework", False),
        ("template web framework", False),
        ("database driver", False),
        ("", False),
    ],
)
def test_libraries_are_elements_when_their_role_handles_data(role: str, drawn: bool) -> None:
    library = Dependency("thing", "", ("thing",), role, (), pinned=False)
    model = build_model(Inventory(name="app", libraries=(library,)))
    assert any(element.id == "library:thing" for element in model.elements) is drawn


def test_a_reached_library_is_an_element_whatever_its_role() -> None:
    home = endpoint("GET", "/", "app.home")
    library = Dependency("thing", "", ("thing",), "", (), pinned=False)
    model = one_group(home, libraries=(library,), reaches=(reach(home, "library:thing"),))
    element = next(one for one in model.elements if one.kind == "library")
    assert element.boundary == "library:thing"
    assert "not pinned" in element.description


def test_files_and_programs_put_the_application_inside_its_host() -> None:
    home = endpoint("GET", "/", "app.home")
    sink = Sink("command", "subprocess", "subprocess.run", "built", at("app.py", 5), "app.home")
    files = Store("file:uploads", "file", "file", "uploads", at("app.py"))
    model = one_group(home, sinks=(sink,), stores=(files,), reaches=(reach(home, files.id, "write"),))
    parents = {boundary.id: boundary.parent for boundary in model.boundaries}
    assert parents == {"application": "host", "host": "", "internet": ""}
    assert flow(model, "app", "Programs on the host").crosses == ("application",)
    assert flow(model, "Visitor", "app").crosses == ("internet", "host", "application")


def test_an_area_for_administrators_has_its_own_line() -> None:
    admin = login("app.py", "admin_required")
    model = one_group(
        endpoint("GET", "/", "site.home", group="site"), endpoint("GET", "/users", "site.users", admin, group="admin")
    )
    assert flow(model, "Administrator", "admin").crosses == ("internet", "application", "admin")


def test_several_apps_get_their_own_boundary_and_diagram() -> None:
    model = one_group(
        endpoint("GET", "/a", "one.a", app="one.app"),
        endpoint("GET", "/b", "two.b", app="two.app", framework="fastapi"),
    )
    assert {boundary.id for boundary in model.boundaries} >= {"application:one.app", "application:two.app"}
    assert [one.id for one in model.diagrams][:4] == [
        "context",
        "application",
        "application:one.app",
        "application:two.app",
    ]
    assert flow(model, "Visitor", "one").crosses == ("internet", "application", "application:one.app")


def test_levels_have_the_same_ids_and_know_their_parents() -> None:
    model = build_model(shop())
    assert [one.level for one in model.diagrams] == ["context", "application", *["component"] * 3]
    known = {element.id for element in model.elements}
    for one in model.diagrams[:2]:
        assert {element.id for element in one.elements} <= known
    inside = diagram(model, "component:process:shop.app/shop.login")
    assert [(e.name, e.technology) for e in inside.elements if e.kind == "process"] == [
        ("show", "GET /login"),
        ("sign_in", "POST /login"),
        ("sign_out", "POST /logout"),
    ]
    assert {e.parent for e in inside.elements if e.kind == "process"} == {"process:shop.app/shop.login"}
    assert flow(inside, "Visitor", "sign_in").label == "POST\nopen"
    assert model.elements[0].id.startswith("entity:")
    assert "process:application" in known


def test_the_context_shows_one_application() -> None:
    context = diagram(build_model(shop()), "context")
    assert [element.name for element in context.elements if element.kind == "process"] == ["shop"]
    assert not any(element.kind == "library" for element in context.elements)
    assert any("reportlab" in note for note in context.notes)


def test_two_hundred_endpoints_stay_readable_and_nothing_is_dropped_in_silence() -> None:
    inventory = large()
    model = build_model(inventory)
    groups = [element for element in model.elements if element.kind == "process" and element.endpoints]
    assert len(groups) == 40
    for one in model.diagrams:
        assert len(one.elements) <= 25, one.id
        assert len({frozenset((f.source, f.target)) for f in one.flows}) <= 60, one.id
    application = diagram(model, "application")
    drawn = {endpoint.id for element in application.elements for endpoint in element.endpoints}
    assert drawn == {endpoint.id for endpoint in inventory.endpoints}
    for element, number in application.folded:
        name = next(one.name for one in application.elements if one.id == element)
        note = next(text for text in application.notes if f"“{name}”" in text)
        assert note.count(",") == number - 1
    shown = {element.id for element in application.elements}
    hidden = {e.name for e in model.elements if e.kind in ("store", "library") and e.id not in shown}
    assert all(any(name in note for note in application.notes) for name in hidden)


def test_groups_with_the_same_first_word_merge_before_any_is_hidden() -> None:
    words = ("pipeline", "stack", "user", "model", "tag", "run")
    names = [
        f"srv.routers.{word}{end}" for word in words for end in ("s_endpoints", "_builds_endpoints", "_runs_endpoints")
    ]
    made = [endpoint("GET", f"/{name}", f"{name}.f{n}", group=name) for name in names for n in range(2)]
    drawn = diagram(one_group(*made), "application")
    shown = {element.name: element.technology for element in drawn.elements if element.kind == "process"}
    assert shown == {f"{word}…": "3 groups, 6 endpoints" for word in words}
    assert "“tag…” stands for 3 groups: tag_builds, tag_runs, tags" in drawn.notes


def test_signing_in_is_not_hidden_however_small() -> None:
    names = ["auth", *(f"area{number:02d}" for number in range(30))]
    made = [
        endpoint("GET", f"/{name}/{n}", f"{name}.f{n}", group=name)
        for name in names
        for n in range(1 if name == "auth" else 3)
    ]
    drawn = diagram(one_group(*made), "application")
    assert "auth" in {element.name for element in drawn.elements}


def test_what_is_folded_keeps_its_side_of_the_line() -> None:
    home = endpoint("GET", "/", "app.home")
    hosts = [f"h{number}.example" for number in range(9)] + [f"127.0.0.{number}" for number in range(9)]
    calls = tuple(Outbound("requests", host, "http", at("app.py", 4), "app.home", "requests.get") for host in hosts)
    drawn = diagram(one_group(home, outbound=calls), "application")
    around = {element.name: element.boundary for element in drawn.elements if "more" in element.name}
    assert around == {"5 more on the host": "host", "9 more services": "vendor:others"}
    assert len({element.id for element in drawn.elements}) == len(drawn.elements)
    assert sum(number for _, number in drawn.folded) == 14


def test_one_large_group_is_shown_by_its_parts() -> None:
    paths = ["/login", "/logout", "/orders", "/orders/<id>", "/cart", "/cart/<id>"]
    model = one_group(*(endpoint("GET", path, f"shop.app.view{place}") for place, path in enumerate(paths)))
    names = {element.name for element in diagram(model, "application").elements if element.kind == "process"}
    assert names == {"Sign-in", "/orders", "/cart"}


def test_the_order_of_the_inventory_does_not_matter() -> None:
    inventory = large()
    turned = replace(
        inventory,
        **{
            name: tuple(reversed(getattr(inventory, name)))
            for name in ("endpoints", "entry_points", "stores", "outbound", "libraries", "reaches", "sinks")
        },
    )
    assert build_model(turned) == build_model(inventory)


def test_ids_hold_no_lines_and_stay_when_code_moves() -> None:
    inventory = shop()
    moved = replace(
        inventory, endpoints=tuple(replace(one, location=at(one.location.file, 999)) for one in inventory.endpoints)
    )
    before, after = build_model(inventory), build_model(moved)
    assert [one.id for one in before.elements] == [one.id for one in after.elements]
    assert [one.id for one in before.flows] == [one.id for one in after.flows]


@pytest.mark.parametrize("inventory", [Inventory(name=""), Inventory(name="x", stores=(MAIN,))])
def test_a_tree_without_endpoints_still_has_a_model(inventory: Inventory) -> None:
    model = build_model(inventory)
    assert [one.id for one in model.diagrams] == ["context", "application"]


def test_hostile_names_get_safe_and_distinct_ids() -> None:
    stores = tuple(Store(f"sql:{name}", "sql", "postgresql", name, at("a.py")) for name in HOSTILE)
    model = build_model(Inventory(name="app", stores=stores))
    ids = [element.id for element in model.elements if element.kind == "store"]
    assert len(set(ids)) == len(HOSTILE)
    assert all(one.isprintable() and not set(one) & set(" \"'<>`{}|\\\n") for one in ids)
