"""The SQLite file that keeps every usage event for good.

`event` holds one row a response, `series` its labels once, `rollup` the sums of each
series in each quarter of an hour, which serve every time zone, `scope_hour` by the hour
those of the few labels that caps ask for, `series_day` those of each series by UTC day.
They and the cursors of the files change in one transaction.
"""
