from .app import App, Page, StudioPage, page_class, prepare, visitor_page
from .serving import Hub, Limits, Refused, shared_hub
