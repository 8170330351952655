#!/usr/bin/env bash
# Compares the cost of an evaluation through C with libpwquality and passwdqc, on one list of passwords in one run.
#
#   tests/benches/peers.sh
#
# Needs Debian's libpwquality-dev, libpasswdqc-dev and cracklib-runtime.
set -euo pipefail
cd "$(dirname "$0")/../.."
for header in pwquality.h passwdqc.h; do
    [ -e "/usr/include/$header" ] || {
        echo "peers.sh: $header is missing: apt-get install libpwquality-dev libpasswdqc-dev cracklib-runtime" >&2
        exit 2
    }
done
target=${CARGO_TARGET_DIR:-target}
cargo build --release -p kouling-c
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Half are words of the list `common` with typical suffixes, half are random. The same in every run.
awk 'function next_below(below) { state = (state * 16807) % 2147483647; return state % below }
    BEGIN { state = 20261123 }
    /^[a-z]+$/ && length($1) >= 4 { words[known++] = $1 }
    END {
        for (n = 0; n < 1000; n++) {
            word = words[next_below(known)]
            if (next_below(2)) word = toupper(substr(word, 1, 1)) substr(word, 2)
            print word next_below(10000) (next_below(3) ? "" : "!")
            random = ""
            for (i = 0; i < 12; i++) random = random sprintf("%c", 33 + next_below(94))
            print random
        }
    }' rules/words/common.txt >"$work/list"

cc -O2 -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -Iinclude tests/benches/peers.c -o "$work/peers" \
    "$target/release/libkouling_c.a" -lpwquality -lpasswdqc -lpthread -ldl -lm
"$work/peers" "$work/list"
