"""Traces: the way from an input to a sink in steps, through calls up and down, with the checks that do not help."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from tmscan.scan import ScanOptions, scan_sources
from tmscan.threats.types import Finding

VIEWS = """
    from flask import Flask, request, abort
    import files
    app = Flask(__name__)
    @app.get("/download")
    def download():
        name = asked()
        if not name.startswith("/srv/data"):
            abort(404)
        files.verify(name)
        return files.read(name)
    def asked():
        return request.args.get("name")
"""
FILES = """
    import os
    def verify(path):
        if path.endswith(".exe"):
            raise ValueError(path)
    def read(path):
        full = os.path.normpath(path)
        return load(full)
    def load(place):
        with open(place) as file:
            return file.read()
"""


ASKED = ("check", "doubt")
HOUSE = """
library: house
docs: https://house.example
role: web framework
inputs:
  - {read: "house.asked()", from: query}
effects:
  - {call: house.run, argument: [0], does: command}
sanitizers:
  - {call: house.clean, for: [command]}
"""


def finding(rule: str, **files: str) -> Finding:
    contents = {f"{name}.py": dedent(text).lstrip().encode() for name, text in files.items()}
    return next(each for each in scan_sources(contents).register.findings if each.rule == rule)


def test_a_trace_goes_through_every_function_in_order() -> None:
    steps = finding("path-from-input", views=VIEWS, files=FILES).trace
    assert [(step.kind, f"{step.location.file}:{step.location.line}") for step in steps if step.kind not in ASKED] == [
        ("source", "views.py:12"),
        ("return", "views.py:6"),
        ("call", "views.py:10"),
        ("change", "files.py:6"),
        ("call", "files.py:7"),
        ("sink", "files.py:9"),
    ]
    assert [step.text for step in steps if step.kind == "call"] == [
        "goes into read() as `path`",
        "goes into load() as `place`",
    ]


def test_checks_that_do_not_help_are_named_with_the_reason() -> None:
    steps = finding("path-from-input", views=VIEWS, files=FILES).trace
    checks = {f"{step.location.file}:{step.location.line}": step.text for step in steps if step.kind == "check"}
    assert list(checks) == ["views.py:9", "files.py:3", "views.py:7"]
    assert "verify() looks at it and can refuse it, but what it asks does not make" in checks["views.py:9"]
    assert "startswith() looks at name" in checks["views.py:7"]


def test_sources_sinks_and_sanitizers_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text(HOUSE)
    code = b"from flask import Flask, request\nimport house\napp = Flask(__name__)\n"
    code += b"@app.get('/a')\ndef a():\n    house.run(house.asked())\n    house.run(house.clean(house.asked()))\n"
    found = scan_sources({"app.py": code}, ScanOptions(libraries=(tmp_path,))).register.findings
    assert [each.location.line for each in found if each.rule == "command-from-input"] == [6]


def test_functions_of_the_program_can_be_declared_in_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text(HOUSE)
    house = b"def asked():\n    return read()\ndef run(text):\n    send(text)\ndef clean(text):\n    return text\n"
    code = b"from flask import Flask\nimport house\napp = Flask(__name__)\n"
    code += b"@app.get('/a')\ndef a():\n    house.run(house.asked())\n    house.run(house.clean(house.asked()))\n"
    found = scan_sources({"app.py": code, "house.py": house}, ScanOptions(libraries=(tmp_path,))).register.findings
    assert [each.location.line for each in found if each.rule == "command-from-input"] == [6]


def test_data_that_lies_in_an_object_is_followed_through_its_methods() -> None:
    code = """
        from flask import Flask, request
        import subprocess
        app = Flask(__name__)
        class Job:
            def __init__(self, command):
                self.command = command
            def run(self):
                subprocess.run(self.command, shell=True)
        @app.post("/run")
        def run():
            job = Job(request.form["command"])
            job.run()
    """
    steps = finding("command-from-input", app=code).trace
    assert [step.location.line for step in steps] == [11, 12, 8]


def test_each_input_has_a_way_of_its_own() -> None:
    code = """
        from flask import Flask, request
        import subprocess
        app = Flask(__name__)
        def run(command):
            subprocess.run(command, shell=True)
        @app.post("/one")
        def one():
            run(request.args["command"])
        @app.post("/two")
        def two():
            run(request.cookies["command"])
    """
    found = finding("command-from-input", app=code)
    assert [[step.location.line for step in way] for way in (found.trace, *found.others)] == [[8, 8, 5], [11, 11, 5]]


def test_a_name_from_a_request_leads_to_the_methods_that_it_can_mean() -> None:
    code = """
        from flask import Flask, request
        import subprocess
        app = Flask(__name__)
        class Jobs:
            def do_run(self, command):
                subprocess.run(command, shell=True)
        @app.post("/run")
        def run():
            return getattr(Jobs(), "do_" + request.args["name"])(request.form["command"])
    """
    assert [step.location.line for step in finding("command-from-input", app=code).trace] == [9, 9, 6]


def test_what_no_calls_connect_is_not_believed() -> None:
    code = """
        from flask import Flask, request
        import subprocess
        app = Flask(__name__)
        shared = {}
        @app.post("/keep")
        def keep():
            shared["command"] = request.form["command"]
        def nightly():
            subprocess.run(shared["command"], shell=True)
    """
    contents = {"app.py": dedent(code).lstrip().encode()}
    found = scan_sources(contents)
    assert all(each.rule != "command-from-input" for each in found.register.findings)
    assert all(not sink.inputs for sink in found.inventory.sinks)


JUDGED = """
    from flask import Flask, request, abort
    import os, re, sqlite3, yaml
    from pathlib import Path
    from house import NoteForm, allows, details, look_up
    app = Flask(__name__)
    FOLDER = os.environ["FOLDER"]
    def verify(name):
        if not acceptable(name):
            raise ValueError(name)
    def acceptable(name):
        return allows(name)
    @app.get("/seen")
    def seen():
        name = request.args["name"]
        if not name.startswith("a"):
            abort(404)
        os.remove(os.path.join(FOLDER, name))  # error
    @app.get("/verified")
    def verified():
        name = request.args["name"]
        verify(name)
        os.remove(os.path.join(FOLDER, name))  # warning
    @app.get("/listed")
    def listed():
        name = request.args["name"]
        if name not in request.form.getlist("names"):
            name = "default"
        os.remove(os.path.join(FOLDER, name))  # warning
        if name in app.config["NAMES"] or name in yaml.safe_load(open("names.yaml")):
            os.remove(os.path.join(FOLDER, name))
    @app.get("/looked-up")
    def looked_up():
        os.remove(os.path.join(FOLDER, look_up(request.args["name"])))  # warning
    @app.get("/known")
    def known():
        name = request.args["name"]
        note = look_up(name)
        if note is None:
            return ""
        os.remove(os.path.join(FOLDER, name))  # warning
    @app.get("/named")
    def named():
        name = os.path.join(FOLDER, request.args["name"])
        if name:
            os.remove(name)  # error
    @app.get("/row")
    def row():
        rows = sqlite3.connect("notes.db").execute("SELECT file FROM notes WHERE name = ?", [request.args["name"]])
        os.remove(os.path.join(FOLDER, rows.fetchone()[0]))  # warning
    @app.get("/there")
    def there():
        return str(Path(request.args["name"]).exists())  # warning
    @app.get("/again")
    def again():
        if not allows(request.args["name"]):
            abort(404)
        name = request.args["name"]
        os.remove(os.path.join(FOLDER, name))  # warning
    @app.get("/other")
    def other():
        if not allows(request.args["other"]):
            abort(404)
        name = request.args["name"]
        os.remove(os.path.join(FOLDER, name))  # error
    @app.post("/form")
    def form():
        if not NoteForm(request.form).validate():
            abort(404)
        os.remove(os.path.join(FOLDER, request.form["name"]))  # error
    @app.post("/forms")
    def forms():
        form = NoteForm(request.form)
        if not form.validate():
            abort(404)
        os.remove(os.path.join(FOLDER, request.form["name"]))  # warning
    @app.get("/shared")
    def shared():
        notes = Notes(request.args["name"])
        notes.remove()
    class Notes:
        def __init__(self, name):
            self.name = name
        def remove(self):
            os.remove(os.path.join(FOLDER, self.name))  # error
    @app.get("/matched")
    def matched():
        found = re.match(request.args["pattern"], os.environ["NAMES"])
        os.remove(os.path.join(FOLDER, found.group(0)))
    @app.get("/updated")
    def updated():
        fields = {"size": 0}
        fields.update(details(request.args["name"]))
        os.remove(os.path.join(FOLDER, fields["file"]))  # warning
"""


def test_an_error_has_a_way_that_leaves_no_doubt() -> None:
    """What a check that nobody can judge, an allow list from elsewhere or an unknown call lies behind is a warning."""
    contents = {"app.py": dedent(JUDGED).lstrip().encode()}
    found = [each for each in scan_sources(contents).register.findings if each.rule == "path-from-input"]
    lines = dedent(JUDGED).lstrip().splitlines()
    expected = {number: line.rpartition("# ")[2] for number, line in enumerate(lines, 1) if "  # " in line}
    assert {each.location.line: each.level for each in found} == expected
    assert {each.confidence for each in found if each.level == "warning"} == {"medium"}


FAR = """
    from flask import Flask, request
    app = Flask(__name__)
    def load(place):
        return open(place).read()
    def read(name):
        return load(name)
    def take(word):
        return read(word)
    @app.get("/near")
    def near():
        return load(request.args["near"])
    @app.get("/far")
    def far():
        return take(request.args["far"])
"""


def test_a_path_that_goes_far_is_a_warning_unless_a_shorter_way_is_seen() -> None:
    """`sure-within` in the rule: the more functions data goes through, the more of them may have checked it."""
    both = dedent(FAR).lstrip()
    far = both.replace('return load(request.args["near"])', 'return "nothing"')
    for text, level in ((both, "error"), (far, "warning")):
        found = scan_sources({"app.py": text.encode()}).register.findings
        assert [each.level for each in found if each.rule == "path-from-input"] == [level]


OUTSIDE = """
    import httpx
    from flask import Flask, request
    app = Flask(__name__)
    class Careful(httpx.HTTPTransport):
        def handle_request(self, asked):
            if asked.url.host == "localhost":
                raise ValueError
            return super().handle_request(asked)
    def fetch(place):
        return httpx.get(place).text
    @app.get("/plain")
    def plain():
        return httpx.Client().get(request.args["url"]).text
    @app.get("/careful")
    def careful():
        with httpx.Client(transport=Careful()) as client:
            return client.get(request.args["url"]).text
"""


def test_an_address_that_a_class_of_the_program_connects_to_is_a_warning() -> None:
    found = scan_sources({"app.py": dedent(OUTSIDE).lstrip().encode()}).register.findings
    assert [each.level for each in found if each.rule == "url-from-input"] == ["error", "warning"]


def test_what_many_callers_put_behind_a_host_decides_no_address() -> None:
    """What runs once for all its callers sees no texts: they say where their data stands in what they hand over."""
    view = '@app.get("/{0}")\ndef view{0}():\n    return fetch(app.config["BASE"] + "/{0}/" + request.args["name"])\n'
    code = dedent(OUTSIDE).lstrip().partition('@app.get("/plain")')[0] + "".join(map(view.format, range(40)))
    for more, count in (("", 0), ("@app.get('/x')\ndef x():\n    return fetch(request.args['url'])\n", 1)):
        found = scan_sources({"app.py": (code + more).encode()}).register.findings
        assert len([each for each in found if each.rule == "url-from-input"]) == count


SHARED = """
    from flask import Flask, request
    import sqlite3
    app = Flask(__name__)
    def run(query, values):
        return sqlite3.connect("notes.db").execute(query, values)
    def select(query, values):
        return run(query, values)
    def sort(query):
        return limit(query + " ORDER BY size")
    def limit(query):
        return run(query + " LIMIT 1", ())
"""
VIEW = """
    @app.get("/{0}")
    def view{0}():
        name = request.args["name"]
        select("SELECT {0} FROM notes WHERE name = ?", [name])
        return str(sort("SELECT {0} FROM notes GROUP BY " + name))
"""


def test_a_way_goes_on_as_the_argument_that_the_data_came_in_as() -> None:
    """What runs once for all its callers mixes what they give: the shortest way would lead through the values."""
    code = dedent(SHARED).lstrip() + "".join(dedent(VIEW.format(number)) for number in range(40))
    found = [each for each in scan_sources({"app.py": code.encode()}).register.findings if "sql-built" in each.rule]
    ways = [way for each in found for way in (each.trace, *each.others)]
    assert {each.level for each in found} == {"error"}
    calls = [[step.text for step in way if step.kind == "call"] for way in ways]
    assert calls and all(
        way == [f"goes into {name}() as `query`" for name in ("sort", "limit", "run")] for way in calls
    )
