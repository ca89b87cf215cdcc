# What Tools/lambdawire, Tools/test and .ci/run share: finding and installing what they need.
# Meant to be sourced, with $root set. Everything said goes to standard error.

# Says what is missing and the one command that mends it, and gives up.
missing() {
    echo "lambdawire: $1" >&2
    exit 1
}

need_swift() {
    command -v swift >/dev/null ||
        missing "Swift 6.3 is missing; install it from https://www.swift.org/install/linux/ and put its usr/bin on the PATH"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
    local major=${version% *} minor=${version#* }
    if [[ -z $version ]] || ((major < 6 || (major == 6 && minor < 3))); then
        missing "Swift 6.3 or newer is needed, found ${version:+${version/ /.}}${version:-something else}; install it from https://www.swift.org/install/linux/"
    fi
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

# Builds one product in release mode; its output is shown only if that fails.
build_release() {
    local log=$root/.build/lambdawire-build.log
    mkdir -p "$root/.build"
    if [[ ! -x $root/.build/release/$1 ]]; then
        echo "lambdawire: building $1 (the first time takes a few minutes)" >&2
    else
        echo "lambdawire: building $1" >&2
    fi
    if ! swift build --package-path "$root" -c release --product "$1" >"$log" 2>&1; then
        if grep -qE "failed to clone|Could not resolve host|unable to access|Couldn.t fetch" "$log"; then
            missing "could not download the Swift packages; check the network, then run: swift package --package-path $root resolve"
        fi
        cat "$log" >&2
        missing "the build failed; the log above is in $log"
    fi
    # The build leaves a binary alone that comes out the same; mark it as up to date all the same.
    touch -c "$root/.build/release/$1"
}
