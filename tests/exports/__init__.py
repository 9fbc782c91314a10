"""The files of lists by command, and raw exports."""
