#!/bin/sh
# Starts and stops the storage emulator that stands in for the published articles on a laptop.
#
#   local.sh start [--port 10000]   install Azurite if need be, start it, load data/articles
#   local.sh stop  [--port 10000]   stop it
#
# The work is done by the script of the invoice desk, which says more.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
exec sh "$here/../invoice-desk/local.sh" "$@" --folder "$here/data/articles" --into articles/published
