"""Reading is safe, quick to refuse, and remembers where everything stood."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.nodes import ListNode, MapNode, Node, Scalar, leaves, plain
from sim.scenario.problems import Problems
from sim.scenario.reader import MAX_BYTES, parse, read
from sim.scenario.scalars import Trap, resolve

Write = Callable[[str, str], Path]

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "an alias bomb": (BOMB, "anchors are not used"),
    "an alias": ("a: *b\n", "aliases are not used"),
    "a tag that makes Python objects": ("a: !!python/name:os.system x\n", "tags are not allowed"),
    "a tag of one's own": ("a: !file secrets.txt\n", "tags are not allowed"),
    "a standard tag": ("a: !!binary aGVsbG8=\n", "tags are not allowed"),
    "deep nesting in brackets": ("a: " + "[" * 400_000, "nested too deeply"),
    "deep nesting by indentation": ("\n".join(" " * i + "a:" for i in range(900)), "nested too deeply"),
    "a file of more than a megabyte": ("a: " + "x" * MAX_BYTES, "too large"),
    "a control character": ("a: \x07\n", "may not stand here"),
}


@pytest.mark.parametrize(("text", "said"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_unsafe_is_refused_at_once(write: Write, text: str, said: str) -> None:
    path = write("scenarios/hostile.yaml", text)
    problems = Problems()
    began = time.perf_counter()
    node = read(path, "hostile.yaml", problems)
    assert time.perf_counter() - began < 0.5
    assert node is None
    assert said in str(problems.items[0])


def test_bytes_that_are_not_text_are_refused(home: Path) -> None:
    path = home / "latin.yaml"
    path.write_bytes(b"title: caf\xe9\n")
    problems = Problems()
    assert read(path, "latin.yaml", problems) is None
    assert "not UTF-8" in str(problems.items[0])


def test_chinese_text_and_its_columns_are_read_by_character() -> None:
    problems = Problems()
    tree = parse("社区: {名字: 西城, 人数: 3}\n", "f", problems)
    assert isinstance(tree, MapNode) and not problems
    assert plain(tree) == {"社区": {"名字": "西城", "人数": 3}}
    inner = tree.entries["社区"].node
    assert isinstance(inner, MapNode)
    assert str(inner.entries["人数"].key_mark) == "f:1:14"
    assert str(inner.entries["人数"].node.mark) == "f:1:18"


def is_text(word: str) -> bool:
    """Whether a word stands for itself when nobody puts it in quotes."""
    try:
        return resolve(word) == word
    except Trap:
        return False


letters = st.characters(categories=["Ll", "Lu", "Lo", "Nd"], max_codepoint=0xFFFF)
words = st.text(letters, min_size=1, max_size=8).map(lambda text: normalize("NFC", text)).filter(is_text)
values = st.one_of(
    words, st.integers(-(10**9), 10**9), st.booleans(), st.none(), st.dates(),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)  # fmt: skip
documents = st.dictionaries(
    words,
    st.recursive(
        values,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
        max_leaves=8,
    ),
    max_size=5,
)


@given(documents)
def test_what_pyyaml_writes_is_read_as_it_was(data: dict) -> None:
    problems = Problems()
    node = parse(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "f", problems)
    assert not problems, problems.items
    assert node is not None and _same(plain(node), data)


def _same(read_: object, written: object) -> bool:
    """Equal, and of the same types."""
    if isinstance(written, dict):
        assert isinstance(read_, dict)
        return list(read_) == list(written) and all(_same(read_[k], v) for k, v in written.items())
    if isinstance(written, list):
        assert isinstance(read_, list)
        return len(read_) == len(written) and all(map(_same, read_, written))
    return read_ == written and type(read_) is type(written)


@given(documents)
def test_every_mark_points_at_what_stands_there(data: dict) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, default_style='"')
    # a quoted number would be text, so only the places are looked at
    text = text.replace("!!int ", "").replace("!!float ", "").replace("!!bool ", "").replace("!!null ", "")
    text = text.replace("!!timestamp ", "")
    lines = text.splitlines()
    problems = Problems()
    node = parse(text, "f", problems)
    assert node is not None and not problems
    for path, leaf in leaves(node):
        if path:
            entry = _entry(node, path)
            line = lines[entry.key_mark.line - 1][entry.key_mark.column - 1 :]
            assert line.startswith(('"' + path[-1] + '"', "? "))
        if isinstance(leaf, Scalar) and leaf.text and "\\" not in text:
            assert lines[leaf.mark.line - 1][leaf.mark.column - 1 :].startswith('"' + leaf.text[:4])


def _entry(node: Node, path: tuple[str, ...]):
    for step in path[:-1]:
        assert isinstance(node, MapNode)
        node = node.entries[step].node
    assert isinstance(node, MapNode)
    return node.entries[path[-1]]


@given(st.text(max_size=200))
def test_no_text_whatever_makes_the_reader_fail(text: str) -> None:
    problems = Problems()
    node = parse(text, "f", problems)
    assert node is None or isinstance(node, (Scalar, ListNode, MapNode))
    assert node is not None or problems


def looks_like_a_number() -> st.SearchStrategy[str]:
    return st.from_regex(r"\A[-+]?[0-9]{1,4}(\.[0-9]{0,3})?([eE][-+]?[0-9]{1,4})?\Z")


@given(st.text(min_size=1, max_size=30) | looks_like_a_number())
def test_a_word_is_refused_or_means_one_thing(word: str) -> None:
    try:
        value = resolve(word)
    except Trap as trap:
        assert trap.wrong and trap.hint
        return
    if isinstance(value, float):
        assert float(word) == value
    elif isinstance(value, int) and not isinstance(value, bool):
        assert int(word) == value


@pytest.mark.parametrize(
    ("word", "value"),
    [("3", 3), ("-3", -3), ("0", 0), ("0.25", 0.25), ("1.5e+3", 1500.0), (".5", 0.5), ("on", True), ("off", False),
     ("true", True), ("null", None), ("~", None), ("", None), ("north", "north"), ("18_29", "18_29"), ("-", "-")],
)  # fmt: skip
def test_plain_words_mean_what_they_look_like(word: str, value: object) -> None:
    if word == "18_29":  # as a key this is text; as a value it would be a number with an underscore
        with pytest.raises(Trap):
            resolve(word)
        return
    assert resolve(word) == value and type(resolve(word)) is type(value)
