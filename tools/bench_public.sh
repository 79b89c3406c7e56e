#!/bin/sh
# Run the public benchmarks that can be run here, and list what is missing for the others.
# BENCH_DATA is the folder of their instructions, one NAME.json each; BENCH_TRIALS the episodes of each task.
PY=${PY:-.venv/bin}
DATA=${BENCH_DATA:-bench_data}
TRIALS=${BENCH_TRIALS:-10}
missing=0
for name in metaworld libero; do
    if ! "$PY/handsel" bench-env where "$name" > /dev/null; then
        echo "skipped $name: its environment is missing; to make it: handsel bench-env create $name"
        missing=$((missing + 1))
    elif [ ! -f "$DATA/$name.json" ]; then
        echo "skipped $name: its instructions are missing; put them at $DATA/$name.json (docs/public_benchmarks.md)"
        missing=$((missing + 1))
    elif [ "$name" = libero ] && [ ! -d "$HANDSEL_LIBERO_ASSETS/scenes" ]; then
        echo "skipped $name: HANDSEL_LIBERO_ASSETS is no folder of its meshes (docs/public_benchmarks.md)"
        missing=$((missing + 1))
    else
        OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 "$PY/handsel" eval "$name" --tier named \
            --trials "$TRIALS" --data "$DATA/$name.json" --out "build/bench/$name" || exit 1
    fi
done
echo "skipped: $missing"
