"""Caps, burn and forecast: pure functions of rows and `now`."""
