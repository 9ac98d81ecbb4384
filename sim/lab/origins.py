"""Where stored numbers came from and where we are now: what differs, and what that may do to a number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Expected = Literal["none", "last_bits", "any"]
"""How far numbers may drift for reasons that are known: not at all, in the last bits, or anyhow."""

MOST_NAMED = 12
"""Changed files that are named one by one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not what it was when the runs were made."""

    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Origins:
    """What differs between where runs were made and here.

    Attributes
    ----------
    expected
        How far numbers may drift for it.
    differences
        What is not what it was.
    sources
        Files of the package, and modules of the user's own, whose text is not what it was.
    known
        Whether the manifest says enough to name them.
    """

    expected: Expected
    differences: tuple[Difference, ...]
    sources: tuple[str, ...]
    known: bool

    def sentences(self) -> list[str]:
        """What it means, for people."""
        said = [f"{d.what}: {d.then} then, {d.now} now" for d in self.differences]
        if self.sources:
            more = len(self.sources) - MOST_NAMED
            named = ", ".join(self.sources[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
            said.append(f"changed since: {named}")
        elif self.expected == "any" and not self.known:
            said.append("the manifest is too old to say which sources were changed; compare the commits")
        return [*said, _MEANING[self.expected]]


_MEANING: Mapping[str, str] = {
    "none": (
        "Same model code, same type of processor, same libraries: not one bit of a run should differ. "
        "Any drift is a defect."
    ),
    "last_bits": (
        "Same model code, another platform: exp and log may round differently in the last bit, and so may sums in "
        "another version of a library. Mostly nothing else follows; now and then a chance falls the other "
        "way, and that run then goes its own way from that day on."
    ),
    "any": "The model's code is another one: drift is expected, and shows what the changes did.",
}


def origins(
    manifest: Mapping[str, Any], here: Mapping[str, Any], runs: Iterable[Mapping[str, Any]] = ()
) -> Origins:
    """Compare what a manifest, and each run for itself, says with what is true here.

    Parameters
    ----------
    manifest
        Of the stored results.
    here
        ``sim.lab.provenance.provenance()``, with the code version of the engine that repeats the runs.
    runs
        What each run was made with (``sim.lab.run_file.made_with``): the manifest says what its last batch was.
    """
    found: dict[tuple[str, str], Difference] = {}
    expected: Expected = "none"
    for each in ({}, *runs):
        origin = {**manifest, **each}
        differences, level = _differences(origin, here)
        found |= {(each.what, each.then): each for each in differences}
        expected = max(expected, level, key=_LEVELS.index)
    return Origins(expected, tuple(found.values()), _changed(manifest, here), "sources" in manifest)


def unlike_here(runs: Iterable[Mapping[str, Any]], here: Mapping[str, Any]) -> list[str]:
    """In what runs that are there already were made unlike those to come: how many, and the difference, a line each."""
    counts = Counter(difference for each in runs for difference in _differences(each, here)[0])
    return [
        f"{count} of the finished runs were made with another {what.what} ({what.then}; now {what.now})"
        for what, count in counts.items()
    ]


def _differences(origin: Mapping[str, Any], here: Mapping[str, Any]) -> tuple[list[Difference], Expected]:
    """What differs between two origins, and how far numbers may drift for it."""
    found: list[Difference] = []

    def compare(what: str, then: Any, now: Any) -> bool:
        # What an old manifest does not say is no difference.
        if then is None or then == now:
            return False
        found.append(Difference(what, str(then), "none" if now is None else str(now)))
        return True

    code = compare("code version", _short(origin.get("code_version")), _short(here.get("code_version")))
    if code:
        compare("commit", _commit(origin), _commit(here))
    plugins = compare("plug-ins", _listed(origin.get("plugins")), _listed(here.get("plugins")))
    kinds = [compare(f"processor{what}", origin.get(key), here.get(key)) for key, what in _PROCESSOR]
    machine = _machine(origin) is not None and compare("platform", _machine(origin), _machine(here))
    then, now = origin.get("versions") or {}, here.get("versions") or {}
    compare("cgsim", then.get("cgsim"), now.get("cgsim"))
    libraries = [compare(name, version, now.get(name)) for name, version in then.items() if name != "cgsim"]
    if code or plugins:
        return found, "any"
    return found, "last_bits" if any(kinds) or machine or any(libraries) else "none"


_LEVELS: tuple[Expected, ...] = ("none", "last_bits", "any")
_PROCESSOR = (("processor", ""), ("processor_type", " type"))


def _changed(manifest: Mapping[str, Any], here: Mapping[str, Any]) -> tuple[str, ...]:
    """Sources and policy modules that are not what they were, in name order."""
    if "sources" not in manifest:
        return ()
    then, now = _sources(manifest), _sources(here)
    mine, theirs = _modules(manifest), _modules(here)
    then |= {name: text for name, text in mine.items() if text not in theirs.values()}
    now |= {name: text for name, text in theirs.items() if text not in mine.values()}
    names = sorted({*then, *now})
    return tuple(
        f"{name} ({'new' if name not in then else 'gone'})" if name not in then or name not in now else name
        for name in names
        if then.get(name) != now.get(name)
    )


def _sources(origin: Mapping[str, Any]) -> dict[str, str]:
    """Hashes of the package's sources, by name."""
    return {f"sim/{name}": str(value) for name, value in (origin.get("sources") or {}).items()}


def _modules(origin: Mapping[str, Any]) -> dict[str, str]:
    """Hashes of the files of policy modules, by name; one that was only renamed is no other one."""
    return {
        str(name): str(value)
        for module in origin.get("policy_modules") or ()
        for name, value in (module.get("files") or {module["name"]: module["hash"]}).items()
    }


def _short(version: Any) -> str | None:
    """A code version as people tell it apart."""
    return None if version is None else str(version)[:12]


def _commit(origin: Mapping[str, Any]) -> str | None:
    """The commit, and whether files were changed on top of it."""
    git = origin.get("git")
    if not git:
        return None
    return str(git["commit"])[:12] + ("" if git.get("clean") else " with changes that were not committed")


def _listed(names: Any) -> str | None:
    """A list as text; None where it was not kept."""
    return None if names is None else "; ".join(names) or "none"


def _machine(origin: Mapping[str, Any]) -> str | None:
    """System and machine without the kernel's release, which changes no number."""
    words = str(origin.get("platform") or "").split()
    return f"{words[0]} {words[-1]}" if words else None
