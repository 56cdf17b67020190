"""Run the command line as `python -m tokentui`."""

from tokentui.cli import main

if __name__ == "__main__":
    main()
