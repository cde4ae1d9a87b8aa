"""Score-based image diffusion you can touch: any SDE, schedule and sampler on one trained network."""

__version__ = "0.1.0"

from diffwidgets.model import GenerativeModel
from diffwidgets.samplers import Sampler, Step
from diffwidgets.schedules import CosineSchedule, LinearSchedule, NoiseSchedule, PointSchedule
from diffwidgets.sde import SDE, VESDE, VPSDE, SubVPSDE

__all__ = [
    "SDE",
    "VESDE",
    "VPSDE",
    "CosineSchedule",
    "GenerativeModel",
    "LinearSchedule",
    "NoiseSchedule",
    "PointSchedule",
    "Sampler",
    "Step",
    "SubVPSDE",
]
