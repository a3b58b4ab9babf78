"""Library files: what loads, what is refused and with which words, and how rows are found by path."""

import time
from typing import get_args

import pytest

from tmscan.errors import TmscanError
from tmscan.libraries.index import index
from tmscan.libraries.load import catalogue_digest, catalogue_from_bytes, catalogue_to_bytes, load_catalogue
from tmscan.libraries.terms import CallDoes
from tmscan.program.standard.calls import OUTCOMES

HEAD = "library: {name}\ndocs: https://example.org\nrole: other\n"


def write(folder, name, body):
    (folder / f"{name}.yaml").write_text(HEAD.format(name=name) + body)
    return folder


@pytest.fixture(scope="module")
def builtin():
    return load_catalogue()


def test_every_outcome_of_a_call_that_rows_may_name_is_modelled():
    # What descriptors hold is no outcome of a call: the vocabulary reads it.
    elsewhere = {does for does in get_args(CallDoes) if does.startswith("holds")}
    assert set(get_args(CallDoes)) - elsewhere == set(OUTCOMES)


def test_chains_collapse_to_short_names(tmp_path):
    write(
        tmp_path,
        "orm_x",
        """
names:
  Query: [orm_x.Model.objects, "Query.{filter,all}()"]
effects:
  - {call: Query.count, does: access, operation: read, entity: receiver, engine: any, kind: sql}
""",
    )
    catalogue = load_catalogue([tmp_path])
    assert catalogue.aliases["orm_x.Model.objects"] == "orm_x:Query"
    assert catalogue.aliases["orm_x:Query.filter()"] == "orm_x:Query"
    assert "orm_x:Query.count" in index(catalogue).effects


def test_a_protocol_gives_its_rows_to_those_that_follow_it(tmp_path):
    write(tmp_path, "some_driver", "like: pep249\nstore: {kind: sql, engine: somesql}\n")
    found = index(load_catalogue([tmp_path]))
    (known,) = found.effects["some_driver:Cursor.execute"]
    assert (known.row.does, known.row.also, known.row.engine, known.row.kind) == ("access", ("sql",), "somesql", "sql")
    (store,) = found.stores["some_driver.connect"]
    assert (store.row.kind, store.row.engine) == ("sql", "somesql")


def test_a_name_may_be_added_to_another_library(tmp_path):
    write(tmp_path, "own_requests", 'names: {"requests:Session": [own_requests.make()]}\n')
    assert load_catalogue([tmp_path]).aliases["own_requests.make()"] == "requests:Session"


def test_modules_are_paired_with_their_distributions(tmp_path):
    write(tmp_path, "x_lib", "pypi: [x-lib, django-guard, PyZed, W]\nimports: [x_lib, guard, zed, {v: W}, json]\n")
    found = index(load_catalogue([tmp_path])).distributions
    assert [found[name] for name in ("x_lib", "guard", "zed", "v")] == [
        ("x-lib",),
        ("django-guard",),
        ("PyZed",),
        ("W",),
    ]
    assert "json" not in found


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("effcts: []\n", 4, "unknown key `effcts` in a library file; did you mean `effects` or `objects`?"),
        ("effects:\n  - {call: x_lib.f, does: sqll}\n", 5, "unknown effect `sqll`; did you mean `sql`"),
        ("effects:\n  - {call: x_lib.f, does: sql, argumnt: 0}\n", 5, "did you mean `argument`"),
        ("effects:\n  - {does: sql}\n", 5, "needs exactly one of: call"),
        ("effects:\n  - {call: x_lib.f}\n", 5, "needs `does`"),
        ("effects: {call: x_lib.f}\n", 4, "`effects` must be a list"),
        ("effects:\n  - {call: 'x_lib..f', does: sql}\n", 5, "bad path"),
        ("effects:\n  - {call: Sesion.f, does: sql}\n", 5, "neither a short name nor a known module"),
        ("guards:\n  - {name: x_lib.g, kind: authentification}\n", 5, "did you mean `authentication`"),
        ("inputs:\n  - {read: x_lib.g, from: frm}\n", 5, "did you mean `form`"),
        ("settings:\n  - {key: A, meaning: secrets}\n", 5, "did you mean `secret`?"),
        ("routers:\n  - {create: x_lib.App, root: 1}\n", 5, "`true` or `false`"),
        ("endpoints:\n  - {decorated: x_lib.g, path: 0, syntax: falsk}\n", 5, "did you mean `flask`"),
        ("calls:\n  - {call: x_lib.g, does: inject}\n", 5, "did you mean `injects`"),
        ("like: pep294\n", 1, "did you mean `pep249`?"),
        ("names: {app: x_lib.f()}\n", 4, "must be a capitalised name"),
        ("names: {'requests:Sesion': x_lib.f()}\n", 1, "did you mean `Session`?"),
        ("names:\n  A: [x_lib.f()]\n  B: [x_lib.f()]\n", 5, "is named both"),
        ("store: {kind: sqll, engine: x}\n", 4, "did you mean `sql`"),
        ("docs: twice\n", 4, "`docs` stands twice"),
        ("effects: [\n", 5, "not valid YAML"),
    ],
)
def test_mistakes_have_a_place_and_a_hint(tmp_path, body, line, words):
    write(tmp_path, "x_lib", body)
    with pytest.raises(TmscanError) as caught:
        load_catalogue([tmp_path])
    assert f"x_lib.yaml:{line}: " in str(caught.value)
    assert words in str(caught.value)


def test_all_mistakes_are_reported_at_once(tmp_path):
    write(tmp_path, "x_lib", "effects:\n  - {call: x_lib.f, does: nothing}\n  - {call: x_lib.g, odes: sql}\n")
    with pytest.raises(TmscanError) as caught:
        load_catalogue([tmp_path])
    assert len(str(caught.value).splitlines()) >= 2


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("requests", HEAD.format(name="requests"), "is already described in"),
        ("other", HEAD.format(name="another"), "`library: other` is wanted"),
        ("empty", "", "the file is empty"),
        ("bare", "library: bare\n", "needs `docs:`"),
    ],
)
def test_files_that_cannot_stand(tmp_path, name, text, words):
    (tmp_path / f"{name}.yaml").write_text(text)
    with pytest.raises(TmscanError, match=words):
        load_catalogue([tmp_path])


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(TmscanError, match="no such folder"):
        load_catalogue([tmp_path / "nowhere"])


def test_a_stored_catalogue_is_the_same(builtin):
    assert catalogue_from_bytes(catalogue_to_bytes(builtin)) == builtin
    assert catalogue_from_bytes(b"\x93nonsense") is None
    assert catalogue_digest() == builtin.digest


def test_the_digest_changes_with_any_file(tmp_path, builtin):
    write(tmp_path, "x_lib", "")
    assert catalogue_digest([tmp_path]) != builtin.digest


def test_tails_hold_the_last_name_of_every_path(builtin):
    found = index(builtin)
    assert {"execute", "connect", "Session", "Popen"} <= found.tails
    assert "" not in found.tails


def test_reading_a_stored_catalogue_is_quick(builtin):
    """Processor time, the best of five: a busy machine must not make this fail."""
    stored = catalogue_to_bytes(builtin)
    times = []
    for _ in range(5):
        start = time.process_time()
        catalogue = catalogue_from_bytes(stored)
        assert catalogue is not None
        index(catalogue)
        times.append(time.process_time() - start)
    assert min(times) < 0.2
