"""Start of the decoding process.

The packages above are entered as bare name spaces first: their ``__init__`` files would import pandas, xarray and more,
half a second that decoding has no use for.
"""

from __future__ import annotations

import signal
import sys
import types
from pathlib import Path

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    folder = Path(__file__).resolve().parent
    names = ["medius", "medius.motion", "medius.motion.video"]
    for name, path in zip(names, (folder.parents[2], folder.parents[1], folder.parents[0]), strict=True):
        package = types.ModuleType(name)
        package.__path__ = [str(path)]
        sys.modules[name] = package

    from medius.motion.video._child._run import main

    sys.exit(main())
