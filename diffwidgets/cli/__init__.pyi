from .entry import app, main
