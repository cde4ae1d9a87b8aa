from .tools import AssetDocs, Project, load_ipython_extension, show_doc_renderer
