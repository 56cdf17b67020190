"""What became of the user's commits, asked of git, which is only ever read.

A repository may be hostile: nothing in it is run, nothing is fetched, nothing changes.
"""
