"""The areas of the screens, one module each."""
