from .base import main
