from .app import App, page_classes, prepare, visitor_page
from .page import Page, page_class
from .page_generate import StudioPage
from .serving import Hub, Limits, Refused, shared_hub
