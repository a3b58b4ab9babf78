"""Settings that are given under a condition: a small program in, the level of the finding on it out."""

from __future__ import annotations

import pytest

from tmscan.scan import scan_sources

START = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"
CASES = {
    "whenever the file is run": ("if __name__ == '__main__':\n    app.run('0.0.0.0', debug=True)\n", "error"),
    "where the environment says so": ("if os.environ.get('DEV'):\n    app.run('0.0.0.0', debug=True)\n", "warning"),
    "for this machine only": ("app.run(host='127.0.0.1', debug=True)\n", "warning"),
    "for this machine only unless told": ("app.run(debug=True)\n", "warning"),
    "for a machine that a setting names": ("app.run(os.environ['BIND'], debug=True)\n", "error"),
    "set where an option says so": ("if os.environ.get('DEVELOPING'):\n    app.config['DEBUG'] = True\n", "warning"),
    "set": ("if __name__ == '__main__':\n    app.config['DEBUG'] = True\n", "error"),
    "in a function": ("def start():\n    app.run('0.0.0.0', debug=True)\n", "error"),
    "in a branch of a function": (
        "def start(fast):\n    if fast:\n        app.run('0.0.0.0', debug=True)\n",
        "warning",
    ),
}


CLASSES = """
class Common:
    DEBUG = True
class Developing(Common):
    pass
class Testing(Common):
    DEBUG = True
class Serving(Common):
    DEBUG = False
"""


SECRETS = {
    "settings.py": "error",
    "site/settings/unittests.py": "warning",
    "configs/test.py": "warning",
    "site/configuration_testing.py": "warning",
}


@pytest.mark.parametrize("path", SECRETS)
def test_a_secret_in_a_file_for_tests_is_a_warning(path: str) -> None:
    findings = scan_sources({path: b"import flask\nSECRET_KEY = 'correct horse battery'\n"}).register.findings
    assert [each.level for each in findings if each.rule == "hard-coded-secret"] == [SECRETS[path]]


def test_an_option_that_a_branch_sets_is_not_certain() -> None:
    code = "import requests\ndef ask(lax):\n    more = {}\n%s    return requests.get('https://a.example', **more)\n"
    cases = {"    if lax:\n        more['verify'] = False\n": 0, "    more['verify'] = False\n": 1}
    session = "    made = requests.Session()\n    if lax:\n        made.verify = False\n"
    for lines, count in cases.items():
        findings = scan_sources({"app.py": (code % lines).encode()}).register.findings
        assert len([each for each in findings if each.rule == "tls-verification-off"]) == count
    findings = scan_sources({"app.py": (code % session).replace("requests.get", "made.get").encode()}).register.findings
    assert not [each for each in findings if each.rule == "tls-verification-off"]


def test_a_secret_that_another_file_replaces_is_a_warning() -> None:
    base = b"import flask\nSECRET_KEY = 'correct horse battery'\n"
    for other, level in ((b"open('key').read()", "warning"), (b"'another horse battery'", "error")):
        files = {"site/base.py": base, "site/prod.py": b"from site.base import *\nSECRET_KEY = " + other + b"\n"}
        findings = scan_sources(files).register.findings
        assert level in [each.level for each in findings if each.location.file == "site/base.py"]


def test_a_debug_switch_that_the_settings_beside_it_turn_off_is_a_warning() -> None:
    for other, level in ((b"DEBUG = False\n", "warning"), (b"NAME = 'site'\n", "error")):
        files = {"site/defaults.py": b"import flask\nDEBUG = True\n", "site/production.py": b"import flask\n" + other}
        findings = scan_sources(files).register.findings
        assert [each.level for each in findings if each.rule == "debug-mode"] == [level]


def test_a_call_that_a_helper_makes_to_many_hosts_is_one_finding() -> None:
    code = "import requests\ndef get(url, **more):\n    return requests.get(url, **more)\n"
    for number in range(4):
        code += f"get('https://h{number}.example', verify=False)\n"
    found = [each for each in scan_sources({"app.py": code.encode()}).register.findings if each.rule.startswith("tls")]
    assert [each.message.rpartition("host: ")[2] for each in found] == ["h0.example, and 3 more"]


def test_what_a_module_insists_on_is_there_where_the_program_runs() -> None:
    code = (
        f"{START}for name in ['HOST']:\n    if not hasattr(None, name):\n        raise ValueError(name)\nDEBUG = True\n"
    )
    findings = scan_sources({"settings.py": code.encode()}).register.findings
    assert [each.location.line for each in findings if each.rule == "debug-mode"] == [7]


def test_of_classes_of_settings_the_one_in_use_counts() -> None:
    for used, lines in (("Developing", {6: "error", 10: "warning"}), ("Serving", {6: "warning", 10: "warning"})):
        code = f"{START}{CLASSES}app.config.from_object({used})\n"
        findings = scan_sources({"app.py": code.encode()}).register.findings
        assert {each.location.line: each.level for each in findings if each.rule == "debug-mode"} == lines


@pytest.mark.parametrize("case", CASES)
def test_a_switch_under_a_condition_is_a_warning(case: str) -> None:
    code, level = CASES[case]
    findings = scan_sources({"app.py": (START + code).encode()}).register.findings
    assert [finding.level for finding in findings if finding.rule == "debug-mode"] == [level]
