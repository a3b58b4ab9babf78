"""Who may call an endpoint: small programs in, required or open out, one for each way of asking and of not asking."""

from __future__ import annotations

import pytest

from tmscan.scan import scan_sources

FLASK = (
    "from functools import wraps\n"
    "from flask import Flask, abort, g, redirect, request, session, url_for\n"
    "from flask_login import current_user\n"
    "app = Flask(__name__)\n"
)
FASTAPI = (
    "from typing import Annotated\n"
    "from fastapi import Depends, FastAPI, Header, HTTPException, Request\n"
    "from fastapi.security import HTTPBearer\n"
    "app = FastAPI()\n"
)
DRF = (
    "from django.urls import path\n"
    "from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission, IsAuthenticated, IsAdminUser\n"
    "from rest_framework.views import APIView\n"
)

CASES = {
    "a decorator that asks": (
        FLASK
        + "def members(f):\n    @wraps(f)\n    def inner(*a, **k):\n        if not current_user.is_authenticated:\n"
        "            abort(401)\n        return f(*a, **k)\n    return inner\n"
        "@app.get('/a')\n@members\ndef a():\n    return ''\n",
        {"/a": True},
    ),
    "a decorator that looks at a switch": (
        FLASK
        + "def enabled(f):\n    @wraps(f)\n    def inner(*a, **k):\n        if not app.config['FEATURE']:\n"
        "            abort(403)\n        return f(*a, **k)\n    return inner\n"
        "@app.get('/a')\n@enabled\ndef a():\n    return ''\n",
        {"/a": False},
    ),
    "a wrong password": (
        FLASK
        + "@app.post('/login')\ndef login():\n    if not check_password(request.form['password']):\n"
        "        abort(401)\n"
        "    return ''\n",
        {"/login": False},
    ),
    "sent to the login after registering": (
        FLASK
        + "@app.route('/register', methods=['POST'])\ndef register():\n    if save(request.form):\n"
        "        return redirect(url_for('login'))\n    return ''\n",
        {"/register": False},
    ),
    "a hook with endpoints that pass": (
        FLASK
        + "PUBLIC = ('b',)\n@app.before_request\ndef ask():\n    if request.endpoint in PUBLIC:\n        return\n"
        "    if not session.get('user'):\n        abort(401)\n"
        "@app.get('/a')\ndef a():\n    return ''\n@app.get('/b')\ndef b():\n    return ''\n",
        {"/a": True, "/b": False},
    ),
    "a hook with a path that passes": (
        FLASK
        + "@app.before_request\ndef ask():\n    if not request.path.startswith('/open'):\n"
        "        if 'user' not in session:\n            return redirect('/login')\n"
        "@app.get('/a')\ndef a():\n    return ''\n@app.get('/open/b')\ndef b():\n    return ''\n",
        {"/a": True, "/open/b": False},
    ),
    "a hook that asks the view for a mark": (
        FLASK
        + "def public(f):\n    f.is_public = True\n    return f\n@app.before_request\ndef ask():\n"
        "    view = app.view_functions[request.endpoint]\n    if getattr(view, 'is_public', False):\n        return\n"
        "    if not current_user.is_authenticated:\n        abort(401)\n"
        "@app.get('/a')\ndef a():\n    return ''\n@app.get('/b')\n@public\ndef b():\n    return ''\n",
        {"/a": True, "/b": False},
    ),
    "dependencies, nested, by alias, and with a scheme that does not refuse": (
        FASTAPI
        + "def token(authorization: str = Header()):\n    return authorization\n"
        "def user(key: Annotated[str, Depends(token)]):\n    if key != 'k':\n        raise HTTPException(401)\n"
        "def admin(who=Depends(user)):\n    return who\nAdmin = Annotated[str, Depends(admin)]\n"
        "@app.get('/a')\ndef a(who: Admin):\n    return ''\n"
        "@app.get('/b', dependencies=[Depends(HTTPBearer())])\ndef b():\n    return ''\n"
        "@app.get('/c')\ndef c(who=Depends(HTTPBearer(auto_error=False))):\n    return ''\n",
        {"/a": True, "/b": True, "/c": False},
    ),
    "middleware with a path that passes": (
        FASTAPI
        + "@app.middleware('http')\nasync def ask(request: Request, call_next):\n"
        "    if request.url.path.endswith('health'):\n        return await call_next(request)\n"
        "    if request.headers.get('Authorization') != 'k':\n        raise HTTPException(401)\n"
        "    return await call_next(request)\n"
        "@app.get('/a')\ndef a():\n    return ''\n@app.get('/health')\ndef b():\n    return ''\n",
        {"/a": True, "/health": False},
    ),
    "permission classes": (
        DRF
        + "class ReadOnly(BasePermission):\n    def has_permission(self, request, view):\n"
        "        return request.method in SAFE_METHODS\n"
        "class A(APIView):\n    permission_classes = [IsAuthenticated]\n    def get(self, request): ...\n"
        "class B(APIView):\n    permission_classes = [ReadOnly]\n    def get(self, request): ...\n"
        "    def post(self, request): ...\n"
        "class C(APIView):\n    permission_classes = [IsAdminUser | ReadOnly]\n    def get(self, request): ...\n"
        "    def post(self, request): ...\n"
        "class D(APIView):\n    permission_classes = [AllowAny]\n    def get(self, request): ...\n"
        "urlpatterns = [path('a', A.as_view()), path('b', B.as_view()), "
        "path('c', C.as_view()), path('d', D.as_view())]\n",
        {"/a": True, "GET /b": False, "POST /b": True, "GET /c": False, "POST /c": True, "/d": False},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_who_may_call(case: str) -> None:
    code, expected = CASES[case]
    endpoints = scan_sources({"main.py": code.encode()}).inventory.endpoints
    found: dict[str, bool | None] = {}
    for endpoint in endpoints:
        found[endpoint.path] = endpoint.auth.required
        found |= {f"{method} {endpoint.path}": endpoint.auth.required for method in endpoint.methods}
    assert {key: found.get(key, "missing") for key in expected} == expected


def test_a_guard_has_the_name_of_its_decorator_and_its_roles() -> None:
    code = (
        FLASK + "def role_required(role):\n    def decorate(f):\n        @wraps(f)\n        def wrapper(*a, **k):\n"
        "            if role not in current_user.roles:\n                abort(403)\n            return f(*a, **k)\n"
        "        return wrapper\n    return decorate\n"
        "@app.get('/a')\n@role_required('editor')\ndef a():\n    return ''\n"
    )
    endpoint = scan_sources({"main.py": code.encode()}).inventory.endpoints[0]
    assert [(guard.name, guard.kind, guard.roles) for guard in endpoint.guards] == [
        ("role_required", "authorization", ("editor",))
    ]


PARAMETERS = {
    "a body that reads": (
        FLASK + "@app.post('/a/<int:n>')\ndef a(n):\n    return other(request.args.get('q'), request.form['x'])\n"
        "def other(*a):\n    return request.cookies.get('c')\n",
        {"path n", "query q", "form x", "cookie c"},
    ),
    "a model and a class": (
        FASTAPI + "from pydantic import BaseModel\nclass Note(BaseModel):\n    title: str\n    text: str = ''\n"
        "class Page:\n    def __init__(self, offset: int = 0):\n        self.offset = offset\n"
        "@app.post('/a')\ndef a(note: Note, page: Annotated[Page, Depends()], x_key: Annotated[str, Header()]):\n"
        "    return note\n",
        {"json title", "json text", "query offset", "header x-key"},
    ),
}


@pytest.mark.parametrize("case", PARAMETERS)
def test_parameters(case: str) -> None:
    code, expected = PARAMETERS[case]
    endpoint = scan_sources({"main.py": code.encode()}).inventory.endpoints[0]
    assert {f"{one.place} {one.name}" for one in endpoint.parameters} == expected
