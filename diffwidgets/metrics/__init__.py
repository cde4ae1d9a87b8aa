"""How good generated images are: feature extractors, FID and related metrics, and the function that computes them"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
