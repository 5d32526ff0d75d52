"""Python inside tools: a recorded call of a tool, run once more, line by line."""
