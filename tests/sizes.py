"""How much the generated tests try: a little of everything in `make test`, all of it in `make test-all`.

HYPOTHESIS_PROFILE chooses: `small`, `whole` (by hand, too) or `explore`, which also draws anew each time.
"""

import os

import hypothesis

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "whole")
FEWEST = 4

hypothesis.settings.register_profile("whole", deadline=None, derandomize=True, print_blob=True, database=None)
hypothesis.settings.register_profile("small", hypothesis.settings.get_profile("whole"), max_examples=20)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)


def examples(whole: int) -> int:
    """So many examples; a fifth of them in the small profile."""
    return max(FEWEST, whole // 5) if PROFILE == "small" else whole
