"""The debug adapter: any editor that speaks the Debug Adapter Protocol walks a run, forwards and backwards.

    python -m dap_adapter                 one session on stdin and stdout
    python -m dap_adapter --port 4711     sessions on a loopback port; 0 chooses one and says which

Where a motion stops is the engine's to know: nothing in here has a rule of its own about it.
"""
