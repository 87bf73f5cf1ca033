"""Lists the cases that are not read right, and how far the confidence can be trusted; with words, those they name."""

import sys

from tests.advisor.held_out.cases import CASES
from tests.advisor.tables import listed

sys.stdout.write(listed(CASES, sys.argv[1:]))
