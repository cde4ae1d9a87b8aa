"""`python -m diffwidgets.bench` measures."""

from diffwidgets.bench.commands import app

if __name__ == "__main__":
    app()
