"""The grammar of access paths, as tables."""

import pytest

from tmscan.libraries.paths import PathError, canonical, expand, last_name, split

ALIASES = {
    "requests.Session()": "requests:Session",
    "app.db.Model.objects": "orm:Query",
    "orm:Query.filter()": "orm:Query",
    "orm:Query[]": "orm:Row",
}


@pytest.mark.parametrize(
    ("written", "concrete"),
    [
        ("flask.Flask().route", ("flask.Flask().route",)),
        ("App.{get,post}", ("App.get", "App.post")),
        ("pkg{,.sub}.{A, B}()", ("pkg.A()", "pkg.B()", "pkg.sub.A()", "pkg.sub.B()")),
        ("X[]().y", ("X[]().y",)),
        ("{a.b{,.c},d}.E", ("a.b.E", "d.E", "a.b.c.E")),
        ("google-cloud:Bucket.blob()", ("google-cloud:Bucket.blob()",)),
        ("<module>.connect()", ("<module>.connect()",)),
    ],
)
def test_expand(written, concrete):
    assert expand(written) == concrete


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("", 1),
        (".x", 1),
        ("a..b", 2),
        ("a.b(", 4),
        ("a.b()c", 6),
        ("a.{b", 2),
        ("a.b}", 4),
        ("a.**", 4),
    ],
)
def test_bad_paths_say_where(written, column):
    with pytest.raises(PathError) as caught:
        expand(written)
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("requests.Session().get", "requests:Session.get"),
        ("app.db.Model.objects.filter().filter().count", "orm:Query.count"),
        ("app.db.Model.objects.filter()[].name", "orm:Row.name"),
        ("os.system", "os.system"),
        ("orm:Query", "orm:Query"),
    ],
)
def test_canonical(path, short):
    assert canonical(path, ALIASES) == short


def test_the_key_of_an_alias_keeps_its_last_step():
    assert canonical("app.db.Model.objects.filter()", ALIASES, whole=False) == "orm:Query.filter()"


def test_split_and_last_name():
    assert split("a.b()[].c") == ("a", (".b", "()", "[]", ".c"))
    assert split("http.client:Connection.get") == ("http.client:Connection", (".get",))
    assert [last_name(path) for path in ("a.b()", "a.b[]", "x:Y.z", "x:Y()", "open")] == ["b", "b", "z", "", "open"]
