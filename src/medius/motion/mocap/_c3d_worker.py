"""Decode one C3D file in a process of its own and hand its arrays over on standard output.

The decoder is native code that a damaged or hostile file can bring down; here it takes only this process with it. Run as a
plain file (it imports nothing of Medius, so it starts quickly).
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any

import numpy as np

MEMORY_LIMIT_BYTES = 4 << 30


def main(path: str) -> None:
    """Decode `path` and write an ``npz`` archive to standard output."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    import ezc3d

    content = ezc3d.c3d(path)
    parameters = content["parameters"]
    point, rotation = parameters.get("POINT", {}), parameters.get("ROTATION", {})
    told: dict[str, Any] = {
        "rate": float(content["header"]["points"]["frame_rate"]),
        "labels": strings(point, "LABELS"),
        "units": strings(point, "UNITS"),
        "rotation_labels": strings(rotation, "LABELS"),
        "plates": 0,
        "reason": "",
    }
    arrays = {
        "points": np.asarray(content["data"]["points"], dtype=np.float64)[:3].transpose(2, 0, 1),
        "residuals": np.asarray(content["data"]["meta_points"]["residuals"], dtype=np.float64)[0].T,
        "rotations": np.asarray(content["data"].get("rotations", np.empty((4, 4, 0, 0))), dtype=np.float64),
    }
    try:
        add_plates(path, told, arrays)
    except Exception as error:  # the library raises many kinds; markers stay usable without plates
        told["reason"] = str(error) or type(error).__name__
    buffer = io.BytesIO()
    np.savez(buffer, told=np.frombuffer(json.dumps(told).encode(), dtype=np.uint8), **arrays)
    sys.stdout.buffer.write(buffer.getvalue())


def add_plates(path: str, told: dict[str, Any], arrays: dict[str, Any]) -> None:
    """Add what the force plates measured, (force_time, 3, plate)."""
    import ezc3d

    content = ezc3d.c3d(path, extract_forceplat_data=True)
    plates = [p for p in content["data"]["platform"] if np.asarray(p["force"]).size]
    if not plates:
        return
    for name, key in (("force", "force"), ("centre", "center_of_pressure"), ("free", "Tz")):
        arrays[name] = np.stack([np.asarray(p[key], dtype=np.float64).T for p in plates], axis=2)
    told["plates"] = len(plates)
    told["force_rate"] = float(content["header"]["analogs"]["frame_rate"])
    told["moment_unit"] = str(plates[0]["unit_moment"])


def strings(group: Any, key: str) -> list[str]:
    """All strings of a parameter, with the parameters ``LABELS2``, ``LABELS3`` … that long lists run on into."""
    found: list[str] = []
    for name in (key, *(f"{key}{i}" for i in range(2, 100))):
        if name not in group:
            break
        found += [str(v) for v in group[name].get("value", [])]
    return found


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Exception as error:
        sys.stderr.write(str(error).splitlines()[0] if str(error) else type(error).__name__)
        sys.exit(3)
