"""Score-based image diffusion you can touch: any SDE, schedule and sampler on one trained network."""

import sys

import lazy_loader

from .moved import MovedModules

__version__ = "0.1.0"

sys.meta_path.append(MovedModules())

# What `__init__.pyi` names is imported on first use, so that commands that need no torch, like `diffwidgets --help`, are quick.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
