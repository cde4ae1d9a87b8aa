"""`python -m diffwidgets` is the command `diffwidgets`."""

from diffwidgets.cli import main

if __name__ == "__main__":
    main()
