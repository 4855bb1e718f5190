#!/bin/sh
# Starts and stops the storage emulator that stands in for the invoice archive on a laptop.
#
#   local.sh start [--port 10000]   install Azurite if need be, start it, load data/invoices
#   local.sh stop  [--port 10000]   stop it
#
# Another example loads its own files with --folder FOLDER --into CONTAINER/PREFIX.
# Azurite is installed from npm into the target folder (or into $INVOICE_DESK_NODE), listens on
# loopback only, keeps its blobs in memory, and is stopped by the process id that it was started with.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
target=${CARGO_TARGET_DIR:-$here/../../target}/invoice-desk
node_folder=${INVOICE_DESK_NODE:-$target/node}
port=10000
folder=
into=invoices/incoming
command=${1:-help}
[ $# -eq 0 ] || shift

while [ $# -gt 0 ]; do
    case $1 in
        --port) port=${2:?--port takes a number}; shift 2 ;;
        --folder) folder=${2:?--folder takes a folder}; shift 2 ;;
        --into) into=${2:?--into takes CONTAINER/PREFIX}; shift 2 ;;
        *) echo "local.sh: unknown option $1" >&2; exit 2 ;;
    esac
done
state=$target/azurite-$port

# Whether the process that was started lives; its number alone may by now be another's.
running() { [ -f "$state/pid" ] && ps -o args= -p "$(cat "$state/pid")" 2>/dev/null | grep -q azurite; }

start() {
    if running; then
        echo "Azurite runs already on port $port; stop it with: $0 stop --port $port"
        return
    fi
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        echo "local.sh: Azurite needs Node.js and npm" >&2
        exit 1
    fi
    mkdir -p "$state" "$node_folder"
    azurite=$node_folder/node_modules/azurite/dist/src/blob/main.js
    if [ ! -f "$azurite" ]; then
        echo "Installing Azurite from npm into $node_folder ..."
        npm install --silent --no-audit --no-fund --prefix "$node_folder" azurite@3 </dev/null
    fi
    node "$azurite" --blobHost 127.0.0.1 --blobPort "$port" --inMemoryPersistence \
        --skipApiVersionCheck --disableTelemetry --silent </dev/null >"$state/log" 2>&1 &
    echo $! >"$state/pid"
    if ! node "$here/local/load.mjs" "http://127.0.0.1:$port" "${folder:-$here/data/invoices}" "$into"; then
        stop
        echo "local.sh: loading failed; Azurite said:" >&2
        cat "$state/log" >&2
        exit 1
    fi
    echo "Azurite is ready. Run the server with:"
    [ "$port" = 10000 ] || echo "    export GRANTC_LOCAL_BLOB_ENDPOINT=http://127.0.0.1:$port/devstoreaccount1"
    if [ -z "$folder" ]; then
        echo "    export GRANTC_LOCAL_INVOICE_INDEX_FILES=$here/data/index"
        echo "    cargo run -p invoice-desk -- --stdio --local"
    else
        echo "    the command that its README names"
    fi
    echo "and stop Azurite with:"
    echo "    $0 stop --port $port"
}

stop() {
    if ! running; then
        echo "Azurite does not run on port $port."
        return
    fi
    pid=$(cat "$state/pid")
    kill "$pid"
    tries=0
    while running && [ $tries -lt 50 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    rm -f "$state/pid"
    echo "Azurite on port $port is stopped."
}

case $command in
    start) start ;;
    stop) stop ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
