from .assets import AssetDocs, load_ipython_extension
from .markdown import show_doc_renderer
from .notebooks import Project
