"""Say what somebody who is not looking wants to know, once, where he hears it."""
