"""Merging is key by key, remembers where each value came from, and does not depend on how layers are grouped."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.nodes import MapNode, Node, from_plain, leaves, merge, plain
from sim.scenario.problems import Mark

keys = st.sampled_from("abcd")
trees = st.recursive(
    st.dictionaries(keys, st.integers(0, 9), max_size=3),
    lambda inner: st.dictionaries(keys, st.one_of(st.integers(0, 9), st.lists(st.integers(0, 9)), inner), max_size=3),
    max_leaves=12,
)

# trees of one schema: under a key there is a value in every layer, or a mapping in every layer
alike = st.recursive(
    st.fixed_dictionaries({}, optional={"a": st.integers(0, 9), "b": st.lists(st.integers(0, 9))}),
    lambda inner: st.fixed_dictionaries({}, optional={"a": st.integers(0, 9), "c": inner, "d": inner}),
    max_leaves=12,
)


def marked(data: dict[str, Any], file: str) -> Node:
    return from_plain(data, Mark(file, 1, 1))


def expected(below: Any, above: Any) -> Any:
    """The definition: mappings merge key by key, everything else is replaced."""
    if isinstance(below, dict) and isinstance(above, dict):
        return {
            key: expected(below[key], above[key]) if key in below and key in above else {**below, **above}[key]
            for key in dict.fromkeys((*below, *above))
        }
    return above


@given(trees, trees)
def test_mappings_merge_key_by_key_and_the_rest_is_replaced(below: dict, above: dict) -> None:
    merged = plain(merge(marked(below, "a"), marked(above, "b")))
    assert merged == expected(below, above)
    assert list(merged) == list(dict.fromkeys((*below, *above)))


@given(alike, alike, alike)
def test_layers_of_one_schema_can_be_merged_in_any_grouping(a: dict, b: dict, c: dict) -> None:
    x, y, z = marked(a, "a"), marked(b, "b"), marked(c, "c")
    assert plain(merge(merge(x, y), z)) == plain(merge(x, merge(y, z)))
    assert dict(leaves(merge(merge(x, y), z))) == dict(leaves(merge(x, merge(y, z))))


@given(trees)
def test_nothing_laid_over_something_changes_nothing(a: dict) -> None:
    tree = marked(a, "a")
    assert plain(merge(tree, MapNode({}, tree.mark))) == a
    assert plain(merge(MapNode({}, tree.mark), tree)) == a
    assert merge(tree, tree) == tree


@given(trees, trees)
def test_every_value_keeps_the_file_that_set_it(below: dict, above: dict) -> None:
    merged = merge(marked(below, "a"), marked(above, "b"))
    over = {path for path, _ in leaves(marked(above, "b"))}
    for path, leaf in leaves(merged):
        if path in over:
            assert leaf.mark.file == "b" or plain(leaf) == {}
        else:
            assert leaf.mark.file == "a" or not any(path[: len(p)] == p for p in over)


@given(trees, trees)
def test_merging_leaves_its_arguments_alone(below: dict, above: dict) -> None:
    x, y = marked(below, "a"), marked(above, "b")
    merge(x, y)
    assert plain(x) == below and plain(y) == above
