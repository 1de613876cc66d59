"""Write pins.json: checksums of the published item texts in a data folder. Run it only on files known to be right.

python scripts/pin_instruments.py ../shared/data
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from personae.files import write_atomic
from personae.psychometrics.published import eight_values, ipip_neo, item_bank
from personae.psychometrics.published.pins import Pin, pin

TARGET = Path(__file__).parents[1] / "src/personae/psychometrics/published/pins.json"


def pinned(data: Path) -> dict[str, Pin]:
    """Every set of the folder, in the order a reader looks for them."""
    table = ipip_neo.read_table(data / "ipip-neo" / "ipip_neo_300.csv")
    sets = {
        "ipip-neo-300": ipip_neo.recipe(table, 300),
        "ipip-neo-120": ipip_neo.recipe(table, 120),
        "ipip-neo-300 in first person": ipip_neo.wording(table),
        "8values": eight_values.lines(eight_values.read_questions(data / "8values" / "questions.json")),
        "8values ideologies": eight_values.profile_lines(
            eight_values.read_ideologies(data / "8values" / "ideologies.json")
        ),
    }
    for path in sorted((data / "ipip-neo" / "languages").glob("*/questions.json")):
        sets[f"ipip-neo-120/{path.parent.name}"] = ipip_neo.read_questions(path)
    for name, rows in sorted(item_bank.read_sheet(data / item_bank.TABLE).items()):
        sets[f"bank/{name}"] = item_bank.lines(item_bank.numbered(rows))
    return {name: pin(lines) for name, lines in sets.items()}


if __name__ == "__main__":
    write_atomic(TARGET, json.dumps(pinned(Path(sys.argv[1])), indent=1) + "\n")
