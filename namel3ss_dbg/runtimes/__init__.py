"""Floor 3, runtimes: what can execute a `.ai` program, chosen by looking into the file."""
