"""The suite draws the same examples every time; `pytest --hypothesis-profile default` draws new ones."""

from hypothesis import settings

settings.register_profile("suite", derandomize=True)
settings.load_profile("suite")
