"""``python -m benchmarks [NAME ...]``: run the named benchmarks, or all."""
import importlib
import sys

NAMES = ("fund_pass", "plain", "commands", "demo")

for name in sys.argv[1:] or NAMES:
    for line in importlib.import_module(f"benchmarks.{name}").main():
        print(line, flush=True)
