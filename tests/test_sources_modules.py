"""Module names and import roots, as a table of layouts that people really use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tmscan.sources.project import read_project
from tmscan.sources.types import SourceOptions

if TYPE_CHECKING:
    from pathlib import Path

# name, files, path -> (module, app_root), search roots
LAYOUTS: list[tuple[str, dict[str, str], dict[str, tuple[str, str]], tuple[str, ...]]] = [
    (
        "package",
        {
            "shop/__init__.py": "",
            "shop/views/__init__.py": "",
            "shop/views/cart.py": "from shop import x\n",
            "run.py": "",
        },
        {
            "shop/__init__.py": ("shop", ""),
            "shop/views/__init__.py": ("shop.views", ""),
            "shop/views/cart.py": ("shop.views.cart", ""),
            "run.py": ("run", ""),
        },
        ("",),
    ),
    (
        "src layout",
        {
            "pyproject.toml": "",
            "src/shop/__init__.py": "",
            "src/shop/a.py": "from shop.b import x\n",
            "src/shop/b.py": "",
        },
        {"src/shop/__init__.py": ("shop", "src"), "src/shop/a.py": ("shop.a", "src")},
        ("src", ""),
    ),
    (
        "src that is imported by its name",
        {"src/__init__.py": "", "src/main.py": "from src.db import x\n", "src/db.py": ""},
        {"src/main.py": ("src.main", "")},
        ("",),
    ),
    (
        "src that is imported by its name, without an init file",
        {"pyproject.toml": "", "src/main.py": "from src.db import x\nimport fastapi\n", "src/db.py": ""},
        {"src/main.py": ("src.main", "")},
        ("",),
    ),
    (
        "namespace package",
        {"pyproject.toml": "", "src/ns/one/__init__.py": "", "src/ns/one/a.py": "from ns.one import b\n"},
        {"src/ns/one/a.py": ("ns.one.a", "src")},
        ("src", ""),
    ),
    (
        "wheel with a namespace package",
        {"ns-1.dist-info/METADATA": "Name: ns\n", "ns/one/__init__.py": "", "ns/one/a.py": ""},
        {"ns/one/a.py": ("ns.one.a", "")},
        ("",),
    ),
    (
        "backend folder beside a frontend",
        {
            "backend/app/__init__.py": "",
            "backend/app/main.py": "from app.db import x\n",
            "backend/app/db.py": "",
            "web/a.js": "",
        },
        {"backend/app/main.py": ("app.main", "backend")},
        ("backend", ""),
    ),
    (
        "backend folder that says nothing",
        {"backend/app/__init__.py": "", "backend/app/main.py": "from .db import x\n", "backend/app/db.py": ""},
        {"backend/app/main.py": ("app.main", "backend")},
        ("", "backend"),
    ),
    (
        "two services",
        {
            "services/a/pyproject.toml": "",
            "services/a/app/__init__.py": "",
            "services/a/app/main.py": "from app import x\n",
            "services/b/setup.py": "",
            "services/b/app/__init__.py": "",
            "services/b/app/main.py": "from app import x\n",
        },
        {
            "services/a/app/main.py": ("app.main", "services/a"),
            "services/b/app/main.py": ("services.b.app.main", "services/b"),
            "services/b/app/__init__.py": ("services.b.app", "services/b"),
            "services/b/setup.py": ("setup", "services/b"),
        },
        ("services/a", "services/b", ""),
    ),
    (
        "Django project folder",
        {
            "site/manage.py": "import django\n",
            "site/core/__init__.py": "",
            "site/core/urls.py": "from users import views\n",
            "site/users/__init__.py": "",
            "site/users/views.py": "from core.models import X\n",
        },
        {"site/core/urls.py": ("core.urls", "site"), "site/manage.py": ("manage", "site")},
        ("site", ""),
    ),
    (
        "package folder that is put on sys.path",
        {
            "label/__init__.py": "",
            "label/server.py": "from label.core.utils import x\n",
            "label/core/__init__.py": "",
            "label/core/utils.py": "from users.models import User\n",
            "label/users/__init__.py": "",
            "label/users/models.py": "from core.utils import y\nfrom tasks import t\n",
            "label/tasks/__init__.py": "from core.utils import z\n",
        },
        {
            "label/__init__.py": ("label", ""),
            "label/core/utils.py": ("core.utils", "label"),
            "label/tasks/__init__.py": ("tasks", "label"),
        },
        ("label", ""),
    ),
    (
        "folder of scripts",
        {"scripts/a.py": "import b\n", "scripts/b.py": "import json\n", "app.py": ""},
        {"scripts/a.py": ("a", "scripts"), "app.py": ("app", "")},
        ("",),
    ),
    (
        "package whose children are called like other people's packages",
        {
            "pkg/__init__.py": "",
            "pkg/backends/__init__.py": "",
            "pkg/backends/redis.py": "import redis\nfrom .sql import X\n",
            "pkg/backends/celery.py": "import celery\nimport redis\nfrom pkg.backends import redis\n",
            "pkg/backends/sql.py": "import celery\nfrom pkg import conf\n",
        },
        {"pkg/backends/sql.py": ("pkg.backends.sql", "")},
        ("",),
    ),
    (
        "namespace package in two distributions",
        {
            "one/setup.py": "",
            "one/src/ns/a/__init__.py": "from ns import b\n",
            "two/setup.py": "",
            "two/src/ns/b/__init__.py": "from ns import a\n",
        },
        {
            "one/setup.py": ("setup", "one"),
            "one/src/ns/a/__init__.py": ("ns.a", "one/src"),
            "two/setup.py": ("two.setup", "two"),
            "two/src/ns/b/__init__.py": ("ns.b", "two/src"),
        },
        ("one/src", "two/src", "", "one", "two"),
    ),
    (
        "module beside a package of the same name",
        {"a.py": "", "a/__init__.py": "", "run": "#!/usr/bin/env python\n", "run.py": ""},
        {"a.py": ("a_py", ""), "a/__init__.py": ("a", ""), "run": ("run", ""), "run.py": ("run_py", "")},
        ("",),
    ),
    (
        "names that are no identifiers",
        {"my-script.py": "", "a.b.py": "", "tool": "#!/usr/bin/env python\n"},
        {"my-script.py": ("my-script", ""), "a.b.py": ("a_b", ""), "tool": ("tool", "")},
        ("",),
    ),
]


@pytest.mark.parametrize(("files", "names", "search"), [row[1:] for row in LAYOUTS], ids=[row[0] for row in LAYOUTS])
def test_layouts(
    tmp_path: Path, files: dict[str, str], names: dict[str, tuple[str, str]], search: tuple[str, ...]
) -> None:
    project = read_project([grow(tmp_path / "repo-1", files)])
    found = {source.path: (source.module, source.app_root) for source in project.sources}
    assert {path: found[path] for path in names} == names
    assert project.search_roots == search
    assert project.package == ""
    assert {source.path for source in project.sources if source.is_package} == {
        path for path in found if path.endswith("/__init__.py")
    }


def test_a_root_that_is_a_package_gives_its_name_where_the_files_use_it(tmp_path: Path) -> None:
    files = {
        "ns/__init__.py": "",
        "ns/shop/__init__.py": "",
        "ns/shop/a.py": "from ns.shop.b import x\n",
        "ns/shop/b.py": "",
    }
    project = read_project([grow(tmp_path, files) / "ns" / "shop"])
    assert [(source.path, source.module, source.is_package, source.app_root) for source in project.sources] == [
        ("__init__.py", "ns.shop", True, ""),
        ("a.py", "ns.shop.a", False, ""),
        ("b.py", "ns.shop.b", False, ""),
    ]
    assert (project.package, project.search_roots) == ("ns.shop", ("",))


def test_a_root_that_its_files_import_by_name_without_an_init_file(tmp_path: Path) -> None:
    project = read_project([grow(tmp_path, {"app/main.py": "from app.db import x\n", "app/db.py": ""}) / "app"])
    assert [source.module for source in project.sources] == ["app.db", "app.main"]
    assert project.package == "app"


def test_a_root_that_is_called_like_what_its_files_import(tmp_path: Path) -> None:
    (tmp_path / "flask").mkdir()
    (tmp_path / "flask" / "app.py").write_text("from flask import Flask\nimport flask.views\n")
    found = read_project([tmp_path / "flask"])
    assert [source.module for source in found.sources] == ["app"]


def test_a_root_that_is_a_package_folder_on_sys_path_keeps_plain_names(tmp_path: Path) -> None:
    files = {
        "web/__init__.py": "",
        "web/app.py": "import db\nfrom models import X\n",
        "web/db.py": "",
        "web/models.py": "",
    }
    project = read_project([grow(tmp_path, files) / "web"])
    assert [source.module for source in project.sources] == ["__init__", "app", "db", "models"]
    assert project.package == ""


def test_named_files_get_the_names_that_the_tree_gives_them(tmp_path: Path) -> None:
    files = {"pyproject.toml": "", "src/shop/__init__.py": "", "src/shop/a.py": "from shop import b\n"}
    grow(tmp_path, files)
    project = read_project([tmp_path / "src" / "shop" / "a.py"], SourceOptions(root=str(tmp_path)))
    assert [(source.module, source.app_root, source.explicit) for source in project.sources] == [
        ("shop.a", "src", True)
    ]


def grow(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return root
