#!/bin/sh
# Proves that a backup can be restored: restores it into an empty SQLite store, and compares what both hold.
#
#     deploy/restore_drill.sh [BACKUP.zip]
#
# Without a file it makes a backup of the store that the environment names; nothing of that store is changed.
# PYTHON says which Python runs the product, .venv/bin/python of the product where it is not set.
set -eu
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
started="$(date +%s)"

if [ $# -gt 0 ]; then
    cp -- "$1" "$folder/backup.zip"
else
    "$python" -m dashboard backup "$folder/backup.zip" --everyone
fi

# An empty place of its own: what follows cannot reach the real store.
unset DATABASE_URL DASHBOARD_CACHE
DASHBOARD_HOME="$folder/home"
DASHBOARD_OFFLINE=1
export DASHBOARD_HOME DASHBOARD_OFFLINE
"$python" -m dashboard restore "$folder/backup.zip"
"$python" -m dashboard backup "$folder/again.zip" --everyone

"$python" - "$folder/backup.zip" "$folder/again.zip" <<'COMPARE'
import json, sys, zipfile

counts = []
for name in sys.argv[1:]:
    with zipfile.ZipFile(name) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        counts.append(manifest["rows"] | {"series of your own": len(manifest["series"])})
# Each backup and each restore adds a line of its own to the audit trail.
before, after = ({k: n for k, n in rows.items() if k != "audit"} for rows in counts)
if before != after:
    sys.exit(f"the restored store differs: {before} became {after}")
print("restored:", ", ".join(f"{name} {number}" for name, number in sorted(after.items())))
COMPARE
echo "The drill took $(($(date +%s) - started)) seconds."
