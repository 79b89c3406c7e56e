#!/bin/sh
# Make .venv and fill it with what is missing: "setup.sh" for the core, "setup.sh test" for the tests too.
# Doing it again costs a second: what was installed is remembered by the checksum of what asked for it.
set -eu
cd "$(dirname "$0")/.."
want="${1:-core}"
venv="${VENV:-.venv}"

say() { printf '%s\n' "setup: $*" >&2; }

find_python() {
    for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3.14 python3; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
    say "Python 3.11 or newer is needed and was not found; install it, or name it: make setup PYTHON=/path/to/python3.11"
    exit 1
}

can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

apt_install() {
    say "installing with apt-get: $*"
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 || {
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    }
}

make_venv() {
    [ -x "$venv/bin/python" ] && return
    python="$(find_python)"
    say "making $venv with $("$python" --version)"
    if ! "$python" -m venv "$venv" >/dev/null 2>&1; then
        rm -rf "$venv"
        package="$("$python" -c 'import sys; print(f"python3.{sys.version_info.minor}-venv")')"
        if can_apt; then apt_install "$package"; fi
        "$python" -m venv "$venv" || {
            say "the venv module is missing; to mend it: sudo apt-get install $package"
            exit 1
        }
    fi
}

# Each line: a shared library that is opened at run time, and the Debian package that has it.
system_libraries() {
    [ "$(uname -s)" = Linux ] || return 0
    missing="$("$venv/bin/python" tools/missing_libraries.py)"
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086
    if can_apt; then apt_install $missing; else
        say "system libraries are missing; to mend it: sudo apt-get install --no-install-recommends" $missing
        exit 1
    fi
}

# install NAME ARGUMENTS...: run pip once for each state of the files that say what is needed.
install() {
    stamp="$venv/.handsel-$1"
    shift
    state="$(cat pyproject.toml setup.py constraints.txt | cksum) $*"
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$state" ] && return
    say "pip install $*"
    "$venv/bin/python" -m pip install --disable-pip-version-check -qq -c constraints.txt "$@"
    printf '%s\n' "$state" >"$stamp"
}

# Kernels that are not compiled yet are compiled at the first run, so that nothing is lost where this fails.
warm_kernels() {
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 "$venv/bin/python" -m handsel.cli.kernels ||
        say "the numeric kernels could not be compiled beforehand: the first run does it"
}

make_venv
system_libraries
install core -e .
case "$want" in
core) ;;
test)
    # torch goes first: a package that is built against it must find it there.
    install torch torch
    install test -e '.[test,dev]'
    "$venv/bin/python" tools/link_dev.py
    [ -d .dev/typings ] || "$venv/bin/python" tools/drake_stubs.py
    ;;
*)
    say "expected 'core' or 'test', got '$want'"
    exit 2
    ;;
esac
warm_kernels
