"""Three policies on the same days of ten worlds: ``python3 dev.py bench policy [--residents N] [--days N] [--picture FILE]``.

No platform, first come first served, by grade; yuan lost, people reached and minutes spent with 95 % intervals. All simulated. Small
districts count too: the load per team stays the profile's, so a quarter of the people has a quarter of the alerts for the same stations.
"""

import sys

from jinzhong.cli import main

if __name__ == "__main__":
    sys.exit(main(["world", "play", "--seeds", "10", *sys.argv[1:]]))
