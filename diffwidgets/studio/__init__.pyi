from .studio import Settings, Studio
from .view import StudioView
