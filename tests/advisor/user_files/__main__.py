"""Lists the cases that are not read right, and how far the confidence can be trusted; with words, those they name."""

import sys

from tests.advisor.tables import listed
from tests.advisor.user_files.cases import CASES

sys.stdout.write(listed(CASES, sys.argv[1:]))
