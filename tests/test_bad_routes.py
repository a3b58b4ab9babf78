"""Routes that go in circles, are too many, broken, or not in the code at all: no hang, and the unknowns say why."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest

from tmscan.inventory.types import Inventory
from tmscan.scan import scan_sources


def found_in(files: dict[str, str], seconds: float = 20) -> Inventory:
    """The inventory of some files; fails where that takes so long that something must be wrong."""
    started = time.process_time()
    inventory = scan_sources({name: text.encode() for name, text in files.items()}).inventory
    assert time.process_time() - started < seconds
    return inventory


def paths(inventory: Inventory) -> list[str]:
    return sorted({endpoint.path for endpoint in inventory.endpoints})


def reasons(inventory: Inventory, *kinds: str) -> str:
    return "\n".join(unknown.reason for unknown in inventory.unknowns if not kinds or unknown.kind in kinds)


# ---------------------------------------------------------------- circles


def test_url_modules_that_include_each_other() -> None:
    found = found_in(
        {
            "site_settings.py": "ROOT_URLCONF = 'one'\n",
            "one.py": "from django.urls import include, path\nfrom views import a\n"
            "urlpatterns = [path('a', a), path('two/', include('two'))]\n",
            "two.py": "from django.urls import include, path\nfrom views import a\n"
            "urlpatterns = [path('b', a), path('one/', include('one')), path('self/', include('two'))]\n",
            "views.py": "def a(request): ...\n",
        }
    )
    assert paths(found) == ["/a", "/two/b"]
    assert "one includes itself" in reasons(found)
    assert "two includes itself" in reasons(found)


ROUTERS = {
    "flask": (
        "from flask import Blueprint, Flask\none = Blueprint('one', __name__)\ntwo = Blueprint('two', __name__)\n"
        "one.register_blueprint(two, url_prefix='/two')\ntwo.register_blueprint(one, url_prefix='/one')\n"
        "one.register_blueprint(one, url_prefix='/self')\napp = Flask(__name__)\n"
        "app.register_blueprint(one, url_prefix='/one')\n@one.get('/x')\ndef x(): return ''\n"
        "@two.get('/y')\ndef y(): return ''\n"
    ),
    "fastapi": (
        "from fastapi import APIRouter, FastAPI\none = APIRouter(prefix='/one')\ntwo = APIRouter(prefix='/two')\n"
        "@one.get('/x')\ndef x(): return ''\n@two.get('/y')\ndef y(): return ''\n"
        "one.include_router(two)\ntwo.include_router(one)\none.include_router(one)\n"
        "app = FastAPI()\napp.include_router(one)\n"
    ),
    "applications": (
        "from fastapi import FastAPI\none = FastAPI()\ntwo = FastAPI()\n@one.get('/one/x')\ndef x(): return ''\n"
        "@two.get('/y')\ndef y(): return ''\none.mount('/one/two', two)\ntwo.mount('/one', one)\n"
    ),
}


@pytest.mark.parametrize("name", ROUTERS)
def test_routers_that_mount_each_other(name: str) -> None:
    found = found_in({"app.py": ROUTERS[name]})
    assert {"/one/x", "/one/two/y"} <= set(paths(found))
    assert len(found.endpoints) < 20
    assert "routers mount each other in a circle" in reasons(found)


def test_a_list_of_routes_that_holds_itself() -> None:
    found = found_in(
        {
            "app.py": "from starlette.applications import Starlette\nfrom starlette.routing import Mount, Route\n"
            "def x(request): ...\nroutes = [Route('/x', x)]\nroutes.append(Mount('/deep', routes=routes))\n"
            "routes += routes\napp = Starlette(routes=routes)\n"
        }
    )
    assert "/x" in paths(found)
    assert len(found.endpoints) < 50
    assert "circle" in reasons(found) or "itself" in reasons(found) or "more" in reasons(found)


def test_many_routers_that_mount_each_other_all() -> None:
    """Without a bound the ways through twenty routers that all mount each other are as many as 20!."""
    names = [f"r{number}" for number in range(20)]
    code = ["from fastapi import APIRouter, FastAPI", "app = FastAPI()"]
    code += [f"{name} = APIRouter(prefix='/{name}')\n@{name}.get('/x')\ndef f_{name}(): ..." for name in names]
    code += [f"{one}.include_router({two})" for one in names for two in names if one != two]
    code += ["app.include_router(r0)"]
    found = found_in({"app.py": "\n".join(code)})
    assert "/r0/x" in paths(found)
    assert reasons(found, "route", "mount", "limit")


# ---------------------------------------------------------------- routes that are not in the code

FROM_A_DATABASE = {
    "flask": (
        "from flask import Flask\nfrom pages import Page\napp = Flask(__name__)\n@app.get('/fixed')\ndef fixed(): ...\n"
        "def show(): ...\nfor page in Page.query.all():\n    app.add_url_rule(page.path, page.name, show)\n"
    ),
    "starlette": (
        "from starlette.applications import Starlette\nfrom starlette.routing import Route\nfrom pages import Page\n"
        "def show(request): ...\nroutes = [Route(page.path, show) for page in Page.query.all()]\n"
        "app = Starlette(routes=[Route('/fixed', show), *routes])\n"
    ),
    "django": (
        "from django.urls import path\nfrom pages import Page\ndef show(request): ...\n"
        "urlpatterns = [path('fixed', show)]\n"
        "urlpatterns += [path(page.path, show) for page in Page.objects.all()]\n"
    ),
    "fastapi": (
        "from fastapi import FastAPI\nimport sqlite3\napp = FastAPI()\n@app.get('/fixed')\ndef fixed(): ...\n"
        "def show(): ...\nfor (path,) in sqlite3.connect('x.db').execute('select path from pages'):\n"
        "    app.add_api_route(path, show)\n"
    ),
}


@pytest.mark.parametrize("name", FROM_A_DATABASE)
def test_a_list_of_routes_from_a_database(name: str) -> None:
    found = found_in({"app.py": FROM_A_DATABASE[name]})
    assert "/fixed" in paths(found)
    assert reasons(found, "route"), "that there are more of them is said"
    assert all(unknown.location.line for unknown in found.unknowns if unknown.kind == "route")


# ---------------------------------------------------------------- very many


def flask_routes(number: int) -> str:
    routes = "".join(f"@app.get('/r{i}/<int:a>')\ndef f{i}(a): return ''\n" for i in range(number))
    return f"from flask import Flask\napp = Flask(__name__)\n{routes}"


def listed_routes(number: int) -> str:
    routes = "".join(f"    path('r{i}/<int:a>', views.f{i % 100}),\n" for i in range(number))
    return f"from django.urls import path\nimport views\nurlpatterns = [\n{routes}]\n"


VIEWS = "".join(f"def f{i}(request, a): ...\n" for i in range(100))


def seconds_for(files: dict[str, str], expected: int) -> float:
    started = time.process_time()
    found = scan_sources({name: text.encode() for name, text in files.items()}).inventory
    assert len(found.endpoints) == expected
    return time.process_time() - started


def files_of(kind: str, number: int) -> dict[str, str]:
    if kind == "decorated":
        return {f"app{part}.py": flask_routes(1000).replace("/r", f"/p{part}r") for part in range(number // 1000)}
    return {"urls.py": listed_routes(number), "views.py": VIEWS}


@pytest.mark.parametrize("kind", ["decorated", "listed"])
def test_time_grows_with_the_number_of_routes_and_no_faster(kind: str) -> None:
    small, large = (seconds_for(files_of(kind, number), number) for number in (1000, 4000))
    assert large < 4 * small * 2 + 1, f"{small:.1f} s for 1,000 routes, {large:.1f} s for 4,000"


def test_fifty_thousand_routes() -> None:
    found = found_in({"urls.py": listed_routes(50_000), "views.py": VIEWS}, seconds=60)
    assert len(found.endpoints) == 50_000 or "more routes than are followed" in reasons(found)


def test_fifty_thousand_routes_made_by_a_loop() -> None:
    found = found_in(
        {
            "app.py": "from flask import Flask\napp = Flask(__name__)\ndef f(): ...\n"
            "for number in range(50_000):\n    app.add_url_rule(f'/r{number}', f'r{number}', f)\n"
        },
        seconds=60,
    )
    assert found.endpoints
    assert len(found.endpoints) == 50_000 or reasons(found, "route", "limit")


def test_a_loop_that_is_too_long_to_follow_is_one_route_with_a_hole() -> None:
    code = (
        "from flask import Flask\napp = Flask(__name__)\ndef f(): ...\n"
        "for number in range(5000):\n    app.add_url_rule(f'/r/{number}', f'r{number}', f)\n"
    )
    found = found_in({"app.py": code})
    assert paths(found) == ["/r/{?}"]
    assert "a part of /r/{?} is computed" in reasons(found, "route")


# ---------------------------------------------------------------- broken templates

TEMPLATES = [
    "/<int:>", "/<>", "/<:x>", "/<int:id", "/int:id>", "/<nosuch:x>", "/<a:b:c:d>", "/<int(:x>", "/<int:x><int:x>",
    "/{", "/}", "/{}", "/{x", "/{x:}", "/{:int}", "/{x:[0-9}", "/{x:{y}}", "/{{x}}", "/{x!r}",
    "/(", "/(?P<x", "/(?P<x>[", "/(?P<x>a)(?P<x>b)", "/[", "/*", "/**", "/?", "/\\", "/%", "/%zz", "/\x00",
    "/\n", "/\u202e", "/ ", "//", "", "no-slash", "/" + "a" * 5000, "/" + "<x>" * 300, "/(a+)+$", "^" * 500,
]  # fmt: skip


def declared(kind: str, templates: Iterable[str]) -> str:
    rows = list(enumerate(templates))
    if kind == "flask":
        head = "from flask import Flask\napp = Flask(__name__)\n"
        return head + "".join(f"@app.route({text!r})\ndef f{number}(x=1): ...\n" for number, text in rows)
    if kind == "fastapi":
        head = "from fastapi import FastAPI\napp = FastAPI()\n"
        return head + "".join(f"@app.get({text!r})\ndef f{number}(x: int = 1): ...\n" for number, text in rows)
    routes = "".join(f"    re_path({text!r}, f), path({text!r}, f),\n" for _, text in rows)
    return f"from django.urls import path, re_path\ndef f(request): ...\nurlpatterns = [\n{routes}]\n"


@pytest.mark.parametrize("kind", ["flask", "fastapi", "django"])
def test_malformed_templates(kind: str) -> None:
    from tmscan.export.openapi import to_openapi
    from tmscan.export.text import inventory_to_text

    found = found_in({"app.py": declared(kind, TEMPLATES)})
    assert len(found.endpoints) >= len(set(TEMPLATES)) - 3, "a route that its framework may refuse is still one"
    text = inventory_to_text(found)
    assert "\x00" not in text
    assert "\u202e" not in text
    assert to_openapi(found)


# ---------------------------------------------------------------- names that are taken twice


def test_two_applications_with_the_same_names() -> None:
    application = (
        "from flask import Flask\napp = Flask('app')\n@app.get('/{0}')\ndef index(): return ''\n"
        "@app.get('/both')\ndef both(): ...\n"
    )
    found = found_in({"one/app.py": application.replace("{0}", "one"), "two/app.py": application.replace("{0}", "two")})
    assert [(endpoint.path, endpoint.handler) for endpoint in found.endpoints] == [
        ("/both", "one.app.both"), ("/both", "two.app.both"), ("/one", "one.app.index"), ("/two", "two.app.index"),
    ]  # fmt: skip
    assert len({endpoint.id for endpoint in found.endpoints}) == 4


def test_two_applications_in_one_file_and_one_name() -> None:
    found = found_in(
        {
            "app.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/first')\ndef index(): ...\n"
            "app = FastAPI()\n@app.get('/second')\ndef index(): ...\n"
        }
    )
    assert paths(found) == ["/first", "/second"]


def test_the_same_route_twice() -> None:
    found = found_in(
        {"app.py": "from flask import Flask\napp = Flask(__name__)\n" + "@app.get('/x')\ndef x(): return ''\n" * 3}
    )
    assert [endpoint.path for endpoint in found.endpoints] == ["/x"]
