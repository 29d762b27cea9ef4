# For `.`: `install_packages PACKAGE...` installs Debian packages where we may, and else says how to get them.
install_packages() {
    local package
    [ $# -gt 0 ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "setup: installing $*"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -q >/dev/null
        if apt-get install -y -q --no-install-recommends "$@" >/tmp/passatk-setup.log 2>&1; then return; fi
        for package in "$@"; do # one by one: a package that is not to be had must not take the others along
            apt-get install -y -q --no-install-recommends "$package" >/tmp/passatk-setup.log 2>&1 ||
                { echo "setup: could not install $package:"; tail -n 3 /tmp/passatk-setup.log; }
        done
    else
        echo "setup: missing: $*"
        echo "setup: get them with: apt-get install $*   (as root); going on with what is here"
    fi
}
