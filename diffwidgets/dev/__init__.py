"""Tools of the developers: export, docs, and what the notebooks need"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
