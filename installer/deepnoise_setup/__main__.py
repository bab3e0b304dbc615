"""Runs the setup."""

import sys

from deepnoise_setup.commands import main

sys.exit(main())
