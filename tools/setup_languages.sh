#!/usr/bin/env bash
# Install the toolchains of optional languages: `tools/setup_languages.sh all`, or their names.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/install.sh
packages=$(.venv/bin/python tools/missing_packages.py "$@")
# shellcheck disable=SC2086
install_packages $packages
.venv/bin/python tools/missing_packages.py --npm "$@" | while read -r folder modules; do
    # shellcheck disable=SC2086
    npm install --silent --no-audit --no-fund --prefix "$folder" $modules || echo "setup: could not install $modules"
done
