"""devstack with another ``.env`` than the person's: python run_with_env_file.py ENV_FILE run."""

import sys
from pathlib import Path

from devstack import __main__ as devstack
from devstack import layout

if __name__ == "__main__":
    layout.ENV_FILE = Path(sys.argv[1])
    sys.exit(devstack.main(sys.argv[2:]))
