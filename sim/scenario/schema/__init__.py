"""Schemas of the five kinds of files: scenario, community, parameters, experiment, claims."""

from __future__ import annotations

from typing import Any

__all__ = ["json_schema"]


def json_schema(kind: str | None = None) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one kind of file, or of all in one.

    Parameters
    ----------
    kind
        ``scenario``, ``community``, ``parameters``, ``experiment`` or ``claims``; None for one that takes any of them.
    """
    from pydantic import BaseModel
    from pydantic.json_schema import models_json_schema

    from sim.scenario.schema.claims import ClaimsDocument
    from sim.scenario.schema.community import CommunityDocument
    from sim.scenario.schema.experiment import ExperimentDocument
    from sim.scenario.schema.parameters import ParametersDocument
    from sim.scenario.schema.scenario import ScenarioDocument

    models: dict[str, type[BaseModel]] = {
        "scenario": ScenarioDocument,
        "community": CommunityDocument,
        "parameters": ParametersDocument,
        "experiment": ExperimentDocument,
        "claims": ClaimsDocument,
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    if kind is not None:
        return head | models[kind].model_json_schema()
    refs, definitions = models_json_schema(
        [(model, "validation") for model in models.values()], title="cgsim files"
    )
    return head | definitions | {"oneOf": [refs[(model, "validation")] for model in models.values()]}
