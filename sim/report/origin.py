"""Where the numbers come from: one command that gives them again, and what the manifest says of versions and hashes."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
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
    "looked",
    "title",
    "versions",
}
_CALLED: Final = {
    "created": "Started",
    "seed": "First seed",
    "seeds_per_world": "Seeds in each world",
    "days": "Days after the burn-in",
    "platform": "Platform",
    "processor": "Processor",
    "runs_made_otherwise": "Runs that were made otherwise",
    "layout": "Layout of the folder",
    "code_version": "Hash of the model's code",
    "scenario_hashes": "Hashes of the scenarios (16 digits)",
}
_DIGITS: Final = 16
"""Enough of a scenario's hash to tell scenarios apart; the whole stands in the manifest."""
_LONGEST: Final = 3000
# Options that change where or how fast a comparison is made, and no number of it.
_ASIDE: Final = {"--out", "--jobs", "-j", "--executor", "--tables-to"}
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
    try:
        words = iter(shlex.split(str(command)))
    except ValueError:  # an open quote, where somebody wrote the manifest by hand
        return str(command)
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
    known = list(_CALLED)
    for key in sorted(manifest, key=lambda key: (known.index(key) if key in known else -1, key)):
        value = manifest[key]
        if key in _SAID or value is None or value in ("", [], {}):
            continue
        if key == "scenario_hashes" and isinstance(value, Mapping):
            value = {scenario: str(text)[:_DIGITS] for scenario, text in value.items()}
        text = _text(value)
        if key == "seeds_per_world":
            text += _repeated(manifest)
        name = _CALLED.get(key, key.replace("_", " ").capitalize())
        yield name, text if len(text) <= _LONGEST else "in manifest.json, beside this page"


def stopping_sentence(manifest: Mapping[str, Any]) -> str | None:
    """How it was decided that there were enough runs, and what that does to intervals; None for a fixed number."""
    stopping = manifest.get("stopping")
    if not isinstance(stopping, Mapping):
        return None
    said = [str(stopping[key]) for key in ("words", "intervals") if stopping.get(key)]
    return (
        " ".join(["Replications were added until effects were known well enough.", *said]) if said else None
    )


def _repeated(manifest: Mapping[str, Any]) -> str:
    """How many worlds have one seed more than the others."""
    experiment = manifest.get("experiment")
    worlds = experiment.get("worlds") if isinstance(experiment, Mapping) else None
    more = worlds.get("repeated") if isinstance(worlds, Mapping) else None
    return f", and one more in {more} of the worlds" if more else ""


def _text(value: Any) -> str:
    """Plain data as a line of text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(part)}" for name, part in value.items() if part not in (None, ""))
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(part) for part in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
