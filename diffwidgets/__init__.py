"""Score-based image diffusion you can touch: any SDE, schedule and sampler on one trained network."""

__version__ = "0.1.0"

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffwidgets.metrics import Metric
    from diffwidgets.model import GenerativeModel
    from diffwidgets.samplers import Sampler, Step
    from diffwidgets.schedules import CosineSchedule, LinearSchedule, NoiseSchedule, PointSchedule
    from diffwidgets.sde import SDE, VESDE, VPSDE, SubVPSDE

# What lives where. It is fetched on first use, so that commands that need no torch, like `diffwidgets --help`, are quick.
_HOMES = {
    "GenerativeModel": "model",
    "Metric": "metrics",
    "Sampler": "samplers",
    "Step": "samplers",
    "CosineSchedule": "schedules",
    "LinearSchedule": "schedules",
    "NoiseSchedule": "schedules",
    "PointSchedule": "schedules",
    "SDE": "sde",
    "VESDE": "sde",
    "VPSDE": "sde",
    "SubVPSDE": "sde",
}

__all__ = [
    "SDE",
    "VESDE",
    "VPSDE",
    "CosineSchedule",
    "GenerativeModel",
    "LinearSchedule",
    "Metric",
    "NoiseSchedule",
    "PointSchedule",
    "Sampler",
    "Step",
    "SubVPSDE",
]


def __getattr__(name: str):
    """Fetch a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
