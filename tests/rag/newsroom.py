"""A small newsroom for tests of whole answers: seven articles about invented people, dated where it matters."""

from __future__ import annotations

import json
from pathlib import Path

RECORDS = [
    {
        "id": "pact",
        "title": "Norway and Portugal sign a fishing pact",
        "published": "2023-03-14",
        "text": "Norwegian Foreign Minister Astrid Lindqvist met her Portuguese counterpart, Carlos Teixeira, in "
        "Lisbon. The two ministers signed a fishing agreement that covers 12,000 tons of cod. "
        "Lindqvist said that the agreement would protect the cod. She also warned that illegal trawlers would lose "
        "their licences. “The sea has no fences,” Teixeira said.\n\n"
        "Norwegian Deputy Foreign Minister Erik Solberg said that the talks lasted nine hours. "
        "What will the fishermen of Lisbon say about the agreement?\n",
    },
    {
        "id": "fines",
        "title": "Trawlers fined off Bergen",
        "published": "2023-06-02",
        "text": "Three trawlers were fined 40,000 euros off Bergen. Astrid Lindqvist said that the fines were a "
        "warning to others. The coast guard of Norway confiscated the nets.\n",
    },
    {
        "id": "ferry",
        "title": "Ferry to Tunis stays in port",
        "published": "2024-01-20",
        "text": "The ferry company Meridia cancelled its service to Tunis because its only ship had lost an engine. "
        "Captain Lucia Ferrante inspected the damage in Palermo on Friday. "
        "The company did not hire another ship because the insurers had refused to pay. "
        "Meridia spokesman Pietro Gallo said that repairs would cost 5 million euros.\n",
    },
    {
        "id": "choir",
        "title": "Choir tours the Baltic",
        "published": "2022-09-10",
        "text": "The Tartu choir sang in Riga. Conductor Liis Tamm said that the tour was a gift to the singers. "
        "She thanked the people of Riga.\n",
    },
]
BRIDGE = (
    "Bridge opens in Nairobi\n\n"
    "The Kestrel bridge in Nairobi opened on September 9. Engineer Wanjiru Kamau inspected the bridge before it "
    "opened. The bridge carries 30,000 cars a day and took four years to build. "
    "Governor Peter Otieno said that the bridge would end the traffic jams.\n"
)
PARK = (
    "New park in Nairobi\n\n"
    "Nairobi opened a park beside the Kestrel bridge. The park was paid for by the Mugo foundation and "
    "was named after the poet Grace Njeri.\n"
)
MARKET = (
    "Market burns in Quito\n\n"
    "A fire destroyed the flower market in Quito on Tuesday night. The fire destroyed the old flower market in Quito "
    "on Tuesday night, firefighters said. Mayor Elena Paredes promised a new market within a year. "
    "She said that nobody was hurt.\n"
)


def write_articles(folder: Path) -> Path:
    """Write the articles into a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS)
    (folder / "wire.jsonl").write_text(lines, encoding="utf-8")
    for name, text in {"bridge.txt": BRIDGE, "park.txt": PARK, "market.txt": MARKET}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
