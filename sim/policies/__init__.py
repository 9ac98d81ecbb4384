"""The policies by name: the fourteen of the paper, and those that users bring.

The paper's policies are one file each in this folder and are imported when first asked for. A policy from outside
becomes known in one of two ways, never because a scenario names it: an entry point of the group ``cgsim.policies``
in an installed package, or ``load_module`` with the file or module that the user gave on the command line.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType

from sim.errors import PolicyModuleError
from sim.policies.base import Context, Policy, Setting, Settings, share
from sim.vocabulary.levers import BY_NAME as LEVERS

__all__ = [
    "BUILT_IN", "Context", "Policy", "Setting", "Settings", "get", "load_module", "modules", "names", "register",
    "share",
]

BUILT_IN: tuple[str, ...] = (
    "online_channel",
    "feedback_mechanism",
    "worker_training",
    "workforce",
    "cross_sector_cooperation",
    "opinion_monitoring",
    "participatory_decisions",
    "residents_councils",
    "representative_elections",
    "cultural_activities",
    "community_education",
    "smart_platform",
    "welfare_services",
    "close_ties",
)
"""The paper's policies, in the order of the model's description. Each is the name of a file here."""

ENTRY_POINTS = "cgsim.policies"

_registry: dict[str, Policy] = {}
_modules: list[str] = []
_entry_points_read = False


def names() -> tuple[str, ...]:
    """Names of all policies known: the paper's first, then the user's in alphabetical order."""
    _read_entry_points()
    return (*BUILT_IN, *sorted(name for name in _registry if name not in BUILT_IN))


def get(name: str) -> Policy:
    """The policy of this name.

    Raises
    ------
    PolicyModuleError
        Where no policy has this name.
    """
    if name not in _registry:
        if name in BUILT_IN:
            importlib.import_module(f"{__name__}.{name}")
            _register_all(sys.modules[f"{__name__}.{name}"])
        else:
            _read_entry_points()
    if name not in _registry:
        raise PolicyModuleError(
            f"there is no policy {name!r}; known are {', '.join(names())}. "
            "A policy of your own is loaded with --policy-module FILE."
        )
    return _registry[name]


def register(policy: type[Policy]) -> type[Policy]:
    """Make a policy known by its name; usable as a decorator.

    Raises
    ------
    PolicyModuleError
        Where the class is not a complete policy, or another one has its name.
    """
    problems = _problems(policy)
    if problems:
        label = getattr(policy, "__qualname__", repr(policy))
        raise PolicyModuleError(f"{label} is not a complete policy: {'; '.join(problems)}")
    if policy.name in BUILT_IN and policy.__module__ != f"{__name__}.{policy.name}":
        raise PolicyModuleError(f"{policy.name!r} is the name of a policy that comes with cgsim; choose another")
    known = _registry.get(policy.name)
    if known is not None and type(known) is not policy and _source(type(known)) != _source(policy):
        raise PolicyModuleError(f"two policies are called {policy.name!r}; rename the one in {_source(policy)}")
    try:
        _registry[policy.name] = policy()
    except Exception as error:  # whatever a user's class raises is told in one line
        raise PolicyModuleError(f"{policy.name}: cannot be made: {type(error).__name__}: {error}") from error
    return policy


def load_module(path_or_module: str | Path) -> tuple[str, ...]:
    """Load a user's policies from a Python file or an importable module.

    The code of the file is run, so this is called only with what the user named on the command line.

    Parameters
    ----------
    path_or_module
        ``my/policy.py`` or ``my_package.policy``.

    Returns
    -------
    tuple of str
        Names of the policies it defines.

    Raises
    ------
    PolicyModuleError
        Where it is not there, fails, or defines no policy.
    """
    given = str(path_or_module)
    try:
        module = _from_file(Path(given)) if given.endswith(".py") else importlib.import_module(given)
    except PolicyModuleError:
        raise
    except Exception as error:  # whatever a user's file raises is told in one line
        raise PolicyModuleError(f"{given}: could not be loaded: {type(error).__name__}: {error}") from error
    found = _register_all(module)
    if not found:
        raise PolicyModuleError(f"{given}: defines no policy; a policy is a subclass of sim.policies.Policy")
    again = str(Path(given).resolve()) if given.endswith(".py") else given
    if again not in _modules:
        _modules.append(again)
    return found


def modules() -> tuple[str, ...]:
    """What was given to `load_module`, to load it again in another process."""
    return tuple(_modules)


def _register_all(module: ModuleType) -> tuple[str, ...]:
    """Register the policies that a module itself defines.

    A class that lacks something is refused by name, unless it is a base from which others there are made.
    """
    own = [
        value for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Policy) and value.__module__ == module.__name__
    ]
    whole = [value for value in own if not inspect.isabstract(value)]
    bases = [value for value in own if any(other is not value and issubclass(other, value) for other in own)]
    half = [value for value in own if inspect.isabstract(value) and value not in bases]
    # An unnamed half beside whole policies is a base for somebody else's.
    found = [*whole, *(value for value in half if hasattr(value, "name") or not whole)]
    return tuple(dict.fromkeys(register(policy).name for policy in found))


def _from_file(path: Path) -> ModuleType:
    """Run a Python file as a module of its own."""
    if not path.is_file():
        raise PolicyModuleError(f"{path}: there is no such file")
    resolved = path.resolve()
    # The folder is part of the name, so that two files of one name do not take each other's place.
    mark = hashlib.sha256(str(resolved.parent).encode()).hexdigest()[:8]
    module_name = f"cgsim_policy_{mark}_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, resolved)
    if spec is None or spec.loader is None:
        raise PolicyModuleError(f"{path}: is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[module_name]
        raise
    return module


def _read_entry_points() -> None:
    """Register what installed packages declare under ``cgsim.policies``, once."""
    global _entry_points_read
    if _entry_points_read:
        return
    from importlib.metadata import entry_points

    for point in entry_points(group=ENTRY_POINTS):
        try:
            loaded = point.load()
        except Exception as error:
            raise PolicyModuleError(
                f"entry point {point.name} = {point.value}: could not be loaded: {type(error).__name__}: {error}"
            ) from error
        if inspect.ismodule(loaded):
            _register_all(loaded)
        else:
            register(loaded)
    _entry_points_read = True


def _source(policy: type[Policy]) -> str:
    """Where a policy was written."""
    return getattr(sys.modules.get(policy.__module__), "__file__", None) or policy.__module__


def _problems(policy: type[Policy]) -> list[str]:
    """What a class lacks to be a policy."""
    if not (inspect.isclass(policy) and issubclass(policy, Policy)):
        return ["it is not a subclass of sim.policies.Policy"]
    problems = [f"it has no {method}()" for method in sorted(getattr(policy, "__abstractmethods__", ()))]
    for attribute in ("name", "title", "section", "summary", "harm"):
        value = getattr(policy, attribute, None)
        if not isinstance(value, str) or not value.strip():
            problems.append(f"{attribute} is missing")
    name = getattr(policy, "name", None)
    if isinstance(name, str) and not re.fullmatch(r"[a-z][a-z0-9_]{0,99}", name):
        problems.append(f"the name {name!r} is not made of up to 100 small letters, digits and underscores")
    touches = getattr(policy, "touches", ())
    if isinstance(touches, str) or not isinstance(touches, Iterable):
        problems.append(f"touches is {touches!r} and no list of levers, as in touches = ('reach',)")
        touches = ()
    elif not touches:
        problems.append("touches names no lever")
    problems.extend(f"there is no lever {lever!r}" for lever in touches if lever not in LEVERS)
    if not isinstance(policy.settings, Mapping):
        return [*problems, f"settings is {policy.settings!r} and no mapping from names to sim.policies.Setting"]
    for key, setting in policy.settings.items():
        if not isinstance(setting, Setting):
            problems.append(f"setting {key!r} is not a sim.policies.Setting")
            continue
        try:
            inside = setting.range[0] <= setting.value <= setting.range[1]
        except (TypeError, IndexError):
            problems.append(f"setting {key!r}: its value {setting.value!r} and range {setting.range!r} are not numbers")
            continue
        if not inside:
            problems.append(f"setting {key!r} is {setting.value}, outside its range {list(setting.range)}")
        if setting.grade not in ("measured", "literature", "expert", "assumed"):
            problems.append(f"setting {key!r} has the grade {setting.grade!r}")
    return problems
