{
read -r -N 32 passatk_token
exec 4>&3 3>&- </dev/null
passatk_words=$(LC_ALL=C bash -n program.sh 2>&1) || { printf '%s\n' "$passatk_words" >&2; exit 64; }
passatk_tests=$(< tests.sh)
rm -f harness.sh tests.sh
passatk_call() {
    local status=0
    bash -c 'RANDOM=1; source ./program.sh >&2; "$@"' bash "$@" 4>&- || status=$?
    [ "$status" = 0 ] || printf '%s\n' "$status" > failed
    return "$status"
}
PASSATK_STUBS
passatk_failed() {
    if [ -e failed ]; then
        printf 'the program ended with exit code %s before: %s\n' "$(< failed)" "$1" >&2
        exit 1
    fi
    printf 'Assertion failed: %s\n' "$1" >&2
    exit 65
}
trap 'passatk_failed "$BASH_COMMAND"' ERR
set -E
RANDOM=1
builtin eval "$passatk_tests"
trap - ERR
printf '%s' "$passatk_token" >&4
exit 0
}
