"""What the debugger costs, beside floors and beside what others cost: `python -m benchmarks`."""
