"""The peer of `dari bench organisations`: the best name by rapidfuzz, for every affiliation of a labelled file.

usage: rapidfuzz_match.py NAMES.csv LABELS.csv CUTOFF
NAMES.csv has the columns ror,name; prints seconds, precision and recall on one line."""

import csv
import sys
import time

from rapidfuzz import fuzz, process, utils

names_file, labels_file, cutoff = sys.argv[1], sys.argv[2], float(sys.argv[3])
with open(names_file, newline="", encoding="utf-8") as file:
    rows = [row for row in csv.DictReader(file) if len(row["name"]) > 3]
rors = [row["ror"] for row in rows]
names = [utils.default_process(row["name"]) for row in rows]
with open(labels_file, newline="", encoding="utf-8") as file:
    labels = list(csv.DictReader(file))

known = set(rors)
right = found = expected_count = 0
begin = time.perf_counter()
for row in labels:
    best = process.extractOne(utils.default_process(row["affiliation"]), names, scorer=fuzz.WRatio, score_cutoff=cutoff)
    ids = lambda text: {one for one in (text or "").split("|") if one in known}
    expected, also = ids(row["ror_ids"]), ids(row.get("also"))
    expected_count += len(expected)
    if best is not None:
        ror = rors[best[2]]
        right += ror in expected
        found += ror in expected or ror not in also
seconds = time.perf_counter() - begin
print(len(labels), seconds, right / max(found, 1), right / max(expected_count, 1))
