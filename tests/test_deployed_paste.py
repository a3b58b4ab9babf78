"""Applications that Paste puts together: where they are served, behind which filters, and what a broken file does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tmscan.scan import ScanOptions, scan
from tmscan.sources.deployed_paste import read_paste

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
[composite:main]
use = egg:Paste#urlmap
/: versions
/v2/+: notes
/open: unguarded

[composite:notes]
use = call:shop.api:pipeline_factory
noauth = cors notesapp
keystone = cors authtoken notesapp

[pipeline:unguarded]
pipeline = cors context otherapp

[app:versions]
paste.app_factory = shop.api:Versions.factory

[app:notesapp]
paste.app_factory = shop.api:Notes.factory

[app:otherapp]
paste.app_factory = shop.api:Others.factory

[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory

[filter:context]
paste.filter_factory = shop.api:Context.factory

[filter:cors]
paste.filter_factory = oslo_middleware.cors:filter_factory
"""
CODE = """\
import routes
import webob.dec
import webob.exc

class Controller:
    def index(self, req):
        return []

class Router:
    def __init__(self, mapper):
        self.map = mapper

    @classmethod
    def factory(cls, conf, **local):
        return cls(routes.Mapper())

class Notes(Router):
    def __init__(self, mapper):
        mapper.connect("/notes", controller=Controller(), action="index", conditions={"method": ["GET"]})
        super().__init__(mapper)

class Others(Router):
    def __init__(self, mapper):
        mapper.connect("/others", controller=Controller(), action="index", conditions={"method": ["GET"]})
        super().__init__(mapper)

class Versions:
    @classmethod
    def factory(cls, conf, **local):
        return cls()

    def __call__(self, environ, start_response):
        return [b"2"]

class Context:
    def __init__(self, application):
        self.application = application

    @classmethod
    def factory(cls, conf, **local):
        def make(app):
            return cls(app)
        return make

    @webob.dec.wsgify
    def __call__(self, req):
        if req.headers.get("X-User") is None:
            return webob.exc.HTTPUnauthorized()
        return self.application
"""


def test_applications_stand_where_they_are_served_behind_the_filters_of_the_longest_pipeline(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "api-paste.ini").write_text(CONFIG)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "shop" / "api.py").write_text(CODE)
    found = scan([tmp_path], ScanOptions(cache=False)).inventory.endpoints
    assert [(endpoint.methods, endpoint.path, endpoint.auth.required) for endpoint in found] == [
        (("ANY",), "/", False),
        (("GET",), "/open/others", True),
        (("GET",), "/v2/notes", True),
    ]
    assert [guard.name for guard in found[1].guards] == ["Context"]
    assert [guard.name for guard in found[2].guards] == ["filter_factory"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no section", []),
        ("[app:main]\npaste.app_factory = shop:make\n[app:main]\nuse = egg:shop\n", [("shop:make", "", "")]),
        ("[app:main]\nuse = egg:shop#main\n", []),
        ("[composite:a]\n/x: b\n[composite:b]\n/y: a\n", []),
        ("[composite:r]\n/x: p\n[pipeline:p]\npipeline = f a\n[app:a]\nuse = call:m:f\n[filter:f]\nuse = call:m:g\n",
         [("m:f", "/x", "m:g")]),
        ("[composite:r]\n/x: p\n[pipeline:p]\npipeline = a\n[pipeline:q]\npipeline = b a\n[app:a]\nuse = call:m:f\n",
         [("m:f", "/x", "")]),
    ],
)  # fmt: skip
def test_files_of_all_sorts(text: str, found: list[tuple[str, str, str]]) -> None:
    assert [(each.handler, each.path, each.guard) for each in read_paste(text, "paste.ini")] == found
