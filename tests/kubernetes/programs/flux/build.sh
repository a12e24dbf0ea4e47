# Flux' engine for differences. Sourced by install.sh.
say "building Flux' engine, about 2 minutes on two cores, once"
build -ldflags "-s -w" -o "$cache/bin/flux-drift" .
