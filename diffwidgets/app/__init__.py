"""The app for people who write no code, served by Panel"""

import lazy_loader

from diffwidgets.checks import require

require("panel", "app"), require("markdown_it", "app")
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
