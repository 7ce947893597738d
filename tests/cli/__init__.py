"""The command line, called in this process and, where it matters, as a process of its own."""
