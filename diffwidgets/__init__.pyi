from .metrics.scoring import Metric
from .model import GenerativeModel
from .plots import create_evolution_widget, display_images
from .samplers import Sampler, Step
from .schedules import CosineSchedule, LinearSchedule, NoiseSchedule, PointSchedule
from .sde import SDE, VESDE, VPSDE, SubVPSDE
