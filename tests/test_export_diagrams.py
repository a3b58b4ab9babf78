"""DOT, Mermaid and pictures: what they say, what hostile names do to them, and where things stand in the drawing."""

from __future__ import annotations

import builtins
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Mapping

import pytest
from dfd_inventories import HOSTILE, at, endpoint, large, shop

from tmscan.dfd.model import build_model
from tmscan.dfd.names import plain
from tmscan.dfd.strands import chain
from tmscan.dfd.types import Boundary, Diagram, Element, Flow
from tmscan.errors import TmscanError
from tmscan.export.dot import to_dot
from tmscan.export.mermaid import to_mermaid
from tmscan.export.picture import render
from tmscan.inventory.types import Inventory, Store

DIAGRAMS = [
    pytest.param(one, id=f"{inv.name}-{one.id}") for inv in (shop(), large()) for one in build_model(inv).diagrams
]


def hostile(name: str) -> Diagram:
    """A diagram in which every text that comes from code is the given one."""
    boundary = Boundary(f"b {name}", name, "application", "", name)
    elements = tuple(
        Element(f"{kind} {name}", kind, name, name, boundary.id, description=name)
        for kind in ("process", "store", "library", "entity")
    )
    process, store, *_ = elements
    flow = Flow(f"f {name}", process.id, store.id, name)
    return Diagram("hostile", name, "application", elements, (flow,), (boundary,), notes=(name,))


def shop_application() -> Diagram:
    return build_model(shop()).diagrams[1]


def test_dot_says_what_the_diagram_says() -> None:
    text = to_dot(shop_application(), "v1.2")
    assert text.startswith("digraph tmscan {\n  graph [rankdir=LR")
    assert "<B>shop: application (v1.2)</B>" in text
    assert 'id="store' not in text
    assert "shape=cylinder" in text
    assert re.search(r"n1 -> n5 \[label=<GET/POST /login<BR/>open> color=\"#c0262d\"", text), "unguarded is red"
    assert re.search(r"n4 -> n7 \[label=<reads products> .* dir=back", text), "a read points out of the store"


def test_mermaid_says_what_the_diagram_says() -> None:
    text = to_mermaid(shop_application(), "v1.2")
    assert 'title: "shop: application (v1.2)"' in text
    assert '    n5("login<br/>flask: 3 endpoints")' in text
    assert '    n8[("users<br/>postgresql")]' in text
    assert '      n3[["reportlab 4.0.9<br/>document"]]' in text
    assert '  n1 ==>|"GET/POST /login<br/>open"| n5' in text
    assert '  n5 <===>|"reads users"| n8' in text
    assert "  linkStyle 3 stroke:#c0262d,color:#c0262d" in text
    assert "  linkStyle 7,8 stroke:#333333,marker-end:none" in text, "no head at a store that is only read"
    assert text.count("subgraph ") == text.count("    end\n") + text.count("\n  end\n") == 5


@pytest.mark.parametrize("one", DIAGRAMS)
def test_same_diagram_same_bytes(one: Diagram) -> None:
    assert to_dot(one) == to_dot(one)
    assert to_mermaid(one) == to_mermaid(one)
    assert len(to_mermaid(one)) < 50_000


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_data_in_mermaid(name: str) -> None:
    """Outside quotes only our own words stand, and inside quotes only letters, a few signs and entity codes."""
    calm, wild = to_mermaid(hostile("calm")), to_mermaid(hostile(name))
    labels = re.compile(r'"[^"\n]*"')
    assert labels.sub('""', wild) == labels.sub('""', calm) or len(wild.splitlines()) == len(calm.splitlines())
    for label in labels.findall(wild.partition("flowchart")[2]):
        assert re.fullmatch(r'"(?:[^\W_]|[ ,.:/\-_+()=…“”]|#\d+;|<br/>)*"', label), label
    bare = labels.sub("", wild.partition("flowchart")[2])
    assert set(bare) <= set(labels.sub("", calm)) | set("0123456789")


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_data_in_dot_and_svg(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pygraphviz", reason="the extra `diagram` is not installed")
    picture = render(hostile(name), "svg").decode("utf-8")
    assert "rror" not in capfd.readouterr().err, "Graphviz reports broken labels there only"
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own output
    text = [" ".join("".join(node.itertext()).split()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    shown = plain(name)
    whole = "".join(text).replace(" ", "")
    assert whole.count(shown.replace(" ", "")) >= (8 if shown else 0), (
        "title, note, boundary, four elements twice, arrow"
    )
    tags = {node.tag.rpartition("}")[2] for node in root.iter()}
    assert tags <= {"svg", "g", "title", "text", "polygon", "path", "polyline", "ellipse", "a"}
    assert not any(
        value.strip().lower().startswith("javascript:") for node in root.iter() for value in node.attrib.values()
    )
    assert len([node for node in root.iter() if node.get("class") == "node process"]) == 1


def test_every_node_of_the_svg_has_the_id_of_its_element() -> None:
    pytest.importorskip("pygraphviz", reason="the extra `diagram` is not installed")
    one = shop_application()
    root = ElementTree.fromstring(render(one, "svg"))  # noqa: S314 - our own output
    ids = {node.get("id") for node in root.iter()}
    assert {element.id for element in one.elements} <= ids
    assert {f"boundary {boundary.id}" for boundary in framed(one).values()} <= ids
    assert "entity:visitor -> process:shop.app/shop.login" in ids


@pytest.mark.parametrize("one", DIAGRAMS)
def test_nothing_stands_in_a_boundary_that_it_is_not_in(one: Diagram) -> None:
    pygraphviz = pytest.importorskip("pygraphviz", reason="the extra `diagram` is not installed")
    drawn = json.loads(pygraphviz.AGraph(string=to_dot(one)).draw(format="json", prog="dot"))
    boxes, middles = {}, {}
    for item in drawn["objects"]:
        if item["name"].startswith("cluster_b"):
            boxes[item["id"].removeprefix("boundary ")] = [float(number) for number in item["bb"].split(",")]
        elif item["name"].startswith("n"):
            middles[item["id"]] = [float(number) for number in item["pos"].split(",")]
    boundaries = {boundary.id: boundary for boundary in one.boundaries}
    assert set(boxes) == set(framed(one))
    assert set(middles) == {element.id for element in one.elements}
    assert not misplaced(one, boxes, middles, boundaries)


def framed(one: Diagram) -> dict[str, Boundary]:
    """The boundaries that have a frame: the outline of a library is its own."""
    alone = Counter(element.boundary for element in one.elements)
    outlined = [each.id for each in one.boundaries if each.kind == "library" and alone[each.id] == 1]
    return {boundary.id: boundary for boundary in one.boundaries if boundary.id not in outlined}


def misplaced(
    one: Diagram,
    boxes: Mapping[str, list[float]],
    middles: Mapping[str, list[float]],
    boundaries: Mapping[str, Boundary],
) -> list[tuple[str, str]]:
    """Pairs of element and boundary where the drawing and the model disagree."""
    wrong = []
    for element in one.elements:
        x, y = middles[element.id]
        for name, (left, low, right, high) in boxes.items():
            if (left <= x <= right and low <= y <= high) != (name in chain(element.boundary, boundaries)):
                wrong.append((element.id, name))
    return wrong


@pytest.mark.parametrize(("form", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_pictures_come_in_three_formats(form: str, start: bytes) -> None:
    pytest.importorskip("pygraphviz", reason="the extra `diagram` is not installed")
    assert render(shop_application(), form).startswith(start)


def test_a_format_that_would_end_the_process_is_refused() -> None:
    with pytest.raises(TmscanError, match=r"svgz.*svg, png, pdf"):
        render(shop_application(), "svgz")


def test_a_missing_renderer_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: object) -> object:
        if name == "pygraphviz":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(TmscanError, match=r"pip install 'tmscan\[diagram\]'"):
        render(shop_application(), "svg")


def test_a_diagram_beyond_the_limits_of_mermaid_is_refused() -> None:
    elements = tuple(Element(f"e{number}", "process", "p" * 80, "", "") for number in range(900))
    with pytest.raises(TmscanError, match="Mermaid draws at most 500 and 50000"):
        to_mermaid(Diagram("big", "big", "application", elements, (), ()))


def test_a_diagram_made_by_hand_may_be_incomplete() -> None:
    """Unknown boundaries, parents and processes that send to each other are drawn, not dropped."""
    elements = (Element("a", "process", "a", "", "gone"), Element("b", "process", "b", "", "inner"))
    boundaries = (Boundary("inner", "inner", "application", "also gone", "because"),)
    one = Diagram("hand", "hand", "application", elements, (Flow("f", "a", "b", "x"),), boundaries)
    assert "n0 -> n1" in to_dot(one)
    assert "n0 -->" in to_mermaid(one)
    assert "subgraph b0" in to_mermaid(one)


def test_names_of_endpoints_reach_the_labels_unharmed() -> None:
    made = [endpoint("GET", f"/{number}/{name}", "app.view", group=name) for number, name in enumerate(HOSTILE)]
    stores = tuple(Store(f"sql:{name}", "sql", "pg", name, at("a.py")) for name in HOSTILE)
    for one in build_model(Inventory(name="</script>", endpoints=tuple(made), stores=stores)).diagrams:
        assert "</script>" not in to_mermaid(one)
        assert "</script>" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", to_dot(one))
