"""An invented city with its registries, for demonstrations, benchmarks and tests. Nothing here is real."""
