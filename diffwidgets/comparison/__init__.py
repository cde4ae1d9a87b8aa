"""Grids of configurations: run, kept, summarised and drawn"""

import lazy_loader

from diffwidgets.checks import require

require("pandas", "compare")
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
