"""`python -m diffwidgets.dev` keeps notebooks, modules, front-end files, the README and the docs in step."""

from diffwidgets.dev.commands import app

if __name__ == "__main__":
    app()
