from .settings import Settings
from .studio import Studio
from .view import StudioView
