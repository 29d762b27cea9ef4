#!/usr/bin/env bash
# Install what the tests of the page of a run need beside setup.sh: Chromium, and axe-core in this checkout.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/install.sh

packages=()
command -v chromium >/dev/null 2>&1 || packages+=(chromium fonts-dejavu-core)
axe=node_modules/axe-core/axe.min.js
[ -e "$axe" ] || command -v npm >/dev/null 2>&1 || packages+=(npm)
install_packages "${packages[@]}"

[ -e "$axe" ] || npm install --silent --no-audit --no-fund --no-save --prefix "$PWD" axe-core@4.14.1 ||
    echo "setup: could not install axe-core: tests of the page's accessibility will be skipped"
