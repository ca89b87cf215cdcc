# What Tools/lambdawire, Tools/test and .ci/run share: finding and installing what they need.
# Meant to be sourced, with $root set. Everything said goes to standard error.

# Says what is missing and the one command that mends it, and gives up.
missing() {
    echo "lambdawire: $1" >&2
    exit 1
}

need_swift() {
    local get="install it from https://www.swift.org/install/linux/"
    command -v swift >/dev/null || missing "Swift 6.3 is missing; $get and put its usr/bin on the PATH"
    local said status=0
    said=$(swift --version 2>&1) || status=$?
    if ((status)); then
        # The first line says why: a library that is not there, a file for another machine.
        said=${said%%$'\n'*}
        missing "$(command -v swift) does not start (${said:-exit status $status}); Swift 6.3 is needed, $get"
    fi
    local version="something else" enough=0
    if [[ $said =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]]; then
        local major=${BASH_REMATCH[1]} minor=${BASH_REMATCH[2]}
        version=$major.$minor
        ((major > 6 || (major == 6 && minor >= 3))) && enough=1
    fi
    ((enough)) || missing "Swift 6.3 or newer is needed, found $version; $get"
}

# Installs the Debian packages named, if one is missing.
need_packages() {
    local absent=() package
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
            absent+=("$package")
    done
    ((${#absent[@]})) || return 0
    command -v apt-get >/dev/null ||
        missing "${absent[*]} missing, and this is no Debian: install the equivalent with your package manager"
    local become=()
    if ((EUID != 0)); then
        if sudo -n true 2>/dev/null; then
            become=(sudo)
        else
            missing "${absent[*]} missing; run: sudo apt-get install ${absent[*]}"
        fi
    fi
    echo "lambdawire: installing ${absent[*]}" >&2
    local log
    log=$(mktemp)
    # Without questions: a package that asks would wait for ever on a machine nobody watches.
    if ! DEBIAN_FRONTEND=noninteractive "${become[@]}" apt-get install -y --no-install-recommends "${absent[@]}" >"$log" 2>&1; then
        # The list of packages may be missing or old.
        if ! { "${become[@]}" apt-get update &&
            DEBIAN_FRONTEND=noninteractive "${become[@]}" apt-get install -y --no-install-recommends "${absent[@]}"; } >"$log" 2>&1; then
            tail -n 3 "$log" >&2
            rm -f "$log"
            missing "could not install ${absent[*]}; check the network, then run: ${become[*]:+${become[*]} }apt-get update && ${become[*]:+${become[*]} }apt-get install ${absent[*]}"
        fi
    fi
    rm -f "$log"
}

# Installs a Python package from PyPI, which Debian has not or only an old one of, into an environment
# of the project's own: $root/.build/python.
need_python_package() {
    local name=$1 least=$2 home=$root/.build/python
    "$home/bin/python3" -c "import $name" 2>/dev/null && return 0
    echo "lambdawire: installing the Python package $name" >&2
    local log
    log=$(mktemp)
    if ! { /usr/bin/python3 -m venv "$home" && "$home/bin/pip" install "$name>=$least"; } >"$log" 2>&1; then
        tail -n 3 "$log" >&2
        rm -f "$log"
        missing "could not install the Python package $name; check the network, then run: /usr/bin/python3 -m venv '$home' && '$home/bin/pip' install '$name>=$least'"
    fi
    rm -f "$log"
}

# Builds one product in release mode; its output is shown only if that fails.
build_release() {
    local log=$root/.build/lambdawire-build.log
    # In a clone of somebody else's.
    { mkdir -p "$root/.build" && : >"$log"; } 2>/dev/null ||
        missing "cannot write to $root/.build; clone the project into a folder of your own and run it there"
    if [[ ! -x $root/.build/release/$1 ]]; then
        echo "lambdawire: building $1 (the first time takes a few minutes)" >&2
    else
        echo "lambdawire: building $1" >&2
    fi
    if ! swift build --package-path "$root" -c release --product "$1" >"$log" 2>&1; then
        # The last is what SwiftPM says of a clone that never came, when its cache is empty.
        if grep -qE "failed to clone|Could not resolve host|unable to access|Couldn.t fetch|config --get remote\.origin\.url' failed" "$log"; then
            missing "could not download the Swift packages; check the network, then run: swift package --package-path $root resolve"
        fi
        cat "$log" >&2
        missing "the build failed; the log above is in $log"
    fi
    # The build leaves a binary alone that comes out the same; mark it as up to date all the same.
    touch -c "$root/.build/release/$1"
}
