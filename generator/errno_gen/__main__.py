# SPDX-License-Identifier: GPL-2.0-only
"""``python -m errno_gen``: the command line, whatever PATH says."""

from errno_gen.cli.main import main

if __name__ == "__main__":
    main()
