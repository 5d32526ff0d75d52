"""Starts the adapter for clients that can only start a file."""

import runpy

runpy.run_module("dap_adapter", run_name="__main__", alter_sys=True)
