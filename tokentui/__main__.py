"""Run the program as `python -m tokentui`."""

from tokentui.entry import main

if __name__ == "__main__":
    main()
