"""Packaging shim: every value comes from `settings.ini`; edit it there."""

from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.sdist import sdist

ROOT = Path(__file__).parent
parser = ConfigParser(delimiters=["="])
parser.read(ROOT / "settings.ini", encoding="utf-8")
settings = parser["DEFAULT"]
package = settings["lib_path"]


def lines(key: str) -> list[str]:
    """The entries of a list-valued setting, one a line: an entry may contain spaces and markers."""
    return [line.strip() for line in settings[key].splitlines() if line.strip()]


outside = [f"{package}.{name}{end}" for name in lines("outside_wheel") for end in ("", ".*")]


class SdistWithSettings(sdist):
    """Put `settings.ini` into the source distribution, which cannot be built without it."""

    def make_distribution(self):
        self.filelist.append("settings.ini")
        super().make_distribution()


setup(
    name=settings["lib_name"],
    version=settings["version"],
    description=settings["description"],
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author=settings["author"],
    url=settings["git_url"],
    project_urls={"Documentation": settings["doc_host"] + settings["doc_baseurl"]},
    keywords=settings["keywords"],
    license="MIT",
    license_files=["LICENSE"],
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Framework :: Jupyter",
        f"Intended Audience :: {settings['audience']}",
        f"Natural Language :: {settings['language']}",
        "Programming Language :: Python :: 3",
        *(f"Programming Language :: Python :: 3.{minor}" for minor in range(10, 14)),
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
    packages=find_packages(include=[package, f"{package}.*"], exclude=outside),
    package_data={package: lines("package_data"), "": ["*.pyi"]},
    include_package_data=False,
    python_requires=f">={settings['min_python']}",
    install_requires=lines("requirements"),
    extras_require={
        key.removesuffix("_requirements"): lines(key) for key in settings if key.endswith("_requirements")
    },
    entry_points={
        "console_scripts": lines("console_scripts"),
        "nbdev": [f"{package} = {package}._modidx:d"],
    },
    cmdclass={"sdist": SdistWithSettings},
    zip_safe=False,
)
