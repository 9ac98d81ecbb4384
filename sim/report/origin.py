"""Where the numbers come from: one command that gives them again, and what the manifest says of versions and hashes."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

__all__ = ["facts", "reproducing_command", "stopping_sentence"]

# What the provenance does not repeat: the page says it elsewhere, or it is long and stays in the manifest.
_SAID: Final = {
    "baseline",
    "command",
    "cores",
    "design",
    "driver",
    "experiment",
    "git",
    "interval_holds",
    "kind",
    "labels",
    "name",
    "parameters",
    "resolved",
    "scenarios",
    "stopping",
    "title",
    "versions",
}
_CALLED: Final = {
    "code_version": "Hash of the model's code",
    "created": "Started",
    "days": "Days after the burn-in",
    "layout": "Layout of the folder",
    "platform": "Platform",
    "processor": "Processor",
    "scenario_hashes": "Hashes of the scenarios",
    "seed": "First seed",
    "seeds_per_world": "Seeds in each world",
}
_LONGEST: Final = 3000
# Options that change where or how fast a comparison is made, and no number of it.
_ASIDE: Final = {"--out", "--jobs", "-j", "--executor"}
_ASIDE_ALONE: Final = {
    "--quiet", "-q", "--json", "--csv", "--report", "--no-report", "--resume", "--fresh",
}  # fmt: skip


def reproducing_command(manifest: Mapping[str, Any]) -> str | None:
    """The command that gives the same numbers: the one that was typed, without what only its machine needed.

    None where the comparison was started from Python.
    """
    command = manifest.get("command")
    if not command:
        return None
    kept: list[str] = []
    words = iter(shlex.split(str(command)))
    for word in words:
        if word in _ASIDE:
            next(words, None)
        elif word.split("=")[0] not in _ASIDE and word not in _ASIDE_ALONE and not _short_jobs(word):
            kept.append(word)
    return shlex.join(kept)


def _short_jobs(word: str) -> bool:
    """``-j4``: the option and its number in one word."""
    return word.startswith("-j") and word[2:].isdigit()


def facts(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What else the manifest says, as pairs of a name and a text; long data stays in the manifest itself."""
    versions = manifest.get("versions")
    if isinstance(versions, Mapping):
        yield "Versions", ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    git = manifest.get("git")
    if isinstance(git, Mapping) and git.get("commit"):
        changed = git.get("changed_files")
        state = "as committed" if git.get("clean") else f"with {changed or 'some'} changed files"
        yield "Working copy", f"commit {git['commit']}, {state}"
    for key in sorted(manifest, key=lambda key: (key not in _CALLED, key)):
        value = manifest[key]
        if key in _SAID or value is None or value == "":
            continue
        text = _text(value)
        name = _CALLED.get(key, key.replace("_", " ").capitalize())
        yield name, text if len(text) <= _LONGEST else "in manifest.json, beside this page"


def stopping_sentence(manifest: Mapping[str, Any]) -> str | None:
    """How it was decided that there were enough runs, where a precision was asked for."""
    stopping = manifest.get("stopping")
    if not isinstance(stopping, Mapping):
        return None
    if isinstance(stopping.get("sentence"), str):
        return str(stopping["sentence"])
    looks = stopping.get("looks")
    count = len(looks) if isinstance(looks, Sequence) and not isinstance(looks, str) else looks
    rule = str(stopping.get("rule", "")).strip().rstrip(".")
    end = (
        "the precision asked for was reached" if stopping.get("reached") else "the budget of runs ended first"
    )
    seen = f" after {count} look{'' if count == 1 else 's'}" if isinstance(count, int) else ""
    said = f"Runs were added until the precision asked for was reached or the budget ended: {end}{seen}."
    return f"{said} The rule: {rule}." if rule else said


def _text(value: Any) -> str:
    """Plain data as a line of text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(part)}" for name, part in value.items() if part not in (None, ""))
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(part) for part in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
