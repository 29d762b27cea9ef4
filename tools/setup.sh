#!/usr/bin/env bash
# Install what is missing: Debian packages where we may, the js-md5 package for node, and .venv with passatk in it.
# As an ordinary user nothing is installed on the system: what is missing is named, with how to get it.
set -euo pipefail
cd "$(dirname "$0")/.."

have() { command -v "$1" >/dev/null 2>&1; }
packages=()
need() { packages+=("$1"); }

have bwrap || need bubblewrap
have g++ || need g++
have make || need make
have mold || need mold
have node || need nodejs
have javac || need default-jdk-headless
have go || need golang-go
have rustc || need rustc
have cargo || need cargo
[ -e /usr/share/gocode/src/github.com/stretchr/testify/assert ] || need golang-github-stretchr-testify-dev
[ -e /usr/include/boost/version.hpp ] || need libboost-dev
[ -e /usr/include/openssl/md5.h ] || need libssl-dev
[ -e /usr/share/java/javatuples.jar ] || need libjavatuples-java
have ruby || need ruby
for crate in rand regex md5; do
    compgen -G "/usr/share/cargo/registry/$crate-[0-9]*" >/dev/null || need "librust-$crate-dev"
done

python=
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if have "$candidate" && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || need python3
[ -n "$python" ] && "$python" -c 'import ensurepip, venv' 2>/dev/null || need python3-venv

modules=${PASSATK_HOME:-$HOME/.local/share/passatk}/toolchains/node
md5_there() {
    local folder
    for folder in "$modules/node_modules" /usr/local/lib/node_modules /usr/lib/node_modules /usr/share/nodejs; do
        if [ -e "$folder/js-md5/package.json" ]; then return 0; fi
    done
    return 1
}
md5_there || have npm || need npm

. tools/install.sh
install_toolchains() {
    install_packages "${packages[@]}"
    if md5_there; then return; fi
    if have npm; then
        mkdir -p "$modules"
        npm install --silent --no-audit --no-fund --prefix "$modules" js-md5@0.8.3 ||
            echo "setup: could not install js-md5: JavaScript programs that require it will not be judged"
    else
        echo "setup: npm is missing, so js-md5 is: JavaScript programs that require it will not be judged"
    fi
}

if [ -n "$python" ] && "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    install_toolchains & # Python's packages meanwhile
else
    install_toolchains
    python=${python:-python3}
fi
if [ ! -x .venv/bin/python ]; then
    rm -rf .venv
    "$python" -m venv .venv || { echo "setup: cannot make .venv; apt-get install python3-venv"; exit 3; }
fi
export PIP_CONSTRAINT=$PWD/constraints.txt # build environments too
# --no-compile: what is imported is compiled then, a fifth of it all
.venv/bin/python -m pip install -q --disable-pip-version-check --no-compile -e '.[dev,files,frames,models,openai,ray,report,serve]'
wait
touch .venv/.ready
