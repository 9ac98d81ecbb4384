"""Parameters of few values: how many they have, and what a choice between forms is called.

Some parameters have no order: they choose between forms of a rule. They are ``choice`` parameters, and counts whose
unit numbers the forms ("0 disconfirmation, 1 beta reputation"). Of such a parameter only the forms can be compared.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["forms", "forms_of_unit", "steps_of"]


def forms(spec: Any) -> dict[Any, str]:
    """The forms that a parameter chooses between, with their names; empty where its values have an order."""
    if spec.kind == "switch":
        return {False: "off", True: "on"}
    if spec.choices:
        return {each: str(each) for each in spec.choices}
    return dict(forms_of_unit(spec.unit)) if spec.kind == "count" else {}


def forms_of_unit(unit: Any) -> Mapping[int, str]:
    """Read ``0 this, 1 that`` as forms by number; empty where a unit is a unit."""
    parts = [re.match(r"(\d+) (\S.*)$", part.strip()) for part in str(unit or "").split(",")]
    if len(parts) < 2 or not all(parts):
        return {}
    return {int(part[1]): part[2] for part in parts if part}


def steps_of(spec: Any) -> int:
    """How many different values a parameter can have; 0 where they are too many to count, as of a share."""
    if spec.kind == "switch":
        return 2
    if spec.choices:
        return len(spec.choices)
    if spec.kind == "count":
        return math.floor(float(spec.high)) - math.ceil(float(spec.low)) + 1
    return 0
